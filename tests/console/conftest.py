"""A conversation with a mat that is calibrated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control.fake_control import LINES, Talk


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path)
    talk.control.settings.save_calibration(LINES, note="a test")
    yield talk
    talk.close()
