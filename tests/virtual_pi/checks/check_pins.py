"""What has the pins instead of the service: the plugin's guide with `--mat=vm`, and both readers.

Drivers, interrupts, wires and outputs are those of a real GPIO device, in real time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.testing.test_guide import EXAMPLE, GUIDE
from tests.virtual_pi.guest_tests import run_tests
from tests.virtual_pi.pi import NOISE_COUNTS, PPM, UNIT, VirtualPi

# Skipped there: wires that nobody can exchange, durations that only virtual time keeps.
CANNOT = ("no SwappedPins", "needs --mat=virtual")
BENCH = "[weights]\nbag = 10.0\n"
MOST, TRIES = 12, 3  # examples that pass at once, at least; times that one may be tried
FRAMES = 240  # three seconds
WARM_UP = 40  # frames: predictions settle
MAX_UNEXPLAINED = 0.005  # share of the samples, of matfw's own reader
MAX_NOISE = 6.0  # standard deviations: further off no value may be
# Reads as the acquisition process does, without its pipe.
READ = """
import dataclasses, json, sys, time
from matfw.cli.hardware import build_real_cells
from matfw.service.acquisition import _pause_no_more, _prefer_this_process
from matfw.settings.model import Settings

def figures(reader):
    cells = build_real_cells(Settings(reader=reader))
    cells.start()
    for _ in range(%(warm_up)d):
        cells.read()
    began_s, cpu_s = time.monotonic(), time.process_time()
    before = [dataclasses.asdict(cell) for cell in cells.stats.cells.values()]
    frames = [cells.read() for _ in range(%(frames)d)]
    took_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    after = [dataclasses.asdict(cell) for cell in cells.stats.cells.values()]
    cells.close()
    counted = [{key: new[key] - old[key] for key in new} for old, new in zip(before, after)]
    return {
        "frames": [frame.counts for frame in frames], "counted": counted,
        "took_s": took_s, "cpu_s": cpu_s,
    }

_prefer_this_process()
_pause_no_more()
json.dump({name: figures(name) for name in ("parallel", "adafruit")}, sys.stdout)
"""


@pytest.fixture(scope="module")
def free(module_pi: VirtualPi) -> Iterator[VirtualPi]:
    """Give a Pi whose pins nobody has; the service runs again afterwards."""
    pi = module_pi
    pi.unplug()
    pi.machine.out("systemctl", "stop", UNIT)
    yield pi
    pi.restore()
    pi.machine.out("systemctl", "start", UNIT)
    pi.wait_ready()


def test_the_plugins_guide_runs_on_its_pins(free: VirtualPi) -> None:
    """What fails is tried again: no driver in Python reads without a torn frame now and then."""
    examples = {name: code.encode() for name, code in EXAMPLE.findall(GUIDE.read_text())}
    files = {**examples, "bench.toml": BENCH.encode()}
    options = ("-q", "-rfs", "--mat-bench=bench.toml")
    done = run_tests(free.machine, files, *options)
    skipped = re.findall(r"^SKIPPED \[\d+\] .*$", done.out, re.MULTILINE)
    assert all(any(reason in line for reason in CANNOT) for line in skipped), done.out
    (passed,) = re.findall(r"(\d+) passed", done.out)
    assert int(passed) >= MOST, done.out
    for _ in range(TRIES - 1):
        if done.code == 0:
            break
        failed = re.findall(r"^FAILED (\S+)", done.out, re.MULTILINE)
        assert failed, done.out
        done = run_tests(free.machine, files, *options, *failed)
    assert done.code == 0, done.out


def test_both_readers_read_and_what_they_cost(free: VirtualPi) -> None:
    pi = free
    pi.restore()
    script = READ % {"warm_up": WARM_UP, "frames": FRAMES}
    pi.machine.write("/root/read.py", script)
    found = json.loads(pi.machine.out(
        "env", "PYTHONPATH=/usr/lib/matfw/common:/usr/lib/matfw/python3.11", "LG_WD=/tmp",
        "python3", "/root/read.py",
    ))  # fmt: skip
    lines, unexplained_of = [], {}
    for name, one in found.items():
        values = [counts for frame in one["frames"] for counts in zip(frame, pi.truth, strict=True)]
        there = [(value, line) for value, line in values if value is not None]
        short = sum(None in frame for frame in one["frames"]) / FRAMES
        counted = one["counted"]
        late = sum(cell["torn"] + cell["settling"] for cell in counted) / len(values)
        lacking = 1.0 - len(there) / len(values)
        unexplained_of[name] = lacking - late
        lines.append(
            f"{name:<9} {FRAMES / one['took_s']:5.1f} frames/s, {100 * short:5.1f} % of them lack a"
            f" cell, {100 * lacking:4.1f} % of all samples lack, {100 * late:4.1f} % read too late,"
            f" CPU {100 * one['cpu_s'] / one['took_s']:4.1f} %"
        )
        # Whatever a reader cannot do, it gives no wrong number, and says of each that lacks why.
        for value, line in there:
            assert abs(value - line.tare_counts) < MAX_NOISE * NOISE_COUNTS, (name, value, line)
        for cell, given in zip(counted, zip(*one["frames"], strict=True), strict=True):
            lacks = given.count(None)
            assert cell["good"] == FRAMES - lacks, (name, cell)
            assert cell["torn"] + cell["settling"] + cell["missing"] >= lacks, (name, cell)
    print("the two readers, four cells at 80 samples a second:", *lines, sep="\n")
    # Frames follow the fastest oscillator; the others have no result for some of them. What the
    # computer reads too late is its own: a driver in Python may be too slow here for every frame.
    slower = sum(max(PPM) - ppm for ppm in PPM) / len(PPM) * 1e-6
    assert unexplained_of["parallel"] <= slower + MAX_UNEXPLAINED, lines
