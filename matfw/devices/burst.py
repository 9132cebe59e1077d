"""One burst: 25 pulses to all converters in a mask, their DOUT lines read together.

The firmware's hottest loop. 75 calls to the kernel whatever the number of converters; all else is
kept out of it. Each bit is read after SCK is low again, where it is still valid until the next
rise (datasheet p. 5), so that only two calls lie inside an SCK-high.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from matfw.devices.hx711 import DATA_BITS

LANE_BITS = 32  # one converter's bits in `Burst.lanes`; more than 24, so that lanes never meet
MAX_CELLS = 12  # the spread table has 2 ** cells entries
_BITS = (None,) * DATA_BITS


class Burst(NamedTuple):
    """What came back. Converter i's word is the low 24 bits of lanes >> (LANE_BITS * i)."""

    lanes: int
    after: int  # DOUT lines after the 25th pulse; a converter that was read out is high
    longest_high_s: float  # an SCK-high was no longer than this
    began_s: float
    high_s: float  # just before the lines were found in the state `after`
    ended_s: float


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
    """
    lanes = 0
    longest_s = 0.0
    began_s = now_s()
    for _ in _BITS:
        before_s = now_s()
        write(mask, mask)
        write(0, mask)
        high_s = now_s() - before_s
        if high_s > longest_s:  # noqa: PLR1730  # max() would cost 1.5 us a frame
            longest_s = high_s
        lanes = lanes << 1 | spread[read()]
    before_s = now_s()
    write(mask, mask)
    write(0, mask)
    low_s = now_s()
    after = read()
    return Burst(lanes, after, max(longest_s, low_s - before_s), began_s, low_s, now_s())
