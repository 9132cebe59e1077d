"""The tone that somebody moves against: up for as long as the plan says, steady, down.

It begins when the lift is seen and follows the plan from there, not the leg: whoever moves with it
keeps the tempo. An earcon silences it for as long as it sounds. The lights do the same: they fill
from the foot to the head, stay, and empty again, dim, so that a cue's pattern stands out. A filling
and an emptying are one flash in six seconds.
"""

from __future__ import annotations

import math

from matfw.messages import Guidance, Pace, Tempo

LOW_HZ, HIGH_HZ = 523.25, 1046.5  # an octave from C5: below the earcons' notes
STEP_S = 0.025  # a new tone at most so often: each is two calls into the buzzer's PWM
MARK_S = 0.1  # of a tone that only says where a part begins
DIM = 0.3  # of full brightness
_TIME_GRAIN_S = 1e-6


def pace_level(tempo: Tempo, elapsed_s: float) -> float | None:
    """Return how high the leg should be, 0 to 1, elapsed_s after its lift began; None: at rest."""
    if elapsed_s < -_TIME_GRAIN_S:
        return None
    if elapsed_s < tempo.up_s:
        return max(0.0, elapsed_s) / tempo.up_s
    elapsed_s -= tempo.up_s
    if elapsed_s < tempo.hold_s:
        return 1.0
    elapsed_s -= tempo.hold_s
    return 1.0 - elapsed_s / tempo.down_s if elapsed_s < tempo.down_s - _TIME_GRAIN_S else None


def pace_s(tempo: Tempo) -> float:
    """Return how long the tone of one repetition lasts."""
    return tempo.up_s + tempo.hold_s + tempo.down_s


def pace_tone(pace: Pace, t_s: float) -> float | None:
    """Return the frequency in Hz that sounds at t_s, None for silence."""
    elapsed_s = t_s - pace.start_s
    if pace.guidance is Guidance.OFF or not _is_marked(pace, elapsed_s):
        return None
    steps = math.floor((elapsed_s + _TIME_GRAIN_S) / STEP_S)
    level = pace_level(pace.tempo, steps * STEP_S)
    return None if level is None else LOW_HZ * math.pow(HIGH_HZ / LOW_HZ, level)


def pace_lights(pace: Pace, t_s: float) -> tuple[float, float, float]:
    """Return the brightness 0..1 of head, hip and foot at t_s."""
    elapsed_s = t_s - pace.start_s
    level = pace_level(pace.tempo, elapsed_s)
    if level is None or pace.guidance is Guidance.OFF or not _is_marked(pace, elapsed_s):
        return (0.0, 0.0, 0.0)
    head, hip, foot = (DIM * min(1.0, max(0.0, 3.0 * level - at)) for at in (2.0, 1.0, 0.0))
    return head, hip, foot


def _is_marked(pace: Pace, elapsed_s: float) -> bool:
    """Return whether something is given at this moment of a repetition."""
    if pace.guidance is not Guidance.MARKS:
        return True
    tempo = pace.tempo
    begins_s = (0.0, tempo.up_s, tempo.up_s + tempo.hold_s)
    return any(0.0 <= elapsed_s - at_s + _TIME_GRAIN_S < MARK_S for at_s in begins_s)
