"""People whose recordings have holes, as torn bursts of reading leave them.

A burst loses four to six successive conversions of all cells or of one, as a reader does that has
to distrust converters it may have reset. Marked as the computer's doing or, as in recordings, not.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from matfw.messages import RawFrame

BURST = (4, 6)  # conversions
ALL_SHARE = 0.5  # of bursts that all cells lose


@dataclass(frozen=True, slots=True)
class Torn:
    """share: of frames in which a burst begins. is_marked: said to be the computer's doing."""

    share: float
    is_marked: bool = True


WHOLE = "clean"  # the same people on the same seeds, without holes
KINDS: Mapping[str, Torn] = MappingProxyType(
    {
        f"{WHOLE} torn 0.05": Torn(0.0005),
        f"{WHOLE} torn 0.2": Torn(0.002),
        f"{WHOLE} torn 1": Torn(0.01),
        f"{WHOLE} torn 3": Torn(0.03),
        f"{WHOLE} torn 1 unmarked": Torn(0.01, is_marked=False),
    }
)


def torn(frames: Sequence[RawFrame], how: Torn, seed: int) -> list[RawFrame]:
    """Return the frames with holes; the same seed, the same holes."""
    rng = random.Random(seed)
    cells = len(frames[0].counts)
    left = [0] * cells
    broken = []
    for frame in frames:
        if rng.random() < how.share:
            hit = range(cells) if rng.random() < ALL_SHARE else (rng.randrange(cells),)
            length = rng.randint(*BURST)
            for cell in hit:
                left[cell] = max(left[cell], length)
        counts = tuple(
            None if gone else count for gone, count in zip(left, frame.counts, strict=True)
        )
        mask = sum(1 << i for i, count in enumerate(counts) if count is None)
        broken.append(replace(frame, counts=counts, computer_mask=mask if how.is_marked else 0))
        left = [max(0, gone - 1) for gone in left]
    return broken
