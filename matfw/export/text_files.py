"""Kept sessions as CSV files with a manifest and a schema, or as one JSON object. Pure: bytes."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from matfw import __version__
from matfw.export.columns import COLUMNS, KEYS, Value, tables
from matfw.history.rows import SessionRecord, WallTime

FORMAT = "matfw-export"
VERSION = 1


def csv_files(records: Sequence[SessionRecord], now: WallTime) -> dict[str, bytes]:
    """Return files by name: a CSV for each table, `schema.json`, and `manifest.json`, the last.

    The manifest has each file's rows and SHA-256: whoever has it knows whether all came over.
    """
    found = tables(records)
    files = {f"{name}.csv": _csv(name, rows) for name, rows in found.items()}
    files["schema.json"] = _json(schema())
    manifest = {
        **_head(now),
        "sessions": [record.session.session_id for record in records],
        "files": [
            {
                "name": name,
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                **({"rows": len(found[name[:-4]])} if name.endswith(".csv") else {}),
            }
            for name, content in files.items()
        ],
    }
    return {**files, "manifest.json": _json(manifest)}


def json_file(records: Sequence[SessionRecord], now: WallTime) -> bytes:
    """Return one JSON object: sessions, their sets, their repetitions, their faults."""
    named: dict[str, list[dict[str, object]]] = {
        name: [dict(zip((c.name for c in COLUMNS[name]), row, strict=True)) for row in rows]
        for name, rows in tables(records).items()
    }
    for above, below in (("reps", "faults"), ("sets", "reps"), ("sessions", "sets")):
        if below == "faults":
            for rep in named["reps"]:
                del rep["faults"]  # the names alone: here they come with their sizes
        _nest(named[above], named[below], below, KEYS[above])
    return _json({**_head(now), "sessions": named["sessions"]})


def schema() -> dict[str, object]:
    """Return what each table's columns mean, as Frictionless Table Schema."""
    return {
        name: {
            "fields": [
                {"name": column.name, "type": column.kind, "description": column.meaning}
                for column in columns
            ],
            "primaryKey": list(KEYS[name]),
            "missingValues": [""],
        }
        for name, columns in COLUMNS.items()
    }


def _nest(
    above: Sequence[dict[str, object]],
    below: Sequence[Mapping[str, object]],
    name: str,
    keys: Sequence[str],
) -> None:
    """Put each row below into the one above that it belongs to, without its keys."""
    by_key: dict[tuple[object, ...], list[dict[str, object]]] = {}
    for row in below:
        place = tuple(row[key] for key in keys)
        rest = {key: value for key, value in row.items() if key not in keys}
        by_key.setdefault(place, []).append(rest)
    for row in above:
        row[name] = by_key.get(tuple(row[key] for key in keys), [])


def _csv(name: str, rows: Sequence[Sequence[Value]]) -> bytes:
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n")  # RFC 4180
    writer.writerow(column.name for column in COLUMNS[name])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "".join(lines).encode()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _head(now: WallTime) -> dict[str, object]:
    return {"format": FORMAT, "version": VERSION, "firmware": __version__,
            "made_unix_s": round(now.unix_s, 3), "made_doubt_s": now.doubt_s}  # fmt: skip


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
