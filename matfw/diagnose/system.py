"""The computer's own checks, a small function each: is it fit to run a mat?"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path

from matfw.calibrate.guide import Place, cited
from matfw.diagnose.checks import Check, Computer, State
from matfw.diagnose.overlays import taken_pins
from matfw.errors import MatError
from matfw.settings.calibration_date import Age, age
from matfw.settings.model import Settings

PYTHONS = ((3, 11), (3, 13))  # pyproject.toml, requires-python
LIBRARIES = ("gpiozero", "msgspec", "numpy", "pyserial")
PIN_LIBRARIES = ("lgpio", "adafruit-lgpio")  # the same module under two names
MIN_BYTES = 50 * 1024 * 1024  # a day of raw recordings is some 60 MB
FEW_BYTES = 500 * 1024 * 1024
OLD_DAYS = 180.0  # cheap cells move by some 0.1 % a year; a zero by a kilogram in a season
PI_5_DEBUG_UART = "ttyAMA10"  # serial0 there; Raspberry Pi documentation, "UARTs"
ZERO_KG = 1.0  # a night on a cheap cell moves it so far
CONFIG_TXT = ("boot/firmware/config.txt", "boot/config.txt")  # bookworm and later; before
SYNCHRONIZED = "run/systemd/timesync/synchronized"
# Bits of `vcgencmd get_throttled`; Raspberry Pi documentation, "os.adoc".
POWER_BITS: Mapping[int, tuple[State, str]] = {
    0: (State.BAD, "the supply is under 4.63 V now"),
    2: (State.WARN, "the processor is slowed down now"),
    3: (State.WARN, "the processor is at its soft temperature limit now"),
    16: (State.WARN, "the supply has been under 4.63 V since the start"),
    18: (State.WARN, "the processor has been slowed down since the start"),
    19: (State.WARN, "the processor has been at its temperature limit since the start"),
}
HWMON = "sys/class/hwmon"
HWMON_NAME, HWMON_ALARM = "rpi_volt", "in0_lcrit_alarm"  # kernel, Documentation/hwmon
USE_OWN_SUPPLY = "use the Pi's own supply and a short cable"
PI_ONLY = "not a Raspberry Pi, so this was not looked at"


def check_computer(computer: Computer) -> Check:
    """Say what it is."""
    if not computer.is_pi:
        what = computer.model or platform.machine()
        return Check("computer", State.UNKNOWN, f"this is not a Raspberry Pi ({what})",
                     "use `matfw demo`, or `matfw doctor --virtual`")  # fmt: skip
    machine = (computer.run(("uname", "-m")) or "").strip()
    if machine and machine != "aarch64":
        return Check("computer", State.BAD, f"{computer.model} with a 32-bit system ({machine})",
                     "install the 64-bit Raspberry Pi OS")  # fmt: skip
    return Check("computer", State.OK, str(computer.model))


def check_python(
    version: tuple[int, int], found: Callable[[str], str | None], *, is_pi: bool
) -> Check:
    """Check the interpreter and the libraries; found: a distribution's version, None: not there."""
    low, high = PYTHONS
    missing = [name for name in LIBRARIES if found(name) is None]
    if is_pi and not any(found(name) for name in PIN_LIBRARIES):
        missing.append("lgpio")
    running = ".".join(map(str, version))
    if not low <= version <= high:
        return Check("python", State.WARN, f"Python {running}; matfw is tried on 3.11 to 3.13",
                     "use one of these")  # fmt: skip
    if missing:
        return Check("python", State.BAD, f"missing: {', '.join(missing)}",
                     "reinstall matfw with pip, which brings them")  # fmt: skip
    versions = ", ".join(
        f"{name} {found(name)}" for name in (*LIBRARIES, *PIN_LIBRARIES) if found(name)
    )
    return Check("python", State.OK, f"Python {running}, {versions}")


