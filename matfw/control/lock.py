"""The PIN that guards what changes things. Wrong PINs cost time: three are free, then it doubles.

Only a salted, slow hash is kept, in a file that others may not read. Whoever has that file all the
same tries all PINs of four digits in some 20 minutes; the PIN keeps a child or a passer-by at an
open console from changing a limit. How many were wrong is kept too: pulling the plug gives no new
tries.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress

from matfw.control.errors import Code, ConsoleError
from matfw.errors import MatError

MIN_PIN, MAX_PIN = 4, 12  # digits
FREE_TRIES = 3
FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 300.0  # long enough that nobody tries all PINs
SALT_BYTES = 16
# scrypt's N, r, p (RFC 7914, section 2): 0.1 s on a PC, measured, with 4 MB; more time by p and
# not by N, which would be paid in memory, of which a Zero 2 W has little. The second: 0.1.0's.
COSTS = {"scrypt6": (2**12, 8, 6), "scrypt": (2**12, 8, 1)}
COST = "scrypt6"


def hash_pin(pin: str, salt: bytes) -> str:
    """Return what is kept of a PIN. Raises ConsoleError if it is none."""
    if not (pin.isascii() and pin.isdigit() and MIN_PIN <= len(pin) <= MAX_PIN):
        raise ConsoleError(
            Code.ARGUMENT_WRONG, f"PIN: must be {MIN_PIN} to {MAX_PIN} digits: choose another"
        )
    return f"{COST}${salt.hex()}${_scrypt(pin, salt, COST).hex()}"


def _scrypt(pin: str, salt: bytes, cost: str) -> bytes:
    n, r, p = COSTS[cost]
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, dklen=32)


class Lock:
    """One lock for all links; any thread may call it."""

    def __init__(
        self,
        kept: str | None,
        *,
        now_s: Callable[[], float],
        save: Callable[[str | None], object],
        wrong: int = 0,
        save_wrong: Callable[[int], object] = lambda _: None,
    ) -> None:
        """Take what `hash_pin` returned; None: there is no PIN and nothing is locked.

        now_s: monotonic seconds. save: keeps a new PIN's hash, None where there is no PIN. wrong:
        how many PINs were wrong in a row before this start; the wait for them begins again.
        save_wrong: keeps that number.
        """
        self._kept = kept
        self._now_s = now_s
        self._save = save
        self._is_open = False
        self._wrong = wrong
        self._save_wrong = save_wrong
        self._wait_until_s = now_s() + _wait_s(wrong)
        self._changing = threading.Lock()

    @property
    def has_pin(self) -> bool:
        """Return whether a PIN is set."""
        return self._kept is not None

    @property
    def is_locked(self) -> bool:
        """Return whether what changes things is refused now."""
        return self.has_pin and not self._is_open

    @property
    def word(self) -> str:
        """Return it in a word."""
        return "no PIN" if not self.has_pin else "locked" if self.is_locked else "unlocked"

    def set_pin(self, pin: str | None) -> None:
        """Save a new PIN and lock; None: there is no PIN any more.

        Raises ConsoleError if it is no PIN, MatError if it cannot be saved; then nothing changes.
        """
        kept = None if pin is None else hash_pin(pin, secrets.token_bytes(SALT_BYTES))
        with self._changing:
            self._save(kept)
            self._kept = kept
            self._is_open = False
            self._wrong = 0

    def lock(self) -> None:
        """Lock. Raises ConsoleError if no PIN is set."""
        with self._changing:
            self._require_pin()
            self._is_open = False

    def unlock(self, pin: str) -> None:
        """Unlock. Raises ConsoleError if the PIN is wrong, or must not be tried yet."""
        with self._changing:
            kept = self._require_pin()
            wait_s = self._wait_until_s - self._now_s()
            if wait_s > 0.0:
                raise ConsoleError(
                    Code.PIN_WAIT,
                    f"unlock: too many wrong PINs: wait {math.ceil(wait_s)} s, then try again",
                )
            if not _fits(pin, kept):
                self._count(self._wrong + 1)
                self._wait_until_s = self._now_s() + _wait_s(self._wrong)
                raise ConsoleError(Code.WRONG_PIN, self._wrong_words())
            self._is_open = True
            if self._wrong:
                self._count(0)

    def _count(self, wrong: int) -> None:
        """Keep the number of wrong PINs, before anybody learns that this one was."""
        self._wrong = wrong
        with suppress(MatError):  # a full disk: it still counts until the next start
            self._save_wrong(wrong)

    def _wrong_words(self) -> str:
        left = FREE_TRIES - self._wrong
        if left > 0:
            return f"unlock: wrong PIN: {left} more {'try' if left == 1 else 'tries'}, then a wait"
        wait_s = _wait_s(self._wrong)
        return f"unlock: wrong PIN {self._wrong} times: wait {wait_s:.0f} s, then try again"

    def _require_pin(self) -> str:
        if self._kept is None:
            raise ConsoleError(
                Code.NO_PIN, "lock: no PIN is set: `lock PIN` sets one of 4 to 12 digits"
            )
        return self._kept


def _wait_s(wrong: int) -> float:
    """Return how long nobody may try after so many wrong PINs, seconds."""
    beyond = wrong - FREE_TRIES
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(beyond, 16)) if beyond >= 0 else 0.0


def _fits(pin: str, kept: str) -> bool:
    """Return whether it is that PIN. A kept text that is damaged fits nothing."""
    cost, _, rest = kept.partition("$")
    salt, _, digest = rest.partition("$")
    is_whole = cost in COSTS and _is_hex(salt) and _is_hex(digest)
    if len(pin) > MAX_PIN or not is_whole:  # a longer one only costs time
        return False
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt), cost), bytes.fromhex(digest))


def _is_hex(text: str) -> bool:
    return bool(text) and len(text) % 2 == 0 and not set(text) - set("0123456789abcdef")
