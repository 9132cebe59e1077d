"""`--mat=vm` behind the same words: what the kernel module is sent, and what its edges say.

The module is not here: it is in the virtual Pi, where tests/virtual_pi runs the guide on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

import pytest

from matfw.settings.model import Settings
from matfw.settings.wiring import DEFAULT_PINS
from matfw.testing import BenchFile, Lifter
from matfw.testing.asking import BenchPerson
from matfw.testing.edges import Edge
from matfw.testing.header import Header, Wire
from matfw.testing.vm_mat import VmMat
from tests.testing.test_real_mat import MockHardware, SkippedError

WIRES = [(each.dout, each.sck) for each in list(DEFAULT_PINS.values())[:6]]


class KeptHeader(Header):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.keys: dict[tuple[int, str], int] = {}
        self.script = b""
        self.seen: list[Edge] = []

    def wires(self) -> list[tuple[int, int]]:
        return WIRES

    def control(self, *lines: str) -> None:
        for line in lines:
            match line.split():
                case ["set", chip, key, number]:
                    self.keys[int(chip), key] = int(number)
                case words:
                    assert words[0] in ("stop", "clear")

    def play(self, script: bytes) -> None:
        self.script = script

    def edges(self) -> list[Edge]:
        return self.seen


def vm_mat(bench: BenchFile | None = None) -> VmMat:
    def skip(reason: str) -> NoReturn:
        raise SkippedError(reason)

    nobody = BenchPerson(skip, is_there=lambda: False)
    return VmMat(bench or BenchFile(), nobody, MockHardware(), KeptHeader(), noise_counts=50.0)


@pytest.fixture
def mat() -> Iterator[VmMat]:
    made = vm_mat()
    yield made
    made.close()


def header_of(mat: VmMat) -> KeptHeader:
    assert isinstance(mat.header, KeptHeader)
    return mat.header


def test_each_defect_is_told_to_its_own_converter_and_taken_back(mat: VmMat) -> None:
    keys = header_of(mat).keys
    cell = mat.cells["foot_left"]  # the third
    cell.cut_sck()
    cell.cut_bridge()
    assert keys[2, "fault"] == Wire.SCK_CUT | Wire.BRIDGE_CUT
    cell.slow_down()
    assert keys[2, "rate_mhz"] == 10_000
    assert {keys[n, "fault"] for n in (0, 1, 3)} == {0}
    cell.repair()
    assert (keys[2, "fault"], keys[2, "rate_mhz"], keys[2, "noise"]) == (0, 80_000, 50)
    cell.load(2.0)
    assert keys[2, "value"] == round(cell.counts(2.0))
    cell.reverse_bridge()
    assert keys[2, "value"] == -round(cell.counts(2.0))


def test_weights_are_measured_by_the_cells_that_carry_them(mat: VmMat) -> None:
    mat.lay(10.0, x_mm=900.0, y_mm=275.0)
    keys, cells = header_of(mat).keys, mat.cells.values()
    kg = [keys[n, "value"] / cell.counts_per_kg for n, cell in enumerate(cells)]
    assert sum(kg) == pytest.approx(10.0, abs=0.01)
    assert kg[2] > 9.5
    mat.clear()
    assert [keys[n, "value"] for n in range(4)] == [0] * 4


def test_a_script_has_all_the_converters_of_the_header(mat: VmMat) -> None:
    seconds = mat.let_lie(Lifter().lift())
    frames = (len(header_of(mat).script) - 4) / 4 / len(WIRES)
    assert frames == pytest.approx(100 * seconds, abs=1)


def test_what_no_converter_can_do_and_a_cell_that_is_not_there_are_skipped(mat: VmMat) -> None:
    with pytest.raises(SkippedError, match="no Drift"):
        mat.cells["head_left"].drift(1.0)
    with pytest.raises(SkippedError, match="no SwappedPins"):
        mat.cells["head_left"].swap_pins()
    with pytest.raises(SkippedError, match="waist_left"):
        vm_mat(BenchFile(settings=Settings(layout="trio8")))


def test_tones_and_lights_are_read_off_the_edges(mat: VmMat) -> None:
    mat.lights.forget()
    began_s, lines = mat.clock.now_s() - 1.0, mat.output_pins
    mat.lights._from_s = began_s
    mat.buzzer._from_s = began_s  # type: ignore[attr-defined]  # of the virtual Pi's buzzer
    tone = [
        Edge(began_s + 0.1 + n / 880.0, lines["buzzer"], n % 2 == 0) for n in range(176)
    ]  # 0.2 s of 440 Hz
    header_of(mat).seen = [*tone, Edge(began_s + 0.5, lines["hip"], True)]
    assert mat.buzzer.pattern() == "A4 0.2"
    assert not mat.buzzer.is_on
    assert mat.lights.now == (0.0, 1.0, 0.0)
    assert mat.lights.drawn().splitlines()[1].startswith("hip  |     @@@")
