"""A tester's own driver works against the converters, whichever way it waits."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable
from typing import Protocol

import pytest

from matfw.testing import MatUnderTest, VirtualCell, VirtualMat
from tests.testing.drivers import (
    BusyDriver,
    InterruptDriver,
    SleepingDriver,
    WaitingDriver,
    shifted_in,
    slow_clock,
)

pytestmark = pytest.mark.mat(noise_counts=0.0, needs="virtual")
KG = (2.0, -1.0, 7.5)


class Driver(Protocol):
    def read(self) -> int: ...


Make = Callable[..., Driver]
DRIVERS = (BusyDriver, SleepingDriver, WaitingDriver, InterruptDriver)


def reads_loads(mat: MatUnderTest, make: Make) -> Driver:
    cell = mat.cells["foot_left"]
    driver = make(mat.factory, cell.dout, cell.sck)
    for load_kg in KG:
        cell.load(load_kg)
        mat.let_pass(0.05)
        driver.read()  # of before, or of the change itself
        driver.read()
        assert driver.read() == pytest.approx(cell.counts(load_kg), abs=1)
    return driver


@pytest.mark.parametrize("make", DRIVERS)
def test_on_virtual_time(mat: MatUnderTest, make: Make) -> None:
    began_s = mat.clock.now_s()
    reads_loads(mat, make)
    assert mat.clock.now_s() - began_s < 0.5


@pytest.mark.mat(time="real")
@pytest.mark.parametrize("make", DRIVERS)
def test_on_real_time(mat: MatUnderTest, make: Make) -> None:
    cell = mat.cells["head_right"]
    cell.load(3.0)
    driver = make(mat.factory, cell.dout, cell.sck)
    # A busy computer may tear one: that is what real time is for. Some must be right.
    right = [abs(driver.read() - cell.counts(3.0)) <= 1 for _ in range(12)]
    assert sum(right) >= 3


def test_edges_come_from_a_thread_on_real_time_and_from_the_test_on_virtual_time(
    mat: MatUnderTest,
) -> None:
    driver = reads_loads(mat, InterruptDriver)
    assert isinstance(driver, InterruptDriver)
    assert driver.threads == {threading.current_thread().name}
    with_thread = VirtualMat(mat.bench, time="real")
    try:
        cell = with_thread.cells["head_left"]
        other = InterruptDriver(with_thread.factory, cell.dout, cell.sck)
        other.read()
        assert other.threads == {"matfw-virtual-edges"}
    finally:
        with_thread.close()
    assert "matfw-virtual-edges" not in {thread.name for thread in threading.enumerate()}


def test_data_bits_are_edges_too_after_the_read(mat: MatUnderTest) -> None:
    cell = mat.cells["foot_left"]
    cell.load(2.0)
    driver = InterruptDriver(mat.factory, cell.dout, cell.sck)
    mat.let_pass(0.2)
    read = driver.results.qsize()
    assert 15 <= read <= 17, "80 a second"
    assert driver.called > 2 * read, "as on a Pi"


def test_every_conversion_left_unread_is_an_edge(mat: MatUnderTest) -> None:
    cell = mat.cells["foot_left"]
    driver = InterruptDriver(mat.factory, cell.dout, cell.sck)
    driver.dout.when_deactivated = None
    seen: list[float] = []
    driver.dout.when_deactivated = lambda: seen.append(mat.clock.now_s())
    mat.let_pass(0.1)
    assert len(seen) == 8
    periods_s = [b - a for a, b in itertools.pairwise(seen)]
    assert periods_s == pytest.approx([0.0125] * 7, rel=0.01), "at their own times, not at the end"


def test_a_cut_data_wire_is_an_edge_and_then_silence(mat: MatUnderTest) -> None:
    cell = mat.cells["foot_left"]
    driver = SleepingDriver(mat.factory, cell.dout, cell.sck)
    driver.read()
    rises_s: list[float] = []
    driver.dout.wait_for_inactive()
    driver.dout.when_activated = lambda: rises_s.append(mat.clock.now_s())
    cell.cut_dout()
    mat.let_pass(0.01)
    assert len(rises_s) == 1
    began_s = mat.clock.now_s()
    with pytest.raises(TimeoutError):
        driver.read()
    assert mat.clock.now_s() - began_s == pytest.approx(5.0, abs=0.01)
    cell.repair()
    driver.read()


def test_a_microseconds_sleep_powers_the_converter_down_as_on_a_pi(mat: MatUnderTest) -> None:
    cell = mat.cells["foot_left"]
    assert isinstance(cell, VirtualCell)
    driver = BusyDriver(mat.factory, cell.dout, cell.sck)
    slow_clock(driver.sck)
    assert cell.counters.power_downs == 1
    assert shifted_in(driver.dout, driver.sck) == -1, "only ones until it has settled"


def test_waiting_for_what_never_comes_ends(mat: MatUnderTest) -> None:
    assert not threading.Event().wait(5.0)
    with pytest.raises(TimeoutError, match="nothing on this bench"):
        threading.Event().wait()
    waiting: queue.Queue[int] = queue.Queue()
    with pytest.raises(queue.Empty):
        waiting.get(timeout=3.0)


def test_other_threads_and_what_comes_after_are_on_real_time() -> None:
    real = time.monotonic
    mat = VirtualMat()
    try:
        assert time.monotonic is not real
        seen: list[float] = []
        before_s = real()
        thread = threading.Thread(target=lambda: seen.append(time.monotonic()))
        thread.start()
        thread.join()
        assert seen[0] - before_s < 60.0
        before_s = time.monotonic()
        time.sleep(1000.0)
        assert time.monotonic() - before_s == pytest.approx(1000.0, abs=0.01)
        assert time.time_ns() / 1e9 == pytest.approx(time.time(), abs=0.01)
    finally:
        mat.close()
    assert time.monotonic is real


def test_a_driver_with_a_worker_thread_is_waited_for(mat: MatUnderTest) -> None:
    done = threading.Event()
    real_wait = threading.Event()

    def work() -> None:
        real_wait.wait(0.02)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    assert done.wait(30.0), "virtual seconds go on, and the worker gets its turn"
    worker.join()
