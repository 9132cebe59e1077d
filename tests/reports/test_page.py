"""The page and the lines: whole, self-contained, to scale, and nothing that is not so."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from xml.etree import ElementTree as ET

import pytest

from matfw.history.rows import LiveRep, SessionState, WallTime
from matfw.history.traces import Trace, traces
from matfw.messages import CellCalibration, Fault, FaultSeen, RawFrame, Rep, Side
from matfw.reports.charts import LEFT, RIGHT, WIDTH, faults_chart, timeline, traces_chart
from matfw.reports.page import page
from matfw.reports.session_lines import history_lines, session_lines
from matfw.reports.words import duration, when
from matfw.settings.model import Settings
from tests.history.records import record
from tests.store.story import rep


def shapes(picture: str, kind: str) -> list[dict[str, str]]:
    """Return the attributes of all shapes of a kind."""
    return [dict(each.attrib) for each in ET.fromstring(picture).iter(kind)]


def test_a_page_is_one_whole_file_that_fetches_nothing() -> None:
    text = page([record(1), record(2)], {2: {1: Trace(((0.0, 0.0), (3.0, -4.0)))}}, UTC)
    assert not re.search(r"src=|href=|url\(|<script|@import|https?:", text)
    body = text[text.index("<body>") : text.index("</html>")]
    assert ET.fromstring(body).findall(".//svg")
    assert text.count("<details>") == 1


def test_each_phase_is_as_long_as_it_took() -> None:
    each = record(1, share=1.0).sets[0]
    bars = [bar for bar in shapes(timeline(each), "rect") if bar["class"] in ("up", "hold", "down")]
    assert len(bars) == 3 * len(each.reps)
    asked = [float(x["x1"]) for x in shapes(timeline(each), "line")]
    scale = (asked[3] - asked[0]) / 6.0  # 2-1-3
    for kept, *phases in zip(each.reps, bars[::3], bars[1::3], bars[2::3], strict=True):
        lengths_s = (kept.rep.up_s, kept.rep.hold_s, kept.rep.down_s)
        assert [float(bar["width"]) / scale for bar in phases] == pytest.approx(lengths_s, abs=0.01)


def test_a_very_long_repetition_does_not_leave_the_picture() -> None:
    each = record(1, share=1.0).sets[0]
    long = replace(each.reps[0], rep=replace(each.reps[0].rep, down_s=40.0))
    bars = shapes(timeline(replace(each, reps=(long, *each.reps[1:]))), "rect")
    assert max(float(x["x"]) + float(x["width"]) for x in bars) <= WIDTH - RIGHT + 0.1
    assert min(float(x["x"]) for x in bars) >= LEFT


def test_what_was_heard_live_and_not_found_afterwards_is_marked() -> None:
    plain = record(1, share=1.0, sides=(Side.LEFT,))
    kick = FaultSeen(Fault.KICK, 0.8, "s")
    first, second, *others = plain.sets[0].reps
    first = replace(first, rep=replace(first.rep, faults=(kick,)))
    second = replace(second, live=LiveRep(faults=(kick,)))
    reps = (first, second, *others)
    (only,) = plain.sets
    picture = faults_chart(replace(plain, sets=(replace(only, reps=reps),)))
    styles = [bar["class"] for bar in shapes(picture, "rect")]
    assert (styles.count("faulty"), styles.count("heard")) == (1, 1)


def test_names_from_outside_are_text_and_no_markup() -> None:
    evil = replace(record(1), session=replace(record(1).session, person="<b>&x", layout="<i>"))
    text = page([evil], zone=UTC)
    assert "<b>&x" not in text
    assert "<i>" not in text
    assert "&lt;b&gt;&amp;x" in text


def test_a_virtual_session_says_so_and_an_interrupted_one_too() -> None:
    plain = record(1)
    other = replace(plain, session=replace(plain.session, is_virtual=True,
                                           state=SessionState.INTERRUPTED))  # fmt: skip
    for text in (page([other], zone=UTC), "\n".join(session_lines(other, UTC))):
        assert "VIRTUAL" in text
        assert "interrupted: the power, or matfw, was cut" in text


def test_a_clock_that_nobody_set_is_doubted() -> None:
    unset = WallTime(1_793_610_000.0, None)
    assert when(unset, UTC) == "Mon 2 Nov 2026, 09:00? (the clock was not set)"
    assert when(replace(unset, doubt_s=600.0), UTC).endswith("09:00 ±10 min")
    assert when(replace(unset, doubt_s=0.02), UTC) == "Mon 2 Nov 2026, 09:00"


@pytest.mark.parametrize(
    ("seconds", "words"), [(59.4, "59 s"), (59.6, "1 min 0 s"), (3725.0, "1 h 2 min")]
)
def test_durations_are_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_lines_say_each_repetition_and_fit_a_terminal() -> None:
    whole = record(3, share=0.5)
    lines = session_lines(whole, UTC)
    assert max(map(len, lines)) <= 80
    numbered = [line for line in lines if re.match(r"  +\d+ [✓✗?] ", line)]
    assert len(numbered) == len(whole.reps)
    assert any(line.startswith("To change next time") for line in lines)
    first = whole.sets[0].reps[0].rep
    assert f"{first.up_s:.1f}-{first.hold_s:.1f}-{first.down_s:.1f}" in numbered[0]


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (31.4, "31 % slower, smaller or shorter at its end"),
        (0.6, "1 % slower, smaller or shorter at its end"),
        (0.4, "trembling more at its end"),
        (0.0, "trembling more at its end"),
    ],
)
def test_a_tired_set_says_what_it_lost_or_that_it_trembled(percent: float, words: str) -> None:
    whole = record(3)
    tired = replace(whole, sets=(replace(whole.sets[0], fatigue_percent=percent),))
    assert f"  fatigue: {words}" in session_lines(tired, UTC)
    assert f"<p>Fatigue: {words}.</p>" in page([tired], zone=UTC)


def test_a_list_of_sessions_has_one_line_each() -> None:
    lines = history_lines([record(1), record(12, day=3.0)], UTC)
    assert [line.split()[0] for line in lines] == ["no", "1", "12"]
    assert "Thu 5 Nov 2026, 09:00" in lines[2]


# --- the centre of pressure's paths

MAT = replace(Settings().mat(), calibration=(CellCalibration(0.0, 1000.0),) * 4, side=Side.RIGHT)


def frames(rep_: Rep, forward_mm: float) -> list[RawFrame]:
    """Return 60 kg that move toward the deck's right while the leg is up."""
    found = []
    for k in range(round(80 * (rep_.end_s + 3.0))):
        t_s = k / 80.0
        y_mm = -forward_mm if rep_.start_s + 0.5 < t_s < rep_.end_s - 0.5 else 0.0
        left = 0.5 + y_mm / 550.0
        noise = k % 5
        found.append(
            RawFrame(100.0 + t_s, tuple(round(30_000.0 * share) + noise
                                        for share in (left, 1.0 - left, left, 1.0 - left)))
        )  # fmt: skip
    return found


