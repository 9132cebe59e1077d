"""Whatever bytes the settings or the state hold, only MatSettingsError comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matfw.errors import MatSettingsError
from matfw.settings.files import load_settings
from matfw.settings.state_file import read_state
from tests.fuzz.test_recording_bytes import mutated

SETTINGS = b"""\
layout = "custom"
rate_hz = 10
shared_sck = false
gpio.chip = 4
[pins.a]
dout = 5
sck = 12
[pins."b"]
dout = 6
sck = 16
[[cells]]
name = "a"
x_mm = -900
y_mm = 275.5
[[cells]]
name = "b"
x_mm = 9e2
y_mm = 275
plate = "deck"
[[cells]]
name = "foot_left"
x_mm = 0
y_mm = 0
[outputs]
light_pins = {head = 23, hip = 24}
[person]
sex = "female"
[workout]
side = "left"
tempo_s = [2, 1, 3]
[limits]
kick_up_s = 0.8
"""
STATE = b"[calibration.head_left]\ntare_counts = 8123.5\ncounts_per_kg = -42900\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def check(path: Path, content: bytes, load: Callable[[], object]) -> None:
    path.write_bytes(content)
    try:
        load()
    except MatSettingsError as error:
        message = str(error)
        assert message.startswith(f"{path}")
        assert message.isprintable()  # one line, and safe on a terminal


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | mutated(SETTINGS))
@example(content=SETTINGS)
@example(content=b"a = " + b"[" * 5000)
@example(content=b"limits.kick_up_s = 0x" + b"f" * 5000)
@example(content=b"limits.kick_up_s = " + b"9" * 5000)
def test_settings(content: bytes, folder: Path) -> None:
    path = folder / "matfw.toml"
    check(path, content, lambda: load_settings(path).wiring())


@given(content=st.binary(max_size=200) | mutated(STATE))
@example(content=STATE)
def test_state(content: bytes, folder: Path) -> None:
    check(folder / "state.toml", content, lambda: read_state(folder))
