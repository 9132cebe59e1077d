"""Fourth generator, held out and local: pieces of real recordings, scaled to a body's weight.

A real person steps onto a Wii board, stands, and steps off; where they stand the segments'
generator takes over and lies down. Unrest is what two people did to two plates while they stood,
laid upon a lying body. What a window cuts out of it is brought to leave neither impulse nor way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.body import Body
from matfw.virtual.deck import Array
from tests.importers import kistler, wii
from tests.people.movements import poses
from tests.people.movements.contact import STEP_S, Movement, carry, grid_s, smooth
from tests.people.movements.forms import Form, Purpose, Split
from tests.people.movements.segments import Step, play

STEPS_ON_S = (3.6, 12.0)  # of the board's recording: empty, on it, standing still
STEPS_OFF_S = (103.0, 107.0)  # standing still, off it, empty
RESTLESS_S = (60.0, 85.0)  # standing restlessly; before it he stands like a post
JOIN_S = 0.6
WHOLE_SHARE = 0.5  # of the weight: from here on somebody stands on it
PATCHES_X, PATCHES_Y = (-0.45, -0.45, -0.15, -0.15, 0.1, 0.1, 0.7, 0.7), (0.1, -0.1) * 4
Draw = np.random.Generator


def step_on(body: Body, rng: Draw) -> Movement:
    """Step onto the mat as the recorded person did, then squat, sit and lie down."""
    steps = [
        Step(poses.squatting(0.0), float(rng.uniform(0.9, 1.8)), float(rng.uniform(0.0, 0.6))),
        Step(poses.long_sitting(), float(rng.uniform(0.9, 1.6))),
        Step(poses.propped(), float(rng.uniform(0.8, 1.6))),
        Step(poses.side_lying(), float(rng.uniform(0.6, 1.4))),
    ]
    lying = play(body, poses.standing(0.0, 0.0), steps, rng)
    return _joined(_board(body, STEPS_ON_S), lying, is_first=True)


def step_off(body: Body, rng: Draw) -> Movement:
    """Get up to standing on the mat, and step off as the recorded person did."""
    steps = [
        Step(poses.propped(), float(rng.uniform(0.6, 1.4))),
        Step(poses.long_sitting(), float(rng.uniform(0.7, 1.4))),
        Step(poses.squatting(0.0), float(rng.uniform(0.9, 1.6))),
        Step(poses.standing(0.0, 0.0), float(rng.uniform(0.8, 1.6))),
    ]
    lying = play(body, poses.side_lying(), steps, rng)
    return _joined(lying, _board(body, STEPS_OFF_S), is_first=False)


def unrest(name: str, body: Body, rng: Draw) -> Movement:
    """Move while lying as somebody moved who stood on a plate: load and both moments."""
    changes = _unrest(name)
    span_s = float(rng.uniform(1.5, 7.0))
    length = round(span_s / STEP_S)
    first = int(rng.integers(0, len(changes) - length))
    piece = changes[first : first + length] * np.array([1.0, rng.uniform(0.5, 2.0), 0.7])
    load = np.zeros((length + 120, 3))
    load[60:-60] = _still_to_still(piece)
    weight_n = body.mass_kg * GRAVITY_M_S2
    x_m = np.tile(0.5 * body.height_m * np.array(PATCHES_X), (len(load), 1))
    y_m = np.tile(np.array(PATCHES_Y), (len(load), 1))
    at_rest = np.array([weight_n, 0.0, 0.0])
    share = np.full(x_m.shape, 1.0 / len(PATCHES_X))
    return Movement(x_m, y_m, np.maximum(carry(x_m, y_m, share, at_rest + weight_n * load), 0.0))


def _form(name: str, purpose: Purpose, make: Callable[[Body, Draw], Movement]) -> Form:
    return Form(name, purpose, "recorded", Split.HELD_OUT, make)


FORMS: tuple[Form, ...] = (
    _form("recorded step on", Purpose.ON, step_on),
    _form("recorded step off", Purpose.UP, step_off),
    _form("recorded unrest", Purpose.MOVE, partial(unrest, "wii")),
    _form("recorded bouncing", Purpose.MOVE, partial(unrest, "kistler_COP")),
    _form("recorded settling", Purpose.SETTLE, partial(unrest, "wii")),
)


@cache
def _loads(name: str) -> tuple[Array, Array, Array]:
    """Return times, the corners' shares of the weight, and where the corners are, in m."""
    if name == "wii":
        board = wii.load()
        frames, cells, loads = board.frames, board.mat.cells, board.loads_kg
    else:
        plate = kistler.load(name)
        frames, cells, loads = plate.frames, plate.mat.cells, plate.corners_n
    total = loads.sum(axis=1)
    weight = float(np.median(total[total > WHOLE_SHARE * total.max()]))
    places = 1e-3 * np.array([[cell.x_mm, cell.y_mm] for cell in cells])
    return np.array([frame.t_s - frames[0].t_s for frame in frames]), loads / weight, places


