"""The mat fixture: cells and wires, weights, people, outputs, the firmware, a console."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from gpiozero import PWMLED, InputDevice, TonalBuzzer

from matfw.errors import MatUsageError
from matfw.messages import Announcement, CellProblem, Fault, Phase
from matfw.sounds.earcons import SOUNDS
from matfw.testing import (
    Buzzer,
    Console,
    Lifter,
    Lights,
    MatUnderTest,
    VirtualBench,
    VirtualCell,
    VirtualClock,
    VirtualMat,
)
from matfw.testing.console import LinkConsole
from matfw.testing.outputs import _timed as timed
from matfw.testing.outputs import cues_in
from matfw.testing.virtual_mat import open_devices
from tests.control.fake_control import Talk

pytestmark = pytest.mark.mat(needs="virtual")


def test_a_persons_lifts_are_judged_and_heard(
    mat: MatUnderTest, lifter: Lifter, buzzer: Buzzer, lights: Lights
) -> None:
    session = mat.play(lifter.lift(fault="drop"))
    assert session.verdicts == ["drop"]
    assert session.phases[:4] == [Phase.UP, Phase.HOLD, Phase.DOWN, Phase.REST]
    assert Fault.DROP in session.cues
    heard = buzzer.cues()
    assert Announcement.READY in heard
    assert Fault.DROP in heard
    assert set(heard) <= set(session.cues)
    assert len(lights.steps()) > 6
    assert not buzzer.is_on
    assert lights.now == (0.0, 0.0, 0.0)


def test_a_wire_cut_in_mid_run_is_named_and_comes_back(mat: MatUnderTest) -> None:
    with mat.firmware() as firmware:
        mat.let_pass(1.0)
        assert firmware.problems == {}
        mat.cells["head_left"].cut_sck()
        mat.let_pass(3.0)
        assert firmware.problems == {"head_left": CellProblem.LOST}
        mat.cells["head_left"].repair()
        mat.let_pass(3.0)
        assert firmware.problems == {}


# What is done to a cell, and what the reader then makes of it.
WRONG = (
    ("cut_sck", None), ("cut_dout", None), ("cut_supply", None), ("short_dout", None),
    ("swap_pins", None), ("cut_bridge", (1 << 23) - 1),
)  # fmt: skip


@pytest.mark.parametrize(("verb", "counts"), WRONG)
@pytest.mark.mat(noise_counts=0.0)
def test_each_wire(mat: MatUnderTest, verb: str, counts: int | None) -> None:
    mat.lay(12.0)
    reader = mat.reader()
    reader.start()
    whole = next(frame.counts for frame in iter(reader.read, None) if None not in frame.counts)
    assert sum(count or 0 for count in whole) == pytest.approx(12.0 * 42_950.0, abs=4)
    getattr(mat.cells["foot_right"], verb)()
    for _ in range(12):
        last = reader.read().counts
    assert last[-1] == counts
    assert all(count is not None for count in last[:-1])
    reader.close()


@pytest.mark.mat(noise_counts=0.0, oscillator_error=0.0)
def test_what_is_wrong_with_a_bridge_or_a_chip(mat: MatUnderTest) -> None:
    cell = mat.cells["head_left"]
    assert isinstance(cell, VirtualCell)

    def counts() -> int:
        assert isinstance(cell, VirtualCell)
        mat.let_pass(0.03)
        return cell.last_counts

    cell.load(2.0)
    normal = round(cell.counts(2.0))
    assert counts() == normal
    cell.reverse_bridge()
    assert counts() == -normal
    cell.repair()
    cell.lose_gain(0.5)
    assert counts() == pytest.approx(normal / 2, abs=1)
    cell.repair()
    cell.jam(5.0)
    assert counts() == cell.counts(5.0)
    cell.repair()
    cell.drift(100.0)
    first = counts()
    mat.let_pass(0.97)
    assert counts() - first == pytest.approx(0.1 * cell.counts_per_kg, rel=0.02)
    cell.repair()
    before = cell.counters.conversions
    cell.slow_down()
    mat.let_pass(1.0)
    assert 9 <= cell.counters.conversions - before <= 11
    cell.repair()
    before = cell.counters.conversions
    mat.let_pass(1.0)
    assert 72 <= cell.counters.conversions - before <= 82


def test_weights_lie_where_they_are_laid_and_come_off(mat: MatUnderTest) -> None:
    mat.lay(10.0, x_mm=900.0, y_mm=275.0)
    mat.lay(4.0, x_mm=-900.0, y_mm=-275.0)
    reader = mat.reader()
    reader.start()
    frame = next(each for each in iter(reader.read, None) if None not in each.counts)
    kg = [
        (count or 0) / cell.counts_per_kg
        for count, cell in zip(frame.counts, mat.cells.values(), strict=True)
    ]
    assert kg == pytest.approx([0.2, 3.8, 9.8, 0.2], abs=0.03), "a stiff deck twists a little"
    assert sum(kg) == pytest.approx(14.0, abs=0.02)
    mat.clear()
    mat.let_pass(0.1)
    assert [cell.last_counts for cell in mat.cells.values() if isinstance(cell, VirtualCell)] == (
        pytest.approx([0.0] * 4, abs=300)
    )


def test_an_unknown_cell_weight_time_or_fault_says_what_there_is(
    mat: MatUnderTest, lifter: Lifter
) -> None:
    with pytest.raises(MatUsageError, match=r"no cell 'knee'.*head_left"):
        mat.cells["knee"]
    with pytest.raises(ValueError, match=r"weights\.bag is not in the bench file"):
        mat.lay("bag")
    with pytest.raises(MatUsageError, match="virtual, real"):
        VirtualMat(time="slow")
    with pytest.raises(MatUsageError, match="roll_back"):
        lifter.lift(fault="bent_body")


WRONG_LENGTHS = (
    ({"oscillator_error": (0.0, 0.1)}, "oscillator_error must have one value a cell: 4"),
    ({"power_down_s": (6e-5,)}, "power_down_s must have one value a cell: 4"),
)


@pytest.mark.parametrize(("options", "says"), WRONG_LENGTHS)
def test_a_tuple_of_the_wrong_length_is_named(
    mat: MatUnderTest, options: dict[str, tuple[float, ...]], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        VirtualBench(mat.config, lambda _: (0.0,) * 4, VirtualClock(), **options)  # type: ignore[arg-type]  # of any option


def test_loads_and_pins_of_the_wrong_number_are_named(mat: MatUnderTest) -> None:
    with pytest.raises(ValueError, match=r"loads_kg returns must have.*head_left.*got 3"):
        VirtualBench(mat.config, lambda _: (0.0,) * 3, VirtualClock(1.0)).chips["head_left"].dout(
            2.0
        )
    bench = VirtualBench(mat.config, lambda _: (0.0,) * 4, VirtualClock())
    with pytest.raises(ValueError, match=r"data_pins must have one value a cell: 4.*got 2"):
        bench.wire((1, 2), (3, 4, 5, 6))


def test_outputs_are_off_and_pins_free_whatever_a_test_has_left() -> None:
    mat = VirtualMat()
    pins = mat.output_pins
    light = PWMLED(pins["hip"], pin_factory=mat.factory)
    light.on()
    tone = TonalBuzzer(pins["buzzer"], pin_factory=mat.factory)
    tone.play("A4")
    wire = InputDevice(mat.data_pins[0], pin_factory=mat.factory)
    assert mat.buzzer.is_on
    assert mat.lights.now == (0.0, 1.0, 0.0)
    mat.close()
    mat.close()
    assert not mat.buzzer.is_on
    assert mat.lights.now == (0.0, 0.0, 0.0)
    assert open_devices(mat.factory) == []
    assert light.closed
    assert wire.closed
    assert all(pin.function == "input" for pin in mat.factory.pins.values())


def test_a_firmware_left_running_ends_with_the_mat() -> None:
    mat = VirtualMat()
    mat.firmware()
    mat.let_pass(0.1)
    mat.close()
    assert "matfw-under-test" not in {thread.name for thread in threading.enumerate()}


def test_what_ends_the_firmware_is_raised_in_the_test(mat: MatUnderTest) -> None:
    with mat.firmware():
        for cell in mat.cells.values():
            cell.cut_supply()
        with pytest.raises(Exception, match="no cell has answered"):
            mat.let_pass(6.0)


def test_every_cue_is_recognised_by_its_notes() -> None:
    alike = [cue for cue, notes in SOUNDS.items() if cues_in(timed(notes)) != [cue]]
    assert alike == []


def test_the_buzzers_pattern_is_text(mat: MatUnderTest) -> None:
    tone = TonalBuzzer(mat.output_pins["buzzer"], octaves=2, pin_factory=mat.factory)
    for note, seconds in (("E5", 0.1), (None, 0.05), ("A4", 0.4)):
        tone.play(note) if note else tone.stop()
        mat.let_pass(seconds)
    tone.stop()
    assert mat.buzzer.pattern() == "E5 0.1  - 0.05  A4 0.4"
    mat.buzzer.forget()
    assert mat.buzzer.pattern() == ""


def test_the_lights_are_drawn(mat: MatUnderTest) -> None:
    mat.lights.forget()
    foot = PWMLED(mat.output_pins["foot"], pin_factory=mat.factory)
    mat.let_pass(0.2)
    foot.on()
    mat.let_pass(0.3)
    foot.value = 0.5
    mat.let_pass(0.1)
    assert mat.lights.drawn().splitlines() == ["head |      |", "hip  |      |", "foot |  @@@=|"]


class TalkLink:
    """A serial link at whose far end a conversation of matfw is; fits `ports.Link`."""

    descriptor = None

    def __init__(self, talk: Talk) -> None:
        self._talk, self._typed, self._to_come = talk, "", b""

    def write(self, data: bytes) -> int:
        taken = data[:5]  # a serial port takes what it has room for
        *lines, self._typed = (self._typed + taken.decode()).replace("\x03", "").split("\r")
        for line in lines:
            self._to_come += "".join(f"{each}\r\n" for each in self._talk.ask(line)).encode()
        return len(taken)

    def read(self, timeout_s: float) -> bytes:
        self._talk.control.clock.advance_s(timeout_s)
        data, self._to_come = self._to_come[:7], self._to_come[7:]
        return data

    def close(self) -> None:
        self._talk.close()


def test_a_console_over_a_link_is_the_same(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    mat = VirtualMat()
    mat.clock = talk.control.clock  # of the link: nothing here waits for a real one
    console = LinkConsole(mat, TalkLink(talk))
    assert console.ask("status")[-1] == "ok"
    assert console.ask("nonsense")[-1].startswith("error E101")
    assert any("7" in line for line in console.say("set workout.reps 7"))
    console.listen(3.0)
    assert console.ask("get workout.reps")[-1] == "ok"
    talk.control.clock.advance_s(1.0)
    console.close()
    mat.close()


@pytest.mark.mat(layout="hex6")
def test_a_console_asks_and_acts(mat: MatUnderTest, console: Console) -> None:
    assert console.ask("status")[-1] == "ok"
    assert console.ask("nonsense")[-1].startswith("error E101")
    assert console.ask("set workout.reps 7")[-1] == "ok"
    assert any("7" in line for line in console.ask("get workout.reps"))
    assert any("hip_left" in line for line in console.ask("status"))
    mat.cells["hip_left"].cut_dout()
    assert any("hip_left" in line for line in console.listen(3.0))


def test_loads_of_the_time_are_carried_and_counted(mat: VirtualMat) -> None:
    began_s = mat.clock.now_s()
    mat.carry(lambda t_s: (t_s - began_s, 0.0, 0.0, 0.0))
    mat.let_pass(5.0)
    cell = mat.cells["head_left"]
    assert isinstance(cell, VirtualCell)
    assert cell.last_counts == pytest.approx(cell.counts(5.0), abs=1500)
    with pytest.raises(ValueError, match=r"head_left.*got 2"):
        mat.carry(lambda _: (1.0, 2.0))
