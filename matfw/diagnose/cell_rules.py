"""What can be wrong with one cell, its converter or its wires: its numbers -> a finding.

In the order of CELL_RULES; the first that explains a cell ends the search for it.
"""

# ruff: noqa: ARG001  # one signature for all rules of a table

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from matfw.calibrate.guide import Place
from matfw.diagnose.finding import Finding, Level
from matfw.diagnose.numbers import RAIL_SHARE, CellNumbers
from matfw.diagnose.seen import FEW_ONES, MIN_TARE_COUNTS, SCK_LIMIT_US, SLOW_HZ, TORN_SHARE, Seen
from matfw.diagnose.signals import MIN_SAMPLES
from matfw.disturbances.deck_edge import DeckEdge
from matfw.disturbances.reader_health import LATE_SHARE

SCATTER_COUNTS = 1 << 22  # a quarter of all codes: no load does that within seconds
RESTART_FRAMES = 12  # a converter is back after 5; a wire takes its time
ANSWERS_SHARE = 0.92  # of the rate asked for; oscillators are a few per cent off
HUM_G = 5.0  # amplitude; 3 counts of a good build's noise
NOISE_G = 20.0  # rms a sample; a good build has 2 to 10, the worst fair ones 20 to 60
NOISE_FACTOR = 4.0  # times what the converter itself has
DRIFT_G_PER_MIN = 60.0  # a cheap cell creeps 10 g in a minute after a load
TARE_KG = 2.0
LOADED_KG = 10.0  # on the other cells: somebody is on the mat
LIFTED_KG = 1.0  # below zero
HALF_GAIN = (0.47, 0.53)  # of the tare's counts

CellRule: TypeAlias = Callable[[Seen, CellNumbers], Finding | None]


