"""Commands to the beam's muscles, and things that come beside it: the fifth generator's forms.

Things are another mass with a contact of its own, dropped, or lowered and lifted by a hand outside
the mat.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body
from matfw.virtual.deck import Array
from tests.accuracy.beam import SUBSTEPS, Commands, lying
from tests.people.movements.contact import STEP_S, Movement, grid_s, smooth
from tests.people.movements.forms import Form, Purpose, Split

REST_S = 0.4  # before anything is commanded
SETTLES_S = 1.6  # after it: the flesh has stopped swinging
THING_SINKS_M, THING_DAMPING_S_M = 0.004, 1.0  # into what it lies on; Hunt and Crossley's, as there
Draw = np.random.Generator


def squirm(body: Body, rng: Draw) -> Movement:
    """Bend and twist about for a second or four, some muscles after others."""
    span_s = float(rng.uniform(0.8, 4.0))
    t_s = grid_s(REST_S + span_s + SETTLES_S)
    size_m, size_rad = float(rng.uniform(0.004, 0.03)), float(rng.uniform(0.05, 0.5))
    commands = _none(t_s)
    for series, size in ((commands.curve_m, size_m), (commands.twist_rad, size_rad)):
        for joint in range(series.shape[1]):
            begins, ends = sorted(REST_S + span_s * rng.uniform(0.0, 1.0, 2))
            rises_s = float(rng.uniform(0.15, 0.8))
            held = smooth((t_s - begins) / rises_s) * (1.0 - smooth((t_s - ends) / rises_s))
            series[:, joint] += size * float(rng.normal()) * held
    return lying(body, commands)


def raise_head(body: Body, rng: Draw) -> Movement:
    """Raise head and shoulders, look for a while, lie down again or let go."""
    return _arch(body, rng, slice(0, 2))


def raise_feet(body: Body, rng: Draw) -> Movement:
    """Draw both legs up from the mat together, hold them, lay them down or let them fall."""
    return _arch(body, rng, slice(2, 4))


def push_with_hand(body: Body, rng: Draw) -> Movement:
    """Push on the mat or the floor before the chest, hold it, ease off slowly or at once."""
    up_s, off_s = float(rng.uniform(0.2, 1.2)), float(rng.uniform(0.15, 2.0))
    held_s = float(rng.uniform(0.2, 4.0))
    t_s = grid_s(REST_S + up_s + held_s + off_s + SETTLES_S)
    commands = _none(t_s)
    commands.is_on_mat = bool(rng.random() < 0.5)
    commands.hand_m = float(rng.uniform(0.12, 0.28) if commands.is_on_mat else 0.42)
    course = smooth((t_s - REST_S) / up_s) - smooth((t_s - REST_S - up_s - held_s) / off_s)
    commands.push_n += float(rng.uniform(4.0, 50.0)) * course
    return lying(body, commands)


def drop_thing(body: Body, rng: Draw) -> Movement:
    """Somebody drops a thing beside the person, and it stays."""
    return _thing(rng, is_dropped=True, is_taken=False)


def lay_thing(body: Body, rng: Draw) -> Movement:
    """Somebody lays a thing down beside the person, and takes it away again or not."""
    return _thing(rng, is_dropped=False, is_taken=bool(rng.random() < 0.6))


def _form(
    name: str, purpose: Purpose, make: Callable[[Body, Draw], Movement], returns: bool = True
) -> Form:
    return Form(name, purpose, "beam", Split.HELD_OUT, make, returns=returns)


FORMS: tuple[Form, ...] = (
    _form("beam squirm", Purpose.SETTLE, squirm),
    _form("beam raise_head", Purpose.MOVE, raise_head),
    _form("beam raise_feet", Purpose.MOVE, raise_feet),
    _form("beam push_with_hand", Purpose.MOVE, push_with_hand),
    _form("beam drop_thing", Purpose.THING, drop_thing),
    _form("beam lay_thing", Purpose.THING, lay_thing),
)


def _none(t_s: Array) -> Commands:
    return Commands(np.zeros((len(t_s), 4)), np.zeros((len(t_s), 5)), np.zeros(len(t_s)))


def _arch(body: Body, rng: Draw, joints: slice) -> Movement:
    up_s, down_s = float(rng.uniform(0.4, 1.5)), float(rng.uniform(0.1, 1.5))
    held_s = float(rng.uniform(0.2, 4.0))
    t_s = grid_s(REST_S + up_s + held_s + down_s + SETTLES_S)
    commands = _none(t_s)
    course = smooth((t_s - REST_S) / up_s) - smooth((t_s - REST_S - up_s - held_s) / down_s)
    commands.curve_m[:, joints] -= float(rng.uniform(0.03, 0.15)) * course[:, None]
    twist = float(rng.normal(0.0, 0.1)) * course
    commands.twist_rad[:, joints] += twist[:, None]
    return lying(body, commands)


def _thing(rng: Draw, *, is_dropped: bool, is_taken: bool) -> Movement:
    """Return the contact force of a mass that a hand holds less and less, and then more again."""
    mass_kg = float(np.exp(rng.uniform(math.log(0.3), math.log(8.0))))
    lay_s = 0.02 if is_dropped else float(rng.uniform(0.15, 1.2))
    stay_s, take_s = float(rng.uniform(1.0, 5.0)), float(rng.uniform(0.2, 1.2))
    t_s = grid_s(REST_S + lay_s + stay_s + take_s + SETTLES_S)
    held = 1.0 - smooth((t_s - REST_S) / lay_s)
    if is_taken:
        held = held + smooth((t_s - REST_S - lay_s - stay_s) / take_s)
    depth_m, sink_mps = -float(rng.uniform(0.0, 0.15)) if is_dropped else 0.0, 0.0
    stiff = mass_kg * GRAVITY_M_S2 / THING_SINKS_M**1.5
    force_n = np.zeros(len(t_s))
    for row in range(len(t_s)):
        for _ in range(SUBSTEPS):
            pressed_n = (
                stiff * max(depth_m, 0.0) ** 1.5 * max(1.0 + THING_DAMPING_S_M * sink_mps, 0.0)
            )
            sink_mps += STEP_S / SUBSTEPS * (GRAVITY_M_S2 * (1.0 - held[row]) - pressed_n / mass_kg)
            depth_m += STEP_S / SUBSTEPS * sink_mps
            if held[row] >= 1.0:  # in the hand it stands still
                sink_mps = 0.0
        force_n[row] = pressed_n
    x = float(rng.uniform(-0.7, 0.7))
    y = float(rng.uniform(0.15, 0.28)) * (1.0 if rng.random() < 0.5 else -1.0)
    return Movement(np.full((len(t_s), 1), x), np.full((len(t_s), 1), y), force_n[:, None])
