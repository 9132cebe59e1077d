"""One machine at a time: the computer has two cores, and others want them too."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Self

from tests.virtual_pi.host import run
from tests.virtual_pi.image import RAW, Image, overlay
from tests.virtual_pi.pi import VirtualPi
from tests.virtual_pi.power_cut import DiskAfterCut, WriteLog, new_log


class Rack:
    """Switches Pis on and off. A context: at its end all are off.

    shared: the Pi of all checks. Whoever leaves it as it was not switches it off: asked for again,
    it is a new one.
    """

    def __init__(self, image: Image, folder: Path) -> None:
        self.image = image
        self.folder = folder
        self._on: VirtualPi | None = None
        self._below = image.disk
        self._log: WriteLog | None = None
        self._disks = 0

    def shared(self) -> VirtualPi:
        """Return the Pi that is on; a new one where none is."""
        return self._on or self.boot(self.image.disk)

    def boot(self, below: Path) -> VirtualPi:
        """Switch a Pi on whose disk is `below`, which stays as it is; whatever was on is off."""
        self.cut_power()
        self._disks += 1
        disk, log = (self.folder / f"disk{self._disks}.{kind}" for kind in ("qcow2", "log"))
        overlay(below, disk)
        new_log(log)
        self._below, self._log = below, WriteLog(log)
        self._on = VirtualPi(self.image.machine(disk, log))
        return self._on

    @property
    def writes(self) -> WriteLog:
        """Return the log of what was written to the last disk."""
        assert self._log is not None, "nothing was on yet"
        return self._log

    def after_cut(self) -> DiskAfterCut:
        """Return what cuts at some moments would have left of the last disk."""
        flushed, after = (
            self.folder / f"{name}{self._disks}{RAW}" for name in ("flushed", "after")
        )
        run("qemu-img", "convert", "-O", "raw", self._below, flushed, limit_s=600.0)
        return DiskAfterCut(flushed, self.writes, after)

    def cut_power(self) -> None:
        """Pull the plug of whatever is on."""
        if self._on is not None:
            self._on.unplug()
            self._on.machine.cut_power()
        self._on = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut_power()
        shutil.rmtree(self.folder, ignore_errors=True)  # a gigabyte
