"""Sums of the deck: how far it gives, what tips it, what a cell carries, what its seat bears.

Statics of simply supported beams, and of the deck on its cells (matfw/virtual/deck.py). Forces in
N, lengths in m inside, in mm in what is returned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hardware.scripts.source import HEX6_PANEL_MM, Source, cells
from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import CELL_Y_MM, DECK_LENGTH_MM, DECK_WIDTH_MM
from matfw.virtual.deck import Deck

GPA = 1e9
STEPS = 400  # along a beam, and along the deck's edges


@dataclass(frozen=True, slots=True)
class Bend:
    """A beam under loads: deepest sag, steepest slope at an end, greatest stress."""

    what: str
    sag_mm: float
    slope_mrad: float
    stress_mpa: float

    @property
    def bounce_hz(self) -> float:
        """Return how fast a weight on it would bounce, from its static sag."""
        return math.sqrt(GRAVITY_M_S2 / (self.sag_mm / 1000.0)) / (2 * math.pi)


def beam(
    what: str, span_m: float, ei_nm2: float, fibre_pa_m: float, loads: list[tuple[float, float]]
) -> Bend:
    """Return what point loads do to a simply supported beam.

    ei_nm2: stiffness. fibre_pa_m: E times the distance of the outermost fibre, so that stress is
    this times the curvature. loads: (N, m from the first end). Source: the textbook's formula.
    """
    x = np.linspace(0.0, span_m, STEPS + 1)
    sag, moment = np.zeros_like(x), np.zeros_like(x)
    slopes = [0.0, 0.0]
    for force_n, at_m in loads:
        rest_m = span_m - at_m
        near = x <= at_m
        for here, far, part in ((near, rest_m, x), (~near, at_m, span_m - x)):
            shape = force_n * far * part / (6 * span_m * ei_nm2) * (span_m**2 - far**2 - part**2)
            sag[here] += shape[here]
            moment[here] += (force_n * far * part / span_m)[here]
        slopes[0] += force_n * rest_m * (span_m**2 - rest_m**2) / (6 * span_m * ei_nm2)
        slopes[1] += force_n * at_m * (span_m**2 - at_m**2) / (6 * span_m * ei_nm2)
    stress_pa = float(moment.max()) / ei_nm2 * fibre_pa_m
    return Bend(what, 1000 * float(sag.max()), 1000 * max(slopes), stress_pa / 1e6)


def board_ei(s: Source, width_mm: float, e_gpa: float) -> float:
    """Return the stiffness of a strip of the board, N m2."""
    return e_gpa * GPA * width_mm * s.board.thickness_mm**3 / 12 * 1e-12


def bends(layout: str, s: Source, mass_kg: float | None = None) -> list[Bend]:
    """Return what a person lying, and one standing in the worst places, does to the deck."""
    weight = (mass_kg or s.person.mass_kg) * GRAVITY_M_S2
    thick = s.board.thickness_mm / 1000
    across_m = 2 * CELL_Y_MM / 1000
    outer_m = max(cell.x_mm for cell in cells(layout)) / 1000
    along = board_ei(s, DECK_WIDTH_MM, s.board.e_along_gpa)
    lying = [(share * weight, at_mm / 1000) for share, at_mm in s.person.lying]
    if layout == "core4":
        b, h = s.batten.narrow_mm / 1000, s.batten.wide_mm / 1000
        ei = along + 2 * s.batten.e_gpa * GPA * b * h**3 / 12
        fibre = s.batten.e_gpa * GPA * h / 2
        strip = board_ei(s, s.board.strip_mm, s.board.e_across_gpa)
        span = 2 * outer_m
        return [
            beam("lying", span, ei, fibre, [(n, at + outer_m) for n, at in lying]),
            beam("standing on one spot, middle", span, ei, fibre, [(weight, span / 2)]),
            beam("standing on one spot, between the battens", across_m, strip,
                 s.board.e_across_gpa * GPA * thick / 2, [(weight, across_m / 2)]),
        ]  # fmt: skip
    b, h = s.batten.wide_mm / 1000, s.batten.narrow_mm / 1000
    batten = s.batten.e_gpa * GPA * b * h**3 / 12
    fibre = s.board.e_along_gpa * GPA * thick / 2
    on_head = [(n, at + outer_m) for n, at in lying if at < 0]
    return [
        beam("lying, head panel", outer_m, along, fibre, on_head),
        beam("standing on one spot, middle of a panel", outer_m, along, fibre,
             [(weight, outer_m / 2)]),
        beam("standing on one spot, middle of a batten", across_m, batten,
             s.batten.e_gpa * GPA * h / 2, [(weight, across_m / 2)]),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tip:
    """What holds the deck down at an edge."""

    where: str
    beyond_mm: float  # from the feet's line to the edge
    holding_kgmm: float

    @property
    def limit_kg(self) -> float:
        """Return the mass that tips it with all its weight on the very edge."""
        return self.holding_kgmm / self.beyond_mm


def tips(layout: str, s: Source) -> list[Tip]:
    """Return what holds the deck when somebody stands on its very edge, without anybody else."""
    outer = max(cell.x_mm for cell in cells(layout))
    beyond_end, beyond_side = DECK_LENGTH_MM / 2 - outer, DECK_WIDTH_MM / 2 - CELL_Y_MM
    mass = s.deck_kg(layout)
    side = Tip("a long edge", beyond_side, mass * CELL_Y_MM)
    if layout == "core4":
        return [Tip("an end", beyond_end, mass * outer), side]
    panel, arm = s.board_kg() / 2, outer - HEX6_PANEL_MM / 2
    alone = panel * arm
    # What the joint's bolts must lift with it: the hip batten with its cells, and the head
    # panel, which turns about the feet at its far end.
    hip = s.batten_kg(DECK_WIDTH_MM) + 2 * s.cell_kg()
    at_joint = hip + panel * arm / outer + s.box.mass_kg * (outer + s.box.x_mm) / outer
    return [
        Tip("the foot end, joint bolted", beyond_end, alone + at_joint * outer),
        Tip("the foot end, bolts left out", beyond_end, alone),
        side,
    ]


def worst_share(layout: str, s: Source) -> float:
    """Return the most of a standing weight that one cell can carry, foot near the edge."""
    deck = Deck.for_layout(cells(layout))
    half_l = DECK_LENGTH_MM / 2 - s.person.foot_from_edge_mm
    half_w = DECK_WIDTH_MM / 2 - s.person.foot_from_edge_mm
    along, across = np.linspace(-half_l, half_l, STEPS), np.linspace(-half_w, half_w, STEPS)
    x = np.concatenate([along, along, np.full(STEPS, half_l), np.full(STEPS, -half_l)])
    y = np.concatenate([np.full(STEPS, half_w), np.full(STEPS, -half_w), across, across])
    newtons = np.full((x.size, 1), GRAVITY_M_S2)
    return float(deck.loads_kg(x[:, None], y[:, None], newtons).max())


@dataclass(frozen=True, slots=True)
class Seat:
    """What a load on the foot does to plate and bolts, by the cell's lever arm."""

    load_kg: float
    plate_mpa: float
    bolt_kn: float
    floor_mpa: float


def seat(load_kg: float, s: Source) -> Seat:
    """Return what the cell's seat bears. The plate is weakest at the inner of the two bolts."""
    force = load_kg * GRAVITY_M_S2
    near, far = sorted(s.plate.bar_from_mm + hole for hole in s.bar.holes_from_end_mm)
    arm_mm = s.foot_at_mm - far
    width = s.plate.width_mm - s.plate.hole_mm
    section_mm3 = width * s.plate.thickness_mm**2 / 6
    area_mm2 = math.pi * s.foot.diameter_mm**2 / 4
    return Seat(
        load_kg, force * arm_mm / section_mm3, force * arm_mm / (far - near) / 1000,
        force / area_mm2,
    )  # fmt: skip
