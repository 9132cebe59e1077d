"""What the wizard says: what to do next, and what has been found out.

Plain sentences, to be read aloud to somebody who is alone with a weight in their hands.
"""

from __future__ import annotations

from matfw.calibrate.guide import Place, cited
from matfw.calibrate.progress import Kind, Plan, Progress, Step
from matfw.calibrate.refusals import where_words

MIN_KG, MAX_KG, USUAL_KG = 5.0, 100.0, 10.0
HALF_GAIN = 0.65  # of the middle cell's gain: worth a word
MEASURING = "Measuring. Keep away from the mat until I say what comes next."


def asked(plan: Plan, now: Progress) -> list[str]:  # noqa: PLR0911  # a table of steps
    """Return what the person is to do now, a sentence a line."""
    count = _count(plan, now)
    match now.step:
        case Step.WEIGHT:
            return [
                f"How heavy is your weight, in kilograms? From {MIN_KG:g} to {MAX_KG:g};"
                f" {USUAL_KG:g} will do. Weigh it on a good scale: the mat gets no better than"
                " that.",
                "You can say back, again or leave at any time; nothing changes until you accept.",
            ]
        case Step.EMPTY:
            return [f"{count}Take everything off the mat and step away from it. Then say go."]
        case Step.PLACE:
            return [f"{count}{_place_words(plan, now)}"]
        case Step.CLEAR:
            return [f"{count}Take the weight off the mat and step away. Then say go."]
        case Step.CHECK:
            return [
                f"{count}Now the check. Lay the weight in the very middle of the mat, let go of"
                " it, and say go. Or lay it somewhere else and say where, as in: at -300 100,"
                " in millimetres from the middle to the foot end and to the left edge."
            ]
        case Step.ACCEPT:
            return [*found(plan, now), "Say accept to keep this, or leave to change nothing."]
        case Step.DONE:
            return []


def found(plan: Plan, now: Progress) -> list[str]:
    """Return what has been found out, for the person to judge."""
    if now.fit is None:
        return _tare_found(plan, now)
    lines = []
    for name, gain, sigma, old in zip(
        plan.names, now.fit.counts_per_kg, now.fit.sigma, plan.rough, strict=True
    ):
        was = f", was {old.counts_per_kg:.0f}" if name in plan.known else ""
        lines.append(f"{name}: {gain:.0f} counts a kilogram, known to {100 * sigma:.2f} %{was}.")
    worst_kg = max(map(abs, now.fit.residual_kg))
    lines.append(
        f"Left over: {1000 * worst_kg:.1f} g at the worst place. Condition"
        f" {now.fit.condition:.1f}: 1 is best."
    )
    middle = sorted(map(abs, now.fit.counts_per_kg))[len(plan.names) // 2]
    for name, gain in zip(plan.names, now.fit.counts_per_kg, strict=True):
        if abs(gain) < HALF_GAIN * middle:
            lines.append(
                f"Note: {name} gives {100 * abs(gain) / middle:.0f} % of what its neighbours"
                " give. That is right for one half bridge among pairs; if all cells are alike,"
                f" one wire of its bridge is off or it is read at gain 64"
                f" ({cited(Place.BRIDGE)})."
            )
    if now.check_text:
        lines.append(now.check_text)
    return lines


def _tare_found(plan: Plan, now: Progress) -> list[str]:
    assert now.empty is not None
    return [
        f"{name}: {(mean - line.tare_counts) / line.counts_per_kg:+.3f} kg since the last tare,"
        f" noise {1000 * noise / abs(line.counts_per_kg):.1f} g a sample."
        for name, mean, noise, line in zip(
            plan.names, now.empty.mean_counts, now.empty.noise_counts, plan.rough,
            strict=True,
        )
    ]  # fmt: skip


def _place_words(plan: Plan, now: Progress) -> str:
    number = len(now.taken)
    weight = f"the weight of {now.weight_kg:g} kg" if now.weight_kg else "the weight"
    end = "Let go of it, and say go."
    if number >= len(plan.mat.cells):
        name = now.extra[number - len(plan.mat.cells)]
        return f"Lay {weight} nearer to {_described(plan, name)}. {end}"
    if plan.anywhere:
        where = "somewhere on the mat" if not number else "somewhere else"
        return (
            f"Lay {weight} {where}: each place near another cell. {end} If you"
            " know where it lies, say so, as in: at -300 100."
        )
    return f"Lay {weight} right over {_described(plan, plan.names[number])}. {end}"


def _described(plan: Plan, name: str) -> str:
    cell = next(cell for cell in plan.mat.cells if cell.name == name)
    return f"{name} ({where_words(cell)})"


def _count(plan: Plan, now: Progress) -> str:
    if plan.kind is Kind.TARE:
        return ""
    places = plan.places(now)
    number = {Step.EMPTY: 1, Step.PLACE: 2 + len(now.taken), Step.CLEAR: 2 + places}
    return f"Step {number.get(now.step, 3 + places)} of {3 + places}. "
