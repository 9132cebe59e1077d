"""Each check of the computer, on computers made of a folder and canned programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matfw.devices.serial_getty import getty_on
from matfw.diagnose import system
from matfw.diagnose.checks import Check, Computer, Space, State, run_program, space_at
from matfw.errors import MatGpioError
from matfw.settings.calibration_date import Age
from matfw.settings.model import Console, Settings
from matfw.settings.wiring import HipSensors

PI = "Raspberry Pi 4 Model B Rev 1.5\0"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GB = 1024 * 1024 * 1024


def a_computer(
    root: Path,
    files: Mapping[str, str] | None = None,
    programs: Mapping[str, str] | None = None,
    *,
    groups: Sequence[str] = ("gpio", "dialout"),
    space: Space | None = None,
    is_root: bool = False,
) -> Computer:
    for name, text in (files or {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    answers = dict(programs or {})
    return Computer(
        root=root,
        run=lambda arguments: answers.get(arguments[0]),
        space=lambda _: space or Space(20 * GB, is_read_only=False),
        groups=lambda: frozenset(groups),
        is_root=is_root,
    )


def a_pi(root: Path, files: Mapping[str, str] | None = None, **extra: object) -> Computer:
    return a_computer(root, {"proc/device-tree/model": PI, **(files or {})}, **extra)  # type: ignore[arg-type]


def says(check: Check, state: State, *words: str) -> None:
    assert check.state is state, check
    for word in words:
        assert word in check.sentence, check.sentence
    assert check.why
    if state is State.BAD:
        assert check.do or check.place or "sudo" in check.why


@pytest.mark.parametrize("machine", ["aarch64", "armv7l"])
def test_a_pi_is_recognised_by_its_model_and_must_be_64_bit(tmp_path: Path, machine: str) -> None:
    check = system.check_computer(a_pi(tmp_path, programs={"uname": machine}))
    says(check, State.OK if machine == "aarch64" else State.BAD, "Raspberry Pi 4")


def test_another_computer_is_reported_as_no_pi(tmp_path: Path) -> None:
    pc = a_computer(tmp_path)
    says(system.check_computer(pc), State.UNKNOWN, "not a Raspberry Pi")
    for check in (
        system.check_pins(pc, Settings().named_pins()),
        system.check_groups(pc, Settings()),
        system.check_power(pc),
    ):
        says(check, State.UNKNOWN, "not a Raspberry Pi")


@pytest.mark.parametrize(
    ("line", "layout", "words"),
    [
        ("dtparam=spi=on", "core4", None),
        ("dtparam=spi=on", "trio8", ("SPI", "waist_left DOUT", "GPIO10")),
        ("dtparam=spi=off", "trio8", None),
        ("#dtparam=spi=on", "trio8", None),
        ("dtoverlay=w1-gpio", "hex6", ("1-wire", "hip_right DOUT")),
        ("dtoverlay=w1-gpio,gpiopin=4", "hex6", ("1-wire",)),
        ("dtoverlay=w1-gpio,gpiopin=7", "hex6", None),
        ("dtparam=i2s=on", "core4", ("I2S", "buzzer", "foot_right")),
        ("dtoverlay=hifiberry-dac", "core4", ("I2S",)),
        ("enable_uart=1", "core4", None),
        ("dtparam=i2c_arm=on", "core4", None),
    ],
)
@pytest.mark.parametrize("folder", ["boot/firmware", "boot"])
def test_a_pin_that_config_txt_gives_away_is_named(
    tmp_path: Path, line: str, layout: str, words: tuple[str, ...] | None, folder: str
) -> None:
    pi = a_pi(tmp_path, {f"{folder}/config.txt": f"# a comment\n[all]\n{line}\n"})
    check = system.check_pins(pi, Settings(layout=layout).named_pins())  # type: ignore[arg-type]
    says(check, State.BAD if words else State.OK, *(words or ()))


def test_without_a_config_txt_nothing_is_claimed(tmp_path: Path) -> None:
    says(system.check_pins(a_pi(tmp_path), Settings().named_pins()), State.UNKNOWN)


def test_the_chip_is_found_by_its_label_or_its_absence_is_reported(tmp_path: Path) -> None:
    def none() -> int:
        raise MatGpioError("no permission for /dev/gpiochip0: add the user to the group gpio")

    says(system.check_chip(a_pi(tmp_path), lambda: 13), State.OK, "/dev/gpiochip13", "label")
    says(system.check_chip(a_pi(tmp_path), none), State.BAD, "no permission")
    says(system.check_chip(a_computer(tmp_path / "pc"), none), State.UNKNOWN)


@pytest.mark.parametrize(
    ("groups", "settings", "missing"),
    [
        (("gpio",), Settings(), None),
        ((), Settings(), "gpio"),
        (("gpio",), Settings(console=Console(ports=("/dev/serial0",))), "dialout"),
        (("gpio", "dialout"), Settings(console=Console(ports=("/dev/serial0",))), None),
        (("gpio",), Settings(hip_sensors=HipSensors(imu="lsm6ds")), "i2c"),
    ],
)
def test_a_missing_group_is_named_with_the_command(
    tmp_path: Path, groups: tuple[str, ...], settings: Settings, missing: str | None
) -> None:
    check = system.check_groups(a_pi(tmp_path, groups=groups), settings)
    if missing is None:
        says(check, State.OK)
    else:
        says(check, State.BAD, f"usermod -aG {missing}", "log in again")


def test_root_is_reported_as_unnecessary(tmp_path: Path) -> None:
    says(system.check_groups(a_pi(tmp_path, is_root=True), Settings()), State.WARN, "root")


def test_a_login_shell_on_the_consoles_port_is_bad(tmp_path: Path) -> None:
    unit = "sys/fs/cgroup/system.slice/system-serial\\x2dgetty.slice/serial-getty@ttyAMA0.service/x"
    pi = a_pi(tmp_path, {unit: "", "dev/ttyAMA0": "", "dev/ttyS0": ""})
    says(system.check_getty(pi, ["/dev/ttyAMA0"], getty_on), State.BAD, "login shell", "mask")
    says(system.check_getty(pi, ["/dev/ttyS0"], getty_on), State.OK)
    says(system.check_getty(pi, ["/dev/ttyACM9"], getty_on), State.WARN, "/dev/ttyACM9")
    says(system.check_getty(pi, ["socket://host:1"], getty_on), State.OK)


@pytest.mark.parametrize(
    ("programs", "files", "state"),
    [
        ({"timedatectl": "yes\n"}, {}, State.OK),
        ({"timedatectl": "no\n"}, {}, State.WARN),
        ({"timedatectl": "no\n"}, {"dev/rtc0": ""}, State.OK),
        ({}, {}, State.UNKNOWN),
        ({}, {"run/systemd/timesync/synchronized": ""}, State.OK),
    ],
)
def test_the_clock(
    tmp_path: Path, programs: dict[str, str], files: dict[str, str], state: State
) -> None:
    says(system.check_clock(a_pi(tmp_path, files, programs=programs)), state)


@pytest.mark.parametrize(
    ("space", "state", "word"),
    [
        (Space(10 * GB, is_read_only=False), State.OK, "GB"),
        (Space(400 * 1024 * 1024, is_read_only=False), State.WARN, "400 MB"),
        (Space(20 * 1024 * 1024, is_read_only=False), State.BAD, "20 MB"),
        (Space(10 * GB, is_read_only=True), State.BAD, "read-only"),
    ],
)
def test_the_disk(tmp_path: Path, space: Space, state: State, word: str) -> None:
    says(system.check_disk(a_pi(tmp_path, space=space), tmp_path / "state"), state, word)


def test_the_disk_of_a_folder_that_is_not_there_yet_is_its_parents(tmp_path: Path) -> None:
    assert space_at(tmp_path / "a" / "b").free_bytes == pytest.approx(
        space_at(tmp_path).free_bytes, rel=0.1
    )


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        ("throttled=0x0\n", State.OK, ("steady",)),
        ("throttled=0x50005\n", State.BAD, ("under 4.63 V now", "slowed down")),
        ("throttled=0x50000\n", State.WARN, ("since the start",)),
        ("throttled=0x80008\n", State.WARN, ("temperature",)),
        ("VCHI initialization failed\n", State.UNKNOWN, ("video",)),
        (None, State.UNKNOWN, ("vcgencmd",)),
    ],
)
def test_the_supply(
    tmp_path: Path, reply: str | None, state: State, words: tuple[str, ...]
) -> None:
    programs = {} if reply is None else {"vcgencmd": reply}
    says(system.check_power(a_pi(tmp_path, programs=programs)), state, *words)


def test_the_supply_is_read_from_the_kernel_where_vcgencmd_is_not(tmp_path: Path) -> None:
    name = "sys/devices/platform/soc/soc:firmware/get_throttled"
    says(system.check_power(a_pi(tmp_path, {name: "1\n"})), State.BAD, "4.63 V")


HWMON = {
    "sys/class/hwmon/hwmon0/name": "cpu_thermal\n",
    "sys/class/hwmon/hwmon1/name": "rpi_volt\n",
}
ALARM = "sys/class/hwmon/hwmon1/in0_lcrit_alarm"


@pytest.mark.parametrize(
    ("files", "state", "word"),
    [
        ({**HWMON, ALARM: "1\n"}, State.BAD, "4.63 V"),
        ({**HWMON, ALARM: "0\n"}, State.OK, "steady now"),
        (HWMON, State.UNKNOWN, "vcgencmd"),
        ({"sys/class/hwmon/hwmon0/in0_lcrit_alarm": "1\n"}, State.UNKNOWN, "vcgencmd"),
    ],
)
def test_who_may_not_ask_the_firmware_reads_the_kernels_monitor_of_the_supply(
    tmp_path: Path, files: dict[str, str], state: State, word: str
) -> None:
    """As the service's own user, who is not in the group video."""
    pi = a_pi(tmp_path, files)
    says(system.check_power(pi), state, word)
    assert bool(system.supply_trouble(pi)) is (state is State.BAD)


