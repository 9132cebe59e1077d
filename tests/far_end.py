"""The person's end of a serial cable: the master of a pty, on whose slave the firmware is."""

from __future__ import annotations

import os
import pty
import random
import select
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT_S = 20.0  # of any wait; far more than a slow computer needs


class FarEnd:
    """One end of a cable, and what came over it."""

    def __init__(self) -> None:
        self.master, self._slave = pty.openpty()
        # As a cable is: nothing is echoed or translated, also while nobody has the slave open.
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        os.set_blocking(self.master, False)
        self.heard = ""
        self._is_open = True

    def send(self, data: str | bytes) -> None:
        """Send all, reading meanwhile, as a person's terminal does."""
        left = data.encode() if isinstance(data, str) else data
        while left:
            self.listen(0.0)
            try:
                left = left[os.write(self.master, left) :]
            except BlockingIOError:
                select.select([self.master], [self.master], [], 0.1)

    def listen(self, timeout_s: float) -> str:
        """Return what comes next; nothing if nothing comes within timeout_s."""
        if not select.select([self.master], [], [], timeout_s)[0]:
            return ""
        try:
            text = os.read(self.master, 65536).decode(errors="replace")
        except OSError:  # EIO: nobody has the slave open
            time.sleep(0.01)
            return ""
        self.heard += text
        return text

    def until(self, is_heard: str | Callable[[str], bool], limit_s: float = LIMIT_S) -> str:
        """Listen until a text has come; return all up to now and forget it."""
        end_s = time.monotonic() + limit_s
        while not (is_heard in self.heard if isinstance(is_heard, str) else is_heard(self.heard)):
            assert time.monotonic() < end_s, f"waited for {is_heard!r}, heard {self.heard!r}"
            self.listen(0.05)
        heard, self.heard = self.heard, ""
        return heard

    def ask(self, line: str, limit_s: float = LIMIT_S) -> list[str]:
        """Send a line as a program does; return its answer's lines, the `ok` or `error` last."""
        self.send(f"{line}\r")
        heard = self.until(lambda text: any(map(is_end, text.split("\r\n")[:-1])), limit_s)
        lines = [each for each in heard.split("\r\n")[:-1] if not each.startswith("// ")]
        ends = [at for at, each in enumerate(lines) if is_end(each)]
        assert ends == [len(lines) - 1], lines
        return lines

    def wake(self, keys: str = "\r", answer: str = "matfw>") -> None:
        """Press keys until the device answers: what comes before it has the port open is lost."""
        end_s = time.monotonic() + LIMIT_S
        while answer not in self.heard:
            assert time.monotonic() < end_s, f"no {answer!r}, heard {self.heard!r}"
            self.send(keys)
            until_s = time.monotonic() + 1.0
            while answer not in self.heard and time.monotonic() < until_s:
                self.listen(0.05)
        while self.listen(0.15):
            pass
        self.heard = ""

    def be_program(self) -> None:
        """Have the device talk as to a program, from whatever it was doing."""
        self.wake("\x03\recho off\r\x05\r", "// complete")

    def pull(self) -> None:
        """Pull the cable out."""
        if self._is_open:
            self._is_open = False
            os.close(self.master)
            os.close(self._slave)


@contextmanager
def cable() -> Iterator[FarEnd]:
    """Give one end of a cable, and pull it at the end."""
    far = FarEnd()
    try:
        yield far
    finally:
        far.pull()


def is_end(line: str) -> bool:
    """Return whether a line ends a command, in text mode."""
    return line == "ok" or line.startswith("error E")


def plug(port: Path, far: FarEnd) -> None:
    """Let a name in the file system be this cable's port, as udev does."""
    aside = port.with_suffix(".new")
    aside.symlink_to(far.port)
    aside.rename(port)


COMMANDS = (
    "status", "version", "help", "help set", "get workout.reps", "get", "set workout.reps 12",
    "set limits.roll_back_mm 600", "set limits.roll_back_mm 21", "diff", "revert", "stream 0",
    "tell reps", "*IDN?", "SYST:ERR?", "profile list", "echo off", "nonsense", "set", "get a b c",
    "profile list", "cue nothing",
)  # fmt: skip
ENDS = (b"\r", b"\n", b"\r\n")


def noisy_lines(count: int, seed: int) -> Iterator[bytes]:
    """Yield lines with their ends, each of which must be answered once: commands and noise.

    Noise begins with no letter, so that it is never a command that asks back, and has no Ctrl-C,
    line end, ENQ or EOT, which are no part of a line.
    """
    rng = random.Random(seed)
    noise = bytes(set(range(256)) - set(b"\r\n\x03"))
    for _ in range(count):
        kind = rng.random()
        if kind < 0.5:
            line = rng.choice(COMMANDS).encode()
        elif kind < 0.95:
            line = b"#" + bytes(rng.choices(noise, k=rng.randrange(80)))
        else:
            line = b"%" + bytes(rng.choices(noise, k=rng.randrange(2000, 6000)))
        yield line + rng.choice(ENDS)
