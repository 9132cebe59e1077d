"""Stage 6: motion and phase -> the faults that happen now, while they can be mended.

One function a fault, all in DETECTORS; a fault is told once a repetition (`off_mat` and
`bent_body`, which are about how somebody lies, once a spell). The times that can be told for
certain only afterwards are left to `verdicts`, with the same limits.
"""

from __future__ import annotations

from collections.abc import Callable

from matfw.estimation.plates import contradicts_side
from matfw.judging.hip_rules import hip_faults
from matfw.messages import (
    Fault,
    FaultSeen,
    Limits,
    Motion,
    Phase,
    PhaseStep,
    Presence,
    Side,
    Tempo,
)

PEAK_ACCEL = 5.77  # of a smooth movement, times travel / duration^2 (minimum jerk)
TYPICAL_TRAVEL_DEG = 36.0  # what an acceleration limit is worked out for
HIP_SETTLE_S = 0.25  # of standing at the top before the hips are judged
CLEAR_SHARE = 0.85  # live times are rough: below this share of a limit they are beyond doubt
CLEAR_UP_SHARE = 0.75  # the same of the time since the leg left rest, ...
CLEAR_SPEED_SHARE = 0.9  # ... which the peak speed must bear out
# A live belief can run away under a restless body: these keep it from speaking then. Chosen on
# tuning people: nine of ten false cues had them, one in ten true ones.
KICK_BELOW_DEG = 25.0  # a kick is told by its start; true ones were known by 7 deg
HIGH_STEPS = 2  # of 50 ms beyond the limit ...
HIGH_SLOWS_DPS2 = 40.0  # ... of a leg that is not still speeding up
UNSURE_ANGLE_DEG = 3.6  # spread of the angle beyond which no speed is worth naming
LANDED_DPS = -35.0  # a leg that still falls faster when it is taken for down has not landed
CROSSING_SHARE = 0.62  # of a smooth movement's length lies between its 5 % and 95 % crossings
PEAK_SPEED = 1.9  # of a smooth movement, times travel / duration (minimum jerk 1.875)
HAND_N = 4.0  # a body that takes a hand stronger than this to explain is not kicking but getting up
BENT_S = 2.0  # of lying bent; somebody settling is not told off
MIN_DEG = 15.0  # a smaller lift is too small, and too small to be timed live
OFF_MAT_S = 0.7  # of missing weight; a dropped leg lightens the mat for 0.3 s


class RepMemory:
    """What the detectors remember of the repetition under way."""

    def __init__(self) -> None:
        """Begin a repetition."""
        self.shift_sum_mm = 0.0
        self.shifts = 0
        self.roll_sum_deg = 0.0
        self.rolls = 0
        self.fastest_up_dps = 0.0
        self.fastest_down_dps = 0.0
        self.held_deg = 0.0
        self.high_steps = 0
        self.reported: set[Fault] = set()

    def follow(self, motion: Motion, phase: Phase) -> None:
        """Remember what this step adds."""
        if phase is Phase.UP:
            self.fastest_up_dps = max(self.fastest_up_dps, motion.rate_dps)
            self.held_deg = motion.angle_deg
        elif phase is Phase.HOLD:
            self.held_deg = max(self.held_deg, motion.angle_deg)
            self.shift_sum_mm += motion.front_shift_mm
            self.shifts += 1
            if motion.hip_roll_deg is not None:
                self.roll_sum_deg += motion.hip_roll_deg
                self.rolls += 1
        elif phase is Phase.DOWN:
            self.fastest_down_dps = max(self.fastest_down_dps, -motion.rate_dps)


Detector = Callable[[Motion, PhaseStep, RepMemory, Limits, Tempo], FaultSeen | None]


class Faults:
    """Say each fault when it happens, once."""

    def __init__(self, limits: Limits, tempo: Tempo, side: Side) -> None:
        """Take the person's limits, the tempo asked for and the side lain on.

        With the side unknown, back and front are too: the hips are then not judged live.
        """
        self._side = side
        self._limits = limits
        self._tempo = tempo
        self.reset()

    def reset(self) -> None:
        """Forget the repetition under way."""
        self._memory = RepMemory()
        self._light_since_s: float | None = None
        self._is_off_mat = False
        self._bent_since_s: float | None = None
        self._is_bent = False

    def update(self, motion: Motion, phase: PhaseStep) -> tuple[FaultSeen, ...]:
        """Return the faults that became clear in this step."""
        if motion.presence is not Presence.LYING:
            self.reset()
            return ()
        if phase.begins_rep:
            self._memory = RepMemory()
        self._memory.follow(motion, phase.phase)
        seen = []
        for detect in DETECTORS:
            fault = detect(motion, phase, self._memory, self._limits, self._tempo)
            if fault and fault.fault not in self._memory.reported:
                self._memory.reported.add(fault.fault)
                seen.append(fault)
        for fault in self._hips(motion, phase):
            if fault.fault not in self._memory.reported:
                self._memory.reported.add(fault.fault)
                seen.append(fault)
        posture = self._off_mat(motion), self._bent(motion)
        return (*seen, *(fault for fault in posture if fault))

    def _hips(self, motion: Motion, phase: PhaseStep) -> tuple[FaultSeen, ...]:
        """Return what the hips did, once the leg has stood at the top for HIP_SETTLE_S."""
        memory = self._memory
        has_settled = phase.phase is Phase.HOLD and phase.t_s - phase.since_s >= HIP_SETTLE_S
        if not has_settled or self._side is Side.UNKNOWN:
            return ()
        if contradicts_side(motion.bend_deg, self._limits):
            return ()
        roll_deg = memory.roll_sum_deg / memory.rolls if memory.rolls == memory.shifts else None
        shift_mm = memory.shift_sum_mm / memory.shifts
        return hip_faults(shift_mm, roll_deg, motion.hip_sd_deg, self._limits)

    def _bent(self, motion: Motion) -> FaultSeen | None:
        """Return `bent_body` once the body has rested bent for BENT_S; once a spell."""
        fault = bent_body(motion, self._limits)
        if fault is None:
            self._bent_since_s = None
            self._is_bent = False
            return None
        if self._bent_since_s is None:
            self._bent_since_s = motion.t_s
        if self._is_bent or motion.t_s - self._bent_since_s < BENT_S:
            return None
        self._is_bent = True
        return fault

    def _off_mat(self, motion: Motion) -> FaultSeen | None:
        """Return `off_mat` once the mat has been too light for OFF_MAT_S; once a spell."""
        if motion.load_n > -self._limits.off_mat_n:
            self._light_since_s = None
            self._is_off_mat = False
            return None
        if self._light_since_s is None:
            self._light_since_s = motion.t_s
        if self._is_off_mat or motion.t_s - self._light_since_s < OFF_MAT_S:
            return None
        self._is_off_mat = True
        return FaultSeen(Fault.OFF_MAT, -motion.load_n, "N")


