"""Sixth generator, for tuning: what loads the mat much as one leg raised does, and is none.

Things laid and dropped, both legs or both feet raised, a leg that slides forward, hands that press
on the mat or on the floor beside it, head and arm. Lumps go where a drawn course puts them, and the
mat bears what d'Alembert says; what is dropped falls on a damped spring. Only what changes is
played: `scene` adds it to who lies there. The beam's forms are likewise, and not made from these.
"""

from __future__ import annotations

import math

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body
from matfw.virtual.deck import Array
from tests.accuracy.alike_courses import (
    AFTER_S,
    REST_S,
    Draw,
    acceleration,
    at_one_place,
    carried,
    drawn_course,
    drawn_place,
    drawn_times_s,
    landing_n,
    log_uniform,
    turned,
    unsteady,
    way,
)
from tests.people.movements.contact import STEP_S, Movement, grid_s, load_of, smooth
from tests.people.movements.forms import Form, Purpose, Split

FEET_M, TRUNK_M = 0.75, -0.5  # contacts that carry moments, from the hip's
LEG_KG, LEG_M = np.array([0.1, 0.043, 0.018]), np.array([0.1, 0.36, 0.48])  # of weight, of height
SHANK_KG, SHANK_M, THIGH_M = np.array([0.045, 0.015]), np.array([0.11, 0.26]), 0.24
ARM_KG, RESTING_RAD = 0.05, math.radians(3.0)


def dropped(_: Body, rng: Draw) -> Movement:
    """Something falls onto the mat, bounces, and stays or is picked up."""
    mass_kg, fall_m = log_uniform(rng, 0.1, 4.0), float(rng.uniform(0.0, 0.3))
    x_m, y_m = drawn_place(rng)
    stay_s = float(rng.uniform(1.0, 6.0))
    hz, damping = float(rng.uniform(3.0, 14.0)), float(rng.uniform(0.1, 0.6))
    falls_n = landing_n(mass_kg, fall_m, hz, damping, round((stay_s + 1.5) / STEP_S))
    force_n = np.concatenate([np.zeros(round(REST_S / STEP_S)), falls_n])
    if rng.random() < 0.35:
        since_s = grid_s(STEP_S * (len(force_n) - 1)) - REST_S - stay_s
        force_n = force_n * (1.0 - smooth(since_s / float(rng.uniform(0.15, 0.7))))
    force_n[-1] = force_n[-20:].mean()
    return at_one_place(force_n, x_m, y_m)


def laid(_: Body, rng: Draw) -> Movement:
    """Somebody lays something on the mat, perhaps leaning on it, and leaves it or takes it."""
    mass_kg = log_uniform(rng, 0.1, 5.0)
    x_m, y_m = drawn_place(rng)
    way_s, stay_s = float(rng.uniform(0.15, 2.0)), float(rng.uniform(0.8, 6.0))
    early = float(rng.normal(0.0, 0.4))
    t_s = grid_s(2.0 * REST_S + 2.0 * way_s + stay_s + 1.0)
    there = way((t_s - REST_S) / way_s, early)
    if rng.random() < 0.4:
        there = there - way((t_s - REST_S - way_s - stay_s) / way_s, -early)
    lean_n = float(rng.uniform(0.0, 25.0)) if rng.random() < 0.5 else 0.0
    lean_s = 0.5 * way_s + float(rng.uniform(0.1, 0.6))
    leaning = np.sin(math.pi * np.clip((t_s - REST_S - 0.5 * way_s) / lean_s, 0.0, 1.0)) ** 2
    return at_one_place(mass_kg * GRAVITY_M_S2 * there + lean_n * leaning, x_m, y_m)


def both_legs(body: Body, rng: Draw) -> Movement:
    """Both legs are raised, one somewhat after the other; a hand may press meanwhile."""
    top_rad = math.radians(float(rng.uniform(3.0, 30.0)))
    course = drawn_course(rng, (0.35, 2.0), 4.0, (0.35, 1.6))
    lag = round(float(rng.uniform(0.0, 0.25)) / STEP_S)
    load = np.zeros((len(course), 2))
    for rows in (0, lag):
        angle = top_rad * float(rng.uniform(0.7, 1.1)) * np.roll(course, rows)
        angle[:rows] = 0.0
        load += turned(LEG_KG * body.mass_kg, LEG_M * body.height_m, angle - RESTING_RAD, 0.0)
    press_n = float(rng.uniform(0.0, 15.0)) if rng.random() < 0.4 else 0.0
    return carried(load + press_n * course[:, None] * np.array([1.0, -0.35]), FEET_M)


def both_feet(body: Body, rng: Draw) -> Movement:
    """The feet are raised, or one is, and the knees stay where they are."""
    top_rad = math.radians(float(rng.uniform(5.0, 60.0)))
    course = drawn_course(rng, (0.3, 1.5), 3.0, (0.3, 1.3))
    knee_m = THIGH_M * body.height_m * math.cos(float(rng.uniform(0.0, 0.9)))
    count = 2 if rng.random() < 0.7 else 1
    kilograms, distance_m = count * SHANK_KG * body.mass_kg, SHANK_M * body.height_m
    return carried(turned(kilograms, distance_m, top_rad * course, knee_m), FEET_M)


