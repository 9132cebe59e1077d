"""Second generator: the weight is handed from contact to contact through underdamped filters.

It knows no limbs. Each state says which contacts bear what share and how high the centre of mass
is. The centre follows a state's change through two second-order filters in series, which overshoot
as a falling and caught body does; the centre of pressure then follows from its acceleration
(x_cop = x - z x'' / (g + z'')), and the contacts share out what makes force and moments exact. A
limb that lands is a small mass of its own: it falls, stops within hundredths of a second and rings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.virtual.deck import Array
from tests.people.movements.contact import STEP_S, Movement, carry, grid_s, load_of, pull_n

REST_S = 0.3
PULL_N = 2.0
SLOWER, SLOWER_TRIES = 1.15, 16
SETTLED = 1e-6  # of a state's change: what is left of it after the last settles is cut off
PAD_M = 0.05  # half a contact's width and length: half a foot, a hand, a hip
LIMB_FALL_M = 0.012  # m: a landing limb falls from here
LANDING_MS = (25.0, 70.0)  # its stop takes this long; heel and hand, order of magnitude
RING_HZ, RING_TAU_S = (7.0, 14.0), 0.06


@dataclass(frozen=True, slots=True)
class Pad:
    """A contact: its place in m, its share of the load."""

    x_m: float
    y_m: float
    share: float
    on_mat: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """Which pads bear, how high the centre of mass is, and how long to get there and stay.

    quick_hz, damping: of the filters that lead here. lands_kg: of the limb that lands on the first
    pad when a third of the way is done; 0: none.
    """

    pads: tuple[Pad, ...]
    height_m: float
    quick_hz: float = 0.9
    damping: float = 0.75
    stay_s: float = 1.5
    lands_kg: float = 0.0

    def centre_m(self) -> tuple[float, float, float]:
        """Return the centre of mass at rest: over the centre of pressure."""
        whole = sum(pad.share for pad in self.pads)
        x = sum(pad.share * pad.x_m for pad in self.pads) / whole
        y = sum(pad.share * pad.y_m for pad in self.pads) / whole
        return x, y, self.height_m


def play(mass_kg: float, states: Sequence[State], rng: np.random.Generator) -> Movement:
    """Return what a mass puts on the mat that goes from state to state.

    A change for which some pad would have to pull is made more slowly and with less overshoot.
    Raises ValueError if that does not help.
    """
    seed, slower = int(rng.integers(1 << 32)), list(states)
    for _ in range(SLOWER_TRIES):
        movement = _played(mass_kg, slower, np.random.default_rng(seed))
        if pull_n(movement.force_n) <= PULL_N:
            on_mat = np.repeat([pad.on_mat for state in states for pad in state.pads], 4)
            force_n = np.maximum(movement.force_n[:, on_mat], 0.0)
            return Movement(movement.x_m[:, on_mat], movement.y_m[:, on_mat], force_n)
        slower = _slower(movement, slower)
    raise ValueError(f"these pads cannot carry the way between them: {pull_n(movement.force_n)} N")


def _slower(movement: Movement, states: Sequence[State]) -> list[State]:
    pulling_s = STEP_S * np.flatnonzero((movement.force_n < -PULL_N).any(axis=1))
    changed, at_s = [states[0]], REST_S
    for number, state in enumerate(states[1:], 1):
        until_s = at_s + state.stay_s if number + 1 < len(states) else math.inf
        # A landing shows a little before its state begins.
        if ((pulling_s >= at_s - REST_S) & (pulling_s < until_s)).any():
            slower = replace(
                state,
                quick_hz=state.quick_hz / SLOWER,
                damping=min(state.damping * 1.05, 0.95),
                stay_s=state.stay_s * SLOWER,
            )
            changed.append(slower)
        else:
            changed.append(state)
        at_s = until_s
    return changed


def centre_path_m(states: Sequence[State]) -> tuple[Array, Array]:
    """Return the centre of mass, (n, 3) in m, and how far each state bears, (n, states)."""
    begins = np.cumsum([REST_S, *(state.stay_s for state in states[1:-1])])
    last = states[-1]
    end_s = begins[-1] + max(last.stay_s, settle_s(last))
    t_s = grid_s(end_s + REST_S)
    way = [np.ones_like(t_s)]
    for state, at_s in zip(states[1:], begins, strict=True):
        way.append(_course(t_s - at_s, state.quick_hz, state.damping))
    # The filter's last crumbs would be a step of the force at the end: bring them to rest.
    fade = np.clip((t_s - t_s[-1] + REST_S) / REST_S, 0.0, 1.0)
    fade = fade**3 * (10.0 - 15.0 * fade + 6.0 * fade**2)
    way = [course + (1.0 - course) * fade for course in way]
    places = np.array([state.centre_m() for state in states])
    centre = np.tile(places[0], (len(t_s), 1))
    for number in range(1, len(states)):
        centre += way[number][:, None] * (places[number] - places[number - 1])
    bears = np.stack([np.clip(course, 0.0, 1.0) for course in [*way, np.zeros_like(t_s)]], axis=1)
    return centre, np.clip(bears[:, :-1] - bears[:, 1:], 0.0, 1.0)


def settle_s(state: State) -> float:
    """Return when the filters' envelope has come down to SETTLED."""
    return -math.log(SETTLED) / (2.0 * math.pi * state.quick_hz * state.damping)


