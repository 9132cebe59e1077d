"""What a cut leaves of a disk whose writes and flushes were logged."""

from __future__ import annotations

import struct
from pathlib import Path

from tests.virtual_pi.power_cut import BLOCK, FLUSH, SECTOR, DiskAfterCut, WriteLog

SUPER = struct.pack("<QQQL", 0x6A736677736872, 1, 0, SECTOR)
OLD, A, B, C = (letter * BLOCK for letter in (b"-", b"a", b"b", b"c"))


def entry(at_byte: int, data: bytes = b"", flags: int = 0) -> bytes:
    head = struct.pack("<QQQQ", at_byte // SECTOR, len(data) // SECTOR, flags, 0)
    return head.ljust(SECTOR, b"\0") + data


def after(folder: Path) -> tuple[WriteLog, DiskAfterCut]:
    """Two blocks, both written twice; the first of all is flushed."""
    log = folder / "log"
    log.write_bytes(
        SUPER.ljust(SECTOR, b"\0") + entry(0, A) + entry(0, flags=FLUSH) + entry(BLOCK, B)
        + entry(0, C + C) + bytes(SECTOR)
    )  # fmt: skip
    disk = folder / "flushed.raw"
    disk.write_bytes(OLD + OLD)
    writes = WriteLog(log)
    return writes, DiskAfterCut(disk, writes, folder / "after.raw")


def test_what_was_flushed_is_there_and_nothing_else_must_be(tmp_path: Path) -> None:
    writes, disk = after(tmp_path)
    assert len(writes.entries()) == 4
    before = disk.cut(1, survives=0.0, seed=1)
    assert (before.disk.read_bytes(), before.lost_blocks) == (OLD + OLD, 1)
    flushed = disk.cut(4, survives=0.0, seed=1)
    assert (flushed.disk.read_bytes(), flushed.lost_blocks) == (A + OLD, 3)
    kind = disk.cut(4, survives=1.0, seed=1)
    assert (kind.disk.read_bytes(), kind.lost_blocks) == (C + C, 0)


def test_of_one_write_a_part_may_survive_and_a_later_one_before_an_earlier(tmp_path: Path) -> None:
    _, disk = after(tmp_path)
    left = {disk.cut(4, survives=0.5, seed=seed).disk.read_bytes() for seed in range(40)}
    assert left == {a + b for a in (A, C) for b in (OLD, B, C)}


def test_the_log_grows_while_it_is_read(tmp_path: Path) -> None:
    writes, _ = after(tmp_path)
    count = len(writes.entries())
    with writes.path.open("r+b") as file:
        file.seek(writes.entries()[-1].end)
        file.write(entry(0, A) + bytes(SECTOR))
    assert len(writes.entries()) == count + 1
