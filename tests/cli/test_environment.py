"""Whose files a verb uses: HOME of another user, a state folder that is open to others."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from pathlib import Path

import pytest

from matfw.cli.environment import check_home, for_screen
from matfw.cli.only_one import only_one
from matfw.cli.verbs import main
from matfw.errors import MatSettingsError

NOT_ME = 54321


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return tmp_path


def options(state: Path | None = None) -> argparse.Namespace:
    return argparse.Namespace(state=state, config=None)


def test_ones_own_home_is_not_spoken_of(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_home(options())
    assert capsys.readouterr().err == ""


def test_another_users_home_is_named_with_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOT_ME)
    check_home(options())
    errors = capsys.readouterr().err
    assert f"HOME is {home}, another user's" in errors
    assert "sudo -i" in errors
    assert "--state DIR" in errors


def test_another_users_home_that_is_closed_is_wrong_usage(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOT_ME)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(MatSettingsError, match=f"HOME is {home}, another user's"):
        check_home(options())


@pytest.mark.parametrize("state", [None, "here"])
def test_a_folder_that_was_asked_for_is_nobodys_home(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOT_ME)
    if state is None:
        monkeypatch.setenv("XDG_STATE_HOME", str(home))
    check_home(options(Path(state) if state else None))
    assert capsys.readouterr().err == ""


def test_a_missing_home_is_reported_when_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", "/nowhere/at/all")
    check_home(options())
    assert capsys.readouterr().err == ""


# --- the state folder ---


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0, 0o022])
def test_a_new_state_folder_is_private(tmp_path: Path, umask: int) -> None:
    notices: list[str] = []
    before = os.umask(umask)
    try:
        with only_one(tmp_path / "a" / "state", notices.append):
            assert mode(tmp_path / "a" / "state") == mode(tmp_path / "a") == 0o700
    finally:
        os.umask(before)
    assert notices == []


@pytest.mark.parametrize(("old", "new"), [(0o755, 0o750), (0o777, 0o770), (0o705, 0o700)])
def test_an_old_state_folder_is_closed_to_others_and_that_is_reported_once(
    tmp_path: Path, old: int, new: int
) -> None:
    (tmp_path / "state.toml").touch()
    tmp_path.chmod(old)
    notices: list[str] = []
    for _ in range(2):
        with only_one(tmp_path, notices.append):
            assert mode(tmp_path) == new
    assert len(notices) == 1
    assert f"mode {old:04o}" in notices[0]


def test_a_folder_that_is_no_state_folder_keeps_its_mode_and_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    notices: list[str] = []
    with only_one(tmp_path, notices.append):
        assert mode(tmp_path) == 0o755
    assert f"chmod o-rwx {tmp_path}" in notices[0]


# --- the console's port ---

ON_UART = "[pins.head_left]\ndout = 14\nsck = 12\n"


@pytest.mark.parametrize("port", ["/dev/serial0", "/dev/ttyAMA0"])
def test_a_console_on_the_pins_of_a_cell_is_refused(
    tmp_path: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "mat.toml"
    config.write_text(ON_UART)
    arguments = ["run", "--config", str(config), "--state", str(tmp_path), "--console", port]
    assert main(arguments) == 2
    errors = capsys.readouterr().err
    assert f"--console {port}: " in errors
    assert "pins.head_left.dout" in errors
    assert "GPIO 14" in errors
    assert "give one of them another pin" in errors


# --- what is printed ---


@pytest.mark.parametrize(("is_terminal", "count"), [(True, 2), (False, 1)])
def test_a_terminal_gets_lines_broken_between_words_and_a_pipe_whole_ones(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, count: int
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)
    lines = for_screen(["warn    cells  one is loose, and so is the wire of another"], sys.stdout)
    assert len(lines) == count
    if is_terminal:
        assert lines[1].startswith(" " * 15)
