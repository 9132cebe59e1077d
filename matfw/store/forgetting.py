"""What is left of a person beside the database's rows: backups, files set aside."""

from __future__ import annotations

from pathlib import Path

from matfw.store.database import DATABASE_FILE

# Of the state's own file: what is in it is TOML, so that a name can be found.
_STATE_ASIDE = "state.toml.damaged-*"
_DATABASE_ASIDE = f"{DATABASE_FILE}.damaged-*"


def remove_leftovers(state_dir: Path, name: str) -> tuple[str, ...]:
    """Remove files that were set aside and may hold something of a person; return their names.

    A damaged database cannot be taken apart: all of it goes. Raises OSError.
    """
    found = [path for path in state_dir.glob(_STATE_ASIDE) if name.encode() in path.read_bytes()]
    found += state_dir.glob(_DATABASE_ASIDE)
    for path in found:
        path.unlink()
    return tuple(sorted(path.name for path in found))