def leg_forward(body: Body, rng: Draw) -> Movement:
    """The upper leg slides forward over the lower one, hardly lifted, and back."""
    top_rad = math.radians(float(rng.uniform(10.0, 60.0)))
    course = drawn_course(rng, (0.4, 1.6), 4.0, (0.4, 1.6))
    lift_m = float(rng.uniform(0.0, 0.06)) * np.sin(math.pi * np.clip(course, 0.0, 1.0))
    distance_m = LEG_M * body.height_m
    place = np.zeros((len(course), len(LEG_KG), 3))
    place[:, :, 0] = np.cos(top_rad * course)[:, None] * distance_m
    place[:, :, 1] = np.sin(top_rad * course)[:, None] * distance_m
    place[:, :, 2] = 0.2 + lift_m[:, None] * distance_m / 0.5
    return carried(load_of(LEG_KG * body.mass_kg, place, GRAVITY_M_S2), FEET_M)


def floor_push(_: Body, rng: Draw) -> Movement:
    """A hand on the floor beside the mat takes load off it, or pulls at its edge."""
    ways_s = (0.15, 1.2), 3.5, (0.15, 1.0)
    up_s, hold_s, down_s = drawn_times_s(rng, *ways_s)
    t_s = grid_s(REST_S + up_s + hold_s + down_s + AFTER_S)
    force_n = log_uniform(rng, 3.0, 60.0) * (-1.0 if rng.random() < 0.75 else 1.0)
    force = force_n * unsteady(rng, t_s, (up_s, hold_s, down_s))
    return at_one_place(force, float(rng.uniform(-0.6, 0.1)), float(rng.uniform(-0.3, 0.35)))


def mat_push(body: Body, rng: Draw) -> Movement:
    """A hand on the mat takes over what shoulder and hip bore, and lifts the trunk a little."""
    times_s = drawn_times_s(rng, (0.2, 1.2), 3.5, (0.2, 1.0))
    t_s = grid_s(REST_S + sum(times_s) + AFTER_S)
    course = unsteady(rng, t_s, times_s)
    push_n = float(rng.uniform(5.0, 120.0)) * course
    rise_mps2 = acceleration(float(rng.uniform(0.0, 0.04)) * course, 21)
    risen_kg = body.mass_kg * float(rng.uniform(0.1, 0.45))
    shoulder_m = float(rng.uniform(-0.5, -0.3))
    x_m = np.array([float(rng.uniform(-0.45, 0.0)), shoulder_m, 0.0])
    y_m = np.array([float(rng.uniform(0.15, 0.35)), -0.02, 0.0])
    share = float(rng.uniform(0.3, 1.0))  # of the push that the shoulder is relieved of
    shoulder_n = risen_kg * rise_mps2 - share * push_n
    force_n = np.stack([push_n, shoulder_n, (share - 1.0) * push_n], axis=1)
    return Movement(np.tile(x_m, (len(t_s), 1)), np.tile(y_m, (len(t_s), 1)), force_n)


def head_up(body: Body, rng: Draw) -> Movement:
    """Head, or an arm, goes up and elsewhere, borne by the trunk, and back."""
    mass_kg = body.mass_kg * float(rng.uniform(0.03, 0.12))
    course = drawn_course(rng, (0.3, 1.2), 4.0, (0.3, 1.2))
    place = np.zeros((len(course), 1, 3))
    place[:, 0, 0] = float(rng.uniform(-0.6, -0.25))
    place[:, 0, 2] = 0.15 + course * float(rng.uniform(0.05, 0.45))
    place[:, 0, 0] += course * float(rng.uniform(-0.1, 0.25))
    place[:, 0, 1] = course * float(rng.uniform(-0.2, 0.35))
    return carried(load_of(np.array([mass_kg]), place, GRAVITY_M_S2), TRUNK_M)


def takes_thing(body: Body, rng: Draw) -> Movement:
    """The own arm reaches out, picks something up beside the mat and brings it there."""
    thing_kg = log_uniform(rng, 0.1, 3.0)
    out_s, there_s, back_s = (
        float(rng.uniform(*of)) for of in ((0.4, 1.2), (0.3, 1.2), (0.4, 1.2))
    )
    t_s = grid_s(REST_S + out_s + there_s + back_s + 1.3)
    out, back = (t_s - REST_S) / out_s, (t_s - REST_S - out_s - there_s) / back_s
    reach = smooth(out) - smooth(back)
    mass_kg = ARM_KG * body.mass_kg + thing_kg * smooth((t_s - REST_S - out_s) / 0.2)
    height_m = 0.1 + 0.2 * _arc(out) + 0.15 * _arc(back)
    force_n = mass_kg * (GRAVITY_M_S2 + acceleration(height_m, 15))
    x_m = -0.35 + reach * float(rng.uniform(-0.3, 0.3))
    y_m = 0.1 + reach * float(rng.uniform(0.1, 0.5))
    return carried(np.stack([force_n, force_n * x_m, force_n * y_m], axis=1), TRUNK_M)


def _arc(way: Array) -> Array:
    """Return a way's height over a straight one, 1 in its middle."""
    return np.asarray(np.sin(math.pi * np.clip(way, 0.0, 1.0)) ** 2)


THINGS = (dropped, laid)
FORMS: tuple[Form, ...] = tuple(
    Form(
        f"alike {make.__name__}",
        Purpose.THING if make in THINGS else Purpose.MOVE,
        "alike",
        Split.TUNING,
        make,
    )
    for make in (
        *THINGS, both_legs, both_feet, leg_forward, floor_push, mat_push, head_up, takes_thing
    )
)  # fmt: skip
