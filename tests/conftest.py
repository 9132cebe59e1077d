"""What all tests share: none fails because the computer is busy, and none keeps it busy idly."""

import gc
import os
from pathlib import Path

# As `matfw` itself runs: for products this small a second thread of the matrix library only burns
# the other core, and a refinement takes twice the CPU. It is read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# An example may take as long as it takes; pytest-timeout ends what hangs. Each run draws others.
settings.register_profile("busy", deadline=None, max_examples=50)
settings.load_profile("busy")

# What is collected stays: to look through it for garbage, again and again, is a fifth of the time
# that collecting takes each of pytest's processes.
gc.disable()

TESTS = Path(__file__).parent
# The files that take longest come first, so that no process is alone with one of them at the end.
LONGEST = (
    *("test_scenarios.py", "cli/test_endings.py", "test_debian.py", "links/test_newcomer.py"),
    *("test_failures.py", "refinement/test_refine.py", "cli/test_cli.py"),
    *("diagnose/test_wiring.py", "accuracy/test_cases.py", "accuracy/test_accuracy.py"),
    *("importers/test_replayed.py", "test_layouts.py", "links/test_client.py"),
    *("test_pipeline.py", "refinement/test_missed_lifts.py", "calibrate/test_wizard.py"),
    *("accuracy/test_holes.py", "accuracy/test_movements.py", "fuzz/test_console_firmware.py"),
    *("links/test_hub.py", "refinement/test_plausibility.py", "test_growth.py"),
    *("refinement/test_whole_lifts.py", "testing/test_guide.py", "fuzz/test_console_bytes.py"),
    *("console/test_machine.py", "service/test_replay.py", "contracts/test_load_cells.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first; the order within a file stays."""
    turns = {TESTS / name: turn for turn, name in enumerate(LONGEST)}
    items.sort(key=lambda item: turns.get(item.path, len(turns)))


def pytest_collection_finish() -> None:
    """Leave all that was collected out of what the tests' own garbage is looked for in."""
    gc.freeze()
    gc.enable()
