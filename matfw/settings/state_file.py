"""state.toml: what the machine keeps. Read, brought up to date, written whole.

The file ends in a table `[end]`: a file that was cut off is often valid TOML, and would silently
lose what came last. In place of a damaged file `.bak` is read, the one before the last change;
without a good one the machine starts uncalibrated, since a mat that does not start helps nobody.
`notices` say so. The next save puts damaged files aside as `.damaged-N` before it writes. A file
that is whole, but has a wrong value, was changed by a person: an error names the line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from matfw.errors import MatSettingsError, MatStateError
from matfw.settings.atomic_file import BACKUP, Calls, alone_in, make_folder, replace_file
from matfw.settings.files import FILE_BYTES, DamagedTextError, check_text, read_text
from matfw.settings.os_errors import advice
from matfw.settings.schema import build
from matfw.settings.state import STATE_SCHEMA, MachineState

STATE_FILE = "state.toml"
DAMAGED = ".damaged"
MAX_ASIDE = 20  # damaged files that are kept; one more takes the place of the last
ADVICE = "calibrate again or delete it"
_HEAD = """\
# Written by matfw at every `save`, calibration and change of profile; the copy before the last
# change is state.toml.bak. Your own settings belong into matfw.toml, which matfw never writes.
"""
_END = "end"

Document = dict[str, Any]  # Any: parsed TOML, checked as MachineState


@dataclass(frozen=True, slots=True)
class StateRead:
    """The state, and what a person should know about where it came from."""

    state: MachineState
    text: str | None  # of the file it was read from; None: there is none yet
    document: Document  # that text parsed: with keys that this version does not know
    notices: tuple[str, ...] = ()
    damaged: tuple[Path, ...] = ()  # what the next save puts aside


def read_state(folder: Path) -> StateRead:
    """Return what the machine keeps in folder; nothing where there is no file yet.

    Where the file is damaged, so also where its backup is. Raises MatSettingsError for a whole
    file with something wrong in it that has no good backup, and for one that may not be read.
    """
    path, backup = folder / STATE_FILE, folder / (STATE_FILE + BACKUP)
    there = _there(folder, (path, backup))
    if not there:
        return StateRead(MachineState(), None, {})
    try:
        if path not in there:
            raise DamagedTextError(f"{path}: is not there, but its backup is", ADVICE)
        return _read_one(path, is_empty_damaged=backup in there)
    except MatSettingsError as error:
        kept = _read_backup(backup) if backup in there else None
        if isinstance(error, DamagedTextError):
            reason = error.reason
        elif kept is not None:
            reason = str(error)
        else:
            raise
    if kept is None:
        notice = (
            f"{reason}; there is no good backup: matfw starts uncalibrated, with what was saved at"
            f" the console forgotten; the next save keeps what is left as {_aside(folder).name}"
        )
        return StateRead(MachineState(), None, {}, (notice,), there)
    notice = f"{reason}; read {backup.name} instead, the state before the last change"
    damaged = tuple(place for place in there if place == path)
    return StateRead(kept.state, kept.text, kept.document, (notice, *kept.notices), damaged)


def _there(folder: Path, places: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return which of the places there are. Raises MatSettingsError where that cannot be known."""
    try:
        is_file = folder.exists() and not folder.is_dir()
        there = tuple(place for place in places if not is_file and place.exists())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MatSettingsError(
            f"{places[0]}: cannot be read ({reason}): check the name and who may read it"
        ) from None
    if is_file:
        raise MatSettingsError(f"{folder}: must be a folder for the machine's state, is a file")
    return there


def _read_backup(backup: Path) -> StateRead | None:
    try:
        return _read_one(backup, is_empty_damaged=True)
    except MatSettingsError:
        return None


def _aside(folder: Path, content: bytes | None = None) -> Path:
    """Return where a damaged file is kept: a new place, or the one that has its content."""
    places = [folder / f"{STATE_FILE}{DAMAGED}-{number}" for number in range(1, MAX_ASIDE + 1)]
    return next((place for place in places if _is_free(place, content)), places[-1])


def _is_free(place: Path, content: bytes | None) -> bool:
    return not place.exists() or (content is not None and place.read_bytes() == content)


