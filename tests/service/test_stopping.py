"""Stopped and going on: what had ended counts, what was done meanwhile does not."""

from __future__ import annotations

import pytest

from matfw.messages import (
    Event,
    Mat,
    RawFrame,
    Rep,
)
from matfw.pipeline import Pipeline
from matfw.refinement.refinement import Refinement
from matfw.refinement.windows import RepWindow
from matfw.service.firmware import Firmware
from matfw.service.refiner import InlineRefiner
from matfw.virtual.clock import VirtualClock
from tests.service.loop import Frames, Keeper, Outputs, firmware


@pytest.mark.parametrize(("stop_s", "start_s"), [(5.0, 31.8), (19.0, 31.8), (24.5, 33.0)])
def test_what_was_done_while_stopped_is_not_reported_afterwards(
    session: tuple[Mat, list[RawFrame]], expected: list[Event], stop_s: float, start_s: float
) -> None:
    """Going on just after a rep: its look comes when judging is on again."""
    mat, frames = session
    reps_s = [(rep.start_s, rep.t_s) for rep in expected if isinstance(rep, Rep)]
    assert any(stop_s < begin_s < start_s for begin_s, _ in reps_s)
    times = iter([(stop_s, "pause"), (start_s, "resume")])
    change = next(times, None)

    def between(firmware: Firmware) -> None:
        nonlocal change
        if change is not None and clock.now_s() >= change[0]:
            getattr(firmware, change[1])("stop")
            change = next(times, None)

    clock = VirtualClock()
    keeper = Keeper()
    live = Firmware(
        Pipeline(mat), Frames(frames, clock), Outputs(), clock, [keeper], between=between
    )
    live.run(frames[-1].t_s)
    assert change is None
    assert [rep.start_s for rep in keeper.reps] == pytest.approx(
        [b for b, reported_s in reps_s if reported_s < stop_s or b > start_s], abs=0.1
    )


class Windows(InlineRefiner):
    """Keeps what is looked at, and when it is the last time."""

    def __init__(self, seen: list[RepWindow]) -> None:
        super().__init__()
        self._seen = seen

    def submit(self, window: RepWindow) -> None:
        self._seen.append(window)
        super().submit(window)


def test_what_had_ended_before_a_stop_is_looked_at_once_more_and_no_more(
    session: tuple[Mat, list[RawFrame]], expected: list[Event]
) -> None:
    """A repetition may still wait for what follows it; nothing of then will be known."""
    mat, frames = session
    first = next(event for event in expected if isinstance(event, Rep))
    stop_s = first.t_s + 0.5
    seen: list[RepWindow] = []
    clock, stopped = VirtualClock(), False

    def between(firmware: Firmware) -> None:
        nonlocal stopped
        if not stopped and clock.now_s() >= stop_s:
            firmware.pause("stop")
            firmware.pause("measure")
            stopped = True

    Firmware(
        Pipeline(mat), Frames(frames, clock), Outputs(), clock,
        refiner=lambda: Windows(seen), between=between,
    ).run(first.t_s + 3.0)  # fmt: skip
    last = [window for window in seen if window.is_left and window.motions[-1].t_s < stop_s + 0.1]
    assert len(last) == 1
    [found] = Refinement().refine(last[0])
    assert found.start_s == pytest.approx(first.start_s, abs=0.1)


@pytest.mark.parametrize("after_s", [0.0, 5.0])
def test_what_was_done_while_stopped_is_not_reported_at_the_end_either(
    session: tuple[Mat, list[RawFrame]], expected: list[Event], after_s: float
) -> None:
    mat, frames = session
    first = next(event for event in expected if isinstance(event, Rep))
    keeper = Keeper()
    live = firmware(frames, mat=mat, taps=[keeper])
    live.pause("stop")
    live.run(first.end_s + after_s)
    assert keeper.reps == []


def test_going_on_when_nothing_was_stopped_loses_no_repetition(
    session: tuple[Mat, list[RawFrame]], expected: list[Event]
) -> None:
    mat, frames = session
    clock, keeper = VirtualClock(), Keeper()
    live = Firmware(
        Pipeline(mat), Frames(frames, clock), Outputs(), clock, [keeper],
        between=lambda firmware: firmware.resume("stop"),
    )  # fmt: skip
    live.run(frames[-1].t_s)
    assert [rep.rep for rep in keeper.reps] == [e.rep for e in expected if isinstance(e, Rep)]
