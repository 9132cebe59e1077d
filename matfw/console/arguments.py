"""What a command takes: names, kinds, units and ranges; the words typed -> values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matfw.control.errors import Code, ConsoleError
from matfw.settings.numbers import read_number
from matfw.settings.schema import did_you_mean, found

if TYPE_CHECKING:
    from matfw.control.api import Control

Values = Mapping[str, "str | float"]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. Exactly one of choices, known, or minimum and maximum says what it may be.

    choices: the words there are; a unique beginning will do. known: gives names at this moment for
    completion, from control and the words before it; the handler checks them. minimum, maximum: a
    number's range, in unit. rest: takes all words that are left. Otherwise any one word. lists:
    `help` names all that are known.
    """

    name: str
    help: str
    choices: tuple[str, ...] = ()
    known: Callable[[Control, Sequence[str]], Sequence[str]] | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    is_optional: bool = False
    rest: bool = False
    lists: bool = False

    @property
    def range(self) -> str:
        """Return in words what it may be."""
        if self.choices:
            *others, last = self.choices
            return f"{', '.join(others)} or {last}" if others else last
        if self.minimum is not None:
            return f"{self.minimum:g} to {self.maximum:g}{' ' if self.unit else ''}{self.unit}"
        return ""

    @property
    def usage(self) -> str:
        """Return it as it stands in a command's usage line."""
        word = "|".join(self.choices) if 1 <= len(self.choices) <= 3 else self.name.upper()
        return f"[{word}]" if self.is_optional else word


def parse(
    command: str, arguments: Sequence[Argument], words: Sequence[str], line: str = ""
) -> Values:
    """Return the arguments' values; those left out are absent. Raises ConsoleError.

    words: without the command itself. line: as it was typed with the command, if it was.
    """
    values: dict[str, str | float] = {}
    left = list(words)
    for argument in arguments:
        if not left:
            if argument.is_optional:
                continue
            raise ConsoleError(
                Code.ARGUMENT_MISSING,
                f"{command}: {argument.name.upper()} is missing"
                f"{f' ({argument.range})' if argument.range else ''}: see `help {command}`",
            )
        if argument.is_optional and argument.choices and left[0][0].isdigit():
            continue  # `calibrate 10`: a number is none of the words that may be left out
        if argument.rest:
            # One word that was quoted goes without its quotes; a list's quotes belong to it.
            raw = _rest(line, words[: len(words) - len(left)])
            is_quoted = len(left) == 1 and raw[:1] in ("'", '"')
            values[argument.name] = " ".join(left) if is_quoted or not raw else raw
            left.clear()
        else:
            values[argument.name] = _value(command, argument, left.pop(0))
            if argument.unit and left and left[0].lower() == argument.unit.lower():
                left.pop(0)
    if left:
        takes = " ".join(argument.usage for argument in arguments) or "nothing"
        raise ConsoleError(
            Code.ARGUMENT_TOO_MANY,
            f"{command}: {found(left[0])} is too much, it takes {takes}: see `help {command}`",
        )
    return values


def _rest(line: str, before: Sequence[str]) -> str:
    """Return what was typed after the command and these words, with its quotes."""
    parts = line.split(None, 1 + len(before))
    return parts[-1].strip() if parts[1:-1] == list(before) and len(parts) > 1 else ""


def _value(command: str, argument: Argument, word: str) -> str | float:
    if argument.choices:
        return choose(command, argument.name.upper(), word, argument.choices)
    if argument.minimum is None or argument.maximum is None:
        return word
    text = word.lower().removesuffix(argument.unit.lower()) if argument.unit else word
    try:
        value = read_number(text)
    except ValueError:
        value = float("nan")
    if not argument.minimum <= value <= argument.maximum:
        raise ConsoleError(
            Code.ARGUMENT_WRONG,
            f"{command}: {argument.name.upper()} must be {argument.range} (got {found(word)})",
        )
    return value


def choose(command: str, name: str, word: str, choices: Sequence[str]) -> str:
    """Return the choice that word is, or is the only one to begin with. Raises ConsoleError."""
    lower = word.lower()
    if lower in choices:
        return lower
    begins = [choice for choice in choices if choice.startswith(lower)]
    if len(begins) == 1 and word:
        return begins[0]
    raise ConsoleError(
        Code.ARGUMENT_WRONG,
        f"{command}: {found(word)} is no {name}: {did_you_mean(word, choices)}",
    )
