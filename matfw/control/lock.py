"""The PIN that guards what changes things. Wrong PINs cost time: three are free, then it doubles.

Only a salted hash is kept. A PIN of four digits is no match for somebody who has the file; it
keeps a child or a passer-by at an open console from changing a limit.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import threading
from collections.abc import Callable

from matfw.control.errors import Code, ConsoleError

MIN_PIN, MAX_PIN = 4, 12  # digits
FREE_TRIES = 3
FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 300.0  # long enough that nobody tries all PINs
SALT_BYTES = 16
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
    """One lock for all links; any thread may call it."""

    def __init__(
        self,
        kept: str | None,
        *,
        now_s: Callable[[], float],
        save: Callable[[str | None], object],
    ) -> None:
        """Take what `hash_pin` returned; None: there is no PIN and nothing is locked.

        now_s: monotonic seconds. save: keeps a new PIN's hash, None where there is no PIN.
        """
        self._kept = kept
        self._now_s = now_s
        self._save = save
        self._is_open = False
        self._wrong = 0
        self._wait_until_s = -math.inf
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
                self._wrong += 1
                raise ConsoleError(Code.WRONG_PIN, self._wrong_words())
            self._is_open = True
            self._wrong = 0

    def _wrong_words(self) -> str:
        left = FREE_TRIES - self._wrong
        if left > 0:
            return f"unlock: wrong PIN: {left} more {'try' if left == 1 else 'tries'}, then a wait"
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(-left, 16))
        self._wait_until_s = self._now_s() + wait_s
        return f"unlock: wrong PIN {self._wrong} times: wait {wait_s:.0f} s, then try again"

    def _require_pin(self) -> str:
        if self._kept is None:
            raise ConsoleError(
                Code.NO_PIN, "lock: no PIN is set: `lock PIN` sets one of 4 to 12 digits"
            )
        return self._kept


def _fits(pin: str, kept: str) -> bool:
    """Return whether it is that PIN. A kept text that is damaged fits nothing."""
    _, _, rest = kept.partition("$")
    salt, _, digest = rest.partition("$")
    if len(pin) > MAX_PIN or not (_is_hex(salt) and _is_hex(digest)):  # more only costs time
        return False
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)), bytes.fromhex(digest))


def _is_hex(text: str) -> bool:
    return bool(text) and len(text) % 2 == 0 and not set(text) - set("0123456789abcdef")
