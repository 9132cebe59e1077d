"""The muscle that lifts the upper leg, and the trunk that holds against it.

It lags. What is sent to it is what one knows of the leg's weight and inertia, early by about the
lag, and what has gone wrong so far; what the thigh really does is corrected besides. A leg that is
let go has neither and falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from tests.accuracy.contact.courses import STEP_S
from tests.accuracy.contact.mjcf import G_M_S2
from tests.accuracy.contact.person import Person
from tests.accuracy.others.plans import Array

SENT_EARLY = 0.8  # of the lag
RECKONED_INERTIA = 1.03  # times the leg's own
JERK_HZ = 12.0  # nobody wants a faster change of acceleration
TRUNK_LATE_S = 0.06
SLACK = 0.02  # of the activation: below it nothing is held
REST_S, FORGETS = 0.15, 0.995  # how a leg at rest becomes the new rest, and old corrections fade
WEAKEST_NM = -20.0  # hips push down little; up, this many times the leg's weight and so much more
STRONGEST, STRONGEST_NM = 2.1, 70.0


@dataclass(frozen=True, slots=True)
class LiftAim:
    """What the upper leg is to do: degrees over rest, and shares 0 to 1 of how far it is held.

    active: by the muscle at all. corrected: by what one feels; not while it is let go.
    """

    over_rest_deg: Array
    active: Array
    corrected: Array


class Hip:
    """A person's hip that is to do one thing, step by step."""

    def __init__(self, person: Person, wanted: LiftAim) -> None:
        self._habits = person.habits
        self._weight_nm = G_M_S2 * person.build.leg_kgm
        self._inertia_kgm2 = person.build.leg_kgm2 * RECKONED_INERTIA
        self._strongest_nm = STRONGEST * self._weight_nm + STRONGEST_NM
        lift_rad = np.radians(wanted.over_rest_deg)
        speed = np.gradient(lift_rad, STEP_S)
        smooth = scipy.signal.butter(2, JERK_HZ, fs=1 / STEP_S, output="sos")
        acceleration = scipy.signal.sosfiltfilt(smooth, np.gradient(speed, STEP_S))
        lead = round(SENT_EARLY * self._habits.late_s / STEP_S)
        # As plain lists: they are read one by one, which takes an array twice as long.
        self._now = _rows(lift_rad, speed, wanted.active, wanted.corrected)
        self._early = _rows(
            *(
                np.concatenate([each[lead:], np.repeat(each[-1:], lead)])
                for each in (lift_rad, acceleration, wanted.active)
            )
        )
        self._sent_nm = self._kept_nm = self._trunk_nm = self._rest_rad = 0.0
        self._last_rad: float | None = None

    def pulls_nm(self, at: int, thigh_rad: float) -> tuple[float, float]:
        """Return what hip and waist pull by at a step, where the thigh is so."""
        habits = self._habits
        lift_rad, wanted_speed, active, corrected = self._now[at]
        speed = 0.0 if self._last_rad is None else (thigh_rad - self._last_rad) / STEP_S
        self._last_rad = thigh_rad
        if active < SLACK:
            self._rest_rad += (thigh_rad - self._rest_rad) * STEP_S / REST_S
            self._kept_nm *= FORGETS
            back_nm = 0.0
        else:
            off_rad = self._rest_rad + lift_rad - thigh_rad
            self._kept_nm += habits.persistence_nm_s * off_rad * STEP_S * corrected
            back_nm = corrected * (
                habits.stiffness_nm * off_rad + habits.damping_nms * (wanted_speed - speed)
            )
        lift_rad, acceleration, early = self._early[at]
        expected_nm = habits.expects * self._weight_nm * math.cos(self._rest_rad + lift_rad)
        command_nm = early * (expected_nm + self._inertia_kgm2 * acceleration)
        command_nm += active * self._kept_nm
        self._sent_nm += (command_nm - self._sent_nm) * (STEP_S / habits.late_s)
        self._trunk_nm += (self._sent_nm - self._trunk_nm) * STEP_S / TRUNK_LATE_S
        hip_nm = min(max(self._sent_nm + back_nm, WEAKEST_NM), self._strongest_nm)
        return hip_nm, habits.counters * self._trunk_nm


def _rows(*columns: Array) -> list[tuple[float, ...]]:
    return list(zip(*(each.tolist() for each in columns), strict=True))
