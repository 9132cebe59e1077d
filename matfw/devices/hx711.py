"""The HX711's numbers and the meaning of its 24 bits. Source: AVIA HX711 datasheet V2.0."""

from __future__ import annotations

from matfw.errors import MatSettingsError

RATES_HZ = (10.0, 80.0)  # RATE pin low, high; the chip's own oscillator, "typ" only (p. 3)
FRAME_PULSES = 25  # 24 data bits and one more: channel A at gain 128 for the next result (p. 4)
DATA_BITS = 24
SCK_HIGH_LIMIT_S = 50e-6  # T3 max (p. 5); above 60 us the chip powers down and starts again
RESET_HOLD_S = 0.010  # SCK high for a power-down; Linux's driver found less to be unreliable
SETTLING_CONVERSIONS = 4  # 400 ms at 10 SPS, 50 ms at 80 SPS after power-up or reset (p. 3)
WORD = (1 << DATA_BITS) - 1
SIGN = 1 << (DATA_BITS - 1)


def signed_counts(word: int) -> int:
    """Return the counts of a 24-bit two's complement word, -8388608 to 8388607."""
    return (word & WORD ^ SIGN) - SIGN


def check_rate_hz(rate_hz: float) -> float:
    """Return the rate; raise MatSettingsError if the chip does not have it."""
    if rate_hz not in RATES_HZ:
        raise MatSettingsError(
            f"rate_hz must be one of {RATES_HZ} (got {rate_hz}): set it as the RATE pin is wired"
        )
    return rate_hz
