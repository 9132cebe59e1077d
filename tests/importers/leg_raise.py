"""Real side-lying leg raises (thigh and trunk inertial units) -> the thigh's angle and true reps.

Yurtman and Barshan, Physical Therapy Exercises, UCI 730, doi 10.1016/j.cmpb.2014.07.003. Untaught
people on their left side raise the straight right leg: ten as it should be, some 40 s idle, ten too
fast, idle, ten too low; 25 Hz. u3 is on the thigh, u4 most likely on the trunk.

The rule, to be checked by hand on a plot of `excursion_deg`:
1. A gyro's zero is its median over the slowest fifth of the recording.
2. Pauses are where the rate's mean over PAUSE_WINDOW_S is below PAUSE_SHARE of its 75th percentile;
   what lies between them and lasts is a block.
3. In each block the angle is the integral of the rate about the block's main axis (first singular
   vector), positive up: in the pauses the leg lies low. Over a slow tenth percentile it rises over
   HIGH and falls below LOW of the block's usual height: a lift.
4. Between two lifts the leg rests: what the angle is there, lift by lift, is zero, so that a gyro's
   drift is taken out. The accelerometer is not used for the thigh: two of three read 10.4 m/s2 at
   rest and 9.6 with the leg held (one axis has half its gain), so its tilt is wrong by a half.
   The shank's (u2) is good: gravity there turns as far as this angle within a tenth.
5. start and top are 5 and 95 % of the ascent, lower and end 95 and 5 % of the descent; a way ends
   where the leg is slower than a fifth of its fastest (`truth.way_crossings_s`): these people
   overshoot, and sag by more than a twentieth while they hold.

The trunk's tilt is how far gravity in u4 has turned from where it was at rest around the same lift.
About which axis of the body it turns is unknown: the magnetometers do not agree in one room.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy

from matfw.virtual.truth import way_crossings_s
from tests.importers.files import lines

Array = npt.NDArray[np.float64]

RATE_HZ = 25.0
THIGH, TRUNK = 3, 4
BLOCKS = ("correct", "fast", "low")  # in the order they are done in
ZERO_PERCENT = 20.0
PAUSE_WINDOW_S, PAUSE_SHARE, MIN_BLOCK_S = 8.0, 0.25, 20.0
REST_WINDOW_S, REST_PERCENT = 20.0, 10.0
USUAL_PERCENT = 90.0
HIGH, LOW = 0.6, 0.4  # of the usual height: half of it, with hysteresis
CLEAR_S = 0.4  # a lift's slow ends are no rest
MIN_REST_S = 0.2
BESIDE_S = 3.0  # of a pause beside what moves: the leg lies
REST_STEP_S = 2.0
EDGE_S = 3.0
G_M_S2, G_TOLERANCE = 9.81, 0.02  # the trunk's accelerometer reads 9.70 to 9.87 at rest
TRUST_S = 1.0  # of gyro, before the accelerometer has drawn gravity's direction to its own


@dataclass(frozen=True, slots=True)
class Subject:
    """Who it is, by the data's README."""

    name: str
    sex: str
    height_m: float
    mass_kg: float


SUBJECTS = (
    Subject("s1", "female", 1.69, 73.0),
    Subject("s2", "male", 1.80, 85.0),
    Subject("s3", "male", 1.80, 95.0),
)
FILES = tuple(f"leg_raise/{who.name}_u{unit}.txt.gz" for who in SUBJECTS for unit in (THIGH, TRUNK))


@dataclass(frozen=True, slots=True)
class TrueRep:
    """A repetition as the thigh made it, seconds from the recording's start; from rest to rest."""

    block: str
    start_s: float
    top_s: float
    lower_s: float
    end_s: float
    height_deg: float
    tilt_deg: float
    span_s: tuple[float, float]  # the lowest points before and after it


@dataclass(frozen=True, slots=True)
class LegRaises:
    """One person's recording: the thigh's angle over rest and the trunk's tilt, on t_s from 0."""

    subject: Subject
    t_s: Array
    excursion_deg: Array
    tilt_deg: Array
    reps: tuple[TrueRep, ...]

    def pauses_s(self) -> tuple[tuple[float, float], ...]:
        """Return the idle times between the blocks, from the last rep's end to the next start."""
        return tuple(
            (last.end_s, first.start_s)
            for last, first in pairwise(self.reps)
            if last.block != first.block
        )


