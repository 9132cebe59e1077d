"""What no single setting can say: which of them do not go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from matfw.errors import MatSettingsError
from matfw.layouts import MIN_CELLS, unfit
from matfw.settings.model import Settings
from matfw.settings.plans import NO_PLAN, unseen_tempo
from matfw.settings.quiet_hours import quiet_hours
from matfw.settings.schema import Keys, MismatchError, did_you_mean, dotted, found
from matfw.settings.wiring import (
    DEFAULT_PINS,
    HEADER_UARTS,
    UART_PINS,
    GivenPins,
    LightPins,
    RightLightPins,
)


def check(settings: Settings) -> None:
    """Check what no single key can say. Raises MismatchError."""
    _check_cells(settings)
    _check_pins(settings)
    settings.limits.check()
    _check_workout(settings)
    _check_quiet_hours(settings)
    _check_belt(settings)


def _check_belt(settings: Settings) -> None:
    back, head = settings.hip_sensors.imu_axis, settings.hip_sensors.imu_head_axis
    if head is not None and head[1] == back[1]:
        raise MismatchError(
            ("hip_sensors", "imu_head_axis"),
            f"must be another of the board's axes than imu_axis, {back} (got {head})",
        )


def _check_quiet_hours(settings: Settings) -> None:
    text = settings.outputs.quiet_hours
    if text is not None and quiet_hours(text) is None:
        raise MismatchError(
            ("outputs", "quiet_hours"), f"must be as 22:00-07:00 (got {found(text)})"
        )


def _check_workout(settings: Settings) -> None:
    unseen = unseen_tempo(settings.workout.tempo_s)
    if unseen:
        raise MismatchError(("workout", "tempo_s"), unseen)
    for index, plan in enumerate(settings.plans):
        wrong = plan.wrong()
        if wrong:
            raise MismatchError(("plans", index, wrong[0]), wrong[1])
    name = settings.workout.plan
    if name not in (None, NO_PLAN) and settings.plan_named(str(name)) is None:
        names = [*(plan.name for plan in settings.known_plans()), NO_PLAN]
        raise MismatchError(
            ("workout", "plan"), f"names no plan (got {name})", advice=did_you_mean(name, names)
        )


def _check_cells(settings: Settings) -> None:
    if settings.layout != "custom" and settings.cells:
        raise MismatchError(("cells",), 'are given, but layout is not "custom"', ("layout",))
    names = [cell.name for cell in settings.mat_cells()]
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
    reason = unfit(settings.mat_cells())
    if reason:
        raise MismatchError(("cells",), reason, ("layout",))
    for name in settings.pins:
        if name not in names:
            raise MismatchError(("pins", name), "is no cell", advice=did_you_mean(name, names))
    for index, name in enumerate(names):
        given = settings.pins.get(name, GivenPins())
        if name not in DEFAULT_PINS and None in (given.dout, given.sck):
            raise MismatchError(
                ("cells", index, "name"),
                f"{name} has no pins of its own",
                advice=f"add [pins.{name}] with dout and sck",
            )


def check_ports(settings: Settings, ports: Sequence[str]) -> None:
    """Refuse a console of the command line on pins in use. Raises MatSettingsError."""
    console = msgspec.structs.replace(settings.console, ports=(*settings.console.ports, *ports))
    try:
        _check_pins(msgspec.structs.replace(settings, console=console))
    except MismatchError as mismatch:
        raise MatSettingsError(f"--console {' '.join(ports)}: {mismatch.message()}") from None


def _check_pins(settings: Settings) -> None:
    scks = {pins.sck: name for name, pins in settings.pins.items() if pins.sck is not None}
    if settings.shared_sck and len(scks) > 1:
        raise MismatchError(
            ("pins", list(scks.values())[-1], "sck"),
            f"must be the same for every cell while shared_sck is true (got {sorted(scks)})",
            ("shared_sck",),
        )
    users: dict[int, Keys] = {}
    for keys, pin in _pin_uses(settings):
        if pin in users:
            raise MismatchError(
                keys,
                f"and {dotted(users[pin])} both use GPIO {pin}",
                users[pin],
                advice="give one of them another pin",
            )
        users[pin] = keys


def _pin_uses(settings: Settings) -> Iterator[tuple[Keys, int]]:
    yield ("outputs", "buzzer_pin"), settings.outputs.buzzer_pin
    for light in LightPins.__struct_fields__:
        yield ("outputs", "light_pins", light), getattr(settings.outputs.light_pins, light)
    for light in RightLightPins.__struct_fields__:
        pin = getattr(settings.outputs.right_light_pins, light)
        if pin is not None:
            yield ("outputs", "right_light_pins", light), pin
    if settings.outputs.button_pin is not None:
        yield ("outputs", "button_pin"), settings.outputs.button_pin
    for index, (name, pins) in enumerate(settings.wiring().items()):
        yield ("pins", name, "dout"), pins.dout
        if index == 0 or not settings.shared_sck:
            yield ("pins", name, "sck"), pins.sck
    if HEADER_UARTS & set(settings.console.ports):
        for pin in UART_PINS:
            yield ("console", "ports"), pin
    for keys, pin in settings.hip_sensors.pin_uses():
        yield ("hip_sensors", *keys), pin
