"""`python -m matfw` as people and services call it: exit codes, one line per error, clean ends."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gpiozero import OutputDevice
from gpiozero.pins.mock import MockFactory, MockPWMPin

from matfw.cli.exit_codes import EXIT_DONE, EXIT_FAILED, EXIT_HUNG_UP, EXIT_INTERRUPTED, EXIT_USAGE
from matfw.cli.hardware import build_real_hips, build_virtual_hips, virtual_trace
from matfw.cli.verbs import main
from matfw.control.events import event_json
from matfw.errors import MatGpioError
from matfw.messages import Mat, RawFrame, Rep, Side
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS
from matfw.recording.file import read_recording
from matfw.recording.writer import RecordingWriter
from matfw.service.replay import replay
from matfw.settings.model import Settings
from matfw.settings.state import CellLine
from matfw.settings.store import SettingsStore
from matfw.settings.wiring import HipSensors
from matfw.virtual.clock import VirtualClock
from matfw.virtual.sampling import record
from tests.i2c_wire import FakeWire, needs_drivers

LIMIT_S = 120.0  # of any call; far more than a slow computer needs
STOP_LIMIT_S = 3.0  # from a signal to the end
FIRST_REPS_S = 35.0  # of the demo's session: getting on, and two repetitions or three

COMMON = {"event", "t_s"}
FIELDS = {  # of the contract, exactly
    "person": COMMON | {"weight_kg"},
    "phase": COMMON | {"phase"},
    "cue": COMMON | {"cue"},
    "sensor": COMMON | {"cell", "problem"},
    "rep": COMMON
    | {"rep", "start_s", "top_s", "lower_s", "end_s", "up_s", "hold_s", "down_s"}
    | {"angle_deg", "verdict", "faults", "side"},
    "summary": {"event", "reps", "clean", "faulty", "unsure", "frames", "bad_frames"},
}


def environment(home: Path) -> dict[str, str]:
    ours = ("XDG_", "MATFW", "GPIO", "PYTHONUNBUFFERED")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    root = str(Path(__file__).parents[2])
    return {**kept, "HOME": str(home), "PYTHONPATH": root, "PYTHONWARNINGS": "error"}


Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def matfw(tmp_path: Path) -> Call:
    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "matfw", *map(str, arguments)],
            capture_output=True, text=True, timeout=LIMIT_S, check=False,
            cwd=tmp_path, env=environment(tmp_path),
        )  # fmt: skip

    return call


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a verb in a group of processes of its own; nothing of it outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "matfw", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            cwd=tmp_path, env=environment(tmp_path),
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        for child in group(process.pid):
            os.kill(child, signal.SIGKILL)
        process.communicate(timeout=LIMIT_S)


def group(leader: int) -> list[int]:
    """Return the living processes of a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def is_gone(leader: int) -> bool:
    """Return whether a process group ends; Python's own helper takes some ms more than matfw."""
    end_s = time.monotonic() + STOP_LIMIT_S
    while group(leader) and time.monotonic() < end_s:
        os.sched_yield()
    return not group(leader)


def children(parent: int) -> list[int]:
    names = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(name) for name in names]


