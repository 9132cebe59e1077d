"""What the line tells -> jobs: which session, set and repetition each is. In the main thread.

A session begins when somebody has been weighed, or a workout starts; it ends with the workout, the
run, or after a long absence, and when somebody else's profile is put into use. It is kept from its
first repetition on. Sets are those of the workout where there is one, else as `workout.sets` counts
them. Nothing here waits: jobs go into a queue.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from matfw.history.rows import (
    LiveRep,
    SessionInfo,
    SessionState,
    SetInfo,
    SetOutcome,
    WallTime,
)
from matfw.messages import (
    Event,
    FaultSeen,
    PersonWeighed,
    Phase,
    PhaseChanged,
    Presence,
    Rep,
    SetChanged,
    SetState,
    Side,
    WorkoutChanged,
    WorkoutState,
)
from matfw.pipeline import Step
from matfw.store.jobs import EndSession, EndSet, Job, KeepRep
from matfw.workout.fatigue import fatigue
from matfw.workout.sets import pause_s

ABSENT_S = 600.0  # of an empty mat: whoever comes then begins another session
LIVE_KEPT_S = 60.0  # a repetition and its refinement take less, at the slowest tempo
LIVE_SLACK_S = 1.0  # the live line may see a phase so much before or after the refined one
SOUND_LIMIT_S = 0.4  # a repetition's sound waits so long for the disk; its usefulness ends at 2 s


class Jobs(Protocol):
    """Where jobs go; `store.background.BackgroundWriter`."""

    kept_rep: int
    is_failing: bool

    def put(self, job: Job) -> None:
        """Take a job; never waits."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for now, and of whom: the settings', or the workout's own set."""

    person: str | None
    set_info: SetInfo


