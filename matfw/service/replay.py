"""The same line on a recording: no clock, no pins, as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matfw.control.events import Tally
from matfw.messages import Event, Mat, RawFrame, Rep
from matfw.pipeline import Pipeline
from matfw.refinement.refinement import Refinement
from matfw.workout.plan import Plan


def replay(
    mat: Mat, frames: Iterable[RawFrame], tell: Callable[[Event], None], plan: Plan | None = None
) -> Tally:
    """Take the frames through the line; tell each event in time order, return the sum.

    A finished movement is refined at once, so that the same recording gives the same events.
    """
    line, refinement = Pipeline(mat, plan), Refinement()
    tally = Tally()
    t_s = 0.0

    def finish_reps(reps: Iterable[Rep]) -> None:
        for rep in reps:
            tally.verdicts[rep.verdict] += 1
            tell(rep)

    for frame in frames:
        t_s = frame.t_s
        step = line.update(frame)
        tally.frames += 1
        tally.bad_frames += None in frame.counts
        for event in step.events:
            tell(event)
        if step.window is not None:
            finish_reps(line.finish_reps(t_s, refinement.refine(step.window)))
    last = line.finish()
    if last is not None:
        finish_reps(line.finish_reps(t_s, refinement.refine(last)))
    return tally
