"""What reading the cells costs: `python -m tests.bench.reading [--quick]`.

Readers and drivers run in turns in one process, so that a busy computer hits all alike; figures
are medians, and the ratios are what counts. "Bare" chips do the least that a reader can be run on,
so their figures are the readers' own CPU; the virtual chips' are mostly the chips'.
"Held up" counts silently wrong values among random words, on converters 10 % apart that switch
off at 55 to 70 us. Only the last table takes real time.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from matfw.devices.adafruit import AdafruitReader
from matfw.devices.adafruit_driver import load_driver, open_lines
from matfw.devices.burst import clock_out, spread_table
from matfw.devices.clock import RealClock
from matfw.devices.parallel import ParallelReader
from matfw.virtual.clock import VirtualClock
from matfw.virtual.defects import Line as Wire
from matfw.virtual.defects import StuckDout
from matfw.virtual.lines import StallSchedule
from tests.injection import Bench, Injection, heavy_tailed, log_uniform
from tests.rigs import CLOCK_PINS, DATA_PINS, READERS, build

WANT = (123_456, -1, -8_388_608, 8_388_607, 1, -2, 65_536, -70_000)
PERIOD_S = 1.0 / 80.0
FRAMES, ROUNDS = 60, 11
STALL_FRAMES = 20_000
WAIT_S = 5.0


class BareChip:
    """The least that a reader can be run on: always zero counts, ready once a period."""

    def __init__(self, clock: VirtualClock) -> None:
        self.now_s = clock.now_s
        self.due_s = clock.now_s() + PERIOD_S
        self.pulses = 0

    def rise(self) -> None:
        """Take a rising edge; the 25th makes DOUT high until the next result."""
        self.pulses += 1
        if self.pulses == 25:
            self.pulses = 0
            self.due_s += PERIOD_S


class BareLines(BareChip):
    """Lines to any number of such chips, in step; fits `ports.GpioGroup`."""

    def write(self, levels: int, mask: int) -> None:  # noqa: ARG002
        """Clock."""
        if levels:
            self.rise()

    def read(self) -> int:
        """Return the DOUT levels."""
        return 0 if self.now_s() >= self.due_s else 0xFF

    def close(self) -> None:
        """Do nothing."""


class BarePin:
    """SCK or DOUT of such a chip, as digitalio has pins."""

    def __init__(self, chip: BareChip) -> None:
        self._chip = chip

    @property
    def value(self) -> bool:
        """Return DOUT's level."""
        return self._chip.now_s() < self._chip.due_s

    @value.setter
    def value(self, level: bool) -> None:
        if level:
            self._chip.rise()


class SckPin(BarePin):
    """SCK, which the driver wants to see low before a frame."""

    @property
    def value(self) -> bool:
        """Return low."""
        return False

    @value.setter
    def value(self, level: bool) -> None:
        if level:
            self._chip.rise()


def cpu_us(work: Callable[[], object], times: int) -> float:
    """Return the CPU time of one call, microseconds."""
    before = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - before) / times * 1e6


def bare_jobs(cells: int) -> dict[str, Callable[[], object]]:
    """Return one frame of each kind on bare chips, all on virtual time."""
    names = [str(i) for i in range(cells)]
    clock = VirtualClock(1000.0)
    parallel = ParallelReader(names, BareLines(clock), clock)
    for _ in range(100):
        parallel.read()

    ada_clock = VirtualClock(1000.0)
    chips = [BareChip(ada_clock) for _ in names]
    sequential = AdafruitReader(
        names, [BarePin(chip) for chip in chips], [SckPin(chip) for chip in chips], ada_clock
    )
    for _ in range(100):
        sequential.read()

    raw_clock = VirtualClock(1000.0)
    chips = [BareChip(raw_clock) for _ in names]
    drivers = [load_driver().HX711(BarePin(chip), SckPin(chip)) for chip in chips]

    def raw() -> None:
        raw_clock.advance_s(PERIOD_S + 1e-6)
        for driver in drivers:
            driver._read_channel_raw(25)

    burst_clock = VirtualClock(1000.0)
    lines, spread = BareLines(burst_clock), spread_table(cells)

    def burst() -> None:
        burst_clock.advance_s(PERIOD_S + 1e-6)
        clock_out(lines.write, lines.read, burst_clock.now_s, (1 << cells) - 1, spread)

    return {
        "ParallelReader.read()": parallel.read,
        "Adafruit driver, raw conversions": raw,
        "AdafruitReader.read()": sequential.read,
        "parallel burst alone": burst,
    }


