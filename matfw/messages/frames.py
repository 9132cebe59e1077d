"""From one reading of the cells to what the body does: a message for each stage of the line.

They are made with each frame, so they are Structs (matfw/DESIGN.md "Decisions" 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from matfw.messages.events import CellEvent
from matfw.messages.mat import Side


@dataclass(frozen=True, slots=True)
class RawFrame:
    """One reading of all cells.

    t_s: monotonic seconds at the source. counts: signed 24-bit, one per cell, None where a cell
    gave no valid sample. channels: one value per hip-sensor column, None where it gave none.
    computer_mask: bit i is set where cell i's None is the computer's doing: it read too late, could
    not rule a reset out, or the cell settles after a reset that the computer caused. Where it is
    not set the cell gave nothing although it was asked in time. A recording does not keep it: in
    a replay it is 0, and every None the cell's own.
    """

    t_s: float
    counts: tuple[int | None, ...]
    channels: tuple[float | None, ...] = ()
    computer_mask: int = 0


class Loads(Struct, frozen=True, gc=False):
    """Kilograms per cell, straight from counts. None where the cell gave no usable sample.

    excused_mask: bit i is set where a None is no silence of cell i: the computer read too late
    (`RawFrame.computer_mask`), or an impulse was left out. unreliable_mask: of the cells that read
    too many of those, or have lost their zero.
    """

    t_s: float
    loads_kg: tuple[float | None, ...]
    counts: tuple[int | None, ...]
    excused_mask: int = 0
    unreliable_mask: int = 0


class CleanLoads(Struct, frozen=True, gc=False):
    """Kilograms per cell, spikes removed and low-passed.

    t_s: the time the values belong to, already set back by the filters' delay. loads_kg: None for
    a cell that gave nothing in this frame or cannot be trusted now. events: cells whose state
    changed in this frame.
    """

    t_s: float
    loads_kg: tuple[float | None, ...]
    events: tuple[CellEvent, ...] = ()


class PlateBalance(Struct, frozen=True, gc=False):
    """Load and centre of pressure of the cells under one panel."""

    plate: str
    load_kg: float
    x_mm: float | None
    y_mm: float | None


class Balance(Struct, frozen=True, kw_only=True, gc=False):
    """Load, moments about the deck's centre and centre of pressure of the whole mat.

    load_kg is None while a cell is missing: a sum without it would be a made-up number.
    x_kgmm, y_kgmm: sum of load times position. x_mm, y_mm: None below MIN_LOAD_KG. loads_kg: the
    cells', as in CleanLoads.
    """

    t_s: float
    load_kg: float | None
    x_kgmm: float
    y_kgmm: float
    x_mm: float | None
    y_mm: float | None
    plates: tuple[PlateBalance, ...] = ()
    loads_kg: tuple[float | None, ...] = ()


class Hips(Struct, frozen=True, gc=False):
    """What the hip sensors say together.

    roll_deg: of the pelvis, > 0 rolled back, from a zero of its own that only `sources` (the
    columns it is made of) can compare; None while no column has a value. sd_deg: what it repeats
    within. side: lain on, as a belt's gravity tells it; UNKNOWN: nothing does.
    """

    t_s: float
    roll_deg: float | None
    sources: tuple[str, ...]
    events: tuple[CellEvent, ...] = ()
    sd_deg: float = 0.0
    side: Side = Side.UNKNOWN


class Presence(StrEnum):
    """Who is on the mat: nobody, somebody who moves about, somebody lying still enough to judge."""

    EMPTY = "empty"
    UNSETTLED = "unsettled"
    LYING = "lying"


class Motion(Struct, frozen=True, kw_only=True, gc=False):
    """What the body does, every 50 ms.

    t_s: the time it belongs to. weight_kg: None until weighed lying still. The rest is 0 unless
    somebody lies. angle_deg: the top leg's angle over its rest. front_shift_mm: centre of
    pressure toward the body's front (+) or back (-) against this rep's own rest; with the side
    unknown, toward the deck's +y. lifting_s: since the leg left rest. load_n: load over the
    person's weight; force_n: the same without what a hand on the floor steadily takes away.
    bend_deg: of the resting body at the hips, > 0 bent forward; None on a mat that cannot see it.
    hip_roll_deg: of the pelvis against this rep's own rest, > 0 rolled back; None without a hip
    sensor that answers. hip_sd_deg: what that repeats within. is_leg_off, lift_off_s, touch_down_s:
    whether the plates see the leg off the other one, when it last left and came back; None before,
    and on a mat that cannot see it.
    moment_nm: about the hip
    line, toward the feet, over that at lying down. evidence: by how much
    "the leg moves" explains the forces better than "the leg rests", natural log. descent: the
    same of "it comes down" over "it still stands at the top", 0 unless it has stood there;
    descended_deg, held_deg: how far below the height held it then soon is, and that height.
    angle_sd_deg: how sure the angle is. over_n: load over the weight in the last moments; rise_n,
    rise_nm, evidence_rise: by how much load, moment and evidence have just increased; before_n: the
    load over the weight that it rose from.
    is_restless: the body moves about, and of the leg nothing is known. is_away: the body has
    left its place, and it is not known yet whether for good. seen_share: of the
    samples that a step should have, that the cell with the fewest gave; 0: nothing was measured,
    what is of the leg is predicted and the rest repeated.
    """

    t_s: float
    presence: Presence
    weight_kg: float | None = None
    angle_deg: float = 0.0
    rate_dps: float = 0.0
    accel_dps2: float = 0.0
    lifting_s: float = 0.0
    front_shift_mm: float = 0.0
    load_n: float = 0.0
    force_n: float = 0.0
    moment_nm: float = 0.0
    push_n: float = 0.0
    evidence: float = 0.0
    is_moving: bool = False
    bend_deg: float | None = None
    hip_roll_deg: float | None = None
    descent: float = 0.0
    descended_deg: float = 0.0
    held_deg: float = 0.0
    angle_sd_deg: float = 0.0
    over_n: float = 0.0
    before_n: float = 0.0
    rise_n: float = 0.0
    rise_nm: float = 0.0
    evidence_rise: float = 0.0
    hip_sd_deg: float = 0.0
    is_leg_off: bool | None = None
    lift_off_s: float | None = None
    touch_down_s: float | None = None
    is_restless: bool = False
    seen_share: float = 1.0
    is_away: bool = False
