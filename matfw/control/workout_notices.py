"""What every console is notified of about the workout: sets that are done, and rests."""

from __future__ import annotations

from collections.abc import Callable

from matfw.control.status import Notice
from matfw.workout.sets import Progress

REST_MARKS_S = (60.0, 30.0, 10.0)  # left of a rest; its end is notified too, and cued


class WorkoutNotices:
    """Follows the progress; called by the main thread between two frames."""

    def __init__(self, progress: Progress, notify: Callable[[Notice], object]) -> None:
        """Take where the workout is, and what takes notices; it must not wait."""
        self.progress = progress
        self.rest_left_s: float | None = None
        self._notify = notify

    def follow(self, progress: Progress, t_s: float) -> None:
        """Notify of what has changed."""
        before, self.progress = self.progress, progress
        until_s = progress.rest_until_s
        was_s, left_s = self.rest_left_s, None if until_s is None else max(0.0, until_s - t_s)
        self.rest_left_s = left_s
        if progress.state:
            return  # a guided workout says it by events of its own
        if progress.is_set_done and not before.is_set_done:
            self._set_done(progress, t_s)
        if left_s is None:
            if was_s is not None and progress.is_set_done:
                next_set = f"set {progress.set_number + 1} of {progress.sets}"
                self._put("rest", f"the rest is over: {next_set}", left_s=0.0)
            return
        for mark_s in REST_MARKS_S:
            if was_s is not None and left_s <= mark_s < was_s:
                self._put("rest", f"rest: {mark_s:.0f} s left", left_s=mark_s)

    def _set_done(self, progress: Progress, t_s: float) -> None:
        text = f"set {progress.set_number} of {progress.sets} is done"
        if progress.rest_until_s is not None:
            text += f": rest, {max(0.0, progress.rest_until_s - t_s):.0f} s"
        elif progress.is_workout_done:
            text += ", that was the last"
        self._put(
            "set", text, set=progress.set_number, sets=progress.sets,
            workout_done=progress.is_workout_done,
        )  # fmt: skip

    def _put(self, event: str, text: str, **data: object) -> None:
        self._notify(Notice(event, text, {"text": text, **data}))
