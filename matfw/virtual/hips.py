"""Hip sensors that are not there: a trace's hips, as a belt and a rail would have measured them.

Errors are those of `sampling.HipErrors`: a constant offset, another error in every repetition,
noise. Besides, what a wire does: single samples that are missing, and outages. Twins of the
sensors' behaviour, not of their chips: the chips' registers are faked in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from matfw.errors import MatSettingsError
from matfw.messages import Channel, Mat
from matfw.ports import HIP_SILENCE_S, RAIL_CHANNELS, SACRUM_CHANNELS, Clock, HipSensor
from matfw.virtual.sampling import HipErrors, hip_channel
from matfw.virtual.trace import Trace

IMU_RATE_HZ = 50.0
IMU_DELAY_S = 0.1  # the real one's filter
RAIL_RATE_HZ = 10.0
RAIL_DELAY_S = 0.05  # from the middle of a measurement until it has been fetched


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without the sensor, s: off the wire, or hanging with its last value (is_frozen)."""

    from_s: float
    to_s: float
    is_frozen: bool = False


class _Twin:
    """Columns of a trace, sampled and held; fits `ports.HipSensor`.

    clock: its time is the trace's, from 0 s. repeats: begin again at the trace's end, for ever.
    is_mirrored: for each time round, whether they lie on the other side.
    drop_share: of samples that do not come, of each column its own. The same seed, the same values.
    Raises MatSettingsError for a share outside 0 to 1.
    """

    _all_channels: tuple[Channel, ...]  # where none are asked for
    _rate_hz: float
    _delay_s: float

    def __init__(
        self,
        trace: Trace,
        clock: Clock,
        *,
        seed: int,
        channels: tuple[Channel, ...] | None = None,
        errors: HipErrors | None = None,
        outages: Iterable[Outage] = (),
        drop_share: float = 0.0,
        repeats: bool = False,
        is_mirrored: Sequence[bool] = (False,),
    ) -> None:
        if not 0.0 <= drop_share <= 1.0:
            raise MatSettingsError(f"drop_share must be 0 to 1 (got {drop_share:g})")
        self.channels = self._all_channels if channels is None else channels
        self._clock = clock
        self._outages = tuple(outages)
        self._repeat_s = trace.duration_s if repeats else float("inf")
        self._is_mirrored = tuple(is_mirrored)
        self._signs = tuple(-1.0 if each.kind == "sacrum_side" else 1.0 for each in self.channels)
        rng = np.random.default_rng(seed)
        sample_s = np.arange(0.0, trace.duration_s, 1.0 / self._rate_hz)
        columns: list[list[float | None]] = []
        for channel in self.channels:
            seen = hip_channel(channel, trace, sample_s - self._delay_s, errors or HipErrors(), rng)
            lost = rng.random(len(seen)) < drop_share
            columns.append([None if gone else x for x, gone in zip(seen, lost, strict=True)])
        self._rows = tuple(zip(*columns, strict=True))
        self._is_closed = False

    def read(self) -> tuple[float | None, ...]:
        """Return the latest sample, a column each; None in it where it was lost."""
        now_s = self._clock.now_s()
        nothing = (None,) * len(self.channels)
        outage = next((o for o in self._outages if o.from_s <= now_s < o.to_s), None)
        if self._is_closed or now_s < 0.0:
            return nothing
        if outage is not None:
            if not outage.is_frozen or now_s - outage.from_s >= HIP_SILENCE_S:
                return nothing
            now_s = outage.from_s
        index = int(now_s % self._repeat_s * self._rate_hz + 1e-6)
        row = self._rows[min(index, len(self._rows) - 1)]
        if not self._is_mirrored[int(now_s // self._repeat_s) % len(self._is_mirrored)]:
            return row
        return tuple(
            None if x is None else x * sign for x, sign in zip(row, self._signs, strict=True)
        )

    def close(self) -> None:
        """Say nothing any more."""
        self._is_closed = True


class VirtualImu(_Twin):
    """The belt: `hip_roll_deg` of a trace, and `hip_left_up_deg` where it is asked for."""

    _all_channels = SACRUM_CHANNELS
    _rate_hz = IMU_RATE_HZ
    _delay_s = IMU_DELAY_S


class VirtualRail(_Twin):
    """The rail: how far the back of a trace is from its sensors."""

    _all_channels = RAIL_CHANNELS
    _rate_hz = RAIL_RATE_HZ
    _delay_s = RAIL_DELAY_S


class FollowingClock:
    """A `Clock` that shows the last frame's time: hip sensors in step with a virtual mat."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def now_s(self) -> float:
        """Return the time last followed to."""
        return self._now_s

    def sleep_s(self, duration_s: float) -> None:
        """Do nothing: only frames move this time."""

    def follow(self, t_s: float) -> None:
        """Go on to t_s; never back."""
        self._now_s = max(self._now_s, t_s)


class HipsInStep:
    """Virtual sensors read once a frame, at the frame's own time; fits `service.hips.Hips`.

    The virtual mat's clock runs in another process, at another speed: a thread that reads by this
    computer's clock would see other hips than the cells do.
    """

    def __init__(self, sensors: Sequence[HipSensor], clock: FollowingClock) -> None:
        self._sensors = tuple(sensors)
        self._clock = clock

    @classmethod
    def of_mat(
        cls,
        mat: Mat,
        trace: Trace,
        *,
        seed: int,
        repeats: bool = False,
        is_mirrored: Sequence[bool] = (False,),
    ) -> Self:
        """Return the sensors that the mat's channels ask for, on this trace; a belt comes first."""
        clock = FollowingClock()
        kinds = {channel.kind for channel in mat.channels}
        belt = tuple(each for each in mat.channels if each.kind in ("sacrum_imu", "sacrum_side"))
        sensors: list[HipSensor] = []
        if belt:
            imu = VirtualImu(
                trace, clock, seed=seed, channels=belt, repeats=repeats, is_mirrored=is_mirrored
            )
            sensors.append(imu)
        if "rear_rail" in kinds:
            sensors.append(VirtualRail(trace, clock, seed=seed, repeats=repeats))
        return cls(sensors, clock)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return all columns."""
        return tuple(channel for sensor in self._sensors for channel in sensor.channels)

    def at(self, t_s: float) -> tuple[float | None, ...]:
        """Return the sensors' values at t_s."""
        self._clock.follow(t_s)
        return tuple(value for sensor in self._sensors for value in sensor.read())

    def close(self) -> None:
        """Close the sensors."""
        for sensor in self._sensors:
            sensor.close()
