"""How fast the line is, how soon it answers and what it takes: `python -m tests.bench.line`.

Figures are of this computer. The frame path has 12.5 ms at 80 SPS; a Zero 2 W is some ten to
fifteen times slower than a desktop's core. What a frame costs is the thread's own CPU time, which
other programs disturb little; how late it is is real time, which they do: on a busy computer
`chrt -f 10 python -m tests.bench.line` (as root) measures the firmware and not them.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean, median, quantiles

from matfw.balance import Balances
from matfw.calibration import Calibration
from matfw.cli.hardware import virtual_trace
from matfw.conditioning import Conditioning
from matfw.cues import Cues
from matfw.messages import Mat, RawFrame, Side
from matfw.pipeline import Pipeline
from matfw.recording.file import read_recording
from matfw.recording.writer import RecordingWriter
from matfw.refinement.refinement import Refinement
from matfw.settings.model import Settings
from matfw.virtual.sampling import record
from tests.bench.lag import measure, percentile_ms

FRAME_TARGET_US = 25.0
MEAN_TARGET_US = 100.0  # of all frames: one in four carries a tracker step
LAG_TARGET_MS = 5.0  # 99th percentile while a repetition is refined
LAG_S = 60.0  # of real time that lags are measured over
REPLAY_TARGET = 40.0  # times real time
HELP_TARGET_S = 0.3
FIRST_FRAME_TARGET_S = 1.5
MEMORY_TARGET_MB = 100.0
LOOK_MIN_S = 1e-3  # less is a window that was not looked at: all of it is known
ROUNDS = 3


def main() -> int:
    """Print all figures; return 1 if one misses its target."""
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = replace(Settings().mat(), side=Side.LEFT, person=trace.person)
    frames = record(trace, mat, 7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.csv"
        with RecordingWriter(path, mat, "a virtual person") as writer:
            for frame in frames:
                writer.write(frame)
        hits = [
            *_frame_path(mat, frames),
            _lag(mat, frames),
            _replay(path, frames[-1].t_s),
            _tell("matfw --help", _help_s(), HELP_TARGET_S, "s"),
            *_live(),
        ]
    return 0 if all(hits) else 1


def _tell(what: str, value: float, target: float, unit: str, *, is_minimum: bool = False) -> bool:
    is_hit = value >= target if is_minimum else value <= target
    sign = ">=" if is_minimum else "<="
    print(f"{what:44s}{value:9.2f} {unit:3s}  {'ok' if is_hit else 'MISSED'} ({sign} {target:g})")
    return is_hit


def _note(what: str, value: float, unit: str) -> None:
    print(f"  {what:42s}{value:9.2f} {unit}")


def _frame_path(mat: Mat, frames: Sequence[RawFrame]) -> list[bool]:
    plain: list[float] = []
    steps: list[float] = []
    refined: list[float] = []
    for _ in range(ROUNDS):
        line, refinement, last = Pipeline(mat), Refinement(), None
        for frame in frames:
            begin_s = time.thread_time()
            step = line.update(frame)
            took_s = time.thread_time() - begin_s
            (plain if step.motion is last else steps).append(took_s)
            last = step.motion
            if step.window is not None:
                begin_s = time.thread_time()
                found = refinement.refine(step.window)
                took_s = time.thread_time() - begin_s
                if took_s > LOOK_MIN_S:
                    refined.append(took_s)
                line.finish_reps(frame.t_s, found)
    hits = [
        _tell("a frame, mean of all", 1e6 * fmean([*plain, *steps]), MEAN_TARGET_US, "us"),
        _tell("a frame without a tracker step, median", 1e6 * median(plain), FRAME_TARGET_US, "us"),
    ]
    _note("99th percentile", 1e6 * quantiles(plain, n=100)[98], "us")
    _note("a frame with a tracker step, median", 1e6 * median(steps), "us")
    _note("mean", 1e6 * fmean(steps), "us")
    _note("99th percentile", 1e6 * quantiles(steps, n=100)[98], "us")
    _note("refinement of a repetition, median", 1e3 * median(refined), "ms")
    _note("worst", 1e3 * max(refined), "ms")
    _stages(mat, frames)
    return hits


def _lag(mat: Mat, frames: Sequence[RawFrame]) -> bool:
    lags = measure(mat, frames, LAG_S)
    is_hit = _tell(
        "lag while a repetition is refined, p99", percentile_ms(lags.refining_s, 99),
        LAG_TARGET_MS, "ms",
    )  # fmt: skip
    _note("median", percentile_ms(lags.refining_s, 50), "ms")
    _note("lag of every frame, median", percentile_ms(lags.all_s, 50), "ms")
    _note("99th percentile", percentile_ms(lags.all_s, 99), "ms")
    _note("worst", 1e3 * max(lags.all_s), "ms")
    return is_hit


def _stages(mat: Mat, frames: Sequence[RawFrame]) -> None:
    calibration, balances, cues = Calibration(mat.calibration), Balances(mat.cells), Cues()
    conditioning = Conditioning(mat.cells, mat.rate_hz)
    loads = [calibration.update(frame) for frame in frames]
    clean = [conditioning.update(load) for load in loads]
    conditioning.reset()
    stages: list[tuple[str, Callable[[], object]]] = [
        ("calibration", lambda: [calibration.update(frame) for frame in frames]),
        ("conditioning", lambda: [conditioning.update(load) for load in loads]),
        ("balance", lambda: [balances.update(each) for each in clean]),
        ("cues", lambda: [cues.update(frame.t_s, ()) for frame in frames]),
    ]
    for name, work in stages:
        begin_s = time.thread_time()
        work()
        _note(f"of it {name}, mean", 1e6 * (time.thread_time() - begin_s) / len(frames), "us")


def _replay(path: Path, length_s: float) -> bool:
    begin_s = time.perf_counter()
    read = sum(1 for _ in read_recording(path).frames())
    reading_s = time.perf_counter() - begin_s
    took_s = [_call_s("replay", str(path), "--json") for _ in range(ROUNDS)]
    is_hit = _tell(
        "replay, whole command", length_s / median(took_s), REPLAY_TARGET, "x", is_minimum=True
    )
    _note("of it reading the file", 1e6 * reading_s / read, "us a frame")
    return is_hit


def _call_s(*arguments: str) -> float:
    begin_s = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "matfw", *arguments], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - begin_s


def _help_s() -> float:
    return median(_call_s("--help") for _ in range(2 * ROUNDS))


def _live() -> list[bool]:
    """Start `run --virtual`, wait at its notification socket for the first frame; weigh it."""

    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder) / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.bind(address)
            begin_s = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "matfw", "run", "--virtual"],
                env={**os.environ, "NOTIFY_SOCKET": address},
                stdout=subprocess.PIPE,
                text=True,
            )
            channel.recv(100)  # READY=1
            first_s = time.perf_counter() - begin_s
        assert process.stdout is not None
        for line in process.stdout:
            if "person" in line:
                break
        rss_mb, pss_mb = _memory_mb(process.pid)
        process.send_signal(signal.SIGTERM)
        process.communicate()
    hits = [
        _tell("run --virtual, first frame", first_s, FIRST_FRAME_TARGET_S, "s"),
        _tell("run --virtual, memory (PSS, all processes)", sum(pss_mb), MEMORY_TARGET_MB, "MB"),
    ]
    _note("RSS, shared pages counted each time", sum(rss_mb), "MB")
    for rss, pss in zip(rss_mb, pss_mb, strict=True):
        _note("a process: PSS", pss, f"MB (RSS {rss:.1f})")
    return hits


def _memory_mb(leader: int) -> tuple[list[float], list[float]]:
    """Return RSS and PSS of a process and its children, megabytes."""
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    rss, pss = [], []
    for pid in (str(leader), *children):
        fields = dict(
            line.split(":", 1)
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        )
        rss.append(int(fields["Rss"].split()[0]) / 1024.0)
        pss.append(int(fields["Pss"].split()[0]) / 1024.0)
    return rss, pss


if __name__ == "__main__":
    sys.exit(main())
