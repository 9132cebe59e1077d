"""Layers of settings as nested tables: merge them, and put values into one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from matfw.settings.schema import Key, Keys

# Any: parsed TOML; only `Settings` says what is valid.
Tables: TypeAlias = Mapping[str, Any]


def merged(below: Tables, above: Tables) -> dict[str, Any]:
    """Return below with above laid over it: tables key by key, everything else whole."""
    result = dict(below)
    for key, value in above.items():
        is_table = isinstance(value, dict) and isinstance(below.get(key), dict)
        result[key] = merged(below[key], value) if is_table else value
    return result


def with_value(tables: Tables, keys: Keys, value: object) -> dict[str, Any]:
    """Return tables with keys set to value."""
    first, *rest = keys
    if not rest:
        return {**tables, str(first): value}
    return {**tables, str(first): with_value(_table(tables, first), tuple(rest), value)}


def without(tables: Tables, keys: Keys) -> dict[str, Any]:
    """Return tables with keys, and tables that this leaves empty, taken out."""
    first, *rest = keys
    below = without(_table(tables, first), tuple(rest)) if rest else {}
    others = {key: value for key, value in tables.items() if key != first}
    return {**others, str(first): below} if below else others


def holds(tables: Tables, keys: Keys) -> bool:
    """Return whether keys are set in tables."""
    return keys in set(keys_of(tables))


def keys_of(tables: Tables, above: Keys = ()) -> Iterator[Keys]:
    """Yield the keys of everything that is no table."""
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from keys_of(value, (*above, key))
        else:
            yield (*above, key)


def _table(tables: Tables, key: Key) -> Tables:
    below = tables.get(str(key))
    return below if isinstance(below, dict) else {}