def _course(t_s: Array, hertz: float, damping: float) -> Array:
    """Return the step response of two equal second-order filters in series."""
    omega = 2.0 * math.pi * hertz
    step = np.where(t_s >= 0.0, 1.0, 0.0)
    for _ in range(2):
        step = _second_order(step, omega, damping)
    return step


def _second_order(driven: Array, omega: float, damping: float) -> Array:
    # Impulse response sampled and normalised: its sum is 1, so that the way ends where it should.
    t_s = np.arange(len(driven)) * STEP_S
    turning = omega * math.sqrt(1.0 - damping**2)
    pulse = np.exp(-damping * omega * t_s) * np.sin(turning * t_s)
    length = 1 << (2 * len(driven)).bit_length()
    spectrum = np.fft.rfft(driven, length) * np.fft.rfft(pulse / pulse.sum(), length)
    result: Array = np.fft.irfft(spectrum, length)[: len(driven)]
    return result


def _played(mass_kg: float, states: Sequence[State], rng: np.random.Generator) -> Movement:
    centre, bears = centre_path_m(states)
    load = load_of(np.array([mass_kg]), centre[:, None, :], GRAVITY_M_S2)
    at_s = REST_S
    for state in states[1:]:
        if state.lands_kg > 0.0:
            landing_n = state.lands_kg * _landing(len(load), at_s + 0.35 / state.quick_hz, rng)
            pad = state.pads[0]
            load += landing_n[:, None] * np.array([1.0, pad.x_m, pad.y_m])
        at_s += state.stay_s
    corners = [
        (pad.x_m + PAD_M * side_x, pad.y_m + PAD_M * side_y, 0.25 * pad.share * bears[:, number])
        for number, state in enumerate(states)
        for pad in state.pads
        for side_x, side_y in ((1, 1), (1, -1), (-1, 1), (-1, -1))
    ]
    share = np.stack([corner[2] for corner in corners], axis=1)
    share = np.maximum(share, 0.0) / share.sum(axis=1, keepdims=True)
    x_m = np.tile(np.array([corner[0] for corner in corners]), (len(share), 1))
    y_m = np.tile(np.array([corner[1] for corner in corners]), (len(share), 1))
    return Movement(x_m, y_m, carry(x_m, y_m, share, load))


def _landing(count: int, at_s: float, rng: np.random.Generator) -> Array:
    """Return the force of one kilogram that falls some millimetres, stops and rings, over weight.

    Made of its path, so that what the fall takes off the mat the stop gives back.
    """
    t_s = np.arange(count) * STEP_S - at_s
    stop_s = 1e-3 * float(rng.uniform(*LANDING_MS))
    fall_s = math.sqrt(2.0 * LIMB_FALL_M / (0.4 * GRAVITY_M_S2))
    fallen = np.clip((t_s + fall_s) / fall_s, 0.0, 1.0)
    path = -LIMB_FALL_M * fallen**2
    after = np.maximum(t_s, 0.0)
    ring = np.sin(2.0 * math.pi * float(rng.uniform(*RING_HZ)) * after)
    path -= 0.1 * LIMB_FALL_M * ring * np.exp(-after / RING_TAU_S)
    width = max(3, round(stop_s / STEP_S) | 1)
    kernel = np.hanning(width + 2)[1:-1]
    rounded = np.convolve(np.pad(path, width, mode="edge"), kernel / kernel.sum(), mode="same")
    rounded = rounded[width:-width]
    result = np.zeros(count)
    result[1:-1] = (rounded[2:] - 2.0 * rounded[1:-1] + rounded[:-2]) / STEP_S**2
    return result
