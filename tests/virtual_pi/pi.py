"""A virtual Pi as a bench: its mat, its wires, its service, its console, its outputs."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from matfw.devices.indicator import LIGHT_NAMES
from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.messages import CellCalibration, Mat
from matfw.settings.model import Settings
from matfw.testing.outputs import Heard
from matfw.virtual.deck import Deck
from matfw.virtual.trace import Trace
from tests.virtual_pi.errors import GuestError
from tests.virtual_pi.far_end import FarEnd
from tests.virtual_pi.machine import Machine
from tests.virtual_pi.outputs import Edge, Lit, heard, read_edges, seen

FOLDER = "/sys/kernel/debug/virtual_pi"
UNIT = "matfw.service"
PLAY_HZ = 100  # frames of a script; the module goes straight between them
LOAD_LIMIT_S = 10.0  # a small computer that has just started lags by a second or two
LAID_S, LAID_STEPS = 0.4, 8  # guest time in which a weight is set down
NOISE_COUNTS = 60  # 1.4 g: a half bridge of 50 kg at 80 samples a second
# What the cells really are, and the settings do not know: to be found by a calibration.
TARES = (5200, -3100, 8400, -1500)
GAINS = (42_100.0, 43_600.0, 42_700.0, 44_000.0)
PPM = (3000, -4000, 9000, -1000)  # of the converters' oscillators
READY_LIMIT_S = 90.0  # guest time, from a start or restart of the service
# What tells matfw's processes apart in their command lines.
ROLES = {"resource_tracker": "tracker", "refine_process": "refiner", "spawn_main": "acquisition"}
_EVENT = re.compile(r"^\s*(\d+\.\d+) s  (\w+)\s+(.*)$")


class Wire(IntEnum):
    """What is wrong with a converter's wires; the module's bits."""

    WHOLE = 0
    SCK_CUT = 1
    DOUT_CUT = 2
    DOUT_SHORT = 4
    FROZEN = 8
    BRIDGE_CUT = 16


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
        lines = []
        for index, ppm in enumerate(PPM):
            lines += [f"set {index} ppm {ppm}", f"set {index} noise {NOISE_COUNTS}"]
        self.control(*lines)
        self.clear()

    # --- the module

    def control(self, *lines: str) -> None:
        """Give the kernel module commands."""
        self.machine.write(f"{FOLDER}/control", "\n".join(lines))

    def clear(self) -> None:
        """Take everything off the mat, mend all wires."""
        self.control("stop", *(f"set {n} fault 0" for n in range(len(self.names))))
        self._carry([0.0] * len(self.names))

    def lay(self, *weights: tuple[float, float, float]) -> None:
        """Lay weights (kg, x mm, y mm) on the mat, and nothing else, as a hand sets them down."""
        kg, x, y = np.array(weights).T
        laid_kg = self._deck.loads_kg(x, y, kg[None, :] * GRAVITY_M_S2)[0]
        for step in range(1, LAID_STEPS + 1):
            self._carry((laid_kg * (step / LAID_STEPS)).tolist())
            self.machine.pause(LAID_S / LAID_STEPS)

    def wait_load(self, load_kg: float, within_kg: float) -> None:
        """Wait until the console tells of this load. Raises GuestError where it never does."""
        told_kg, ends_s = math.nan, self.now_s() + LOAD_LIMIT_S
        while self.now_s() < ends_s:
            told_kg = self.console.ask("status")["load_kg"]
            if told_kg is not None and abs(told_kg - load_kg) <= within_kg:
                return
            self.machine.pause(0.2)
        raise GuestError(f"the console tells of {told_kg} kg {LOAD_LIMIT_S:g} s after"
                         f" {load_kg:g} kg lay there")  # fmt: skip

    def wire(self, cell: str, wire: Wire) -> None:
        """Cut or mend a cell's wires."""
        self.control(f"set {self.names.index(cell)} fault {int(wire)}")

    def play(self, trace: Trace, delay_s: float = 1.0) -> float:
        """Let somebody do their session; return the guest's time at which it begins."""
        t_s = np.arange(0.0, trace.duration_s, 1.0 / PLAY_HZ)
        counts = np.column_stack(
            [
                line.tare_counts + line.counts_per_kg * np.interp(t_s, trace.t_s, loads)
                for line, loads in zip(self.truth, trace.loads_kg.T, strict=True)
            ]
        )
        frames = np.rint(counts).astype("<i4").tobytes()
        self.machine.write(f"{FOLDER}/script", struct.pack("<i", 1_000_000 // PLAY_HZ) + frames)
        self.control("clear", f"play {round(1000 * delay_s)}")
        return int(self.state()[0]["script_start_ns"]) * 1e-9

    def state(self) -> list[dict[str, str]]:
        """Return the module's own account, a line at a time."""
        lines = self.machine.out("cat", f"{FOLDER}/state").splitlines()
        return [dict(word.split("=") for word in line.split()) for line in lines]

    def chips(self) -> list[dict[str, int]]:
        """Return each converter's counters."""
        return [
            {key: int(value) for key, value in line.items()}
            for line in self.state() if "chip" in line
        ]  # fmt: skip

    def levels(self) -> dict[str, bool]:
        """Return which outputs are high now."""
        lines = {int(line["line"]): line["level"] == "1" for line in self.state() if "line" in line}
        return {name: lines.get(pin, False) for name, pin in self._outputs.items()}

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

        The cable is plugged in anew: a console that has started again speaks text.
        """
        self.unplug()
        self.machine.until(("systemctl", "is-active", UNIT), "active", limit_s=limit_s)

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
            found[_role(words)] = number
        return found

    def journal(self, since_s: float = 0.0) -> list[str]:
        """Return what the service has printed since a moment of the guest's clock."""
        done = self.machine.out(
            "journalctl", "-b", "-u", UNIT, "-o", "short-monotonic", "--no-pager", "-q"
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

    def wait_event(self, since_s: float, kind: str, begins: str, limit_s: float = 20.0) -> Said:
        """Return the first such event. limit_s: guest time. Raises GuestError."""
        end_s = self.now_s() + limit_s
        while True:
            events = self.events(since_s)
            for event in events:
                if event.kind == kind and event.what.startswith(begins):
                    return event
            if self.machine.guest_s > end_s:
                raise GuestError(f"no {kind} {begins!r} within {limit_s:g} s; only {events}")
            self.machine.pause(1.0)

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
        self.control(
            *(
                f"set {n} value {round(line.tare_counts + line.counts_per_kg * load)}"
                for n, (line, load) in enumerate(zip(self.truth, loads_kg, strict=True))
            )
        )


def _role(words: Sequence[bytes]) -> str:
    text = b" ".join(words).decode(errors="replace")
    for word, role in ROLES.items():
        if word in text:
            return role
    raise GuestError(f"a process of matfw that is not known: {text}")
