"""Plain data (parsed TOML or JSON) -> a msgspec Struct; errors name key, value found and range.

msgspec alone decides what is valid. Its own error names neither the value found nor the whole
range, nor the key in a table of names (`$.pins[...]`); so on failure `_mismatch` asks msgspec about
one part after the other, and goes down to the first that it refuses.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, inspect

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
# Of a setting, or a table of them: taken over between two frames. All else is wiring, which is
# claimed at the start.
NOW = Meta(extra={"applies": "now"})
FOUND_CHARS = 60  # so that an error stays one readable line whatever was in the file


class MismatchError(Exception):
    """Data does not fit: at which keys, and what is wrong there (what was found, the limit)."""

    def __init__(
        self, keys: Keys, text: str, also: Keys = (), advice: str = "", name: str = ""
    ) -> None:
        """Take the keys that are wrong, and what is wrong there.

        also: a second key that takes part in it. advice: what to do, where that is not simply to
        correct the value; it is no part of the error's text. name: of the keys, in words.
        """
        super().__init__(f"{name or dotted(keys)} {text}".strip())
        self.keys = keys
        self.also = also
        self.advice = advice

    def message(self, otherwise: str = "") -> str:
        """Return what is wrong and what to do; otherwise: to be done where no advice was given."""
        return ": ".join(part for part in (str(self), self.advice or otherwise) if part)


def build(data: object, kind: type[T]) -> T:
    """Return data as a `kind`, a Struct. Raises MismatchError."""
    try:
        return msgspec.convert(data, kind)
    except (msgspec.ValidationError, OverflowError):
        raise _mismatch(kind, data, ()) from None


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
    """Return a value as it was typed, for a message: short, on one line, printable."""
    try:
        text = repr(value)
    except ValueError:  # an integer beyond Python's limit for printing
        text = "a huge number"
    except RecursionError:
        text = "a deeply nested value"
    return text if len(text) <= FOUND_CHARS else text[:FOUND_CHARS] + "..."


def _printable(key: str) -> str:
    return key if key.isprintable() and len(key) <= FOUND_CHARS else found(key)


def _nth(index: int) -> str:
    """Return which one of several is meant, counted from one as people count."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
    return words[index] if index < len(words) else f"{index + 1}th"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return advice for an unknown word: the nearest known one, or all of them."""
    names = list(known)
    near = difflib.get_close_matches(word[:FOUND_CHARS], names, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(names) or 'nothing'}"


def allowed(node: inspect.Type) -> str:
    """Return in words what a type accepts."""
    words = _WORDS.get(type(node))
    return words(node) if words else "a table"


def _mismatch(kind: Any, value: object, keys: Keys) -> MismatchError:  # kind: any annotation
    """Return what is wrong with a value, found at keys, that msgspec refuses as a `kind`."""
    bare = _bare(kind)
    for key, below, item in _parts(bare, value):
        if not _fits(below, item):
            return _mismatch(below, item, (*keys, key))
    if isinstance(value, dict) and inspect.is_struct_type(bare):
        return _table_mismatch(bare, value, keys)
    got = len(value) if isinstance(value, list) and get_origin(bare) is tuple else found(value)
    text = f"must be {allowed(inspect.type_info(kind))} (got {got})"
    if keys and isinstance(keys[-1], int) and not inspect.is_struct_type(bare):
        return MismatchError(keys, text, name=f"{dotted(keys[:-1])}, {_nth(keys[-1])} value,")
    return MismatchError(keys, text)


def _fits(kind: Any, value: object) -> bool:
    try:
        msgspec.convert(value, kind)
    except (msgspec.ValidationError, OverflowError):
        return False
    return True


def _bare(kind: Any) -> Any:
    """Return an annotation without its range and description, and without None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    others = [item for item in get_args(kind) if item is not NoneType]
    is_optional = get_origin(kind) in (Union, UnionType) and len(others) == 1
    return _bare(others[0]) if is_optional else kind


def _parts(kind: Any, value: object) -> Iterator[tuple[Key, Any, object]]:
    """Yield the parts of a value that have a type of their own: key, type, part."""
    of = get_args(kind)
    if isinstance(value, dict) and inspect.is_struct_type(kind):
        types = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
        yield from ((key, types[key], item) for key, item in value.items() if key in types)
    elif isinstance(value, dict) and get_origin(kind) is dict:
        for key, item in value.items():
            yield key, of[0], key
            yield key, of[1], item
    elif isinstance(value, list) and get_origin(kind) is tuple:
        types_of_all = of[:1] * len(value) if of[-1] is Ellipsis else of
        if len(types_of_all) == len(value):
            yield from zip(range(len(value)), types_of_all, value, strict=True)


def _table_mismatch(kind: type[Struct], value: dict[str, object], keys: Keys) -> MismatchError:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    unknown = next((name for name in value if name not in fields), None)
    if unknown is not None and kind.__struct_config__.forbid_unknown_fields:
        advice = did_you_mean(unknown, fields)
        return MismatchError((*keys, unknown), "is not known", advice=advice)
    missing = [name for name, field in fields.items() if field.required and name not in value]
    add = "; ".join(f"{name} = {allowed(inspect.type_info(fields[name].type))}" for name in missing)
    return MismatchError(keys, f"lacks {', '.join(missing)}", advice=f"add {add}")


def _range(node: Any) -> str:
    return "" if node.ge is None else f" {node.ge:.12g} to {node.le:.12g}"


def _list_length(node: Any) -> str:
    return f"a list of {node.min_length or 0} to {node.max_length} entries"


def _or(words: Iterable[object]) -> str:
    return " or ".join(f'"{word}"' if isinstance(word, str) else str(word) for word in words)


# Every kind of type that the Structs of settings and recordings use: what it takes, in words.
# Ranges have both ends and lists a longest length, by our own convention.
_WORDS: Mapping[type[inspect.Type], Callable[[Any], str]] = {
    inspect.Metadata: lambda node: allowed(node.type),
    inspect.UnionType: lambda node: " or ".join(
        # TOML has no word for None: a key is left out instead.
        allowed(member)
        for member in node.types
        if not isinstance(member, inspect.NoneType)
    ),
    inspect.LiteralType: lambda node: _or(node.values),
    inspect.EnumType: lambda node: _or(member.value for member in node.cls),
    inspect.IntType: lambda node: f"a whole number{_range(node)}",
    inspect.FloatType: lambda node: f"a number{_range(node)}",
    inspect.StrType: lambda node: "text" if node.pattern is None else NAME_WORDS,
    inspect.TupleType: lambda node: f"{len(node.item_types)} values, {allowed(node.item_types[0])}",
    inspect.VarTupleType: _list_length,
    inspect.BoolType: lambda _: "true or false",
    inspect.AnyType: lambda _: "anything",
}
