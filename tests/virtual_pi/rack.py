"""One machine at a time: the computer has two cores, and others want them too."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from tests.virtual_pi.image import Image, overlay
from tests.virtual_pi.pi import VirtualPi


class Rack:
    """Switches Pis on and off. A context: at its end all are off.

    shared: the Pi of all checks that leave it as it was. Another one takes its place; asked for
    again, the shared one is a new Pi.
    """

    def __init__(self, image: Image, folder: Path) -> None:
        self.image = image
        self.folder = folder
        self._on: VirtualPi | None = None
        self._is_shared = False
        self._disks = 0

    def shared(self) -> VirtualPi:
        """Return the shared Pi, switched on if it is not."""
        if self._on is None or not self._is_shared:
            self.boot(self.new_disk())
            self._is_shared = True
        assert self._on is not None
        return self._on

    def new_disk(self) -> Path:
        """Return a disk on which matfw has just been installed."""
        self._disks += 1
        disk = self.folder / f"disk{self._disks}.qcow2"
        overlay(self.image.disk, disk)
        return disk

    def boot(self, disk: Path, cargo: Path | None = None) -> VirtualPi:
        """Return a Pi of one's own; whatever was on before is switched off."""
        self.cut_power()
        self._on = VirtualPi(self.image.machine(disk, cargo))
        return self._on

    def cut_power(self) -> None:
        """Pull the plug of whatever is on."""
        if self._on is not None:
            self._on.unplug()
            self._on.machine.cut_power()
        self._on, self._is_shared = None, False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.cut_power()
