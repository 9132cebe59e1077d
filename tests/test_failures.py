"""What hardware/failures.md states is what happens: each row fails in mid-set, through the pins."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from enum import Enum
from functools import cache
from typing import NamedTuple, get_type_hints

import pytest

from matfw.devices.parallel import ParallelReader
from matfw.messages import Announcement, CellEvent, CellProblem, CueGiven, Event, Rep, Tempo
from matfw.pipeline import Pipeline
from matfw.refinement.refinement import Refinement
from matfw.settings.model import NOMINAL, Settings
from matfw.testing import Lifter
from matfw.virtual import defects
from matfw.virtual.bench import VirtualBench
from matfw.virtual.clock import VirtualClock
from matfw.virtual.defects import (
    BrownOut,
    Crossing,
    CutSck,
    Defect,
    Drift,
    FrozenResult,
    Line,
    MainsHum,
    Noise,
    NoisySupply,
    OpenBridge,
    OtherRate,
    Reversed,
    Spikes,
    StuckDout,
    StuckValue,
    SwappedPins,
    WrongGain,
)
from tests.test_docs import ROOT

PAGE = ROOT / "hardware" / "failures.md"
GAIN = NOMINAL.counts_per_kg
UP_S, HOLD_S, DOWN_S, SLOW_DOWN_S = 1.2, 0.6, 1.4, 3.0  # a quick tempo: less to compute
FAILS_S = 25.5  # the second repetition's leg is in its slow descent
MENDED_S, MENDED_LATE_S = 2.0, 6.0  # after that
# From the second repetition to the third: whoever has to be weighed again has been.
REST_S, LATE_REST_S = 4.6, 8.6
JUDGED_S = 1.2  # after a repetition its verdict is out
# At most, from the failure until it is reported: of a cell, of all that are silent (which may be
# the computer's lateness for half a second), and of what needs seconds to show.
NAMED_S, SILENT_S, SHOWN_S = 0.3, 0.6, 5.0


class Failure(NamedTuple):
    """What is put on the cells, on how many, and for how long."""

    defect: Defect
    on_all: bool = False
    lasts_s: float = MENDED_S


FAILURES: Mapping[str, Failure] = {
    "data wire torn off": Failure(StuckDout(line=Line.HIGH)),
    "data wire shorted to ground": Failure(StuckDout(line=Line.LOW)),
    "data wire torn off, no pull-up": Failure(StuckDout(line=Line.FLOATING)),
    "clock wire torn off": Failure(CutSck()),
    "data and clock exchanged": Failure(SwappedPins()),
    "one wire of the bridge torn off": Failure(OpenBridge()),
    "another wire of the bridge torn off": Failure(OpenBridge(is_positive=False)),
    "converter gives one value for ever": Failure(FrozenResult(value=515_432.0)),
    "cell jammed under the deck": Failure(StuckValue(value=300_000.0)),
    "bridge's outputs exchanged": Failure(Reversed()),
    "gain 64 in place of 128": Failure(WrongGain(share=0.5)),
    "channel B in place of A": Failure(WrongGain(share=0.0)),
    "converter falls to 10 values a second": Failure(OtherRate(), lasts_s=MENDED_LATE_S),
    "all converters fall to 10 values a second": Failure(
        OtherRate(), on_all=True, lasts_s=MENDED_LATE_S
    ),
    "supply of one converter dips for 0.2 s": Failure(BrownOut(), lasts_s=0.2),
    "supply of all converters dips for 20 ms": Failure(BrownOut(), on_all=True, lasts_s=0.02),
    "supply of all converters fails for 1 s": Failure(BrownOut(), on_all=True, lasts_s=1.0),
    "supply wanders, all cells with it": Failure(
        NoisySupply(rms_counts=0.2 * GAIN), on_all=True, lasts_s=3.0
    ),
    "zero creeps by 3 kg a minute": Failure(Drift(counts_per_s=0.05 * GAIN)),
    "one sample in twenty is far off": Failure(Spikes(size_counts=5.0 * GAIN, probability=0.05)),
    "mains hum of 0.5 kg, 50 Hz": Failure(MainsHum(amplitude_counts=0.5 * GAIN)),
    "mains hum of 0.5 kg, 60 Hz": Failure(MainsHum(amplitude_counts=0.5 * GAIN, mains_hz=60.0)),
    "mains hum of 0.2 kg in all cells": Failure(MainsHum(amplitude_counts=0.2 * GAIN), on_all=True),
    "noise of 0.2 kg": Failure(Noise(rms_counts=0.2 * GAIN)),
}
# Kinds that are there from the first frame on or never, and what the page says of them.
NOT_IN_MID_SET: Mapping[type, str] = {Crossing: "Wires of two cells that are exchanged"}


class Set:
    """Three repetitions on a mat of virtual converters; a copy goes on by itself."""

    def __init__(self, rest_s: float) -> None:
        quick = {"up_s": UP_S, "hold_s": HOLD_S, "down_s": DOWN_S}
        slow = {**quick, "down_s": SLOW_DOWN_S}
        lifter = Lifter().lift(1, None, **quick).lift(1, None, **slow)
        lifter.rest(rest_s).lift(1, None, **quick)
        settings = Settings()
        mat = replace(
            settings.mat(), side=lifter.side, person=lifter.person,
            tempo=Tempo(UP_S, HOLD_S, DOWN_S),
        )  # fmt: skip
        trace = lifter.trace(mat.cells)
        self.names = [cell.name for cell in mat.cells]
        self.clock = VirtualClock()
        self.bench = VirtualBench(mat, trace.loads_at, self.clock, seed=1, oscillator_error=0.003)
        self.reader = ParallelReader(
            self.names, self.bench.lines(), self.clock, rate_hz=mat.rate_hz
        )
        self.line, self.refinement = Pipeline(mat, settings.plan()), Refinement()
        self.ends_s = trace.truth[-1].end_s + JUDGED_S
        self.events: list[Event] = []
        self.reader.start()

    def go_on(self, until_s: float) -> None:
        while self.clock.now_s() < until_s:
            frame = self.reader.read()
            step = self.line.update(frame)
            self.events += step.events
            if step.window is not None:
                found = self.refinement.refine(step.window)
                self.events += self.line.finish_reps(frame.t_s, found)


@cache
def before(rest_s: float) -> Set:
    """Return a set whose next moment is the failure."""
    begun = Set(rest_s)
    begun.go_on(FAILS_S)
    return begun


def played(failure: Failure) -> Set:
    """Return the set with the failure in it, mended in time for the third repetition."""
    done = deepcopy(before(LATE_REST_S if failure.lasts_s > MENDED_S else REST_S))
    mended_s = FAILS_S + failure.lasts_s
    names = done.names if failure.on_all else done.names[:1]
    for name in names:
        defect = replace(failure.defect, from_s=FAILS_S, until_s=mended_s)
        done.bench.change_defects(name, (defect,))
    # One that has begun again, or is at its rate again, only does so while its defect is on.
    done.go_on(mended_s + 0.1)
    for name in names:
        done.bench.change_defects(name, ())
    done.go_on(done.ends_s)
    return done


class Row(NamedTuple):
    """A line of the page's table."""

    failure: str
    reported: str
    heard: str
    rep: str
    next_rep: str


