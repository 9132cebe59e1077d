"""`--mat=real` behind the same words: what a person is asked, and that nothing stays on.

The pins are gpiozero's mock pins: the computer that runs this has none. Nothing here shows that
the converters of a real mat answer.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from gpiozero import PWMLED, Factory
from gpiozero.pins.mock import MockFactory, MockPWMPin

from matfw.messages import Fault
from matfw.ports import GpioGroup, LoadCells
from matfw.testing import BenchFile, Lifter, VirtualMat
from matfw.testing.asking import BenchPerson
from matfw.testing.real_mat import RealMat
from tests.testing.test_guide import outside


class SkippedError(Exception):
    pass


class MockHardware:
    """Mock pins, and the converters of a virtual mat in real time."""

    def __init__(self) -> None:
        self.mat = VirtualMat(time="real")
        self.pins: MockFactory = MockFactory(pin_class=MockPWMPin)

    def factory(self) -> Factory:
        return self.pins

    def lines(self, clock_pins: list[int], data_pins: list[int]) -> GpioGroup:
        assert (clock_pins, data_pins) == (self.mat.clock_pins, self.mat.data_pins)
        return self.mat.lines()

    def reader(self) -> LoadCells:
        return self.mat.reader()


class Bench:
    """A person who says what a test wants them to, and what they were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: list[str] = []
        self.is_there = True
        self.hardware = MockHardware()
        person = BenchPerson(self._skip, ask=self._answer, is_there=lambda: self.is_there)
        self.mat = RealMat(BenchFile(weights={"bag": 10.0}), person, self.hardware)

    def _answer(self, text: str) -> str:
        self.asked.append(text)
        return self.answers.pop(0) if self.answers else ""

    def _skip(self, reason: str) -> NoReturn:
        raise SkippedError(reason)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.mat.close()
    bench.hardware.mat.close()


def test_a_person_is_asked_for_what_only_hands_can_do(bench: Bench) -> None:
    mat = bench.mat
    mat.lay("bag", x_mm=900.0, y_mm=-275.0)
    mat.cells["head_left"].cut_sck()
    mat.let_lie(Lifter("right").lift(3).lift(fault="drop"))
    asked = " ".join(bench.asked)
    for words in ("bag (10 kg)", "900 mm", "SCK wire of head_left off GPIO12", "right side",
                  "lift the leg 3 times", "drop"):  # fmt: skip
        assert words in asked
    mat.close()
    assert "undo what was done to the mat: pull the SCK wire of head_left" in bench.asked[-1]
    count = len(bench.asked)
    mat.close()
    assert len(bench.asked) == count


def test_what_was_repaired_need_not_be_undone(bench: Bench) -> None:
    bench.mat.cells["head_left"].cut_dout()
    bench.mat.cells["head_left"].repair()
    assert "DOUT on GPIO5" in bench.asked[-1]
    bench.mat.close()
    assert "undo" not in bench.asked[-1]


def test_what_nobody_can_do_or_nobody_is_there_for_skips_with_the_reason(bench: Bench) -> None:
    with pytest.raises(SkippedError, match=r"nobody can give head_left a Noise"):
        bench.mat.cells["head_left"].add_noise(20.0)
    with pytest.raises(SkippedError, match="notes"):
        bench.mat.buzzer.pattern()
    bench.answers = ["s"]
    with pytest.raises(SkippedError, match="left out by the person"):
        bench.mat.lay(5.0)
    bench.is_there = False
    with pytest.raises(SkippedError, match=r"needs a person: .*without -n"):
        bench.mat.cells["foot_left"].short_dout()


def test_a_person_says_what_was_heard_and_seen(bench: Bench) -> None:
    bench.answers = ["ready, drop", "y", "perhaps", "n", "y"]
    assert bench.mat.buzzer.cues() == ["ready", Fault.DROP]
    assert bench.mat.lights.now == (1.0, 0.0, 1.0)


def test_outputs_and_clocks_are_low_before_the_pins_are_free(bench: Bench) -> None:
    mat = bench.mat
    light = PWMLED(mat.output_pins["foot"], pin_factory=mat.factory)
    light.on()
    driven: list[str] = []
    for number in (*mat.output_pins.values(), *mat.clock_pins):
        pin = mat.factory.pin(number)
        low = pin.output_with_state

        def noted(state: float, name: str = repr(pin), low: object = low) -> None:
            driven.append(f"{name} {int(state)}")
            low(state)  # type: ignore[operator]  # gpiozero has no types

        pin.output_with_state = noted
    pins = list(mat.factory.pins.values())
    mat.close()
    expected = {*mat.output_pins.values(), *mat.clock_pins}
    assert set(driven) == {f"GPIO{number} 0" for number in expected}
    assert light.closed
    assert {pin.function for pin in pins} == {"input"}


def test_a_mat_that_claimed_nothing_leaves_the_pins_to_whoever_has_them(bench: Bench) -> None:
    bench.mat.close()
    assert not bench.hardware.pins.pins


def test_the_firmware_runs_on_it(bench: Bench) -> None:
    with bench.mat.firmware() as firmware:
        bench.mat.let_pass(0.4)
    assert len(firmware.frames) >= 8
    assert bench.asked == []


STEPS = """
import pytest
@pytest.mark.bring_up("weights")
def test_later(): pass
def test_last(): pass
@pytest.mark.bring_up("cells")
def test_first(): assert False
def test_with_a_mat(mat): pass
"""


def test_options_real_and_vm(tmp_path: Path) -> None:
    (tmp_path / "test_steps.py").write_text(STEPS)
    real = outside(tmp_path, "-v", "--mat=real", "-k", "not with_a_mat")
    order = [line.split("::")[1].split()[0] for line in real.stdout.splitlines() if "%]" in line]
    assert order == ["test_first", "test_later", "test_last"]
    assert "'cells' of bringing up failed" in real.stdout
    vm = outside(tmp_path, "-q", "--mat=vm", "-k", "with_a_mat")
    assert vm.returncode == 0
    assert "1 skipped" in vm.stdout
    assert "python -m tests.virtual_pi --tests FOLDER" in vm.stdout


LIGHT = """
import sys
import matfw.testing
import matfw.testing.plugin
heavy = {"numpy", "gpiozero", "msgspec", "lgpio"} & set(sys.modules)
assert not heavy, heavy
import matfw.testing as t
assert set(dir(t)) == set(t.__all__)
for name in t.__all__:
    getattr(t, name)
"""


def test_the_plugin_costs_nothing_to_who_does_not_use_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