def write_state(
    folder: Path,
    before: StateRead,
    state: MachineState,
    calls: Calls,
    *,
    keeps_backup: bool = False,
) -> StateRead:
    """Make state the content of folder's file; return it as `read_state` would.

    before: what the file holds now; keys of it that this version does not know are kept.
    keeps_backup: leave the backup as it is. Call it within `alone_with_state`. Raises
    MatStateError, or MismatchError for a state that could not be read again; then the file is as
    it was.
    """
    path = folder / STATE_FILE
    if before.state.schema > STATE_SCHEMA:
        raise MatStateError(_newer(path, before.state.schema))
    text = _text(before.document, state)
    document = tomllib.loads(text)
    build(document, MachineState).check()  # or it could not be read again
    data = text.encode()
    if len(data) > FILE_BYTES:
        raise MatStateError(
            f"{path}: would be larger than {FILE_BYTES} bytes: delete profiles; nothing was changed"
        )
    try:
        for damaged in before.damaged:
            content = damaged.read_bytes()
            replace_file(_aside(folder, content), content, None, calls)
        text_before = None if keeps_backup else before.text
        backup = text_before.encode() if text_before is not None else None
        replace_file(path, data, backup, calls)
    except OSError as error:
        raise _not_written(path, error) from error
    return StateRead(state, text, document)


@contextmanager
def alone_with_state(folder: Path, calls: Calls) -> Iterator[None]:
    """Make folder, and keep every other matfw from writing its state. Raises MatStateError."""
    try:
        make_folder(folder, calls)
        with alone_in(folder):
            yield
    except MatStateError:  # an OSError that has its words already
        raise
    except BlockingIOError:
        raise MatStateError(
            f"{folder / STATE_FILE}: another matfw is writing it: try again"
        ) from None
    except OSError as error:
        raise _not_written(folder / STATE_FILE, error) from error


def _not_written(path: Path, error: OSError) -> MatStateError:
    """Return the error for a state that the system did not let us write."""
    return MatStateError(
        f"{path}: cannot be written ({error.strerror or error}): nothing is lost, the old state is"
        f" still there; {advice(error)}, and try again"
    )


def _read_one(path: Path, *, is_empty_damaged: bool) -> StateRead:
    text = read_text(path)
    document: Document = {}

    def migrated(parsed: Document) -> Document:
        if not parsed and (is_empty_damaged or text.startswith(_HEAD[:20])):
            raise ValueError("the file was cut off: nothing is in it")
        end = parsed.get(_END)
        is_whole = isinstance(end, dict) and end.get("complete") is True
        if "schema" in parsed and not is_whole:
            raise ValueError("the file was cut off: it does not end in [end], complete = true")
        document.update(_migrate(parsed))
        return document

    state = check_text(
        path, text, MachineState, MachineState.check, advice=ADVICE, prepare=migrated
    )
    notices = (_newer(path, state.schema),) if state.schema > STATE_SCHEMA else ()
    return StateRead(state, text, document, notices)


def _newer(path: Path, schema: int) -> str:
    """Return what to say of a file of a later matfw, which must not be written without its keys."""
    return (
        f"{path}: was written by a newer matfw (schema {schema}, this one knows {STATE_SCHEMA}):"
        " update matfw to save anything; the file is left as it is"
    )


def _migrate(document: Document) -> Document:
    """Return a document of any earlier schema as one of STATE_SCHEMA."""
    schema = document.get("schema", 0)
    if type(schema) is not int or schema < 0:
        return document  # the check says what is wrong with it
    for step in MIGRATIONS[schema:]:
        document = step(document)
    return document


def _from_0(document: Document) -> Document:
    """0: written by hand, only [calibration]. It is the first, so it is the factory's too."""
    calibration = document.get("calibration", {})
    return {**document, "schema": 1, "factory_calibration": calibration}


# The step at index n makes schema n + 1 of schema n.
MIGRATIONS: tuple[Callable[[Document], Document], ...] = (_from_0,)


def _text(document: Mapping[str, Any], state: MachineState) -> str:
    import tomli_w  # noqa: PLC0415  # only who saves needs it

    everything = msgspec.to_builtins(state)
    known = {key: value for key, value in everything.items() if value not in (None, {}, 0)}
    unknown = {
        key: value
        for key, value in document.items()
        if key not in MachineState.__struct_fields__ and key != _END
    }
    # Tables after plain keys, as TOML requires, and the end last.
    return _HEAD + tomli_w.dumps({**unknown, **known, _END: {"complete": True}})
