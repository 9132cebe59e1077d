"""state.toml: what the machine keeps. Read, brought up to date, written whole.

The file ends in a table `[end]`: a file that was cut off is often valid TOML, and would silently
lose what came last. A damaged file is put aside and `.bak`, the one before the last change, is read
in its place; `notices` say so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from matfw.errors import MatSettingsError, MatStateError
from matfw.settings.atomic_file import BACKUP, Calls, replace_file
from matfw.settings.files import FILE_BYTES, check_text, read_text
from matfw.settings.schema import build
from matfw.settings.state import STATE_SCHEMA, MachineState

STATE_FILE = "state.toml"
DAMAGED = ".damaged"
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
    is_main_damaged: bool = False


def read_state(folder: Path) -> StateRead:
    """Return what the machine keeps in folder; nothing where there is no file yet.

    Raises MatSettingsError where neither the file nor its backup can be read.
    """
    path = folder / STATE_FILE
    backup = folder / (STATE_FILE + BACKUP)
    try:
        if folder.exists() and not folder.is_dir():
            raise MatSettingsError(f"{folder}: must be a folder for the machine's state, is a file")
        is_there, is_backup_there = path.exists(), backup.exists()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MatSettingsError(
            f"{path}: cannot be read ({reason}): check the name and who may read it"
        ) from None
    if not is_there and not is_backup_there:
        return StateRead(MachineState(), None, {})
    try:
        if not is_there:
            raise MatSettingsError(f"{path}: is not there, but its backup is")
        return _read_one(path, is_empty_damaged=is_backup_there)
    except MatSettingsError as error:
        if not is_backup_there:
            raise
        try:
            kept = _read_one(backup, is_empty_damaged=False)
        except MatSettingsError:
            raise error from None
        return StateRead(
            kept.state, kept.text, kept.document,
            (f"{error}; read {backup.name} instead, the state before the last change",
             *kept.notices),
            is_main_damaged=True,
        )  # fmt: skip


def write_state(folder: Path, before: StateRead, state: MachineState, calls: Calls) -> StateRead:
    """Make state the content of folder's file; return it as `read_state` would.

    before: what the file holds now; keys of it that this version does not know are kept. Call it
    within `alone_in(folder)`. Raises MatStateError, or MismatchError for a state that could not be
    read again; then the file is as it was.
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
        if before.is_main_damaged and path.exists():
            replace_file(folder / (STATE_FILE + DAMAGED), path.read_bytes(), None, calls)
        backup = before.text.encode() if before.text is not None else None
        replace_file(path, data, backup, calls)
    except OSError as error:
        raise not_written(path, error) from error
    return StateRead(state, text, document)


def not_written(path: Path, error: OSError) -> MatStateError:
    """Return the error for a state that the system did not let us write."""
    return MatStateError(
        f"{path}: cannot be written ({error.strerror or error}): nothing is lost, the old state is"
        " still there; free some space, or check who may write there, and try again"
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

    state = check_text(path, text, MachineState, advice=ADVICE, prepare=migrated)
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
    known = {key: value for key, value in everything.items() if value not in (None, {})}
    unknown = {
        key: value
        for key, value in document.items()
        if key not in MachineState.__struct_fields__ and key != _END
    }
    # Tables after plain keys, as TOML wants it, and the end last.
    return _HEAD + tomli_w.dumps({**unknown, **known, _END: {"complete": True}})