@pytest.mark.parametrize(
    ("shown", "state", "word"),
    [
        ("LoadState=not-found\nActiveState=inactive\n", State.OK, "not installed"),
        (
            "LoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nNRestarts=0\n",
            State.OK, "running",
        ),
        ("LoadState=loaded\nActiveState=active\nNRestarts=3\n", State.WARN, "3 times"),
        (
            "LoadState=loaded\nActiveState=failed\nResult=watchdog\nNRestarts=9\n",
            State.BAD, "watchdog",
        ),
        (None, State.UNKNOWN, "systemctl"),
    ],
)  # fmt: skip
def test_the_service(tmp_path: Path, shown: str | None, state: State, word: str) -> None:
    programs = {} if shown is None else {"systemctl": shown}
    says(system.check_service(a_pi(tmp_path, programs=programs)), state, word)


@pytest.mark.parametrize(
    ("version", "missing", "is_pi", "state"),
    [
        ((3, 11), (), True, State.OK),
        ((3, 13), (), True, State.OK),
        ((3, 10), (), True, State.WARN),
        ((3, 14), (), True, State.WARN),
        ((3, 11), ("numpy",), True, State.BAD),
        ((3, 11), ("lgpio", "adafruit-lgpio"), True, State.BAD),
        ((3, 13), ("lgpio",), True, State.OK),
        ((3, 13), ("lgpio", "adafruit-lgpio"), False, State.OK),
    ],
)
def test_python_and_its_libraries(
    version: tuple[int, int], missing: tuple[str, ...], is_pi: bool, state: State
) -> None:
    check = system.check_python(
        version, lambda name: None if name in missing else "1.0", is_pi=is_pi
    )
    says(check, state)