def test_a_path_goes_to_the_bodys_front_as_far_as_the_weight_does() -> None:
    x = rep(1, start_s=3.0, side=Side.RIGHT)
    found = traces(MAT, frames(x, 12.0), 100.0, [x])[1]
    front = [point[0] for point in found.points_mm]
    assert max(front) == pytest.approx(12.0, abs=0.3)
    assert front[0] == pytest.approx(0.0, abs=0.3)
    assert max(abs(point[1]) for point in found.points_mm) < 0.3


def test_a_repetition_that_the_recording_does_not_hold_has_no_path() -> None:
    x = rep(1, start_s=3.0, side=Side.RIGHT)
    half = [frame for frame in frames(x, 12.0) if frame.t_s < 105.0]
    assert traces(MAT, half, 100.0, [x]) == {}
    assert traces(MAT, [], 100.0, [x]) == {}


def test_a_path_beyond_the_frame_ends_at_its_edge() -> None:
    each = record(1, sides=(Side.LEFT,), reps=1).sets[0]
    picture = traces_chart(each.reps, {1: Trace(((0.0, 0.0), (900.0, -900.0)))})
    (points,) = [line["points"] for line in shapes(picture, "polyline")]
    x, y = map(float, points.split()[-1].split(","))
    assert 60.0 < x < 72.0
    assert 0.0 < y < 12.0