def installed(name: str) -> str | None:
    """Return an installed distribution's version, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def check_pins(computer: Computer, pins: Mapping[str, int]) -> Check:
    """Check that no pin in use is taken by something that config.txt switches on.

    pins: by what each is for. A pin used twice never comes so far: the settings refuse it by name.
    """
    if not computer.is_pi:
        return Check("pins", State.UNKNOWN, PI_ONLY)
    text = next((t for t in map(computer.read, CONFIG_TXT) if t is not None), None)
    if text is None:
        return Check("pins", State.UNKNOWN, "there is no config.txt to look into")
    uses = {pin: name for name, pin in pins.items()}
    is_pi_5 = "Raspberry Pi 5" in (computer.model or "")
    taken = list(taken_pins(text, is_pi_5=is_pi_5))
    clashes = [f"GPIO{t.pin} ({uses[t.pin]}) is {t.what}'s" for t in taken if t.pin in uses]
    if clashes:
        return Check("pins", State.BAD, f"{'; '.join(dict.fromkeys(clashes))}, by config.txt",
                     "switch that off there and start the Pi again, or set other pins",
                     Place.PINS)  # fmt: skip
    unknown = list(dict.fromkeys(t.what for t in taken if t.pin is None))
    if unknown:
        return Check("pins", State.UNKNOWN, f"config.txt has {', '.join(unknown)}, and which pins"
                     " that takes is not known here",
                     "compare them with the pins in the settings", Place.PINS)  # fmt: skip
    return Check("pins", State.OK, f"{len(uses)} pins, each used once; config.txt takes none")


def check_chip(computer: Computer, find: Callable[[], int]) -> Check:
    """Find the header's GPIO chip by its label; find raises MatError with what is in the way."""
    try:
        number = find()
    except MatError as error:
        if not computer.is_pi:
            return Check("gpio chip", State.UNKNOWN, PI_ONLY)
        return Check("gpio chip", State.BAD, str(error).rstrip("."), place=Place.BRING_UP)
    return Check("gpio chip", State.OK, f"/dev/gpiochip{number}, by its label")


def check_groups(computer: Computer, settings: Settings) -> Check:
    """Check the groups that the pins, serial ports and hip sensors need."""
    if not computer.is_pi:
        return Check("permissions", State.UNKNOWN, PI_ONLY)
    if computer.is_root:
        return Check("permissions", State.WARN, "this runs as root, and matfw never has to",
                     "run it as a user of the groups gpio and dialout")  # fmt: skip
    needed = ["gpio"]
    if settings.console.ports:
        needed.append("dialout")
    if settings.hip_sensors.channels():
        needed.append("i2c")
    mine = computer.groups()
    missing = [name for name in needed if name not in mine]
    if missing:
        return Check("permissions", State.BAD, f"not in the group {' and '.join(missing)}",
                     f"`sudo usermod -aG {','.join(missing)} $USER`, then log in again",
                     Place.BRING_UP)  # fmt: skip
    return Check("permissions", State.OK, f"in {', '.join(needed)}")


def check_getty(
    computer: Computer, ports: Sequence[str], getty_on: Callable[[str, Path], str | None]
) -> Check:
    """Check that no login shell sits on the console's serial ports."""
    devices = [port for port in ports if port.startswith("/dev/")]
    if not devices:
        return Check("serial ports", State.OK, "none is set for the console")
    missing = [device for device in devices if not computer.exists(device.lstrip("/"))]
    taken = [answer for device in devices if (answer := getty_on(device, computer.root))]
    if taken:
        return Check("serial ports", State.BAD, "; ".join(taken))
    debug = [device for device in devices if _is_debug_port(computer, device)]
    if debug:
        return Check("serial ports", State.WARN, f"{', '.join(debug)} is a Pi 5's debug connector,"
                     " not the pins of its header",
                     "for GPIO14 and 15 name /dev/ttyAMA0, with dtparam=uart0=on in"
                     " config.txt")  # fmt: skip
    if missing:
        return Check("serial ports", State.WARN, f"{', '.join(missing)} is not there",
                     "plug it in, or correct console.ports; the firmware waits for it")  # fmt: skip
    return Check("serial ports", State.OK, f"{', '.join(devices)}: no login shell on it")


