"""All settings as text: a commented TOML file, a JSON Schema; both from the Structs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct, inspect

from matfw.settings.model import CellPlace, Settings
from matfw.settings.plans import PlanSettings
from matfw.settings.rows import noted_at
from matfw.settings.schema import allowed
from matfw.settings.wiring import GivenPins

WIDTH = 100
_HEAD = """\
# Settings of matfw. Every line is optional. "#name" is a default: take the # away and change it.
# "# name" with a space is an example: there is no default. matfw only reads this file; what is
# calibrated or saved at the console is in state.toml in the state folder, and goes before it.
"""
_ORDERED_LAST = ("pins", "cells", "plans")  # their tables are examples, not defaults


def default_toml() -> str:
    """Return a settings file that changes nothing: every setting is there, commented out.

    Any of its lines that begin with # and a letter may be uncommented, and nothing changes yet.
    """
    lines = [_HEAD, *_fields(Settings())]
    lines += ["", "# [pins.head_left]  # one table for each cell that is wired elsewhere"]
    lines += _examples(GivenPins, {"dout": 5, "sck": 12})
    lines += ["", '# [[cells]]  # for layout = "custom": one for each cell, at least 3']
    lines += _examples(CellPlace, {"name": "head_left", "x_mm": -900, "y_mm": 275})
    lines += ["", "# [[plans]]  # of your own, to be named by workout.plan"]
    lines += _examples(PlanSettings, {"name": "mine", "range_deg": [24.0, 45.0]})
    return "\n".join(lines) + "\n"


def schema_json() -> str:
    """Return the JSON Schema (2020-12) of the settings file."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    text = json.dumps(head | msgspec.json.schema(Settings), indent=2)
    return text.replace(r"\\Z", "$")  # the same end in JSON Schema's regular expressions


def _fields(settings: Struct, table: str = "") -> Iterator[str]:
    tables: list[tuple[str, Struct]] = []
    for field in msgspec.structs.fields(type(settings)):
        value = getattr(settings, field.name)
        if isinstance(value, Struct):
            tables.append((f"{table}.{field.name}".lstrip("."), value))
        elif field.name not in _ORDERED_LAST:
            yield from _words(field.type)
            example = value is None
            shown = noted_at(field.type)["example"] if example else value
            yield f"#{' ' * example}{field.name} = {_toml(shown)}"
    for name, below in tables:
        yield ""
        yield f"[{name}]"
        yield from _fields(below, name)


def _examples(kind: type[Struct], values: dict[str, object]) -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        yield from _words(field.type)
        yield f"# {field.name} = {_toml(values.get(field.name, field.default))}"


def _words(kind: Any) -> Iterator[str]:
    # kind: a field's annotation, whatever that is.
    meaning = noted_at(kind).get("description", "")
    limits = allowed(inspect.type_info(kind))
    words = f"{meaning} ({limits})" if meaning else limits
    yield from textwrap.wrap(words, WIDTH, initial_indent="# ", subsequent_indent="# ")


def _toml(value: object) -> str:
    # JSON's texts, numbers, booleans and lists are TOML's too.
    return msgspec.json.encode(value).decode().replace(",", ", ")
