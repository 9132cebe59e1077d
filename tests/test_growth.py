"""Nothing grows with the length of a run: a mat is on for months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from gpiozero import PWMLED

from matfw.cli.hardware import virtual_factory, virtual_trace
from matfw.messages import Event, Mat, RawFrame, Rep, Side
from matfw.pipeline import Pipeline, Step
from matfw.service.firmware import Firmware
from matfw.settings.model import Settings
from matfw.virtual.clock import VirtualClock
from matfw.virtual.sampling import record
from matfw.workout.plan import Plan
from tests.long_run import Paced, Silent, held, rounds

SESSION_S = 40.0  # of one: somebody lies down and does three repetitions; ends at rest
ROUNDS = 4
SPREAD = 24  # objects; a session's repetitions have 40, its live faults 12


class Scale:
    """Weighs what hangs on the firmware whenever a round begins."""

    def __init__(self, source: Paced) -> None:
        self.firmware: Firmware | None = None
        self.sizes: list[int] = []
        self.reps = 0
        self._source = source

    def step(self, _: Step) -> None:
        if self._source.round > len(self.sizes):
            self.sizes.append(held(self.firmware))

    def events(self, events: Sequence[Event]) -> None:
        self.reps += sum(isinstance(event, Rep) for event in events)


@pytest.fixture(scope="module")
def session() -> tuple[Mat, list[RawFrame]]:
    trace = virtual_trace("faults", "core4", Side.LEFT)
    mat = replace(Settings().mat(), side=Side.LEFT, person=trace.person)
    return mat, [frame for frame in record(trace, mat, 7) if frame.t_s < SESSION_S]


def test_as_much_hangs_on_the_firmware_after_every_session(
    session: tuple[Mat, list[RawFrame]],
) -> None:
    mat, frames = session
    clock = VirtualClock()
    source = Paced(rounds(frames, ROUNDS), clock)
    scale = Scale(source)
    scale.firmware = Firmware(Pipeline(mat, Plan(reps=2)), source, Silent(), clock, [scale])
    scale.firmware.run(ROUNDS * SESSION_S - 1.0)
    assert scale.reps >= 2 * ROUNDS
    _, *settled = scale.sizes
    assert len(settled) == ROUNDS - 2
    assert max(settled) - min(settled) <= SPREAD, scale.sizes


def test_what_was_heard_live_is_not_kept_where_no_repetition_answers_it(
    session: tuple[Mat, list[RawFrame]],
) -> None:
    """A person who fidgets gives live faults and no repetition."""
    mat, frames = session
    low = replace(mat.limits, too_high_deg=20.0)
    line, faults = Pipeline(replace(mat, limits=low)), 0
    sizes: list[int] = []
    for k, frame in rounds(frames, ROUNDS):
        if k > len(sizes):
            sizes.append(held(line))
        faults += len(line.update(frame).faults)
    assert faults >= ROUNDS
    _, *settled = sizes
    assert max(settled) - min(settled) <= SPREAD, sizes


def test_virtual_outputs_keep_no_list_of_what_they_were() -> None:
    factory = virtual_factory()
    with PWMLED(17, pin_factory=factory) as light:
        for k in range(100):
            light.value = 0.01 * k
        assert light.value == pytest.approx(0.99)
        assert len(factory.pin(17).states) == 1
    factory.close()
