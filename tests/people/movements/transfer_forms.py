"""Forms of the contact transfer: which contacts bear one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matfw.virtual.body import Body
from tests.people.movements.contact import Movement
from tests.people.movements.transfer import Pad, State, play

Draw = np.random.Generator
Rows = Sequence[tuple[float, float, float]]  # x, y in heights; share
LYING: Rows = (
    *((-0.42, 0.0, 0.08), (-0.30, 0.045, 0.15), (-0.30, -0.045, 0.15), (-0.17, 0.0, 0.13)),
    *((-0.015, 0.045, 0.165), (-0.015, -0.045, 0.165), (0.13, 0.0, 0.07), (0.48, 0.0, 0.06)),
)
HANDS_KNEES: Rows = (
    *((-0.30, 0.10, 0.25), (-0.30, -0.10, 0.25)),
    *((0.02, 0.09, 0.25), (0.02, -0.09, 0.25), (0.2, 0.09, 0.0), (0.2, -0.09, 0.0)),
)
FOOT_END = 0.52  # heights from the hip line: the mat ends there
FAR = 0.9  # all fours, before the mat's foot end
HEIGHT = {"lying": 0.09, "sitting": 0.20, "fours": 0.26, "kneeling": 0.38, "standing": 0.56}


def crawl_on(body: Body, rng: Draw) -> Movement:
    """Come onto the mat on all fours from its foot end, hand after knee, then sink to the side."""
    steps = int(rng.integers(3, 6))
    states = [_state(body, rng, _at(HANDS_KNEES, FAR, 0.0), "fours")]
    for number in range(1, steps + 1):
        ahead = FAR * (1.0 - number / steps)
        lifted = number % 4  # this limb is in the air or just landing
        rows = [
            (x, y, 0.3 * share if index == lifted else share)
            for index, (x, y, share) in enumerate(_at(HANDS_KNEES, ahead, 0.0))
        ]
        states.append(_state(body, rng, rows, "fours", lands=1.0, quick=(0.9, 1.6)))
    states.append(_state(body, rng, LYING, "lying", quick=(0.5, 1.0)))
    return play(body.mass_kg, states, rng)


def sit_and_swing_in(body: Body, rng: Draw) -> Movement:
    """Sit down so that the load swings, bring the legs in, go down on hand and shoulder."""
    edge = 1.0 if rng.random() < 0.5 else -1.0
    feet = [(-0.06, edge * 0.38, 0.5), (0.06, edge * 0.38, 0.5)]
    seat = [(0.0, edge * 0.12, 0.7), (0.08, edge * 0.14, 0.1), *((x, y, 0.1) for x, y, _ in feet)]
    turned = [(-0.02, edge * 0.05, 0.6), (-0.18, edge * 0.10, 0.2), (0.25, 0.0, 0.2)]
    states = [
        _state(body, rng, feet, "standing"),
        _state(body, rng, seat, "sitting", quick=(0.7, 1.1), damping=(0.35, 0.7)),
        _state(body, rng, turned, "sitting", lands=2.0),
        _state(body, rng, LYING, "lying", damping=(0.4, 0.8)),
    ]
    return play(body.mass_kg, states, rng)


def step_and_kneel(body: Body, rng: Draw) -> Movement:
    """Step on with one foot, kneel with the other leg, both knees, hands, side."""
    edge = 1.0 if rng.random() < 0.5 else -1.0
    floor = [(0.0, edge * 0.40, 0.5), (0.10, edge * 0.40, 0.5)]
    lunge = [(0.10, edge * 0.02, 0.5), (0.20, edge * 0.40, 0.5)]
    half = [(-0.10, 0.05, 0.5), (0.10, -0.05, 0.4), (0.25, -0.05, 0.1)]
    states = [
        _state(body, rng, floor, "standing"),
        _state(body, rng, lunge, "standing", lands=3.0),
        _state(body, rng, half, "kneeling", lands=3.0),
        _state(body, rng, HANDS_KNEES, "fours", lands=1.5, stay=(0.6, 3.0)),
        _state(body, rng, LYING, "lying"),
    ]
    return play(body.mass_kg, states, rng)


def drop_down(body: Body, rng: Draw) -> Movement:
    """Let oneself down fast onto the hip and over, the load swinging widely."""
    edge = 1.0 if rng.random() < 0.5 else -1.0
    feet = [(-0.06, edge * 0.36, 0.5), (0.06, edge * 0.36, 0.5)]
    hip = [(0.0, edge * 0.06, 0.65), (0.05, edge * 0.10, 0.2), (-0.22, edge * 0.06, 0.15)]
    states = [
        _state(body, rng, feet, "standing"),
        _state(body, rng, hip, "sitting", quick=(0.9, 1.4), damping=(0.3, 0.5), lands=4.0),
        _state(body, rng, LYING, "lying", quick=(0.9, 1.4), damping=(0.3, 0.6), lands=3.0),
    ]
    return play(body.mass_kg, states, rng)


def up_over_hands(body: Body, rng: Draw) -> Movement:
    """Push up on the hands to all fours, kneel, step off."""
    edge = 1.0 if rng.random() < 0.5 else -1.0
    knees = [(-0.05, 0.07, 0.3), (-0.05, -0.07, 0.3), (0.2, 0.07, 0.2), (0.2, -0.07, 0.2)]
    floor = [(0.0, edge * 0.40, 0.5), (0.10, edge * 0.40, 0.5)]
    states = [
        _state(body, rng, LYING, "lying"),
        _state(body, rng, HANDS_KNEES, "fours", lands=1.0),
        _state(body, rng, knees, "kneeling"),
        _state(body, rng, floor, "standing", lands=3.0),
    ]
    return play(body.mass_kg, states, rng)


def up_in_one_swing(body: Body, rng: Draw) -> Movement:
    """Swing up to sitting and on to the feet without a stop."""
    edge = 1.0 if rng.random() < 0.5 else -1.0
    seat = [(0.0, edge * 0.10, 0.8), (0.0, edge * 0.36, 0.2)]
    feet = [(-0.06, edge * 0.36, 0.5), (0.06, edge * 0.36, 0.5)]
    states = [
        _state(body, rng, LYING, "lying"),
        _state(body, rng, seat, "sitting", quick=(0.8, 1.3), stay=(0.5, 0.9)),
        _state(body, rng, feet, "standing", quick=(0.7, 1.1)),
    ]
    return play(body.mass_kg, states, rng)


def hips_hop(body: Body, rng: Draw) -> Movement:
    """Hop with the hips some centimetres aside: the load dips and knocks."""
    dx, dy = (float(rng.uniform(-0.02, 0.02)) for _ in "xy")
    hopped = [(x, y + (dy if abs(x) < 0.15 else 0.0), share) for x, y, share in _at(LYING, dx, 0.0)]
    light = [(x, y, 0.5 * share if abs(x) < 0.1 else share) for x, y, share in LYING]
    states = [
        _state(body, rng, LYING, "lying"),
        _state(body, rng, light, "lying", rise=0.008, quick=(1.2, 2.2), stay=(0.3, 0.6)),
        _state(body, rng, hopped, "lying", quick=(1.2, 2.2), damping=(0.4, 0.7), lands=1.0),
    ]
    return play(body.mass_kg, states, rng)


def shoulder_rock(body: Body, rng: Draw) -> Movement:
    """Rock from hip to shoulder and back to come to lie better."""
    head = [(x, y, share * (1.25 if x < -0.2 else 0.9)) for x, y, share in LYING]
    states = [
        _state(body, rng, LYING, "lying"),
        _state(body, rng, head, "lying", rise=0.004, stay=(0.4, 1.2)),
        _state(body, rng, _at(LYING, float(rng.normal(0.0, 0.008)), 0.0), "lying"),
    ]
    return play(body.mass_kg, states, rng)


def heave_round(body: Body, rng: Draw) -> Movement:
    """Heave oneself round to the other side over knees and shoulder, and stay or come back."""
    mid = [(-0.32, 0.08, 0.4), (0.0, 0.07, 0.3), (0.1, -0.06, 0.3)]
    over = _at(LYING, 0.01, -0.02)
    states = [
        _state(body, rng, LYING, "lying"),
        _state(body, rng, mid, "lying", rise=0.05, stay=(0.5, 1.2)),
        _state(body, rng, over, "lying", damping=(0.4, 0.7), stay=(1.5, 5.0)),
    ]
    if rng.random() < 0.5:
        states += [
            _state(body, rng, mid, "lying", rise=0.05, stay=(0.5, 1.2)),
            _state(body, rng, LYING, "lying", damping=(0.4, 0.7)),
        ]
    return play(body.mass_kg, states, rng)


def prop_and_look(body: Body, rng: Draw) -> Movement:
    """Come up on elbow or hand, look around for some seconds, sink back."""
    elbow = [(-0.30, 0.05, 0.3), (-0.12, 0.02, 0.15), (0.0, 0.05, 0.2), (0.0, -0.05, 0.2)]
    rows = [*elbow, (0.45, 0.0, 0.15)]
    states = [
        _state(body, rng, LYING, "lying"),
        _state(body, rng, rows, "lying", rise=0.06, stay=(1.0, 5.0)),
        _state(body, rng, LYING, "lying", damping=(0.4, 0.8), lands=1.5),
    ]
    return play(body.mass_kg, states, rng)


def walking_animal(_: Body, rng: Draw) -> Movement:
    """Let a cat or dog of 3-20 kg walk over the mat on four paws."""
    mass_kg, height = float(rng.uniform(3.0, 20.0)), float(rng.uniform(0.2, 0.4))
    side = 1.0 if rng.random() < 0.5 else -1.0
    x0 = float(rng.uniform(-0.6, 0.6))
    steps = int(rng.integers(5, 9))
    states = []
    for number in range(steps + 1):
        along = side * (0.45 - 0.9 * number / steps)
        paws = [(x0 + 0.05, along + 0.12), (x0 - 0.05, along - 0.12), (x0, along)]
        pads = tuple(
            Pad(x, y, 0.2 if index == number % 2 else 0.4, abs(y) < 0.31)
            for index, (x, y) in enumerate(paws)
        )
        quick = float(rng.uniform(0.8, 1.6))
        stay_s = float(rng.uniform(0.2, 0.6))
        states.append(State(pads, height, quick, 0.7, stay_s, 0.03 * mass_kg if number else 0.0))
    return play(mass_kg, states, rng)


def _state(
    body: Body,
    rng: Draw,
    rows: Rows,
    height: str,
    *,
    rise: float = 0.0,
    quick: tuple[float, float] = (0.6, 1.3),
    damping: tuple[float, float] = (0.55, 0.9),
    stay: tuple[float, float] = (0.9, 2.2),
    lands: float = 0.0,
) -> State:
    tall = body.height_m
    pads = tuple(
        Pad(tall * x, tall * y, share, abs(y) < 0.2 and x < FOOT_END) for x, y, share in rows
    )
    return State(
        pads,
        tall * (HEIGHT[height] + rise),
        quick_hz=float(rng.uniform(*quick)),
        damping=float(rng.uniform(*damping)),
        stay_s=float(rng.uniform(*stay)),
        lands_kg=lands * float(rng.uniform(0.5, 1.5)),
    )


def _at(rows: Rows, dx: float, dy: float) -> list[tuple[float, float, float]]:
    return [(x + dx, y + dy, share) for x, y, share in rows]