def rows() -> list[Row]:
    return [Row(*cells) for cells in table("Cells, converters and their wires")]


def table(heading: str) -> list[list[str]]:
    """Return the rows of the page's table below a heading, without the table's own."""
    below = PAGE.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def kinds() -> Iterator[tuple[type[Defect], str, object]]:
    """Give every kind of defect of the virtual bench, with each way it can be."""
    for kind in vars(defects).values():
        if isinstance(kind, type) and issubclass(kind, Defect) and kind is not Defect:
            yield kind, "", None
            for name, of in get_type_hints(kind).items():
                if of is bool:
                    yield from ((kind, name, way) for way in (False, True))
                elif isinstance(of, type) and issubclass(of, Enum):
                    yield from ((kind, name, way) for way in of)


@pytest.mark.parametrize(("kind", "name", "way"), list(kinds()))
def test_every_defect_of_the_virtual_bench_has_a_row(
    kind: type[Defect], name: str, way: object
) -> None:
    found = [each.defect for each in FAILURES.values() if type(each.defect) is kind]
    assert found, f"{kind.__name__} stands in no row of FAILURES, nor of {PAGE.name}"
    assert not name or way in [getattr(defect, name) for defect in found]


def test_what_cannot_begin_in_mid_set_is_reported_on_the_page_too() -> None:
    others = {
        kind
        for kind in vars(defects).values()
        if dataclasses.is_dataclass(kind) and not issubclass(kind, Defect)  # type: ignore[arg-type]
    }
    assert others == set(NOT_IN_MID_SET)
    assert all(words in PAGE.read_text() for words in NOT_IN_MID_SET.values())


def test_the_page_has_a_row_for_each_failure() -> None:
    assert [row.failure for row in rows()] == list(FAILURES)


@pytest.mark.parametrize("row", rows(), ids=[row.failure for row in rows()])
def test_a_failure_in_mid_set_ends_as_the_page_says(row: Row) -> None:
    failure = FAILURES[row.failure]
    done = played(failure)
    events = done.events
    problem, *everywhere = re.findall("`([a-z]+)`", row.reported) or [None]
    named = [e for e in events if isinstance(e, CellEvent) and e.problem is not CellProblem.OK]
    heard = [e for e in events if isinstance(e, CueGiven) and e.cue is Announcement.NOT_JUDGING]
    if problem is None:
        assert (named, heard) == ([], [])
    else:
        cells = everywhere or (done.names if failure.on_all else done.names[:1])
        first = [e for e in named if e.t_s == named[0].t_s]
        assert [(e.cell, e.problem.value) for e in first] == [(cell, problem) for cell in cells]
        is_slow = failure.lasts_s > MENDED_S
        within_s = SHOWN_S if is_slow else SILENT_S if failure.on_all else NAMED_S
        assert FAILS_S <= named[0].t_s <= FAILS_S + within_s
        assert [cue.t_s for cue in heard] == [named[0].t_s]
        assert row.heard == "`not_judging`"
    verdicts = [event.verdict.value for event in events if isinstance(event, Rep)]
    under_way = [] if row.rep == "not counted" else [row.rep]
    assert verdicts == ["clean", *under_way, row.next_rep]


def test_what_is_stated_of_the_computer_is_played_by_the_tests_that_it_names() -> None:
    found = table("The computer, its card and its clock")
    assert len(found) >= 15
    for _, _, played_by in found:
        path, name = re.findall("`([^`]+)`", played_by)
        assert f"\ndef {name}(" in (ROOT / path).read_text(), played_by
