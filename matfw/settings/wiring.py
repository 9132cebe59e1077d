"""The tables of settings that name pins: cells, outputs, hip sensors; and the pins of a Pi."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from matfw.messages import Channel, HipRepeatability
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS, SIDE_CHANNELS
from matfw.settings.schema import NOW, Keys
from matfw.sounds.modes import SoundMode

Pin: TypeAlias = Annotated[int, Meta(ge=2, le=27)]  # BCM; 0 and 1 belong to the HAT's EEPROM


class CellPins(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A converter's two wires, BCM numbers."""

    dout: Pin
    sck: Pin


class GivenPins(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the settings say of a converter's wires; what they leave out is DEFAULT_PINS'."""

    dout: Annotated[Pin | None, Meta(description="data, from the converter, BCM number")] = None
    sck: Annotated[Pin | None, Meta(description="clock, to the converter, BCM number")] = None


# Left free: 0/1 (HAT EEPROM), 2/3 (I2C: hip sensors), 14/15 (UART: the serial console). The
# outputs sit where the Pi pulls down while it boots (9-27), so that the buzzer is silent then.
# Each pair is near one another on the header. trio8 needs the SPI pins 8-11: leave SPI off.
DEFAULT_PINS: dict[str, CellPins] = {
    "head_left": CellPins(dout=5, sck=12),
    "head_right": CellPins(dout=6, sck=16),
    "foot_left": CellPins(dout=13, sck=20),
    "foot_right": CellPins(dout=19, sck=21),
    "hip_left": CellPins(dout=17, sck=27),
    "hip_right": CellPins(dout=4, sck=22),
    "waist_left": CellPins(dout=10, sck=9),
    "waist_right": CellPins(dout=8, sck=11),
}


class Gpio(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The chip that the pins are on."""

    chip: Annotated[
        Literal["auto"] | Annotated[int, Meta(ge=0, le=99)],
        Meta(description='the N of /dev/gpiochipN, or "auto": found by its label'),
    ] = "auto"


class LightPins(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The three lights, BCM numbers; with a second strip, those along the left edge."""

    head: Annotated[Pin, Meta(description="the light at the head end, BCM number")] = 23
    hip: Annotated[Pin, Meta(description="the light at the hips, BCM number")] = 24
    foot: Annotated[Pin, Meta(description="the light at the foot end, BCM number")] = 25


class RightLightPins(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A second strip, along the right edge.

    Left and right as seen by somebody lying on their back: on the left side they face the left.
    """

    head: Annotated[
        Pin | None, Meta(description="right edge: the light at the head end", extra={"example": 9})
    ] = None
    hip: Annotated[
        Pin | None, Meta(description="right edge: the light at the hips", extra={"example": 10})
    ] = None
    foot: Annotated[
        Pin | None, Meta(description="right edge: the light at the foot end", extra={"example": 22})
    ] = None


Strip: TypeAlias = tuple[int | None, int | None, int | None]


class Outputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the person hears and sees."""

    buzzer_pin: Annotated[Pin, Meta(description="the buzzer, BCM number")] = 18
    light_pins: Annotated[
        LightPins,
        Meta(description="the lights, BCM numbers; with right_light_pins those of the left edge"),
    ] = LightPins()
    right_light_pins: Annotated[
        RightLightPins,
        Meta(
            description="a second strip, along the right edge, BCM numbers: then that one shines"
            " which the face looks at, both where the side is not known"
        ),
    ] = RightLightPins()
    button_pin: Annotated[
        Pin | None,
        Meta(
            description="a push button to ground, BCM number: two or three presses are taps on the"
            " mat, held it is quieter",
            extra={"example": 7},
        ),
    ] = None
    sound: Annotated[
        SoundMode,
        NOW,
        Meta(
            description="what is heard: all; faults; the tempo (metronome); nothing. The lights say"
            " all of it in every mode"
        ),
    ] = SoundMode.FULL
    quiet_hours: Annotated[
        Annotated[str, Meta(max_length=11)] | None,
        NOW,
        Meta(
            description="hours of the local day in which only the lights speak",
            extra={"example": "22:00-07:00"},
        ),
    ] = None
    mute: Annotated[bool, NOW, Meta(description="lights only, no sound")] = False
    volume_percent: Annotated[
        int, NOW, Meta(ge=0, le=100, description="how loud the buzzer is; 0 is silence")
    ] = 100

    def loudness_percent(self) -> int:
        """Return how loud the buzzer is to be, 0 to 100; 0 when muted."""
        is_silent = self.mute or self.sound is SoundMode.SILENT
        return 0 if is_silent else self.volume_percent

    def strips(self) -> tuple[Strip, ...]:
        """Return the pins of head, hip and foot light of the strip, or of the left and right one.

        None for a light that the right one lacks.
        """
        lights, right = self.light_pins, self.right_light_pins
        one = (lights.head, lights.hip, lights.foot)
        other = (right.head, right.hip, right.foot)
        return (one,) if other == (None,) * 3 else (one, other)

    def pins(self) -> tuple[int, int, int, int]:
        """Return the pins of the buzzer, muted or not, and of the head, hip and foot lights."""
        lights = self.light_pins
        return (self.buzzer_pin, lights.head, lights.hip, lights.foot)

    def named_pins(self) -> dict[str, int]:
        """Return every pin that drives something, by what it is for."""
        named = {"buzzer": self.buzzer_pin}
        for edge, strip in zip(("", "right "), self.strips(), strict=False):
            for name, pin in zip(LightPins.__struct_fields__, strip, strict=True):
                if pin is not None:
                    named[f"{edge}{name} light"] = pin
        return named


# TXD and RXD of the header's UART, and its names; Raspberry Pi documentation, "UARTs".
UART_PINS = (14, 15)

HEADER_UARTS = frozenset({"/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0"})

I2C_1_PINS = (2, 3)  # SDA and SCL of the header's bus; other buses are wherever their overlay says


class XshutPins(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wires that hold the rail's sensors off, BCM numbers. trio8 needs 11 itself."""

    shoulder: Annotated[Pin, Meta(description="XSHUT of the sensor at the shoulder")] = 26
    hip: Annotated[Pin, Meta(description="XSHUT of the sensor at the hip")] = 7
    heel: Annotated[Pin, Meta(description="XSHUT of the sensor at the heel")] = 11


class HipSensors(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sensors that see the hips directly: on a belt, on a rail behind the back. Both may be on."""

    imu: Annotated[
        Literal["off", "lsm6ds"], Meta(description="a motion sensor on a belt over the sacrum")
    ] = "off"
    imu_axis: Annotated[
        Literal["+x", "-x", "+y", "-y", "+z", "-z"],
        Meta(description="the belt's board: which of its axes points out of the back"),
    ] = "+z"
    imu_head_axis: Annotated[
        Literal["+x", "-x", "+y", "-y", "+z", "-z"] | None,
        Meta(
            description="the belt's board: which of its axes points to the head; with it the belt"
            " tells the side lain on",
            extra={"example": "+y"},
        ),
    ] = None
    imu_address: Annotated[
        Literal[0x6A, 0x6B],
        Meta(description="the belt's board on I2C: 0x6A is 106; 0x6B, 107, with SDO/SA0 high"),
    ] = 0x6A
    rail: Annotated[
        Literal["off", "vl53l1x"],
        Meta(description="three distance sensors on a rail behind the back"),
    ] = "off"
    imu_repeatability_deg: Annotated[
        float,
        Meta(ge=0.3, le=15, description="the belt shows the same roll again within so much, sd"),
    ] = 1.5
    rail_repeatability_mm: Annotated[
        float,
        Meta(ge=1, le=50, description="the rail shows the same distance again within so much, sd"),
    ] = 5.0
    xshut_pins: Annotated[
        XshutPins, Meta(description="what holds the rail's sensors off, BCM numbers")
    ] = XshutPins()
    i2c_bus: Annotated[
        int, Meta(ge=0, le=99, description="the N of /dev/i2c-N; 1 is on GPIO 2 and 3")
    ] = 1

    def repeat(self) -> HipRepeatability:
        """Return what the sensors repeat within, as the line takes it."""
        return HipRepeatability(self.imu_repeatability_deg, self.rail_repeatability_mm)

    def channels(self) -> tuple[Channel, ...]:
        """Return the columns that a frame gets from the sensors that are on."""
        belt = SACRUM_CHANNELS + (SIDE_CHANNELS if self.imu_head_axis else ())
        return (belt if self.imu != "off" else ()) + (RAIL_CHANNELS if self.rail != "off" else ())

    def pin_uses(self) -> Iterator[tuple[Keys, int]]:
        """Yield the keys below hip_sensors, and the pin each of them takes."""
        if self.channels() and self.i2c_bus == 1:
            for pin in I2C_1_PINS:
                yield ("i2c_bus",), pin
        if self.rail != "off":
            for name in XshutPins.__struct_fields__:
                yield ("xshut_pins", name), getattr(self.xshut_pins, name)
