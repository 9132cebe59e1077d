"""`matfw doctor`: what it prints and returns, and what it does where a firmware runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from matfw.cli.doctor import Doctor, real_frames, virtual_frames
from matfw.cli.exit_codes import EXIT_DONE, EXIT_FAILED, EXIT_USAGE
from matfw.cli.verbs import main
from matfw.console.status import status_data
from matfw.diagnose.checks import Computer, Space, State
from matfw.errors import MatGpioError, MatLinkError
from matfw.ports import Link, LoadCells
from matfw.settings.model import NOMINAL, Settings
from tests.control.fake_control import Talk


def no_chip(_: Settings) -> int:
    raise MatGpioError("no GPIO chip here")


def no_cells(_: Settings) -> LoadCells:
    raise MatGpioError("the converters' pins cannot be claimed: GPIO5 is in use")


def a_doctor(tmp_path: Path, **extra: object) -> Doctor:
    pc = Computer(root=tmp_path / "root", run=lambda _: None)
    return Doctor(None, tmp_path, (), no_cells, no_chip, lambda _: None, computer=pc, **extra)  # type: ignore[arg-type]


def doctor(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["doctor", *arguments])
    return code, capsys.readouterr().out


def test_a_virtual_mat_passes_and_is_reported_as_virtual(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = doctor(capsys, "--virtual", "--press", "--state", str(tmp_path))
    assert code == EXIT_DONE
    assert out.startswith("VIRTUAL")
    assert "4 cells" in out


def test_json_is_one_object_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = doctor(capsys, "--virtual", "--json", "--state", str(tmp_path))
    assert code == EXIT_DONE
    data = json.loads(out)
    assert data["ok"] is True
    assert data["virtual"] is True
    assert {check["state"] for check in data["checks"]} <= set(State)
    assert data["diagnosis"]["fine"] is True
    assert set(data["diagnosis"]["cells"]) == {"head_left", "head_right", "foot_left", "foot_right"}


def test_wrong_settings_are_a_finding_and_the_rest_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "matfw.toml"
    config.write_text("[pins.head_left]\ndout = 5\nsck = 6\n")
    code, out = doctor(capsys, "--config", str(config), "--state", str(tmp_path))
    assert code == EXIT_FAILED
    assert "both use GPIO 6" in out
    assert "python" in out


def test_a_wrong_option_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--no-such-option"])
    assert ended.value.code == EXIT_USAGE


def test_on_a_pc_it_says_that_it_is_no_pi(tmp_path: Path) -> None:
    report = a_doctor(tmp_path).look()
    assert report.is_fine
    assert report.cells.state is State.UNKNOWN
    assert "not a Raspberry Pi" in "\n".join(report.as_lines())


def test_on_a_pi_pins_that_are_taken_are_bad(tmp_path: Path) -> None:
    model = tmp_path / "root" / "proc" / "device-tree" / "model"
    model.parent.mkdir(parents=True)
    model.write_text("Raspberry Pi 5\0")
    report = replace(a_doctor(tmp_path), find_chip=lambda _: 0).look()
    assert not report.is_fine
    assert report.cells.state is State.BAD
    assert "GPIO5 is in use" in report.cells.sentence


def test_a_virtual_hand_presses_where_it_is_asked(tmp_path: Path) -> None:
    mat = Settings(layout="hex6").mat()
    assert mat.calibration[0] == NOMINAL
    names = [cell.name for cell in mat.cells]
    frames, stats, presses = virtual_frames(mat, names)
    assert [press.cell for press in presses] == names
    assert stats.frames == len(frames)
    assert frames[-1].t_s > presses[-1].until_s - 1.0


def test_real_frames_end_where_the_account_of_them_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matfw.cli.doctor.LOOK_S", 2.0)
    notices: list[str] = []
    frames, stats, presses = real_frames(quick_cells, [], notices.append)
    assert stats.frames == len(frames)
    assert frames[-1].t_s - frames[0].t_s > 0.4
    assert presses == []
    assert notices == []


def quick_cells() -> LoadCells:
    """Build virtual cells in the acquisition process, twenty times as fast as real ones."""
    from matfw.cli.hardware import build_virtual_cells  # noqa: PLC0415
    from matfw.messages import Side  # noqa: PLC0415

    return build_virtual_cells(Settings().mat(), "still", Side.LEFT, 20.0)


class FirmwareHere:
    """What the running firmware answers a doctor, with a console's real answer to `status`."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
        talk = Talk(tmp_path / "service", ports=("/dev/ttyAMA7",))
        status = replace(talk.control.status(), is_virtual=False, **changes)  # type: ignore[arg-type]
        self.service = status_data(status, talk.control.mat())
        talk.close()
        self.asked: dict[str, object] = {
            "service": json.loads(json.dumps(self.service)), "virtual": False, "findings": [],
        }  # fmt: skip
        monkeypatch.setattr("matfw.cli.doctor.ask_firmware", lambda *_: self.asked)


def test_beside_a_running_firmware_its_settings_are_spoken_of_and_not_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pins, ports, disk, state folder; the caller's file is wrong, and in another home."""
    mine = tmp_path / "mine.toml"
    mine.write_text("nonsense = 1")
    FirmwareHere(tmp_path, monkeypatch, config="/etc/matfw/matfw.toml", pins={"foot_x SCK": 13})
    files = {
        "proc/device-tree/model": "Raspberry Pi 4 Model B",
        "boot/config.txt": "dtoverlay=uart5",
    }
    for name, text in files.items():
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_text(text)
    asked_for: list[Path] = []

    def space(path: Path) -> Space:
        asked_for.append(path)
        return Space(10**10, is_read_only=False)

    pi = Computer(root=tmp_path / "root", run=lambda _: None, space=space)
    report = replace(a_doctor(tmp_path), config=mine, computer=pi).look()
    found = {check.name: check for check in report.checks}
    assert "of the firmware that runs: /etc/matfw/matfw.toml; layout core4" in found["settings"].why
    assert (found["pins"].state, "foot_x SCK" in found["pins"].why) == (State.BAD, True)
    assert "/dev/ttyAMA7" in found["serial ports"].why
    assert asked_for == [tmp_path / "service"]
    assert found["state.toml"].why.startswith("not calibrated")
    assert not {"gpio chip", "permissions"} & set(found), "who asks needs neither"
    assert "mine" not in "\n".join(report.as_lines())
    json.loads(report.as_json())


def test_a_virtual_firmware_has_no_pins_to_speak_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = FirmwareHere(tmp_path, monkeypatch)
    here.asked |= {"virtual": True, "service": {**here.service, "virtual": True}}
    report = a_doctor(tmp_path).look()
    assert "pins" not in {check.name for check in report.checks}
    assert report.as_lines()[0].startswith("VIRTUAL")


def test_a_late_computer_is_reported_as_the_computers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = FirmwareHere(tmp_path, monkeypatch)
    text = "The computer is too busy to read the cells in time"
    here.asked["findings"] = [{"level": "warn", "text": text, "cells": []}]
    report = a_doctor(tmp_path).look()
    assert report.cells.state is State.WARN
    assert report.as_lines()[-1] == f"warn: {text}"


def test_a_firmware_that_may_not_be_asked_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object) -> Link:
        raise MatLinkError("no permission for /run/matfw/console.sock: `sudo usermod ...`")

    monkeypatch.setattr("matfw.devices.console_socket.connect", refused)
    report = a_doctor(tmp_path).look()
    assert report.cells.state is State.BAD
    assert "no permission" in report.cells.why
    assert "usermod" in report.cells.why
