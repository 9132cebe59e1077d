"""The Raspberry Pi's GPIO lines through lgpio, all clocks and all data lines as one group each.

lgpio keeps Python's lock during a call, on purpose: with a library that gives it up,
one busy thread beside the reader tore 0.8 to 2.5 % of all frames.

lgpio's groups: the lines are claimed together in a given order; the first is the group's leader
and stands for the group in later calls; bit i of a level or mask word is the i-th line. A line is
in one group only, a group has at most 64 lines, and all of it is one ioctl.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from matfw.errors import MatGpioError

# The header's chip is known by its label: its number has been 0, 4 and 11 to 15 on a Pi 5, by
# kernel. In the order of looking: Pi 5, Pi 4, all older ones (kernels differ in what they say).
PI_LABELS = (
    "pinctrl-rp1",
    "pinctrl-bcm2711",
    "pinctrl-bcm2835",
    "pinctrl-bcm2837",
    "pinctrl-bcm2836",
)
DEV = Path("/dev")
LINE_USED = 1  # bit 0 of a line's flags: claimed by somebody (lgpio, gpio_get_mode)


class Lgpio(Protocol):
    """The part of the lgpio module that is used here."""

    @property
    def error(self) -> type[Exception]:
        """Return the exception that all its functions raise."""
        ...

    def gpiochip_open(self, gpiochip: int) -> int:
        """Open /dev/gpiochipN; return a handle."""
        ...

    def gpiochip_close(self, handle: int) -> int:
        """Close it and free its lines."""
        ...

    def gpio_get_chip_info(self, handle: int) -> Sequence[Any]:
        """Return status, number of lines, name, label."""
        ...

    def gpio_get_line_info(self, handle: int, gpio: int) -> Sequence[Any]:
        """Return status, number, flags, name, user."""
        ...

    def group_claim_output(self, handle: int, gpio: list[int], levels: list[int]) -> int:
        """Claim lines as outputs at these levels."""
        ...

    def group_claim_input(self, handle: int, gpio: list[int]) -> int:
        """Claim lines as inputs."""
        ...

    def group_write(self, handle: int, gpio: int, group_bits: int, group_mask: int) -> int:
        """Set those lines of the leader's group that are in the mask."""
        ...

    def group_read(self, handle: int, gpio: int) -> Sequence[int]:
        """Return the group's size and levels."""
        ...

    def group_free(self, handle: int, gpio: int) -> int:
        """Give the leader's group back."""
        ...


