"""What all tests share: none fails because the computer is busy, and none keeps it busy idly."""

import gc
import os
import signal
from pathlib import Path

# As `matfw` itself runs: for products this small a second thread of the matrix library only burns
# the other core, and a refinement takes twice the CPU. It is read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# An example may take as long as it takes; pytest-timeout ends what hangs. Each run draws others,
# except where it decides on a change: a fault that was there before is not the change's. To look
# for such: `HYPOTHESIS_PROFILE=search python -m tests`.
settings.register_profile("busy", deadline=None, max_examples=50)
settings.register_profile("repeatable", settings.get_profile("busy"), derandomize=True)
settings.register_profile("search", settings.get_profile("busy"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "busy"))

# What is collected stays: to look through it for garbage, again and again, is a fifth of the time
# that collecting takes each of pytest's processes.
gc.disable()

# What a script starts in its background ignores Ctrl-C, and so would every program that a test
# starts and ends by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

TESTS = Path(__file__).parent
# The files that take longest come first, so that no process is alone with one of them at the end.
LONGEST = (
    *("links/test_newcomer.py", "test_scenarios.py", "test_debian.py", "cli/test_endings.py"),
    *("cli/test_cli.py", "diagnose/test_wiring.py", "accuracy/test_cases.py"),
    *("importers/test_replayed.py", "refinement/test_refine.py", "links/test_client.py"),
    *("test_failures.py", "test_pipeline.py", "accuracy/test_accuracy.py", "links/test_hub.py"),
    *("contracts/test_load_cells.py", "people/movements/test_forms.py", "accuracy/test_holes.py"),
    *("calibrate/test_refusals.py", "testing/test_guide.py", "fuzz/test_console_firmware.py"),
    *("service/test_firmware.py", "disturbances/test_disturbances.py", "test_getting_up.py"),
    *("refinement/test_whole_lifts.py", "refinement/test_missed_lifts.py"),
    *("cli/test_replay_verb.py", "accuracy/test_movements.py", "accuracy/test_beam.py"),
    *("test_layouts.py", "test_sensor_trouble.py", "devices/test_parallel.py"),
    *("virtual/test_person.py", "console/test_machine.py", "test_growth.py"),
    *("devices/test_injection.py", "refinement/test_plausibility.py", "service/test_refiner.py"),
    *("cli/test_encoding.py", "fuzz/test_console_bytes.py", "testing/test_real_mat.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first; the order within a file stays."""
    turns = {TESTS / name: turn for turn, name in enumerate(LONGEST)}
    items.sort(key=lambda item: turns.get(item.path, len(turns)))


def pytest_collection_finish() -> None:
    """Leave all that was collected out of what the tests' own garbage is looked for in."""
    gc.freeze()
    gc.enable()
