"""Which pins are whose, and which are free."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.errors import MatSettingsError
from matfw.layouts import PRESETS
from matfw.settings.files import load_settings
from tests.settings.contents import error_of, loaded

RESERVED_PINS = {0, 1, 2, 3, 14, 15}  # HAT EEPROM, I2C, UART
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
