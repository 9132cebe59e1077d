"""A Wii balance board (TL; TR; BL; BR; total; time) -> a four-cell recording.

No licence is stated: it stays a local test. The board's sensors are 433 mm apart across and 238 mm
along; "top" is put at the head (-x). Seen from above with the head on top, +y, the left of someone
on their back, is on the right: TL is at -y.

The host stamped the samples in whole 10 ms as they came over the radio, so 37 % of the stamps
repeat the one before, and the first 66 samples are a backlog that came all at once; after it they
keep within 0.1 s of an even 98.7 a second. A frame's `t_s` is therefore the sample's number over
that rate, as firmware with its own clock would have had it; `radio_s` are the stamps as found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matfw.messages import Cell, CellCalibration, Mat, RawFrame
from tests.importers.files import lines

Array = npt.NDArray[np.float64]

RECORDING = "wii/Converted_Mon_17-48-20.txt.gz"
HALF_X_MM = 119.0
HALF_Y_MM = 216.5
CELLS = (
    Cell("head_right", -HALF_X_MM, -HALF_Y_MM),  # TL
    Cell("head_left", -HALF_X_MM, HALF_Y_MM),  # TR
    Cell("foot_right", HALF_X_MM, -HALF_Y_MM),  # BL
    Cell("foot_left", HALF_X_MM, HALF_Y_MM),  # BR
)
COUNTS_PER_KG = 10_000.0  # the file's last digit is 10 g: 100 counts


@dataclass(frozen=True, slots=True)
class Board:
    """The recording; the arrays have one entry, or row, a sample."""

    mat: Mat
    frames: tuple[RawFrame, ...]  # on the board's own even clock
    loads_kg: Array  # (samples, 4) in the order of CELLS
    total_kg: Array  # the file's own total
    radio_s: Array  # stamps as found, from 0

    def bursts(self) -> tuple[RawFrame, ...]:
        """Return the same frames with the stamps as found: equal times, a jittery clock."""
        return tuple(
            RawFrame(float(t), frame.counts)
            for t, frame in zip(self.radio_s, self.frames, strict=True)
        )


def load() -> Board:
    """Return the recording; skips the test where it is absent."""
    table = np.array([line.split(";") for line in lines(RECORDING)[1:] if line], dtype=np.float64)
    loads_kg = table[:, :4]
    radio_s = np.round(table[:, 5] - table[0, 5], 2)
    backlog = int(np.count_nonzero(radio_s == 0))
    rate_hz = (len(table) - backlog) / float(radio_s[-1])
    counts = np.rint(loads_kg * COUNTS_PER_KG).astype(int).tolist()
    return Board(
        mat=Mat("wii", CELLS, (CellCalibration(0.0, COUNTS_PER_KG),) * 4, rate_hz=rate_hz),
        frames=tuple(
            RawFrame(round(index / rate_hz, 6), tuple(row)) for index, row in enumerate(counts)
        ),
        loads_kg=loads_kg,
        total_kg=table[:, 4],
        radio_s=radio_s,
    )
