"""QEMU: one machine that runs, its agent, its console's port, its log.

Never KVM, even where it is there: one behaviour everywhere. With `-icount` the guest's clock counts
instructions, one a nanosecond, so that what the guest measures does not depend on how busy this
computer is. `sleep=off`: it jumps over the time in which the guest does nothing. With `sleep=on`
an idle guest wakes as late as QEMU itself is woken: at a load of 10 the reader lost 20 % of all
samples, and none with `sleep=off`. It is no Pi's speed.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.virtual_pi.errors import GuestError
from tests.virtual_pi.host import which

BOOT_LIMIT_S = 600.0  # of this computer's time, until the agent answers; a minute when it is idle
CALL_LIMIT_S = 900.0  # of this computer's time for one request: a guest second may take ten
LONG = "/run/virtual-pi-long"  # what `run_long` prints and ends with
LONG_PAUSE_S = 3.0  # guest time
LOG_TAIL = 30  # lines of the guest's log in a message
COMMAND_LINE = (
    "console=ttyS0 quiet loglevel=4 systemd.show_status=0 mitigations=off random.trust_cpu=on"
    " tsc=reliable no_timer_check net.ifnames=0 panic=-1"
    " systemd.mask=serial-getty@ttyS0.service systemd.mask=getty@tty1.service"
    " systemd.mask=apt-daily.timer systemd.mask=apt-daily-upgrade.timer"
    " systemd.mask=systemd-timesyncd.service"
)


@dataclass(frozen=True, slots=True)
class Done:
    """What a program in the guest printed, and its exit code."""

    code: int
    out: str
    err: str


class Machine:
    """A machine that is switched on. A context: it is switched off at its end, as by its plug.

    disk: qcow2, written to. cargo: a raw ext4 image, read only, at /dev/vdb. writes: a log of all
    that is written to the disk (power_cut.py).
    """

    def __init__(
        self, vmlinux: Path, initramfs: Path, disk: Path, *, cargo: Path | None = None,
        writes: Path | None = None, memory_mb: int = 512,
    ) -> None:  # fmt: skip
        # A unix socket's path has 108 bytes at most: a short folder.
        self.folder = Path(tempfile.mkdtemp(prefix="matfw-pi-"))
        self.log = self.folder / "log"
        self._agent_path, self.tty_path = self.folder / "agent", self.folder / "tty"
        drives = [f"file={disk},if=virtio,format=qcow2,cache=writeback"]
        if writes is not None:
            drives = [
                "if=virtio,cache=writeback,driver=blklogwrites,log-sector-size=512,"
                f"file.driver=qcow2,file.file.filename={disk},log.filename={writes}"
            ]
        if cargo is not None:
            drives.append(f"file={cargo},if=virtio,format=raw,readonly=on")
        words = [
            "nice", "-n", "5",  # others first: the guest's time does not mind
            which("qemu-system-x86_64") or "qemu-system-x86_64",
            "-M", "q35", "-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off",
            "-cpu", "max", "-smp", "1", "-m", str(memory_mb), "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot", "-nic", "none",
            "-kernel", str(vmlinux), "-initrd", str(initramfs), "-append", COMMAND_LINE,
            *(word for drive in drives for word in ("-drive", drive)),
            "-serial", f"file:{self.log}",
            "-serial", f"unix:{self.tty_path},server=on,wait=off",
            "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=agent,path={self._agent_path},server=on,wait=off",
            "-device", "virtserialport,chardev=agent,name=org.matfw.control",
        ]  # fmt: skip
        self._errors = (self.folder / "qemu").open("wb")
        self._qemu = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=self._errors, stderr=self._errors,
        )  # fmt: skip
        self._kept = b""
        self._agent = socket.socket(socket.AF_UNIX)
        self.guest_s = 0.0  # the guest's monotonic clock when it last said it
        try:
            self._connect(self._agent, self._agent_path)
            self.guest_s = float(self._answer(BOOT_LIMIT_S, "to boot")["hello"])
        except BaseException:
            self.cut_power()
            raise

    # --- what the host may ask

    def run(self, *words: str, stdin: str = "", limit_s: float = 120.0) -> Done:
        """Run a program in the guest to its end, whatever its exit code. limit_s: guest time."""
        answer = self.call("run", words=words, stdin=stdin, limit_s=limit_s)
        return Done(answer["code"], answer["out"], answer["err"])

    def out(self, *words: str, stdin: str = "", limit_s: float = 120.0) -> str:
        """Return what a program in the guest prints. Raises GuestError if it fails."""
        done = self.run(*words, stdin=stdin, limit_s=limit_s)
        if done.code:
            raise GuestError(
                f"in the guest `{' '.join(words)}` ended with {done.code}:"
                f" {(done.err or done.out).strip()[-2000:]}"
            )
        return done.out.strip()

    def shell(self, script: str, limit_s: float = 120.0) -> str:
        """Return what a script prints that stops at its first error."""
        return self.out("sh", "-euc", script, limit_s=limit_s)

    def run_long(self, *words: str, limit_s: float) -> Done:
        """Run a program to its end that may take minutes; what it prints comes in one.

        Asked after now and then: one call must end within CALL_LIMIT_S, however slow this computer.
        """
        self.shell(f"rm -f {LONG}.code")
        script = f'"$@" </dev/null >{LONG}.out 2>&1; echo $? >{LONG}.new; mv {LONG}.new {LONG}.code'
        self.start("sh", "-c", script, "sh", *words)
        self.pause(0.0)
        ends_s = self.guest_s + limit_s
        while self.run("test", "-e", f"{LONG}.code").code:
            self.pause(LONG_PAUSE_S)
            if self.guest_s > ends_s:
                raise GuestError(
                    f"in the guest `{' '.join(words)}` took more than {limit_s:g} s of its time:"
                    f" {self.read(f'{LONG}.out')[-2000:].decode(errors='replace')}"
                )
        out = self.read(f"{LONG}.out").decode(errors="replace")
        return Done(int(self.read(f"{LONG}.code")), out, "")

    def start(self, *words: str) -> int:
        """Start a program in the guest and leave it running; return its process id."""
        return int(self.call("start", words=words)["pid"])

    def kill(self, pid: int, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a process in the guest a signal."""
        self.call("kill", pid=pid, signal=int(number))

    def until(self, words: Sequence[str], says: str | None = None, *, limit_s: float = 60.0,
              every_s: float = 0.5) -> str:  # fmt: skip
        """Wait in guest time until a program prints that line, or ends with 0; return its output.

        Raises GuestError with its last output.
        """
        answer = self.call("until", words=words, says=says, limit_s=limit_s, every_s=every_s)
        self.guest_s = float(answer["now_s"])
        if not answer["came"]:
            wanted = "end with 0" if says is None else f"say {says!r}"
            raise GuestError(
                f"in the guest `{' '.join(words)}` did not {wanted} within {limit_s:g} s of its"
                f" time; last: {answer['out']!r}"
            )
        return str(answer["out"])

    def pause(self, seconds: float) -> None:
        """Let guest time pass."""
        self.guest_s = float(self.call("pause", seconds=seconds)["now_s"])

    def write(self, path: str, data: str | bytes, mode: int = 0o644) -> None:
        """Write a file in the guest."""
        packed = zlib.compress(data.encode() if isinstance(data, str) else data)
        self.call("write", path=path, data=base64.b64encode(packed).decode(), mode=mode)

    def read(self, path: str) -> bytes:
        """Return a file of the guest."""
        return zlib.decompress(base64.b64decode(self.call("read", path=path)["data"]))

    def call(self, do: str, **request: Any) -> dict[str, Any]:  # JSON both ways
        """Ask the agent; return its answer. Raises GuestError."""
        self._agent.sendall(json.dumps({"do": do, **request}).encode() + b"\n")
        answer = self._answer(CALL_LIMIT_S, f"to {do} {request.get('words', '')}")
        if "error" in answer:
            raise GuestError(f"the agent could not {do}: {answer['error']}")
        return answer

    # --- its ends

    def connect_tty(self) -> socket.socket:
        """Plug a cable into the serial port ttyS1."""
        cable = socket.socket(socket.AF_UNIX)
        self._connect(cable, self.tty_path)
        return cable

    def tail(self) -> str:
        """Return the end of the guest's log."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_TAIL:])
        return ""

    def shut_down(self) -> None:
        """Switch it off properly."""
        with suppress(GuestError, OSError):
            self._agent.sendall(json.dumps({"do": "run", "words": ["poweroff"]}).encode() + b"\n")
        try:
            self._qemu.wait(BOOT_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise GuestError(f"it did not switch itself off; its log:\n{self.tail()}") from None
        finally:
            self.cut_power()

    def cut_power(self) -> None:
        """Pull the plug. Twice is allowed.

        What the guest has written and not flushed is on the disk all the same; what a real disk
        would have lost of it is power_cut.py's business.
        """
        if self._qemu.poll() is None:
            self._qemu.kill()
            self._qemu.wait(60.0)
        self._agent.close()
        self._errors.close()
        kept = os.environ.get("MATFW_VIRTUAL_PI_LOGS")
        if kept and self.folder.exists():
            shutil.copytree(
                self.folder, Path(kept) / self.folder.name, dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("agent", "tty"),
            )  # fmt: skip
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self, link: socket.socket, path: Path) -> None:
        end_s = time.monotonic() + 30.0
        while True:
            try:
                link.connect(str(path))
                return
            except OSError as error:
                if self._qemu.poll() is not None or time.monotonic() > end_s:
                    said = (self.folder / "qemu").read_text(errors="replace")
                    raise GuestError(f"QEMU did not start ({error}): {said.strip()}") from None
                time.sleep(0.05)

    def _answer(self, limit_s: float, what: str) -> dict[str, Any]:
        end_s = time.monotonic() + limit_s
        while b"\n" not in self._kept:
            self._agent.settimeout(max(0.1, end_s - time.monotonic()))
            try:
                data = self._agent.recv(1 << 20)
            except TimeoutError:
                data = b""
                if self._qemu.poll() is None:
                    raise GuestError(
                        f"the virtual Pi took more than {limit_s:g} s {what}; its log ends:\n"
                        f"{self.tail()}"
                    ) from None
            if not data:
                said = (self.folder / "qemu").read_text(errors="replace").strip()
                raise GuestError(f"QEMU ended while asked {what}: {said}\n{self.tail()}")
            self._kept += data
        line, _, self._kept = self._kept.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut_power()
