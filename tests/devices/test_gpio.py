# ruff: noqa: ARG002  # the fake has lgpio's arguments
"""The lgpio lines, with a fake lgpio module at the library's boundary and virtual chips behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from matfw.devices.gpio import LgpioGroup, chip_number, find_chip, load_lgpio
from matfw.devices.parallel import ParallelReader
from matfw.errors import MatGpioError
from matfw.virtual.bench import VirtualBench
from matfw.virtual.clock import VirtualClock
from matfw.virtual.lines import VirtualGpio
from tests.rigs import counting_mat

WANT = (5, -6, 7_000_000, -8_000_000)
CLOCKS, DATA = (12, 16, 20, 21), (5, 6, 13, 19)
PI5 = {0: "gpio-brcmstb@107d508500", 4: "raspberrypi-exp-gpio", 11: "pinctrl-rp1"}


class FakeLgpio:
    """lgpio as its documentation has it: groups with a leader, errors raised."""

    class error(Exception):  # noqa: N801, N818  # lgpio's own name
        """lgpio's exception."""

    def __init__(
        self,
        labels: dict[int, str],
        lines: VirtualGpio | None = None,
        busy: dict[int, str] | None = None,
    ) -> None:
        self.labels = labels
        self.lines = lines
        self.busy = busy or {}
        self.claimed: dict[int, list[int]] = {}
        self.open_handles: set[int] = set()

    def gpiochip_open(self, gpiochip: int) -> int:
        if gpiochip not in self.labels:
            raise self.error("can not open gpiochip")
        self.open_handles.add(gpiochip)
        return gpiochip

    def gpiochip_close(self, handle: int) -> int:
        self.open_handles.remove(handle)
        return 0

    def gpio_get_chip_info(self, handle: int) -> Sequence[Any]:
        return [0, 54, f"gpiochip{handle}", self.labels[handle]]

    def gpio_get_line_info(self, handle: int, gpio: int) -> Sequence[Any]:
        return [0, gpio, int(gpio in self.busy), f"GPIO{gpio}", self.busy.get(gpio, "")]

    def _claim(self, gpio: list[int]) -> int:
        if set(gpio) & set(self.busy):
            raise self.error("GPIO busy")
        self.claimed[gpio[0]] = gpio
        return 0

    def group_claim_output(self, handle: int, gpio: list[int], levels: list[int]) -> int:
        assert levels == [0] * len(gpio)
        return self._claim(gpio)

    def group_claim_input(self, handle: int, gpio: list[int]) -> int:
        return self._claim(gpio)

    def group_write(self, handle: int, gpio: int, group_bits: int, group_mask: int) -> int:
        assert gpio in self.claimed, "not a group leader"
        assert self.lines is not None
        self.lines.write(group_bits, group_mask)
        return 0

    def group_read(self, handle: int, gpio: int) -> Sequence[int]:
        assert self.lines is not None
        return [len(self.claimed[gpio]), self.lines.read()]

    def group_free(self, handle: int, gpio: int) -> int:
        del self.claimed[gpio]
        return 0


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    for number in (0, 4, 11):
        (tmp_path / f"gpiochip{number}").touch()
    (tmp_path / "gpiomem").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("labels", "number"),
    [
        (PI5, 11),
        ({0: "pinctrl-bcm2711", 4: "raspberrypi-exp-gpio"}, 0),
        ({0: "pinctrl-bcm2835", 4: "x"}, 0),
        ({0: "x", 4: "pinctrl-bcm2837"}, 4),
    ],
)
def test_the_chip_is_found_by_its_label_whatever_its_number(
    dev: Path, labels: dict[int, str], number: int
) -> None:
    lgpio = FakeLgpio(labels)
    assert find_chip(lgpio, dev=dev) == number
    assert not lgpio.open_handles


def test_the_setting_overrides_the_search(tmp_path: Path) -> None:
    assert find_chip(FakeLgpio({}), 7, tmp_path) == 7
    assert chip_number(7) == 7


def test_no_chip_at_all_is_reported(tmp_path: Path) -> None:
    with pytest.raises(MatGpioError, match=r"no GPIO chip.*Raspberry Pi.*--virtual"):
        find_chip(FakeLgpio({}), dev=tmp_path)


def test_no_chip_of_a_pi_is_reported_with_what_there_is(dev: Path) -> None:
    with pytest.raises(MatGpioError, match=r"INT34C5.*pinctrl-rp1.*gpio\.chip"):
        find_chip(FakeLgpio({0: "INT34C5:00"}), dev=dev)


def test_no_permission_is_reported_with_its_group(
    dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: not str(path).endswith("11"))
    with pytest.raises(MatGpioError, match=r"gpiochip11.*group gpio"):
        find_chip(FakeLgpio(PI5), dev=dev)


def test_an_absent_chip_is_reported() -> None:
    with pytest.raises(MatGpioError, match=r"gpiochip3 cannot be opened.*group gpio"):
        LgpioGroup(FakeLgpio(PI5), 3, CLOCKS, DATA)


def test_a_busy_pin_is_named_with_its_owner_and_the_chip_given_back() -> None:
    lgpio = FakeLgpio(PI5, busy={13: "matfw-other"})
    with pytest.raises(MatGpioError, match=r"GPIO13 is in use by matfw-other.*systemctl stop"):
        LgpioGroup(lgpio, 11, CLOCKS, DATA)
    assert not lgpio.open_handles


@pytest.mark.parametrize(("clocks", "data"), [((), DATA), (CLOCKS, ()), ((5,), DATA)])
def test_pins_given_twice_or_not_at_all_are_refused(
    clocks: tuple[int, ...], data: tuple[int, ...]
) -> None:
    with pytest.raises(MatGpioError, match="once only"):
        LgpioGroup(FakeLgpio(PI5), 11, clocks, data)


@pytest.mark.parametrize("is_shared", [False, True])
def test_the_reader_reads_through_it(is_shared: bool) -> None:
    clock = VirtualClock()
    bench = VirtualBench(counting_mat(), lambda _t_s: WANT, clock, noise_counts=0.0)
    lgpio = FakeLgpio(PI5, bench.lines(is_sck_shared=is_shared))
    group = LgpioGroup(lgpio, 11, CLOCKS[:1] if is_shared else CLOCKS, DATA)
    reader = ParallelReader("abcd", group, clock, is_sck_shared=is_shared)
    reader.start()
    assert [reader.read().counts for _ in range(12)][-1] == WANT
    reader.close()
    reader.close()
    assert lgpio.lines is not None
    assert lgpio.lines.levels == 0
    assert not lgpio.claimed
    assert not lgpio.open_handles


def test_lgpio_leaves_no_pipe_where_it_is_started(tmp_path: Path) -> None:
    code = (
        "from matfw.devices.gpio import load_lgpio; import os\n"
        "lgpio = load_lgpio(); assert os.listdir('.') == [], os.listdir('.')\n"
        "assert callable(lgpio.group_read); print(os.environ['LG_WD'])"
    )
    env = {k: v for k, v in os.environ.items() if k != "LG_WD"}
    env["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not Path(done.stdout.strip()).exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LG_WD", "/nonexistent", "LG_WD names /nonexistent"),
        ("RUNTIME_DIRECTORY", "/nonexistent:/tmp", "in /nonexistent, which RUNTIME_DIRECTORY"),
    ],
)
def test_a_folder_for_lgpios_pipe_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.delenv("LG_WD", raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(MatGpioError, match=words):
        load_lgpio()
