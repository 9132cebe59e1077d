"""What hardware/failures.md states is what happens: each row fails in mid-set, on the firmware."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import pytest

from matfw.messages import Announcement, CellEvent, CellProblem, CueGiven, Rep
from matfw.settings.model import NOMINAL
from matfw.testing import Lifter, VirtualMat
from matfw.virtual.defects import (
    FOREVER_S,
    CutSck,
    Defect,
    Drift,
    FrozenResult,
    Line,
    MainsHum,
    Noise,
    NoisySupply,
    OpenBridge,
    Reversed,
    Spikes,
    StuckDout,
    StuckValue,
    SwappedPins,
    WrongGain,
)
from tests.test_docs import ROOT

PAGE = ROOT / "hardware" / "failures.md"
CELL = "head_left"
GAIN = NOMINAL.counts_per_kg
FAILS_S = 21.5  # from getting on: the first repetition's leg is in its descent
ENDS_S = 27.5  # of a test: the repetition's verdict is out
# At most, from the failure until it is reported: of a cell, of all that are silent (which may be
# the computer's lateness for half a second), and of all that wander.
NAMED_S, SILENT_S, INTERFERENCE_S = 0.3, 0.6, 5.0


class Failure(NamedTuple):
    """What is put on the cells, on how many, and for how long."""

    defect: Defect
    on_all: bool = False
    lasts_s: float = FOREVER_S


FAILURES: Mapping[str, Failure] = {
    "data wire torn off, or converter without supply": Failure(StuckDout(line=Line.HIGH)),
    "data wire shorted to ground": Failure(StuckDout(line=Line.LOW)),
    "data wire torn off, no pull-up": Failure(StuckDout(line=Line.FLOATING)),
    "clock wire torn off": Failure(CutSck()),
    "data and clock exchanged": Failure(SwappedPins()),
    "one wire of the bridge torn off": Failure(OpenBridge()),
    "converter gives one value for ever": Failure(FrozenResult(value=515_432.0)),
    "cell jammed under the deck": Failure(StuckValue(value=300_000.0)),
    "bridge's outputs exchanged": Failure(Reversed()),
    "gain 64 in place of 128": Failure(WrongGain(share=0.5)),
    "channel B in place of A": Failure(WrongGain(share=0.0)),
    "supply of all converters fails for a second": Failure(
        StuckDout(line=Line.HIGH), on_all=True, lasts_s=1.0
    ),
    "supply wanders, all cells with it": Failure(NoisySupply(rms_counts=0.3 * GAIN), on_all=True),
    "zero creeps by 3 kg a minute": Failure(Drift(counts_per_s=0.05 * GAIN)),
    "one sample in twenty is far off": Failure(Spikes(size_counts=5.0 * GAIN, probability=0.05)),
    "mains hum of 0.5 kg": Failure(MainsHum(amplitude_counts=0.5 * GAIN)),
    "noise of 0.2 kg": Failure(Noise(rms_counts=0.2 * GAIN)),
}


class Row(NamedTuple):
    """A line of the page's table."""

    failure: str
    reported: str
    heard: str
    rep: str


def rows() -> list[Row]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines[2:]]


def test_the_page_has_a_row_for_each_failure() -> None:
    assert [row.failure for row in rows()] == list(FAILURES)


@pytest.mark.parametrize("row", rows(), ids=[row.failure for row in rows()])
@pytest.mark.mat(needs="virtual")
def test_a_failure_in_mid_set_ends_as_the_page_says(mat: VirtualMat, row: Row) -> None:
    defect, on_all, lasts_s = FAILURES[row.failure]
    with mat.firmware() as firmware:
        fails_s = mat.clock.now_s() + FAILS_S
        for name in mat.cells if on_all else [CELL]:
            mat.cells[name].put(replace(defect, from_s=fails_s, until_s=fails_s + lasts_s))
        mat.let_lie(Lifter().lift(2))
        mat.let_pass(ENDS_S)
        events = list(firmware.events)
    problem, *everywhere = re.findall("`([a-z]+)`", row.reported) or [None]
    named = [e for e in events if isinstance(e, CellEvent) and e.problem is not CellProblem.OK]
    heard = [e for e in events if isinstance(e, CueGiven) and e.cue is Announcement.NOT_JUDGING]
    if problem is None:
        assert (named, heard) == ([], [])
    else:
        cells = everywhere or (list(mat.cells) if on_all else [CELL])
        assert [(e.cell, e.problem.value) for e in named] == [(cell, problem) for cell in cells]
        within_s = INTERFERENCE_S if everywhere else SILENT_S if on_all else NAMED_S
        assert fails_s <= named[0].t_s <= fails_s + within_s
        assert [cue.t_s for cue in heard] == [named[0].t_s]
        assert row.heard == "`not_judging`"
    verdicts = [event.verdict.value for event in events if isinstance(event, Rep)]
    assert verdicts == ([] if row.rep == "not counted" else [row.rep])
