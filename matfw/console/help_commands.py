"""`help` and the README's table, made from the table of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, reply
from matfw.console.arguments import Argument, Values
from matfw.console.command import CONSOLE, GROUPS, Command, CommandTable
from matfw.console.settings_commands import about, keys, setting_of
from matfw.control.errors import Code, ConsoleError

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control
    from matfw.settings.rows import Setting


def help_row(table: Callable[[], CommandTable]) -> Command:
    """Return the command; table: returns the table that it will be in."""

    def help_(context: Context, values: Values) -> Answer:
        return _help(table(), context.control, str(values.get("name", "")))

    def names(control: Control, _: Sequence[str]) -> Sequence[str]:
        return [*(c.name for c in table().commands), *keys(control, ())]

    return Command(
        "help", CONSOLE, "all commands, or what one command or setting takes", help_,
        (Argument("name", "a command or a setting's key", known=names, is_optional=True),),
        aliases=("?",),
    )  # fmt: skip


def _help(table: CommandTable, control: Control, word: str) -> Answer:
    """List all commands, or show all about one, about a setting or a group of them."""
    if not word:
        data = [{"command": c.usage, "help": c.help} for c in table.commands]
        return reply(*_list(table.commands), commands=data)
    group = [s for s in control.settings.table() if s.key.startswith(f"{word.lower()}.")]
    try:
        command = table.find(word)
    except ConsoleError as error:
        if error.code is not Code.UNKNOWN_COMMAND:
            raise
        if group:
            return reply(*_group(group), keys=[setting.key for setting in group])
        try:
            setting = setting_of(control, word)
        except ConsoleError:
            raise error from None
        return reply(setting.key, *about(setting), key=setting.key, help=setting.help)
    # A group of settings may be called as a command is: `workout`.
    settings = ["its settings:", *_group(group)] if group else []
    return reply(*_about(command, control), *settings, command=command.usage, help=command.help)


def readme_table(commands: Sequence[Command]) -> str:
    """Return the README's table of commands."""
    rows = [f"| `{_cell(c.usage)}` | {_cell(c.help)}{_cell(_takes(c))} |" for c in commands]
    return "\n".join(["| Command | What it does |", "|---|---|", *rows])


def _takes(command: Command) -> str:
    """Return the ranges that the usage does not show."""
    ranges = [
        f"{argument.name.upper()} {argument.range}"
        for argument in command.arguments
        if argument.range and argument.name.upper() in argument.usage
    ]
    return f" ({'; '.join(ranges)})" if ranges else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _list(commands: Sequence[Command]) -> Iterator[str]:
    width = max(len(command.name) for command in commands)
    for group in GROUPS:
        yield f"{group}:"
        for command in commands:
            if command.group == group:
                yield f"  {command.name:<{width}}  {command.help}"
    yield "`help COMMAND` shows what it takes. Its beginning will do where no other begins so."
    yield "Ctrl-C leaves whatever is under way."


def _group(settings: Sequence[Setting]) -> Iterator[str]:
    """Yield what there is to know of each, the key once."""
    for setting in settings:
        first, *rest = about(setting)
        yield f"{setting.key}: {first.strip()}"
        yield from rest


def _about(command: Command, control: Control) -> Iterator[str]:
    yield f"{command.usage}: {command.help}"
    for argument in command.arguments:
        limits = f" ({argument.range})" if argument.range else ""
        optional = ", may be left out" if argument.is_optional else ""
        known = argument.known(control, ()) if argument.lists and argument.known else ()
        names = f": {', '.join(known)}" if known else ""
        yield f"  {argument.name.upper():<10}  {argument.help}{limits}{optional}{names}"
    yield from (f"  {line}" for line in command.more)
    if command.aliases:
        yield f"  also written {', '.join(command.aliases)}"
    if command.is_guarded:
        yield "  refused while the console is locked"