def test_what_is_installed_here_is_found() -> None:
    assert system.installed("numpy")
    assert system.installed("no-such-library") is None


@pytest.mark.parametrize(
    ("notices", "uncalibrated", "days", "state", "word"),
    [
        ((), (), 3, State.OK, "3 days"),
        ((), (), 179, State.OK, "179 days"),
        ((), (), 181, State.WARN, "181 days"),
        ((), (), None, State.OK, "readable"),
        ((), ("head_left",), 3, State.WARN, "head_left"),
        (("state.toml was damaged: read from state.toml.bak",), (), 3, State.WARN, "damaged"),
    ],
)
def test_the_machines_own_file(
    notices: tuple[str, ...],
    uncalibrated: tuple[str, ...],
    days: float | None,
    state: State,
    word: str,
) -> None:
    note = None
    if days is not None:
        note = f"calibrate with 10 kg, {NOW - timedelta(days=days):%Y-%m-%d %H:%M} UTC"
    says(system.check_state(notices, uncalibrated, note, NOW), state, word)


def test_a_date_by_a_wrong_clock_is_no_age() -> None:
    """A Pi that had not asked a network yet: not "calibrated 20784 days ago"."""
    check = system.check_state((), (), "four places, 1970-01-01 00:07 UTC", NOW)
    says(check, State.WARN, "calibrated on 1970-01-01 by a clock that was wrong", "known weight")


