"""The PIN that guards what changes things. Wrong PINs cost time: three are free, then it doubles.

Only a salted hash is kept. A PIN of four digits is no match for somebody who has the file; it
keeps a child or a passer-by at an open console from changing a limit.
"""

from __future__ import annotations

import hashlib
import hmac
import math

from matfw.control.errors import Code, ConsoleError

MIN_PIN, MAX_PIN = 4, 12  # digits
FREE_TRIES = 3
FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 300.0  # a forgotten PIN is tried on paper, not at the console
# scrypt with 4 MB and some 10 ms on a PC, 0.1 s on a Zero 2 W (estimated); RFC 7914 section 2.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**12, 8, 1


def hash_pin(pin: str, salt: bytes) -> str:
    """Return what is kept of a PIN. Raises ConsoleError if it is none."""
    if not (pin.isascii() and pin.isdigit() and MIN_PIN <= len(pin) <= MAX_PIN):
        raise ConsoleError(
            Code.ARGUMENT_WRONG, f"PIN: must be {MIN_PIN} to {MAX_PIN} digits: choose another"
        )
    return f"scrypt${salt.hex()}${_scrypt(pin, salt).hex()}"


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, dklen=32)


class Lock:
    """One lock for all links. Not thread-safe: the desk sees to that."""

    def __init__(self, kept: str | None = None) -> None:
        """Take what `hash_pin` returned; None: there is no PIN and nothing is locked."""
        self._kept = kept
        self._is_open = False
        self._wrong = 0
        self._wait_until_s = -math.inf

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

    def keep(self, kept: str | None) -> None:
        """Take a new PIN's hash and lock; None: there is no PIN any more."""
        self._kept = kept
        self._is_open = False
        self._wrong = 0

    def lock(self) -> None:
        """Lock. Raises ConsoleError if no PIN is set."""
        self._require_pin()
        self._is_open = False

    def unlock(self, pin: str, now_s: float) -> None:
        """Unlock. Raises ConsoleError if the PIN is wrong, or must not be tried yet."""
        kept = self._require_pin()
        wait_s = self._wait_until_s - now_s
        if wait_s > 0.0:
            raise ConsoleError(
                Code.PIN_WAIT,
                f"unlock: too many wrong PINs: wait {math.ceil(wait_s)} s, then try again",
            )
        # More digits than a PIN can have would only cost time; a kept text that is damaged fits
        # nothing.
        _, _, rest = kept.partition("$")
        salt, _, digest = rest.partition("$")
        if len(pin) <= MAX_PIN and _is_hex(salt) and _is_hex(digest):
            tried = _scrypt(pin, bytes.fromhex(salt))
            if hmac.compare_digest(tried, bytes.fromhex(digest)):
                self._is_open = True
                self._wrong = 0
                return
        self._wrong += 1
        raise ConsoleError(Code.WRONG_PIN, self._wrong_words(now_s))

    def _wrong_words(self, now_s: float) -> str:
        left = FREE_TRIES - self._wrong
        if left > 0:
            return f"unlock: wrong PIN: {left} more {'try' if left == 1 else 'tries'}, then a wait"
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(-left, 16))
        self._wait_until_s = now_s + wait_s
        return f"unlock: wrong PIN {self._wrong} times: wait {wait_s:.0f} s, then try again"

    def _require_pin(self) -> str:
        if self._kept is None:
            raise ConsoleError(
                Code.NO_PIN, "lock: no PIN is set: `lock PIN` sets one of 4 to 12 digits"
            )
        return self._kept


def _is_hex(text: str) -> bool:
    return bool(text) and len(text) % 2 == 0 and not set(text) - set("0123456789abcdef")
