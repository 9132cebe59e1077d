"""Every setting as one row, and what a person types for it -> a value; all from the Structs."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Struct, inspect

from matfw.errors import MatSettingsError
from matfw.settings.model import Settings
from matfw.settings.schema import Keys, allowed, did_you_mean, dotted
from matfw.settings.wiring import DEFAULT_PINS, GivenPins

# A key's name ends in its unit.
UNITS = {"mm": "mm", "m": "m", "deg": "deg", "s": "s", "n": "N", "hz": "Hz", "percent": "%"}
MAX_LISTED = 6  # keys that one message names


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as tables, help and completion show it."""

    key: str  # as in limits.roll_back_mm
    kind: str  # number, integer, text, choice, switch or list
    unit: str  # as in mm; empty where there is none
    range: str  # as in 1 to 200
    choices: tuple[str, ...]
    help: str
    default: object
    applies: str  # now, or restart
    keys: Keys = field(repr=False)  # the key's parts; a cell's name may hold a dot
    node: inspect.Type = field(repr=False, compare=False)


def table(settings: Settings) -> tuple[Setting, ...]:
    """Return a row for every setting; those of [pins] are of the cells that settings have."""
    pins = (row for cell in settings.mat_cells() for row in _pin_rows(cell.name))
    return (*_fixed_rows(), *pins)


def value_of(settings: Settings, keys: Keys) -> object:
    """Return what settings say for a row's keys; a pin that was not given is the default's."""
    if keys[0] == "pins":
        return getattr(settings.wiring()[str(keys[1])], str(keys[2]))
    value = functools.reduce(getattr, map(str, keys), settings)
    return msgspec.to_builtins(value)


def find(rows: tuple[Setting, ...], word: str) -> Setting:
    """Return the row that a word names: its key, its last parts, or the beginning of only one.

    Raises MatSettingsError.
    """
    shown = dotted((word,))  # printable
    for row in rows:  # a whole key, as programs and `get` of all give it: the usual case
        if row.key == word:
            return row
    parts = {row.key: _endings(row) for row in rows}
    for fits in (str.__eq__, str.startswith):
        found = [row for row in rows if any(fits(ending, word) for ending in parts[row.key])]
        exact = [row for row in found if row.key == word]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if found and word:
            names = [row.key for row in found]
            more = ", ..." if len(names) > MAX_LISTED else ""
            raise MatSettingsError(
                f"{shown} may be {' or '.join(names[:MAX_LISTED])}{more}: give more of the key"
            )
    advice = did_you_mean(word, [ending for row in rows for ending in parts[row.key]])
    if advice.startswith("known here"):
        advice = "get without a key lists them all"
    raise MatSettingsError(f"{shown or 'nothing'} is no setting: {advice}")


def _endings(row: Setting) -> tuple[str, ...]:
    return tuple(dotted(row.keys[at:]) for at in range(len(row.keys)))


def _rows(settings: Struct, above: Keys = (), applies: str = "restart") -> Iterator[Setting]:
    for item in msgspec.structs.fields(type(settings)):
        value = getattr(settings, item.name)
        keys = (*above, item.name)
        item_applies = noted_at(item.type).get("applies", applies)
        if isinstance(value, Struct):
            yield from _rows(value, keys, item_applies)
        elif item.name != "pins":
            yield _row(keys, item.type, msgspec.to_builtins(value), item_applies)


@functools.cache
def _fixed_rows() -> tuple[Setting, ...]:
    return tuple(_rows(Settings()))


@functools.lru_cache(maxsize=64)
def _pin_rows(cell: str) -> tuple[Setting, ...]:
    default = DEFAULT_PINS.get(cell)
    return tuple(
        _row(("pins", cell, item.name), item.type, getattr(default, item.name, None), "restart")
        for item in msgspec.structs.fields(GivenPins)
    )


def noted_at(annotation: Any) -> dict[str, Any]:
    """Return what a field's annotation says besides its type: description, applies, example."""
    node = inspect.type_info(annotation)
    if not isinstance(node, inspect.Metadata):
        return {}
    return (node.extra_json_schema or {}) | (node.extra or {})


def _row(keys: Keys, annotation: Any, default: object, applies: str) -> Setting:
    # annotation: a field's type, whatever that is.
    node = plain(inspect.type_info(annotation))
    choices = _choices(node)
    return Setting(
        key=dotted(keys),
        kind=_kind(node),
        unit=UNITS.get(str(keys[-1]).rpartition("_")[2], "") if "_" in str(keys[-1]) else "",
        range=_range(node),
        choices=choices,
        help=noted_at(annotation).get("description", ""),
        default=default,
        applies=applies,
        keys=keys,
        node=node,
    )


def plain(node: inspect.Type) -> inspect.Type:
    """Return a type without its description, and without None: a setting is left out instead."""
    while isinstance(node, inspect.Metadata):
        node = node.type
    if isinstance(node, inspect.UnionType):
        others = tuple(item for item in node.types if not isinstance(item, inspect.NoneType))
        return plain(others[0]) if len(others) == 1 else inspect.UnionType(others)
    return node


_KINDS: Mapping[type[inspect.Type], str] = {
    inspect.BoolType: "switch",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.StrType: "text",
    inspect.LiteralType: "choice",
    inspect.EnumType: "choice",
    inspect.TupleType: "list",
    inspect.VarTupleType: "list",
}


def members(node: inspect.Type) -> tuple[inspect.Type, ...]:
    """Return the types that a value may have: one, or those of a union."""
    if isinstance(node, inspect.UnionType):
        return tuple(plain(member) for member in node.types)
    return (node,)


def _kind(node: inspect.Type) -> str:
    kinds = [_KINDS[type(member)] for member in members(node)]
    return next((kind for kind in kinds if kind != "choice"), kinds[0])


def _choices(node: inspect.Type) -> tuple[str, ...]:
    chosen: list[str] = []
    for member in members(node):
        if isinstance(member, inspect.LiteralType):
            chosen += [str(value) for value in member.values]
        elif isinstance(member, inspect.EnumType):
            chosen += [str(item.value) for item in member.cls]
        elif isinstance(member, inspect.BoolType):
            chosen += ["on", "off"]
    return tuple(chosen)


def _range(node: inspect.Type) -> str:
    choices = _choices(node)
    words = [", ".join(choices[:-1])] if len(choices) > 1 else []
    words += choices[-1:]
    for member in members(node):
        if isinstance(member, inspect.IntType | inspect.FloatType):
            words.append(f"{member.ge:.12g} to {member.le:.12g}")
        elif isinstance(member, inspect.TupleType):
            words.append(", ".join(_range(plain(item)) for item in member.item_types))
        elif isinstance(member, inspect.VarTupleType):
            words.append(allowed(member).removeprefix("a list of "))
        elif isinstance(member, inspect.StrType):
            words.append("text")
    return " or ".join(words)
