"""What must hold for a measurement to be taken; each check returns a refusal or None."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import hypot

from matfw.calibrate.guide import Place, cited
from matfw.calibrate.refusals import Reason, Refusal, where_words
from matfw.calibrate.solve import Fit
from matfw.calibrate.stillness import Measured
from matfw.messages import Cell, CellCalibration

PERSON_KG = 15.0  # more on the "empty" mat than at the last tare: somebody, or something, is on it
TARE_FAR_KG = 2.0  # of one cell: a warm day is some 0.1, a night on a cheap cell up to 1
HALF_RANGE = 0.5 * (1 << 23)  # counts: a deck of 20 kg on four cells takes 3 % of the range
MIN_CHANGE = 0.01  # of the weight; as Klipper's: less is no weight but a draught
MIN_TRIM_KG = 0.5  # where nobody stated the weight
REVERSED_SHARE = (
    0.3  # of the weight; past the edge cells it lifts the far ones by 15 % at most, by statics
)
OTHER_SHARE = 1.5  # times the asked cell's load: the weight lies over another one
NOT_BACK_SHARE = 0.01  # of the weight; creep is below 0.1 %, a book left lying is not
NOT_BACK_KG = 0.1
GAIN_RANGE = (2_000.0, 400_000.0)  # counts a kg: bars of 200 kg to 5 kg cells of 2 mV/V
RESIDUAL_SHARE = 0.005  # of the weight, any placement: the deck touches, or the weight changed
CHECK_SHARE = 0.005  # of the weight
CHECK_MM = 30.0  # how far the weight may seem to lie from where it was laid by eye


def check_empty(
    cells: Sequence[Cell],
    rough: Sequence[CellCalibration],
    known: Collection[str],
    seen: Measured,
) -> Refusal | None:
    """Check an empty mat against the last tare of the cells that have one."""
    for cell, mean in zip(cells, seen.mean_counts, strict=True):
        if abs(mean) > HALF_RANGE:
            return Refusal(
                Reason.TARE_FAR,
                f"{cell.name} reads {mean:.0f} counts with nothing on the mat, more than half of"
                " its range: one of its bridge's wires is in the wrong place"
                f" ({cited(Place.BRIDGE)}).",
                (cell.name,),
            )
    off_kg = {
        cell.name: (mean - line.tare_counts) / line.counts_per_kg
        for cell, mean, line in zip(cells, seen.mean_counts, rough, strict=True)
        if cell.name in known
    }
    total_kg = sum(off_kg.values())
    if len(off_kg) == len(cells) and total_kg > PERSON_KG:
        return Refusal(
            Reason.SOMEONE,
            f"There are {total_kg:.0f} kg on the mat, more than at the last tare. Somebody or"
            " something is on it: take it off. If the deck or its cells have been changed, leave,"
            " and start again with calibrate fresh.",
        )
    far = {name: off for name, off in off_kg.items() if abs(off) > TARE_FAR_KG}
    if far:
        what = ", ".join(f"{name} by {off:+.1f} kg" for name, off in far.items())
        return Refusal(
            Reason.TARE_FAR,
            f"The empty mat is far from its last tare: {what}; up to {TARE_FAR_KG:g} kg is usual."
            " Either something leans on the mat, or it has been moved or rewired, or a cell is"
            " bent.",
            tuple(far),
            can_force=True,
        )
    return None


def check_change(
    cells: Sequence[Cell],
    rough: Sequence[CellCalibration],
    change_counts: Sequence[float],
    weight_kg: float | None,
    asked: str | None,
) -> Refusal | None:
    """Check what a weight changed; asked: the cell it was to lie over, None for anywhere."""
    loads = {
        cell.name: change / line.counts_per_kg
        for cell, change, line in zip(cells, change_counts, rough, strict=True)
    }
    peak = max(loads, key=lambda name: abs(loads[name]))
    min_kg = MIN_CHANGE * weight_kg if weight_kg else MIN_TRIM_KG
    scale_kg = weight_kg or abs(loads[peak])
    if abs(loads[peak]) < min_kg:
        over = (
            f" If it does lie over {asked}, {asked} does not react: run diagnose." if asked else ""
        )
        return Refusal(
            Reason.NO_CHANGE,
            f"Hardly anything has changed: {1000 * abs(loads[peak]):.0f} g at most, and less than"
            f" {1000 * min_kg:.0f} g is no weight. Lay the weight on the mat.{over}",
            (asked,) if asked else (),
        )
    if loads[peak] < 0.0 or min(loads.values()) < -REVERSED_SHARE * scale_kg:
        name = min(loads, key=loads.__getitem__)
        return Refusal(
            Reason.REVERSED,
            f"{name} goes down when it is loaded: its A+ and A- are exchanged"
            f" ({cited(Place.POLARITY)}). Exchange these two wires, and begin again.",
            (name,),
        )
    if asked is None or peak == asked:
        return None
    if loads[asked] < MIN_CHANGE * scale_kg and loads[peak] < 0.5 * scale_kg:
        return Refusal(
            Reason.NO_REACTION,
            f"{asked} does not react, only its neighbours do a little. If the weight lies over"
            f" {asked}: see whether the deck stands on that cell, and to its wires"
            f" ({cited(Place.BRIDGE)}).",
            (asked,),
        )
    if loads[peak] > OTHER_SHARE * abs(loads[asked]):
        there = next(cell for cell in cells if cell.name == peak)
        return Refusal(
            Reason.SWAPPED,
            f"{peak} carries it, not {asked}. If the weight lies over {asked}, the wires of"
            f" {asked} and {peak} are exchanged ({cited(Place.DATA)}). If it lies over {peak}"
            f" ({where_words(there)}), move it.",
            (asked, peak),
        )
    return None


def check_return(
    cells: Sequence[Cell],
    rough: Sequence[CellCalibration],
    before: Measured,
    after: Measured,
    weight_kg: float | None = None,
) -> Refusal | None:
    """Check that the empty mat is empty again after the weight."""
    limit_kg = max(NOT_BACK_KG, NOT_BACK_SHARE * (weight_kg or 0.0))
    off_kg = {
        cell.name: (late - early) / line.counts_per_kg
        for cell, early, late, line in zip(
            cells, before.mean_counts, after.mean_counts, rough, strict=True
        )
    }
    far = {name: off for name, off in off_kg.items() if abs(off) > limit_kg}
    if not far:
        return None
    what = ", ".join(f"{name} by {off:+.2f} kg" for name, off in far.items())
    return Refusal(
        Reason.NOT_BACK,
        f"The mat is not back where it was before the weight: {what}; {limit_kg:g} kg is allowed."
        " Is the weight off, and nothing else on the mat? If it is, a cell sticks or slips, or has"
        " not warmed up: say leave, wait ten minutes, and begin again.",
        tuple(far),
    )


def check_fit(
    cells: Sequence[Cell], fit: Fit, weight_kg: float | None, change_shares: Sequence[float]
) -> Refusal | None:
    """Check the gains; change_shares: each cell's largest change, as a share of the weight."""
    for cell, share in zip(cells, change_shares, strict=True):
        if share < MIN_CHANGE:
            return Refusal(
                Reason.NO_REACTION,
                f"{cell.name} has not reacted to the weight anywhere. Lay the weight nearer to it;"
                f" if that does not help, see to its wires ({cited(Place.BRIDGE)}).",
                (cell.name,),
            )
    if not fit.is_sound:
        name, sigma = cells[fit.weakest].name, fit.sigma[fit.weakest]
        how = f"only to {100 * sigma:.1f} %" if sigma < 1.0 else "not at all"
        return Refusal(
            Reason.ALIKE,
            f"The places were too much alike: {name} is known {how}. Put the weight nearer to"
            f" {name}.",
            (name,),
        )
    low, high = GAIN_RANGE
    for cell, gain in zip(cells, fit.counts_per_kg, strict=True):
        if not low <= abs(gain) <= high:
            return Refusal(
                Reason.UNLIKELY,
                f"{cell.name} would give {gain:.0f} counts a kilogram, and no load cell does:"
                f" {low:.0f} to {high:.0f}. Was the weight the one you said?",
                (cell.name,),
            )
    if weight_kg:
        worst = max(fit.residual_kg, key=abs)
        if abs(worst) > RESIDUAL_SHARE * weight_kg:
            return Refusal(
                Reason.CHECK_TOTAL,
                f"The places contradict each other: at one of them the weight is {worst:+.3f} kg"
                f" off, and {RESIDUAL_SHARE * weight_kg:.3f} kg is allowed. The deck touches"
                f" something, or it was not the same weight ({cited(Place.DECK)}).",
            )
    return None


