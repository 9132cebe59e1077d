"""Hip sensors beside the frames: merged by time, aged, and never waited for."""

from __future__ import annotations

import threading

import pytest

from matfw.messages import Channel, RawFrame
from matfw.ports import SACRUM_CHANNELS
from matfw.service.hips import AGE_LIMIT_S, KEPT, HipFrames, HipReader
from matfw.virtual.clock import VirtualClock

LIMIT_S = 10.0


class Sensor:
    """Gives the time of reading as its value."""

    channels: tuple[Channel, ...] = SACRUM_CHANNELS

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.closed = 0
        self.has_been_read = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def read(self) -> tuple[float | None, ...]:
        self.has_been_read.set()
        self.may_go_on.wait(LIMIT_S)
        return (self._clock.now_s(),)

    def close(self) -> None:
        self.closed += 1


class Frames:
    """Frames at given times, then none."""

    silence_limit_s = 1.0

    def __init__(self, *times_s: float) -> None:
        self._times_s = list(times_s)

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        assert timeout_s == 0.0
        return RawFrame(self._times_s.pop(0), (1, None)) if self._times_s else None


def sampled(clock: VirtualClock, count: int) -> HipReader:
    """Return a reader that has read every 20 ms, the last time at clock.now_s()."""
    reader = HipReader(Sensor(clock), clock)
    for _ in range(count):
        clock.sleep_s(0.02)
        reader.sample()
    return reader


def test_a_frame_gets_what_was_the_latest_when_it_was_taken() -> None:
    reader = sampled(VirtualClock(), 100)  # to 2.0 s
    assert reader.at(2.01) == pytest.approx((2.0,))
    assert reader.at(1.01) == pytest.approx((1.0,))  # a frame that waited in a queue
    assert reader.at(0.01) == (None,)  # from before the first reading


def test_what_is_too_old_is_none() -> None:
    reader = sampled(VirtualClock(), 10)
    assert reader.at(0.2 + 0.99 * AGE_LIMIT_S) == pytest.approx((0.2,))
    assert reader.at(0.2 + 1.01 * AGE_LIMIT_S) == (None,)


def test_ten_seconds_are_kept_and_no_more() -> None:
    reader = sampled(VirtualClock(), 3 * KEPT)
    newest_s = 3 * KEPT * 0.02
    assert reader.at(newest_s - 10.0) != (None,)
    assert reader.at(newest_s - 11.0) == (None,)


def test_before_the_first_reading_there_is_nothing() -> None:
    clock = VirtualClock()
    assert HipReader(Sensor(clock), clock).at(5.0) == (None,)


def test_frames_carry_all_sensors_in_their_order() -> None:
    clock = VirtualClock()
    source = HipFrames(Frames(0.2, 9.0), (sampled(clock, 5), sampled(clock, 5)))
    assert source.channels == SACRUM_CHANNELS * 2
    assert source.silence_limit_s == 1.0
    first, second = source.next_frame(0.0), source.next_frame(0.0)
    assert first is not None
    assert first.counts == (1, None)
    assert first.channels == pytest.approx((0.1, 0.2))  # each its own latest
    assert second == RawFrame(9.0, (1, None), (None, None))
    assert source.next_frame(0.0) is None


def test_a_sensor_that_hangs_holds_up_nobody() -> None:
    clock = VirtualClock(1.0)
    sensor = Sensor(clock)
    sensor.may_go_on.clear()
    reader = HipReader(sensor, clock)
    reader.start()
    assert sensor.has_been_read.wait(LIMIT_S)
    assert reader.at(1.0) == (None,)
    sensor.may_go_on.set()
    reader.close()
    assert reader.at(1.0) == (1.0,)
    assert sensor.closed == 1


def test_close_ends_the_thread_and_closes_the_sensor() -> None:
    clock = VirtualClock()
    sensor = Sensor(clock)
    reader = HipReader(sensor, clock)
    reader.start()
    assert sensor.has_been_read.wait(LIMIT_S)
    reader.close()
    assert "matfw-hips" not in {thread.name for thread in threading.enumerate()}
    assert sensor.closed >= 1


def test_close_without_start_closes_the_sensor() -> None:
    clock = VirtualClock()
    sensor = Sensor(clock)
    HipReader(sensor, clock).close()
    assert sensor.closed == 1
