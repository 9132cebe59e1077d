"""What a person types after `set KEY` -> the setting's value, as a TOML file would hold it.

Numbers may carry the setting's own unit and no other: 15 and 15 mm are the same, 1.5 cm is refused
with what to write instead, since nobody should have to wonder what was understood.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import inspect

from matfw.errors import MatSettingsError
from matfw.settings.layers import with_value
from matfw.settings.model import Settings
from matfw.settings.numbers import NUMBER, pointed
from matfw.settings.rows import Setting, members, plain
from matfw.settings.schema import MismatchError, build, found

UNCHANGED = "nothing was changed"
TEXT_CHARS = 4000  # a whole custom layout is shorter
_NUMBER = re.compile(rf"({NUMBER})\s*([^\d\s].*)?", re.I)
_COMMA = re.compile(r"[+-]?\d*,\d+\s*\D*")
_SEPARATORS = ("-", "/", ";", r",?\s+", ",")  # a comma last: it may belong to the numbers
# How people write a unit -> its name here.
_SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(("mm", "millimetre", "millimetres", "millimeter", "millimeters"), "mm"),
    **dict.fromkeys(("cm", "centimetre", "centimetres", "centimeter", "centimeters"), "cm"),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), "m"),
    **dict.fromkeys(("deg", "degree", "degrees", "°"), "deg"),
    **dict.fromkeys(("s", "sec", "second", "seconds"), "s"),
    **dict.fromkeys(("n", "newton", "newtons"), "N"),
    **dict.fromkeys(("hz",), "Hz"),
    **dict.fromkeys(("%", "percent", "per cent"), "%"),
}
# A unit that is not the setting's own -> how many of the setting's own it is.
_TIMES: Mapping[tuple[str, str], float] = {
    ("cm", "mm"): 10, ("m", "mm"): 1000, ("mm", "m"): 0.001, ("cm", "m"): 0.01,
    ("in", "mm"): 25.4, ("ft", "m"): 0.3048, ("in", "m"): 0.0254,
    ("ms", "s"): 0.001, ("min", "s"): 60, ("rad", "deg"): 57.29578, ("kg", "N"): 9.80665,
}  # fmt: skip
_CLEARING = ("", "none", "unset", "-", "default")
_SWITCH = {"on": True, "true": True, "yes": True, "1": True,
           "off": False, "false": False, "no": False, "0": False}  # fmt: skip


def parse(setting: Setting, text: str) -> object:
    """Return the value that text gives setting, within its range. Raises MatSettingsError."""
    words = text.strip()
    if not words or len(words) > TEXT_CHARS or not words.isprintable():
        raise _refused(setting, text)
    value = _PARSERS[setting.kind](setting, words)
    try:
        build(with_value({}, setting.keys, value), Settings)
    except MismatchError as mismatch:
        if mismatch.keys == setting.keys:
            raise _refused(setting, text) from None
        # Of a part of a list.
        raise MatSettingsError(f"{mismatch.message()}; {UNCHANGED}") from None
    return value


def _refused(setting: Setting, text: str, advice: str = "") -> MatSettingsError:
    expected = f"{_expected(setting)}{setting.range} {setting.unit}".strip()
    if setting.default is None and text.strip().casefold() in _CLEARING:
        advice = f"`factory {setting.key}` clears it"
    advice = f"{advice}; " if advice else ""
    return MatSettingsError(
        f"{setting.key} must be {expected} (got {found(text)}): {advice}{UNCHANGED}"
    )


def _expected(setting: Setting) -> str:
    if isinstance(setting.node, inspect.TupleType):
        return f"{len(setting.node.item_types)} numbers, "
    if setting.choices:
        return ""
    words = {"number": "a number ", "integer": "a whole number ", "list": "a list of "}
    return words.get(setting.kind, "")


def _number(setting: Setting, text: str, whole: str = "") -> float:
    """Return a number with or without its unit; whole: the list that text is a part of."""
    typed = whole or text
    text = pointed(text)
    if _COMMA.fullmatch(text):
        whole_number, point = text.replace(",", ""), text.replace(",", ".")
        raise _refused(setting, typed, f"write {whole_number} or {point}, whichever is meant")
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _refused(setting, typed)
    value = float(match[1])
    unit = (match[2] or "").strip().casefold()
    name = _SPELLINGS.get(unit, unit)
    if not unit or name == setting.unit:
        return value
    if not setting.unit:
        raise _refused(setting, typed, f"it has no unit, write {match[1]}")
    times = _TIMES.get((name, setting.unit))
    advice = f"it is in {setting.unit}, write "
    advice += f"{value * times:.6g} {setting.unit}" if times else f"{match[1]} {setting.unit}"
    raise _refused(setting, typed, advice)


def _integer(setting: Setting, text: str) -> object:
    if text.casefold() in setting.choices:  # as auto is a GPIO chip
        return text.casefold()
    try:
        return int(text, 0)
    except ValueError:
        value = _number(setting, text)
    if not value.is_integer():
        raise _refused(setting, text)
    return int(value)


def _choice(setting: Setting, text: str) -> object:
    (node,) = members(setting.node)
    # Any: of a Literal or an Enum, whose parts are text or whole numbers.
    values: list[Any]
    if isinstance(node, inspect.EnumType):
        values = [member.value for member in node.cls]
    else:
        values = list(node.values) if isinstance(node, inspect.LiteralType) else []
    for value in values:
        if str(value).casefold() == text.casefold().strip("\"'"):
            return value
    if any(isinstance(value, int) for value in values):
        return _integer(setting, text)
    raise _refused(setting, text)


def _switch(setting: Setting, text: str) -> object:
    value = _SWITCH.get(text.casefold())
    if value is None:
        raise _refused(setting, text)
    return value


def _list(setting: Setting, text: str) -> object:
    node = setting.node
    if isinstance(node, inspect.VarTupleType) and isinstance(
        plain(node.item_type), inspect.StrType
    ):
        inner = text.removeprefix("[").removesuffix("]")
        return [word.strip("\"'") for word in inner.replace(",", " ").split()]
    if not isinstance(node, inspect.TupleType):
        return _toml_list(setting, text)
    inner = text.removeprefix("[").removesuffix("]").strip()
    size = len(node.item_types) if isinstance(node, inspect.TupleType) else 0
    for separator in _SEPARATORS:
        parts = [part.strip() for part in re.split(separator, inner)]
        if len(parts) == size:
            return [_number(setting, part, text) for part in parts]
    raise _refused(setting, text, "write them as in 2-1-3")


def _toml_list(setting: Setting, text: str) -> object:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        parsed = {}
    if list(parsed) != ["value"]:
        raise _refused(setting, text, "write it as in a TOML file, [{ name = ... }, ...]")
    return parsed["value"]


def _text(_setting: Setting, text: str) -> object:
    return text.strip("\"'")


_PARSERS: Mapping[str, Callable[[Setting, str], object]] = {
    "number": _number,
    "integer": _integer,
    "choice": _choice,
    "switch": _switch,
    "list": _list,
    "text": _text,
}
