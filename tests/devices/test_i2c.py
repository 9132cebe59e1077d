"""The I2C bus under the hip sensors: its errors when absent, and what is asked of the kernel."""

from __future__ import annotations

import subprocess
import sys

import pytest

from matfw.devices.i2c import Bus, LinuxWire, load_driver
from matfw.errors import MatError, MatGpioError
from matfw.virtual.clock import VirtualClock
from tests.i2c_wire import FakeWire, needs_drivers


@needs_drivers
def test_blinka_is_neither_loaded_nor_left_stood_in_for() -> None:
    code = (
        "import sys; from matfw.devices.i2c import load_driver\n"
        "load_driver('adafruit_lsm6ds.lsm6dsox'); load_driver('adafruit_vl53l1x')\n"
        "assert not {'busio', 'digitalio', 'micropython', 'board'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_absent_driver_is_reported() -> None:
    with pytest.raises(MatError, match=r"adafruit_absent cannot be .* pip install 'matfw\[hips\]'"):
        load_driver("adafruit_absent")


def test_an_absent_bus_is_reported() -> None:
    with pytest.raises(MatGpioError, match=r"no I2C bus: /dev/i2c-99 is not there: switch I2C on"):
        LinuxWire(99)


@pytest.mark.parametrize(
    ("error", "words"),
    [(PermissionError(13, "denied"), "usermod -aG i2c"), (OSError(5, "broken"), "see dmesg")],
)
def test_a_bus_that_is_refused_is_reported(
    monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    def refuse(*_: object) -> int:
        raise error

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(MatGpioError, match=words):
        LinuxWire(1)


class Smbus:
    """`Adafruit_PureIO.smbus.SMBus`, as far as it is used."""

    def __init__(self, number: int) -> None:
        self.calls: list[tuple[object, ...]] = [("open", number)]

    def write_bytes(self, address: int, data: bytes) -> None:
        self.calls.append(("write", address, data))

    def read_bytes(self, address: int, count: int) -> bytes:
        self.calls.append(("read", address, count))
        return bytes(count)

    def read_i2c_block_data(self, address: int, data: bytes, count: int) -> bytearray:
        self.calls.append(("both", address, data, count))
        return bytearray(b"\x07" * count)

    def close(self) -> None:
        self.calls.append(("close",))


def test_the_kernel_gives_up_after_20_ms_and_bytes_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[tuple[object, ...]] = []
    made: list[Smbus] = []

    def make(number: int) -> Smbus:
        made.append(Smbus(number))
        return made[0]

    def open_device(path: str, _flags: int) -> int:
        reported.append((path,))
        return 99

    monkeypatch.setattr("os.open", open_device)
    monkeypatch.setattr("os.close", lambda device: reported.append((device,)))
    monkeypatch.setattr("fcntl.ioctl", lambda *call: reported.append(call))
    monkeypatch.setattr("Adafruit_PureIO.smbus.SMBus", make)
    bus = Bus(LinuxWire(1), VirtualClock())
    assert reported == [("/dev/i2c-1",), (99, 0x0702, 2), (99,)]
    buffer = bytearray(b"\x28\xff\xff\xff")
    bus.writeto_then_readfrom(0x6A, buffer, buffer, out_end=1, in_start=1, in_end=3)
    assert buffer == b"\x28\x07\x07\xff"
    bus.writeto(0x29, b"\x01\x02\x03", start=1)
    bus.readfrom_into(0x29, buffer)
    assert buffer == bytes(4)
    bus.close()
    assert made[0].calls == [
        ("open", 1),
        ("both", 0x6A, b"\x28", 2),
        ("write", 0x29, b"\x02\x03"),
        ("read", 0x29, 4),
        ("close",),
    ]


def test_a_job_ends_when_its_time_is_over() -> None:
    clock = VirtualClock()
    bus = Bus(FakeWire(clock), clock)
    bus.allow_s(0.1)
    bus.pause_s(5.0)
    assert clock.now_s() == pytest.approx(0.002)
    clock.advance_s(0.1)
    with pytest.raises(TimeoutError, match="0x29 is never ready"):
        bus.writeto(0x29, b"")
