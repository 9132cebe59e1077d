"""Settings: every key's range, and errors that name file, line, finding, limit and cure."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from msgspec import structs

from matfw.devices.sacrum_imu import ADDRESS, AXES
from matfw.errors import MatSettingsError
from matfw.layouts import PRESETS
from matfw.messages import Cell, CellCalibration, Channel, Limits, Mat, Person, Side, Tempo
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS, SIDE_CHANNELS
from matfw.settings.files import default_config_path, default_state_dir, find_line, load_settings
from matfw.settings.limits import RANGES as LIMIT_RANGES
from matfw.settings.limits import LimitSettings
from matfw.settings.model import NOMINAL, Settings, Workout
from matfw.settings.plans import PlanSettings
from matfw.settings.state import MachineState
from matfw.settings.state_file import read_state
from matfw.settings.wiring import DEFAULT_PINS, HipSensors, XshutPins

RESERVED_PINS = {0, 1, 2, 3, 14, 15}  # HAT EEPROM, I2C, UART

CUSTOM = """\
layout = "custom"
[[cells]]
name = "head_left"
x_mm = -500
y_mm = 200
[[cells]]
name = "head_right"
x_mm = -500
y_mm = -200
[[cells]]
name = "tail"
x_mm = 500.5
y_mm = 0
plate = "tail_panel"
[pins.tail]
dout = 17
sck = 27
"""


def loaded(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "matfw.toml"
    path.write_text(text)
    return load_settings(path)


def error_of(tmp_path: Path, content: str | bytes) -> str:
    path = tmp_path / "matfw.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(MatSettingsError) as caught:
        load_settings(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.isprintable()
    return message.removeprefix(str(path))


# --- what is loaded


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


STRIP = "[outputs]\nright_light_pins = {{ head = {}, hip = {}, foot = {} }}"


def test_a_second_strip_is_there_where_its_pins_are(tmp_path: Path) -> None:
    one = loaded(tmp_path, "")
    assert one.outputs.strips() == ((23, 24, 25),)
    two = loaded(tmp_path, STRIP.format(9, 10, 22))
    assert two.outputs.strips() == ((23, 24, 25), (9, 10, 22))
    assert two.named_pins() == {
        **one.named_pins(), "right head light": 9, "right hip light": 10, "right foot light": 22
    }  # fmt: skip
    part = loaded(tmp_path, "[outputs]\nright_light_pins.hip = 10")
    assert part.outputs.strips() == ((23, 24, 25), (None, 10, None))
    message = error_of(tmp_path, STRIP.format(9, 10, 18))
    assert "outputs.right_light_pins.foot and outputs.buzzer_pin both use GPIO 18" in message


@pytest.mark.parametrize(("layout", "pins"), [("core4", (9, 10, 22)), ("hex6", (9, 10, 8))])
def test_the_guides_pins_of_a_second_strip_are_free_beside_all_sensors(
    layout: str, pins: tuple[int, int, int], tmp_path: Path
) -> None:
    hips = '\n[hip_sensors]\nimu = "lsm6ds"\nrail = "vl53l1x"\n'
    settings = loaded(tmp_path, f'layout = "{layout}"\n{STRIP.format(*pins)}{hips}')
    assert settings.outputs.strips()[1] == pins


I2C_USERS = "[pins.head_left]\ndout = {}\nsck = 12\n[hip_sensors]\n"


@pytest.mark.parametrize("pin", [2, 3])
def test_the_bus_s_pins_are_free_while_no_sensor_is_on_it(pin: int, tmp_path: Path) -> None:
    loaded(tmp_path, I2C_USERS.format(pin))
    loaded(tmp_path, I2C_USERS.format(pin) + 'imu = "lsm6ds"\ni2c_bus = 0')
    loaded(tmp_path, I2C_USERS.format(pin) + 'rail = "vl53l1x"\ni2c_bus = 2')
    for sensor in ('imu = "lsm6ds"', 'rail = "vl53l1x"'):
        message = error_of(tmp_path, I2C_USERS.format(pin) + sensor)
        assert f"hip_sensors.i2c_bus and pins.head_left.dout both use GPIO {pin}" in message


@pytest.mark.parametrize(("pin", "name"), [(26, "shoulder"), (7, "hip"), (11, "heel")])
def test_xshut_pins_are_free_while_the_rail_is_off(pin: int, name: str, tmp_path: Path) -> None:
    text = f"outputs.buzzer_pin = {pin}\n[hip_sensors]\n"
    loaded(tmp_path, text + 'imu = "lsm6ds"')
    message = error_of(tmp_path, text + 'rail = "vl53l1x"')
    assert f"hip_sensors.xshut_pins.{name} and outputs.buzzer_pin both use GPIO {pin}" in message


@pytest.mark.parametrize("layout", PRESETS)
def test_default_hip_sensors_clash_on_trio8_only(layout: str, tmp_path: Path) -> None:
    text = f'layout = "{layout}"\n[hip_sensors]\nimu = "lsm6ds"\nrail = "vl53l1x"\n'
    if layout != "trio8":
        loaded(tmp_path, text)
        return
    message = error_of(tmp_path, text)
    assert message.startswith(", line 2: hip_sensors.xshut_pins.heel and pins.waist_right.sck both")
    loaded(tmp_path, text + "xshut_pins.heel = 14")


@pytest.mark.parametrize("layout", PRESETS)
@pytest.mark.parametrize("shared", ["true", "false"])
def test_default_wiring_of_each_layout_has_no_clash(
    layout: str, shared: str, tmp_path: Path
) -> None:
    settings = loaded(tmp_path, f'layout = "{layout}"\nshared_sck = {shared}')
    wires = settings.wiring()
    assert list(wires) == [cell.name for cell in PRESETS[layout].cells]
    lights = settings.outputs.light_pins
    outputs = [settings.outputs.buzzer_pin, lights.head, lights.hip, lights.foot]
    scks = {pins.sck for pins in wires.values()}
    assert len(scks) == (1 if shared == "true" else len(wires))
    used = [*outputs, *scks, *(pins.dout for pins in wires.values())]
    assert len(set(used)) == len(used)
    assert not RESERVED_PINS & set(used)
    assert min(outputs) >= 9  # pulled down while the Pi boots: a silent buzzer


# --- what is refused


ERRORS: dict[str, tuple[str, str, list[str]]] = {
    "unknown key": (
        "\nlayot = 'core4'",
        ", line 2: ",
        ["layot is not known: did you mean layout?"],
    ),
    "unknown key in a table": (
        "[limits]\n\nkik_up_s = 1",
        ", line 3: ",
        ["limits.kik_up_s is not known: did you mean kick_up_s?"],
    ),
    "nothing like it": (
        "[gpio]\nzzz = 1",
        ", line 2: ",
        ["gpio.zzz is not known", "known here: chip"],
    ),
    "unknown table": ("[output]\nmute = true", ", line 1: ", ["output", "did you mean outputs?"]),
    "choice": ("layout = 'core5'", ", line 1: ", ['"core4" or "custom"', "(got 'core5')"]),
    "reader": ("reader = 'fast'", ", line 1: ", ['"adafruit" or "parallel"', "(got 'fast')"]),
    "rate": ("rate_hz = 40", ", line 1: ", ["must be 10 or 80 (got 40)"]),
    "no boolean": ("shared_sck = 1", ", line 1: ", ["must be true or false (got 1)"]),
    "no number": ("[workout]\nrest_s = '1'", ", line 2: ", ["a number 0 to 3600 (got '1')"]),
    "boolean for a number": ("[workout]\nreps = true", ", line 2: ", ["a whole number", "True"]),
    "fraction": ("[workout]\nreps = 1.5", ", line 2: ", ["a whole number 1 to 200 (got 1.5)"]),
    "not a number": ("[workout]\nrest_s = nan", ", line 2: ", ["(got nan)"]),
    "infinite": ("[workout]\nrest_s = inf", ", line 2: ", ["(got inf)"]),
    "no table": ("gpio = 3", ", line 1: ", ["gpio must be a table (got 3)"]),
    "chip": ("gpio.chip = 'zero'", ", line 1: ", ['"auto" or a whole number 0 to 99', "'zero'"]),
    "tempo": ("[workout]\ntempo_s = [1, 2]", ", line 2: ", ["must be 3 values", "(got 2)"]),
    "side": ("[workout]\nside = 'top'", ", line 2: ", ['"left" or "right" or "unknown"', "'top'"]),
    "sex": ("[person]\nsex = 'x'", ", line 2: ", ['person.sex must be "female" or "male"', "'x'"]),
    "inline table": (
        "[outputs]\nlight_pins = { head = 1 }",
        ", line 2: ",
        ["outputs.light_pins.head must be a whole number 2 to 27 (got 1)"],
    ),
    "pins of no cell": (
        "[pins.head_lft]\ndout = 5\nsck = 12",
        ", line 1: ",
        ["pins.head_lft is no cell: did you mean head_left?"],
    ),
    "pin used twice by two cells": (
        "[pins.head_left]\ndout = 7\nsck = 26\n[pins.foot_left]\ndout = 13\nsck = 7",
        ", line 6: ",
        ["pins.foot_left.sck and pins.head_left.dout both use GPIO 7"],
    ),
    "hip sensor": (
        "[hip_sensors]\nimu = 'bno085'",
        ", line 2: ",
        ['hip_sensors.imu must be "lsm6ds" or "off"', "(got 'bno085')"],
    ),
    "rail": (
        "[hip_sensors]\nrail = true",
        ", line 2: ",
        ['hip_sensors.rail must be "off" or "vl53l1x"', "(got True)"],
    ),
    "head axis": (
        "[hip_sensors]\nimu_head_axis = '-z'",
        ", line 2: ",
        ["imu_head_axis must be another of the board's axes than imu_axis, +z (got -z)"],
    ),
    "axis": ("[hip_sensors]\nimu_axis = 'z'", ", line 2: ", ['"+z"', '"-z"', "(got 'z')"]),
    "address below": (
        "[hip_sensors]\nimu_address = 0x69",
        ", line 2: ",
        ["hip_sensors.imu_address must be 106 or 107 (got 105)"],
    ),
    "address above": (
        "[hip_sensors]\nimu_address = 0x6C",
        ", line 2: ",
        ["hip_sensors.imu_address must be 106 or 107 (got 108)"],
    ),
    "two XSHUT on one pin": (
        "[hip_sensors]\nrail = 'vl53l1x'\nxshut_pins = { heel = 7 }",
        ", line 3: ",
        ["hip_sensors.xshut_pins.heel and hip_sensors.xshut_pins.hip both use GPIO 7"],
    ),
    "XSHUT on the bus": (
        "[hip_sensors]\nrail = 'vl53l1x'\nxshut_pins = { hip = 3 }",
        ", line 3: ",
        ["hip_sensors.xshut_pins.hip and hip_sensors.i2c_bus both use GPIO 3"],
    ),
    "pin of a default cell": (
        "[outputs]\nbuzzer_pin = 5",
        ", line 2: ",
        ["pins.head_left.dout and outputs.buzzer_pin both use GPIO 5"],
    ),
    "two shared clocks": (
        "shared_sck = true\n[pins.head_left]\ndout=5\nsck=12\n[pins.head_right]\ndout=6\nsck=16",
        ", line 7: ",
        ["pins.head_right.sck must be the same for every cell", "[12, 16]"],
    ),
    "cells of a preset": (
        'layout = "hex6"\n[[cells]]\nname = "a"\nx_mm = 1\ny_mm = 2',
        ", line 1: ",
        ['cells are given, but layout is not "custom"'],
    ),
    "custom without cells": ('layout = "custom"', ", line 1: ", ["at least 3 [[cells]] (got 0)"]),
    "custom with two": (
        CUSTOM.partition('[[cells]]\nname = "tail"')[0],
        ", line 1: ",
        ["at least 3 [[cells]] (got 2)"],
    ),
    "cells in one line": (
        CUSTOM.replace("y_mm = 0\n", "y_mm = 20\n").replace("x_mm = 500.5", "x_mm = -500"),
        ", line 1: ",
        ["cells must not stand in one line: one at least 50 mm beside it (got 0 mm beside"],
    ),
    "cells in one place": (
        CUSTOM.replace("y_mm = 200", "y_mm = -200"),
        ", line 1: ",
        ["cells must stand at least 10 mm apart (got head_left and head_right, 0 mm apart)"],
    ),
    "cell's name twice": (
        CUSTOM.replace('"head_right"', '"head_left"'),
        ", line 7: ",
        ["cells[1].name must be another name for each cell (got head_left 2 times)"],
    ),
    "cell without pins": (
        CUSTOM.partition("[pins.tail]")[0],
        ", line 11: ",
        ["cells[2].name tail has no pins of its own: add [pins.tail] with dout and sck"],
    ),
    "cell's name": (
        CUSTOM.replace('"head_right"', '"a,b"'),
        ", line 7: ",
        ["cells[1].name must be a name of 1 to 40 letters", "(got 'a,b')"],
    ),
    "cell's key": (
        CUSTOM.replace("x_mm = 500.5", "x_m = 1"),
        ", line 12: ",
        ["did you mean x_mm?"],
    ),
    "cell without a place": (
        CUSTOM.replace("x_mm = 500.5", ""),
        ", line 10: ",
        ["cells[2] lacks x_mm"],
    ),
    "limits the wrong way round": (
        "[limits]\nrushed_up_s = 0.9",
        ", line 2: ",
        ["limits.kick_up_s must not be above rushed_up_s = 0.9 (got 1)"],
    ),
    "other letters": ("'gr\u00f6\u00dfe' = 1", ", line 1: ", ["gr\u00f6\u00dfe is not known"]),
    "a value in other letters": (
        "layout = 'gr\u00f6\u00dfe\u0085'",
        ", line 1: ",
        ["(got 'gr\u00f6\u00dfe\\x85')"],
    ),
    "control characters": ('"\\u001b[2J" = 1', ": ", ["'\\x1b[2J' is not known"]),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error_names_line_key_finding_and_limit(case: str, tmp_path: Path) -> None:
    text, line, parts = ERRORS[case]
    message = error_of(tmp_path, text)
    assert message.startswith(line), message
    for part in parts:
        assert part in message, message
    # One thing to do: a special one, or the general one.
    advices = (
        "did you mean",
        "known here",
        "add ",
        "give one of them another pin",
        "correct it, or",
    )
    assert sum(advice in message for advice in advices) == 1, message


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "matfw.toml"
    path.write_bytes(b"\xef\xbb\xbfrate_hz = 10\r\n")  # as Notepad saves it
    assert load_settings(path).rate_hz == 10
    assert error_of(tmp_path, b"\xef\xbb\xbf\nrate_hz = 11").startswith(", line 2: rate_hz must be")
    assert error_of(tmp_path, b"\xef\xbb\xbf\n#\xff").startswith(", line 2: is not UTF-8")


def test_a_comment_may_have_any_number_of_dots(tmp_path: Path) -> None:
    assert loaded(tmp_path, f"  # {'.' * 300}\nrate_hz = 10").rate_hz == 10


LONG_KEYS = {
    "plain": "{0} = 1",
    "in a table": "[limits]\n{0} = 1",
    "quoted": "'{0}' = 1",
    "of many parts": "{1} = 1",
    "a table of many parts": "[{1}]",
    "inline": "gpio = {{ {1} = 1 }}",
}


@pytest.mark.parametrize("case", LONG_KEYS)
def test_a_key_of_40_kb_is_refused_at_once(case: str, tmp_path: Path) -> None:
    # Calls of Python, since time alone would depend on the machine: 20 000 parts took 9 s.
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    text = LONG_KEYS[case].format("k" * 40_000, ".".join("k" * 20_000))
    sys.setprofile(count)
    try:
        message = error_of(tmp_path, text)
    finally:
        sys.setprofile(None)
    assert calls < 5_000
    assert len(message) < 400


TOML_ERRORS = {
    "no value": ("a = 1\nb =", 2),
    "open table": ("[gpio\nchip = 1", 1),
    "open text": ('\n\nlayout = "core4', 3),
    "key twice": ("rate_hz = 10\nrate_hz = 80", 2),
    "number too long": ("rate_hz = " + "9" * 5000, 1),
}


@pytest.mark.parametrize("case", TOML_ERRORS)
def test_toml_error_names_the_line(case: str, tmp_path: Path) -> None:
    text, line = TOML_ERRORS[case]
    message = error_of(tmp_path, text)
    assert message.startswith(f", line {line}: is not TOML (")
    assert "correct the line, as in name = 1.5" in message


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    message = error_of(tmp_path, b"layout = 'core4'\n# \xff")
    assert message.startswith(", line 2: is not UTF-8 text (got byte 0xff): save the file as UTF-8")


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MatSettingsError, match=r"none\.toml: cannot be read \(No such file"):
        load_settings(tmp_path / "none.toml")


def test_folder_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(
        MatSettingsError, match=r"cannot be read \(Is a directory\): check the name"
    ):
        load_settings(tmp_path)


def test_file_that_is_far_too_large(tmp_path: Path) -> None:
    assert "is larger than 1048576 bytes" in error_of(tmp_path, b"#" * (1024 * 1024 + 1))


RANGES: list[tuple[str, float, float, float]] = [
    ("gpio.chip", 0, 99, 1),
    ("outputs.buzzer_pin", 2, 27, 1),
    ("outputs.light_pins.hip", 2, 27, 1),
    ("hip_sensors.i2c_bus", 0, 99, 1),
    ("hip_sensors.xshut_pins.shoulder", 2, 27, 1),
    ("hip_sensors.xshut_pins.hip", 2, 27, 1),
    ("hip_sensors.xshut_pins.heel", 2, 27, 1),
    ("person.height_m", 0.5, 2.5, 0.01),
    ("workout.reps", 1, 200, 1),
    ("workout.sets", 1, 50, 1),
    ("workout.rest_s", 0, 3600, 0.1),
    ("limits.too_high_deg", 1, 120, 0.1),
    ("limits.too_small_deg", 1, 120, 0.1),
    ("limits.kick_up_s", 0, 10, 0.1),
    ("limits.rushed_up_s", 0, 10, 0.1),
    ("limits.drop_down_s", 0, 10, 0.1),
    ("limits.rushed_down_s", 0, 10, 0.1),
    ("limits.short_hold_s", 0, 10, 0.1),
    ("limits.roll_back_mm", 1, 200, 0.1),
    ("limits.roll_back_deg", 1, 120, 0.1),
    ("limits.leg_forward_mm", 1, 200, 0.1),
    ("limits.bent_body_deg", 1, 120, 0.1),
    ("limits.off_mat_n", 3, 200, 0.1),
]


@pytest.mark.parametrize(("key", "minimum", "maximum", "step"), RANGES)
def test_range(key: str, minimum: float, maximum: float, step: float, tmp_path: Path) -> None:
    for good in (minimum, minimum + step, maximum - step, maximum):
        try:
            loaded(tmp_path, f"{key} = {good}")
        except MatSettingsError as error:
            # Within its range a value may still stand against another setting.
            if "both use GPIO" not in str(error) and "must not be above" not in str(error):
                raise
    for bad in (minimum - step, maximum + step):
        message = error_of(tmp_path, f"{key} = {bad}")
        assert message.startswith(f", line 1: {key} must be ")
        assert f"{minimum:g} to {maximum:g} (got {bad}" in message


def test_range_of_each_part_of_the_tempo(tmp_path: Path) -> None:
    for good in ([0.5, 0, 0.5], [6, 10, 6], [3, 30, 4.5]):
        assert loaded(tmp_path, f"workout.tempo_s = {good}").workout.tempo_s == tuple(good)
    for bad, place in (
        ([0.1, 1, 1], "first"), ([1, -0.1, 1], "second"), ([1, 1, 0.1], "third"),
        ([1, 30.1, 1], "second"),
    ):  # fmt: skip
        message = error_of(tmp_path, f"workout.tempo_s = {bad}")
        assert f"workout.tempo_s, {place} value, must be a number" in message


@pytest.mark.parametrize("tempo_s", [[0.4, 1, 3], [2, 1, 0.4], [6.1, 1, 3], [2, 1, 6.1]])
def test_tempo_that_cannot_be_seen_is_refused_with_its_reason(
    tmp_path: Path, tempo_s: list[float]
) -> None:
    message = error_of(tmp_path, f"workout.tempo_s = {tempo_s}")
    assert "workout.tempo_s up and down must be 0.5 to 6 s" in message
    assert "cannot be distinguished from a body that sways" in message
    assert "ask for less extreme ways" in message


@pytest.mark.parametrize("tempo_s", [[3.1, 10.1, 3], [2, 10.1, 4.6], [6, 30, 6]])
def test_long_hold_between_slow_ways_is_refused_with_its_reason(
    tmp_path: Path, tempo_s: list[float]
) -> None:
    message = error_of(tmp_path, f"workout.tempo_s = {tempo_s}")
    assert "workout.tempo_s hold must be at most 10 s unless up is at most 3 s" in message
    assert "down at most 4.5 s" in message
    assert "ask for quicker ways or a shorter hold" in message


def test_tempo_of_the_settings_is_asked_of_a_recording() -> None:
    recorded = Settings().mat()
    asked = Settings(workout=Workout(tempo_s=(6.0, 1.0, 6.0)))
    assert asked.judging(recorded, MachineState()).tempo == Tempo(6.0, 1.0, 6.0)


def test_tempo_of_a_recording_stays_where_the_settings_have_the_default() -> None:
    recorded = replace(Settings().mat(), tempo=Tempo(4.0, 1.0, 4.0))
    assert Settings().judging(recorded, MachineState()).tempo == Tempo(4.0, 1.0, 4.0)


def test_a_mat_leads_through_the_default_workout_where_no_plan_is_named() -> None:
    plan = Settings().led().plan()
    assert (plan.reps, plan.sets, plan.rest_s) == (15, 6, 45.0), "3 x 15 a side"
    assert plan.guide is not None
    assert plan.guide.sides == (Side.LEFT, Side.RIGHT) * 3
    assert plan.guide.tempo == Tempo(2.0, 1.0, 3.0)
    assert Settings().plan().guide is None, "a replay leads only where it is asked to"
    free = Settings(workout=Workout(plan="none"))
    assert free.led() is free
    assert free.plan().guide is None


def test_the_default_workout_is_made_of_the_workout_s_numbers() -> None:
    asked = Workout(reps=8, sets=1, rest_s=30.0, side=Side.RIGHT, tempo_s=(1.0, 2.0, 3.0))
    for settings in (
        Settings(workout=asked).led(),
        Settings(workout=structs.replace(asked, plan="default")),
    ):
        plan = settings.plan()
        assert (plan.reps, plan.rest_s) == (8, 30.0)
        assert plan.guide is not None
        assert plan.guide.sides == (Side.RIGHT, Side.LEFT)
        assert settings.tempo() == plan.guide.tempo == Tempo(1.0, 2.0, 3.0)
    own = Settings(plans=(PlanSettings(name="default", reps=4),)).led()
    assert own.plan().reps == 4, "one of one's own goes before it"


@pytest.mark.parametrize(
    ("range_deg", "is_seen"), [((4.0, 11.9), False), ((4.0, 12.0), True), ((24.0, 45.0), True)]
)
def test_a_plan_of_lifts_that_no_mat_finds_is_refused_with_its_reason(
    range_deg: tuple[float, float], is_seen: bool, tmp_path: Path
) -> None:
    low, high = range_deg
    text = f'[[plans]]\nname = "tiny"\nrange_deg = [{low}, {high}]\n'
    if is_seen:
        assert loaded(tmp_path, text).plans[0].range_deg == range_deg
        return
    said = error_of(tmp_path, text)
    assert "range_deg" in said
    assert "must go up to 12 deg" in said


def test_line_of_a_key() -> None:
    text = 'a = 1\n[b.c]\nd = 2\n[[e]]\nf = 3\n[[e]]\n"f" = 4\nb2.c = 5\ng = {h = 1}'
    assert find_line(text, ("a",)) == 1
    assert find_line(text, ("b", "c", "d")) == 3
    assert find_line(text, ("e", 1, "f")) == 7
    assert find_line(text, ("e", 1, "b2", "c")) == 8
    assert find_line(text, ("e", 1, "g", "h")) == 9  # the key that holds it
    assert find_line(text, ("b", "c", "x")) == 2  # the table around it
    assert find_line(text, ("x",), ("a",)) == 1  # the other one of two that clash
    assert find_line(text, ("x",)) is None


# --- the machine's state


def test_state_calibrates_the_cells_it_names(tmp_path: Path) -> None:
    (tmp_path / "state.toml").write_text(
        "version = 2\n"  # a later matfw's key
        "[calibration.head_left]\ntare_counts = 8123.5\ncounts_per_kg = -42900\n"
        "[calibration.of_another_mat]\ntare_counts = 1\ncounts_per_kg = 1\n"
    )
    state = read_state(tmp_path).state
    settings = Settings()
    assert settings.mat(state).calibration == (CellCalibration(8123.5, -42900.0), *[NOMINAL] * 3)
    assert settings.uncalibrated(state) == ("head_right", "foot_left", "foot_right")


def test_no_state_yet_is_no_calibration(tmp_path: Path) -> None:
    assert read_state(tmp_path).state.calibration == {}
    assert read_state(tmp_path / "none").state.calibration == {}


STATE_ERRORS = {
    "key missing": (
        "[calibration.a]\ntare_counts = 1",
        "line 1: calibration.a lacks counts_per_kg",
    ),
    "zero": (
        "[calibration.a]\ntare_counts = 1\ncounts_per_kg = 0",
        "line 3: calibration.a.counts_per_kg must be at least 1, or at most -1",
    ),
    "tare": (
        "[calibration.a]\ntare_counts = 8388608\ncounts_per_kg = 1",
        "line 2: calibration.a.tare_counts must be a number -8388608 to 8388607 (got 8388608)",
    ),
}


@pytest.mark.parametrize("case", STATE_ERRORS)
def test_state_error_names_line_and_cure(case: str, tmp_path: Path) -> None:
    text, part = STATE_ERRORS[case]
    (tmp_path / "state.toml").write_text(text)
    with pytest.raises(MatSettingsError) as caught:
        read_state(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/state.toml, {part}")
    if case in ("zero", "tare"):
        assert str(caught.value).endswith("calibrate again or delete it")


@pytest.mark.parametrize(
    ("per_kg", "is_good"), [(1, True), (0.99, False), (-1, True), (-0.99, False)]
)
def test_counts_per_kg_next_to_zero(per_kg: float, is_good: bool, tmp_path: Path) -> None:
    (tmp_path / "state.toml").write_text(
        f"[calibration.a]\ntare_counts = 1\ncounts_per_kg = {per_kg}"
    )
    if is_good:
        assert read_state(tmp_path).state.calibration["a"].counts_per_kg == per_kg
    else:
        with pytest.raises(MatSettingsError, match="must be at least 1"):
            read_state(tmp_path)


# --- where they are


def test_person_s_folders_follow_xdg(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert default_config_path(home) is None
    assert default_state_dir(home) == tmp_path / ".local/state/matfw"
    config = tmp_path / ".config/matfw/matfw.toml"
    config.parent.mkdir(parents=True)
    config.write_text("")
    assert default_config_path(home) == config
    elsewhere = {**home, "XDG_CONFIG_HOME": str(tmp_path / "x"), "XDG_STATE_HOME": "/var/x"}
    assert default_config_path(elsewhere) is None
    assert default_state_dir(elsewhere) == Path("/var/x/matfw")
    assert default_state_dir({**home, "XDG_STATE_HOME": "relative"}) == default_state_dir(home)


def test_no_home_asks_for_the_options() -> None:
    with pytest.raises(MatSettingsError, match="pass --config FILE and --state DIR"):
        default_state_dir({})


@pytest.mark.parametrize(
    ("port", "is_header"),
    [("/dev/serial0", True), ("/dev/ttyAMA0", True), ("/dev/ttyS0", True), ("/dev/ttyUSB0", False)],
)
def test_a_cell_on_the_pins_of_the_consoles_uart_is_refused(
    port: str, is_header: bool, tmp_path: Path
) -> None:
    path = tmp_path / "matfw.toml"
    path.write_text(f'[console]\nports = ["{port}"]\n[pins.head_left]\ndout = 15\n')
    if is_header:
        with pytest.raises(MatSettingsError, match="both use GPIO 15"):
            load_settings(path)
    else:
        assert load_settings(path).wiring()["head_left"].dout == 15
