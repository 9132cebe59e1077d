"""A virtual Pi as a bench: its mat, its wires, its service, its console, its outputs."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from matfw.devices.indicator import LIGHT_NAMES
from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.messages import CellCalibration, Mat
from matfw.settings.model import Settings
from matfw.settings.state import CellLine, MachineState
from matfw.settings.state_file import STATE_FILE, read_state, write_state
from matfw.settings.wiring import DEFAULT_PINS
from matfw.testing.edges import Edge, Lit, heard, read_edges, seen
from matfw.testing.header import (
    FOLDER,
    PLAY_HZ,
    Frames,
    Wire,
    chips_of,
    frames_of,
    parse_state,
    script_of,
)
from matfw.testing.outputs import Heard
from matfw.virtual.deck import Deck
from matfw.virtual.trace import Trace
from tests.virtual_pi.errors import GuestError
from tests.virtual_pi.far_end import FarEnd, Line
from tests.virtual_pi.machine import Machine

UNIT = "matfw.service"
STATE = f"/var/lib/matfw/{STATE_FILE}"
LOAD_LIMIT_S = 10.0  # a small computer that has just started lags by a second or two
LAID_S = 0.4  # guest time in which a weight is set down
NOISE_COUNTS = 60  # 1.4 g: a half bridge of 50 kg at 80 samples a second
# What the cells really are, and the settings do not know: to be found by a calibration.
TARES = (5200, -3100, 8400, -1500)
GAINS = (42_100.0, 43_600.0, 42_700.0, 44_000.0)
PPM = (3000, -4000, 9000, -1000)  # of the converters' oscillators
JOURNAL_LINES = 300  # that are looked at: the last ones, as a whole journal takes a second to read
READY_LIMIT_S = 90.0  # guest time, from a start or restart of the service
# What tells matfw's processes apart in their command lines.
ROLES = {"resource_tracker": "tracker", "refine_process": "refiner", "spawn_main": "acquisition"}
Seen = TypeVar("Seen")
_EVENT = re.compile(r"^\s*(\d+\.\d+) s  (\w+)\s+(.*)$")


@dataclass(frozen=True, slots=True)
class Said:
    """An event in the service's journal."""

    t_s: float
    kind: str
    what: str


