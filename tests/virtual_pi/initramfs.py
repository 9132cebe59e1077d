"""The initial RAM file system: loads modules, puts the agent into /run, starts the real root.

So the image of the root file system has nothing of ours in it, and stays as it is when the agent or
the header's module change.
"""

from __future__ import annotations

import gzip
import os
import stat
from collections.abc import Sequence
from pathlib import Path

AGENT = Path(__file__).parent / "agent.py"
AGENT_UNIT = """\
[Unit]
Description=What the host asks of the virtual Pi
DefaultDependencies=no
After=sysinit.target
Conflicts=shutdown.target
[Service]
ExecStart=/usr/bin/python3 -u /run/virtual-pi/agent.py
StandardOutput=journal+console
Restart=always
"""
INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs /run
for module in $(cat /modules/order); do insmod /modules/$module || echo "no module $module"; done
insmod /modules/matfw_virtual_pi.ko {parameters} || echo "no header"
n=0
while [ ! -b /dev/vda ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
mount -t ext4 /dev/vda /root || exec sh
mkdir -p /run/virtual-pi /run/systemd/system/sysinit.target.wants \
/run/systemd/system/multi-user.target.wants
cp /agent/agent.py /run/virtual-pi/
cp /agent/virtual-pi-agent.service /run/systemd/system/
ln -s ../virtual-pi-agent.service /run/systemd/system/multi-user.target.wants/
for each in proc sys dev run; do mount --move /$each /root/$each; done
exec switch_root /root /sbin/init
"""
FOLDERS = ("bin", "proc", "sys", "dev", "run", "root", "modules", "agent")


def make(
    archive: Path, busybox: Path, modules: Sequence[Path], header: Path, parameters: str
) -> None:
    """Write the archive. parameters: of the header's module, which is loaded last."""
    entries: list[tuple[str, int, bytes]] = [(name, stat.S_IFDIR | 0o755, b"") for name in FOLDERS]
    entries.append(("init", stat.S_IFREG | 0o755, INIT.format(parameters=parameters).encode()))
    entries.append(("bin/busybox", stat.S_IFREG | 0o755, busybox.read_bytes()))
    files = {f"modules/{path.name}": path.read_bytes() for path in (*modules, header)}
    files["modules/order"] = "\n".join(path.name for path in modules).encode()
    files["agent/agent.py"] = AGENT.read_bytes()
    files["agent/virtual-pi-agent.service"] = AGENT_UNIT.encode()
    entries += [(name, stat.S_IFREG | 0o644, data) for name, data in files.items()]
    unfinished = archive.with_suffix(f".{os.getpid()}")  # a machine may be reading the one before
    unfinished.write_bytes(gzip.compress(archive_of(entries), compresslevel=1))
    unfinished.rename(archive)


def archive_of(entries: Sequence[tuple[str, int, bytes]]) -> bytes:
    """Return a cpio archive in the format `newc`, as the kernel reads it; all owned by root."""
    parts: list[bytes] = []
    for number, (name, mode, data) in enumerate([*entries, ("TRAILER!!!", 0, b"")], start=1):
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (number, mode, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        parts += [_padded(head), _padded(data)]
    return b"".join(parts)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
