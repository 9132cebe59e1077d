"""Cells work from their places alone; places that cannot tell where a load is are refused."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.layouts import LINE_MM, PRESETS, TWIN_MM, unfit, unplaced
from matfw.messages import Cell, Event, Mat, Rep, Side
from matfw.service.replay import replay
from matfw.settings.model import NOMINAL
from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.sampling import record
from matfw.virtual.sessions import demo_session
from tests.accuracy.matching import match

TRIPOD = (Cell("chin", -820.0, 40.0), Cell("left", 700.0, 250.0), Cell("right", 860.0, -300.0))
FIVE = (
    Cell("a", -900.0, 260.0), Cell("b", -750.0, -300.0), Cell("c", 100.0, -310.0),
    Cell("d", 640.0, 290.0), Cell("e", 930.0, -120.0),
)  # fmt: skip
THREE_PLATES = (
    Cell("p", -900.0, 200.0, "north"), Cell("q", -880.0, -200.0, "north"),
    Cell("r", -500.0, 0.0, "north"), Cell("s", -300.0, 250.0, "south"),
    Cell("t", -300.0, -250.0, "south"), Cell("u", 900.0, 250.0, "south"),
    Cell("v", 900.0, -250.0, "south"),
)  # fmt: skip
ONE_REP_S = 28.0
AGREE_S = 0.6  # of a repetition's start on any arrangement
SHORT_SET = (0, 3, 4, 5, 6, 7)  # of the demo's: a good one, and those whose fault moves the load


def short_set() -> SessionPlan:
    """Return the demo's person in a set of six."""
    whole = demo_session(Side.LEFT)
    return replace(
        whole,
        reps=tuple(whole.reps[k] for k in SHORT_SET),
        rests_s=whole.rests_s[: len(SHORT_SET)],
        off_mats=(),
    )


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_well_placed(name: str) -> None:
    assert unplaced(PRESETS[name].cells) is None


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([(0, 0), (900, 0)], "must be at least 3 cells (got 2)"),
        ([(-900, 0), (900, 0), (0, 0)], "must not stand in one line"),
        ([(-900, -90), (900, 90), (0, 20)], "(got 20 mm beside the line from a to b)"),
        ([(0, 0), (0, 0), (900, 300)], "(got a and b, 0 mm apart)"),
        ([(0, 0)] * 3, "at least 10 mm apart"),
        ([(-900, 0), (900, 0), (0, 300), (0, 305)], "(got c and d, 5 mm apart)"),
    ],
)
def test_places_that_tell_nothing_are_refused(
    places: list[tuple[float, float]], words: str
) -> None:
    cells = [Cell(chr(97 + i), x, y) for i, (x, y) in enumerate(places)]
    assert words in (unplaced(cells) or "")


PLACES = st.tuples(st.floats(-10_000, 10_000), st.floats(-10_000, 10_000))


@given(st.lists(PLACES, min_size=3, max_size=8), st.floats(0.0, 6.3))
def test_cells_on_any_line_are_refused(places: list[tuple[float, float]], turned: float) -> None:
    along = [
        Cell(str(i), x * math.cos(turned), x * math.sin(turned)) for i, (x, _) in enumerate(places)
    ]
    assert unplaced(along) is not None


@given(st.lists(PLACES, min_size=3, max_size=8))
def test_what_is_not_refused_spans_a_triangle(places: list[tuple[float, float]]) -> None:
    cells = [Cell(str(i), x, y) for i, (x, y) in enumerate(places)]
    if unplaced(cells) is None:
        largest = max(
            abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]))
            for a in places for b in places for c in places
        )  # fmt: skip
        assert largest >= TWIN_MM * LINE_MM


@pytest.mark.parametrize("cells", [TRIPOD, FIVE, THREE_PLATES], ids=["three", "five", "seven"])
def test_any_arrangement_counts_and_times_the_same_set(cells: tuple[Cell, ...]) -> None:
    """No name is known here: three, five and seven cells in places nobody has planned."""
    trace = generate(short_set(), cells, 7)
    mat = Mat("mine", cells, (NOMINAL,) * len(cells), person=trace.person, side=Side.LEFT)
    events: list[Event] = []
    replay(mat, record(trace, mat, 7), events.append)
    reps = [event for event in events if isinstance(event, Rep)]
    matched = match(trace.truth, reps)
    assert len(reps) <= len(trace.truth)
    for true, index in zip(trace.truth, matched, strict=True):
        assert index is not None, true
        assert abs(reps[index].start_s - true.start_s) < AGREE_S
        named = {seen.fault for seen in reps[index].faults}
        assert set(true.faults) <= named, true
        assert bool(named) is bool(true.faults)  # a drop may be called rushed besides


def test_names_of_cells_and_layout_mean_nothing() -> None:
    trace = generate(demo_session(Side.LEFT), TRIPOD, 7)
    mat = Mat("mine", TRIPOD, (NOMINAL,) * 3, person=trace.person, side=Side.LEFT)
    cells = tuple(replace(cell, name="x" + cell.name) for cell in TRIPOD)
    renamed = replace(mat, layout="core4", cells=cells)

    def events_of(mat: Mat) -> list[Event]:
        frames = record(replace(trace, cells=mat.cells), mat, 7)
        events: list[Event] = []
        replay(mat, [frame for frame in frames if frame.t_s < ONE_REP_S], events.append)
        return events

    events = events_of(mat)
    assert any(isinstance(event, Rep) for event in events)
    assert events_of(renamed) == events


def custom(scale: float = 1.0, **moved: tuple[float, float]) -> list[Cell]:
    places = {cell.name: (cell.x_mm, cell.y_mm) for cell in PRESETS["core4"].cells}
    return [Cell(name, x * scale, y * scale) for name, (x, y) in {**places, **moved}.items()]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (custom(), None),
        (custom(0.001), "are these metres? then write -900"),
        (custom(0.388), "nobody would be taken to lie there"),
        (custom(0.389), None),
        (custom(-1.0), "x_mm grows from the head to the foot end"),
        (
            custom(head_left=(-900, -275), head_right=(-900, 275)),
            "y_mm grows from right to left (got head_right at 275, head_left at -275)",
        ),
        (custom(foot_left=(-950, 275)), "got head_left at -900, foot_left at -950"),
    ],
)
def test_a_mat_on_which_nobody_could_be_judged_is_refused(
    cells: list[Cell], words: str | None
) -> None:
    found = unfit(cells)
    assert (found is None) if words is None else (found is not None and words in found)


def test_every_preset_fits_a_person() -> None:
    for layout in PRESETS.values():
        assert unfit(layout.cells) is None