def _is_debug_port(computer: Computer, device: str) -> bool:
    """Return whether it is ttyAMA10, the UART of a Pi 5's three-pin connector."""
    name = os.path.basename(os.path.realpath(computer.root / device.lstrip("/")))
    return name == PI_5_DEBUG_UART


def check_clock(computer: Computer) -> Check:
    """Check that the wall clock can be trusted: most Pis have none that runs on."""
    shown = computer.run(("timedatectl", "show", "-p", "NTPSynchronized", "--value"))
    is_synchronized = (shown or "").strip() == "yes" or computer.exists(SYNCHRONIZED)
    has_rtc = computer.exists("dev/rtc0")
    if is_synchronized:
        return Check("clock", State.OK, "synchronised")
    if shown is None:
        return Check("clock", State.UNKNOWN, "nothing here tells whether it is synchronised")
    if has_rtc:
        return Check("clock", State.OK, "not synchronised, but a battery-kept clock is there")
    return Check(
        "clock", State.WARN, "not synchronised, and no clock that runs on without power",
        "connect to a network once, or dates in records will be wrong; times within a session"
        " are right all the same",
    )  # fmt: skip


def check_disk(computer: Computer, state_dir: Path) -> Check:
    """Check that what is saved can be saved."""
    try:
        space = computer.space(state_dir)
    except OSError as error:
        return Check("disk", State.BAD, f"{state_dir}: {error.strerror or error}")
    free_mb = space.free_bytes / 1024 / 1024
    if space.is_read_only:
        return Check("disk", State.BAD, f"{state_dir} is on a file system that is read-only",
                     "switch the overlay file system off (raspi-config), or put --state on"
                     " another one; after a power cut the card may be damaged")  # fmt: skip
    if space.free_bytes < MIN_BYTES:
        return Check("disk", State.BAD, f"{free_mb:.0f} MB free at {state_dir}",
                     "delete old recordings")  # fmt: skip
    if space.free_bytes < FEW_BYTES:
        return Check("disk", State.WARN, f"only {free_mb:.0f} MB free at {state_dir}",
                     "delete old recordings")  # fmt: skip
    return Check("disk", State.OK, f"{free_mb / 1024:.1f} GB free at {state_dir}")


def check_power(computer: Computer) -> Check:
    """Check the supply, as the Pi's own power monitor tells it."""
    if not computer.is_pi:
        return Check("power", State.UNKNOWN, PI_ONLY)
    answer = computer.run(("vcgencmd", "get_throttled")) or computer.read(
        "sys/devices/platform/soc/soc:firmware/get_throttled"
    )
    match = re.fullmatch(r"(?:throttled=)?(?:0x)?([0-9a-fA-F]+)\s*", answer or "")
    if answer is None or match is None:
        match is_under_voltage(computer):
            case True:
                return Check("power", State.BAD, POWER_BITS[0][1], USE_OWN_SUPPLY, Place.SUPPLY)
            case False:
                return Check("power", State.OK, "the supply is steady now, says the kernel")
        return Check("power", State.UNKNOWN, "vcgencmd does not answer",
                     "run as a user of the group video")  # fmt: skip
    bits = int(match[1], 16)
    flags = [(state, why) for bit, (state, why) in POWER_BITS.items() if bits >> bit & 1]
    if not flags:
        return Check("power", State.OK, "the supply is and was steady")
    worst = State.BAD if any(state is State.BAD for state, _ in flags) else State.WARN
    return Check("power", worst, "; ".join(why for _, why in flags),
                 USE_OWN_SUPPLY, Place.SUPPLY)  # fmt: skip


