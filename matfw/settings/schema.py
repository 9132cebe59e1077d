"""Hold plain data (parsed TOML or JSON) against a msgspec Struct; say the first difference.

msgspec decides what is valid and builds the Struct; its own errors name neither the value found
nor the key inside a table of tables, so on failure `_differences` walks the same types again.
"""

from __future__ import annotations

import difflib
import functools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, TypeAlias, TypeVar, cast

import msgspec
from msgspec import Meta, inspect

Key: TypeAlias = str | int
Keys: TypeAlias = tuple[Key, ...]
T = TypeVar("T")

# A name becomes a column of a CSV and a key of a TOML table: letters, digits, "_", "-" and "." keep
# it whole in both. "t_s" is the recordings' time column.
Name = Annotated[str, Meta(pattern=r"^(?!t_s\Z)[A-Za-z][A-Za-z0-9_.-]*\Z", max_length=40)]
NAME_WORDS = "a name of 1 to 40 letters, digits, _ - or . that begins with a letter and is not t_s"
COUNT_MIN = -(2**23)  # the converter's 24 bits, two's complement; HX711 datasheet p. 4
COUNT_MAX = 2**23 - 1
TareCounts = Annotated[float, Meta(ge=COUNT_MIN, le=COUNT_MAX)]
CountsPerKg = Annotated[float, Meta(ge=-1e7, le=1e7)]  # negative: a cell wired in reverse
MIN_COUNTS_PER_KG = 1.0  # magnitude, since loads are divided by it; a 50 kg cell gives 43 000
FOUND_CHARS = 60  # so that an error stays one readable line whatever was in the file


class MismatchError(Exception):
    """Data does not fit: at which keys, and what is wrong there (what was found, the limit)."""

    def __init__(self, keys: Keys, text: str, also: Keys = (), advice: str = "") -> None:
        """Take the keys that are wrong, and what is wrong there.

        also: a second key that takes part in it. advice: what to do, where that is not simply to
        correct the value; it is no part of the error's text.
        """
        super().__init__(f"{dotted(keys)} {text}".strip())
        self.keys = keys
        self.also = also
        self.advice = advice

    def message(self, otherwise: str = "") -> str:
        """Return what is wrong and what to do; otherwise: to be done where no advice was given."""
        return ": ".join(part for part in (str(self), self.advice or otherwise) if part)


@functools.cache
def _type_info(kind: Any) -> inspect.Type:  # Any: a class; some ms for all settings
    return inspect.type_info(kind)


def difference(node: inspect.Type, value: object, keys: Keys) -> MismatchError | None:
    """Return the first thing in value, found at keys, that a type does not take; None: it fits."""
    return next(_differences(node, value, keys, extra=False), None)


def build(data: object, kind: type[T], *, extra_keys: bool = False) -> T:
    """Return data as a `kind` (a Struct).

    extra_keys: let keys the Struct does not know pass (they are ignored). Raises MismatchError.
    """
    for mismatch in _differences(_type_info(cast("Any", kind)), data, (), extra_keys):
        raise mismatch
    try:
        return msgspec.convert(data, kind)
    except (msgspec.ValidationError, OverflowError) as error:
        raise MismatchError((), str(error)) from None


def check_counts_per_kg(counts_per_kg: float, keys: Keys) -> None:
    """Refuse a counts_per_kg that is 0 or next to it. Raises MismatchError."""
    if abs(counts_per_kg) < MIN_COUNTS_PER_KG:
        raise MismatchError(
            keys,
            f"must be at least {MIN_COUNTS_PER_KG:g}, or at most -{MIN_COUNTS_PER_KG:g} for a"
            f" cell wired in reverse (got {counts_per_kg:g})",
        )


def dotted(keys: Keys) -> str:
    """Return keys as a person writes them: cells[0].x_mm."""
    return "".join(
        f"[{key}]" if isinstance(key, int) else f".{_printable(key)}" for key in keys
    ).removeprefix(".")


def found(value: object) -> str:
    """Return a value as it should appear in a message: short, on one line, printable."""
    try:
        text = ascii(value)
    except ValueError:  # an integer beyond Python's limit for printing
        text = "a huge number"
    except RecursionError:
        text = "a deeply nested value"
    return text if len(text) <= FOUND_CHARS else text[:FOUND_CHARS] + "..."


