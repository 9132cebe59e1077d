"""What somebody did before it was known who lies there, for as long as they have been there.

Whoever begins as soon as they lie is weighed in mid-exercise. Against their rest, once it is known,
what they have done until then is as good a measurement as what they do afterwards.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from msgspec import Struct

from matfw.estimation.lying import GONE_STAYS_S, GONE_STEPS, Place, is_elsewhere, mean_place
from matfw.estimation.noise import STEP_S
from matfw.estimation.step_means import StepMean

# Two lifts of 2-1-3 and the rests beside them; a window of refinement reaches back 25 s.
EARLIER_S = 15.0
ELSEWHERE_STEPS = round(GONE_STAYS_S / STEP_S)


class EarlierStep(Struct, frozen=True, gc=False):
    """A step of whoever was not known yet. seen_share: as of a motion; 0: `mean` is repeated."""

    t_s: float
    mean: StepMean
    seen_share: float


class EarlierSteps:
    """The last EARLIER_S of somebody who is not known yet."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._steps: deque[EarlierStep] = deque(maxlen=round(EARLIER_S / STEP_S))

    def add(self, t_s: float, mean: StepMean, seen_share: float) -> None:
        """Take the next step."""
        self._steps.append(EarlierStep(t_s, mean, seen_share))

    def forget(self) -> None:
        """Forget what was measured so far."""
        self._steps.clear()

    def since(self, place: Place) -> Sequence[EarlierStep]:
        """Return the steps since the body came to the place where it now lies, oldest first."""
        steps = list(self._steps)
        away_steps = 0
        for end in range(len(steps), GONE_STEPS - 1, -1):
            mean = mean_place([step.mean for step in steps[end - GONE_STEPS : end]])
            is_away = is_elsewhere(mean, place)
            away_steps = away_steps + 1 if is_away else 0
            if away_steps == ELSEWHERE_STEPS:
                return steps[end + ELSEWHERE_STEPS - 1 :]
        return steps
