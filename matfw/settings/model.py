"""Every setting of a person's TOML file: its type, default, range and meaning; and -> Mat.

A new setting is one field here, or in wiring.py if it is about pins: `Annotated` with a range and a
description, its name ending in its unit (rows.UNITS), NOW where it needs no restart, an `example`
where its default is None. A new limit is one field of messages.Limits. What no single setting can
say is in checks.py.

Files, lines and folders are in settings/files.py; what only the machine knows (calibration) is
settings/state.MachineState, so that nothing ever has to write into the person's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from matfw.layouts import PRESETS
from matfw.messages import Cell, CellCalibration, Limits, Mat, Person, Side, Tempo
from matfw.settings.limits import LimitSettings
from matfw.settings.plans import BUILT_IN, DEFAULT_PLAN, NO_PLAN, PlanSettings, TempoSeconds
from matfw.settings.schema import NOW, MismatchError, Name
from matfw.settings.state import CellLine, MachineState
from matfw.settings.wiring import DEFAULT_PINS, CellPins, GivenPins, Gpio, HipSensors, Outputs
from matfw.workout.plan import Plan

# A 50 kg half bridge of 1 mV/V into 24 bits at gain 128, both on one supply, which cancels:
# 1e-3 / 50 kg * 128 * 2^24. Real cells of this kind give 0.5 to 1 mV/V: calibrate.
NOMINAL = CellCalibration(tare_counts=0.0, counts_per_kg=42_950.0)

Millimetres: TypeAlias = Annotated[float, Meta(ge=-10_000, le=10_000)]


def calibration_of(
    cells: Iterable[Cell], known: Mapping[str, CellLine]
) -> tuple[CellCalibration, ...]:
    """Return each cell's calibration, nominal where none is known."""
    lines = (known.get(cell.name) for cell in cells)
    return tuple(
        CellCalibration(line.tare_counts, line.counts_per_kg) if line else NOMINAL for line in lines
    )


class CellPlace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cell of a custom layout."""

    name: Annotated[Name, Meta(description="the cell's name, as in head_left")]
    x_mm: Annotated[Millimetres, Meta(description="from the deck's centre to the foot end, mm")]
    y_mm: Annotated[Millimetres, Meta(description="from the centre to the left edge, mm")]
    plate: Annotated[Name, Meta(description="the panel it stands under")] = "deck"


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
        limits = self.asked_limits()
        return Mat(
            layout=self.layout,
            cells=self.mat_cells(),
            calibration=calibration_of(self.mat_cells(), state.calibration if state else {}),
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

    def named_pins(self) -> dict[str, int]:
        """Return each pin of the cells and the outputs, by what it is for."""
        pins = {}
        for name, wires in self.wiring().items():
            pins[f"{name} DOUT"], pins[f"{name} SCK"] = wires.dout, wires.sck
        return {**pins, **self.outputs.named_pins()}
