"""The demo's last table: what was done, what was named, and a count that agrees with the rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from matfw.display.report import demo_lines
from matfw.messages import Fault, FaultSeen, Rep, Tempo, Verdict
from tests.control.fake_control import GOOD


@dataclass(frozen=True)
class Done:
    """A repetition that a virtual person did."""

    start_s: float
    faults: tuple[Fault, ...] = ()

    @property
    def end_s(self) -> float:
        return self.start_s + 5.0


def reported(at_s: float, verdict: Verdict = Verdict.CLEAN, *faults: Fault) -> Rep:
    seen = tuple(FaultSeen(fault, 1.0, "mm") for fault in faults)
    return replace(
        GOOD, start_s=at_s, end_s=at_s + 5.0, t_s=at_s + 6.0, verdict=verdict, faults=seen
    )


def rows(lines: Sequence[str]) -> list[str]:
    """Return the table's rows with single spaces, and the count below it."""
    first = next(number for number, line in enumerate(lines) if "did" in line)
    return [" ".join(line.split()) for line in lines[first + 1 :] if line.strip(" ─")]


def test_the_count_is_that_of_the_rows_with_an_equals_sign() -> None:
    done = (Done(10), Done(20, (Fault.KICK,)), Done(30), Done(40, (Fault.DROP,)), Done(50))
    reps = (
        reported(10), reported(20, Verdict.FAULT, Fault.KICK), reported(30, Verdict.UNSURE),
        reported(40, Verdict.UNSURE, Fault.DROP), reported(70, Verdict.FAULT, Fault.KICK),
    )  # fmt: skip
    *table, count = rows(demo_lines(done, reps, Tempo()))
    assert table == [
        "1 clean = clean",
        "2 kick = kick",
        "3 clean ≠ unsure",
        "4 drop ≠ unsure (drop)",
        "5 clean ≠ nothing",
        "nothing ≠ a rep at 70 s",
    ]
    equal = sum("=" in row for row in table)
    assert re.fullmatch(rf"{equal} of 5 named rightly \(simulated\)", count)


@pytest.mark.parametrize("is_whole", [True, False])
def test_what_was_not_reported_yet_is_nothing_only_at_the_end(is_whole: bool) -> None:
    """Ctrl-C: the last repetition was done, but not reported; one before it was really missed."""
    done = (Done(10), Done(20), Done(30), Done(40, (Fault.KICK,)))
    reps = (reported(10), reported(30))
    *table, count = rows(demo_lines(done, reps, Tempo(), is_whole=is_whole))
    assert table[1] == "2 clean ≠ nothing"
    assert table[3] == ("4 kick ≠ nothing" if is_whole else "4 kick · not reported yet")
    assert count.startswith("2 of 4" if is_whole else "2 of 3")
