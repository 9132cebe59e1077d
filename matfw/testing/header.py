"""The header of a virtual Pi: a kernel module with converters behind its lines, and its files.

What the module's files hold, for whoever is in the machine (`Header`) and whoever looks at it from
outside (tests/virtual_pi).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntFlag
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matfw.messages import CellCalibration
from matfw.testing.edges import Edge, read_edges
from matfw.virtual.trace import Trace

FOLDER = Path("/sys/kernel/debug/virtual_pi")
PARAMETERS = Path("/sys/module/matfw_virtual_pi/parameters")
PLAY_HZ = 100  # frames of a script; the module goes straight between them
PPM = 1e6

Frames: TypeAlias = NDArray[np.float64]


class Wire(IntFlag):
    """What is wrong with a converter's wires; the module's bits."""

    WHOLE = 0
    SCK_CUT = 1
    DOUT_CUT = 2
    DOUT_SHORT = 4
    FROZEN = 8
    BRIDGE_CUT = 16


def is_there() -> bool:
    """Return whether this computer is a virtual Pi, and its header may be used."""
    try:
        return (FOLDER / "state").exists()
    except OSError:  # debugfs is root's
        return False


class Header:
    """The header of the virtual Pi that this program runs on."""

    def wires(self) -> list[tuple[int, int]]:
        """Return each converter's DOUT and SCK."""
        dout, sck = ((PARAMETERS / name).read_text().split(",") for name in ("dout", "sck"))
        return [(int(a), int(b)) for a, b in zip(dout, sck, strict=True)]

    def control(self, *lines: str) -> None:
        """Give the module commands."""
        (FOLDER / "control").write_text("\n".join(lines))

    def play(self, script: bytes) -> None:
        """Let the converters measure what a script says, from now on."""
        (FOLDER / "script").write_bytes(script)
        self.control("play 0")

    def chips(self) -> list[dict[str, int]]:
        """Return each converter's counters."""
        return chips_of(parse_state((FOLDER / "state").read_text()))

    def edges(self) -> list[Edge]:
        """Return all edges of outputs since `clear`."""
        return read_edges((FOLDER / "edges").read_bytes())


def parse_state(text: str) -> list[dict[str, str]]:
    """Return the module's account, a line at a time."""
    return [dict(word.split("=") for word in line.split()) for line in text.splitlines()]


def chips_of(state: Sequence[dict[str, str]]) -> list[dict[str, int]]:
    """Return each converter's counters."""
    return [{key: int(value) for key, value in line.items()} for line in state if "chip" in line]


def frames_of(trace: Trace) -> Frames:
    """Return what each cell carries in a session, kg: a row a frame, a column a cell."""
    t_s = np.arange(0.0, trace.duration_s, 1.0 / PLAY_HZ)
    return np.column_stack([np.interp(t_s, trace.t_s, loads) for loads in trace.loads_kg.T])


def script_of(
    loads_kg: Frames, lines: Sequence[CellCalibration], chips: Sequence[int], count: int
) -> bytes:
    """Return what the module plays.

    chips: the converter of each cell; count: how many there are, all others measure nothing.
    """
    counts = np.zeros((len(loads_kg), count))
    for chip, line, loads in zip(chips, lines, loads_kg.T, strict=True):
        counts[:, chip] = line.tare_counts + line.counts_per_kg * loads
    return struct.pack("<i", 1_000_000 // PLAY_HZ) + np.rint(counts).astype("<i4").tobytes()
