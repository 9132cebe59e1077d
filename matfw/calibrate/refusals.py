"""Why a calibration is refused, in words that make sense to somebody with a weight in their hands.

Each refusal names the cells, what was seen, the limit and what to do. Nothing has changed when one
is given: the same step can be tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from matfw.calibrate.guide import Place, cited
from matfw.calibrate.stillness import NotStill
from matfw.messages import Cell

END_MM = 400.0  # from the deck's middle: nearer, its place is given in centimetres
MIDDLE_MM = 50.0


class Reason(StrEnum):
    """What a refusal is about, for programs."""

    LOST = "lost"
    LATE = "late"  # the computer
    SATURATED = "saturated"
    NOISY = "noisy"
    SOMEONE = "someone_on_the_mat"
    MOVED = "moved"
    TARE_FAR = "tare_far"
    NO_CHANGE = "no_change"
    NO_REACTION = "no_reaction"
    REVERSED = "reversed"
    SWAPPED = "swapped"
    UNLIKELY = "unlikely"  # a gain that no load cell has
    ALIKE = "alike"  # the placements
    NOT_BACK = "not_back"  # to zero, when the weight is off again
    CHECK_TOTAL = "check_total"
    CHECK_PLACE = "check_place"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step was refused. can_insist: the answer `anyway` accepts it."""

    reason: Reason
    text: str
    cells: tuple[str, ...] = ()
    can_force: bool = False


def where_words(cell: Cell) -> str:
    """Return where a cell is, for somebody who stands beside the mat: "head end, left edge"."""
    toward = "head" if cell.x_mm < 0.0 else "foot"
    if abs(cell.x_mm) > END_MM:
        end = f"{toward} end"
    else:
        end = f"{abs(cell.x_mm) / 10:.0f} cm from the middle to the {toward}"
    if abs(cell.x_mm) < MIDDLE_MM:
        end = "halfway along"
    edge = "left edge" if cell.y_mm > 100.0 else "right edge" if cell.y_mm < -100.0 else "middle"
    return f"{end}, {edge}"


def restless_refusal(
    cells: Sequence[Cell], movement: NotStill, *, is_empty: bool, has_weight: bool
) -> Refusal:
    """Return the refusal for a mat that could not be measured.

    is_empty: it ought to be empty. has_weight: the calibration goes by a known weight.
    """
    if movement.lost:
        names = _names(cells, movement.lost)
        return Refusal(
            Reason.LOST,
            f"{_list(names)} {_verb(names, 'gives', 'give')} nothing, so nothing can be measured:"
            f" run diagnose, and see to the wires of {_list(names)} ({cited(Place.DATA)}).",
            names,
        )
    if movement.late:
        return Refusal(
            Reason.LATE,
            "The computer is too busy to read the cells in time, so nothing can be measured; no"
            " wire is at fault. End other programs, and try again: doctor says whether matfw has"
            " real-time priority.",
        )
    if movement.saturated:
        names = _names(cells, movement.saturated)
        return Refusal(
            Reason.SATURATED,
            f"{_list(names)} {_verb(names, 'reads', 'read')} the end of the range:"
            f" A+ or A- is open there, or the bridge is wired wrongly ({cited(Place.BRIDGE)}).",
            names,
        )
    if movement.noisy:
        names = _names(cells, movement.noisy)
        return Refusal(
            Reason.NOISY,
            f"{_list(names)} {_verb(names, 'is', 'are')} too noisy:"
            f" {1000 * movement.noise_kg:.0f} g"
            " a sample. Keep phones and chargers away, and see to shield and ground"
            f" ({cited(Place.CABLES)}).{' A heavier weight helps too.' if has_weight else ''}",
            names,
        )
    names = _names(cells, movement.moving)
    if is_empty:
        return Refusal(
            Reason.SOMEONE,
            f"The mat does not lie still: {_list(names)} {_verb(names, 'moves', 'move')} by"
            f" {_grams(movement.moved_kg)}. Somebody is on it or touches it, or it stands unevenly."
            " Step away from it, and try again.",
            names,
        )
    return Refusal(
        Reason.MOVED,
        f"The weight moved while it was measured: {_list(names)} changed by"
        f" {_grams(movement.moved_kg)}. Lay it down so that it cannot roll, take your hands off it,"
        " and try again.",
        names,
    )


def _names(cells: Sequence[Cell], indices: Sequence[int]) -> tuple[str, ...]:
    return tuple(cells[index].name for index in indices)


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _verb(names: Sequence[str], one: str, many: str) -> str:
    return one if len(names) == 1 else many


def _grams(kilograms: float) -> str:
    return f"{1000 * kilograms:.0f} g" if kilograms < 1.0 else f"{kilograms:.1f} kg"