def is_under_voltage(computer: Computer) -> bool | None:
    """Return whether the supply was too low in the last two seconds; None: nothing here tells.

    The kernel's own monitor, which anyone may read: a service need not be in the group video.
    """
    try:
        folders = sorted((computer.root / HWMON).iterdir())
    except OSError:
        return None
    for folder in folders:
        if (computer.read(f"{HWMON}/{folder.name}/name") or "").strip() == HWMON_NAME:
            alarm = (computer.read(f"{HWMON}/{folder.name}/{HWMON_ALARM}") or "").strip()
            return alarm == "1" if alarm in {"0", "1"} else None
    return None


def supply_trouble(computer: Computer) -> str:
    """Return what is wrong with the Pi's supply now and what to do; empty if nothing is seen."""
    if not is_under_voltage(computer):
        return ""
    return f"the Pi: {POWER_BITS[0][1]}: {USE_OWN_SUPPLY} ({cited(Place.SUPPLY)})"


def check_service(computer: Computer) -> Check:
    """Check the service, where it is installed."""
    shown = computer.run(
        ("systemctl", "show", "matfw", "-p", "LoadState,ActiveState,SubState,Result,NRestarts")
    )
    if shown is None:
        return Check("service", State.UNKNOWN, "systemctl does not answer")
    facts = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    if facts.get("LoadState") != "loaded":
        return Check("service", State.OK, "not installed: matfw runs when it is started by hand")
    active, restarts = facts.get("ActiveState", ""), facts.get("NRestarts", "0")
    if active == "failed":
        return Check("service", State.BAD, f"failed ({facts.get('Result', '')})",
                     "`journalctl -u matfw -n 50` says why", Place.SERVICE)  # fmt: skip
    if restarts.isdigit() and int(restarts) > 0:
        return Check("service", State.WARN, f"{active}, and was started again {restarts} times",
                     "`journalctl -u matfw -n 50` says why", Place.SERVICE)  # fmt: skip
    return Check("service", State.OK, f"{active} ({facts.get('SubState', '')})")


def check_state(
    notices: Sequence[str], uncalibrated: Sequence[str], note: str | None, now: datetime
) -> Check:
    """Check what the machine's own file holds: damage, and the calibration's age.

    note: of the calibration; its date is in it, as the console writes it.
    """
    if notices:
        return Check("state.toml", State.WARN, "; ".join(n.rstrip(".") for n in notices),
                     "save something at the console, and it is written again")  # fmt: skip
    if uncalibrated:
        return Check("state.toml", State.WARN, f"not calibrated: {', '.join(uncalibrated)}",
                     "`matfw console`, then `calibrate`", Place.CALIBRATING)  # fmt: skip
    since = age(note, now)
    if since.doubt or (since.days or 0.0) > OLD_DAYS:
        return Check("state.toml", State.WARN, f"calibrated {since.words}",
                     "try a known weight, or calibrate again", Place.CALIBRATING)  # fmt: skip
    return Check("state.toml", State.OK, f"readable; calibrated {since.words}")


def check_zero(loads_kg: Mapping[str, float], since: Age, *, is_empty: bool) -> Check:
    """Show how far each cell of an empty, calibrated mat has drifted since its tare.

    loads_kg: what the empty mat weighs. is_empty: it lies still, and no cell is out of order.
    """
    if not is_empty:
        why = "drift since the calibration shows on an empty, calibrated mat alone"
        return Check("zero", State.UNKNOWN, why)
    when = "the last tare" if since.days is None else f"the calibration {since.words}"
    moved = ", ".join(f"{name} {load:+.2f} kg" for name, load in loads_kg.items())
    total_kg = sum(loads_kg.values())
    why = f"drift since {when}: {moved}; {total_kg:+.2f} kg in all"
    if max(map(abs, [*loads_kg.values(), total_kg])) > ZERO_KG:
        return Check("zero", State.WARN, why, "if the mat is empty, take a tare", Place.DECK)
    return Check("zero", State.OK, why)
