"""Every wiring defect of the virtual bench is named with its cell, and a healthy mat has none."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.cli.hardware import virtual_trace
from matfw.devices.parallel import ParallelReader
from matfw.diagnose import Diagnosis, analyse, stats_since
from matfw.diagnose.finding import Level
from matfw.diagnose.presses import Press
from matfw.diagnose.report import as_lines
from matfw.layouts import PRESETS
from matfw.messages import RawFrame, Side
from matfw.virtual import defects as d
from matfw.virtual.bench import VirtualBench
from matfw.virtual.clock import VirtualClock
from tests.calibrate.rig import VirtualMat, mat_of

TARES = (212_000.0, -96_000.0, 140_000.0, 305_000.0, -180_000.0, 88_000.0, 121_000.0, -64_000.0)
GAIN = 42_900.0
SECONDS = 10.0
PRESS_S, PAUSE_S = 1.5, 0.5
ALL = {cls for cls in vars(d).values() if isinstance(cls, type) and issubclass(cls, d.Defect)} - {
    d.Defect
}


@dataclass(frozen=True)
class Case:
    """A defect and what it must be called; others: cells that may be named with it."""

    name: str
    defect: d.Defect
    found: str
    is_pressed: bool = False
    says: str = ""


CASES = (
    Case("DOUT and SCK exchanged", d.SwappedPins(), "swapped_pins", says="DOUT and SCK"),
    Case("DOUT at ground", d.StuckDout(line=d.Line.LOW), "swapped_pins", says="touches ground"),
    Case("DOUT off, pull-up; no supply", d.StuckDout(line=d.Line.HIGH), "no_answer"),
    Case("DOUT off, floating", d.StuckDout(line=d.Line.FLOATING), "floating"),
    Case("SCK off", d.CutSck(), "no_clock", says="SCK"),
    Case("RATE at ground", d.OtherRate(hz=10.0), "slow_rate", says="RATE"),
    Case("A+ open", d.OpenBridge(is_positive=True), "open_bridge", says="upper"),
    Case("A- open", d.OpenBridge(is_positive=False), "open_bridge", says="lower"),
    Case("converter frozen", d.FrozenResult(value=80_000.0), "frozen", says="repeats"),
    Case("A+ and A- shorted", d.StuckValue(value=0.0), "no_signal"),
    Case("A+ and A- exchanged", d.Reversed(), "reversed"),
    Case("A+ and A- exchanged, pressed", d.Reversed(), "reversed", is_pressed=True),
    Case("jammed solid, pressed", d.StuckValue(value=50_000.0), "no_reaction", is_pressed=True),
    Case("gain 64", d.WrongGain(share=0.5), "wrong_gain", says="gain 64"),
    Case("channel B", d.WrongGain(share=0.0), "no_signal", says="B+"),
    Case("noisy cable", d.Noise(rms_counts=3000.0), "noisy", says="g of noise"),
    Case("mains 50", d.MainsHum(amplitude_counts=900.0, mains_hz=50.0), "mains_hum", says="50 Hz"),
    Case("mains 60", d.MainsHum(amplitude_counts=900.0, mains_hz=60.0), "mains_hum", says="60 Hz"),
    Case("loose contact", d.Spikes(size_counts=200_000.0, probability=0.01), "spikes"),
    Case("warming up", d.Drift(from_s=0.0, counts_per_s=150.0), "drifting"),
)  # fmt: skip


def healthy(layout: str, seed: int = 1, **extra: object) -> VirtualMat:
    count = len(PRESETS[layout].cells)
    return VirtualMat(mat_of(layout, [GAIN] * count, TARES[:count]), seed=seed, **extra)  # type: ignore[arg-type]


def diagnosed(mat: VirtualMat) -> Diagnosis:
    return analyse(mat.frames(SECONDS), mat.reader.stats, mat.mat)


def pressed(mat: VirtualMat, weight_kg: float = 15.0) -> Diagnosis:
    """Press on each corner in turn, as asked."""
    frames = mat.frames(1.0)
    presses = []
    for cell in mat.mat.cells:
        from_s = mat.clock.now_s()
        mat.lay((weight_kg, 0.97 * cell.x_mm, 0.9 * cell.y_mm))
        frames += mat.frames(PRESS_S)
        presses.append(Press(cell.name, from_s, mat.clock.now_s()))
        mat.lay()
        frames += mat.frames(PAUSE_S)
    return analyse(frames, mat.reader.stats, mat.mat, presses=presses)


def named(diagnosis: Diagnosis) -> set[tuple[str, tuple[str, ...]]]:
    return {(found.name, found.cells) for found in diagnosis.findings}


def test_every_defect_of_the_bench_is_in_the_table() -> None:
    common = {d.NoisySupply, d.BrownOut}  # of all cells, and again and again: below
    assert {type(case.defect) for case in CASES} | common == ALL
    assert {case.defect.line for case in CASES if isinstance(case.defect, d.StuckDout)} == set(
        d.Line
    )


# All on four cells; on six as many as give every cell its turn.
PLACED = [
    pytest.param(layout, number, case, id=f"{layout}-{case.name}")
    for layout, cases in (("core4", CASES), ("hex6", CASES[::3]))
    for number, case in enumerate(cases)
]


@pytest.mark.parametrize(("layout", "number", "case"), PLACED)
def test_a_defect_is_named_on_its_cell_alone(layout: str, number: int, case: Case) -> None:
    """Each on another cell, so that every cell has its turn."""
    cells = PRESETS[layout].cells
    cell = cells[number % len(cells)]
    mat = healthy(layout, number, defects={cell.name: [case.defect]})
    diagnosis = pressed(mat) if case.is_pressed else diagnosed(mat)
    assert named(diagnosis) == {(case.found, (cell.name,))}, (cell.name, diagnosis.findings)
    (finding,) = diagnosis.findings
    assert cell.name in finding.sentence
    assert case.says in finding.sentence
    assert "hardware/wiring.md" in finding.sentence
    check_width(diagnosis)


def check_width(diagnosis: Diagnosis) -> None:
    """Check that the table is no wider than a terminal."""
    lines = as_lines(diagnosis)
    (head,) = (number for number, line in enumerate(lines) if line.startswith("cell "))
    table = lines[head : head + 1 + len(diagnosis.cells)]
    assert max(map(len, table)) <= 80, table


@pytest.mark.parametrize(("kg", "found"), [(-1.9, None), (-2.2, "below_zero"), (-20.0, "reversed")])
def test_a_cell_below_zero_under_a_load_has_lost_its_zero_or_is_turned_round(
    kg: float, found: str | None
) -> None:
    mat = healthy("core4")
    mat.lay((70.0, 0.0, 0.0))
    [load_kg] = {round(cell.load_kg, 1) for cell in diagnosed(mat).cells[:1]}
    shift = round((kg - load_kg) * GAIN)
    frames = [
        replace(frame, counts=(frame.counts[0] and frame.counts[0] + shift, *frame.counts[1:]))
        for frame in mat.frames(SECONDS)
    ]
    diagnosis = analyse(frames, mat.reader.stats, mat.mat)
    assert named(diagnosis) == ({(found, (mat.mat.cells[0].name,))} if found else set())
    if found == "below_zero":
        assert "Take a tare" in diagnosis.findings[0].sentence
    check_width(diagnosis)


@pytest.mark.parametrize("layout", ["core4", "hex6"])
@pytest.mark.parametrize("x_mm", [-700.0, 0.0, 500.0])
def test_whoever_sits_on_the_deck_s_edge_takes_no_cell_s_zero(layout: str, x_mm: float) -> None:
    mat = healthy(layout)
    mat.lay((110.0, x_mm, 315.0))
    diagnosis = diagnosed(mat)
    assert min(cell.load_kg for cell in diagnosis.cells) < -2.0
    assert not named(diagnosis)


# --- the computer ---


def late_reads(frame: RawFrame, number: int) -> RawFrame | None:
    """Lose a burst of five frames in fifty to a reset that the computer made."""
    if number % 50 >= 5:
        return frame
    return replace(frame, counts=(None,) * len(frame.counts), computer_mask=0b1111)


def long_pauses(frame: RawFrame, number: int) -> RawFrame | None:
    """Look away for seven frames of every eight, as under a heavy program."""
    return frame if number % 8 == 0 else None


@pytest.mark.parametrize("lose", [late_reads, long_pauses])
def test_a_late_computer_is_named_and_no_wire(
    lose: Callable[[RawFrame, int], RawFrame | None],
) -> None:
    mat = healthy("core4")
    frames = [
        kept
        for number, frame in enumerate(mat.frames(SECONDS))
        if (kept := lose(frame, number)) is not None
    ]
    stats = replace(mat.reader.stats, frames=len(frames))
    if lose is late_reads:  # as ParallelReader counts what it throws away
        torn = sum(frame.computer_mask & 1 for frame in frames)
        stats.cells = {name: replace(c, torn=torn) for name, c in stats.cells.items()}
    diagnosis = analyse(frames, stats, mat.mat)
    (finding,) = diagnosis.findings
    assert (finding.name, finding.cells) == ("late_computer", ())
    assert "no wire is at fault" in finding.sentence
    assert "End other programs" in finding.sentence
    check_width(diagnosis)


def test_a_computer_that_takes_every_sample_is_all_that_is_found() -> None:
    mat = healthy("core4")
    frames = [late_reads(frame, 0) for frame in mat.frames(SECONDS)]
    stats = replace(mat.reader.stats, cells={})
    diagnosis = analyse([frame for frame in frames if frame], stats, mat.mat)
    (finding,) = diagnosis.findings
    assert (finding.name, finding.level) == ("late_computer", Level.BAD)


def test_a_long_name_of_a_cell_takes_the_room_between_the_columns() -> None:
    diagnosis = diagnosed(healthy("core4"))
    cells = tuple(replace(cell, name=f"{cell.name}_x") for cell in diagnosis.cells)
    check_width(replace(diagnosis, cells=cells))


PAIR = ("head_right", "foot_left")


@pytest.mark.parametrize(
    ("crossing", "found"),
    [
        (d.Crossing(dout={PAIR[0]: PAIR[1], PAIR[1]: PAIR[0]}), "crossed_pins"),
        (d.Crossing(sck={PAIR[0]: PAIR[1], PAIR[1]: PAIR[0]}), "crossed_pins"),
        (d.Crossing(dout={PAIR[0]: PAIR[1]}), "shared_pins"),
        (d.Crossing(dout={PAIR[1]: PAIR[0]}), "shared_pins"),
    ],
    ids=["DOUTs exchanged", "SCKs exchanged", "one DOUT on two pins", "the other way round"],
)
def test_crossed_wires_name_both_cells(crossing: d.Crossing, found: str) -> None:
    for seed in range(2):
        assert named(diagnosed(healthy("core4", seed, crossing=crossing))) == {(found, PAIR)}


def test_an_sck_on_another_cells_converter_leaves_that_cell_without_a_clock() -> None:
    mat = healthy("core4", crossing=d.Crossing(sck={"head_right": "head_left"}))
    assert ("no_clock", ("head_right",)) in named(diagnosed(mat))


ACROSS, BESIDE = ("head_left", "foot_right"), ("head_left", "head_right")


@pytest.mark.parametrize(
    ("layout", "pair"),
    [("core4", ACROSS), ("core4", BESIDE), ("hex6", BESIDE), ("trio8", ACROSS)],
)
def test_cells_exchanged_as_a_whole_are_named(layout: str, pair: tuple[str, str]) -> None:
    both = dict(zip(pair, reversed(pair), strict=True))
    crossing = d.Crossing(dout=both, sck=both)
    assert named(diagnosed(healthy(layout, crossing=crossing))) == {("exchanged_cells", pair)}
    # With equal zeros only pressing tells.
    count = len(PRESETS[layout].cells)
    alike = VirtualMat(mat_of(layout, [GAIN] * count, [9e4] * count), crossing=crossing)
    assert named(diagnosed(alike)) == set()
    found = pressed(alike).findings
    assert [(f.name, set(f.cells)) for f in found] == [("exchanged_cells", set(pair))]


@pytest.mark.parametrize("layout", sorted(PRESETS))
def test_a_noise_that_all_cells_share_is_the_supplys(layout: str) -> None:
    names = [cell.name for cell in PRESETS[layout].cells]
    noise = d.NoisySupply(rms_counts=1500.0)
    mat = healthy(layout, defects={name: [noise] for name in names})
    assert named(diagnosed(mat)) == {("noisy_supply", tuple(names))}


@pytest.mark.parametrize("layout", sorted(PRESETS))
def test_a_noise_that_two_cells_share_is_crosstalk(layout: str) -> None:
    noise = d.NoisySupply(rms_counts=1500.0)
    mat = healthy(layout, defects={name: [noise] for name in ("head_left", "foot_right")})
    assert named(diagnosed(mat)) == {("crosstalk", ("head_left", "foot_right"))}


def test_an_empty_board_that_rocks_is_named() -> None:
    mat = healthy("core4", floor_kg=(1.0, -1.0, -1.0, 1.0))
    assert [found.name for found in diagnosed(mat).findings] == ["warped"]


def test_all_cells_at_ten_samples_are_one_finding() -> None:
    names = tuple(cell.name for cell in PRESETS["core4"].cells)
    mat = healthy("core4", defects={name: [d.OtherRate(hz=10.0)] for name in names})
    assert named(diagnosed(mat)) == {("all_slow", names)}


def test_a_converter_that_is_faster_than_the_settings_say_is_named() -> None:
    fast = {"foot_left": [d.OtherRate(hz=80.0)]}
    mat = VirtualMat(mat_of("core4", [GAIN] * 4, TARES[:4], 10.0), defects=fast)
    assert named(diagnosed(mat)) == {("fast_rate", ("foot_left",))}


def test_a_wire_that_is_off_now_and_then_is_loose() -> None:
    loose = [d.StuckDout(from_s=start, until_s=start + 0.3) for start in range(101, 111)]
    mat = healthy("core4", defects={"head_right": loose})
    assert named(diagnosed(mat)) == {("intermittent", ("head_right",))}


def test_a_converter_that_starts_again_and_again_has_a_supply_that_dips() -> None:
    dips = [d.BrownOut(from_s=100.2 + 0.3 * n, until_s=100.21 + 0.3 * n) for n in range(34)]
    mat = healthy("core4", defects={"head_right": dips})
    assert named(diagnosed(mat)) == {("restarts", ("head_right",))}


def test_no_supply_at_all_is_one_finding() -> None:
    names = tuple(cell.name for cell in PRESETS["core4"].cells)
    mat = healthy("core4", defects={name: [d.StuckDout()] for name in names})
    assert named(diagnosed(mat)) == {("nobody_answers", names)}


# --- a healthy mat --------------------------------------------------------------------------------


@settings(max_examples=5, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    layout=st.sampled_from(sorted(PRESETS)),
    noise_counts=st.floats(20.0, 430.0),  # the converter's own, to that of a fair build: 10 g
    is_pressed=st.booleans(),
)
def test_a_healthy_mat_has_no_finding(
    seed: int, layout: str, noise_counts: float, is_pressed: bool
) -> None:
    mat = healthy(layout, seed, noise_counts=noise_counts)
    diagnosis = pressed(mat) if is_pressed else diagnosed(mat)
    assert diagnosis.findings == ()


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000), layout=st.sampled_from(sorted(PRESETS)))
def test_a_healthy_mat_at_ten_samples_has_no_finding(seed: int, layout: str) -> None:
    count = len(PRESETS[layout].cells)
    mat = VirtualMat(mat_of(layout, [GAIN] * count, TARES[:count], 10.0), seed=seed)
    assert diagnosed(mat).findings == ()


@pytest.mark.parametrize(
    ("layout", "kind"), [*((layout, "stress") for layout in sorted(PRESETS)), ("core4", "faults")]
)
def test_somebody_on_a_healthy_mat_is_no_finding(layout: str, kind: str) -> None:
    trace = virtual_trace(kind, layout, Side.LEFT)
    clock = VirtualClock(0.0)
    mat = healthy(layout).mat
    bench = VirtualBench(mat, trace.loads_at, clock, seed=5)
    names = [cell.name for cell in mat.cells]
    reader = ParallelReader(names, bench.lines(), clock)
    reader.start()
    for _ in range(int(min(trace.duration_s, 30.0) / SECONDS)):
        before = deepcopy(reader.stats)
        until_s, frames = clock.now_s() + SECONDS, []
        while clock.now_s() < until_s:
            frames.append(reader.read())
        account = stats_since(reader.stats, before)
        for uncalibrated in ((), names):
            assert analyse(frames, account, mat, uncalibrated=uncalibrated).findings == ()
