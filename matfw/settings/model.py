"""Every setting of a person's TOML file: its type, default, range and meaning; and -> Mat.

A new setting is one field here: `Annotated` with a range and a description, its name ending in its
unit (rows.UNITS), NOW where it needs no restart, an `example` where its default is None. A new
limit is one field of messages.Limits.

Files, lines and folders are in settings/files.py; what only the machine knows (calibration) is
settings/state.MachineState, so that nothing ever has to write into the person's file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from matfw.errors import MatSettingsError
from matfw.layouts import MIN_CELLS, PRESETS, unfit
from matfw.messages import (
    Cell,
    CellCalibration,
    Channel,
    HipRepeatability,
    Limits,
    Mat,
    Person,
    Side,
    Tempo,
)
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS, SIDE_CHANNELS
from matfw.settings.limits import LimitSettings
from matfw.settings.plans import (
    BUILT_IN,
    DEFAULT_PLAN,
    NO_PLAN,
    PlanSettings,
    TempoSeconds,
    unseen_tempo,
)
from matfw.settings.quiet_hours import quiet_hours
from matfw.settings.schema import (
    Keys,
    MismatchError,
    Name,
    did_you_mean,
    dotted,
    found,
)
from matfw.settings.state import MachineState
from matfw.sounds.modes import SoundMode
from matfw.workout.plan import Plan

# A 50 kg half bridge of 1 mV/V into 24 bits at gain 128, both on one supply, which cancels:
# 1e-3 / 50 kg * 128 * 2^24. Real cells of this kind give 0.5 to 1 mV/V: calibrate.
NOMINAL = CellCalibration(tare_counts=0.0, counts_per_kg=42_950.0)

# Of a setting, or a table of them: taken over between two frames. All else is wiring, which is
# claimed at the start.
NOW = Meta(extra={"applies": "now"})

Millimetres: TypeAlias = Annotated[float, Meta(ge=-10_000, le=10_000)]
Pin: TypeAlias = Annotated[int, Meta(ge=2, le=27)]  # BCM; 0 and 1 belong to the HAT's EEPROM


class CellPlace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cell of a custom layout."""

    name: Annotated[Name, Meta(description="the cell's name, as in head_left")]
    x_mm: Annotated[Millimetres, Meta(description="from the deck's centre to the foot end, mm")]
    y_mm: Annotated[Millimetres, Meta(description="from the centre to the left edge, mm")]
    plate: Annotated[Name, Meta(description="the panel it stands under")] = "deck"


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


class Who(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person; the mat weighs them itself. Without these it assumes a middle one."""

    sex: Annotated[
        Literal["female", "male"] | None,
        Meta(description="for the leg's share", extra={"example": "female"}),
    ] = None
    height_m: Annotated[
        Annotated[float, Meta(ge=0.5, le=2.5)] | None,
        Meta(description="height, m", extra={"example": 1.65}),
    ] = None


class Workout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of the person."""

    side: Annotated[Side, Meta(description="the side lain on")] = Side.UNKNOWN
    reps: Annotated[int, Meta(ge=1, le=200, description="repetitions a set")] = 15
    sets: Annotated[int, Meta(ge=1, le=50, description="sets")] = 3
    rest_s: Annotated[float, Meta(ge=0, le=3600, description="rest between sets, s")] = 45.0
    tempo_s: Annotated[
        TempoSeconds,
        Meta(description="[up, hold, down], s; up, down 0.5 to 6, hold to 10: others are not seen"),
    ] = (2.0, 1.0, 3.0)
    plan: Annotated[
        Name | None,
        Meta(
            description="the plan to be led through, by name; it goes before reps, sets, rest_s,"
            " tempo_s and side. default: these, on either side in turn, side first; none: whoever"
            " lies there begins when they like. Unset: default on a mat, none in a replay",
            extra={"example": "three_by_fifteen"},
        ),
    ] = None

    def default_plan(self) -> PlanSettings:
        """Return the plan that these numbers make."""
        return PlanSettings(
            name=DEFAULT_PLAN,
            reps=self.reps,
            sets_a_side=self.sets,
            rest_s=self.rest_s,
            tempo_s=self.tempo_s,
            first_side=Side.LEFT if self.side is Side.UNKNOWN else self.side,
        )


PortName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]


