"""Runs in the guest as root: does what the host asks through a virtio-serial port.

Python's own library only. A request is a line of JSON, and so is its answer. It is no part of
matfw, which it installs, starts, kills and looks at as an administrator would.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PORT = "/dev/virtio-ports/org.matfw.control"
Answer = dict[str, Any]  # JSON


def main() -> None:
    """Answer until the machine is switched off."""
    port = os.open(PORT, os.O_RDWR)
    _send(port, {"hello": time.monotonic()})
    for line in _lines(port):
        request = json.loads(line)
        try:
            answer = ACTIONS[request.pop("do")](**request)
        except Exception as error:  # the host gets it, whatever it is
            answer = {"error": f"{type(error).__name__}: {error}"}
        _send(port, answer)


def run(words: list[str], stdin: str = "", limit_s: float = 120.0) -> Answer:
    """Run a program to its end."""
    try:
        done = subprocess.run(
            words, input=stdin.encode(), capture_output=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"{words} took more than {limit_s:g} s of the guest's time"}
    return {"code": done.returncode, "out": _text(done.stdout), "err": _text(done.stderr)}


def start(words: list[str]) -> Answer:
    """Start a program and leave it running."""
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    return {"pid": process.pid}


def kill(pid: int, signal: int) -> Answer:
    """Send a process a signal."""
    os.kill(pid, signal)
    return {}


def until(words: list[str], says: str | None, limit_s: float, every_s: float) -> Answer:
    """Run a program again and again until it prints that line, or ends with 0 where says is None.

    The answer has the last output and whether it came so far within the guest's time.
    """
    end_s = time.monotonic() + limit_s
    while True:
        done = run(words)
        out = str(done.get("out", "")).strip()
        came = done.get("code") == 0 if says is None else out == says
        if came or time.monotonic() > end_s:
            return {"came": came, "out": out, "now_s": time.monotonic()}
        time.sleep(every_s)


def pause(seconds: float) -> Answer:
    """Let guest time pass."""
    time.sleep(seconds)
    return {"now_s": time.monotonic()}


def write(path: str, data: str, mode: int = 0o644) -> Answer:
    """Write a file."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        rest = zlib.decompress(base64.b64decode(data))
        while rest:
            rest = rest[file.write(rest) :]
    return {}


def read(path: str) -> Answer:
    """Read a file."""
    return {"data": base64.b64encode(zlib.compress(Path(path).read_bytes(), 1)).decode()}


ACTIONS: dict[str, Callable[..., Answer]] = {
    "run": run, "start": start, "kill": kill, "until": until, "pause": pause,
    "write": write, "read": read,
}  # fmt: skip


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _send(port: int, answer: Answer) -> None:
    data = json.dumps(answer).encode() + b"\n"
    while data:
        data = data[os.write(port, data) :]


def _lines(port: int) -> Iterator[bytes]:
    """Yield the host's lines. While the host is not there reading returns nothing at once."""
    kept = b""
    while True:
        data = os.read(port, 65536)
        if not data:
            time.sleep(0.1)
        *lines, kept = (kept + data).split(b"\n")
        yield from (line for line in lines if line)


if __name__ == "__main__":
    main()
