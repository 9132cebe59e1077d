"""What the picture shows, claim by claim; how it behaves on a terminal and without one."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.control.words import CUE_WORDS, PROBLEM_WORDS, VERDICT_MARKS, fault_words
from matfw.display.canvas import Canvas
from matfw.display.drawing import Trail, draw
from matfw.display.lines import EventLines
from matfw.display.mat_drawing import CLOSE_UP_MM_PER_DOT, Place, draw_close_up
from matfw.display.picture import CellView, Picture, View, drawing_console
from matfw.display.summary import SummaryRep, summary_lines
from matfw.display.view import in_set
from matfw.layouts import DECK_LENGTH_MM, DECK_WIDTH_MM, PRESETS
from matfw.messages import (
    CUES,
    Announcement,
    CellEvent,
    CellProblem,
    CueGiven,
    Event,
    Fault,
    FaultSeen,
    Limits,
    PersonWeighed,
    Phase,
    PhaseChanged,
    Rep,
    Side,
    Tempo,
    Verdict,
)

ENTER_SECOND_SCREEN, LEAVE_SECOND_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
SIZES = [(80, 24), (60, 24), (120, 24), (120, 40), (44, 16), (200, 60)]


def cells(layout: str) -> tuple[CellView, ...]:
    return tuple(
        CellView(cell.name, cell.x_mm, cell.y_mm, 10.0 + number)
        for number, cell in enumerate(PRESETS[layout].cells)
    )


LYING = View(
    t_s=83.4,
    title="a virtual person",
    is_simulated=True,
    speed=4.0,
    progress=0.5,
    phase=Phase.HOLD,
    side=Side.LEFT,
    leg_angle_deg=36.0,
    cop_x_mm=-120.0,
    cop_y_mm=10.0,
    load_kg=64.2,
    weight_kg=64.0,
    cells=cells("hex6"),
    verdicts=(Verdict.CLEAN, Verdict.FAULT, Verdict.UNSURE),
    target_reps=10,
    cue=Fault.ROLL_BACK,
    cue_age_s=2.0,
)


def drawn(view: View, width: int = 80, height: int = 24, phase_s: float = 0.5) -> list[str]:
    return draw(view, Trail(), phase_s, width, height).lines()


def mat_of(lines: list[str]) -> list[str]:
    """Return the inside of the mat's frame."""
    left = lines[1].index("╭")
    right = lines[1].index("╮")
    last = next(row for row, line in enumerate(lines) if "╰" in line)
    return [line[left + 1 : right] for line in lines[2:last]]


# --- the mat ---


@given(
    st.floats(-DECK_LENGTH_MM / 2, DECK_LENGTH_MM / 2),
    st.floats(-DECK_WIDTH_MM / 2, DECK_WIDTH_MM / 2),
    st.sampled_from(SIZES),
)
def test_the_dot_is_where_the_centre_of_pressure_is(
    x_mm: float, y_mm: float, size: tuple[int, int]
) -> None:
    mat = mat_of(drawn(replace(LYING, cop_x_mm=x_mm, cop_y_mm=y_mm), *size))
    [(row, column)] = [(r, line.index("●")) for r, line in enumerate(mat) if "●" in line]
    column_mm, row_mm = DECK_LENGTH_MM / len(mat[0]), DECK_WIDTH_MM / len(mat)
    assert abs((column + 0.5) * column_mm - DECK_LENGTH_MM / 2 - x_mm) <= column_mm / 2 + 1e-6
    assert abs(DECK_WIDTH_MM / 2 - (row + 0.5) * row_mm - y_mm) <= row_mm / 2 + 1e-6


@pytest.mark.parametrize("size", SIZES)
def test_the_mat_keeps_its_shape(size: tuple[int, int]) -> None:
    mat = mat_of(drawn(LYING, *size))
    shape = len(mat[0]) / (2.0 * len(mat))
    assert shape == pytest.approx(DECK_LENGTH_MM / DECK_WIDTH_MM, rel=0.25)


def test_nobody_on_the_mat_is_no_dot() -> None:
    assert not any("●" in line for line in drawn(View(0.0, cells=cells("hex6"))))


