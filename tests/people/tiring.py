"""Sets that tire as people do, or do not: slower up, less height, shakier, and let down faster.

No recording of a tiring leg raise on load cells exists; the signs are those that the literature
names for endurance sets (slowing, loss of range, tremor, loss of control in the descent), each
person showing some of them, mostly from the middle of the set on. Who does not tire wanders too:
repetitions drift by chance, and some hurry a little towards the end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matfw.virtual.motion_script import RepPlan, SessionPlan
from matfw.virtual.rep_kinds import Draw, good_rep
from matfw.virtual.sessions import random_fidgets, random_session

TIRED_SHARE = 0.5  # of the sets
REPS = (12, 17)
MIN_SIGNS, SIGN_SHARE = 2, 0.65  # everybody shows two signs, and each of the others this often
WANDER = 0.03  # sd a repetition of what drifts by chance


@dataclass(frozen=True, slots=True)
class Tiring:
    """What the last repetition is against the first: factors, and what the hold sinks by."""

    up: float = 1.0
    height: float = 1.0
    down: float = 1.0
    sag_share: float = 0.0
    tremor: float = 1.0
    rest: float = 1.0
    bend: float = 1.0  # exponent of its course over the set: > 1 late


def tiring_session(rng: Draw) -> SessionPlan:
    """Return a set that tires, with `fatigued` in its plan, or one that does not."""
    plan = random_session(rng, "clean")
    is_tired = bool(rng.random() < TIRED_SHARE)
    tiring = random_tiring(rng) if is_tired else Tiring(down=float(rng.uniform(0.93, 1.05)))
    base = [good_rep(rng) for _ in range(int(rng.integers(*REPS)))]
    reps = [tired(rep, tiring, index / (len(base) - 1)) for index, rep in enumerate(base)]
    reps = _wandering(reps, rng)
    progress = np.arange(len(reps)) / (len(reps) - 1)
    longer = 1.0 + (tiring.rest - 1.0) * progress**tiring.bend
    rests = rng.uniform(0.6, 2.5, len(reps)) * longer
    rests[0] = rng.uniform(2.0, 5.0)
    first_deg = plan.tremor_deg[0]
    plan = replace(
        plan,
        reps=tuple(reps),
        rests_s=tuple(rests.tolist()),
        tremor_deg=(first_deg, first_deg * tiring.tremor * float(rng.uniform(1.0, 1.5))),
        fatigued=is_tired,
        off_mats=(),
        still_s=float(rng.uniform(2.0, 5.0)),
    )
    return replace(plan, fidgets=random_fidgets(plan.lying_s, rng))


def random_tiring(rng: Draw) -> Tiring:
    """Return one person's signs, two at least."""
    sizes = {
        "up": float(rng.uniform(1.2, 1.6)),
        "height": float(rng.uniform(0.70, 0.88)),
        "down": float(rng.uniform(0.55, 0.80)),
        "tremor": float(rng.uniform(2.5, 5.0)),
        "rest": float(rng.uniform(1.5, 3.0)),
    }
    order = [str(name) for name in rng.permutation(list(sizes))]
    # Rests alone are no sign: somebody may simply take their time.
    order.sort(key=lambda name: name == "rest")
    shown = {
        name: sizes[name]
        for place, name in enumerate(order)
        if place < MIN_SIGNS or rng.random() < SIGN_SHARE
    }
    sag = float(rng.uniform(0.05, 0.15)) if "tremor" in shown else 0.0
    return Tiring(**shown, sag_share=sag, bend=float(rng.uniform(1.0, 2.5)))


def tired(rep: RepPlan, tiring: Tiring, progress: float) -> RepPlan:
    """Return the repetition as it is at this share (0..1) of the set."""
    way = float(progress**tiring.bend)

    def factor(last: float) -> float:
        return 1.0 + (last - 1.0) * way

    height_deg = rep.excursion_deg * factor(tiring.height)
    return replace(
        rep,
        up_s=rep.up_s * factor(tiring.up),
        down_s=rep.down_s * factor(tiring.down),
        excursion_deg=height_deg,
        sag_deg=rep.sag_deg + tiring.sag_share * way * height_deg,
    )


def _wandering(reps: list[RepPlan], rng: Draw) -> list[RepPlan]:
    walk = np.cumsum(WANDER * rng.standard_normal((len(reps), 3)), axis=0)
    walk = np.exp(np.clip(walk - walk.mean(axis=0), -0.08, 0.08))
    return [
        replace(rep, up_s=rep.up_s * up, down_s=rep.down_s * down, hold_s=rep.hold_s * hold)
        for rep, (up, down, hold) in zip(reps, walk.tolist(), strict=True)
    ]
