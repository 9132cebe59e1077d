"""Recordings that failed once: read with their truth, and what the line should make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.messages import Rep, Side, Verdict
from matfw.recording.file import read_recording
from tests.accuracy.cases import compared, judged, line
from tests.importers.cases import EDGES, Case, TrueSpan, load


def reported(start_s: float) -> Rep:
    return Rep(
        rep=1, t_s=start_s + 5.6, start_s=start_s, top_s=start_s + 1.5, lower_s=start_s + 3.0,
        end_s=start_s + 5.0, up_s=2.0, hold_s=1.0, down_s=3.0, angle_deg=39.0, front_shift_mm=0.0,
        verdict=Verdict.CLEAN, faults=(), side=Side.LEFT,
    )  # fmt: skip


def case(*starts_s: float) -> Case:
    spans = tuple(TrueSpan(at, at + 1.5, at + 3.0, at + 5.0) for at in starts_s)
    return Case("by hand", Path("none"), None, spans, len(spans))


def test_a_case_is_right_only_if_each_repetition_is_reported_and_no_other() -> None:
    assert compared(case(10.0, 20.0), [reported(10.1), reported(19.8)]).is_right
    missed = compared(case(10.0, 20.0), [reported(10.1)])
    assert (missed.found, missed.missed, missed.is_right) == (1, (2,), False)
    made_up = compared(case(10.0), [reported(2.0), reported(10.1)])
    assert (made_up.made_up, made_up.made_up_s, made_up.is_right) == (1, (2.0,), False)
    assert "wrong  missed #2; made up -" in line(missed)


def test_where_no_times_are_known_the_number_is_compared() -> None:
    six = Case("by hand", Path("none"), None, None, 2)
    assert compared(six, [reported(10.0), reported(20.0)]).is_right
    assert compared(six, [reported(10.0)]).found == 1
    assert compared(six, [reported(10.0), reported(20.0), reported(30.0)]).made_up_s == (30.0,)


@pytest.mark.parametrize("name", EDGES)
def test_the_truth_of_an_edge_lies_within_its_recording_and_in_order(name: str) -> None:
    edge = load(f"edges/{name}")
    assert edge.spans
    times_s = [at for s in edge.spans for at in (s.start_s, s.top_s, s.lower_s, s.end_s)]
    assert times_s == sorted(times_s)
    recording = read_recording(edge.recording)
    assert recording.mat.layout == "core4"
    first = next(recording.frames())
    assert first.t_s < times_s[0]
    assert None not in first.counts


MISSED = {"stress_006": (10,)}  # of 16 degrees, in a restless body


@pytest.mark.parametrize("name", [name for name in EDGES if name not in MISSED])
def test_each_repetition_of_an_edge_is_reported_and_none_made_up(name: str) -> None:
    result = judged(load(f"edges/{name}"))
    assert result.is_right, line(result)


@pytest.mark.parametrize(("name", "missed"), MISSED.items())
def test_what_is_still_missed_is_known_and_nothing_is_made_up(
    name: str, missed: tuple[int, ...]
) -> None:
    result = judged(load(f"edges/{name}"))
    assert (result.missed, result.made_up) == (missed, 0), line(result)


@pytest.mark.parametrize("name", ["slow_6_1_6", "hold_10_s"])
def test_each_repetition_of_a_slow_tempo_asked_for_and_done_is_reported_once(name: str) -> None:
    result = judged(load(name))
    assert result.is_right, line(result)
