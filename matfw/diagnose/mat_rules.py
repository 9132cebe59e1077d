"""What can be wrong with several cells at once, or with what they share: numbers -> findings."""

# ruff: noqa: ARG001  # one signature for all rules of a table

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import combinations
from typing import TypeAlias

from matfw.calibrate.guide import Place
from matfw.diagnose.finding import Finding, Level
from matfw.diagnose.numbers import RAIL_SHARE, WANDER_G
from matfw.diagnose.seen import FEW_ONES, MIN_TARE_COUNTS, SCK_LIMIT_US, SLOW_HZ, TORN_SHARE, Seen
from matfw.diagnose.signals import MIN_SAMPLES
from matfw.disturbances.reader_health import LATE_SHARE

MOST = 0.5  # of the samples
CROSSED_SHARE = 0.04  # of the frames: held low, in a cell that otherwise answers
SAME_SHARE = 0.9  # of the frames in which two cells both gave something
RATE_RANGE = (0.9, 1.1)  # of the rate asked for; oscillators are some 1 % off, "typ" only
TOGETHER = 0.9  # correlation of all pairs: it comes by the supply, not by the deck
WARP_KG = 1.0

MatRule: TypeAlias = Callable[[Seen, Collection[str]], Iterable[Finding]]


def nobody_answers(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find that all converters are silent: what they share is wrong."""
    if any(cell.good or cell.held_low for cell in seen.cells):
        return
    if seen.numbers.lost_share > MOST:
        return  # they may well answer: nobody listens
    yield Finding(
        "nobody_answers", Level.BAD, tuple(cell.name for cell in seen.cells),
        "No cell gives anything: the converters have no supply, or all SCK wires are one header"
        " row off.",
        Place.SUPPLY,
    )  # fmt: skip


def all_slow(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find that the settings' rate is not the converters'."""
    low_hz, high_hz = SLOW_HZ
    if seen.mat.rate_hz > high_hz:
        if all(low_hz <= cell.answers_hz <= high_hz for cell in seen.cells):
            yield Finding(
                "all_slow", Level.BAD, tuple(cell.name for cell in seen.cells),
                "All cells give 10 values a second: their RATE pins (15) are still tied to ground."
                " Free them, or set rate_hz = 10.",
                Place.RATE,
            )  # fmt: skip
        return
    # With 10 asked for, a converter at 80 replaces its result while nobody looks; the reader only
    # sees that it is ready far too early, again and again.
    if seen.numbers.rate_hz > RATE_RANGE[1] * seen.mat.rate_hz:
        quick = [c.name for c in seen.cells if c.answers_hz > RATE_RANGE[1] * seen.mat.rate_hz]
        yield Finding(
            "fast_rate", Level.WARN, tuple(quick),
            f"{', '.join(quick)} give more values a second than the {seen.mat.rate_hz:.0f} of the"
            " settings: RATE is high there. Set rate_hz = 80.",
            Place.RATE,
        )  # fmt: skip


def same_numbers(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find two columns that are one converter's."""
    for a, b in combinations(range(len(seen.cells)), 2):
        both = [
            frame.counts[a] == frame.counts[b]
            for frame in seen.frames
            if frame.counts[a] is not None and frame.counts[b] is not None
        ]
        at_rail = max(seen.cells[a].saturated, seen.cells[b].saturated)
        if seen.cells[a].unique < 2 or at_rail > RAIL_SHARE * len(both):
            continue
        if len(both) >= MIN_SAMPLES and sum(both) > SAME_SHARE * len(both):
            names = (seen.cells[a].name, seen.cells[b].name)
            yield Finding(
                "shared_pins", Level.BAD, names,
                f"{names[0]} and {names[1]} give the very same numbers: both DOUT wires come from"
                " one converter, or touch each other.",
                Place.DATA,
            )  # fmt: skip


def crossed(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find cells whose DOUT or SCK wires are exchanged with one another."""
    frames = seen.numbers.frames
    names = tuple(
        cell.name
        for cell in seen.cells
        if cell.name not in explained
        and cell.held_low > CROSSED_SHARE * frames
        and cell.good > CROSSED_SHARE * frames
        and cell.stray_ones <= FEW_ONES * cell.held_low
    )
    if len(names) >= 2:
        yield Finding(
            "crossed_pins", Level.BAD, names,
            f"{' and '.join(names)} answer to each other's clock: their DOUT wires, or their SCK"
            " wires, are exchanged with one another.",
            Place.DATA,
        )  # fmt: skip


def exchanged_zeros(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find two cells that read each other's tare."""
    if seen.uncalibrated or explained:
        return
    zeros = [line.tare_counts for line in seen.mat.calibration]
    for a, b in combinations(range(len(seen.cells)), 2):
        one, other = seen.cells[a], seen.cells[b]
        apart = abs(zeros[a] - zeros[b])
        is_far = apart > max(MIN_TARE_COUNTS, abs(seen.mat.calibration[a].counts_per_kg))
        is_crosswise = (
            abs(one.mean_counts - zeros[b]) < 0.1 * apart
            and abs(other.mean_counts - zeros[a]) < 0.1 * apart
        )
        if is_far and is_crosswise and min(one.good, other.good) >= MIN_SAMPLES:
            yield Finding(
                "exchanged_cells", Level.BAD, (one.name, other.name),
                f"{one.name} and {other.name} read each other's tare: their pairs of wires are"
                " exchanged.",
                Place.DATA,
            )  # fmt: skip


def late_computer(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find that the computer reads too late, whatever the cells do."""
    if seen.numbers.lost_share <= LATE_SHARE:
        return
    yield Finding(
        "late_computer", Level.BAD if seen.numbers.lost_share > MOST else Level.WARN, (),
        f"The computer is too busy to read the cells in time: {seen.numbers.lost_share:.0%} of all"
        " samples are lost to it, and no wire is at fault. End other programs, run matfw as the"
        " service does, and use PWM pins for buzzer and lights.",
        Place.SERVICE,
    )  # fmt: skip


def busy_computer(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find that the computer makes clock pulses that are too long."""
    if seen.numbers.lost_share > LATE_SHARE:
        return  # reported already
    torn = sum(cell.torn for cell in seen.cells)
    if seen.numbers.longest_sck_high_us <= SCK_LIMIT_US or torn <= TORN_SHARE * seen.numbers.frames:
        return
    yield Finding(
        "long_pulses", Level.WARN, (),
        f"Clock pulses lasted up to {seen.numbers.longest_sck_high_us:.0f} us, and 60 switch a"
        f" converter off: {torn} values were thrown away. The computer is too busy; end other"
        " programs, or run matfw as the service does.",
        Place.SERVICE,
    )  # fmt: skip


def poor_supply(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find noise that all cells have at once."""
    if seen.is_pressed or seen.numbers.shared.minimum < TOGETHER:
        return
    wander_g = min(cell.wander_g for cell in seen.cells)
    if wander_g > WANDER_G:
        yield Finding(
            "noisy_supply", Level.WARN, tuple(cell.name for cell in seen.cells),
            f"All cells wander together, by {wander_g:.0f} g and more: AGND (E-) is not joined to"
            " GND, or the supply is poor.",
            Place.GROUND,
        )  # fmt: skip


def crosstalk(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find two cells that wander together on a mat that lies still."""
    shared = seen.numbers.shared
    loud = {cell.name for cell in seen.cells if cell.wander_g > WANDER_G}
    if explained or seen.is_pressed or shared.maximum < TOGETHER or loud != set(shared.pair):
        return
    yield Finding(
        "crosstalk", Level.WARN, shared.pair,
        f"{' and '.join(shared.pair)} wander together and the others lie still: their cables touch,"
        " share a ground wire, or lie side by side without a shield.",
        Place.CABLES,
    )  # fmt: skip


def warped(seen: Seen, explained: Collection[str]) -> Iterable[Finding]:
    """Find an empty board that rests on two corners."""
    warp_kg = seen.numbers.warp_kg
    if warp_kg is None or seen.uncalibrated or explained or not seen.is_quiet:
        return
    loads = [cell.load_kg for cell in seen.cells]
    is_pattern = min(map(abs, loads)) > 0.15 * abs(warp_kg)
    if abs(warp_kg) > WARP_KG and abs(sum(loads)) < 0.3 * abs(warp_kg) and is_pattern:
        yield Finding(
            "warped", Level.WARN, tuple(cell.name for cell in seen.cells),
            f"The empty board has {abs(warp_kg):.1f} kg more on one diagonal than at its tare: it"
            " rocks on two corners. Level its feet, then take a tare.",
            Place.DECK,
        )  # fmt: skip


MAT_RULES: tuple[MatRule, ...] = (
    nobody_answers, all_slow, same_numbers, crossed, exchanged_zeros, late_computer, busy_computer,
    poor_supply, crosstalk, warped,
)  # fmt: skip
