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
MAX_LOST = 0.005  # share of the samples that matfw's own reader loses, on a quiet computer
MAX_NOISE = 6.0  # standard deviations: further off no value may be
# Reads as the acquisition process does, without its pipe.
READ = """
import json, sys, time
from matfw.cli.hardware import build_real_cells
from matfw.service.acquisition import _pause_no_more, _prefer_this_process
from matfw.settings.model import Settings

def figures(reader):
    cells = build_real_cells(Settings(reader=reader))
    cells.start()
    for _ in range(%(warm_up)d):
        cells.read()
    began_s, cpu_s = time.monotonic(), time.process_time()
    frames = [cells.read() for _ in range(%(frames)d)]
    took_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    cells.close()
    return {
        "frames": [frame.counts for frame in frames], "took_s": took_s, "cpu_s": cpu_s,
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
    lines, lacking_of = [], {}
    for name, one in found.items():
        values = [counts for frame in one["frames"] for counts in zip(frame, pi.truth, strict=True)]
        there = [(value, line) for value, line in values if value is not None]
        short = sum(None in frame for frame in one["frames"]) / FRAMES
        lacking_of[name] = 1.0 - len(there) / len(values)
        lines.append(
            f"{name:<9} {FRAMES / one['took_s']:5.1f} frames/s, {100 * short:5.1f} % of them lack a"
            f" cell, {100 * lacking_of[name]:4.1f} % of all samples lack,"
            f" CPU {100 * one['cpu_s'] / one['took_s']:4.1f} %"
        )
        # Whatever a reader cannot do, it gives no wrong number.
        for value, line in there:
            assert abs(value - line.tare_counts) < MAX_NOISE * NOISE_COUNTS, (name, value, line)
    print("the two readers, four cells at 80 samples a second:", *lines, sep="\n")
    # Frames follow the fastest oscillator; the others have no result for some of them.
    slower = sum(max(PPM) - ppm for ppm in PPM) / len(PPM) * 1e-6
    assert lacking_of["parallel"] <= slower + MAX_LOST, lines
    assert lacking_of["adafruit"] < 1.0, lines
