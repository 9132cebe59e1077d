"""Where other people's recordings lie, if they are here at all; they are no part of the project."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def require(name: str) -> Path:
    """Return a data file's path, or skip the test with the reason."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"needs other people's recording {name}, which is not in this repository")
    return path


def lines(name: str) -> list[str]:
    """Return a gzipped text file's lines, or skip the test."""
    with gzip.open(require(name), "rt", encoding="utf-8") as file:
        return file.read().splitlines()