@pytest.mark.parametrize(
    ("loads_kg", "is_empty", "state", "words"),
    [
        ({"a": 0.1, "b": -0.2}, True, State.OK, ("12 days", "a +0.10 kg", "b -0.20 kg", "-0.10")),
        ({"a": 1.1, "b": 0.0}, True, State.WARN, ("take a tare",)),
        ({"a": 0.6, "b": 0.6}, True, State.WARN, ("+1.20 kg in all",)),
        ({"a": 70.0, "b": 0.0}, False, State.UNKNOWN, ("empty",)),
    ],
)
def test_the_drift_since_the_calibration_is_shown(
    loads_kg: dict[str, float], is_empty: bool, state: State, words: tuple[str, ...]
) -> None:
    says(system.check_zero(loads_kg, Age(12.3), is_empty=is_empty), state, *words)


def test_a_program_that_is_not_there_or_fails_says_nothing() -> None:
    assert run_program(("no-such-program",)) is None
    assert run_program(("false",)) is None
    assert run_program(("echo", "yes")) == "yes\n"


CASE = (
    ("dtoverlay=pwm-2chan", "GPIO18 (buzzer) is PWM's; GPIO19"),
    ("dtoverlay=gpio-ir,gpio_pin=18", "GPIO18 (buzzer) is an infrared receiver's"),
    ("dtoverlay=uart5", "GPIO12"),
    ("dtoverlay=rotary-encoder,pin_a=23,pin_b=24", "GPIO23 (head light)"),
    ("dtoverlay=gpio-shutdown,gpio_pin=21", "GPIO21"),
    ("dtoverlay=googlevoicehat-soundcard", "GPIO16"),
    ("dtoverlay=max98357a", "GPIO18"),
    ("dtoverlay=gpio-fan,gpiopin=25 # behind the board", "GPIO25"),
    ("dtparam=audio=on,i2s=on", "GPIO18"),
)


@pytest.mark.parametrize(("line", "words"), CASE)
def test_overlays_take_the_pins_of_their_parameters(tmp_path: Path, line: str, words: str) -> None:
    pi = a_pi(tmp_path, {"boot/firmware/config.txt": line})
    says(system.check_pins(pi, Settings().named_pins()), State.BAD, words)


@pytest.mark.parametrize("line", ["dtoverlay=some-new-hat", "gpio=18=op,dh"])
def test_of_an_overlay_that_is_not_known_nothing_is_claimed(tmp_path: Path, line: str) -> None:
    pi = a_pi(tmp_path, {"boot/firmware/config.txt": f"dtoverlay=vc4-kms-v3d\n{line}\n"})
    says(system.check_pins(pi, Settings().named_pins()), State.UNKNOWN, "not known")


@pytest.mark.parametrize(
    "line",
    ["dtoverlay=vc4-kms-v3d", "dtoverlay=gpio-shutdown", "dtoverlay=gpio-led", "dtoverlay="],
)
def test_overlays_that_take_other_pins_or_none_are_well(tmp_path: Path, line: str) -> None:
    pi = a_pi(tmp_path, {"boot/firmware/config.txt": line})
    says(system.check_pins(pi, Settings().named_pins()), State.OK)


@pytest.mark.parametrize(("model", "is_taken"), [(PI, True), ("Raspberry Pi 5 Model B\0", False)])
def test_a_uart_has_other_pins_on_a_pi_5(tmp_path: Path, model: str, is_taken: bool) -> None:
    """uart3 is GPIO 4 and 5 on a Pi 4, 8 and 9 on a Pi 5; core4 uses 5."""
    files = {"boot/firmware/config.txt": "dtoverlay=uart3", "proc/device-tree/model": model}
    says(system.check_pins(a_computer(tmp_path, files), Settings().named_pins()),
         State.BAD if is_taken else State.OK)  # fmt: skip


def test_serial0_of_a_pi_5_is_its_debug_connector(tmp_path: Path) -> None:
    pi = a_pi(tmp_path, {"dev/ttyAMA10": "", "dev/ttyAMA0": ""})
    (tmp_path / "dev" / "serial0").symlink_to("ttyAMA10")
    for port in ("/dev/serial0", "/dev/ttyAMA10"):
        check = system.check_getty(pi, [port], getty_on)
        says(check, State.WARN, "debug connector", "/dev/ttyAMA0", "dtparam=uart0=on")
    says(system.check_getty(pi, ["/dev/ttyAMA0"], getty_on), State.OK)