def bent_body(motion: Motion, limits: Limits) -> FaultSeen | None:
    """Return `bent_body` if the resting body is seen to be bent beyond its limit, either way."""
    if motion.bend_deg is None or abs(motion.bend_deg) <= limits.bent_body_deg:
        return None
    return FaultSeen(Fault.BENT_BODY, motion.bend_deg, "deg")


def _kick(
    motion: Motion, phase: PhaseStep, _: RepMemory, limits: Limits, __: Tempo
) -> FaultSeen | None:
    limit_dps2 = PEAK_ACCEL * TYPICAL_TRAVEL_DEG / limits.kick_up_s**2
    is_hand = abs(motion.push_n) > HAND_N
    begins = phase.phase is Phase.UP and motion.angle_deg < KICK_BELOW_DEG
    if begins and motion.accel_dps2 > limit_dps2 and not is_hand:
        return FaultSeen(Fault.KICK, motion.accel_dps2, "deg/s2")
    return None


def _drop(
    motion: Motion, phase: PhaseStep, _: RepMemory, limits: Limits, __: Tempo
) -> FaultSeen | None:
    limit_dps2 = PEAK_ACCEL * TYPICAL_TRAVEL_DEG / limits.drop_down_s**2
    if phase.phase is Phase.DOWN and motion.accel_dps2 < -limit_dps2:
        return FaultSeen(Fault.DROP, -motion.accel_dps2, "deg/s2")
    return None


def _too_high(
    motion: Motion, phase: PhaseStep, memory: RepMemory, limits: Limits, _: Tempo
) -> FaultSeen | None:
    surely_deg = motion.angle_deg - motion.angle_sd_deg
    is_up = phase.phase in {Phase.UP, Phase.HOLD} and motion.accel_dps2 < HIGH_SLOWS_DPS2
    is_high = is_up and surely_deg > limits.too_high_deg
    memory.high_steps = memory.high_steps + 1 if is_high else 0
    if memory.high_steps >= HIGH_STEPS:
        return FaultSeen(Fault.TOO_HIGH, motion.angle_deg, "deg")
    return None


def _rushed_up(
    motion: Motion, phase: PhaseStep, memory: RepMemory, limits: Limits, tempo: Tempo
) -> FaultSeen | None:
    held_s = phase.t_s - phase.since_s
    if phase.phase is not Phase.HOLD or held_s < HIP_SETTLE_S or Fault.KICK in memory.reported:
        return None
    limit_s = limits.rushed_up_s * tempo.up_s / Tempo().up_s
    by_speed_s = PEAK_SPEED * memory.held_deg / max(memory.fastest_up_dps, 1.0)
    is_early = motion.lifting_s - held_s < CLEAR_UP_SHARE * limit_s
    is_fast = by_speed_s < CLEAR_SPEED_SHARE * limit_s and motion.angle_sd_deg < UNSURE_ANGLE_DEG
    if is_early and is_fast and memory.held_deg > MIN_DEG:
        return FaultSeen(Fault.RUSHED_UP, by_speed_s, "s")
    return None


def _rushed_down(
    motion: Motion, phase: PhaseStep, memory: RepMemory, limits: Limits, tempo: Tempo
) -> FaultSeen | None:
    has_landed = phase.changed and phase.phase is Phase.REST and motion.rate_dps > LANDED_DPS
    if not has_landed or Fault.DROP in memory.reported:
        return None
    if phase.down_s <= 0.0 or memory.held_deg < MIN_DEG:  # a false start has no way down
        return None
    limit_s = limits.rushed_down_s * tempo.down_s / Tempo().down_s
    by_speed_s = PEAK_SPEED * memory.held_deg / max(memory.fastest_down_dps, 1.0)
    if phase.down_s / CROSSING_SHARE < limit_s and by_speed_s < CLEAR_SHARE * limit_s:
        return FaultSeen(Fault.RUSHED_DOWN, by_speed_s, "s")
    return None


DETECTORS: tuple[Detector, ...] = (_kick, _drop, _too_high, _rushed_up, _rushed_down)