def load_lgpio() -> Lgpio:
    """Import lgpio; raise MatGpioError if it is not installed.

    At import lgpio makes a named pipe in LG_WD, or else in the working directory, which a service
    may not write to and a person does not want littered. So every process gets a folder for it,
    removed at exit. lgpio 0.2.2 then makes that folder the process's working directory, which is
    put right again. Call this before anything else imports lgpio (gpiozero's LGPIOFactory does).
    """
    if "LG_WD" not in os.environ:
        folder = _pipe_folder(os.environ.get("RUNTIME_DIRECTORY"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["LG_WD"] = folder
    elif not os.access(os.environ["LG_WD"], os.W_OK | os.X_OK):
        raise MatGpioError(
            f"LG_WD names {os.environ['LG_WD']}, and lgpio cannot make its pipe there: name a"
            " folder that is there and may be written, or unset LG_WD"
        )
    working_folder = os.getcwd()
    try:
        import lgpio  # noqa: PLC0415  # only where there are pins: it loads a C library
    except ImportError as error:
        _chip_numbers(DEV)  # without a chip that is what is wrong, not the missing library
        raise MatGpioError(
            f"lgpio cannot be imported ({error}): install matfw's own dependencies, or Raspberry "
            "Pi OS's package python3-lgpio"
        ) from error
    finally:
        os.chdir(working_folder)
    return cast(Lgpio, lgpio)


def _pipe_folder(runtime_folders: str | None) -> str:
    """Return a new folder in the first of systemd's runtime folders, or in the usual place."""
    below = runtime_folders.split(":")[0] if runtime_folders else None  # systemd.exec(5)
    try:
        return tempfile.mkdtemp(prefix="matfw-lgpio-", dir=below or None)
    except OSError as error:
        where = f"in {below}, which RUNTIME_DIRECTORY names" if below else "for temporary files"
        raise MatGpioError(
            f"lgpio's pipe cannot be made {where} ({error.strerror}): see that it is there and may"
            " be written"
        ) from None


def chip_number(override: int | None = None) -> int:
    """Return the number of the Pi's header chip, as gpiozero's `LGPIOFactory(chip=)` wants it."""
    return find_chip(load_lgpio(), override)


def find_chip(lgpio: Lgpio, override: int | None = None, dev: Path = DEV) -> int:
    """Return N of the /dev/gpiochipN that has the header's pins.

    override: the setting; taken as it is. Raises MatGpioError if there is no such chip.
    """
    if override is not None:
        return override
    numbers = _chip_numbers(dev)
    labels: dict[str, int] = {}
    denied: list[str] = []
    for number in numbers:
        path = dev / f"gpiochip{number}"
        if not os.access(path, os.R_OK | os.W_OK):
            denied.append(str(path))
            continue
        try:
            handle = lgpio.gpiochip_open(number)
        except lgpio.error:
            continue  # vanished, or no GPIO chip in spite of its name
        try:
            labels.setdefault(str(lgpio.gpio_get_chip_info(handle)[3]), number)
        finally:
            lgpio.gpiochip_close(handle)
    for label in PI_LABELS:
        if label in labels:
            return labels[label]
    if denied:
        raise MatGpioError(
            f"no permission for {', '.join(denied)}: add the user to the group gpio "
            "(sudo usermod -aG gpio NAME), then log in again"
        )
    raise MatGpioError(
        f"no GPIO chip of a Raspberry Pi: {dev} has {', '.join(map(repr, labels)) or 'none usable'}"
        f", known are {', '.join(PI_LABELS)}: if one of them is right, set gpio.chip to its number"
    )


def _chip_numbers(dev: Path) -> list[int]:
    """Return the N of all /dev/gpiochipN; raise MatGpioError if there is none."""
    numbers = sorted(int(p.name[8:]) for p in dev.glob("gpiochip*") if p.name[8:].isdigit())
    if not numbers:
        raise MatGpioError(
            f"no GPIO chip: {dev} has no gpiochip* on this computer: run matfw on a Raspberry Pi, "
            "or without hardware with --virtual"
        )
    return numbers


class LgpioGroup:
    """Clock and data lines claimed through lgpio; fits `ports.GpioGroup`.

    clock_pins: GPIO numbers, all outputs, low; one per converter, or a single one for all.
    data_pins: GPIO numbers, all inputs. lgpio: the module (`load_lgpio`). chip: its number
    (`find_chip`). Raises MatGpioError if the chip cannot be opened or a pin is in use.
    """

    def __init__(
        self, lgpio: Lgpio, chip: int, clock_pins: Sequence[int], data_pins: Sequence[int]
    ) -> None:
        pins = [*clock_pins, *data_pins]
        if not clock_pins or not data_pins or len(set(pins)) != len(pins):
            raise MatGpioError(f"pins must be given, and each once only (got {pins})")
        self._lgpio = lgpio
        self._clocks = (1 << len(clock_pins)) - 1
        self._clock_leader, self._data_leader = clock_pins[0], data_pins[0]
        try:
            self._handle = lgpio.gpiochip_open(chip)
        except lgpio.error as error:
            raise MatGpioError(
                f"/dev/gpiochip{chip} cannot be opened ({error}): it must exist and the user be "
                "in the group gpio"
            ) from error
        try:
            lgpio.group_claim_output(self._handle, list(clock_pins), [0] * len(clock_pins))
            lgpio.group_claim_input(self._handle, list(data_pins))
        except lgpio.error as error:
            problem = _who_has(lgpio, self._handle, chip, pins)
            lgpio.gpiochip_close(self._handle)
            raise MatGpioError(
                f"the converters' pins cannot be claimed ({error}): {problem}"
            ) from error
        self._group_write, self._group_read = lgpio.group_write, lgpio.group_read
        self._is_closed = False

    def write(self, levels: int, mask: int) -> None:
        """Drive the clock lines in mask to the given levels, by one ioctl."""
        self._group_write(self._handle, self._clock_leader, levels, mask)

    def read(self) -> int:
        """Return the levels of all data lines, by one ioctl."""
        return self._group_read(self._handle, self._data_leader)[1]

    def close(self) -> None:
        """Give the lines back, clocks low."""
        if self._is_closed:
            return
        self._is_closed = True
        self.write(0, self._clocks)
        self._lgpio.group_free(self._handle, self._clock_leader)
        self._lgpio.group_free(self._handle, self._data_leader)
        self._lgpio.gpiochip_close(self._handle)


def _who_has(lgpio: Lgpio, handle: int, chip: int, pins: Sequence[int]) -> str:
    """Return which of the pins are taken, by whom, and what to do."""
    taken = []
    for pin in pins:
        try:
            info = lgpio.gpio_get_line_info(handle, pin)
        except lgpio.error:
            taken.append(f"gpiochip{chip} has no GPIO{pin}")
            continue
        if int(info[2]) & LINE_USED:
            taken.append(f"GPIO{pin} is in use by {info[4] or 'an unnamed program'}")
    return (
        f"{'; '.join(taken) or 'no pin is seen to be in use'}. Stop the other program (another "
        "matfw? systemctl stop matfw), free the pin of its overlay in config.txt, or set other pins"
    )
