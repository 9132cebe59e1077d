"""What systemd hears: in time by the monotonic clock, whatever the wall clock does."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from systemd_watchdog.systemd_watchdog import WatchDog

from matfw.service.watchdog import Watchdog
from matfw.virtual.clock import VirtualClock

LIMIT_S = 10.0
FRAME_S = 0.0125
ALIVE = b"WATCHDOG=1\n"


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Listen as systemd does, with a limit of LIMIT_S."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", str(int(LIMIT_S * 1e6)))
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
        yield listening


def heard(systemd: socket.socket) -> list[bytes]:
    messages = []
    while True:
        try:
            messages.append(systemd.recv(100))
        except BlockingIOError:
            return messages


def pings_at(systemd: socket.socket, seconds: float) -> list[float]:
    """Return when a firmware that gets frames for so long says that it is alive."""
    clock = VirtualClock()
    times = []
    with Watchdog(clock) as watchdog:
        while clock.now_s() < seconds:
            watchdog.alive()
            times += [clock.now_s() for message in heard(systemd) if message == ALIVE]
            clock.sleep_s(FRAME_S)
    return times


def test_it_is_alive_once_in_half_of_the_limit(systemd: socket.socket) -> None:
    assert pings_at(systemd, 21.0) == pytest.approx([0.0, 5.0, 10.0, 15.0, 20.0], abs=5 * FRAME_S)


def test_a_wall_clock_that_is_set_back_starves_nobody(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)

    def back_by_an_hour(_: WatchDog) -> datetime:
        nonlocal now
        now -= timedelta(hours=1)
        return now

    monkeypatch.setattr(WatchDog, "_now", property(back_by_an_hour))
    assert len(pings_at(systemd, 21.0)) == 5


def test_half_a_period_is_not_yet_due_and_a_whole_one_is(systemd: socket.socket) -> None:
    clock = VirtualClock()
    with Watchdog(clock) as watchdog:
        watchdog.alive()
        assert heard(systemd) == [ALIVE]
        clock.advance_s(LIMIT_S / 2 - 0.001)
        watchdog.alive()
        assert heard(systemd) == []
        clock.advance_s(0.001)
        watchdog.alive()
        assert heard(systemd) == [ALIVE]


def test_ready_is_sent_when_asked(systemd: socket.socket) -> None:
    with Watchdog(VirtualClock()) as watchdog:
        assert heard(systemd) == []
        watchdog.ready()
    assert heard(systemd) == [b"READY=1\n"]


def test_without_systemd_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    with Watchdog(VirtualClock()) as watchdog:
        watchdog.ready()
        watchdog.alive()


def test_a_systemd_that_listens_no_more_does_not_end_the_firmware(systemd: socket.socket) -> None:
    with Watchdog(VirtualClock()) as watchdog:
        systemd.close()
        watchdog.ready()
        watchdog.alive()


def test_a_systemd_that_does_not_read_delays_nobody(systemd: socket.socket) -> None:
    clock = VirtualClock()
    with Watchdog(clock) as watchdog:
        for _ in range(5000):  # far more than the socket holds
            watchdog.alive()
            clock.sleep_s(LIMIT_S)
    assert heard(systemd)