def _printable(key: str) -> str:
    return key if key.isprintable() and len(key) <= FOUND_CHARS else found(key)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return advice for an unknown word: the nearest known one, or all of them."""
    names = list(known)
    near = difflib.get_close_matches(word[:FOUND_CHARS], names, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(names) or 'nothing'}"


def allowed(node: inspect.Type) -> str:
    """Return in words what a type accepts."""
    words = _WORDS.get(type(node))
    return words(node) if words else "a table"


def _differences(node: Any, value: object, keys: Keys, extra: bool) -> Iterator[MismatchError]:
    # node is an inspect.Type; Any because its kind is known only by the table it came from.
    match node:
        case inspect.Metadata():
            yield from _differences(node.type, value, keys, extra)
        case inspect.StructType() if isinstance(value, dict):
            yield from _struct_differences(node, value, keys, extra)
        case inspect.DictType() if isinstance(value, dict):
            for key, item in value.items():
                yield from _differences(node.value_type, item, (*keys, key), extra)
        case inspect.VarTupleType() | inspect.TupleType() if isinstance(value, list):
            yield from _list_differences(node, value, keys, extra)
        case inspect.UnionType() if value is not None and (only := _only_other_than_none(node)):
            yield from _differences(only, value, keys, extra)
        case inspect.UnionType():
            if all(any(_differences(member, value, keys, extra)) for member in node.types):
                yield MismatchError(keys, f"must be {allowed(node)} (got {found(value)})")
        case _:
            fits = _FITS.get(type(node))
            if not (fits and fits(node, value)):
                yield MismatchError(keys, f"must be {allowed(node)} (got {found(value)})")


def _only_other_than_none(node: inspect.UnionType) -> inspect.Type | None:
    others = [item for item in node.types if not isinstance(item, inspect.NoneType)]
    return others[0] if len(others) == 1 else None


def _struct_differences(
    node: inspect.StructType, value: dict[str, object], keys: Keys, extra: bool
) -> Iterator[MismatchError]:
    fields = {field.encode_name: field for field in node.fields}
    missing = [name for name, field in fields.items() if field.required and name not in value]
    for name, item in value.items():
        if name in fields:
            yield from _differences(fields[name].type, item, (*keys, name), extra)
        elif not extra:
            advice = did_you_mean(name, fields)
            yield MismatchError((*keys, name), "is not known", advice=advice)
    if missing:
        wanted = "; ".join(f"{name} = {allowed(fields[name].type)}" for name in missing)
        yield MismatchError(keys, f"lacks {', '.join(missing)}", advice=f"add {wanted}")


def _list_differences(
    node: inspect.VarTupleType | inspect.TupleType, value: list[object], keys: Keys, extra: bool
) -> Iterator[MismatchError]:
    if isinstance(node, inspect.TupleType):
        is_length_right = len(value) == len(node.item_types)
        item_types = node.item_types
    else:
        is_length_right = (node.min_length or 0) <= len(value) <= (node.max_length or math.inf)
        item_types = (node.item_type,) * len(value)
    if not is_length_right:
        yield MismatchError(keys, f"must be {allowed(node)} (got {len(value)})")
    for index, (item_type, item) in enumerate(zip(item_types, value, strict=False)):
        yield from _differences(item_type, item, (*keys, index), extra)


def _is_within(node: Any, value: Any) -> bool:
    # NaN fails both comparisons, infinities the second.
    least = -math.inf if node.ge is None else node.ge
    most = math.inf if node.le is None else node.le
    return bool(least <= value <= most and abs(value) < math.inf)


def _is_text(node: Any, value: object) -> bool:
    if not isinstance(value, str) or len(value) > (node.max_length or math.inf):
        return False
    return node.pattern is None or re.search(node.pattern, value) is not None


def _range(node: Any) -> str:
    return "" if node.ge is None else f" {node.ge:.12g} to {node.le:.12g}"


def _list_length(node: Any) -> str:
    return f"a list of {node.min_length or 0} to {node.max_length} entries"


def _or(words: Iterable[object]) -> str:
    return " or ".join(f'"{word}"' if isinstance(word, str) else str(word) for word in words)


# Every kind of type that the Structs of settings and recordings use: what it takes, in words, and
# whether a value is that. Ranges have both ends and lists a longest length, by our own convention.
_WORDS: Mapping[type[inspect.Type], Callable[[Any], str]] = {
    inspect.Metadata: lambda node: allowed(node.type),
    inspect.UnionType: lambda node: " or ".join(allowed(member) for member in node.types),
    inspect.LiteralType: lambda node: _or(node.values),
    inspect.EnumType: lambda node: _or(member.value for member in node.cls),
    inspect.IntType: lambda node: f"a whole number{_range(node)}",
    inspect.FloatType: lambda node: f"a number{_range(node)}",
    inspect.StrType: lambda node: "text" if node.pattern is None else NAME_WORDS,
    inspect.TupleType: lambda node: f"{len(node.item_types)} values, {allowed(node.item_types[0])}",
    inspect.VarTupleType: _list_length,
    inspect.BoolType: lambda _: "true or false",
    inspect.NoneType: lambda _: "nothing",
    inspect.AnyType: lambda _: "anything",
}
_FITS: Mapping[type[inspect.Type], Callable[[Any, object], bool]] = {
    inspect.BoolType: lambda _, value: isinstance(value, bool),
    inspect.IntType: lambda node, value: type(value) is int and _is_within(node, value),
    inspect.FloatType: lambda node, value: type(value) in (int, float) and _is_within(node, value),
    inspect.StrType: _is_text,
    inspect.LiteralType: lambda node, value: any(
        type(value) is type(choice) and value == choice for choice in node.values
    ),
    inspect.EnumType: lambda node, value: any(value == member.value for member in node.cls),
    inspect.NoneType: lambda _, value: value is None,
    inspect.AnyType: lambda _node, _value: True,
}
