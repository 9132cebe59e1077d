"""Who and what else comes to the mat: a visitor, an animal, a blanket, a bag.

Nobody lies there in these: only what is added to the one who does. A visitor is another body of the
segments' generator.
"""

from __future__ import annotations

import math

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body, random_person
from matfw.virtual.deck import Array
from tests.people.movements import poses
from tests.people.movements.contact import STEP_S, Movement, grid_s, smooth
from tests.people.movements.poses import shifted
from tests.people.movements.segments import Step, play
from tests.people.movements.transfer import Pad, State
from tests.people.movements.transfer import play as transfer

REST_S = 0.3
BLANKET_KG, BAG_KG, ANIMAL_KG = (0.5, 3.0), (1.0, 8.0), (3.0, 25.0)
BLANKET_FALL_M = 0.25  # it comes down from about here where it is thrown
BLANKET_POINTS = 8
Draw = np.random.Generator


def visitor_leans(_: Body, rng: Draw) -> Movement:
    """Somebody else leans on the mat with a hand for some seconds."""
    guest, edge = random_person(rng), 1.0 if rng.random() < 0.5 else -1.0
    at_x = float(rng.uniform(-0.35, 0.35))
    first = poses.standing(edge * poses.BESIDE_Y, at_x=at_x)
    steps = [
        Step(poses.leaning(edge, at_x), float(rng.uniform(0.8, 2.0)), float(rng.uniform(0.5, 6.0))),
        Step(first, float(rng.uniform(0.7, 1.8))),
    ]
    return play(guest, first, steps, rng)


def visitor_sits(_: Body, rng: Draw) -> Movement:
    """Somebody else sits down on the edge for some seconds and gets up again."""
    guest, edge = random_person(rng), 1.0 if rng.random() < 0.5 else -1.0
    # At 0.14 heights from the middle: where feet, head or belly leave room.
    at_x = float(rng.uniform(0.2, 0.4)) * (1.0 if rng.random() < 0.5 else -1.0)
    seat = shifted(poses.edge_sitting(edge), at_x, 0.0)
    first = poses.standing(edge * poses.BESIDE_Y, at_x=at_x)
    steps = [
        Step(
            seat, float(rng.uniform(0.8, 1.8)), float(rng.uniform(2.0, 8.0)),
            bounce_mm=float(rng.uniform(0.0, 8.0)), bounce_tau_s=0.2,
        ),
        Step(first, float(rng.uniform(0.8, 1.8))),
    ]  # fmt: skip
    return play(guest, first, steps, rng)


def animal_lies_down(_: Body, rng: Draw) -> Movement:
    """A cat or dog steps onto the mat, turns about, lies down, and leaves after a while or not."""
    mass_kg, tall = float(rng.uniform(*ANIMAL_KG)), float(rng.uniform(0.2, 0.4))
    x, side = float(rng.uniform(-0.6, 0.7)), 1.0 if rng.random() < 0.5 else -1.0
    outside = _paws(x, side * 0.5, False)
    states = [State(outside, tall)]
    for _turn in range(int(rng.integers(2, 5))):
        near = (x + float(rng.normal(0.0, 0.06)), side * float(rng.uniform(0.15, 0.25)))
        stay_s = float(rng.uniform(0.3, 0.9))
        states.append(State(_paws(*near, True), tall, 1.2, 0.7, stay_s, 0.04 * mass_kg))
    stay_s = float(rng.uniform(2.0, 6.0))
    states.append(State(_paws(*near, True), 0.3 * tall, 1.0, 0.5, stay_s, 0.1 * mass_kg))
    if rng.random() < 0.6:
        states += [State(_paws(*near, True), tall, 1.0, 0.7, 0.7), State(outside, tall, 0.9, 0.8)]
    return transfer(mass_kg, states, rng)


def blanket_comes(_: Body, rng: Draw) -> Movement:
    """A blanket is spread over the legs or over everything, point by point, and stays."""
    return _blanket(rng, goes=False)


def blanket_goes(_: Body, rng: Draw) -> Movement:
    """A blanket is spread and pulled off again after some seconds."""
    return _blanket(rng, goes=True)


def bag_put_down(_: Body, rng: Draw) -> Movement:
    """A bag is put down beside the person and stays, or is taken away again."""
    mass_kg = float(rng.uniform(*BAG_KG))
    x, y = float(rng.uniform(-0.7, 0.7)), 0.22 * (1.0 if rng.random() < 0.5 else -1.0)
    stay_s, set_s = float(rng.uniform(1.0, 5.0)), float(rng.uniform(0.12, 0.8))
    t_s = grid_s(2.0 * REST_S + 2.0 * set_s + stay_s + 0.5)
    there = smooth((t_s - REST_S) / set_s)
    if rng.random() < 0.5:
        there = there - smooth((t_s - REST_S - set_s - stay_s) / set_s)
    sag = np.exp(-np.maximum(t_s - REST_S - set_s, 0.0) / 0.12)
    swing = 0.25 * there * (t_s > REST_S + set_s) * sag
    force = there + swing * np.sin(2.0 * math.pi * 6.0 * (t_s - REST_S - set_s))
    force_n = mass_kg * GRAVITY_M_S2 * np.maximum(force, 0.0)
    return Movement(np.full((len(t_s), 1), x), np.full((len(t_s), 1), y), force_n[:, None])


def _blanket(rng: Draw, *, goes: bool) -> Movement:
    mass_kg = float(rng.uniform(*BLANKET_KG)) / BLANKET_POINTS
    from_x = float(rng.choice([-0.7, -0.2, 0.1]))
    x = np.linspace(from_x, 0.8, BLANKET_POINTS)
    y = rng.uniform(-0.25, 0.25, BLANKET_POINTS)
    stay_s, spread_s = float(rng.uniform(1.0, 5.0)), float(rng.uniform(0.5, 2.5))
    end_s = 2.0 * REST_S + 2.0 * (spread_s + 0.6) + stay_s
    t_s = grid_s(end_s)
    columns = []
    for number in rng.permutation(BLANKET_POINTS):
        at_s = REST_S + spread_s * number / BLANKET_POINTS
        width_s = float(rng.uniform(0.1, 0.5))
        column = smooth((t_s - at_s) / width_s)
        # What falls brings its momentum along: m sqrt(2 g h), within the time of landing.
        fallen = math.sqrt(2.0 * GRAVITY_M_S2 * float(rng.uniform(0.0, BLANKET_FALL_M)))
        column = column + fallen / GRAVITY_M_S2 * np.gradient(column, STEP_S)
        if goes:
            away_s = REST_S + spread_s + 0.6 + stay_s + spread_s * number / BLANKET_POINTS
            column = column - smooth((t_s - away_s) / 0.5)
        columns.append(mass_kg * GRAVITY_M_S2 * column)
    force_n: Array = np.maximum(np.stack(columns, axis=1), 0.0)
    return Movement(np.tile(x, (len(t_s), 1)), np.tile(y, (len(t_s), 1)), force_n)


def _paws(x: float, y: float, on_mat: bool) -> tuple[Pad, ...]:
    return tuple(Pad(x + dx, y + dy, 0.25, on_mat) for dx in (-0.12, 0.12) for dy in (-0.05, 0.05))
