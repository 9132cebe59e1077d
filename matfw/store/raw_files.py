"""Raw recordings of sessions on the disk, kept in step with the rows that name them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

RAW_FOLDER = "sessions"  # in the folder recordings: what people record themselves is beside it


def remove_unclaimed(recordings: Path, claimed: Collection[str]) -> int:
    """Remove raw recordings that no session's row names; return how many. Raises OSError.

    Of sessions without a repetition, of people who were forgotten, of a database that was lost.
    """
    removed = 0
    for path in (recordings / RAW_FOLDER).glob("*.csv.gz"):
        if f"{RAW_FOLDER}/{path.name}" not in claimed:
            with suppress(FileNotFoundError):
                path.unlink()
                removed += 1
    return removed
