"""Recording v1 -> raw frames: what the cells gave, before anything was made of it.

Read as a stream, so that half an hour costs no memory. Nothing is repaired: a row that is not
exactly as `writer.py` writes it ends the reading with one MatRecordingError, which says how to
keep the rows before it. A row without missing cells takes the short way in `_frames`; any row that
does not fit there is read again, slowly and with words, by `careful_row`.
"""

from __future__ import annotations

import gzip
import io
import shlex
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from matfw.errors import MatRecordingError
from matfw.layouts import unplaced
from matfw.messages import Mat, RawFrame
from matfw.recording.foreign import (
    BYTE_ORDER_MARK,
    SpreadsheetError,
    foreign_format,
    refuse_spreadsheet,
)
from matfw.recording.header import check_magic, columns, parse_header
from matfw.recording.rows import ROW_BYTES, T_MAX_S, careful_row, decoded
from matfw.settings.schema import COUNT_MAX, COUNT_MIN, MismatchError, found

HEADER_LINES = 3
HEADER_BYTES = 64 * 1024  # the longest header line; 64 cells and 64 channels need 20 KiB
PLAIN_ROW = b"0123456789.,-\n"  # what the short way may see: no exponent, blank, "_" or "nan"
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording whose header has been read; its rows are read by `frames`."""

    path: Path
    mat: Mat
    source: str | None

    def frames(self) -> Iterator[RawFrame]:
        """Read the rows, at each call from the first one. Raises MatRecordingError at a bad one.

        Times never go back; equal times are kept, since a board may send its samples in bursts.
        """
        return _frames(self.path, self.mat)

    def check_places(self) -> None:
        """Refuse cells whose places cannot tell where a load is. Raises MatRecordingError."""
        reason = unplaced(self.mat.cells)
        if reason:
            raise MatRecordingError(f"{self.path}, line 2: cells {reason}: correct the places")


def read_recording(path: Path | str) -> Recording:
    """Open a recording, packed by gzip or not, and read its header. Raises MatRecordingError."""
    path = Path(path)
    number = 1
    try:
        with _open(path) as file:
            magic = _header_line(file)
            if not magic:
                raise MismatchError((), "is missing: the file is empty")
            check_magic(magic)
            number = 2
            mat, source = parse_header(_header_line(file))
            number = 3
            names = _header_line(file)
            refuse_spreadsheet(names, columns(mat))
            if names != columns(mat):
                raise MismatchError(
                    (), f'must be "{columns(mat)}" as in line 2 (got {found(names)})'
                )
            number = 4
            if not file.readline(ROW_BYTES):
                raise MismatchError((), "is missing: the recording has no rows")
    except MismatchError as mismatch:
        raise _mismatch(path, number, mismatch) from None
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, number, error) from None
    return Recording(path, mat, source)


def _frames(path: Path, mat: Mat) -> Iterator[RawFrame]:
    names = columns(mat).split(",")
    fields_expected = len(names)
    first_channel = 1 + len(mat.cells)
    has_channels = bool(mat.channels)
    previous_s = -T_MAX_S
    number = HEADER_LINES
    try:
        with _open(path) as file:
            for _ in range(HEADER_LINES):
                file.readline(HEADER_BYTES)
            for row in iter(partial(file.readline, ROW_BYTES), b""):
                number += 1
                fields = row.split(b",")
                try:
                    if row.translate(None, PLAIN_ROW) or len(fields) != fields_expected:
                        raise ValueError
                    t_s = float(fields[0])
                    counts = tuple(map(int, fields[1:first_channel]))
                    if (
                        not previous_s <= t_s <= T_MAX_S
                        or max(counts) > COUNT_MAX
                        or min(counts) < COUNT_MIN
                        or has_channels
                        or row[-1] != 10  # "\n"
                    ):
                        raise ValueError
                except ValueError:
                    frame = careful_row(row, names, first_channel - 1, previous_s)
                    t_s = frame.t_s
                else:
                    frame = RawFrame(t_s, counts)
                yield frame
                previous_s = t_s
    except MismatchError as mismatch:
        raise _mismatch(path, number, mismatch) from None
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, number + 1, error) from None


def _open(path: Path) -> BinaryIO | gzip.GzipFile:
    """Open the file for reading, unpacked. Raises MatRecordingError."""
    try:
        mode = path.stat().st_mode
        # A pipe would wait here for its writer; what is not a plain file is refused below.
        file = path.open("rb") if stat.S_ISREG(mode) else None
    except FileNotFoundError:
        raise _error(path, None, "is not there: check the name and the folder") from None
    except PermissionError:
        raise _error(
            path, None, "must not be read by this user: ask its owner, or chmod a+r it"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _error(path, None, f"cannot be opened ({reason}): check the name") from None
    if file is None:
        raise _error(
            path,
            None,
            "is a folder: name the recording in it"
            if stat.S_ISDIR(mode)
            else "is not a plain file: save the recording to one first",
        )
    start = file.peek(len(GZIP_MAGIC))
    foreign = foreign_format(start)
    if foreign is not None:
        file.close()
        raise _error(path, None, foreign)
    return _Unpacked(file) if start.startswith(GZIP_MAGIC) else file


class _Unpacked(gzip.GzipFile):
    """A gzip reader that also closes the file below it."""

    def __init__(self, file: io.BufferedReader) -> None:
        super().__init__(fileobj=file, mode="rb")
        self._below = file

    def close(self) -> None:
        super().close()
        self._below.close()


def _header_line(file: BinaryIO | gzip.GzipFile) -> str:
    line = file.readline(HEADER_BYTES)
    if len(line) >= HEADER_BYTES:
        raise MismatchError((), f"is longer than {HEADER_BYTES} bytes")
    return decoded(line.removeprefix(BYTE_ORDER_MARK))


def _is_packed(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    except OSError:
        return False


def _damaged(path: Path, number: int, error: Exception) -> MatRecordingError:
    if isinstance(error, EOFError):
        return _error(path, number, "is cut off: the gzip data ends before its end mark")
    reason = getattr(error, "strerror", None) or str(error)
    return _error(path, number, f"cannot be read ({reason}): the data is damaged")


def _mismatch(path: Path, number: int, mismatch: MismatchError) -> MatRecordingError:
    return _error(
        path, number, mismatch.message(), has_advice=isinstance(mismatch, SpreadsheetError)
    )


def _error(
    path: Path, number: int | None, text: str, *, has_advice: bool = False
) -> MatRecordingError:
    """Return the one-line error; number is the line that is wrong, None for the whole file.

    has_advice: the text says already what to do.
    """
    if number is None:
        return MatRecordingError(f"{path}: {text}")
    where = f"{path}, line {number}: "
    if has_advice:
        return MatRecordingError(f"{where}{text}")
    if number <= HEADER_LINES + 1:
        return MatRecordingError(f"{where}{text}: not a whole recording, record it again")
    name, good = shlex.quote(str(path)), number - 1
    rows = f"zcat {name} | head -n {good}" if _is_packed(path) else f"head -n {good} {name}"
    return MatRecordingError(
        f"{where}{text}; lines to {good} are good, keep: {rows} > salvaged.csv"
    )
