"""What is loaded: the defaults, every setting, and the mat that they make."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from matfw.devices.sacrum_imu import ADDRESS, AXES
from matfw.layouts import PRESETS
from matfw.messages import Cell, Channel, Limits, Mat, Person, Side, Tempo
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS, SIDE_CHANNELS
from matfw.settings.files import load_settings
from matfw.settings.limits import RANGES as LIMIT_RANGES
from matfw.settings.limits import LimitSettings
from matfw.settings.model import NOMINAL, Settings
from matfw.settings.wiring import DEFAULT_PINS, HipSensors, XshutPins
from tests.settings.contents import CUSTOM, loaded


def test_defaults_are_a_core4_mat() -> None:
    settings = load_settings(None)
    layout = PRESETS["core4"]
    assert settings.mat() == Mat("core4", layout.cells, (NOMINAL,) * 4)
    assert settings.uncalibrated() == tuple(cell.name for cell in layout.cells)
    assert (settings.workout.reps, settings.workout.sets) == (15, 3)


def test_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == Settings()


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
        layout = "hex6"
        rate_hz = 10
        reader = "adafruit"
        shared_sck = true
        [gpio]
        chip = 4
        [pins.head_left]
        dout = 7
        sck = 26
        [outputs]
        buzzer_pin = 12
        light_pins = { head = 8, hip = 9, foot = 10 }
        mute = true
        [hip_sensors]
        imu = "lsm6ds"
        imu_axis = "-y"
        imu_address = 0x6B
        rail = "vl53l1x"
        xshut_pins = { shoulder = 21, hip = 11, heel = 14 }
        i2c_bus = 3
        [person]
        sex = "male"
        height_m = 1.83
        [workout]
        side = "left"
        reps = 8
        sets = 2
        rest_s = 20
        tempo_s = [1.5, 0, 2]
        [limits]
        too_high_deg = 60
        """,
    )
    mat = settings.mat()
    assert (mat.layout, mat.rate_hz, mat.side) == ("hex6", 10.0, Side.LEFT)
    assert mat.person == Person("male", 1.83)
    assert mat.tempo == Tempo(1.5, 0.0, 2.0)
    assert mat.limits == Limits(too_high_deg=60.0)
    assert settings.gpio.chip == 4
    assert settings.outputs.light_pins.hip == 9
    assert mat.channels == SACRUM_CHANNELS + RAIL_CHANNELS
    assert (settings.hip_sensors.imu_axis, settings.hip_sensors.imu_address) == ("-y", 0x6B)
    assert settings.hip_sensors.xshut_pins == XshutPins(shoulder=21, hip=11, heel=14)
    assert settings.hip_sensors.i2c_bus == 3
    assert settings.wiring()["head_left"].dout == 7
    assert {pins.sck for pins in settings.wiring().values()} == {26}


def test_half_of_a_cell_s_pins_leaves_the_other_as_it_is(tmp_path: Path) -> None:
    wires = loaded(tmp_path, "[pins.head_left]\ndout = 26").wiring()
    assert (wires["head_left"].dout, wires["head_left"].sck) == (26, 12)
    shared = loaded(tmp_path, "shared_sck = true\npins.foot_left.dout = 26").wiring()
    assert shared["foot_left"].dout == 26
    assert {pins.sck for pins in shared.values()} == {12}


def test_custom_layout(tmp_path: Path) -> None:
    settings = loaded(tmp_path, CUSTOM)
    assert settings.mat().cells[2] == Cell("tail", 500.5, 0, "tail_panel")
    assert settings.mat().cells[0].plate == "deck"
    assert list(settings.wiring()) == ["head_left", "head_right", "tail"]
    assert settings.wiring()["head_left"] == DEFAULT_PINS["head_left"]


def test_limits_are_the_line_s_own() -> None:
    assert LimitSettings.__struct_fields__ == tuple(field.name for field in fields(Limits))
    assert LimitSettings().limits() == Limits()
    LimitSettings().check()
    for name, limit in LIMIT_RANGES.items():
        assert limit.minimum <= getattr(Limits(), name) <= limit.maximum
        assert not limit.not_above or limit.not_above in LIMIT_RANGES


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("", ()),
        ('imu = "off"\nrail = "off"', ()),
        ('imu = "lsm6ds"', SACRUM_CHANNELS),
        ('rail = "vl53l1x"', RAIL_CHANNELS),
        ('imu_head_axis = "+y"', ()),
        ('imu = "lsm6ds"\nimu_head_axis = "+y"', SACRUM_CHANNELS + SIDE_CHANNELS),
        ('rail = "vl53l1x"\nimu = "lsm6ds"', SACRUM_CHANNELS + RAIL_CHANNELS),
    ],
)
def test_a_mat_has_the_columns_of_the_sensors_that_are_on(
    text: str, channels: tuple[Channel, ...], tmp_path: Path
) -> None:
    settings = loaded(tmp_path, f"[hip_sensors]\n{text}")
    assert settings.hip_sensors.channels() == settings.mat().channels == channels


def test_every_axis_of_a_board_can_be_named(tmp_path: Path) -> None:
    for axis in AXES:
        settings = loaded(tmp_path, f'[hip_sensors]\nimu_axis = "{axis}"')
        assert settings.hip_sensors.imu_axis == axis
    assert HipSensors().imu_address == ADDRESS