def check_cross(
    total_kg: float,
    seen_mm: tuple[float, float],
    weight_kg: float,
    place_mm: tuple[float, float],
) -> Refusal | None:
    """Check one more placement with the new gains."""
    if abs(total_kg - weight_kg) > CHECK_SHARE * weight_kg:
        return Refusal(
            Reason.CHECK_TOTAL,
            f"The check does not hold: the mat weighs {total_kg:.3f} kg, the weight has"
            f" {weight_kg:.3f} kg, and they may differ by {CHECK_SHARE * weight_kg:.3f} kg. The"
            f" deck touches something, or a cell leans ({cited(Place.DECK)}).",
        )
    off_mm = hypot(seen_mm[0] - place_mm[0], seen_mm[1] - place_mm[1])
    if off_mm > CHECK_MM:
        return Refusal(
            Reason.CHECK_PLACE,
            f"The check does not hold: the weight seems to lie at {seen_mm[0]:.0f}"
            f" {seen_mm[1]:.0f} mm, which is {off_mm:.0f} mm from {place_mm[0]:.0f}"
            f" {place_mm[1]:.0f}; {CHECK_MM:.0f} mm is allowed. If it does lie there, a cell stands"
            f" elsewhere than its coordinates say ({cited(Place.GEOMETRY)}).",
        )
    return None


def tare_at(before: Measured, after: Measured | None, t_s: float) -> tuple[float, ...]:
    """Return the empty mat's counts at t_s: on a straight line between its two measurements."""
    if after is None or after.t_s <= before.t_s:
        return before.mean_counts
    share = (t_s - before.t_s) / (after.t_s - before.t_s)
    return tuple(
        early + share * (late - early)
        for early, late in zip(before.mean_counts, after.mean_counts, strict=True)
    )