@pytest.mark.parametrize("layout", PRESETS)
@pytest.mark.parametrize("size", [(80, 24), (60, 24), (120, 40)])
def test_every_cell_shows_its_load_at_its_place(layout: str, size: tuple[int, int]) -> None:
    mat = mat_of(drawn(replace(LYING, cells=cells(layout)), *size))
    for cell in cells(layout):
        text = f"{cell.load_kg:.1f} kg"
        [(row, column)] = [(r, line.index(text)) for r, line in enumerate(mat) if text in line]
        assert (row < len(mat) / 2) == (cell.y_mm > 0)
        middle = (column + len(text) / 2) / len(mat[0]) - 0.5
        assert abs(middle - cell.x_mm / DECK_LENGTH_MM) < 0.15


@pytest.mark.parametrize("problem", [each for each in CellProblem if each is not CellProblem.OK])
def test_a_bad_cell_says_so_at_its_place(problem: CellProblem) -> None:
    first, *others = cells("hex6")
    mat = mat_of(drawn(replace(LYING, cells=(replace(first, problem=problem), *others))))
    assert f"✗ {problem}" in mat[0]
    assert f"{first.load_kg:.1f} kg" not in "".join(mat)


@pytest.mark.parametrize(("side", "face_row"), [(Side.LEFT, 0), (Side.RIGHT, -1)])
def test_face_side_and_lights_change_with_the_side_lain_on(side: Side, face_row: int) -> None:
    lines = drawn(replace(LYING, side=side, lights=(1.0, 0.3, 0.0)))
    borders = [line for line in lines if "╭" in line or "╰" in line]
    assert "face" in borders[face_row]
    marks = [mark for mark in borders[face_row] if mark in "○◎◉"]
    assert marks == ["◉", "◎", "○"]
    assert not set(borders[-1 - face_row]) & set("○◎◉")


