"""One burst: 25 pulses to all converters in a mask, their DOUT lines read together.

The firmware's hottest loop. 75 calls to the kernel whatever the number of converters; all else is
kept out of it. Each bit is read after SCK is low again, where it is still valid until the next
rise (datasheet p. 5), so that only two calls lie inside an SCK-high.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from matfw.devices.hx711 import DATA_BITS, SCK_HIGH_LIMIT_S, WORD

LANE_BITS = 32  # one converter's bits in `Burst.lanes`; more than 24, so that lanes never meet
MAX_CELLS = 12  # the spread table has 2 ** cells entries
_BITS_AFTER = tuple(
    WORD >> pulse for pulse in range(1, DATA_BITS + 1)
)  # read after each pulse's own


class Burst(NamedTuple):
    """What came back. Converter i's word is the low 24 bits of lanes >> (LANE_BITS * i)."""

    lanes: int
    after: int  # DOUT lines after the 25th pulse; a converter that was read out is high
    longest_high_s: float  # an SCK-high was no longer than this
    began_s: float
    high_s: float  # just before the lines were found in the state `after`
    ended_s: float
    long_s: float | None = None  # when the first SCK-high that may have lasted too long began
    witnesses: int = WORD  # the word's bits read after the own bit of the last such of the first 24
    is_last_long: bool = False  # the 25th may have lasted too long

    @property
    def is_long(self) -> bool:
        """Return whether an SCK-high may have lasted so long that it reset a converter."""
        return self.long_s is not None


def spread_table(cells: int) -> tuple[int, ...]:
    """Return, for each word of DOUT levels, an integer with each level in its own lane."""
    return tuple(
        sum((word >> i & 1) << (LANE_BITS * i) for i in range(cells)) for word in range(1 << cells)
    )


def clock_out(
    write: Callable[[int, int], None],
    read: Callable[[], int],
    now_s: Callable[[], float],
    mask: int,
    spread: tuple[int, ...],
) -> Burst:
    """Clock one frame out of the converters whose clock lines are in mask, and never less.

    An SCK-high lies between a clock read before the write that raises it and one after the write
    that lowers it, so it is over- and never underestimated. One clock read a pulse would do if it
    took in the read of DOUT too, but every stall in that read would then cost five good frames
    for the sake of 1 us.

    An overestimate proves nothing: beside a stall outside the pulse the chip has felt none. So the
    burst says which bits came after the last SCK-high in doubt (`Burst.witnesses`): a converter
    that was switched off gives only ones from there on, so a 0 among them proves that it was not.
    The pulse's own bit does not count: DOUT may not have risen yet when it is read.
    """
    lanes = 0
    longest_s = bar_s = 0.0  # bar_s: what a pulse must exceed to be noted, at most the limit
    long_s: float | None = None
    witnesses = WORD
    began_s = now_s()
    for bits_after in _BITS_AFTER:
        before_s = now_s()
        write(mask, mask)
        write(0, mask)
        high_s = now_s() - before_s
        if high_s > bar_s:
            longest_s = max(longest_s, high_s)
            bar_s = min(longest_s, SCK_HIGH_LIMIT_S)
            if high_s > SCK_HIGH_LIMIT_S:
                witnesses = bits_after
                long_s = before_s if long_s is None else long_s
        lanes = lanes << 1 | spread[read()]
    before_s = now_s()
    write(mask, mask)
    write(0, mask)
    low_s = now_s()
    after = read()
    high_s = low_s - before_s
    is_last_long = high_s > SCK_HIGH_LIMIT_S
    if is_last_long and long_s is None:
        long_s = before_s
    ended_s = now_s()
    longest_s = max(longest_s, high_s)
    return Burst(lanes, after, longest_s, began_s, low_s, ended_s, long_s, witnesses, is_last_long)
