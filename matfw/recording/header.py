"""A recording's three header lines <-> Mat.

Line 1 `# matfw-recording 1`; line 2 `# ` and one JSON object (HeaderV1); line 3 the columns.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from matfw.messages import Cell, CellCalibration, Channel, Mat, Person, Side, Tempo
from matfw.recording.foreign import refuse_spreadsheet, saved_by_spreadsheet
from matfw.settings.schema import (
    CountsPerKg,
    MismatchError,
    Name,
    TareCounts,
    build,
    check_counts_per_kg,
    found,
)

MAGIC = "# matfw-recording "
VERSION = "1"
TIME_COLUMN = "t_s"

_Place = Annotated[float, Meta(ge=-10_000, le=10_000)]  # mm; a mat is 2000 long
_Way = Annotated[
    float, Meta(ge=0.2, le=60)
]  # s; no leg goes up or down in less, limits scale by it
_Hold = Annotated[float, Meta(ge=0, le=60)]


class HeaderCell(Struct, frozen=True):
    """A cell with its calibration at the time of recording."""

    name: Name
    x_mm: _Place
    y_mm: _Place
    plate: str
    tare_counts: TareCounts
    counts_per_kg: CountsPerKg


class HeaderChannel(Struct, frozen=True):
    """A hip sensor's column."""

    name: Name
    kind: Literal["sacrum_imu", "rear_rail"]
    x_mm: _Place | None = None


class HeaderPerson(Struct, frozen=True):
    """What the person stated about themselves."""

    sex: Literal["female", "male"] | None = None
    height_m: Annotated[float, Meta(ge=0.5, le=2.5)] | None = None


class HeaderV1(Struct, frozen=True, kw_only=True):
    """The JSON object of line 2."""

    rate_hz: Annotated[float, Meta(ge=0.5, le=2000)]
    layout: Annotated[str, Meta(max_length=100)]
    cells: Annotated[tuple[HeaderCell, ...], Meta(min_length=1, max_length=64)]
    channels: Annotated[tuple[HeaderChannel, ...], Meta(max_length=64)] = ()
    person: HeaderPerson | None = None
    side: Side | None = None
    tempo_s: tuple[_Way, _Hold, _Way] | None = None
    source: str | None = None


def check_magic(line: str) -> None:
    """Refuse a line 1 that is not ours; MismatchError says why."""
    if line == MAGIC + VERSION:
        return
    refuse_spreadsheet(line, MAGIC + VERSION)
    version = line.removeprefix(MAGIC)
    if version != line and version.isdecimal():
        raise MismatchError(
            (), f"is recording version {found(version)}, this matfw reads {VERSION}"
        )
    raise MismatchError((), f'must be "{MAGIC}{VERSION}" (got {found(line)})')


def parse_header(line: str) -> tuple[Mat, str | None]:
    """Return line 2's mat and source. Raises MismatchError."""
    if line.startswith('"# {') or ("{" in line and '""rate_hz""' in line):
        raise saved_by_spreadsheet('"')
    if not line.startswith("# "):
        raise MismatchError((), f'must be "# " and a JSON object (got {found(line)})')
    try:
        data = msgspec.json.decode(line[2:])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise MismatchError((), f"is not JSON ({error})") from None
    if not isinstance(data, dict):
        raise MismatchError((), f"must be a JSON object (got {found(data)})")
    header = build(data, HeaderV1)  # later versions may add keys
    _check_cells(header)
    return _mat(header), header.source


def render_header(mat: Mat, source: str | None) -> str:
    """Return line 2 for a mat; what is not known is left out.

    So are the limits: a replay judges by the settings of the day.
    """
    header: dict[str, Any] = {  # JSON: msgspec's own input type
        "rate_hz": mat.rate_hz,
        "layout": mat.layout,
        "cells": [
            {
                "name": cell.name,
                "x_mm": cell.x_mm,
                "y_mm": cell.y_mm,
                "plate": cell.plate,
                "tare_counts": line.tare_counts,
                "counts_per_kg": line.counts_per_kg,
            }
            for cell, line in zip(mat.cells, mat.calibration, strict=True)
        ],
        "tempo_s": [mat.tempo.up_s, mat.tempo.hold_s, mat.tempo.down_s],
    }
    if mat.channels:
        header["channels"] = [_without_none(channel) for channel in mat.channels]
    if mat.person != Person():
        header["person"] = _without_none(mat.person)
    if mat.side is not Side.UNKNOWN:
        header["side"] = mat.side.value
    if source is not None:
        header["source"] = source
    return "# " + msgspec.json.encode(header).decode()


def columns(mat: Mat) -> str:
    """Return line 3."""
    return ",".join((TIME_COLUMN, *(c.name for c in mat.cells), *(c.name for c in mat.channels)))


def _without_none(message: Channel | Person) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(message)
    return {name: value for name, value in fields.items() if value is not None}


def _check_cells(header: HeaderV1) -> None:
    names = [cell.name for cell in header.cells] + [item.name for item in header.channels]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise MismatchError(("cells",), f"must have each name once (got {', '.join(twice)} twice)")
    for index, cell in enumerate(header.cells):
        check_counts_per_kg(cell.counts_per_kg, ("cells", index, "counts_per_kg"))


def _mat(header: HeaderV1) -> Mat:
    person = header.person or HeaderPerson()
    return Mat(
        layout=header.layout,
        cells=tuple(Cell(c.name, c.x_mm, c.y_mm, c.plate) for c in header.cells),
        calibration=tuple(CellCalibration(c.tare_counts, c.counts_per_kg) for c in header.cells),
        rate_hz=header.rate_hz,
        channels=tuple(Channel(c.name, c.kind, c.x_mm) for c in header.channels),
        person=Person(person.sex, person.height_m),
        side=header.side or Side.UNKNOWN,
        tempo=Tempo(*header.tempo_s) if header.tempo_s else Tempo(),
    )