def _board(body: Body, between_s: tuple[float, float]) -> Movement:
    t_s, shares, places = _loads("wii")
    at_s = between_s[0] + grid_s(between_s[1] - between_s[0])
    loads = np.stack([np.interp(at_s, t_s, column) for column in shares.T], axis=1)
    force_n = np.maximum(loads, 0.0) * body.mass_kg * GRAVITY_M_S2
    x_m, y_m = (np.tile(places[:, axis], (len(at_s), 1)) for axis in (0, 1))
    return Movement(x_m, y_m, force_n)


def _joined(first: Movement, second: Movement, *, is_first: bool) -> Movement:
    """Return one after the other; over JOIN_S the load goes from contacts to contacts.

    The recorded one (is_first: the first) is moved to where the other stands, so that the load
    does not jump.
    """
    over = round(JOIN_S / STEP_S)
    if is_first:
        first = _moved_to(first, slice(-over, None), second, 0)
    else:
        second = _moved_to(second, slice(0, over), first, -1)
    fade = smooth(np.arange(over) / (over - 1.0))
    late, early = len(first.force_n) - over, len(second.force_n) - over
    parts = []
    for movement, before, after, edge, course in (
        (first, 0, early, slice(-over, None), 1.0 - fade),
        (second, late, 0, slice(0, over), fade),
    ):
        force_n = movement.force_n.copy()
        force_n[edge] *= course[:, None]
        pad = ((before, after), (0, 0))
        places = [np.pad(p, pad, mode="edge") for p in (movement.x_m, movement.y_m)]
        parts.append((*places, np.pad(force_n, pad)))
    x_m, y_m, force_n = (np.concatenate(both, axis=1) for both in zip(*parts, strict=True))
    return Movement(x_m, y_m, force_n)


def _moved_to(movement: Movement, rows: slice, other: Movement, row: int) -> Movement:
    """Return a movement elsewhere: its mean centre over these rows is the other's in its row."""
    shifted = []
    for places, there in ((movement.x_m, other.x_m), (movement.y_m, other.y_m)):
        aim = (other.force_n[row] * there[row]).sum() / other.force_n[row].sum()
        mean = (movement.force_n[rows] * places[rows]).sum() / movement.force_n[rows].sum()
        shifted.append(places + aim - mean)
    x_m, y_m = shifted
    return Movement(x_m, y_m, movement.force_n)


@cache
def _unrest(name: str) -> Array:
    """Return load and moments over weight about their middle, (n, 3), on the grid."""
    t_s, shares, places = _loads(name)
    first_s, last_s = RESTLESS_S if name == "wii" else (0.0, float(t_s[-1]))
    at_s = first_s + grid_s(last_s - first_s)
    loads = np.stack([np.interp(at_s, t_s, column) for column in shares.T], axis=1)
    sums = np.stack([loads.sum(axis=1), loads @ places[:, 0], loads @ places[:, 1]], axis=1)
    result: Array = sums - sums.mean(axis=0)
    return result


def _still_to_still(piece: Array) -> Array:
    """Return a piece led in and out, whose force leaves neither speed nor way behind."""
    share = np.linspace(0.0, 1.0, len(piece))
    window = smooth(np.minimum(share, 1.0 - share) / 0.25)
    held = piece * window[:, None]
    # Of the force take off window (a + b t) with which its sum and its first moment are nought.
    shapes = np.stack([window, window * share], axis=1)
    sums = np.stack([np.ones_like(share), share])
    held[:, 0] -= shapes @ np.linalg.solve(sums @ shapes, sums @ held[:, 0])
    return held