def silent(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a converter that gives nothing at all, by what its DOUT does instead."""
    if cell.good or cell.answers_hz > 1.0:
        return None
    if not cell.held_low:
        return _bad(
            "no_answer", cell, Place.SUPPLY,
            "gives nothing, its DOUT stays high: its converter has no supply, or its DOUT wire is"
            " off.",
        )  # fmt: skip
    if cell.stray_ones:
        return _bad(
            "no_clock", cell, Place.DATA,
            "gives nothing, though its converter lives: no clock reaches it. Its SCK wire is off"
            " or on another pin.",
        )  # fmt: skip
    return _bad(
        "swapped_pins", cell, Place.DATA,
        "gives nothing, its DOUT stays low: its DOUT and SCK are exchanged, or its DOUT touches"
        " ground.",
    )  # fmt: skip


def floating(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a data wire that nobody drives: wild numbers now and then."""
    is_wild = cell.range_counts > SCATTER_COUNTS and cell.good < 0.5 * seen.numbers.frames
    is_driven = cell.stray_ones <= FEW_ONES * cell.held_low
    if not is_wild and (is_driven or cell.good > 0.1 * seen.numbers.frames):
        return None
    return _bad(
        "floating", cell, Place.PULL_UP,
        "gives wild numbers now and then: its DOUT wire is off at the converter and floats."
        " A pull-up would make that plain.",
    )  # fmt: skip


def wrong_rate(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a converter whose RATE pin is at the other level."""
    low_hz, high_hz = SLOW_HZ
    if seen.mat.rate_hz > high_hz and low_hz <= cell.answers_hz <= high_hz:
        return _bad(
            "slow_rate", cell, Place.RATE,
            f"gives {cell.answers_hz:.0f} values a second instead of {seen.mat.rate_hz:.0f}: its"
            " RATE pin (15) is still tied to ground.",
        )  # fmt: skip
    return None


def saturated(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a bridge with a wire off."""
    if not cell.good or cell.saturated <= RAIL_SHARE * cell.good:
        return None
    end = "upper" if cell.mean_counts > 0 else "lower"
    return _bad(
        "open_bridge", cell, Place.BRIDGE,
        f"reads the {end} end of the range: its A+ or A- is open, or a wire of its bridge is on"
        " the wrong terminal.",
    )  # fmt: skip


def frozen(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a converter that repeats one number: a sound one has noise."""
    if cell.good < MIN_SAMPLES or cell.unique > 1:
        return None
    return _bad(
        "frozen", cell, Place.SUPPLY,
        f"repeats one number, {cell.mean_counts:.0f}, and a sound converter never does: see to its"
        " supply, then exchange the converter.",
    )  # fmt: skip


def shorted(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find an input that no bridge drives: zero, where there was a tare well away from it."""
    line = _line(seen, cell)
    if line is None or abs(line) < MIN_TARE_COUNTS or abs(cell.mean_counts) > 0.02 * abs(line):
        return None
    return _bad(
        "no_signal", cell, Place.BRIDGE,
        f"reads {cell.mean_counts:.0f} counts, no signal at all, where its tare is {line:.0f}: A+"
        " and A- touch each other, E+ is off, or the cell is wired to B+ and B-.",
    )  # fmt: skip


def wrong_gain(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a cell whose zero has halved: the converter works at gain 64."""
    line = _line(seen, cell)
    if line is None or abs(line) < MIN_TARE_COUNTS or not _is_empty(seen, cell):
        return None
    low, high = HALF_GAIN
    if not low <= cell.mean_counts / line <= high or abs(cell.load_kg) < LIFTED_KG:
        return None
    return _bad(
        "wrong_gain", cell, Place.CABLES,
        f"reads half of its tare ({cell.mean_counts:.0f} of {line:.0f} counts): its converter works"
        " at gain 64, because stray pulses reach its SCK; or only one of its two half bridges is"
        " connected.",
    )  # fmt: skip


def reversed_cell(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a cell that goes down where there is weight on the others, or whose zero is negated."""
    line = _line(seen, cell)
    if line is None:
        return None
    others_kg = 0.0 if seen.is_pressed else seen.others_kg(cell) or 0.0
    is_lifted = others_kg > LOADED_KG and cell.load_kg < -max(LIFTED_KG, 0.1 * others_kg)
    is_negated = (
        abs(line) > MIN_TARE_COUNTS
        and abs(cell.mean_counts + line) < 0.1 * abs(line)
        and _is_empty(seen, cell)
    )
    if not is_lifted and not is_negated:
        return None
    return _bad(
        "reversed", cell, Place.POLARITY,
        f"reads {cell.load_kg:+.1f} kg, the wrong way round: its A+ and A- are exchanged.",
    )  # fmt: skip


def below_zero(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a cell that is less than empty, though not turned round: its zero is lost."""
    others_kg = 0.0 if seen.is_pressed else seen.others_kg(cell) or 0.0
    if _line(seen, cell) is None or others_kg <= LOADED_KG or cell.load_kg >= -TARE_KG:
        return None
    edge = DeckEdge(seen.mat.cells)
    if cell.load_kg >= -edge.lifts_kg([each.load_kg for each in seen.cells]):
        return None  # somebody sits on the deck's edge
    return _warn(
        "below_zero", cell, Place.DECK,
        f"reads {cell.load_kg:+.1f} kg with {others_kg:.0f} kg on the other cells, less than"
        " nothing: its zero is lost. Take a tare with nobody on the mat; if it comes again, see to"
        " its wires and its mounting.",
        ends=False,
    )  # fmt: skip


def torn(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a converter that is reset again and again."""
    if cell.torn <= TORN_SHARE * seen.numbers.frames or cell.longest_gap > RESTART_FRAMES:
        return None
    if seen.numbers.longest_sck_high_us > SCK_LIMIT_US or seen.numbers.lost_share > LATE_SHARE:
        return None  # the computer's doing: the whole mat's finding
    return _warn(
        "restarts", cell, Place.SUPPLY,
        f"started again by itself in {cell.torn} of {seen.numbers.frames} frames: its supply dips,"
        " or its SCK wire is long and picks up pulses.",
    )  # fmt: skip


def intermittent(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a cell that often gives nothing."""
    if cell.answers_hz >= ANSWERS_SHARE * seen.mat.rate_hz or not cell.missing:
        return None
    return _warn(
        "intermittent", cell, Place.DATA,
        f"gave {cell.answers_hz:.0f} values a second instead of {seen.mat.rate_hz:.0f}, with gaps:"
        " a loose wire.",
    )  # fmt: skip


def spiky(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find single samples far off."""
    if cell.spikes < 2:
        return None
    return _warn(
        "spikes", cell, Place.CABLES,
        f"jumped {cell.spikes} times for a single sample: a loose contact, or a phone beside its"
        " cable.",
        ends=False,
    )  # fmt: skip


def hum(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find mains in a cell's signal."""
    if not cell.hum_hz or cell.hum_g < HUM_G:
        return None
    return _warn(
        "mains_hum", cell, Place.CABLES,
        f"has {cell.hum_g:.0f} g of mains hum at {cell.hum_hz:.0f} Hz: its cable is not shielded,"
        " or lies beside a mains cable.",
        ends=False,
    )  # fmt: skip


def noisy(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find more noise than a fair build has."""
    if cell.noise_g <= max(NOISE_G, NOISE_FACTOR * cell.datasheet_g):
        return None
    return _warn(
        "noisy", cell, Place.CABLES,
        f"has {cell.noise_g:.0f} g of noise a sample, and its converter alone would have"
        f" {cell.datasheet_g:.1f} g: a long or unshielded cable, or a bad solder joint at the"
        " bridge.",
        ends=False,
    )  # fmt: skip


def drifting(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find a zero that runs away."""
    limit = DRIFT_G_PER_MIN + 2.0 * cell.noise_g
    if not seen.is_quiet or abs(cell.drift_g_per_min) <= limit:
        return None
    return _warn(
        "drifting", cell, Place.DECK,
        f"drifts by {cell.drift_g_per_min:+.0f} g a minute: let it warm up for ten minutes; if it"
        " goes on, something leans on it, or its mounting creeps.",
        ends=False,
    )  # fmt: skip


def far_zero(seen: Seen, cell: CellNumbers) -> Finding | None:
    """Find one cell whose zero is far from its tare on a mat that is otherwise empty."""
    if _line(seen, cell) is None or not seen.is_quiet or not _is_empty(seen, cell):
        return None
    if abs(cell.load_kg) <= TARE_KG:
        return None
    return _warn(
        "far_zero", cell, Place.DECK,
        f"reads {cell.load_kg:+.1f} kg while the other cells read next to nothing: something leans"
        " there, the cell is bent, or it is not the cell that was calibrated. If the mat is empty,"
        " take a tare.",
        ends=False,
    )  # fmt: skip


CELL_RULES: tuple[CellRule, ...] = (
    silent, floating, wrong_rate, saturated, frozen, shorted, reversed_cell, wrong_gain, torn,
    intermittent, below_zero, spiky, hum, noisy, drifting, far_zero,
)  # fmt: skip


def _line(seen: Seen, cell: CellNumbers) -> float | None:
    """Return a cell's tare, None where it has none."""
    if cell.name in seen.uncalibrated or cell.good < MIN_SAMPLES:
        return None
    return next(
        line.tare_counts
        for place, line in zip(seen.mat.cells, seen.mat.calibration, strict=True)
        if place.name == cell.name
    )


def _is_empty(seen: Seen, cell: CellNumbers) -> bool:
    """Return whether the other cells read next to nothing."""
    return not seen.uncalibrated and all(
        abs(other.load_kg) < TARE_KG for other in seen.cells if other is not cell
    )


def _bad(name: str, cell: CellNumbers, place: Place, text: str) -> Finding:
    return Finding(name, Level.BAD, (cell.name,), f"{cell.name} {text}", place)


def _warn(name: str, cell: CellNumbers, place: Place, text: str, *, ends: bool = True) -> Finding:
    return Finding(name, Level.WARN, (cell.name,), f"{cell.name} {text}", place, ends)
