"""What is particular to the reader on Adafruit's driver."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from matfw.devices import adafruit_driver
from matfw.devices.adafruit import AdafruitReader
from matfw.devices.adafruit_driver import BusyError, CountedData, TimedClock, load_driver
from matfw.errors import MatError, MatSettingsError
from matfw.virtual.clock import VirtualClock
from matfw.virtual.lines import StallSchedule
from tests.rigs import build

WANT = (123_456, -1, -8_388_608, 8_388_607)


class Pin:
    """A pin as digitalio has it."""

    def __init__(self, value: bool = False) -> None:
        self.value = value


def test_blinka_is_neither_loaded_nor_left_stood_in_for() -> None:
    code = (
        "import sys; from matfw.devices.adafruit_driver import load_driver; load_driver()\n"
        "assert not {'microcontroller', 'digitalio', 'board'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_only_the_driver_sees_the_missing_functions() -> None:
    driver = load_driver()
    assert driver.microcontroller is not sys.modules.get("microcontroller")
    assert callable(driver.microcontroller.disable_interrupts)


def test_a_changed_driver_is_refused_by_version(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = ModuleType("adafruit_hx711.hx711")
    changed.HX711 = type("HX711", (), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, adafruit_driver.MODULE, changed)
    with pytest.raises(MatError, match=r"hx711 \d+\.\d+\.\d+ has no .*install version 1\.1\.2"):
        load_driver()


def test_an_absent_driver_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adafruit_driver, "MODULE", "adafruit_hx711.absent")
    with pytest.raises(MatError, match="pip install adafruit-circuitpython-hx711"):
        load_driver()


def test_the_driver_cannot_wait_for_ever() -> None:
    data = CountedData(Pin(True))
    data.looks_left = 29
    driver = load_driver().HX711(data, TimedClock(Pin(), VirtualClock()))
    with pytest.raises(BusyError):
        driver._read_channel_raw(25)


def test_stalls_at_random_lose_frames_and_never_falsify_them() -> None:
    rig = build("adafruit", WANT, stall_s=StallSchedule(1e-3, 100e-6, seed=7))
    rig.run(800)
    assert rig.wrong(WANT) == 0
    stats = rig.reader.stats
    assert sum(cell.torn for cell in stats.cells.values()) > 20
    assert stats.longest_sck_high_s == pytest.approx(100e-6, rel=0.1)
    assert all(cell.good > 0.6 * stats.frames for cell in stats.cells.values())


def test_every_frame_has_25_pulses_so_that_the_channel_stays() -> None:
    rig = build("adafruit", WANT, oscillator_error=0.01)
    rig.run(300)
    assert all(chip.counters.bad_pulse_counts == 0 for chip in rig.bench.chips.values())
    assert rig.wrong(WANT) == 0


def test_lines_missing_for_a_cell_are_refused() -> None:
    with pytest.raises(MatSettingsError):
        AdafruitReader(("a", "b"), [Pin()], [Pin()], VirtualClock())