def virtual_jobs(cells: int) -> dict[str, tuple[Callable[[], object], Callable[[], int]]]:
    """Return, on virtual chips, one frame of each kind and its count of GPIO calls."""
    jobs: dict[str, tuple[Callable[[], object], Callable[[], int]]] = {}
    for kind in READERS:
        rig = build(kind, WANT[:cells], oscillator_error=0.01)
        rig.run(200)
        jobs[f"{kind} reader, read()"] = rig.reader.read, lambda rig=rig: rig.calls  # type: ignore[misc]
    rig = build("own_sck", WANT[:cells])
    clock = rig.clock
    assert isinstance(clock, VirtualClock)
    factory, pins = rig.bench.wire(DATA_PINS[:cells], CLOCK_PINS[:cells])
    data, sck = open_lines(factory, DATA_PINS[:cells], CLOCK_PINS[:cells])
    drivers = [load_driver().HX711(d, c) for d, c in zip(data, sck, strict=True)]
    lines, spread = rig.bench.lines(), spread_table(cells)

    def raw() -> None:
        clock.advance_s(0.014)
        for driver in drivers:
            driver._read_channel_raw(25)

    def burst() -> None:
        clock.advance_s(0.014)
        lines.read()
        clock_out(lines.write, lines.read, clock.now_s, (1 << cells) - 1, spread)

    jobs["Adafruit driver, raw conversions"] = raw, lambda: pins.calls
    jobs["parallel burst alone"] = burst, lambda: lines.calls
    return jobs


def frame_cost() -> None:
    """Print calls and CPU of a frame."""
    print(f"One frame: medians of {ROUNDS} rounds of {FRAMES} frames, in turns")
    for cells in (4, 8):
        bare = bare_jobs(cells)
        bare_us: dict[str, list[float]] = {name: [] for name in bare}
        jobs = virtual_jobs(cells)
        us: dict[str, list[float]] = {name: [] for name in jobs}
        calls = {name: count() for name, (_, count) in jobs.items()}
        for _ in range(ROUNDS):
            for name, job in bare.items():
                bare_us[name].append(cpu_us(job, 5 * FRAMES))
            for name, (work, _) in jobs.items():
                us[name].append(cpu_us(work, FRAMES))
        for name, values in bare_us.items():
            print(f"  {cells} cells, bare chips     {name:34} {statistics.median(values):8.1f} us")
        own_us, raw_us, read_us, burst_us = [statistics.median(v) for v in bare_us.values()]
        print(
            f"  {cells} cells, ParallelReader.read() takes {own_us / raw_us:.2f} of the driver's "
            f"conversions' CPU (its burst alone {burst_us / raw_us:.2f}), "
            f"{own_us / read_us:.2f} of AdafruitReader.read()'s"
        )
        for name, values in us.items():
            per = (jobs[name][1]() - calls[name]) / (ROUNDS * FRAMES)
            median_us = statistics.median(values)
            print(f"  {cells} cells, virtual chips  {name:34} {median_us:8.1f} us {per:7.1f} calls")


def stalls(frames: int) -> None:
    """Print what stalled SCK-highs do."""
    print(f"Stalls of 100 us at 1 of 1000 SCK-highs, {frames} frames of 4 cells")
    want = WANT[:4]
    for kind in READERS:
        for is_ready in (False, True):
            rig = build(
                kind,
                want,
                stall_s=StallSchedule(1e-3, 100e-6, seed=11),
                is_ready_while_settling=is_ready,
            )
            rig.run(frames)
            cells = rig.reader.stats.cells.values()
            good = sum(c.good for c in cells) / (4 * frames)
            downs = sum(c.counters.power_downs for c in rig.bench.chips.values())
            print(
                f"  {kind:10} results while settling: {is_ready!s:5} silently wrong "
                f"{rig.wrong(want)}, power-downs {downs}, torn {sum(c.torn for c in cells)}, "
                f"good {good:.1%}"
            )


