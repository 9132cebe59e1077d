"""Sessions to draw from: clean, faults, combined, stress, still, and the fixed one of the demo."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from matfw.messages import Fault, Side
from matfw.virtual.body import Body, make_body, random_person
from matfw.virtual.motion_script import Fidget, OffMat, Push, RepPlan, Scratch, SessionPlan
from matfw.virtual.profiles import Profile
from matfw.virtual.rep_kinds import FAULTY, Draw, combined_rep, faulty_rep, good_rep

KINDS = ("clean", "faults", "combined", "stress", "still")
GOOD_SHARE = 0.38  # of the repetitions of a `faults` session
COMBINED_SHARE = 0.5  # of the repetitions of a `combined` session
STRESS_NOISE = 2.0  # body_noise that goes with the kind `stress`
PUSH_EVERY_S = 15.0
PUSH_N = (3.0, 15.0)
BRACED_SHARE = 0.67  # of the hand pushes; the others are on the mat and no total shows them
FIDGET_EVERY_S = 40.0
STILL_S = 85.0  # of lying without a repetition, after settling


def random_session(rng: Draw, kind: str, body: Body | None = None) -> SessionPlan:
    """Return a session of a kind of KINDS; `stress` is meant for body_noise=STRESS_NOISE.

    Raises ValueError for another kind.
    """
    if kind not in KINDS:
        msg = f"kind must be one of {', '.join(KINDS)} (got {kind!r})"
        raise ValueError(msg)
    body = body or random_person(rng)
    reps = _reps(rng, kind)
    fatigued = kind in ("clean", "faults") and rng.random() < 0.15
    if fatigued:
        reps = _tire(reps)
    rests = [float(rng.uniform(2.0, 5.0))] + [_rest_s(rng) for _ in reps[1:]]
    plan = SessionPlan(
        side=Side.LEFT if rng.random() < 0.5 else Side.RIGHT,
        body=body,
        reps=tuple(reps),
        rests_s=tuple(rests[: len(reps)]),
        get_on_s=float(rng.uniform(5.0, 9.0)),
        settle_s=float(rng.uniform(4.0, 8.0)),
        still_s=STILL_S if kind == "still" else float(rng.uniform(1.5, 4.0)),
        get_up_s=float(rng.uniform(3.5, 6.0)),
        bend_deg=_bend_deg(rng, kind),
        hover_deg=float(rng.uniform(0.5, 2.5)) if rng.random() < 0.2 else 0.0,
        place_x_mm=float(np.clip(rng.normal(0.0, 20.0), -40.0, 40.0)),
        place_y_mm=float(np.clip(rng.normal(0.0, 20.0), -40.0, 40.0)),
        yaw_deg=float(np.clip(rng.normal(0.0, 2.5), -5.0, 5.0)),
        prop_n=float(rng.uniform(0.0, 30.0)) if rng.random() < 0.65 else 0.0,
        steps_on=bool(rng.random() < 0.3),
        fatigued=fatigued,
    )
    return replace(disturbed(plan, kind, rng), tremor_deg=_tremor_deg(rng, fatigued))


def _reps(rng: Draw, kind: str) -> list[RepPlan]:
    if kind == "still":
        return []
    count = int(rng.integers(10, 16))
    if kind == "combined":
        makers = [combined_rep if rng.random() < COMBINED_SHARE else good_rep for _ in range(count)]
        return [make(rng) for make in makers]
    if kind != "faults":
        return [good_rep(rng) for _ in range(count)]
    # Every kind of fault once before any comes twice, in random order.
    bag = [fault for _ in range(2) for fault in rng.permutation(np.array([f for f, _ in FAULTY]))]
    return [
        good_rep(rng) if rng.random() < GOOD_SHARE else faulty_rep(rng, Fault(bag[index]))
        for index in range(count)
    ]


def _tire(reps: list[RepPlan]) -> list[RepPlan]:
    # Lowering gets shorter and the lift lower with every repetition; no single one need be a fault.
    return [
        replace(
            rep,
            down_s=rep.down_s * (1.0 - 0.012 * index),
            excursion_deg=max(rep.excursion_deg - 0.4 * index, min(rep.excursion_deg, 31.0)),
        )
        for index, rep in enumerate(reps)
    ]


def _tremor_deg(rng: Draw, fatigued: bool) -> tuple[float, float]:
    # Legs differ: 0.02 deg at 6 Hz is 2 N of load, as much as a good lift (the feasibility study).
    first_deg = math.exp(rng.uniform(math.log(0.004), math.log(0.016)))
    return first_deg, first_deg * float(
        rng.uniform(2.0, 3.0) if fatigued else rng.uniform(1.0, 2.0)
    )


def _rest_s(rng: Draw) -> float:
    return float(rng.uniform(0.4, 2.5)) if rng.random() < 0.85 else float(rng.uniform(2.5, 6.0))


def _bend_deg(rng: Draw, kind: str) -> float:
    if kind == "faults" and rng.random() < 0.15:
        return float(rng.uniform(10.0, 20.0)) * (1.0 if rng.random() < 0.7 else -1.0)
    return float(np.clip(rng.normal(0.0, 1.5), -4.0, 4.0))


def random_fidgets(span_s: float, rng: Draw) -> tuple[Fidget, ...]:
    """Return the fidgets of somebody who lies for this long, seconds from lying down."""
    return tuple(
        Fidget(
            at,
            float(rng.uniform(0.6, 1.6)),
            float(rng.normal(0.0, 3.5)),
            float(rng.normal(0.0, 1.2)),
            float(rng.uniform(20.0, 90.0)),
        )
        for at in _times(span_s, FIDGET_EVERY_S, rng)
    )


def disturbed(plan: SessionPlan, kind: str, rng: Draw) -> SessionPlan:
    """Return a session with what a person of a kind does besides, over its own length."""
    fidgets = random_fidgets(plan.lying_s, rng)
    pushes: list[Push] = []
    scratches: list[Scratch] = []
    if kind in ("stress", "still"):
        for at in _times(plan.lying_s, PUSH_EVERY_S, rng):
            braced = bool(rng.random() < BRACED_SHARE)
            pushes.append(
                Push(at, float(rng.uniform(1.0, 4.0)), float(rng.uniform(*PUSH_N)), braced)
            )
        for at in _times(plan.lying_s, 45.0, rng):
            force, rate = float(rng.uniform(1.5, 6.0)), float(rng.uniform(3.0, 5.0))
            scratches.append(Scratch(at, float(rng.uniform(0.6, 2.5)), force, rate))
    off_mats: tuple[OffMat, ...] = ()
    if kind == "faults" and rng.random() < 0.3 and plan.reps:
        index = int(rng.integers(len(plan.reps)))
        off_mats = (off_mat_on_rep(plan, index, float(rng.uniform(18.0, 35.0))),)
    return replace(
        plan,
        fidgets=fidgets,
        pushes=tuple(pushes),
        scratches=tuple(scratches),
        off_mats=off_mats,
    )


def off_mat_on_rep(plan: SessionPlan, index: int, force_n: float) -> OffMat:
    """Return a hand that goes to the floor just before a repetition and comes back after it."""
    before = sum(rep.total_s for rep in plan.reps[:index]) + sum(plan.rests_s[: index + 1])
    at_s = plan.settle_s + before - 0.4
    return OffMat(at_s, plan.reps[index].total_s + 0.6, force_n)


def _times(span_s: float, every_s: float, rng: Draw) -> list[float]:
    times, at = [], 3.0 + float(rng.exponential(every_s))
    while at < span_s - 4.0:
        times.append(at)
        at += 2.0 + float(rng.exponential(every_s - 2.0))
    return times


def demo_session(side: Side = Side.LEFT) -> SessionPlan:
    """Return the fixed set of the demo: fifteen repetitions, good ones and each fault once."""
    rng = np.random.default_rng(20)
    good = RepPlan(roll_deg=1.0, knee_bend_deg=2.0)
    reps: list[RepPlan] = [good, replace(good, up_s=2.1, down_s=3.1, excursion_deg=40.0), good]
    sizes: tuple[RepPlan, ...] = (
        replace(good, roll_deg=16.0, faults=(Fault.ROLL_BACK,)),
        replace(good, forward_deg=20.0, faults=(Fault.LEG_FORWARD,)),
        replace(good, up_s=0.6, faults=(Fault.KICK,)),
        replace(
            good, down_s=0.6, drop=True, down_profile=Profile("falling", 1.8), faults=(Fault.DROP,)
        ),
        replace(good, excursion_deg=63.0, hike_deg=9.0, faults=(Fault.TOO_HIGH,)),
        replace(good, excursion_deg=15.0, faults=(Fault.TOO_SMALL,)),
        replace(good, up_s=1.15, faults=(Fault.RUSHED_UP,)),
        replace(good, down_s=1.6, faults=(Fault.RUSHED_DOWN,)),
        replace(good, hold_s=0.15, faults=(Fault.SHORT_HOLD,)),
    )
    reps += [*sizes, good, good, good]
    plan = SessionPlan(
        side=side,
        body=make_body("female", 1.68, 64.0),
        reps=tuple(reps),
        rests_s=(4.0, *(float(rng.uniform(1.6, 2.4)) for _ in reps[1:])),
        get_on_s=6.0,
        prop_n=12.0,
    )
    return replace(plan, off_mats=(off_mat_on_rep(plan, len(reps) - 2, 28.0),))
