"""The PIN: wrong ones cost time, on every link alike."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.console.conversation import Conversation
from matfw.control.errors import Code, ConsoleError
from matfw.control.lock import COSTS, FIRST_WAIT_S, FREE_TRIES, LONGEST_WAIT_S, Lock, hash_pin
from matfw.errors import MatStateError
from matfw.virtual.clock import VirtualClock
from tests.control.fake_control import Talk

PIN = "2468"


def lock_with(kept: str | None, clock: VirtualClock) -> Lock:
    return Lock(kept, now_s=clock.now_s, save=lambda _: None)


def refusal(lock: Lock, pin: str) -> ConsoleError:
    with pytest.raises(ConsoleError) as refused:
        lock.unlock(pin)
    return refused.value


def test_waits_grow_are_given_in_seconds_and_end() -> None:
    clock = VirtualClock()
    lock, waits = lock_with(hash_pin(PIN, b"salt"), clock), []
    for _ in range(FREE_TRIES - 1):
        assert refusal(lock, "1111").code is Code.WRONG_PIN
    for _ in range(9):
        error = refusal(lock, "1111")
        assert error.code is Code.WRONG_PIN
        wait_s = float(str(error).split("wait ")[1].split()[0])
        waits.append(wait_s)
        clock.advance_s(wait_s - 0.5)
        early = refusal(lock, PIN)
        assert (early.code, str(early).split("wait ")[1][:3]) == (Code.PIN_WAIT, "1 s")
        clock.advance_s(0.5)
    assert waits == [min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0**k) for k in range(9)]
    lock.unlock(PIN)
    assert not lock.is_locked


def test_the_right_pin_makes_the_tries_new() -> None:
    lock = lock_with(hash_pin(PIN, b"salt"), VirtualClock())
    for _ in range(3):
        for _ in range(FREE_TRIES - 1):
            assert "more tr" in str(refusal(lock, "1111"))
        lock.unlock(PIN)
        lock.lock()
        assert lock.is_locked


def test_two_links_share_the_lock_and_its_tries(tmp_path: Path) -> None:
    one = Talk(tmp_path)
    lines: list[str] = []
    other = Conversation(one.control, lines.append, now_s=lambda: one.control.t_s)
    one.ask(f"lock {PIN}")
    other.line("set reps 3")
    assert lines[-1].startswith("error E601")
    one.ask("unlock 1111")
    other.line("unlock 1111")
    assert one.ask("unlock 1111")[-1].startswith("error E602: unlock: wrong PIN 3 times: wait 5 s")
    other.line(f"unlock {PIN}")
    assert lines[-1].startswith("error E603: unlock: too many wrong PINs: wait 5 s")
    one.control.clock.advance_s(5.0)
    other.line(f"unlock {PIN}")
    assert lines[-1] == "ok"
    assert one.ask("set reps 3")[-1] == "ok"


@pytest.mark.parametrize("pin", ["", "123", "1" * 13, "12a4", "１２３４", "12 34"])
def test_what_is_no_pin_is_refused(pin: str) -> None:
    with pytest.raises(ConsoleError, match="4 to 12 digits"):
        hash_pin(pin, b"salt")


def test_the_same_pin_is_kept_differently_with_another_salt() -> None:
    one, other = hash_pin(PIN, b"a"), hash_pin(PIN, b"b")
    assert one != other
    assert PIN not in one + other


@given(st.text(max_size=80))
def test_what_is_kept_may_be_damaged_and_then_opens_to_nothing(kept: str) -> None:
    lock = lock_with(kept, VirtualClock())
    assert lock.is_locked
    assert refusal(lock, PIN).code is Code.WRONG_PIN


def test_wrong_tries_and_their_wait_survive_a_restart(tmp_path: Path) -> None:
    first = Talk(tmp_path)
    first.ask(f"lock {PIN}")
    backup = (tmp_path / "state.toml.bak").exists()
    for _ in range(FREE_TRIES):
        first.ask("unlock 1111")
    again = Talk(tmp_path)
    assert again.ask(f"unlock {PIN}")[-1].startswith("error E603: unlock: too many wrong PINs")
    again.control.clock.advance_s(FIRST_WAIT_S)
    assert again.ask("unlock 1111")[-1].startswith("error E602: unlock: wrong PIN 4 times: wait 10")
    third = Talk(tmp_path)
    third.control.clock.advance_s(2 * FIRST_WAIT_S)
    assert third.ask(f"unlock {PIN}")[-1] == "ok"
    assert Talk(tmp_path).ask("unlock 1111")[-1].endswith("2 more tries, then a wait")
    assert (tmp_path / "state.toml.bak").exists() == backup, "no change to undo"


def test_a_count_that_cannot_be_kept_still_counts() -> None:
    def refuse(_: int) -> None:
        raise MatStateError("the disk is full")

    clock = VirtualClock()
    lock = Lock(hash_pin(PIN, b"salt"), now_s=clock.now_s, save=lambda _: None, save_wrong=refuse)
    for _ in range(FREE_TRIES):
        assert refusal(lock, "1111").code is Code.WRONG_PIN
    assert refusal(lock, PIN).code is Code.PIN_WAIT


def test_a_pin_that_was_kept_by_0_1_0_still_opens() -> None:
    digest = hashlib.scrypt(PIN.encode(), salt=b"salt", n=2**12, r=8, p=1, dklen=32)
    lock = lock_with(f"scrypt${b'salt'.hex()}${digest.hex()}", VirtualClock())
    lock.unlock(PIN)
    assert not lock.is_locked


def test_the_hash_costs_what_it_is_meant_to() -> None:
    """N * r * p is the work, N * r * 128 bytes the memory; RFC 7914, section 2."""
    n, r, p = COSTS[hash_pin(PIN, b"salt").partition("$")[0]]
    assert n * r * p >= 6 * 2**15, "some 0.1 s on a PC"
    assert n * r * 128 <= 8 * 2**20, "a Zero 2 W has 512 MB for everything"


def test_without_a_pin_nothing_is_locked() -> None:
    lock = lock_with(None, VirtualClock())
    assert not lock.is_locked
    assert refusal(lock, PIN).code is Code.NO_PIN


def test_a_pin_that_cannot_be_saved_changes_nothing() -> None:
    def save(_: str | None) -> None:
        raise MatStateError("the disk is full")

    lock = Lock(None, now_s=VirtualClock().now_s, save=save)
    with pytest.raises(MatStateError, match="full"):
        lock.set_pin(PIN)
    assert not lock.has_pin
