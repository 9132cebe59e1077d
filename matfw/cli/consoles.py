"""The console's parts put together: control and its links for `run`, the client for `console`."""

# ruff: noqa: PLC0415  nothing heavy is imported before it is needed

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matfw.cli.signals import signals_blocked
from matfw.errors import MatLinkError

if TYPE_CHECKING:
    from matfw.control.api import Control
    from matfw.devices.indicator import GpiozeroIndicator
    from matfw.messages import Mat
    from matfw.service.acquisition import Acquisition
    from matfw.settings.store import SettingsStore

SOCKET_FILE = "console.sock"
SERVICE_STATE, SERVICE_RUN = Path("/var/lib/matfw"), Path("/run/matfw")  # systemd/matfw.service

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ConsolePlan:
    """What the consoles of one firmware act on, and where they are reached.

    ports: of the settings and the command line. unset_plan: led through where the settings name
    none. lay: lays a weight on an empty virtual mat (kg, mm,
    mm). Raises MatUsageError for one that cannot be one.
    """

    store: SettingsStore
    state_dir: Path
    ports: Sequence[str]
    unset_plan: str
    lay: Callable[[float, float, float], object] | None = None

    def __post_init__(self) -> None:
        """Refuse a wrong URL before anything is started."""
        if self.ports:
            from matfw.devices.serial_link import check_port

            for name in self.ports:
                check_port(name)


@contextmanager
def consoles(
    plan: ConsolePlan,
    mat: Mat,
    indicator: GpiozeroIndicator,
    acquisition: Acquisition,
    say: Say,
    *,
    is_virtual: bool,
) -> Iterator[Control]:
    """Give what consoles act on, with all links open; a link that cannot be had stops nothing."""
    with signals_blocked():
        from matfw.control.api import Control
        from matfw.devices.clock import RealClock
        from matfw.devices.console_socket import ConsoleSocket
        from matfw.devices.serial_link import open_serial
        from matfw.diagnose.checks import Computer
        from matfw.diagnose.system import supply_trouble
        from matfw.links.hub import ConsoleLinks
        from matfw.recording.background import Recordings

    source = "the VIRTUAL bench of matfw: no person" if is_virtual else "a matfw mat"
    control = Control(
        plan.store, mat, RealClock(),
        functools.partial(Recordings, plan.state_dir / "recordings", source),
        set_volume=functools.partial(setattr, indicator, "volume"),
        set_sound=functools.partial(setattr, indicator, "sound_mode"),
        account=lambda: acquisition.account, is_virtual=is_virtual,
        can_restart="NOTIFY_SOCKET" in os.environ, lay=plan.lay, ports=plan.ports,
        unset_plan=plan.unset_plan,
        supply_trouble=functools.partial(supply_trouble, Computer()),
    )  # fmt: skip
    with ExitStack() as opened:
        opened.callback(control.close)
        links = ConsoleLinks(control, say)
        try:
            listener = ConsoleSocket(own_socket(plan.state_dir))
        except MatLinkError as error:
            say(str(error))
        else:
            opened.callback(listener.close)
            links.listen(listener)
        opened.callback(links.close)
        links.serve(plan.ports, open_serial)
        yield control


def own_socket(state_dir: Path) -> Path:
    """Return where this firmware's socket is to be: where systemd says, or with the state."""
    folder = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    return (Path(folder) if folder else state_dir) / SOCKET_FILE


def sockets_of(state_dir: Path, *, is_chosen: bool) -> list[Path]:
    """Return where a firmware's socket may be: one's own, or the service's.

    is_chosen: state_dir was asked for, so that another firmware is not meant.
    """
    found = [state_dir / SOCKET_FILE]
    if not is_chosen or state_dir == SERVICE_STATE:
        found.append(SERVICE_RUN / SOCKET_FILE)
    return found


def talk(port: str | None, state_dir: Path, *, is_chosen: bool, is_json: bool) -> bool:
    """Be the far end of a console: a person's terminal, or a pipe. Return whether all went well.

    port: a serial port; None: the firmware's socket on this computer. Raises MatLinkError.
    """
    from matfw.links.client import Client, piped

    def reach(*, is_again: bool = False) -> Client:
        if port is None:
            from matfw.devices.console_socket import connect

            return Client("matfw", connect(sockets_of(state_dir, is_chosen=is_chosen)))
        from matfw.devices.serial_link import check_port, open_serial

        check_port(port)
        reached = Client(port, open_serial(port))
        try:
            if not (is_again and reached.is_quiet()):
                reached.be_quiet()
        except MatLinkError:
            reached.link.close()
            raise
        return reached

    client = reach()
    try:
        if is_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return piped(client, sys.stdin.fileno(), sys.stdout, is_json=is_json)
        from matfw.display.console_screen import ConsoleScreen

        screen = ConsoleScreen(client, functools.partial(reach, is_again=True))
        try:
            screen.run()
        finally:
            client = screen.client
        with suppress(MatLinkError):  # it has gone before us
            client.leave()
    finally:
        client.link.close()
    return True