def held_up(frames: int) -> None:
    """Print what a computer that is late, and resets behind its back, cost."""
    print(f"Held up, frames of 4 cells: {frames} each; holes: over 31 ms or 2.5 periods, any cell")
    kinds = {
        f"{name}, {probability:g} of pulses": Injection(
            probability=probability, inside_share=share, duration=heavy_tailed, tail_ones=8
        )
        for name, share in (("outside", 0.0), ("half inside", 0.5), ("inside", 1.0))
        for probability in (1e-4, 1e-3, 1e-2)
    }
    kinds["anywhere, 10 us to 5 ms, 0.001"] = Injection(
        probability=1e-3, duration=log_uniform, is_anywhere=True
    )
    kinds["nothing"] = Injection()
    for rate_hz in (80.0, 10.0):
        for is_shared in (False, True):
            for name, injection in kinds.items():
                bench = Bench(
                    injection, is_sck_shared=is_shared, rate_hz=rate_hz, tears=True, seed=31
                )
                got = bench.run(frames)
                print(
                    f"  {rate_hz:2.0f} SPS {'shared' if is_shared else 'own':6} {name:30}"
                    f" silently wrong {got.wrong}, lost {got.lost_pct:5.2f} %,"
                    f" holes/min {got.holes_per_minute:5.1f}, power-downs {got.power_downs}"
                )


def not_ready() -> None:
    """Print how long read takes when nothing answers."""
    print("Nothing answers: longest read(), periods")
    for kind in READERS:
        for rate_hz in (10.0, 80.0):
            for wire in Wire:
                dead = {f"cell_{name}": (StuckDout(line=wire),) for name in "abcd"}
                rig = build(kind, WANT[:4], rate_hz=rate_hz, defects=dead)
                rig.run(100)
                print(f"  {kind:10} {rate_hz:3.0f} SPS {wire:9} {rig.longest_read_s * rate_hz:.2f}")


def waiting(duration_s: float) -> None:
    """Print the CPU share of reading chips that become ready in real time."""
    print(f"CPU of reading in real time, {duration_s:.0f} s each (virtual chips included)")
    for kind, cells in (("own_sck", 4), ("own_sck", 8), ("shared_sck", 4), ("adafruit", 4)):
        clock = RealClock()
        rig = build(kind, WANT[:cells], clock=clock, oscillator_error=0.005)
        rig.run(60)
        began_s, cpu_s, frames, calls = clock.now_s(), time.process_time(), 0, rig.calls
        while clock.now_s() < began_s + duration_s:
            rig.reader.read()
            frames += 1
        took_s = clock.now_s() - began_s
        share = (time.process_time() - cpu_s) / took_s
        calls = rig.calls - calls
        stats = rig.reader.stats
        torn = sum(c.torn for c in stats.cells.values())
        good = sum(c.good for c in stats.cells.values()) / (cells * stats.frames)
        high_us = stats.longest_sck_high_s * 1e6
        print(
            f"  {kind:10} {cells} cells: {share:5.1%} CPU, {frames / took_s:.1f} frames/s, "
            f"{calls / frames:.0f} calls a frame, good {good:.1%}, torn {torn}, "
            f"longest SCK-high {high_us:.0f} us"
        )


def main() -> None:
    """Run all experiments; --quick shortens the long ones."""
    is_quick = "--quick" in sys.argv[1:]
    frame_cost()
    stalls(STALL_FRAMES // 10 if is_quick else STALL_FRAMES)
    held_up(STALL_FRAMES // 100 if is_quick else STALL_FRAMES)
    not_ready()
    waiting(1.0 if is_quick else WAIT_S)


if __name__ == "__main__":
    main()
