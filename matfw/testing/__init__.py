"""For people who test their own driver, fault or mat: README.md. A pytest plugin, and its parts.

`import matfw.testing` loads nothing: each name is fetched when it is asked for. pytest itself is
imported by plugin.py alone, which only pytest loads.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matfw.messages import CellProblem, Fault, Phase, RawFrame, Side
    from matfw.ports import Clock, GpioGroup, LoadCells, ReaderStats
    from matfw.testing.bench_file import BenchFile, load_bench
    from matfw.testing.cells import Cells, TestedCell, VirtualCell
    from matfw.testing.console import Console, VirtualConsole
    from matfw.testing.lifter import Lifter
    from matfw.testing.mat import MatUnderTest
    from matfw.testing.outputs import Buzzer, Lights
    from matfw.testing.session import Session
    from matfw.testing.virtual_mat import VirtualMat
    from matfw.testing.virtual_time import on_virtual_time
    from matfw.virtual.bench import VirtualBench
    from matfw.virtual.chip import Hx711Chip
    from matfw.virtual.clock import VirtualClock

_HOMES = {
    "matfw.messages": ("CellProblem", "Fault", "Phase", "RawFrame", "Side"),
    "matfw.ports": ("Clock", "GpioGroup", "LoadCells", "ReaderStats"),
    "matfw.testing.bench_file": ("BenchFile", "load_bench"),
    "matfw.testing.cells": ("Cells", "TestedCell", "VirtualCell"),
    "matfw.testing.console": ("Console", "VirtualConsole"),
    "matfw.testing.lifter": ("Lifter",),
    "matfw.testing.mat": ("MatUnderTest",),
    "matfw.testing.outputs": ("Buzzer", "Lights"),
    "matfw.testing.session": ("Session",),
    "matfw.testing.virtual_mat": ("VirtualMat",),
    "matfw.testing.virtual_time": ("on_virtual_time",),
    "matfw.virtual.bench": ("VirtualBench",),
    "matfw.virtual.chip": ("Hx711Chip",),
    "matfw.virtual.clock": ("VirtualClock",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "BenchFile", "Buzzer", "CellProblem", "Cells", "Clock", "Console", "Fault", "GpioGroup",
    "Hx711Chip", "Lifter", "Lights", "LoadCells", "MatUnderTest", "Phase", "RawFrame",
    "ReaderStats", "Session", "Side", "TestedCell", "VirtualBench", "VirtualCell", "VirtualClock",
    "VirtualConsole", "VirtualMat", "load_bench", "on_virtual_time",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Return a name of `__all__` from where it lives."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"matfw.testing has no {name!r}: it has {', '.join(__all__)}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
