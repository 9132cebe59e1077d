"""What a power cut leaves of a disk: what was flushed, and by chance some of what was not.

QEMU alone would be too kind: everything that the guest has given it is in this computer's memory
and outlives QEMU. A real disk or card has a cache of its own, and what lies there is lost, in any
order. So all writes and flushes of a machine are logged (QEMU's `blklogwrites`, the format of
Linux' dm-log-writes), and the disk after the cut is made from the log: all before the last flush;
of every later write each block of 4 KiB by chance. Sectors are never torn: disks and cards promise
that.
"""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.virtual_pi.errors import GuestError, LackingError
from tests.virtual_pi.host import run, which

SECTOR = 512
BLOCK = 4096  # of ext4, and the least that cards write
LOG_SIZE = 16 << 30  # sparse
FLUSH, FUA, DISCARD = 1, 2, 4  # flags of an entry
MENDED = (0, 1)  # exit codes of e2fsck: nothing to mend; mended
LIMIT_S = 120.0
_ENTRY = struct.Struct("<QQQQ")  # sector, sectors, flags, bytes of a mark
_HEAD = struct.Struct("<QQQL")  # magic, version, entries, sector's size
_MAGIC = 0x6A736677736872


@dataclass(frozen=True, slots=True)
class Entry:
    """One write (at: its data in the log), or a flush of all before it."""

    at_byte: int
    size: int
    log_at: int
    is_flush: bool
    end: int  # where the next entry begins, in the log


def new_log(path: Path) -> None:
    """Make an empty log."""
    with path.open("wb") as file:
        file.truncate(LOG_SIZE)


class WriteLog:
    """The log of one machine; its end is looked for at each call, as the machine writes on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: list[Entry] = []

    def entries(self) -> list[Entry]:
        """Return all entries so far. Raises GuestError for a log that is none."""
        with self.path.open("rb") as file:
            if not self._entries and _HEAD.unpack(file.read(_HEAD.size))[:2] != (_MAGIC, 1):
                raise GuestError("QEMU has logged no write of the disk")
            at = self._entries[-1].end if self._entries else SECTOR
            while True:
                file.seek(at)
                sector, sectors, flags, _ = _ENTRY.unpack(file.read(_ENTRY.size))
                if not sectors and not flags:
                    return self._entries
                size = 0 if flags & DISCARD else sectors * SECTOR
                entry = Entry(
                    sector * SECTOR, size, at + SECTOR, bool(flags & (FLUSH | FUA)),
                    at + SECTOR + size,
                )  # fmt: skip
                self._entries.append(entry)
                at = entry.end

    def blocks(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """Yield what the entries from `first` to before `last` have written, block by block."""
        with self.path.open("rb") as file:
            for entry in self._entries[first:last]:
                file.seek(entry.log_at)
                data = file.read(entry.size)
                begin = entry.at_byte
                while data:
                    size = BLOCK - begin % BLOCK
                    yield begin, data[:size]
                    begin, data = begin + size, data[size:]


@dataclass(frozen=True, slots=True)
class Cut:
    """A disk after a cut, raw, and how many blocks it lacks that had been written to it."""

    disk: Path
    lost_blocks: int


class DiskAfterCut:
    """A raw disk as a cut at some moment of the log leaves it; each takes the one's place before.

    flushed: the raw disk that the machine was started with; it is written to. path: where the disk
    after a cut is made.
    """

    def __init__(self, flushed: Path, log: WriteLog, path: Path) -> None:
        self.path = path
        self._log = log
        self._flushed = flushed
        self._applied = 0  # entries that are in `_flushed` for good

    def cut(self, position: int, survives: float, seed: int) -> Cut:
        """Make the disk of a cut after so many entries, not earlier than any cut before.

        survives: how likely a block is there that was written after the last flush.
        """
        entries = self._log.entries()
        flushed = max(
            (n + 1 for n, entry in enumerate(entries[:position]) if entry.is_flush), default=0
        )
        with self._flushed.open("r+b") as disk:
            for at, data in self._log.blocks(self._applied, flushed):
                disk.seek(at)
                disk.write(data)
        self._applied = max(self._applied, flushed)
        run("cp", "--sparse=always", self._flushed, self.path)
        chance = random.Random(seed)
        lost = 0
        with self.path.open("r+b") as disk:
            for at, data in self._log.blocks(flushed, position):
                if chance.random() < survives:
                    disk.seek(at)
                    disk.write(data)
                else:
                    lost += 1
        return Cut(self.path, lost)


def files_of(disk: Path, names: tuple[str, ...], into: Path) -> Path:
    """Copy files out of a disk's ext4, as the next start finds them; what is not there is left out.

    The journal is replayed as the kernel does it; whatever e2fsck cannot mend raises GuestError.
    """
    done = subprocess.run(
        [which("e2fsck") or "e2fsck", "-f", "-p", str(disk)],
        capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    if done.returncode not in MENDED:
        raise GuestError(f"the file system is broken after a power cut: {done.stdout}{done.stderr}")
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    for name in names:
        target = into / Path(name).name
        said = subprocess.run(
            [which("debugfs") or "debugfs", "-R", f"dump {name} {target}", str(disk)],
            capture_output=True, text=True, timeout=LIMIT_S, check=False,
        )  # fmt: skip
        if said.returncode:
            raise LackingError(f"debugfs: {said.stderr}")
        if "not found" in said.stderr:
            target.unlink(missing_ok=True)
    return into