def test_the_close_up_enlarges_around_its_middle() -> None:
    place = Place(0, 0, 20, 9)
    middle_mm = (-120.0, 10.0)
    point_mm = (-120.0 + 6 * CLOSE_UP_MM_PER_DOT, 10.0 + 12 * CLOSE_UP_MM_PER_DOT)
    canvas = Canvas(22, 11)
    view = replace(LYING, cop_x_mm=point_mm[0], cop_y_mm=point_mm[1])
    draw_close_up(canvas, place, view, [middle_mm], middle_mm)
    assert canvas.lines()[1 + 18 // 4 - 3][1 + 10 + 3] == "●"
    assert 0x2800 < ord(canvas.lines()[1 + 18 // 4][1 + 10]) <= 0x28FF


# --- everything else ---


@pytest.mark.parametrize("size", SIZES)
def test_everything_fits(size: tuple[int, int]) -> None:
    for cue in CUES:
        lines = drawn(replace(LYING, cue=cue, title="matfw demo"), *size)
        assert len(lines) == size[1]
        assert {len(line) for line in lines} == {size[0]}
        text = "\n".join(lines)
        told = ("matfw demo", "SIMULATED", "1:23.4", "leg", "phase", "3 of 10 · set 1", "50 %")
        assert all(words in text for words in told), cue
        if size[0] >= 60:
            words = CUE_WORDS[cue]
            assert words.happened in text
            assert words.remedy[1:] in text
            assert "2 s ago" in text


@given(st.integers(1, 43), st.integers(1, 15))
def test_a_tiny_terminal_gets_a_few_words_and_no_error(width: int, height: int) -> None:
    lines = drawn(LYING, width, height)
    assert len(lines) == height
    assert {len(line) for line in lines} == {width}


@pytest.mark.parametrize("limits", [Limits(), Limits(too_small_deg=30.0, too_high_deg=45.0)])
@pytest.mark.parametrize(("angle_deg", "is_in_band"), [(20.0, False), (36.0, True), (55.0, False)])
def test_the_leg_bar_ends_at_its_angle_on_the_scale_above_and_the_band_at_the_limits(
    angle_deg: float, is_in_band: bool, limits: Limits
) -> None:
    lines = drawn(replace(LYING, leg_angle_deg=angle_deg, limits=limits))
    [row] = [number for number, line in enumerate(lines) if "30°" in line]
    scale, bar = lines[row], lines[row + 1]
    start, at_30 = scale.index("0°"), scale.index("30°")
    low, high = (scale.index("━"), scale.rindex("━"))
    end = bar.rindex("█")
    a_degree = (at_30 - start) / 30.0
    assert (end - start) / a_degree == pytest.approx(angle_deg, abs=1.5)
    # A number of the scale may stand where the band begins or ends.
    assert (low - start) / a_degree == pytest.approx(limits.too_small_deg, abs=3.5)
    assert (high - start) / a_degree == pytest.approx(limits.too_high_deg, abs=3.5)
    assert (low <= end <= high) is is_in_band
    assert f"{angle_deg:.0f}°" in bar


@pytest.mark.parametrize("phase", Phase)
def test_the_phase_now_is_marked_and_timed(phase: Phase) -> None:
    text = "\n".join(drawn(replace(LYING, phase=phase), phase_s=1.3))
    assert f"▸{phase} 1.3" in text
    assert text.count("▸") == 1


def test_reps_have_a_mark_each_that_needs_no_colour() -> None:
    assert len(set(VERDICT_MARKS.values())) == len(Verdict)
    assert any("✓ ✗ ? · · · · · · ·" in line for line in drawn(LYING))


def test_a_long_set_keeps_the_newest_reps_in_sight() -> None:
    verdicts = (*[Verdict.CLEAN] * 59, Verdict.FAULT)
    assert any("✓ ✗ " in line for line in drawn(replace(LYING, verdicts=verdicts, target_reps=60)))


def test_a_tone_is_shown_while_it_sounds() -> None:
    assert any("♪ 1319 Hz" in line for line in drawn(replace(LYING, tone_hz=1318.9)))
    assert not any("♪" in line for line in drawn(LYING))


# --- on a terminal ---


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    return Terminal()


def picture_on(terminal: Terminal) -> Picture:
    console = drawing_console(terminal)
    assert console is not None
    return Picture(console)


def test_the_terminal_is_given_back_after_ctrl_c(terminal: Terminal) -> None:
    def interrupted() -> None:
        with picture_on(terminal) as picture:
            picture.update(LYING)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    text = terminal.getvalue()
    assert (
        text.index(ENTER_SECOND_SCREEN)
        < text.index("hips rolled")
        < text.index(LEAVE_SECOND_SCREEN)
    )
    assert text.rindex(SHOW_CURSOR) > text.rindex(HIDE_CURSOR)


def test_a_new_picture_overwrites_and_never_clears(terminal: Terminal) -> None:
    """A cleared screen that is drawn again is what flickers."""
    with picture_on(terminal) as picture:
        picture.update(LYING)
        before = len(terminal.getvalue())
        picture.update(replace(LYING, t_s=83.5))
        assert "\x1b[2J" not in terminal.getvalue()[before:]


def test_closing_twice_is_allowed(terminal: Terminal) -> None:
    picture = picture_on(terminal)
    picture.close()
    picture.close()
    assert terminal.getvalue().count(LEAVE_SECOND_SCREEN) == 1


# --- without one ---

REP = Rep(
    rep=1,
    t_s=6.0,
    start_s=2.0,
    top_s=3.0,
    lower_s=4.0,
    end_s=5.5,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=-20.0,
    verdict=Verdict.FAULT,
    faults=(FaultSeen(Fault.ROLL_BACK, 20.0, "mm"),),
    side=Side.LEFT,
)
STORY: list[list[Event]] = [
    [PersonWeighed(1.0, 64.2), CueGiven(1.0, Announcement.READY)],
    [],
    [PhaseChanged(2.0, Phase.UP)],
    [CellEvent(3.0, "head_left", CellProblem.LOST), CellEvent(3.0, "head_left", CellProblem.OK)],
    [CueGiven(3.0, Fault.ROLL_BACK)],
    [REP, replace(REP, rep=2, t_s=7.0, verdict=Verdict.CLEAN, faults=())],
]
STORY_LINES = [
    "matfw run",
    "     1.00 s  person  64.2 kg, lying still",
    f"     1.00 s  cue     ready: {CUE_WORDS[Announcement.READY].sentence}",
    "     2.00 s  phase   up",
    f"     3.00 s  sensor  head_left lost: {PROBLEM_WORDS[CellProblem.LOST]}",
    f"     3.00 s  sensor  head_left ok: {PROBLEM_WORDS[CellProblem.OK]}",
    f"     3.00 s  cue     roll_back: {CUE_WORDS[Fault.ROLL_BACK].sentence}",
    "     6.00 s  rep   1 fault  2.0-1.0-3.0 s 38 deg  roll_back 20.0 mm",
    "     7.00 s  rep   2 clean  2.0-1.0-3.0 s 38 deg",
]


def test_each_event_is_one_plain_line_once_and_at_once() -> None:
    stream = io.StringIO()
    lines = EventLines(stream, "matfw run")
    reported = 1
    for events in STORY:
        lines.events(events)
        reported += len(events)
        assert len(stream.getvalue().splitlines()) == reported
    assert stream.getvalue().splitlines() == STORY_LINES


def test_a_pipe_is_not_drawn_on() -> None:
    assert drawing_console(io.StringIO()) is None


def test_without_rich_a_terminal_is_not_drawn_on(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)
    assert drawing_console(terminal) is None


def test_a_terminal_that_cannot_draw_is_not_drawn_on(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert drawing_console(terminal) is None


def test_a_terminal_without_unicode_is_not_drawn_on(terminal: Terminal) -> None:
    terminal.encoding = "ascii"
    assert drawing_console(terminal) is None


# --- words and summary ---


def test_every_cue_fault_and_problem_has_words() -> None:
    assert set(CUE_WORDS) == set(CUES)
    assert set(PROBLEM_WORDS) == set(CellProblem)
    for fault in Fault:
        words = fault_words(fault)
        assert words.sentence.count(".") == 1
        assert words.remedy, "a fault says how to correct it"


REPS = [
    SummaryRep(Verdict.CLEAN, (), 2.0, 1.0, 3.0, 34.0),
    SummaryRep(Verdict.FAULT, (Fault.ROLL_BACK, Fault.SHORT_HOLD), 2.2, 0.4, 3.2, 40.0),
    SummaryRep(Verdict.FAULT, (Fault.ROLL_BACK,), 1.8, 1.0, 2.8, None),
    SummaryRep(Verdict.UNSURE, (), 2.0, 1.2, 3.0, 37.0),
]


def test_the_summary_counts_reps_verdicts_and_faults() -> None:
    text = "\n".join(summary_lines(REPS, Tempo(), False, set_faults=[Fault.FATIGUE]))
    assert " 4 reps\n" in text
    assert "✓ 1 clean     ✗ 2 with a fault     ? 1 unsure" in text
    assert "✓ ✗ ✗ ?" in text
    assert "2 reps  roll_back    The hips rolled back" in text
    assert "1 rep   short_hold" in text
    assert "1 set   fatigue" in text
    assert "mean    2.0 s    0.9 s    3.0 s" in text
    assert "37°, from 34° to 40°" in text


def test_a_summary_says_when_its_person_is_virtual() -> None:
    assert "VIRTUAL person" in "\n".join(summary_lines(REPS, Tempo(), True))
    assert "VIRTUAL" not in "\n".join(summary_lines(REPS, Tempo(), False))


@pytest.mark.parametrize("number", [0, 1, 4, 45])
def test_a_summary_is_never_wide_and_never_fails(number: int) -> None:
    reps = (REPS * 12)[:number]
    lines = summary_lines(reps, Tempo(), True, set_faults=list(Fault))
    assert max(len(line) for line in lines) <= 64


@pytest.mark.parametrize(
    ("reps", "shown"),
    [(0, ()), (1, (Verdict.UNSURE,)), (2, (Verdict.FAULT, Verdict.UNSURE)),
     (5, (Verdict.CLEAN, Verdict.FAULT, Verdict.UNSURE))],
)  # fmt: skip
def test_a_screen_shows_the_verdicts_of_the_set_as_the_workout_counts_it(
    reps: int, shown: tuple[Verdict, ...]
) -> None:
    assert in_set((Verdict.CLEAN, Verdict.FAULT, Verdict.UNSURE), reps) == shown