def load(name: str) -> LegRaises:
    """Return a subject's recording by name, as s1; skips the test where it is absent."""
    subject = next(each for each in SUBJECTS if each.name == name)
    thigh, trunk = read_unit(name, THIGH), read_unit(name, TRUNK)
    count = min(len(thigh), len(trunk))
    return analyse(subject, thigh[:count], trunk[:count])


def analyse(subject: Subject, thigh: Array, trunk: Array) -> LegRaises:
    """Return a recording's angle and reps. thigh, trunk: (n, 6), m/s2 and rad/s, at RATE_HZ."""
    t_s = np.arange(len(thigh)) / RATE_HZ
    rate = without_zero(thigh[:, 3:6])
    excursion_deg = np.zeros(len(rate))
    spans: list[tuple[str, int, int]] = []
    for name, block in zip(BLOCKS, blocks(rate), strict=True):
        angle_deg = block.angle_deg(rate)
        lifts = find_lifts(angle_deg)
        excursion_deg[block.first : block.last] = over_rest(angle_deg, lifts)
        spans += [(name, block.first + up, block.first + down) for up, down in lifts]
    valleys = _valleys(excursion_deg, [(up, down) for _, up, down in spans])
    tilt_deg = trunk_tilt_deg(trunk, valleys)
    reps = tuple(
        _rep(name, t_s, excursion_deg, tilt_deg, slice(low, high + 1))
        for (name, _, _), (low, high) in zip(spans, valleys, strict=True)
    )
    return LegRaises(subject, t_s, excursion_deg, tilt_deg, reps)


def without_zero(gyro: Array) -> Array:
    """Return the rates without the gyro's zero, rad/s."""
    speed = np.linalg.norm(gyro - np.median(gyro, axis=0), axis=1)
    still = speed <= np.percentile(speed, ZERO_PERCENT)
    result: Array = gyro - np.median(gyro[still], axis=0)
    return result


@dataclass(frozen=True, slots=True)
class Block:
    """Samples first..last: half the pause before, what moves (from, to), half the pause after."""

    first: int
    moves: tuple[int, int]
    last: int

    def angle_deg(self, rate: Array) -> Array:
        """Return the angle about the block's main axis, up positive, 0 where it begins."""
        of_it = rate[self.first : self.last]
        axis = np.linalg.svd(of_it, full_matrices=False)[2][0]
        angle: Array = np.degrees(np.cumsum(of_it @ axis) / RATE_HZ)
        near = round(BESIDE_S * RATE_HZ)
        from_, to = (at - self.first for at in self.moves)
        beside = np.concatenate([angle[max(from_ - near, 0) : from_], angle[to : to + near]])
        # Where the recording begins or ends with a lift, one side alone tells where rest is.
        return angle if angle[from_:to].mean() > beside.mean() else -angle


