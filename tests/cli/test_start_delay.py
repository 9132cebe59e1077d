"""Failed starts in a row: each waits longer than the one before, a good one ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.cli.start_delay import FILE, FREE_STARTS, MAX_DELAY_S, StartDelay
from matfw.messages import RawFrame
from matfw.pipeline import Pipeline
from matfw.settings.model import Settings


class Service:
    """Starts one after the other in one runtime folder; waits are written down."""

    def __init__(self, folder: Path) -> None:
        self.environ = {"RUNTIME_DIRECTORY": str(folder), "NOTIFY_SOCKET": "/run/notify"}
        self.waits_s: list[float] = []
        self.notices: list[str] = []

    def start(self) -> StartDelay:
        delay = StartDelay(self.notices.append, self.environ, self.waits_s.append)
        delay.wait()
        return delay


def frame(count: int | None) -> RawFrame:
    return RawFrame(1.0, (count,) * 4)


def test_the_wait_grows_with_each_failed_start_and_never_ends_the_service(tmp_path: Path) -> None:
    service = Service(tmp_path)
    for _ in range(40):
        service.start()
    assert service.waits_s[:6] == [5.0, 10.0, 20.0, 40.0, 80.0, MAX_DELAY_S]
    assert set(service.waits_s[5:]) == {MAX_DELAY_S}
    assert len(service.waits_s) == 40 - FREE_STARTS
    assert "the last 3 starts have failed" in service.notices[0]


def test_frames_without_a_cell_are_no_success_and_one_cell_is(tmp_path: Path) -> None:
    line, service = Pipeline(Settings().mat()), Service(tmp_path)
    for _ in range(6):
        service.start().step(line.update(frame(None)))
    assert service.waits_s == [5.0, 10.0, 20.0]
    service.start().step(line.update(RawFrame(2.0, (None, None, 7, None))))
    service.waits_s.clear()
    service.start()
    assert service.waits_s == []


@pytest.mark.parametrize("text", ["", "many", "-3", "\0\0"])
def test_a_damaged_count_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    service = Service(tmp_path)
    service.start()
    assert service.waits_s == []


@pytest.mark.parametrize("missing", ["RUNTIME_DIRECTORY", "NOTIFY_SOCKET"])
def test_started_by_hand_it_never_waits_and_writes_nothing(tmp_path: Path, missing: str) -> None:
    service = Service(tmp_path)
    del service.environ[missing]
    for _ in range(9):
        service.start()
    assert (service.waits_s, list(tmp_path.iterdir())) == ([], [])
