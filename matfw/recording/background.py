"""Recordings made while the firmware runs: frames out of a queue, into a file, in a thread.

The disk may take its time: the queue holds half a minute, what comes beyond is dropped and counted.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from matfw.control.errors import Code, ConsoleError
from matfw.control.status import Notice, RecordingStatus
from matfw.control.subscriptions import Subscription, Subscriptions
from matfw.errors import MatError
from matfw.messages import Mat, RawFrame
from matfw.recording.writer import RecordingWriter
from matfw.settings.atomic_file import FOLDER_MODE, group_share, make_folder
from matfw.settings.os_errors import advice

KEPT_FRAMES = 2400  # 30 s at 80 a second
WRITE_PERIOD_S = 0.1
LIMIT_S = 3600.0  # a forgotten one must not fill the card: 10 MB an hour and cell, unpacked
FREE_BYTES = 100 * 1024 * 1024  # left to the rest of the system
JOIN_LIMIT_S = 10.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


class Recordings:
    """One recording at a time, begun and ended by any thread; fits `control.ports.Recordings`."""

    def __init__(
        self,
        folder: Path,
        source: str,
        mat: Callable[[], Mat],
        notify: Callable[[Notice], object],
    ) -> None:
        """Take where they go, what they are of, and what returns the mat at the time.

        notify: takes a notice when a recording ends by itself; called in the recording's thread.
        """
        self._folder = folder
        self._source = source
        self._mat = mat
        self._notify = notify
        self._frames: Subscriptions[RawFrame] = Subscriptions(KEPT_FRAMES)
        self._changing = threading.Lock()
        self._recording: BackgroundRecording | None = None

    @property
    def status(self) -> RecordingStatus | None:
        """Return the recording under way."""
        recording = self._recording
        return recording.status if recording and recording.is_running else None

    def put(self, frame: RawFrame) -> None:
        """Take a frame; never waits."""
        self._frames.put(frame)

    def start(self, name: str) -> RecordingStatus:
        """Begin to write raw frames to a new recording of that name. Raises ConsoleError."""
        with self._changing:
            under_way = self.status
            if under_way is not None:
                raise ConsoleError(
                    Code.ALREADY,
                    f"record: {under_way.name} is being written: `record stop` first",
                )
            path = new_path(self._folder, name)
            subscription = self._frames.open()
            try:
                self._recording = BackgroundRecording(
                    path, self._mat(), self._source, subscription, self._failed
                )
            except MatError as error:
                subscription.close()
                raise ConsoleError(Code.FILE_REFUSED, f"record: {error}") from None
            return self._recording.status

    def stop(self) -> RecordingStatus:
        """End the recording and return its result. Raises ConsoleError."""
        with self._changing:
            if self._recording is None:
                raise ConsoleError(
                    Code.ALREADY, "record: nothing is being recorded: `record NAME` begins"
                )
            recording, self._recording = self._recording, None
            done = recording.stop()
        if done.error:
            raise ConsoleError(
                Code.FILE_REFUSED, f"record: it had ended at {done.frames} frames: {done.error}"
            )
        return done

    def close(self) -> None:
        """End the recording under way. Calling it twice is allowed."""
        with self._changing:
            if self._recording is not None:
                recording, self._recording = self._recording, None
                recording.stop()

    def _failed(self, status: RecordingStatus) -> None:
        text = f"the recording has ended at {status.frames} frames: {status.error}"
        data = {"text": text, "path": status.path, "frames": status.frames}
        self._notify(Notice("recording", text, data))


class BackgroundRecording:
    """One recording under way."""

    def __init__(
        self,
        path: Path,
        mat: Mat,
        source: str,
        subscription: Subscription[RawFrame],
        on_failure: Callable[[RecordingStatus], object],
    ) -> None:
        """Create the file and begin. on_failure: called in the thread, if it ends by itself.

        Raises ConsoleError: a name that is taken, no room; MatError from the writer.
        """
        self._subscription = subscription
        self._path = path
        self._on_failure = on_failure
        self._frames = 0
        self._error = ""
        self._stop = threading.Event()
        self._writer = RecordingWriter(path, mat, source)
        self._thread = threading.Thread(target=self._run, name="matfw-recording", daemon=True)
        self._thread.start()

    @property
    def status(self) -> RecordingStatus:
        """Return how far it is."""
        return RecordingStatus(
            self._path.name, str(self._path), self._frames, self._subscription.dropped, self._error
        )

    @property
    def is_running(self) -> bool:
        """Return whether it goes on."""
        return not self._stop.is_set()

    def stop(self) -> RecordingStatus:
        """Write what is left, close the file and return its result."""
        self._stop.set()
        self._thread.join(JOIN_LIMIT_S)
        if self._thread.is_alive():
            raise ConsoleError(
                Code.FILE_REFUSED,
                f"record: the disk has not taken the last frames for {JOIN_LIMIT_S:g} s: look at"
                f" {self._path} later",
            )
        return self.status

    def _run(self) -> None:
        first_s: float | None = None
        try:
            while True:
                is_last = self._stop.wait(WRITE_PERIOD_S)
                for frame in self._subscription.drain():
                    first_s = frame.t_s if first_s is None else first_s
                    self._writer.write(frame)
                    self._frames += 1
                    if frame.t_s - first_s > LIMIT_S:
                        raise MatError(f"{LIMIT_S / 60:.0f} minutes are the longest there is")
                if is_last:
                    self._writer.close()
                    return
                if shutil.disk_usage(self._path.parent).free < FREE_BYTES:
                    raise MatError("the disk is nearly full: remove old recordings")
        except (MatError, OSError) as error:
            self._error = str(error)
            self._stop.set()
            self._on_failure(self.status)
        finally:
            self._subscription.close()
            try:
                self._writer.close()
            except MatError as error:
                self._error = self._error or str(error)


def new_path(folder: Path, name: str) -> Path:
    """Return where a recording of that name goes; makes the folder. Raises ConsoleError."""
    if not _NAME.fullmatch(name):
        raise ConsoleError(
            Code.ARGUMENT_WRONG,
            "record: NAME must be 1 to 60 letters, digits, - or _ (got"
            f" {name[:60]!r}): choose another",
        )
    path = folder / f"{name}.csv.gz"
    try:
        make_folder(folder)
        folder.chmod(FOLDER_MODE | group_share(folder.parent))
        if path.exists():
            raise ConsoleError(
                Code.FILE_EXISTS, f"record: {path} exists and is not overwritten: take another name"
            )
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise ConsoleError(
            Code.FILE_REFUSED,
            f"record: {folder} cannot be written ({error.strerror}): {advice(error)}",
        ) from None
    if free < FREE_BYTES:
        raise ConsoleError(
            Code.FILE_REFUSED,
            f"record: {free / 1e6:.0f} MB are free, {FREE_BYTES / 1e6:.0f} MB must be left over:"
            " remove old recordings",
        )
    return path
