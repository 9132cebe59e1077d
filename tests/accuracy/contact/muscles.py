"""Muscles on a body, and what a session of theirs does to it and to the board.

Joints have a spring whose rest is aimed elsewhere, and torques that come on top; the upper hip and
the waist have what `hip` pulls by besides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np

from tests.accuracy.contact.courses import STEP_S
from tests.accuracy.contact.hip import Hip, LiftAim
from tests.accuracy.contact.person import Person
from tests.accuracy.others.plans import Array

SETTLE_S = 4.0  # before the session: the body sinks into its contacts
SINKS_S, SINKS = 1.0, 0.985  # of that, and what a step leaves of any speed meanwhile
# What no simulation that is worth anything does: fall off the side, or end rolled over.
FASTEST, MOST_ROLL, MOST_ROLL_AT_END = 50.0, 0.7, 0.3


class NotAsPlannedError(Exception):
    """What somebody did is not what they were to do; somebody else is to be drawn."""


@dataclass(frozen=True, slots=True)
class Felt:
    """What came of it: N, N m along and across about the hips, on the cells' plane.

    thigh_rad: the upper thigh over the horizontal. roll: of the pelvis, sine; positive to the back.
    """

    force_n: Array
    along_nm: Array
    across_nm: Array
    thigh_rad: Array
    roll: Array


class Muscles:
    """A person's body and, step by step, where its joints aim and what pulls at them besides."""

    def __init__(self, person: Person, count: int) -> None:
        self.person, self.count = person, count
        self._model = mujoco.MjModel.from_xml_string(person.mjcf)
        joints = [self._model.joint(index) for index in range(self._model.njnt)]
        self._places = {joint.name: int(joint.qposadr[0]) for joint in joints}
        self._freedoms = {joint.name: int(joint.dofadr[0]) for joint in joints}
        # Floats half as long as usual: 30 joints at 500 Hz for two minutes.
        self._aims = np.zeros((count, self._model.nq), np.float32)
        self._pulls = np.zeros((count, self._model.nv), np.float32)

    def aim(self, joint: str, series: Array) -> None:
        """Move where a joint's spring rests, rad (of the breath m)."""
        self._aims[:, self._places[joint]] += series

    def pull(self, joint: str, series: Array) -> None:
        """Pull at a joint, N m (at the heart N)."""
        self._pulls[:, self._freedoms[joint]] += series

    def moved(self, wanted: LiftAim) -> Felt:
        """Return what the body does, and the board feels, if the leg is to do this.

        Raises NotAsPlannedError if the body falls over, or the simulation apart.
        """
        model, data = self._model, mujoco.MjData(self._model)
        muscle = Hip(self.person, wanted)
        hip, waist = self._freedoms["upper_hip_abduction"], self._freedoms["lumbar_bend"]
        thigh, pelvis = model.body("upper_thigh").id, model.body("pelvis").id
        usual = model.qpos_spring.astype(np.float64)
        # Looked up once: the loop runs 60 000 times.
        felt, torques, turned, springs = (
            data.sensordata, data.qfrc_applied, data.xmat, model.qpos_spring,
        )  # fmt: skip
        out = np.zeros((self.count, 8))
        settles, sinks = int(SETTLE_S / STEP_S), int(SINKS_S / STEP_S)
        for index in range(-settles, self.count):
            at = max(index, 0)
            thigh_rad = math.asin(max(-1.0, min(1.0, turned[thigh, 6])))
            if index < sinks - settles:
                data.qvel[:] *= SINKS
            torques[:] = self._pulls[at] if index >= 0 else 0.0
            springs[:] = usual
            springs += self._aims[at]
            hip_nm, waist_nm = muscle.pulls_nm(at, thigh_rad)
            torques[hip] += hip_nm
            torques[waist] += waist_nm
            mujoco.mj_step(model, data)
            if index >= 0:
                out[index, :6] = felt
                out[index, 6:] = thigh_rad, turned[pelvis, 7]
        roll = np.abs(out[:, 7])
        is_sound = np.isfinite(out).all() and np.abs(data.qvel).max() < FASTEST
        if not (is_sound and roll.max() < MOST_ROLL and roll[-1] < MOST_ROLL_AT_END):
            raise NotAsPlannedError("the body fell over, or the simulation apart")
        return Felt(out[:, 2], -out[:, 4], out[:, 3], out[:, 6], out[:, 7])
