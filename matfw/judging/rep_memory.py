"""What the live detectors keep of the repetition under way."""

from __future__ import annotations

from matfw.messages import Motion, Phase


class RepMemory:
    """Sums and extremes of one repetition, by the phase they belong to."""

    def __init__(self) -> None:
        """Begin a repetition."""
        self.shift_sum_mm = 0.0
        self.shifts = 0
        self.roll_sum_deg = 0.0
        self.rolls = 0
        self.fastest_up_dps = 0.0
        self.fastest_down_dps = 0.0
        self.held_deg = 0.0
        self.high_steps = 0

    def follow(self, motion: Motion, phase: Phase) -> None:
        """Add one step."""
        if phase is Phase.UP:
            self.fastest_up_dps = max(self.fastest_up_dps, motion.rate_dps)
            self.held_deg = motion.angle_deg
        elif phase is Phase.HOLD:
            self.held_deg = max(self.held_deg, motion.angle_deg)
            self.shift_sum_mm += motion.front_shift_mm
            self.shifts += 1
            if motion.hip_roll_deg is not None:
                self.roll_sum_deg += motion.hip_roll_deg
                self.rolls += 1
        elif phase is Phase.DOWN:
            self.fastest_down_dps = max(self.fastest_down_dps, -motion.rate_dps)
