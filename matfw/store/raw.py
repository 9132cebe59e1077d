"""Raw counts of sessions: recordings in segments, whose sum has a limit. Off unless asked for.

A thread of its own beside the database's, so that no repetition waits for frames. A segment is a
whole recording (`matfw replay` reads it); when all together are beyond the limit the oldest go.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from matfw.control.subscriptions import Subscription, Subscriptions
from matfw.errors import MatError
from matfw.history.rows import SessionInfo
from matfw.messages import Mat, RawFrame
from matfw.recording.background import FREE_BYTES, KEPT_FRAMES
from matfw.recording.writer import RecordingWriter
from matfw.settings.atomic_file import FOLDER_MODE, make_folder
from matfw.store.jobs import KeepRawFile
from matfw.store.raw_files import RAW_FOLDER

MB = 1_000_000
SEGMENT_S = 120.0  # what a damaged segment costs at most
PERIOD_S = 0.25
JOIN_LIMIT_S = 10.0


class RawSegments:
    """Keeps the frames of a session under way; frames outside of one are let go."""

    def __init__(
        self,
        folder: Path,
        mat: Callable[[], Mat],
        keep: Callable[[KeepRawFile], object],
        say: Callable[[str], object],
        *,
        limit_mb: int,
        source: str,
    ) -> None:
        """Begin. mat: returns it as it is now. keep: takes which file belongs to which session."""
        self._folder = folder / RAW_FOLDER
        self._limit_bytes = limit_mb * MB
        self._source = source
        self._mat = mat
        self._keep = keep
        self._say = say
        self._frames: Subscriptions[tuple[SessionInfo, RawFrame]] = Subscriptions(KEPT_FRAMES)
        self._number = 0
        self._segment: _Segment | None = None
        self._left: tuple[str, float] | None = None
        self._writing = threading.Lock()  # held by the thread while it writes
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(self._frames.open(),), name="matfw-raw", daemon=True
        )
        self._thread.start()

    def put(self, session: SessionInfo, frame: RawFrame) -> None:
        """Take a frame of a session; never waits."""
        self._frames.put((session, frame))

    def leave(self, person: str, until_s: float) -> None:
        """Write no more of a person's frames up to that time; afterwards their files may go."""
        with self._writing:
            self._left = (person, until_s)
            if self._segment is not None and self._is_left(self._segment.session, until_s):
                self._end_segment()

    def close(self) -> None:
        """Write what is left and end."""
        self._stop.set()
        self._thread.join(JOIN_LIMIT_S)

    # --- the thread

    def _run(self, frames: Subscription[tuple[SessionInfo, RawFrame]]) -> None:
        try:
            is_last = False
            while not is_last:
                is_last = self._stop.wait(PERIOD_S)
                with self._writing:
                    for session, frame in frames.drain():
                        if not self._is_left(session, frame.t_s):
                            self._write(session, frame)
        except (MatError, OSError) as error:
            self._say(f"raw counts are not kept any more: {error}")
        finally:
            frames.close()
            if frames.dropped:
                self._say(f"{frames.dropped} frames of raw counts are lost: the disk is too slow")
            with suppress(MatError):
                self._end_segment()

    def _is_left(self, session: SessionInfo, t_s: float) -> bool:
        return self._left is not None and self._left[0] == session.person and t_s <= self._left[1]

    def _write(self, session: SessionInfo, frame: RawFrame) -> None:
        if self._segment is not None and not self._segment.takes(session, frame):
            self._end_segment()
        if self._segment is None:
            self._segment = self._begin(session, frame)
        self._segment.write(frame)

    def _end_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.close()

    def _begin(self, session: SessionInfo, frame: RawFrame) -> _Segment:
        make_folder(self._folder)
        self._folder.chmod(FOLDER_MODE)
        self._make_room()
        path = self._new_path(session)
        segment = _Segment(path, self._mat(), self._source, session, frame.t_s)
        self._keep(KeepRawFile(session=session, name=f"{RAW_FOLDER}/{path.name}"))
        return segment

    def _new_path(self, session: SessionInfo) -> Path:
        """Return a name in the order of time; none comes twice, though older ones may be gone."""
        while True:
            self._number += 1
            path = self._folder / f"{int(session.began.unix_s)}-{self._number:03d}.csv.gz"
            if not path.exists():
                return path

    def _make_room(self) -> None:
        """Let the oldest go until the limit holds. Raises MatError where the disk is full."""
        kept = sorted(self._folder.glob("*.csv.gz"), key=lambda path: path.stat().st_mtime)
        sizes = {path: path.stat().st_size for path in kept}
        total = sum(sizes.values())
        for path in kept:
            if total < self._limit_bytes:
                break
            path.unlink()
            total -= sizes[path]
        if shutil.disk_usage(self._folder).free < FREE_BYTES:
            raise MatError(
                f"less than {FREE_BYTES / 1e6:.0f} MB are free on the disk of {self._folder}: free"
                " some, or set record.raw_limit_mb lower"
            )


class _Segment:
    """One file under way."""

    def __init__(
        self, path: Path, mat: Mat, source: str, session: SessionInfo, first_s: float
    ) -> None:
        self.session = session
        self._first_s = first_s
        self._writer = RecordingWriter(path, mat, source)

    def takes(self, session: SessionInfo, frame: RawFrame) -> bool:
        """Return whether a frame belongs into it."""
        is_same = (session.boot, session.began_s) == (self.session.boot, self.session.began_s)
        return is_same and frame.t_s - self._first_s < SEGMENT_S

    def write(self, frame: RawFrame) -> None:
        self._writer.write(frame)

    def close(self) -> None:
        self._writer.close()
