"""Raw counts of a session -> the centre of pressure's path of each repetition.

As the line weighs: counts to kilograms, spikes removed, centre of pressure. Toward the body's front
and toward the feet, from where it was just before the leg left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matfw.balance import Balances
from matfw.calibration import Calibration
from matfw.conditioning import Conditioning
from matfw.messages import Mat, RawFrame, Rep, Side

BEFORE_S = 0.6  # of rest before a repetition, that its path is measured from
AFTER_S = 0.3
STEP_S = 0.05  # between two points
SMOOTH = 3  # points to each side: the heart moves the weight too, 4 to 8 times a second


@dataclass(frozen=True, slots=True)
class Trace:
    """One repetition's path: points (front_mm, foot_mm), STEP_S apart."""

    points_mm: tuple[tuple[float, float], ...]


def traces(
    mat: Mat, frames: Iterable[RawFrame], origin_s: float, reps: Sequence[Rep]
) -> dict[int, Trace]:
    """Return the path of each repetition that the frames hold whole, by its number.

    origin_s: what the repetitions' times count from, on the frames' clock.
    """
    calibration, balances = Calibration(mat.calibration), Balances(mat.cells)
    conditioning = Conditioning(mat.cells, mat.rate_hz)
    points: list[tuple[float, float, float]] = []
    for frame in frames:
        balance = balances.update(conditioning.update(calibration.update(frame)))
        if balance.x_mm is not None and balance.y_mm is not None:
            t_s = balance.t_s - origin_s
            if not points or t_s - points[-1][0] >= STEP_S:
                points.append((t_s, balance.x_mm, balance.y_mm))
    found = {}
    for rep in reps:
        trace = _trace(points, rep)
        if trace is not None:
            found[rep.rep] = trace
    return found


def _trace(points: Sequence[tuple[float, float, float]], rep: Rep) -> Trace | None:
    first_s, last_s = rep.start_s - BEFORE_S, rep.end_s + AFTER_S
    inside = [point for point in points if first_s <= point[0] <= last_s]
    rest = [point for point in inside if point[0] <= rep.start_s]
    whole = (last_s - first_s) / STEP_S
    if not rest or len(inside) < 0.8 * whole:
        return None
    x_mm = sum(point[1] for point in rest) / len(rest)
    y_mm = sum(point[2] for point in rest) / len(rest)
    front = -1 if rep.side is Side.RIGHT else 1
    moved = [(front * (y - y_mm), x - x_mm) for _, x, y in inside]
    return Trace(tuple(_middle(moved[max(0, at - SMOOTH) : at + SMOOTH + 1])
                       for at in range(len(moved))))  # fmt: skip


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    number = len(points)
    return sum(point[0] for point in points) / number, sum(point[1] for point in points) / number