class Console(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the console is reached, besides its own socket and `run --console`."""

    ports: Annotated[
        tuple[PortName, ...],
        Meta(max_length=8, description="serial ports, as in /dev/serial0, or pyserial's URLs"),
    ] = ()
    wizard_timeout_s: Annotated[
        float,
        Meta(
            ge=10.0,
            le=3600.0,
            description="after so long without a line a wizard ends and the mat is judged again",
            extra={"applies": "now"},
        ),
    ] = 120.0


class VoiceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words between sets, on a computer with a sound card, by espeak-ng and aplay."""

    on: Annotated[bool, Meta(description="say set, side, rest and the one correction")] = False
    language: Annotated[Literal["en", "de", "es"], Meta(description="of the words")] = "en"
    device: Annotated[
        Annotated[str, Meta(min_length=1, max_length=100)] | None,
        Meta(
            description="ALSA's output, as `aplay -L` lists them; unset: its default",
            extra={"example": "plughw:CARD=Headphones"},
        ),
    ] = None


class RecordSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of sessions, in the state folder and nowhere else."""

    keep: Annotated[
        bool, Meta(description="keep sessions, sets and repetitions in matfw.sqlite3")
    ] = True
    raw: Annotated[
        bool, Meta(description="keep the raw counts of sessions too, some 2 MB for ten minutes")
    ] = False
    raw_limit_mb: Annotated[
        int,
        Meta(ge=10, le=100_000, description="of all raw counts kept, MB; beyond it the oldest go"),
    ] = 200


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file; every key may be left out."""

    layout: Annotated[
        Literal["core4", "hex6", "trio8", "custom"],
        Meta(description='which mat; "custom" needs [[cells]]'),
    ] = "core4"
    rate_hz: Annotated[Literal[10, 80], Meta(description="the converters' RATE pin, per s")] = 80
    reader: Annotated[
        Literal["parallel", "adafruit"], Meta(description="how the converters are read")
    ] = "parallel"
    shared_sck: Annotated[bool, Meta(description="one clock wire for all converters")] = False
    gpio: Gpio = Gpio()
    pins: dict[str, GivenPins] = {}
    outputs: Outputs = Outputs()
    hip_sensors: HipSensors = HipSensors()
    person: Annotated[Who, NOW] = Who()
    workout: Annotated[Workout, NOW] = Workout()
    limits: Annotated[LimitSettings, NOW] = LimitSettings()
    console: Console = Console()
    voice: VoiceSettings = VoiceSettings()
    record: RecordSettings = RecordSettings()
    cells: Annotated[
        tuple[CellPlace, ...], Meta(max_length=32, description='the cells of layout "custom"')
    ] = ()
    plans: Annotated[
        tuple[PlanSettings, ...], NOW, Meta(max_length=32, description="plans of one's own")
    ] = ()

    def known_plans(self) -> tuple[PlanSettings, ...]:
        """Return all plans; a person's own go before those of the same name that are here."""
        own = {plan.name for plan in self.plans}
        here = (self.workout.default_plan(), *BUILT_IN)
        return (*self.plans, *(plan for plan in here if plan.name not in own))

    def plan_named(self, name: str) -> PlanSettings | None:
        """Return the plan of that name."""
        return next((plan for plan in self.known_plans() if plan.name == name), None)

    def led(self, unset_plan: str = DEFAULT_PLAN) -> Settings:
        """Return the settings of a mat that runs: it leads through a plan where none is named."""
        if self.workout.plan is not None:
            return self
        workout = msgspec.structs.replace(self.workout, plan=unset_plan)
        return msgspec.structs.replace(self, workout=workout)

    def guided(self) -> PlanSettings | None:
        """Return the plan to be led through, None without one."""
        name = self.workout.plan
        return None if name in (None, NO_PLAN) else self.plan_named(str(name))

    def plan(self) -> Plan:
        """Return what is asked for, as the line takes it."""
        guided, free = self.guided(), self.workout
        return guided.plan() if guided else Plan(free.reps, free.sets, free.rest_s)

    def tempo(self) -> Tempo:
        """Return the tempo asked for."""
        guided = self.guided()
        return guided.tempo() if guided else Tempo(*self.workout.tempo_s)

    def asked_limits(self) -> Limits:
        """Return the limits; a plan may have a range of angle of its own."""
        guided, limits = self.guided(), self.limits.limits()
        return guided.limits(limits) if guided else limits

    def mat_cells(self) -> tuple[Cell, ...]:
        """Return the layout's cells in their order."""
        if self.layout == "custom":
            return tuple(Cell(c.name, c.x_mm, c.y_mm, c.plate) for c in self.cells)
        return PRESETS[self.layout].cells

    def mat(self, state: MachineState | None = None) -> Mat:
        """Return the mat, calibrated as far as the machine's state knows, else nominally."""
        known = state.calibration if state else {}
        limits = self.asked_limits()
        return Mat(
            layout=self.layout,
            cells=self.mat_cells(),
            calibration=tuple(
                CellCalibration(known[c.name].tare_counts, known[c.name].counts_per_kg)
                if c.name in known
                else NOMINAL
                for c in self.mat_cells()
            ),
            rate_hz=float(self.rate_hz),
            channels=self.hip_sensors.channels(),
            person=Person(self.person.sex, self.person.height_m),
            side=self.workout.side,
            tempo=self.tempo(),
            limits=state.limits(limits, self.workout.side) if state else limits,
            side_limits=state.side_limits(limits) if state else (),
            hip_repeatability=self.hip_sensors.repeat(),
        )

    def judging(self, mat: Mat, state: MachineState) -> Mat:
        """Return a recording's mat, to be judged by the limits and habits of the day.

        A tempo other than the default one is asked for instead of the recording's.
        """
        limits = state.limits(self.asked_limits(), mat.side)
        is_given = self.tempo() != Tempo()
        return replace(
            mat,
            limits=limits,
            hip_repeatability=self.hip_sensors.repeat(),
            tempo=self.tempo() if is_given else mat.tempo,
        )

    def uncalibrated(self, state: MachineState | None = None) -> tuple[str, ...]:
        """Return the names of the cells that `mat` gives the nominal calibration."""
        known = state.calibration if state else {}
        return tuple(cell.name for cell in self.mat_cells() if cell.name not in known)

    def wiring(self) -> dict[str, CellPins]:
        """Return each cell's pins, in the mat's order. With shared_sck all have the same sck."""
        wires = {}
        for cell in self.mat_cells():
            given, default = self.pins.get(cell.name, GivenPins()), DEFAULT_PINS.get(cell.name)
            dout = default.dout if default and given.dout is None else given.dout
            sck = default.sck if default and given.sck is None else given.sck
            if dout is None or sck is None:
                raise MismatchError(("pins", cell.name), "lacks dout or sck")
            wires[cell.name] = CellPins(dout=dout, sck=sck)
        if not self.shared_sck:
            return wires
        given_scks = [pins.sck for pins in self.pins.values() if pins.sck is not None]
        sck = next(iter(given_scks or [pins.sck for pins in wires.values()]))
        return {name: CellPins(dout=pins.dout, sck=sck) for name, pins in wires.items()}

    def check(self) -> None:
        """Check what no single key can say. Raises MismatchError."""
        self._check_cells()
        self._check_pins()
        self.limits.check()
        self._check_workout()
        self._check_quiet_hours()
        self._check_belt()

    def _check_belt(self) -> None:
        back, head = self.hip_sensors.imu_axis, self.hip_sensors.imu_head_axis
        if head is not None and head[1] == back[1]:
            raise MismatchError(
                ("hip_sensors", "imu_head_axis"),
                f"must be another of the board's axes than imu_axis, {back} (got {head})",
            )

    def _check_quiet_hours(self) -> None:
        text = self.outputs.quiet_hours
        if text is not None and quiet_hours(text) is None:
            raise MismatchError(
                ("outputs", "quiet_hours"), f"must be as 22:00-07:00 (got {found(text)})"
            )

    def _check_workout(self) -> None:
        unseen = unseen_tempo(self.workout.tempo_s)
        if unseen:
            raise MismatchError(("workout", "tempo_s"), unseen)
        for index, plan in enumerate(self.plans):
            wrong = plan.wrong()
            if wrong:
                raise MismatchError(("plans", index, wrong[0]), wrong[1])
        name = self.workout.plan
        if name not in (None, NO_PLAN) and self.plan_named(str(name)) is None:
            names = [*(plan.name for plan in self.known_plans()), NO_PLAN]
            raise MismatchError(
                ("workout", "plan"), f"names no plan (got {name})", advice=did_you_mean(name, names)
            )

    def _check_cells(self) -> None:
        if self.layout != "custom" and self.cells:
            raise MismatchError(("cells",), 'are given, but layout is not "custom"', ("layout",))
        names = [cell.name for cell in self.mat_cells()]
        if len(names) < MIN_CELLS:
            raise MismatchError(
                ("layout",),
                f'"custom" needs at least {MIN_CELLS} [[cells]] (got {len(names)})',
                advice="add [[cells]] to the settings file, one for each",
            )
        for name, times in Counter(names).items():
            if times > 1:
                raise MismatchError(
                    ("cells", len(names) - 1 - names[::-1].index(name), "name"),
                    f"must be another name for each cell (got {name} {times} times)",
                )
        reason = unfit(self.mat_cells())
        if reason:
            raise MismatchError(("cells",), reason, ("layout",))
        for name in self.pins:
            if name not in names:
                raise MismatchError(("pins", name), "is no cell", advice=did_you_mean(name, names))
        for index, name in enumerate(names):
            given = self.pins.get(name, GivenPins())
            if name not in DEFAULT_PINS and None in (given.dout, given.sck):
                raise MismatchError(
                    ("cells", index, "name"),
                    f"{name} has no pins of its own",
                    advice=f"add [pins.{name}] with dout and sck",
                )

    def named_pins(self) -> dict[str, int]:
        """Return each pin of the cells and the outputs, by what it is for."""
        pins = {}
        for name, wires in self.wiring().items():
            pins[f"{name} DOUT"], pins[f"{name} SCK"] = wires.dout, wires.sck
        return {**pins, **self.outputs.named_pins()}

    def check_ports(self, ports: Sequence[str]) -> None:
        """Refuse a console of the command line on pins in use. Raises MatSettingsError."""
        console = msgspec.structs.replace(self.console, ports=(*self.console.ports, *ports))
        try:
            msgspec.structs.replace(self, console=console)._check_pins()
        except MismatchError as mismatch:
            raise MatSettingsError(f"--console {' '.join(ports)}: {mismatch.message()}") from None

    def _check_pins(self) -> None:
        scks = {pins.sck: name for name, pins in self.pins.items() if pins.sck is not None}
        if self.shared_sck and len(scks) > 1:
            raise MismatchError(
                ("pins", list(scks.values())[-1], "sck"),
                f"must be the same for every cell while shared_sck is true (got {sorted(scks)})",
                ("shared_sck",),
            )
        users: dict[int, Keys] = {}
        for keys, pin in self._pin_uses():
            if pin in users:
                raise MismatchError(
                    keys,
                    f"and {dotted(users[pin])} both use GPIO {pin}",
                    users[pin],
                    advice="give one of them another pin",
                )
            users[pin] = keys

    def _pin_uses(self) -> Iterator[tuple[Keys, int]]:
        yield ("outputs", "buzzer_pin"), self.outputs.buzzer_pin
        for light in LightPins.__struct_fields__:
            yield ("outputs", "light_pins", light), getattr(self.outputs.light_pins, light)
        for light in RightLightPins.__struct_fields__:
            pin = getattr(self.outputs.right_light_pins, light)
            if pin is not None:
                yield ("outputs", "right_light_pins", light), pin
        if self.outputs.button_pin is not None:
            yield ("outputs", "button_pin"), self.outputs.button_pin
        for index, (name, pins) in enumerate(self.wiring().items()):
            yield ("pins", name, "dout"), pins.dout
            if index == 0 or not self.shared_sck:
                yield ("pins", name, "sck"), pins.sck
        if HEADER_UARTS & set(self.console.ports):
            for pin in UART_PINS:
                yield ("console", "ports"), pin
        for keys, pin in self.hip_sensors.pin_uses():
            yield ("hip_sensors", *keys), pin
