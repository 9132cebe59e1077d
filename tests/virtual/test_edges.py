"""Edges for gpiozero's events: none is missed, none is made up, each at its own moment."""

from __future__ import annotations

from random import Random

import pytest
from gpiozero import DigitalInputDevice

from matfw.messages import Cell, CellCalibration, Mat
from matfw.virtual.bench import VirtualBench
from matfw.virtual.chip import Hx711Chip
from matfw.virtual.clock import VirtualClock
from matfw.virtual.defects import CutSck, Defect, StuckDout
from matfw.virtual.edges import Edges

LOOK_S = 2e-6  # of the polled chip
MAT = Mat("one", (Cell("cell", 0.0, 0.0),), (CellCalibration(0.0, 1.0),))


class Pin:
    """A watched pin that keeps its edges."""

    def __init__(self, chip: Hx711Chip) -> None:
        self.chip = chip
        self.seen: list[tuple[float, bool]] = []

    def edge(self, t_s: float, level: bool) -> None:
        self.seen.append((t_s, level))


def clocked(seed: int, end_s: float) -> list[tuple[float, bool]]:
    """Return a driver's edges of SCK: whole reads, half ones, strays, and pulses too long."""
    rng, at_s, moves = Random(seed), 0.0, []
    while at_s < end_s:
        at_s += rng.choice((1e-3, 7e-3, 13e-3)) * rng.random()
        for _ in range(rng.choice((1, 7, 25, 25, 26))):
            moves.append((at_s, True))
            at_s += 90e-6 if rng.random() < 0.003 else 10e-6
            moves.append((at_s, False))
            at_s += 10e-6
    return moves


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "defects",
    [(), (StuckDout(from_s=0.08, until_s=0.1101),), (CutSck(from_s=0.12),)],
    ids=["whole", "torn off for a while", "clock cut"],
)
def test_they_are_what_a_steady_look_sees(seed: int, defects: tuple[Defect, ...]) -> None:
    def chip() -> Hx711Chip:
        return Hx711Chip(lambda t_s: 4e6 * t_s + 1e5, noise_counts=300.0, seed=seed,
                         defects=defects)  # fmt: skip

    end_s, moves = 0.2, clocked(seed, 0.2)
    clock = VirtualClock()
    watched = Pin(chip())
    edges = Edges(clock)
    edges.watch(watched)
    polled, level, want, done = chip(), watched.chip.dout(0.0), [], 0
    for at_s, is_high in moves:
        clock.advance_s(at_s - clock.now_s())
        watched.chip.set_sck(is_high, at_s)
        edges.touched(watched.chip, at_s)
    clock.sleep_s(1e-9)
    for look in range(round(end_s / LOOK_S)):
        while done < len(moves) and moves[done][0] <= look * LOOK_S:
            polled.set_sck(moves[done][1], moves[done][0])
            done += 1
        if polled.dout(look * LOOK_S) != level:
            level = not level
            want.append((look * LOOK_S, level))
    seen = [(t_s, level) for t_s, level in watched.seen if t_s < end_s - LOOK_S]
    assert len(want) > 12
    assert [level for _, level in seen] == [level for _, level in want][: len(seen)]
    assert len(want) - len(seen) <= 1
    assert [t_s for t_s, _ in seen] == pytest.approx([t for t, _ in want][: len(seen)], abs=2e-6)


def test_what_a_callback_does_is_reported_after_it_and_never_within() -> None:
    clock = VirtualClock()
    bench = VirtualBench(MAT, lambda _: (0.0,), clock)
    factory, _ = bench.wire((5,), (12,))
    depth, deepest, calls = 0, 0, 0

    def ready() -> None:
        nonlocal depth, deepest, calls
        depth, calls = depth + 1, calls + 1
        deepest = max(deepest, depth)
        clock.sleep_s(0.03)  # two conversions
        depth -= 1

    device = DigitalInputDevice(5, pin_factory=factory)
    device.when_deactivated = ready
    clock.sleep_s(0.5)
    assert deepest == 1
    assert calls > 10
    device.close()
    clock.sleep_s(0.5)
    assert depth == 0


def test_what_a_callback_raises_reaches_whoever_waits() -> None:
    clock = VirtualClock()
    factory, _ = VirtualBench(MAT, lambda _: (0.0,), clock).wire((5,), (12,))
    device = DigitalInputDevice(5, pin_factory=factory)

    def fail() -> None:
        raise ZeroDivisionError

    device.when_deactivated = fail
    with pytest.raises(ZeroDivisionError):
        clock.sleep_s(0.2)


def test_a_clock_has_one_bench_with_pins() -> None:
    clock = VirtualClock()
    VirtualBench(MAT, lambda _: (0.0,), clock).wire((5,), (12,))
    with pytest.raises(ValueError, match="a clock of its own"):
        VirtualBench(MAT, lambda _: (0.0,), clock).wire((6,), (13,))


def test_times_of_gpiozeros_devices_are_the_benchs() -> None:
    clock = VirtualClock()
    factory, _ = VirtualBench(MAT, lambda _: (0.0,), clock).wire((5,), (12,))
    device = DigitalInputDevice(5, pin_factory=factory)
    clock.sleep_s(0.06)
    bare = device.inactive_time
    assert bare is not None
    assert 0.0 <= bare < 0.0126
