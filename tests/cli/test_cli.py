"""`python -m matfw` as people and services call it: exit codes, and one line per error."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from gpiozero import OutputDevice
from gpiozero.pins.mock import MockFactory, MockPWMPin

from matfw.cli.exit_codes import EXIT_DONE, EXIT_FAILED, EXIT_USAGE
from matfw.cli.hardware import build_real_hips, build_virtual_hips, virtual_trace
from matfw.cli.verbs import main
from matfw.errors import MatGpioError
from matfw.messages import Side
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS
from matfw.recording.file import read_recording
from matfw.settings.model import Settings
from matfw.settings.state import CellLine
from matfw.settings.store import SettingsStore
from matfw.settings.wiring import HipSensors
from matfw.virtual.clock import VirtualClock
from tests.cli.calls import (
    LIMIT_S,
    Call,
    environment,
    one_error,
)
from tests.i2c_wire import FakeWire, needs_drivers


def factory_pins(factory: MockFactory) -> dict[int, MockPWMPin]:
    """Return the pins that were asked for, by number."""
    return {int(pin.info.name.removeprefix("GPIO")): pin for pin in factory.pins.values()}


# --- help and usage ---

VERBS = ("demo", "run", "replay", "record", "console")


@pytest.mark.parametrize("name", VERBS)
def test_help_is_there_for_every_verb(verb: Call, name: str) -> None:
    done = verb(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"usage: matfw {name}" in done.stdout


def test_a_process_prints_help_and_ends_with_the_exit_code_of_main(matfw: Call) -> None:
    done = matfw("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: matfw")
    wrong = matfw("fly")
    assert (wrong.returncode, wrong.stdout) == (EXIT_USAGE, "")
    assert "invalid choice: 'fly'" in wrong.stderr


@pytest.mark.parametrize(
    "arguments",
    [(), ("fly",), ("replay",), ("demo", "--speed", "0"), ("demo", "--speed", "fast"),
     ("record", "x.csv", "--seconds", "-1"), ("run", "--nonsense"), ("demo", "--hips", "all"),
     ("run", "--all-off", "--virtual")],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2_and_says_which(verb: Call, arguments: Sequence[str]) -> None:
    done = verb(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("rnu",), ": did you mean run?"),
        (("xyz",), ": see `matfw --help`"),
        ((), ": `matfw demo` shows it without hardware, `matfw --help` lists all"),
        (("config", "chekc"), ": did you mean check?"),
        (("demo", "--layout", "core5"), ": did you mean core4?"),
        (("demo", "--sped", "3"), "unrecognized arguments: --sped 3: see `matfw demo --help`"),
        (("report", "7"), "unrecognized arguments: 7: see `matfw report --help`"),
    ],
)
def test_wrong_usage_says_what_to_do(verb: Call, arguments: Sequence[str], advice: str) -> None:
    done = verb(*arguments)
    assert done.returncode == EXIT_USAGE
    assert done.stderr.splitlines()[-1].endswith(advice)


# --- settings ---


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[workout]\nrepetitions = 5\n", ("line 2", "repetitions")),
        ("rate_hz = 90\n", ("line 1", "rate_hz", "90")),
        ("[limits]\ntoo_high_deg = 500\n", ("line 2", "limits.too_high_deg", "120", "500")),
        ("layout = \n", ("line 1", "TOML")),
        ("[limits]\nkick_up_s = 2.0\nrushed_up_s = 1.0\n", ("kick_up_s", "rushed_up_s")),
    ],
)
@pytest.mark.parametrize("command", [("run",), ("run", "--virtual"), ("record", "x.csv")])
def test_wrong_settings_are_one_line_with_file_line_and_limit(
    verb: Call, tmp_path: Path, text: str, words: Sequence[str], command: Sequence[str]
) -> None:
    (tmp_path / "mat.toml").write_text(text)
    done = verb(*command, "--config", "mat.toml")
    assert (done.returncode, done.stdout) == (2, "")
    one_error(done, "mat.toml", *words)


CUSTOM_CELLS = "".join(
    f'[[cells]]\nname = "{name}"\nx_mm = {x}\ny_mm = {y}\n'
    for name, x, y in (("head_left", -500, 200), ("head_right", -500, -200), ("hip_left", 500, 0))
)


@pytest.mark.parametrize("command", [("run", "--virtual"), ("record", "--virtual", "x.csv")])
def test_the_virtual_bench_refuses_a_layout_it_has_not(
    verb: Call, tmp_path: Path, command: Sequence[str]
) -> None:
    (tmp_path / "mat.toml").write_text('layout = "custom"\n' + CUSTOM_CELLS)
    done = verb(*command, "--config", "mat.toml")
    assert (done.returncode, done.stdout) == (2, "")
    one_error(done, "the virtual bench has no layout 'custom'", "core4, hex6, trio8")
    assert not (tmp_path / "x.csv").exists()


def test_a_settings_file_that_is_not_there_is_one_line(verb: Call) -> None:
    done = verb("run", "--virtual", "--config", "nowhere.toml")
    assert done.returncode == 2
    one_error(done, "nowhere.toml", "cannot be read")


# --- without hardware ---

no_chip = pytest.mark.skipif(
    any(Path("/dev").glob("gpiochip*")), reason="this computer has GPIO chips"
)


@no_chip
@pytest.mark.parametrize("reader", ["parallel", "adafruit"])
@pytest.mark.parametrize(
    "command", [("run",), ("run", "--all-off"), ("record", "new.csv"), ("record", "new.csv.gz")]
)
def test_without_a_chip_it_fails_in_one_line_and_leaves_no_file(
    verb: Call, tmp_path: Path, reader: str, command: Sequence[str]
) -> None:
    (tmp_path / "mat.toml").write_text(f'reader = "{reader}"\n')
    done = verb(*command, "--config", "mat.toml")
    assert done.returncode == 1
    one_error(done, "no GPIO chip", "--virtual")
    assert not list(tmp_path.glob("new*"))


@no_chip
def test_no_virtual_device_can_be_reached_without_asking_for_it(tmp_path: Path) -> None:
    """Also with matfw.virtual gone the message is the same: nothing of it is ever imported."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['matfw.virtual'] = None\n")
    settings = environment(tmp_path)
    settings["PYTHONPATH"] = f"{tmp_path}:{settings['PYTHONPATH']}"
    for verb in (["run"], ["run", "--all-off"], ["record", "new.csv"]):
        done = subprocess.run(
            [sys.executable, "-m", "matfw", *verb], capture_output=True, text=True,
            timeout=LIMIT_S, check=False, cwd=tmp_path, env=settings,
        )  # fmt: skip
        assert done.returncode == 1
        one_error(done, "no GPIO chip")
    asked = subprocess.run(
        [sys.executable, "-m", "matfw", "run", "--virtual"], capture_output=True, text=True,
        timeout=LIMIT_S, check=False, cwd=tmp_path, env=settings,
    )  # fmt: skip
    assert "matfw.virtual" in asked.stderr, "the block itself works"


