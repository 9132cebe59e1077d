"""Somebody: a body, and the habits that their muscles have."""

from __future__ import annotations

from dataclasses import dataclass

from tests.accuracy.contact.body import drawn_body
from tests.accuracy.contact.segments import USUAL_KG, Build, draw_build
from tests.accuracy.others.plans import Draw


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody's muscles hold and move, the same in all they do.

    expects: the leg's weight as they know it, times the true one. stiffness_nm, damping_nms,
    persistence_nm_s: how they correct a lifted leg, per rad, rad/s and rad over time. counters:
    share of the leg's weight that the trunk holds against. Per rad of lift the leg goes forward,
    its knee bends, it turns, and the pelvis hikes and twists. tenses_s, relaxes_s: before and after
    a lift. late_s: of the muscle.
    """

    expects: float
    stiffness_nm: float
    damping_nms: float
    persistence_nm_s: float
    counters: float
    forward: float
    bends: float
    turns: float
    hikes: float
    tenses_s: float
    relaxes_s: float
    twists: float
    breath_hz: float
    breath_m: float
    heart_hz: float
    heart_n: float
    tremor_hz: float
    tremor_nm: float
    hand_nm: float
    late_s: float


@dataclass(frozen=True, slots=True)
class Person:
    """Who lies there."""

    build: Build
    mjcf: str
    habits: Habits

    @property
    def heavy(self) -> float:
        """Return the mass, times a usual one: torques are in proportion."""
        return self.build.mass_kg / USUAL_KG


def draw_person(rng: Draw, *, is_child: bool = False) -> Person:
    """Return somebody."""
    build = draw_build(rng, is_child=is_child)
    return Person(build, drawn_body(build, rng), _habits(rng, build.mass_kg))


def _habits(rng: Draw, mass_kg: float) -> Habits:
    between = rng.uniform
    return Habits(
        expects=between(0.94, 1.06),
        stiffness_nm=between(110, 200) * mass_kg / USUAL_KG,
        damping_nms=between(11, 18) * mass_kg / USUAL_KG,
        persistence_nm_s=between(60, 140) * mass_kg / USUAL_KG,
        counters=between(0.45, 0.85),
        forward=rng.normal(0, 0.02),
        bends=between(0, 0.04),
        turns=rng.normal(0, 0.08),
        hikes=between(0.0, 0.22),
        tenses_s=between(0.2, 0.45),
        relaxes_s=between(0.3, 0.8),
        twists=rng.normal(0.01, 0.03),
        breath_hz=between(0.2, 0.35),
        breath_m=between(0.003, 0.007),
        heart_hz=between(0.9, 1.4),
        heart_n=between(1.2, 3.5),
        tremor_hz=between(5, 9),
        tremor_nm=between(0.15, 0.5),
        hand_nm=between(0.3, 2.0),
        late_s=between(0.04, 0.08),
    )
