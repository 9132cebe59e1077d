"""What a command is, and a table of them: found, run, completed."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, Job
from matfw.console.arguments import Argument, Values, parse
from matfw.control.errors import Code, ConsoleError
from matfw.settings.schema import FOUND_CHARS, found

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control

MAT, WORKOUT, SETTINGS, CONSOLE = "The mat", "The workout", "Settings", "The console"
GROUPS = (MAT, WORKOUT, SETTINGS, CONSOLE)


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    help: a sentence, which also is its row in the README. group: under which it is listed.
    is_guarded: refused while the console is locked, since it changes something; but not with
    arguments as in open_words, which only look. is_secret: its arguments are PINs. is_job: it may
    take time or ask back, so that it cannot be done beside another. more: what `help NAME` says
    besides. aliases: other ways to write it, whole.
    """

    name: str
    group: str
    help: str
    handler: Callable[[Context, Values], Answer | Job]
    arguments: tuple[Argument, ...] = ()
    is_guarded: bool = False
    is_secret: bool = False
    is_job: bool = False
    open_words: tuple[tuple[str, ...], ...] = ()
    more: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """Return it with its arguments: set KEY VALUE."""
        return " ".join((self.name, *(argument.usage for argument in self.arguments)))


class CommandTable:
    """All commands, in the order in which they are listed."""

    def __init__(self, commands: Sequence[Command]) -> None:
        """Take the rows."""
        self.commands = tuple(commands)

    def find(self, word: str) -> Command:
        """Return the command of that name, alias or unique beginning. Raises ConsoleError."""
        lower = word.lower()
        exact = self.named(word)
        if exact is not None:
            return exact
        begins = [c for c in self.commands if c.name.startswith(lower)]
        if len(begins) == 1 and lower:
            return begins[0]
        if len(begins) > 1 and lower:
            raise ConsoleError(
                Code.AMBIGUOUS_COMMAND,
                f"{lower}: may be {', '.join(c.name for c in begins)}: write more of it",
            )
        near = difflib.get_close_matches(lower[:FOUND_CHARS], [c.name for c in self.commands], n=1)
        advice = f"did you mean {near[0]}?" if near else "`help` lists all commands"
        raise ConsoleError(Code.UNKNOWN_COMMAND, f"{found(word)}: is no command: {advice}")

    def named(self, word: str) -> Command | None:
        """Return the command of exactly that name or alias."""
        lower = word.lower()
        for command in self.commands:
            if lower in (command.name.lower(), *(alias.lower() for alias in command.aliases)):
                return command
        return None

    def begin(self, context: Context, words: Sequence[str], line: str = "") -> Answer | Job:
        """Run the command that words are; line: as it was typed. Raises ConsoleError."""
        command = self.find(words[0])
        is_locked = context.control.lock.is_locked
        if command.is_guarded and is_locked and tuple(words[1:]) not in command.open_words:
            raise ConsoleError(
                Code.LOCKED, f"{command.name}: the console is locked: `unlock PIN` first"
            )
        return command.handler(context, parse(command.name, command.arguments, words[1:], line))

    def complete(self, control: Control, text: str) -> list[str]:
        """Return what the last word of a line typed so far may become, in order."""
        words = text.split()
        if not words or text[-1].isspace():
            words.append("")
        *before, last = words
        if not before:
            names = [c.name for c in self.commands if c.name.isalpha()]
            return sorted(name for name in names if name.startswith(last.lower()))
        try:
            command = self.find(before[0])
        except ConsoleError:
            return []
        place = len(before) - 1
        if place >= len(command.arguments):
            return []
        argument = command.arguments[place]
        known = argument.known(control, before[1:]) if argument.known else argument.choices
        return sorted(name for name in known if name.startswith(last))

    def is_secret(self, line: str) -> bool:
        """Return whether a typed line holds a PIN, so that no history may keep it."""
        try:
            words = shlex.split(line[:64])
        except ValueError:
            words = line.split()
        try:
            return len(words) > 1 and self.find(words[0]).is_secret
        except ConsoleError:
            return False