def test_a_recording_is_never_written_over(verb: Call, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("mine")
    done = verb("record", "old.csv", "--virtual", "--seconds", "1")
    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert (tmp_path / "old.csv").read_text() == "mine"


@no_chip
@pytest.mark.parametrize("command", [("run",), ("record", "new.csv")])
def test_hip_sensors_do_not_change_that(verb: Call, tmp_path: Path, command: Sequence[str]) -> None:
    (tmp_path / "mat.toml").write_text('[hip_sensors]\nimu = "lsm6ds"\nrail = "vl53l1x"\n')
    done = verb(*command, "--config", "mat.toml")
    assert done.returncode == 1
    one_error(done, "no GPIO chip")
    assert not list(tmp_path.glob("new*"))


def test_all_off_drives_the_outputs_of_the_settings_low_and_leaves_them_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    monkeypatch.setattr("matfw.cli.verbs.real_factory", lambda _: factory)
    (tmp_path / "mat.toml").write_text("outputs = { buzzer_pin = 26, mute = true }\n")
    assert main(["run", "--all-off", "--config", str(tmp_path / "mat.toml")]) == EXIT_DONE
    assert {
        number: (pin.function, pin.state) for number, pin in factory_pins(factory).items()
    } == dict.fromkeys((26, 23, 24, 25), ("output", 0))
    factory.close()


def test_all_off_says_which_pin_it_could_not_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    monkeypatch.setattr("matfw.cli.verbs.real_factory", lambda _: factory)

    def busy(*_: object) -> None:
        raise OSError("GPIO busy")

    monkeypatch.setattr(factory.pin(24), "output_with_state", busy)
    (tmp_path / "mat.toml").write_text("")
    assert main(["run", "--all-off", "--config", str(tmp_path / "mat.toml")]) == EXIT_FAILED
    [line] = capsys.readouterr().err.splitlines()
    assert "GPIO24 (GPIO busy) not driven low" in line
    assert factory.pin(25).function == "output"
    factory.close()


# --- hip sensors ---


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> list[FakeWire]:
    """Put a wire where nobody answers in the place of /dev/i2c-N; return those that were opened."""
    opened: list[FakeWire] = []

    def wire(number: int) -> FakeWire:
        assert number == 3
        opened.append(FakeWire(VirtualClock()))
        return opened[-1]

    monkeypatch.setattr("matfw.devices.hip_sensors.LinuxWire", wire)
    return opened


BOTH = HipSensors(imu="lsm6ds", rail="vl53l1x", i2c_bus=3)


@needs_drivers
def test_real_hip_sensors_are_read_closed_and_hold_their_pins(wires: list[FakeWire]) -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    settings = Settings(hip_sensors=BOTH)
    readers = build_real_hips(settings, factory)
    try:
        channels = tuple(channel for reader in readers for channel in reader.channels)
        assert channels == settings.mat().channels
        assert len(wires) == 2, "one for each sensor, and so for each thread"
        assert set(factory_pins(factory)) == {26, 7, 11}
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("matfw-hips") == 2
        assert [value for reader in readers for value in reader.at(time.monotonic())] == [None] * 4
    finally:
        for reader in readers:
            reader.close()
    assert all(wire.is_closed for wire in wires)
    assert "matfw-hips" not in [thread.name for thread in threading.enumerate()]
    factory.close()


@needs_drivers
def test_hip_sensors_that_were_open_are_closed_when_the_next_one_fails(
    wires: list[FakeWire],
) -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    taken = OutputDevice(7, pin_factory=factory)
    with pytest.raises(MatGpioError, match=r"cannot use GPIO7 for XSHUT .*: see which"):
        build_real_hips(Settings(hip_sensors=BOTH), factory)
    assert [wire.is_closed for wire in wires] == [True]
    assert "matfw-hips" not in [thread.name for thread in threading.enumerate()]
    OutputDevice(26, pin_factory=factory).close()  # given back
    taken.close()
    factory.close()


@needs_drivers
def test_a_bus_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    settings = Settings(hip_sensors=HipSensors(imu="lsm6ds", i2c_bus=99))
    with pytest.raises(MatGpioError, match=r"no I2C bus: /dev/i2c-99"):
        build_real_hips(settings, factory)
    factory.close()


@pytest.mark.parametrize(("name", "repeats"), [("demo", False), ("faults", True)])
def test_virtual_hips_are_those_of_the_mat_and_the_bench_s_person(name: str, repeats: bool) -> None:
    mat = replace(Settings(hip_sensors=BOTH).mat(), side=Side.LEFT)
    [hips] = build_virtual_hips(mat, name, Side.LEFT)
    assert hips.channels == mat.channels
    trace = virtual_trace(name, "core4", Side.LEFT)
    at_start = hips.at(1.0)
    assert None not in at_start
    assert (hips.at(trace.duration_s + 1.0) == at_start) == repeats
    [belt] = build_virtual_hips(replace(mat, channels=SACRUM_CHANNELS), name, Side.LEFT)
    assert belt.channels == SACRUM_CHANNELS


# --- on the virtual bench ---


def test_the_demo_ends_with_its_report(matfw: Call) -> None:
    done = matfw("demo", "--speed", "20", "--hips", "imu")
    assert (done.returncode, done.stderr) == (0, "")
    assert "named rightly (simulated)" in done.stdout
    assert "VIRTUAL" in done.stdout.splitlines()[0]
    reps = re.findall(r"^ +[\d.]+ s  rep +(\d+) ", done.stdout, re.MULTILINE)
    assert reps == [str(number + 1) for number in range(len(reps))]
    assert len(reps) > 8
    assert re.findall(r"^ +[\d.]+ s  (?:workout|set|rest) .*", done.stdout, re.MULTILINE)
    for words in ("workout started", "2 of 2 ready: right side, 6 reps", "workout done"):
        assert words in done.stdout


@pytest.mark.parametrize("option", ["--config", "--state"])
def test_the_demo_refuses_settings_that_it_would_not_use(verb: Call, option: str) -> None:
    done = verb("demo", option, "here")
    assert (done.returncode, done.stdout) == (EXIT_USAGE, "")
    assert "`matfw run --virtual --config FILE` runs your settings" in done.stderr


def test_a_recording_has_the_hip_sensors_columns(matfw: Call, tmp_path: Path) -> None:
    (tmp_path / "mat.toml").write_text('[hip_sensors]\nimu = "lsm6ds"\nrail = "vl53l1x"\n')
    done = matfw(
        "record", "new.csv", "--virtual", "--seconds", "1.5", "--config", "mat.toml"
    )  # fmt: skip
    assert done.returncode == 0
    opened = read_recording(tmp_path / "new.csv")
    assert opened.mat.channels == SACRUM_CHANNELS + RAIL_CHANNELS
    frames = list(opened.frames())
    assert frames
    assert all(None not in frame.channels for frame in frames if frame.t_s > 0.5)


def test_what_the_virtual_bench_records_can_be_replayed(
    matfw: Call, verb: Call, tmp_path: Path
) -> None:
    done = matfw("record", "new.csv.gz", "--virtual", "--seconds", "2")
    assert done.returncode == 0
    assert "VIRTUAL" in done.stderr
    opened = read_recording(tmp_path / "new.csv.gz")
    assert opened.source is not None
    assert "VIRTUAL" in opened.source
    assert len(list(opened.frames())) == pytest.approx(160, abs=6)
    assert verb("replay", "new.csv.gz", "--json").returncode == 0


def test_what_was_saved_at_the_console_holds_for_every_verb(matfw: Call, tmp_path: Path) -> None:
    config, state = tmp_path / "matfw.toml", tmp_path / "state"
    config.write_text('layout = "trio8"\n[person]\nheight_m = 1.6\n')
    store = SettingsStore(config, state)
    store.set("layout", "hex6")
    store.save()
    store.new_profile("mrs_b")
    store.set("height", "1.7 m")
    store.save()
    store.save_calibration({"hip_left": CellLine(tare_counts=7.0, counts_per_kg=-9.0)}, note="")
    file = tmp_path / "a.csv"
    done = matfw(
        "record", file, "--virtual", "--seconds", "0.3", "--config", config, "--state", state
    )
    assert done.returncode == EXIT_DONE, done.stderr
    mat = read_recording(file).mat
    assert (mat.layout, mat.person.height_m) == ("hex6", 1.7)
    assert mat.calibration[2].tare_counts == 7.0