def blocks(rate: Array) -> list[Block]:
    """Return the blocks between the pauses."""
    speed = scipy.ndimage.uniform_filter1d(
        np.linalg.norm(rate, axis=1), round(PAUSE_WINDOW_S * RATE_HZ)
    )
    moving = speed > PAUSE_SHARE * np.percentile(speed, 75)
    edges = [0, *(np.flatnonzero(np.diff(moving)) + 1).tolist(), len(moving)]
    runs = [
        (a, b) for a, b in pairwise(edges) if moving[a] and b - a >= MIN_BLOCK_S * RATE_HZ
    ]  # fmt: skip
    cuts = [0, *((left[1] + right[0]) // 2 for left, right in pairwise(runs)), len(moving)]
    return [Block(a, run, b) for run, (a, b) in zip(runs, pairwise(cuts), strict=True)]


def find_lifts(angle_deg: Array) -> list[tuple[int, int]]:
    """Return the samples from, to between which the leg is over half of the block's height."""
    low = scipy.ndimage.percentile_filter(angle_deg, REST_PERCENT, round(REST_WINDOW_S * RATE_HZ))
    over = angle_deg - low
    usual = float(np.percentile(over, USUAL_PERCENT))
    marks = np.where(over > HIGH * usual, 1, np.where(over < LOW * usual, -1, 0))
    lifts, up_at = [], None
    for index in np.flatnonzero(marks).tolist():
        if marks[index] > 0 and up_at is None:
            up_at = index
        elif marks[index] < 0 and up_at is not None:
            lifts.append((up_at, index))
            up_at = None
    return lifts


def over_rest(angle_deg: Array, lifts: list[tuple[int, int]]) -> Array:
    """Return the angle over where the leg rests around each lift."""
    knots_s, knots_deg = [], []
    bounds = [0, *(at for lift in lifts for at in lift), len(angle_deg)]
    step = round(REST_STEP_S * RATE_HZ)
    clear = round(CLEAR_S * RATE_HZ)
    for down, up in zip(bounds[::2], bounds[1::2], strict=True):
        from_, to = down + clear, up - clear
        if to - from_ < MIN_REST_S * RATE_HZ:
            from_, to = down, up
        for first in range(from_, to, step):
            part = angle_deg[first : min(first + step, to)]
            knots_s.append(first + 0.5 * len(part))
            knots_deg.append(float(np.percentile(part, REST_PERCENT)))
    rest = np.interp(np.arange(len(angle_deg)), knots_s, knots_deg)
    result: Array = angle_deg - rest
    return result


def _valleys(angle_deg: Array, lifts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return for each lift the lowest samples before and after it, within EDGE_S."""
    edge = round(EDGE_S * RATE_HZ)
    found = []
    for number, (up, down) in enumerate(lifts):
        before = max(lifts[number - 1][1] if number else 0, up - edge)
        after = min(
            lifts[number + 1][0] if number + 1 < len(lifts) else len(angle_deg), down + edge
        )
        low = before + int(np.argmin(angle_deg[before : up + 1]))
        found.append((low, down + int(np.argmin(angle_deg[down:after]))))
    return found


def _rep(name: str, t_s: Array, angle_deg: Array, tilt_deg: Array, span: slice) -> TrueRep:
    angle = angle_deg[span]
    return TrueRep(
        name,
        *way_crossings_s(t_s[span], angle),
        height_deg=float(angle.max()),
        tilt_deg=float(tilt_deg[span].max()),
        span_s=(float(t_s[span][0]), float(t_s[span][-1])),
    )


def trunk_tilt_deg(trunk: Array, valleys: list[tuple[int, int]]) -> Array:
    """Return how far the trunk is turned against gravity, from what it was at each lift's rests."""
    gravity = gravity_in(trunk)
    tilt = np.zeros(len(trunk))
    for low, high in valleys:
        share = np.linspace(0.0, 1.0, high - low + 1)[:, None]
        rest = (1.0 - share) * gravity[low] + share * gravity[high]
        cosine = np.sum(rest * gravity[low : high + 1], axis=1) / np.linalg.norm(rest, axis=1)
        tilt[low : high + 1] = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return tilt


def gravity_in(unit: Array) -> Array:
    """Return gravity's direction in a unit's axes: the gyro's turn, drawn to the accelerometer."""
    acceleration, rate = unit[:, :3], without_zero(unit[:, 3:6])
    size = np.linalg.norm(acceleration, axis=1)
    is_gravity = np.abs(size - G_M_S2) < G_TOLERANCE * G_M_S2
    gravity = np.empty_like(acceleration)
    now = acceleration[0] / size[0]
    for index, turn in enumerate(rate / RATE_HZ):
        now = now - np.cross(turn, now) if index else now
        if is_gravity[index]:
            now = now + (acceleration[index] / size[index] - now) / (TRUST_S * RATE_HZ)
        now = now / np.linalg.norm(now)
        gravity[index] = now
    return gravity


def read_unit(name: str, unit: int) -> Array:
    """Return a unit's accelerations and rates, (n, 6): m/s2 and rad/s."""
    rows = lines(f"leg_raise/{name}_u{unit}.txt.gz")[1:]
    return np.array([[float(value) for value in row.split(";")[1:7]] for row in rows if row])