def acquisition_of(parent: int) -> int:
    [found] = [
        child
        for child in children(parent)
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    return found


def wait_for(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    pytest.fail(f"ended without {words!r}: {process.communicate()}")


def factory_pins(factory: MockFactory) -> dict[int, MockPWMPin]:
    """Return the pins that were asked for, by number."""
    return {int(pin.info.name.removeprefix("GPIO")): pin for pin in factory.pins.values()}


def one_error(done: subprocess.CompletedProcess[str], *words: str) -> str:
    """Return the only line on stderr; it has all the words."""
    [line] = done.stderr.splitlines()
    assert line.startswith("matfw: ")
    for word in words:
        assert word in line
    assert "VIRTUAL" not in done.stdout + done.stderr
    return line


@pytest.fixture(scope="module")
def session() -> tuple[Mat, list[RawFrame]]:
    """Return the first repetitions of the demo's person, with two samples that were not read."""
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = replace(Settings().mat(), side=Side.LEFT, person=trace.person)
    frames = [f for f in record(trace, mat, 7) if f.t_s < FIRST_REPS_S]
    for k in (500, 700):
        frames[k] = replace(frames[k], counts=(None, *frames[k].counts[1:]))
    return mat, frames


@pytest.fixture(scope="module")
def recording(
    session: tuple[Mat, list[RawFrame]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("recording") / "session.csv"
    mat, frames = session
    with RecordingWriter(path, mat, "a virtual person") as writer:
        for frame in frames:
            writer.write(frame)
    return path


# --- help and usage ---

VERBS = ("demo", "run", "replay", "record", "console")


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_is_there_for_every_verb(matfw: Call, verb: str) -> None:
    done = matfw(*([verb] if verb else []), "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage: matfw" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [(), ("fly",), ("replay",), ("demo", "--speed", "0"), ("demo", "--speed", "fast"),
     ("record", "x.csv", "--seconds", "-1"), ("run", "--nonsense"), ("demo", "--hips", "all"),
     ("run", "--all-off", "--virtual")],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2_and_says_which(matfw: Call, arguments: Sequence[str]) -> None:
    done = matfw(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr


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
@pytest.mark.parametrize("verb", [("run",), ("run", "--virtual"), ("record", "x.csv")])
def test_wrong_settings_are_one_line_with_file_line_and_limit(
    matfw: Call, tmp_path: Path, text: str, words: Sequence[str], verb: Sequence[str]
) -> None:
    (tmp_path / "mat.toml").write_text(text)
    done = matfw(*verb, "--config", "mat.toml")
    assert (done.returncode, done.stdout) == (2, "")
    one_error(done, "mat.toml", *words)


CUSTOM_CELLS = "".join(
    f'[[cells]]\nname = "{name}"\nx_mm = {x}\ny_mm = {y}\n'
    for name, x, y in (("head_left", -500, 200), ("head_right", -500, -200), ("hip_left", 500, 0))
)


@pytest.mark.parametrize("verb", [("run", "--virtual"), ("record", "--virtual", "x.csv")])
def test_the_virtual_bench_refuses_a_layout_it_has_not(
    matfw: Call, tmp_path: Path, verb: Sequence[str]
) -> None:
    (tmp_path / "mat.toml").write_text('layout = "custom"\n' + CUSTOM_CELLS)
    done = matfw(*verb, "--config", "mat.toml")
    assert (done.returncode, done.stdout) == (2, "")
    one_error(done, "the virtual bench has no layout 'custom'", "core4, hex6, trio8")
    assert not (tmp_path / "x.csv").exists()


def test_a_settings_file_that_is_not_there_is_one_line(matfw: Call) -> None:
    done = matfw("run", "--virtual", "--config", "nowhere.toml")
    assert done.returncode == 2
    one_error(done, "nowhere.toml", "cannot be read")


# --- recordings ---


def without_column(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:2], lines[2].replace(",foot_right", ""), *lines[3:]])


def with_row(text: str, number: int, row: str) -> str:
    lines = text.splitlines(keepends=True)
    lines[number - 1] = row + "\n"
    return "".join(lines)


BAD_RECORDINGS: list[tuple[Callable[[str], str], tuple[str, ...]]] = [
    (lambda text: text.replace("matfw-recording 1", "matfw-recording 9", 1), ("line 1", "9")),
    (lambda _: "t_s,a,b\n1,2,3\n", ("line 1", "matfw-recording 1")),
    (lambda _: "", ("line 1", "empty")),
    (lambda text: text.replace('"cells"', '"cell"', 1), ("line 2", "cells")),
    (lambda text: text.replace('"y_mm":-275', '"y_mm":275'), ("line 2", "cells must stand")),
    (lambda text: text.replace("275.0", "0.5").replace("-275.0", "-5.5"), ("line 2", "10 mm")),
    (
        lambda text: text.replace('"tempo_s":[2.0', '"tempo_s":[0'),
        ("line 2", "tempo_s, first value", "0.2"),
    ),
    (without_column, ("line 3", "foot_right")),
    (lambda text: "".join(text.splitlines(keepends=True)[:3]), ("line 4", "no rows")),
]
BAD_ROWS: list[tuple[Callable[[str], str], tuple[str, ...]]] = [
    (lambda text: with_row(text, 100, "1.2,abc,1,2,3"), ("line 100", "head_left", "abc")),
    (lambda text: with_row(text, 100, "0.0,1,2,3,4"), ("line 100", "t_s")),
    (lambda text: with_row(text, 100, "1.25,1,2,3"), ("line 100", "5")),
]


@pytest.mark.parametrize(("spoil", "words"), BAD_RECORDINGS)
def test_a_bad_recording_is_one_line_with_file_and_line(
    matfw: Call, recording: Path, tmp_path: Path, spoil: Callable[[str], str], words: Sequence[str]
) -> None:
    (tmp_path / "bad.csv").write_text(spoil(recording.read_text()))
    done = matfw("replay", "bad.csv", "--json")
    assert done.returncode == 2
    one_error(done, "bad.csv", *words)
    assert "summary" not in done.stdout


@pytest.mark.parametrize(("spoil", "words"), BAD_ROWS)
def test_a_bad_row_is_named_after_what_the_rows_before_it_came_to(
    matfw: Call, recording: Path, tmp_path: Path, spoil: Callable[[str], str], words: Sequence[str]
) -> None:
    (tmp_path / "bad.csv").write_text(spoil(recording.read_text()))
    done = matfw("replay", "bad.csv", "--json")
    assert done.returncode == 2
    whole, error = done.stderr.splitlines()
    assert "the 96 rows before the bad one" in whole
    assert all(word in error for word in ("bad.csv", *words))
    assert objects(done.stdout)[-1]["frames"] == 96


def test_a_cut_off_gzip_says_which_rows_are_good_and_where_it_ends(
    matfw: Call, recording: Path, tmp_path: Path
) -> None:
    packed = gzip.compress(recording.read_bytes())
    (tmp_path / "cut.csv.gz").write_bytes(packed[: len(packed) // 2])
    done = matfw("replay", "cut.csv.gz")
    assert done.returncode == 2
    whole, error = done.stderr.splitlines()
    assert "rows before the bad one were whole" in whole
    assert all(word in error for word in ("cut.csv.gz", "cut off", "zcat"))


def test_an_absent_recording_is_one_line(matfw: Call) -> None:
    done = matfw("replay", "nowhere.csv")
    assert (done.returncode, done.stdout) == (2, "")
    one_error(done, "nowhere.csv", "is not there")


# --- replay ---


def objects(text: str) -> list[dict[str, Any]]:  # Any: JSON
    return [json.loads(line) for line in text.splitlines()]


def test_replay_json_is_the_contract_s_events_in_time_order_and_nothing_else(
    matfw: Call, recording: Path, session: tuple[Mat, list[RawFrame]]
) -> None:
    done = matfw("replay", recording, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    *events, summary = objects(done.stdout)
    for each in (*events, summary):
        assert set(each) == FIELDS[each["event"]]
    assert summary["event"] == "summary"
    assert [each["t_s"] for each in events] == sorted(each["t_s"] for each in events)
    reps = [each for each in events if each["event"] == "rep"]
    assert reps
    assert [rep["rep"] for rep in reps] == list(range(1, len(reps) + 1))
    assert summary["reps"] == len(reps)
    assert summary["clean"] + summary["faulty"] + summary["unsure"] == len(reps)
    assert (summary["frames"], summary["bad_frames"]) == (len(session[1]), 2)
    for rep in reps:
        assert rep["start_s"] < rep["top_s"] <= rep["lower_s"] < rep["end_s"] <= rep["t_s"]
        assert rep["verdict"] in {"clean", "fault", "unsure"}
        assert (rep["verdict"] == "fault") == bool(rep["faults"])
        for fault in rep["faults"]:
            assert set(fault) == {"fault", "size", "unit"}


def test_replay_of_a_recording_is_the_line_itself(
    matfw: Call, recording: Path, session: tuple[Mat, list[RawFrame]]
) -> None:
    mat, _ = session
    here: list[bytes] = []
    # As recorded: six decimals of a second.
    replay(mat, read_recording(recording).frames(), lambda e: here.append(event_json(e)))
    done = matfw("replay", recording, "--json")
    assert done.stdout.encode().splitlines()[:-1] == here


def test_a_packed_recording_gives_the_same(matfw: Call, recording: Path, tmp_path: Path) -> None:
    (tmp_path / "session.csv.gz").write_bytes(gzip.compress(recording.read_bytes()))
    plain = matfw("replay", recording, "--json")
    assert matfw("replay", "session.csv.gz", "--json").stdout == plain.stdout


def test_replay_without_json_has_lines_and_a_summary_for_people(
    matfw: Call, recording: Path, session: tuple[Mat, list[RawFrame]]
) -> None:
    reps: list[Rep] = []
    mat, frames = session
    replay(mat, frames, lambda e: reps.append(e) if isinstance(e, Rep) else None)
    done = matfw("replay", recording)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(re.findall(r"^ +[\d.]+ s  rep ", done.stdout, re.MULTILINE)) == len(reps)
    assert "VIRTUAL" not in done.stdout


@pytest.mark.parametrize(
    "arguments", ["--help", "replay --json {}", "replay {}", "demo --speed 20"]
)
def test_a_reader_that_has_seen_enough_is_no_error(
    tmp_path: Path, recording: Path, arguments: str
) -> None:
    command = f"{sys.executable} -m matfw {arguments.format(recording)}"
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, timeout=LIMIT_S, check=False,
        cwd=tmp_path, env=environment(tmp_path),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


def test_an_output_that_cannot_be_written_is_one_line(tmp_path: Path, recording: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "matfw", "replay", str(recording)],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT_S, check=False,
            env=environment(tmp_path),
        )  # fmt: skip
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "No space left" in line


# --- without hardware ---

no_chip = pytest.mark.skipif(
    any(Path("/dev").glob("gpiochip*")), reason="this computer has GPIO chips"
)


@no_chip
@pytest.mark.parametrize("reader", ["parallel", "adafruit"])
@pytest.mark.parametrize(
    "verb", [("run",), ("run", "--all-off"), ("record", "new.csv"), ("record", "new.csv.gz")]
)
def test_without_a_chip_it_fails_in_one_line_and_leaves_no_file(
    matfw: Call, tmp_path: Path, reader: str, verb: Sequence[str]
) -> None:
    (tmp_path / "mat.toml").write_text(f'reader = "{reader}"\n')
    done = matfw(*verb, "--config", "mat.toml")
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


def test_a_recording_is_never_written_over(matfw: Call, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("mine")
    done = matfw("record", "old.csv", "--virtual", "--seconds", "1")
    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert (tmp_path / "old.csv").read_text() == "mine"


@no_chip
@pytest.mark.parametrize("verb", [("run",), ("record", "new.csv")])
def test_hip_sensors_do_not_change_that(matfw: Call, tmp_path: Path, verb: Sequence[str]) -> None:
    (tmp_path / "mat.toml").write_text('[hip_sensors]\nimu = "lsm6ds"\nrail = "vl53l1x"\n')
    done = matfw(*verb, "--config", "mat.toml")
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
    done = matfw("demo", "--speed", "20")
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
def test_the_demo_refuses_settings_that_it_would_not_use(matfw: Call, option: str) -> None:
    done = matfw("demo", option, "here")
    assert (done.returncode, done.stdout) == (EXIT_USAGE, "")
    assert "`matfw run --virtual --config FILE` runs your settings" in done.stderr


def test_the_demo_takes_hip_sensors(matfw: Call) -> None:
    """Both; a belt alone: the demo below that is interrupted."""
    done = matfw("demo", "--speed", "20", "--hips", "both", "--side", "right")
    assert (done.returncode, done.stderr) == (0, "")
    assert "named rightly (simulated)" in done.stdout


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


def test_what_the_virtual_bench_records_can_be_replayed(matfw: Call, tmp_path: Path) -> None:
    done = matfw("record", "new.csv.gz", "--virtual", "--seconds", "2")
    assert done.returncode == 0
    assert "VIRTUAL" in done.stderr
    opened = read_recording(tmp_path / "new.csv.gz")
    assert opened.source is not None
    assert "VIRTUAL" in opened.source
    assert len(list(opened.frames())) == pytest.approx(160, abs=6)
    assert matfw("replay", "new.csv.gz", "--json").returncode == 0


@pytest.mark.parametrize(
    ("number", "to_all", "words"),
    [(signal.SIGINT, True, "person"), (signal.SIGTERM, False, "VIRTUAL")],
)
def test_a_signal_ends_the_run_soon_cleanly_and_completely(
    live: Callable[..., subprocess.Popen[str]], number: signal.Signals, to_all: bool, words: str
) -> None:
    """As Ctrl-C does, to all of a terminal's processes, and as `kill` does."""
    process = live("run", "--virtual")
    wait_for(process, words)
    begin_s = time.monotonic()
    (os.killpg if to_all else os.kill)(process.pid, number)
    _, errors = process.communicate(timeout=LIMIT_S)
    assert time.monotonic() - begin_s < STOP_LIMIT_S
    assert process.returncode == 0
    [line] = errors.splitlines()
    assert "VIRTUAL" in line
    assert is_gone(process.pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_starts_ends_it_too(
    live: Callable[..., subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = live("run", "--virtual")
    assert process.stderr is not None
    assert "VIRTUAL" in process.stderr.readline()
    os.killpg(process.pid, number)
    _, errors = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, errors) == (0, "")
    assert is_gone(process.pid)


def test_ctrl_c_in_the_demo_ends_with_the_report_so_far(
    live: Callable[..., subprocess.Popen[str]],
) -> None:
    process = live("demo", "--speed", "8", "--hips", "imu")
    wait_for(process, "rep   2 ")
    os.killpg(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == EXIT_INTERRUPTED
    assert "named rightly (simulated)" in out
    assert re.search(r"interrupted at \d+ of \d+ s", errors)
    counted = re.search(r"(\d+) reps?\b", out)
    assert counted is not None, out
    assert 1 <= int(counted[1]) <= 6


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_an_interrupted_replay_tells_its_tally(
    live: Callable[..., subprocess.Popen[str]], tmp_path: Path, options: tuple[str, ...]
) -> None:
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = Settings().mat()
    with RecordingWriter(tmp_path / "long.csv", mat, "a test") as writer:
        for frame in record(trace, mat, seed=3):
            writer.write(frame)
    process = live("replay", tmp_path / "long.csv", *options)
    wait_for(process, "person")
    os.kill(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == EXIT_INTERRUPTED
    assert '"event":"summary"' in out if options else re.search(r"^ \d+ reps?", out, re.M)
    assert "interrupted after" in errors


def test_sighup_ends_the_service_so_that_systemd_starts_it_again(
    live: Callable[..., subprocess.Popen[str]],
) -> None:
    """Restart=on-failure: any exit code but 0 and 2."""
    process = live("run", "--virtual")
    wait_for(process, "VIRTUAL")
    os.kill(process.pid, signal.SIGHUP)
    process.communicate(timeout=LIMIT_S)
    assert process.returncode == EXIT_HUNG_UP
    assert is_gone(process.pid)


def test_a_killed_acquisition_is_reported_in_one_line(
    live: Callable[..., subprocess.Popen[str]],
) -> None:
    process = live("run", "--virtual")
    wait_for(process, "VIRTUAL")
    os.kill(acquisition_of(process.pid), signal.SIGKILL)
    _, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 1
    virtual, line = errors.splitlines()
    assert "VIRTUAL" in virtual
    assert "acquisition process has ended" in line
    assert is_gone(process.pid)


def test_the_acquisition_ends_when_the_firmware_is_killed(
    live: Callable[..., subprocess.Popen[str]],
) -> None:
    process = live("run", "--virtual")
    wait_for(process, "VIRTUAL")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=LIMIT_S)  # its ends of the pipes are closed by the last of them
    assert is_gone(process.pid)


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
