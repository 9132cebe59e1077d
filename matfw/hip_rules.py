"""What the hips did, from the sideways shift and, where there is one, a hip sensor's roll.

Both live judging and the verdict use this. Rolling back moves the centre of pressure 1.2-1.9 mm a
degree to the back, a leg that comes forward 0.9 mm a degree to the front: each alone shows, both
together cancel, on any number of cells. A sensor's roll tells what the cells' shift would have
been without it; what is left is the leg.
"""

from __future__ import annotations

from matfw.messages import Fault, FaultSeen, Limits

SHIFT_MM_PER_DEG = 1.7  # to the back, per degree that a sensor feels (0.9 of the bones' roll)
SPREAD_MM_PER_DEG = 0.4  # of that from person to person: trunks follow a pelvis by 30-60 %
HALF_ROLL = 0.5  # of the limit in degrees is enough where the cells' shift agrees


def hip_faults(shift_mm: float, roll_deg: float | None, limits: Limits) -> tuple[FaultSeen, ...]:
    """Return `roll_back` and `leg_forward` as far as they can be told; sizes in mm or deg.

    shift_mm: > 0 to the body's front. roll_deg: > 0 rolled back, None without a hip sensor.
    """
    if roll_deg is None:
        if shift_mm < -limits.roll_back_mm:
            return (FaultSeen(Fault.ROLL_BACK, -shift_mm, "mm"),)
        if shift_mm > limits.leg_forward_mm:
            return (FaultSeen(Fault.LEG_FORWARD, shift_mm, "mm"),)
        return ()
    faults: list[FaultSeen] = []
    agrees = shift_mm < -limits.roll_back_mm and roll_deg > HALF_ROLL * limits.roll_back_deg
    if roll_deg > limits.roll_back_deg or agrees:
        faults.append(FaultSeen(Fault.ROLL_BACK, roll_deg, "deg"))
    rolled_deg = max(roll_deg, 0.0)
    forward_mm = shift_mm + SHIFT_MM_PER_DEG * rolled_deg
    if forward_mm > limits.leg_forward_mm + SPREAD_MM_PER_DEG * rolled_deg:
        faults.append(FaultSeen(Fault.LEG_FORWARD, forward_mm, "mm"))
    return tuple(faults)
