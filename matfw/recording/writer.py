"""Raw frames -> recording v1, a row each."""

from __future__ import annotations

import gzip
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self, cast

from matfw.errors import MatError, MatRecordingError
from matfw.messages import Mat, RawFrame
from matfw.recording.header import MAGIC, VERSION, columns, parse_header, render_header
from matfw.recording.rows import T_MAX_S
from matfw.settings.atomic_file import FILE_MODE, group_share
from matfw.settings.os_errors import advice
from matfw.settings.schema import MismatchError, found

NAMES = (".csv", ".csv.gz")  # of what `matfw record` makes
FLUSH_S = 1.0  # what a power cut may cost; one fsync a second is what an SD card bears


def check_name(path: Path) -> None:
    """Refuse a new recording's name that nobody would know again. Raises MatRecordingError."""
    if not path.name.lower().endswith(NAMES) or not path.name.isprintable():
        raise MatRecordingError(
            f"a recording's name must end in {' or '.join(NAMES)} (got {found(path.name)}):"
            " choose such a name"
        )


class RecordingWriter:
    """Write frames as a recording; gzipped where the name ends in `.gz`.

    A power cut costs at most the last FLUSH_S seconds of frames and tears one row or gzip block;
    `read_recording` then says which line is the last good one.
    """

    def __init__(
        self,
        path: Path | str,
        mat: Mat,
        source: str | None = None,
        *,
        overwrite: bool = False,
    ) -> None:
        """Create the file and write its header.

        overwrite: replace a file of that name instead of refusing to. Raises MatRecordingError
        where the mat cannot be written as a valid header or the file exists, MatError where the
        folder or disk does not allow it.
        """
        self.path = Path(path)
        self._fields = (len(mat.cells), len(mat.channels))
        self._rows: list[str] = []
        self._flushed_s: float | None = None
        self._previous_s = -T_MAX_S
        header = render_header(mat, source)
        try:
            parse_header(header)
        except MismatchError as mismatch:
            raise MatRecordingError(
                f"{self.path}: not begun: the mat's {mismatch}: correct the settings"
            ) from None
        try:
            self._raw: BinaryIO = _created(self.path, "wb" if overwrite else "xb")
        except FileExistsError:
            raise MatRecordingError(
                f"{self.path}: exists already and is not overwritten: choose another name or"
                " remove it first"
            ) from None
        except (OSError, ValueError) as error:
            raise self._failed(error) from None
        # mtime=0: the same frames give the same bytes.
        self._out: BinaryIO | gzip.GzipFile = (
            gzip.GzipFile(fileobj=self._raw, mode="wb", mtime=0, filename="")
            if self.path.suffix.lower() == ".gz"
            else self._raw
        )
        self._rows += [f"{MAGIC}{VERSION}\n", header + "\n", columns(mat) + "\n"]
        try:
            self.flush()
        except MatError:
            with suppress(MatError):
                self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, frame: RawFrame) -> None:
        """Append a frame; on disk within FLUSH_S of frame time. Raises MatError on a full disk."""
        if (len(frame.counts), len(frame.channels)) != self._fields:
            raise MatRecordingError(
                f"{self.path}: a frame must have {self._fields[0]} counts and {self._fields[1]}"
                f" channels as its mat (got {len(frame.counts)} and {len(frame.channels)})"
            )
        if not self._previous_s <= frame.t_s <= T_MAX_S:
            raise MatRecordingError(
                f"{self.path}: a frame's t_s must not go back nor be beyond {T_MAX_S:g}: got"
                f" {frame.t_s} after {self._previous_s}: stamp frames by a monotonic clock"
            )
        self._previous_s = frame.t_s
        values = ["" if value is None else repr(value) for value in frame.counts + frame.channels]
        self._rows.append(f"{frame.t_s:.6f},{','.join(values)}\n")
        if self._flushed_s is None:
            self._flushed_s = frame.t_s
        elif frame.t_s - self._flushed_s >= FLUSH_S:
            self._flushed_s = frame.t_s
            self.flush()

    def flush(self) -> None:
        """Bring everything written so far onto the disk. Raises MatError."""
        rows, self._rows = "".join(self._rows).encode(), []
        try:
            self._out.write(rows)
            self._out.flush()  # gzip: a sync flush, so that the block can be read without its end
            os.fsync(self._raw.fileno())
        except OSError as error:
            raise self._failed(error) from None

    def close(self) -> None:
        """Write what is left and close. Calling it twice is allowed."""
        if self._raw.closed:
            return
        try:
            self.flush()
            self._out.close()
            self._raw.close()
        except OSError as error:
            raise self._failed(error) from None
        finally:
            # After a failure, which has been raised: a file that is left open would try again.
            for file in (self._out, self._raw):
                with suppress(OSError, ValueError):
                    file.close()

    def _failed(self, error: OSError | ValueError) -> MatError:
        reason = getattr(error, "strerror", None) or str(error)
        do = advice(error) if isinstance(error, OSError) else "check the name"
        return MatError(
            f"{self.path}: cannot write the recording ({reason}): {do}, or choose another folder;"
            " rows already flushed are kept"
        )


def _created(path: Path, mode: str) -> BinaryIO:
    """Open a file for writing that others may not read, whatever the umask. Raises OSError."""
    file = open(  # noqa: SIM115  the writer closes it
        path, mode, opener=lambda name, flags: os.open(name, flags | os.O_CLOEXEC, FILE_MODE)
    )
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # a device is everybody's
        with suppress(OSError):  # a file of somebody else's that is overwritten
            os.fchmod(file.fileno(), FILE_MODE | group_share(path.parent) & 0o040)
    return cast(BinaryIO, file)
