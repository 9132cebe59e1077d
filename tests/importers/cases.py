"""Small inputs that failed once, kept outside of the project, and what is true of them.

`edges/NAME.csv.gz` come from another simulator; `NAME.truth.json` gives each repetition's 5 and
95 % crossings in seconds as `b`. In other folders `recording.csv.gz` lies beside the settings it
was made with, if any, and its README says in words how many lifts there are: EXPECTED here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.importers.files import DATA

CASES = DATA.parent / "cases"
EDGES = (
    *("clean_000", "clean_001", "clean_005", "clean_007", "faults_004", "stress_006"),
)  # fmt: skip
EXPECTED = {
    "slow_6_1_6": 6,
    "hold_10_s": 6,
    "torn_0p05_percent": 10,
    "supply_wander_1hz": 4,
}


@dataclass(frozen=True, slots=True)
class TrueSpan:
    """A true repetition: its 5 and 95 % crossings."""

    start_s: float
    top_s: float
    lower_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Case:
    """A recording with its truth: spans where their times are known, else only how many."""

    name: str
    recording: Path
    settings: Path | None
    spans: tuple[TrueSpan, ...] | None
    expected: int


def load(name: str) -> Case:
    """Return a case by its name, those of edges as `edges/NAME`; skips the test where absent."""
    if name.startswith("edges/"):
        recording = _require(CASES / f"{name}.csv.gz")
        truth = json.loads(_require(CASES / f"{name}.truth.json").read_text())
        spans = tuple(TrueSpan(*map(float, rep["b"])) for rep in truth["reps"])
        return Case(name, recording, None, spans, len(spans))
    recording = _require(CASES / name / "recording.csv.gz")
    settings = CASES / name / "matfw.toml"
    return Case(name, recording, settings if settings.is_file() else None, None, EXPECTED[name])


def names() -> Iterator[str]:
    """Yield the names of the cases that are here and have a recording."""
    for name in EDGES:
        if (CASES / "edges" / f"{name}.csv.gz").is_file():
            yield f"edges/{name}"
    for name in EXPECTED:
        if (CASES / name / "recording.csv.gz").is_file():
            yield name


def _require(path: Path) -> Path:
    if not path.is_file():
        pytest.skip(f"needs the case {path.name}, which is not in this repository")
    return path
