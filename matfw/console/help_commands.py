"""`help` and the README's table, out of the table of commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, said
from matfw.console.arguments import Values
from matfw.console.settings_commands import about, keys, setting_of
from matfw.control.errors import Code, ConsoleError

if TYPE_CHECKING:
    from matfw.console.commands import Command
    from matfw.console.context import Context
    from matfw.control.api import Control

_WIDTH = 26


def help_(context: Context, values: Values) -> Answer:
    """List all commands, or say all about one, or about a setting."""
    from matfw.console.commands import COMMANDS, find  # noqa: PLC0415  the table names this module

    word = str(values.get("name", ""))
    if not word:
        data = [{"command": c.usage, "help": c.help} for c in COMMANDS]
        return said(*_list(COMMANDS), commands=data)
    try:
        command = find(word)
    except ConsoleError as error:
        if error.code is not Code.UNKNOWN_COMMAND:
            raise
        try:
            setting = setting_of(context.control, word)
        except ConsoleError:
            raise error from None
        return said(setting.key, *about(setting), key=setting.key, help=setting.help)
    return said(*_about(command), command=command.usage, help=command.help)


def names(control: Control) -> Sequence[str]:
    """Return whatever `help` knows, for completion."""
    from matfw.console.commands import COMMANDS  # noqa: PLC0415  the table names this module

    return [*(c.name for c in COMMANDS), *keys(control)]


def readme_table() -> str:
    """Return the README's table of commands."""
    from matfw.console.commands import COMMANDS  # noqa: PLC0415  the table names this module

    rows = [f"| `{_cell(c.usage)}` | {_cell(c.help)}{_cell(_takes(c))} |" for c in COMMANDS]
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
    from matfw.console.commands import GROUPS  # noqa: PLC0415  the table names this module

    for group in GROUPS:
        yield f"{group}:"
        for command in commands:
            if command.group == group:
                yield f"  {command.usage:<{_WIDTH}} {command.help}"
    yield "A command's beginning will do if there is one only; `help COMMAND` says more."
    yield "Ctrl-C leaves whatever is under way."


def _about(command: Command) -> Iterator[str]:
    yield f"{command.usage}: {command.help}"
    for argument in command.arguments:
        limits = f" ({argument.range})" if argument.range else ""
        optional = ", may be left out" if argument.is_optional else ""
        yield f"  {argument.name.upper():<10} {argument.help}{limits}{optional}"
    yield from (f"  {line}" for line in command.more)
    if command.aliases:
        yield f"  also written {', '.join(command.aliases)}"
    if command.is_guarded:
        yield "  refused while the console is locked"
