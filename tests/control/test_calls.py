"""Subscriptions and calls: bounded, given back, withdrawn."""

from __future__ import annotations

import threading

import pytest

from matfw.control.api import STEPS_KEPT
from matfw.control.calls import WAITING_LIMIT, MainThreadCalls
from matfw.control.errors import ConsoleError
from matfw.control.subscriptions import Subscriptions
from tests.control.running import WAIT_S, wait_until


def test_a_subscription_that_nobody_drains_keeps_the_newest_and_counts() -> None:
    subscriptions: Subscriptions[int] = Subscriptions(STEPS_KEPT)
    subscription = subscriptions.open()
    for number in range(1000):
        subscriptions.put(number)
    assert subscription.dropped == 1000 - STEPS_KEPT
    assert subscription.drain() == list(range(1000 - STEPS_KEPT, 1000))
    subscription.close()
    subscription.close()
    subscriptions.put(1)
    assert (subscription.drain(), len(subscriptions)) == ([], 0)


def test_subscriptions_opened_and_closed_by_many_threads_are_all_given_back() -> None:
    subscriptions: Subscriptions[int] = Subscriptions(STEPS_KEPT)

    def come_and_go() -> None:
        for _ in range(500):
            subscription = subscriptions.open()
            subscriptions.put(1)
            subscription.close()

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert len(subscriptions) == 0


def test_calls_are_bounded_and_an_error_comes_back() -> None:
    calls: MainThreadCalls[list[int]] = MainThreadCalls()
    done: list[int] = []
    results: list[object] = []

    def ask(number: int) -> None:
        try:
            calls.call(lambda subject: subject.append(1 // number))
        except (ConsoleError, ZeroDivisionError) as error:
            results.append(error)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(WAITING_LIMIT)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(calls._waiting) == WAITING_LIMIT)
    with pytest.raises(ConsoleError, match="changes wait already"):
        calls.call(done.append)  # type: ignore[arg-type]
    for _ in range(WAITING_LIMIT):
        calls.do_one(done)
    for thread in threads:
        thread.join(WAIT_S)
    assert len(done) == WAITING_LIMIT - 1
    assert [type(error) for error in results] == [ZeroDivisionError]
    calls.do_one(done)


def test_a_call_that_nobody_does_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: MainThreadCalls[list[int]] = MainThreadCalls()
    done: list[int] = []
    monkeypatch.setattr("matfw.control.calls.ANSWER_LIMIT_S", 0.01)
    with pytest.raises(ConsoleError, match="nothing was done"):
        calls.call(lambda subject: subject.append(1))
    calls.do_one(done)
    assert done == []