class VirtualPi:
    """A machine that runs with matfw installed. A context over its machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.mat: Mat = Settings().mat()
        self.names = [cell.name for cell in self.mat.cells]
        self._outputs = dict(zip(("buzzer", *LIGHT_NAMES), Settings().outputs.pins(), strict=True))
        self._deck = Deck.for_layout(self.mat.cells)
        self._far_end: FarEnd | None = None
        self.truth = tuple(
            CellCalibration(tare, gain) for tare, gain in zip(TARES, GAINS, strict=True)
        )
        self._carried_kg: list[float] | None = None  # None: of somebody's script
        self.restore()

    # --- the module

    def restore(self) -> None:
        """Let the converters be those of this Pi, whatever tests have made of them; empty."""
        lines = []
        for index, ppm in enumerate(PPM):
            lines += [f"set {index} ppm {ppm}", f"set {index} noise {NOISE_COUNTS}"]
            lines += [f"set {index} rate_mhz 80000"]
        self.control(*lines)
        self._carried_kg = None
        self.clear()

    def control(self, *lines: str) -> None:
        """Give the kernel module commands."""
        self.machine.write(f"{FOLDER}/control", "\n".join(lines))

    def clear(self) -> None:
        """Take everything off the mat, mend all wires."""
        self.control(*(f"set {n} fault 0" for n in range(len(self.names))))
        self._carry([0.0] * len(self.names))

    def lay(self, *weights: tuple[float, float, float]) -> None:
        """Lay weights (kg, x mm, y mm) on the mat, and nothing else."""
        kg, x, y = np.array(weights).T
        self._carry(self._deck.loads_kg(x, y, kg[None, :] * GRAVITY_M_S2)[0].tolist())

    def wait_load(self, load_kg: float, within_kg: float) -> Line:
        """Return the console's status as soon as it tells of this load. Raises GuestError."""

        def is_it(status: Line) -> bool:
            told_kg = status["load_kg"]
            return told_kg is not None and abs(told_kg - load_kg) <= within_kg

        return self.wait_for(
            lambda: self.console.ask("status"), is_it, f"load of {load_kg:g} kg in status",
            LOAD_LIMIT_S, every_s=0.2,
        )  # fmt: skip

    def wire(self, cell: str, wire: Wire) -> None:
        """Cut or mend a cell's wires."""
        self.control(f"set {self.names.index(cell)} fault {int(wire)}")

    def play(self, trace: Trace, delay_s: float = 1.0) -> float:
        """Let somebody do their session; return the guest's time at which it begins."""
        self.machine.write(f"{FOLDER}/script", self._script(frames_of(trace)))
        self._carried_kg = None
        self.control("clear", f"play {round(1000 * delay_s)}")
        return int(self.state()[0]["script_start_ns"]) * 1e-9

    def state(self) -> list[dict[str, str]]:
        """Return the module's own account, a line at a time."""
        return parse_state(self.machine.out("cat", f"{FOLDER}/state"))

    def chips(self) -> list[dict[str, int]]:
        """Return the counters of each cell's converter."""
        return chips_of(self.state())[: len(self.names)]

    def levels(self) -> dict[str, bool]:
        """Return which outputs are high now."""
        lines = {int(line["line"]): line["level"] == "1" for line in self.state() if "line" in line}
        return {name: lines.get(pin, False) for name, pin in self._outputs.items()}

    def on_at(self, edges: Sequence[Edge], t_s: float) -> list[str]:
        """Return which outputs were high at a moment."""
        level = {edge.line: edge.level for edge in edges if edge.at_s <= t_s}
        return [name for name, pin in self._outputs.items() if level.get(pin, False)]

    def edges(self) -> list[Edge]:
        """Return all edges of the outputs since the last `play`."""
        return read_edges(self.machine.read(f"{FOLDER}/edges"))

    def heard(self, edges: Sequence[Edge]) -> list[Heard]:
        """Return the buzzer's tones."""
        return heard(edges, self._outputs["buzzer"])

    def seen(self, edges: Sequence[Edge]) -> Mapping[str, list[Lit]]:
        """Return when each light was on."""
        return {name: seen(edges, self._outputs[name]) for name in LIGHT_NAMES}

    def now_s(self) -> float:
        """Return the guest's monotonic clock."""
        self.machine.pause(0.0)
        return self.machine.guest_s

    # --- the service

    def wait_ready(self, limit_s: float = READY_LIMIT_S) -> None:
        """Wait until systemd knows that it is ready: the cells have been read.

        The cable is plugged in again: a console that has started again speaks text.
        """
        self.unplug()
        self.machine.until(("systemctl", "is-active", UNIT), "active", limit_s=limit_s)

    def know_cells(self) -> None:
        """Let matfw know what the cells are, as after a calibration; it may know already."""
        if not self.console.ask("status")["uncalibrated"]:
            return
        known = {
            name: CellLine(tare_counts=each.tare_counts, counts_per_kg=each.counts_per_kg)
            for name, each in zip(self.names, self.truth, strict=True)
        }
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_state(folder, read_state(folder), MachineState(calibration=known), os)
            state = (folder / STATE_FILE).read_bytes()
        self.unplug()
        self.machine.out("systemctl", "stop", UNIT)
        self.machine.write(STATE, state, mode=0o600)
        self.machine.out("chown", "matfw:matfw", STATE)
        self.machine.out("sync")  # a mat that was calibrated long ago
        self.machine.out("systemctl", "start", UNIT)
        self.wait_ready()

    def systemd(self, name: str) -> str:
        """Return what systemd knows of the service."""
        return self.machine.out("systemctl", "show", "--value", "-p", name, UNIT)

    def processes(self) -> dict[str, int]:
        """Return the process ids of matfw, by what each of them does."""
        listed = self.machine.out("cat", f"/sys/fs/cgroup/system.slice/{UNIT}/cgroup.procs")
        main = int(self.systemd("MainPID"))
        found = {"main": main}
        for number in map(int, listed.split()):
            if number == main:
                continue
            words = self.machine.read(f"/proc/{number}/cmdline").split(b"\0")
            if any(words):  # one that is just starting, or has ended, has none
                found[_role(words)] = number
        return found

    def journal(self, since_s: float = 0.0) -> list[str]:
        """Return what the service has printed since a moment of the guest's clock."""
        done = self.machine.out(
            "journalctl",
            "-b",
            "-u",
            UNIT,
            "-o",
            "short-monotonic",
            "--no-pager",
            "-q",
            "-n",
            str(JOURNAL_LINES),
        )
        found = []
        for line in done.splitlines():
            match = re.match(r"^\[\s*(\d+\.\d+)\] \S+ [^:]+: (.*)$", line)
            if match and float(match[1]) >= since_s:
                found.append(match[2])
        return found

    def events(self, since_s: float = 0.0) -> list[Said]:
        """Return the firmware's events since then, as its journal has them."""
        found = []
        for line in self.journal(since_s):
            match = _EVENT.match(line)
            if match and float(match[1]) >= since_s:
                found.append(Said(float(match[1]), match[2], match[3]))
        return found

    def wait_said(self, since_s: float, words: str, limit_s: float = 30.0) -> None:
        """Wait until the service's journal has these words. limit_s: guest time."""
        self.wait_for(
            lambda: "\n".join(self.journal(since_s)),
            lambda said: words in said,
            repr(words),
            limit_s,
        )

    def wait_event(self, since_s: float, kind: str, begins: str, limit_s: float = 20.0) -> Said:
        """Return the first such event. limit_s: guest time. Raises GuestError."""

        def is_it(event: Said) -> bool:
            return event.kind == kind and event.what.startswith(begins)

        events = self.wait_events(
            since_s, lambda events: any(map(is_it, events)), f"{kind} {begins!r}", limit_s
        )
        return next(filter(is_it, events))

    def wait_events(
        self, since_s: float, are_there: Callable[[list[Said]], bool], what: str, limit_s: float
    ) -> list[Said]:
        """Return the events since then, as soon as these are there. Raises GuestError."""
        return self.wait_for(lambda: self.events(since_s), are_there, what, limit_s)

    def wait_quiet(self, since_s: float, limit_s: float = 30.0) -> list[Said]:
        """Return the events since then, once nothing sounds or shines and none has come for 2 s."""
        last: list[Said] = []

        def is_quiet(found: tuple[list[Said], dict[str, bool]]) -> bool:
            nonlocal last
            was, last = last, found[0]
            return was == last and not any(found[1].values())

        return self.wait_for(
            lambda: (self.events(since_s), self.levels()), is_quiet, "silence", limit_s, every_s=2.0
        )[0]

    def wait_for(
        self, look: Callable[[], Seen], is_it: Callable[[Seen], bool], what: str, limit_s: float,
        every_s: float = 2.0,
    ) -> Seen:  # fmt: skip
        """Return what is looked at as soon as it is it. limit_s: guest time. Raises GuestError."""
        end_s = self.now_s() + limit_s
        while not is_it(found := look()):
            if self.machine.guest_s > end_s:
                raise GuestError(f"no {what} within {limit_s:g} s; only {found}")
            self.machine.pause(every_s)
        return found

    # --- the console

    @property
    def console(self) -> FarEnd:
        """Return the far end of the serial cable, plugged in at first use."""
        if self._far_end is None:
            self._far_end = FarEnd(self.machine.connect_tty())
        return self._far_end

    def unplug(self) -> None:
        """Unplug the serial cable."""
        if self._far_end is not None:
            self._far_end.close()
            self._far_end = None

    def _carry(self, loads_kg: Sequence[float]) -> None:
        """Let the cells carry this, smoothly, as a hand sets down and takes away.

        In steps it would be no weight: what steps alike in all cells is the buzzer's draw to the
        firmware (`impulses.py`), and is left out for two seconds.
        """
        was_kg, self._carried_kg = self._carried_kg, list(loads_kg)
        ends = [
            f"set {n} value {round(line.tare_counts + line.counts_per_kg * load)}"
            for n, (line, load) in enumerate(zip(self.truth, loads_kg, strict=True))
        ]
        if was_kg is None:
            self.control("stop", *ends)
        if was_kg is None or was_kg == loads_kg:
            return
        share = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, round(PLAY_HZ * LAID_S) + 1))
        old, new = np.array(was_kg), np.array(loads_kg)
        self.machine.write(f"{FOLDER}/script", self._script(old + share[:, None] * (new - old)))
        self.control("play 0", *ends)  # these are in force when the script is stopped
        self.machine.pause(LAID_S)

    def _script(self, loads_kg: Frames) -> bytes:
        return script_of(loads_kg, self.truth, range(len(self.names)), len(DEFAULT_PINS))


def _role(words: Sequence[bytes]) -> str:
    text = b" ".join(words).decode(errors="replace")
    for word, role in ROLES.items():
        if word in text:
            return role
    raise GuestError(f"a process of matfw that is not known: {text}")
