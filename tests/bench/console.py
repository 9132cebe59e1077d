"""What a console costs the mat: `python -m tests.bench.console [--lines N] [--idle S]`.

The whole firmware on virtual chips that convert in real time, a pty, and N lines at full speed:
half of them commands, half binary noise, one in twenty some thousand bytes long. Each must be
answered once, and neither samples nor memory may notice. Other programs on the same computer cost
gaps too: compare with the first row, which is the same firmware with nobody at its console.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.far_end import FarEnd, cable, is_end, noisy_lines
from tests.real_time_mat import Cost

ROOT = Path(__file__).parents[2]
LONGEST_S = 3600.0


@dataclass(slots=True)
class Count:
    """What came of the lines."""

    sent: int = 0
    answered: int = 0
    errors: int = 0
    unasked: int = 0
    seconds: float = 0.0


def run_mat(work: Callable[[FarEnd], Count]) -> tuple[Count, Cost]:
    """Run the firmware while work is done at its port; return both accounts."""
    with tempfile.TemporaryDirectory() as state, cable() as far:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.real_time_mat", "--state", state, "--console", far.port],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if "first frame" in line:
                    break
            count = work(far)
        finally:
            process.send_signal(signal.SIGTERM)
        out, error = process.communicate(timeout=60.0)
        assert process.returncode == 0, error
        return count, msgspec.json.decode(out, type=Cost)


def idle(seconds: float) -> Callable[[FarEnd], Count]:
    """Return work that is to wait."""

    def work(_: FarEnd) -> Count:
        time.sleep(seconds)
        return Count(seconds=seconds)

    return work


def flood(lines: Iterator[bytes]) -> Callable[[FarEnd], Count]:
    """Return work that sends lines as fast as they are taken, and counts the answers."""

    def work(far: FarEnd) -> Count:
        far.be_program()
        time.sleep(1.5)  # past what is not measured
        return exchange(far, lines)

    return work


def exchange(far: FarEnd, lines: Iterator[bytes]) -> Count:
    """Send all lines, reading meanwhile; return when every one is answered."""
    count, began_s = Count(), time.monotonic()
    unsent, heard, is_done = b"", b"", False
    quiet_s = began_s
    while not (is_done and not unsent and count.answered >= count.sent):
        if not unsent and not is_done:
            block = [line for _, line in zip(range(100), lines, strict=False)]
            is_done = not block
            count.sent += len(block)
            unsent = b"".join(block)
        readable, writable, _ = select.select([far.master], [far.master] if unsent else [], [], 0.5)
        if writable:
            unsent = unsent[os.write(far.master, unsent[:4096]) :]
        if readable:
            heard += os.read(far.master, 65536)
            *whole, heard = heard.split(b"\r\n")
            for raw in whole:
                line = raw.decode(errors="replace")
                count.answered += is_end(line)
                count.errors += line.startswith("error E")
                count.unasked += line.startswith("// ")
        now_s = time.monotonic()
        quiet_s = now_s if readable or writable else quiet_s
        if now_s - quiet_s > 10.0:
            break
    end_s = time.monotonic() + 0.5  # an answer too many would come now
    while time.monotonic() < end_s:
        heard += far.listen(0.1).encode()
    count.answered += sum(is_end(line) for line in heard.decode(errors="replace").split("\r\n"))
    count.seconds = time.monotonic() - began_s - 0.5
    return count


def row(name: str, count: Count, cost: Cost) -> str:
    """Return one line of the table."""
    rate = f"{count.sent / count.seconds:6.0f}" if count.sent else "     -"
    return (
        f"{name:22} {count.sent:7} {count.answered:8} {count.errors:7} {rate} {cost.frames:7}"
        f" {cost.longest_gap_periods:8.2f} {cost.gaps_over_2_periods:4}"
        f" {1e3 * cost.longest_lag_s:7.0f} {cost.lags_over_50_ms:5} {cost.dropped:5}"
        f" {cost.memory_first_mb:6.1f} {cost.memory_last_mb:6.1f}"
    )


HEAD = (
    f"{'':22} {'lines':>7} {'answered':>8} {'errors':>7} {'a sec':>6} {'frames':>7}"
    f" {'gap max':>8} {'> 2':>4} {'lag ms':>7} {'> 50':>5} {'lost':>5} {'MB':>6} {'end':>6}"
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--idle", type=float, default=30.0)
    options = parser.parse_args()
    print(HEAD, flush=True)
    print(row("nobody", *run_mat(idle(options.idle))), flush=True)
    lines = noisy_lines(options.lines, 1)
    print(row("commands and noise", *run_mat(flood(lines))), flush=True)


if __name__ == "__main__":
    main()