class RecordTap:
    """Follows the line and hands over what is to be kept; also says which sounds need not wait."""

    def __init__(
        self,
        jobs: Jobs,
        asked: Callable[[], Asked],
        now: Callable[[], WallTime],
        begin: Callable[[float, Asked, WallTime], SessionInfo],
        set_over: Callable[[SetInfo, Sequence[Rep]], object] = lambda *_: None,
    ) -> None:
        """Take where jobs go, what returns what is asked for now, and the wall's time.

        begin: makes a session that begins at that time. set_over: takes a set that is over.
        """
        self._jobs = jobs
        self._asked = asked
        self._now = now
        self._begin = begin
        self._set_over = set_over
        self._session: SessionInfo | None = None
        self._has_reps = False
        self._set: list[Rep] = []
        self._set_info: SetInfo | None = None
        self._set_number = 0
        self._is_set_over = False
        self._is_led = False  # a workout is under way: only what its sets hold counts
        self._workout_set: SetChanged | None = None
        self._set_done_s: float | None = None  # where the workout's set is over
        self._outside = 0  # repetitions of this session that no set holds
        self._seen_s: float | None = None  # when somebody was last on the mat
        self._phases: deque[tuple[float, Phase]] = deque()
        self._faults: deque[tuple[float, FaultSeen]] = deque()
        self._waiting: deque[tuple[float, KeepRep]] = deque()  # since when, for the disk
        self._released = 0
        self.t_s = 0.0
        self.renamed: deque[tuple[str, str | None]] = deque()  # people; see _follow_renames

    @property
    def session(self) -> SessionInfo | None:
        """Return the session under way."""
        return self._session

    def step(self, step: Step) -> None:
        """See one frame's step."""
        self.t_s = t_s = step.raw.t_s
        self._follow_renames()
        for seen in step.faults:
            self._faults.append((step.motion.t_s, seen))
        for kept in (self._phases, self._faults):
            while kept and kept[0][0] < t_s - LIVE_KEPT_S:
                kept.popleft()
        if step.motion.presence is not Presence.EMPTY or self._seen_s is None:
            self._seen_s = t_s
        elif t_s - self._seen_s > ABSENT_S:
            self.end_session()

    def events(self, events: Sequence[Event]) -> None:
        """See what happened."""
        for event in events:
            match event:
                case PersonWeighed():
                    self._weighed(event)
                case PhaseChanged():
                    self._phases.append((event.t_s, event.phase))
                case Rep():
                    self._keep(event)
                case SetChanged():
                    self._set_changed(event)
                case WorkoutChanged():
                    self._workout_changed(event)
                case _:
                    pass

    def released_rep(self, t_s: float) -> int:
        """Return the number of the last repetition whose sound need not wait any more.

        It waits until its row is on the disk; not longer than SOUND_LIMIT_S, and not at all while
        the disk refuses. Its row then says so.
        """
        self._released = max(self._released, self._jobs.kept_rep)
        while self._waiting and self._waiting[0][1].rep.rep <= self._released:
            self._waiting.popleft()
        for since_s, job in self._waiting:
            if self._jobs.is_failing or t_s - since_s > SOUND_LIMIT_S:
                job.is_announced = True
                self._released = job.rep.rep
        return self._released

    def resume(self, session: SessionInfo, last: Sequence[Rep], set_info: SetInfo) -> None:
        """Go on with a session that was interrupted, in its last set; last: its repetitions."""
        self.end_session()
        self._session, self._has_reps = session, True
        self._set, self._set_info, self._set_number = list(last), set_info, set_info.number
        self._is_set_over = False
        self._jobs.put(EndSession(session=session, state=SessionState.OPEN))

    def end_session(self) -> None:
        """End the session under way, if there is one."""
        self._end_set()
        session, self._session = self._session, None
        if session is not None and self._has_reps:
            self._jobs.put(EndSession(session=session, state=SessionState.DONE))
        self._set, self._set_info, self._set_number = [], None, 0
        self._has_reps = False
        self._workout_set, self._set_done_s, self._outside = None, None, 0

    # --- events

    def _weighed(self, event: PersonWeighed) -> None:
        if self._session is None:
            self._begin_session(event.t_s)
        assert self._session is not None
        self._session = replace(self._session, weight_kg=event.weight_kg)

    def _workout_changed(self, event: WorkoutChanged) -> None:
        if event.state in (WorkoutState.STARTED, WorkoutState.DONE):
            self._is_led = event.state is WorkoutState.STARTED
        if event.state is WorkoutState.STARTED and self._has_reps:
            weight_kg = self._session.weight_kg if self._session else None
            self.end_session()
            session = self._begin_session(event.t_s)
            self._session = replace(session, weight_kg=weight_kg)
        elif event.state is WorkoutState.DONE:
            self.end_session()

    def _set_changed(self, event: SetChanged) -> None:
        """Follow the workout's sets; a repetition that is judged late still belongs to its set."""
        if event.state is SetState.DONE:
            self._set_done_s = event.t_s
            self._end_set()
        elif event.state is SetState.STARTED:
            self._is_led = True
            self._workout_set, self._set_done_s = event, None

    def _keep(self, rep: Rep) -> None:
        asked = self._asked()
        self._follow_renames()
        if self._session is not None and self._session.person != asked.person:
            self.end_session()  # somebody else's profile is in use
        session = self._session or self._begin_session(rep.start_s)
        if self._is_led and not self._counts(rep):
            self._keep_outside(rep, session, asked)
            return
        if self._set_info is None or self._is_next_set(rep, self._set_info):
            self._end_set()
            self._set_number += 1
            self._set, self._set_info = [], self._asked_of(rep, asked)
            self._is_set_over = False
        self._has_reps = True
        self._set.append(rep)
        self._put_rep(rep, session, self._set_info, len(self._set))
        is_full = self._workout_set is None and len(self._set) >= self._set_info.reps_asked
        if self._is_set_over:
            self._put_set_end(session, self._set_info)  # it has one more now
        elif is_full:
            self._end_set()

    def _counts(self, rep: Rep) -> bool:
        """Return whether a set of the workout holds it, and it is not one too many."""
        set_event = self._workout_set
        if set_event is None or (self._set_done_s is not None and rep.start_s >= self._set_done_s):
            return False
        is_begun = self._set_info is not None and self._set_info.number == set_event.set
        return not is_begun or len(self._set) < set_event.reps

    def _keep_outside(self, rep: Rep, session: SessionInfo, asked: Asked) -> None:
        """Keep a repetition that was judged and counts for no set: of a rest, of turning over."""
        set_info = self._set_info or replace(asked.set_info, number=0, side=rep.side)
        self._outside += 1
        self._has_reps = True
        self._put_rep(rep, session, set_info, -self._outside)

    def _put_rep(self, rep: Rep, session: SessionInfo, set_info: SetInfo, number: int) -> None:
        job = KeepRep(session=session, set_info=set_info, number=number, rep=rep,
                      live=self._live(rep), now=self._now())  # fmt: skip
        self._jobs.put(job)
        self._waiting.append((self.t_s, job))

    def _follow_renames(self) -> None:
        """Follow what consoles did with people: old and new name; None: deleted, with sessions."""
        while self.renamed:
            old, new = self.renamed.popleft()
            if self._session is None or self._session.person != old:
                continue
            if new is None:
                self.end_session()
            else:
                self._session = replace(self._session, person=new)

    def _is_next_set(self, rep: Rep, now: SetInfo) -> bool:
        if self._workout_set is not None:
            return self._workout_set.set != now.number
        last = self._set[-1] if self._set else None
        is_late = last is not None and rep.start_s - last.end_s > pause_s(last)
        return is_late or len(self._set) >= now.reps_asked or rep.side is not now.side

    def _asked_of(self, rep: Rep, asked: Asked) -> SetInfo:
        """Return the set that a repetition begins."""
        set_event = self._workout_set
        if set_event is None:
            return replace(asked.set_info, number=self._set_number, side=rep.side)
        self._set_number = set_event.set
        side = set_event.side if rep.side is Side.UNKNOWN else rep.side
        return replace(asked.set_info, number=set_event.set, side=side, reps_asked=set_event.reps)

    def _begin_session(self, t_s: float) -> SessionInfo:
        self._session = self._begin(t_s, self._asked(), self._now())
        self._seen_s = max(t_s, self.t_s)
        return self._session

    def _end_set(self) -> None:
        asked, session = self._set_info, self._session
        if not self._set or self._is_set_over or asked is None or session is None:
            return
        self._is_set_over = True
        self._put_set_end(session, asked)
        self._set_over(asked, tuple(self._set))

    def _put_set_end(self, session: SessionInfo, asked: SetInfo) -> None:
        is_done = len(self._set) >= asked.reps_asked
        tired = fatigue(self._set)  # also of one that was broken off, as by whoever tires
        self._jobs.put(
            EndSet(
                session=session,
                number=asked.number,
                outcome=SetOutcome.DONE if is_done else SetOutcome.ENDED,
                fatigue_percent=tired.value if tired else None,
            )
        )

    def _live(self, rep: Rep) -> LiveRep:
        """Return what the live line had made of it."""
        first_s, last_s = rep.start_s - LIVE_SLACK_S, rep.end_s + LIVE_SLACK_S
        since = {phase: t_s for t_s, phase in reversed(self._phases) if first_s <= t_s <= last_s}
        rest = [t_s for t_s, phase in self._phases if phase is Phase.REST and t_s > rep.lower_s]
        faults = {seen.fault: seen for t_s, seen in self._faults if first_s <= t_s <= last_s}
        return LiveRep(
            up_from_s=since.get(Phase.UP),
            hold_from_s=since.get(Phase.HOLD),
            down_from_s=since.get(Phase.DOWN),
            rest_from_s=rest[0] if rest else None,
            faults=tuple(faults.values()),
        )
