"""Hip sensors' columns -> one roll of the pelvis.

A belt's angle and a rail's distance are put on one scale and weighed by what each can repeat. What
they read at rest means nothing (mounting, cloth): `motion` compares with this rep's own rest, and
only as long as the same columns answer.

A belt that knows its head end tells the side lain on too, by gravity. A rail does not: it is
carried to whichever edge the back is at, and a belly is as near to it as a back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from matfw.messages import CellEvent, CellProblem, Channel, HipRepeatability, Hips, RawFrame, Side

RAIL_DEG_PER_MM = -1.0 / 3.1  # a back comes 3.1 mm nearer a degree; rolling ellipse
HIP_REACH_MM = 300.0  # a rail's sensor further from the hip line does not look at the pelvis
LOST_S = 0.5  # without a value; a rail sends 10 a second, its driver drops some
SIDE_DEG = 50.0  # a hip that points up so far is the upper one: rolled by 40 it is still seen ...
KEPT_DEG = 30.0  # ... and remains so down to here: nobody who is judged rolls by 60
SIDE_S = 1.0  # for which it does; who turns over passes through


class HipStage:
    """Put the hip sensors' columns together."""

    def __init__(self, channels: Sequence[Channel], repeat: HipRepeatability) -> None:
        """Take the columns in a frame's order; those that cannot see the pelvis are left out."""
        kinds = [channel.kind for channel in channels]
        self._side_index = kinds.index("sacrum_side") if "sacrum_side" in kinds else None
        self._columns: list[tuple[int, str, float, float]] = []  # index, name, deg per unit, sd
        for index, channel in enumerate(channels):
            if channel.kind == "sacrum_imu":
                self._columns.append((index, channel.name, 1.0, repeat.imu_deg))
            elif channel.kind == "rear_rail" and abs(channel.x_mm or 0.0) < HIP_REACH_MM:
                sd_deg = repeat.rail_mm * abs(RAIL_DEG_PER_MM)
                self._columns.append((index, channel.name, RAIL_DEG_PER_MM, sd_deg))
        self.reset()

    def reset(self) -> None:
        """Forget what was last heard."""
        self._heard: dict[str, tuple[float, float]] = {}  # name: when, value
        self._lost: set[str] = set()
        self._first_s: float | None = None
        self._side = SideWatch()

    def update(self, frame: RawFrame) -> Hips:
        """Return the roll as of this frame."""
        t_s = frame.t_s
        if not frame.channels:
            return Hips(t_s, None, ())
        side = Side.UNKNOWN
        if self._side_index is not None:
            side = self._side.update(t_s, frame.channels[self._side_index])
        if self._first_s is None:
            self._first_s = t_s
        total = weight = 0.0
        sources: list[str] = []
        events: list[CellEvent] = []
        for index, name, deg_per_unit, sd_deg in self._columns:
            value = frame.channels[index]
            if value is not None:
                self._heard[name] = t_s, value
            heard_s, latest = self._heard.get(name, (self._first_s, None))
            if latest is None or t_s - heard_s > LOST_S:
                if name not in self._lost and t_s - heard_s > LOST_S:
                    self._lost.add(name)
                    events.append(CellEvent(t_s, name, CellProblem.LOST))
                continue
            if name in self._lost:
                self._lost.discard(name)
                events.append(CellEvent(t_s, name, CellProblem.OK))
            sources.append(name)
            total += latest * deg_per_unit / sd_deg**2
            weight += 1.0 / sd_deg**2
        if not weight:
            return Hips(t_s, None, (), tuple(events), side=side)
        sd_deg = 1.0 / math.sqrt(weight)
        return Hips(t_s, total / weight, tuple(sources), tuple(events), sd_deg, side)


class SideWatch:
    """Tells the side lain on from how far the body's left points up; nothing on doubt."""

    def __init__(self) -> None:
        self._heard: tuple[float, float] | None = None  # when, value
        self._lain_on = Side.UNKNOWN  # if it stays so
        self._since_s = 0.0

    def update(self, t_s: float, left_up_deg: float | None) -> Side:
        """Take a frame's value, None without one; the latest holds for LOST_S."""
        if left_up_deg is not None:
            self._heard = t_s, left_up_deg
        if self._heard is None or t_s - self._heard[0] > LOST_S:
            self._lain_on = Side.UNKNOWN
            return Side.UNKNOWN
        value = self._heard[1]
        lain_on = Side.LEFT if value < 0.0 else Side.RIGHT
        if lain_on is not self._lain_on or abs(value) < KEPT_DEG:
            self._lain_on = lain_on if abs(value) >= SIDE_DEG else Side.UNKNOWN
            self._since_s = t_s
        return self._lain_on if t_s - self._since_s >= SIDE_S else Side.UNKNOWN
