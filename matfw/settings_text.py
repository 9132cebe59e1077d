"""All settings as a commented TOML file: default, range and meaning of each, from the Structs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct, inspect

from matfw.schema import allowed
from matfw.settings_model import CellPlace, GivenPins, Settings

WIDTH = 100
_HEAD = """\
# Settings of matfw. Every line is optional; a commented one shows the default.
# matfw only reads this file; calibration is kept in the state folder.
"""
_ORDERED_LAST = ("pins", "cells")  # their tables are examples, not defaults


def default_toml() -> str:
    """Return a settings file that changes nothing: every setting is there, commented out."""
    lines = [_HEAD, *_fields(Settings())]
    lines += ["", "# [pins.head_left]  # BCM numbers; one table for each cell wired elsewhere"]
    lines += _examples(GivenPins, {"dout": 5, "sck": 12})
    lines += ["", '# [[cells]]  # for layout = "custom": one for each cell, at least 3']
    lines += _examples(CellPlace, {"name": "head_left", "x_mm": -900, "y_mm": 275})
    return "\n".join(lines) + "\n"


def _fields(settings: Struct, table: str = "") -> Iterator[str]:
    tables: list[tuple[str, Struct]] = []
    for field in msgspec.structs.fields(type(settings)):
        value = getattr(settings, field.name)
        if isinstance(value, Struct):
            tables.append((f"{table}.{field.name}".lstrip("."), value))
        elif field.name not in _ORDERED_LAST:
            yield from _setting(field.name, field.type, value)
    for name, below in tables:
        yield ""
        yield f"[{name}]"
        yield from _fields(below, name)


def _examples(kind: type[Struct], values: dict[str, object]) -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        yield from _setting(field.name, field.type, values.get(field.name, field.default))


def _setting(name: str, kind: Any, default: object) -> Iterator[str]:
    # kind: a field's annotation, whatever that is.
    node = inspect.type_info(kind)
    meaning = ""
    if isinstance(node, inspect.Metadata):
        meaning = (node.extra_json_schema or {}).get("description", "")
    words = f"{meaning} ({allowed(node)})" if meaning else allowed(node)
    yield from textwrap.wrap(words, WIDTH, initial_indent="# ", subsequent_indent="# ")
    yield f"#{name} = {'...' if default is None else _toml(default)}"


def _toml(value: object) -> str:
    # JSON's texts, numbers, booleans and lists are TOML's too.
    return msgspec.json.encode(value).decode().replace(",", ", ")
