"""A session that was interrupted is offered: by a cue, to consoles, and taken by two taps.

The record's thread finds it. All else is in the main thread, between two frames. It stands until it
is taken, or a set of another session begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matfw.control.ports import Record, RunningFirmware
from matfw.control.status import Notice
from matfw.history.rows import SessionRecord
from matfw.messages import Announcement, CueGiven, Event, Rep, SetChanged, SetState
from matfw.pipeline import Step
from matfw.workout.stage import Ask

TAKEN_BY_TAPS = 2
TAPS_S = 30.0  # after its cue: two taps mean other things later


class ResumeOffer:
    """What can be gone on with, and whether it has been."""

    def __init__(self, notify: Callable[[Notice], object]) -> None:
        """Take what tells consoles of it."""
        self._notify = notify
        self._found: SessionRecord | None = None
        self._is_cued = self._is_taken = False
        self._cued_s: float | None = None
        self.notice: Notice | None = None  # for consoles that connect later

    def make(self, found: SessionRecord, text: str) -> None:
        """Offer it; from any thread."""
        self.notice = Notice("resume", text, {"text": text, "session": found.session.session_id})
        self._found = found
        self._notify(self.notice)

    def withdraw(self) -> None:
        """Offer nothing any more."""
        self._found = self.notice = None
        self._is_taken = False

    def step(self, step: Step) -> None:
        """See one frame's step: two taps after the cue take it."""
        if self._found is None or self._cued_s is None:
            return
        is_soon = step.raw.t_s - self._cued_s <= TAPS_S
        self._is_taken = self._is_taken or (is_soon and step.taps == TAKEN_BY_TAPS)

    def events(self, events: Sequence[Event]) -> None:
        """See what happened: once a set has begun it is too late."""
        if self._found is None:
            return
        for event in events:
            if isinstance(event, CueGiven) and event.cue is Announcement.UNFINISHED:
                self._cued_s = event.t_s
            is_begun = isinstance(event, SetChanged) and event.state is SetState.STARTED
            if is_begun or isinstance(event, Rep):
                self.withdraw()

    def between(self, firmware: RunningFirmware, record: Record | None) -> None:
        """Have its cue given; go on with it where it was taken."""
        found = self._found
        if found is None or record is None:
            return
        if not self._is_cued:
            self._is_cued = True
            firmware.line.tell_workout(Ask.OFFER)
        if self._is_taken:
            self.withdraw()
            firmware.line.resume_workout(record.resume(found).sets)
