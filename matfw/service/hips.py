"""Hip sensors beside the frames: read in threads of their own, merged in by time.

A transfer on I2C takes some ms and may hang for 20. In the acquisition process it would delay the
converters' clock; before the line it would delay the cues. So each sensor has a thread in the main
process that keeps its values with their times, and a frame gets those that were the latest when it
was taken, also if the frame itself waited in a queue. What is older than AGE_LIMIT_S is None: a
sensor that is lost, or its thread, looks to the line like one that has no value.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from matfw.messages import Channel, RawFrame
from matfw.ports import HIP_READ_S, Clock, HipSensor

READ_PERIOD_S = 0.02  # 50 a second: what a hip does in that time is far below its noise
AGE_LIMIT_S = HIP_READ_S + 2 * READ_PERIOD_S  # older than that: its thread is stuck
KEPT = 512  # readings, some 10 s: frames may wait that long in a busy computer
JOIN_LIMIT_S = 1.0

Values = tuple[float | None, ...]


class Source(Protocol):
    """Where frames come from; `service.acquisition.Acquisition`."""

    @property
    def silence_limit_s(self) -> float:
        """Return how long no frame at all may come before something is wrong, seconds."""
        ...

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        """Return the next frame, or None if none comes within timeout_s."""
        ...


class Hips(Protocol):
    """A hip sensor's values by time: `HipReader`, or a virtual one in step with the frames."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return its columns."""
        ...

    def at(self, t_s: float) -> Values:
        """Return the values that were the latest at t_s, at once."""
        ...

    def close(self) -> None:
        """Let go of the sensor. Calling it twice is allowed."""
        ...


class HipReader:
    """Reads one sensor in a thread; `at` gives what it knew at a time.

    clock: the one that stamps the frames; CLOCK_MONOTONIC is the same in all processes. The thread
    runs from `start` to `close`, which closes the sensor too.
    """

    def __init__(self, sensor: HipSensor, clock: Clock) -> None:
        self._sensor = sensor
        self._clock = clock
        self._kept: deque[tuple[float, Values]] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="matfw-hips", daemon=True)
        self._nothing: Values = (None,) * len(sensor.channels)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return the sensor's columns."""
        return self._sensor.channels

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def sample(self) -> None:
        """Read the sensor once and keep what it says. The thread calls this."""
        values = self._sensor.read()
        with self._lock:
            self._kept.append((self._clock.now_s(), values))

    def at(self, t_s: float) -> Values:
        """Return the latest values read at t_s or before, None in them if older than AGE_LIMIT_S.

        Never waits for the sensor.
        """
        with self._lock:
            for read_s, values in reversed(self._kept):
                if read_s <= t_s:
                    return values if t_s - read_s <= AGE_LIMIT_S else self._nothing
        return self._nothing

    def close(self) -> None:
        """End the thread, then close the sensor. Calling it twice is allowed.

        A thread that hangs in the kernel beyond JOIN_LIMIT_S keeps its sensor: it ends with us.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(JOIN_LIMIT_S)
        if not self._thread.is_alive():
            self._sensor.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.sample()
            self._stop.wait(READ_PERIOD_S)


class HipFrames:
    """A source whose frames carry the hip sensors' values, in the order of `channels`."""

    def __init__(self, source: Source, hips: Sequence[Hips]) -> None:
        self._source = source
        self._hips = tuple(hips)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return all columns, for `Mat.channels`."""
        return tuple(channel for hip in self._hips for channel in hip.channels)

    @property
    def silence_limit_s(self) -> float:
        """Return the source's own limit."""
        return self._source.silence_limit_s

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        """Return the source's next frame with the hips as they were then; None if none comes."""
        frame = self._source.next_frame(timeout_s)
        if frame is None:
            return None
        values = tuple(value for hip in self._hips for value in hip.at(frame.t_s))
        return replace(frame, channels=values)
