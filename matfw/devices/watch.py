"""When to read: waits until as many converters are ready as one burst can take.

Every converter has its own oscillator, so results come at different times and drift past each
other. A frame waits for the first result and lingers for the others, as long as the oldest is
sure not to be replaced before the burst is over. Who is not ready by then, or will not be, is
left for the next frame: a converter 1 % slower than the fastest misses one frame in a hundred.
Frames come at the fastest converter's rate.

With one clock line for all nobody can be left out, so a frame waits for all, lets the results of
the faster converters be replaced unread, and keeps its burst clear of the moments at which they
are. Frames come at the slowest converter's rate.

Waiting is sleeping: until just before the first converter is due (a look that proves that nobody
is early), until the last one is due, and around one more converter's time, each frame another's,
to keep the predictions true. That is three or four looks a frame, where looking every 0.5 ms
takes up to twenty.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from matfw.devices.burst import Burst
from matfw.devices.converter import LOCKED_GUARD_S, SAFE_AGE, Converter
from matfw.ports import Clock

GIVE_UP_PERIODS = 2.0  # nothing ready: the frame is empty
LIMIT_PERIODS = 2.5  # a burst starts by then: `read` returns within 3
LINGER_PERIODS = 0.85  # at most; less where bursts are slow. Eight in random step need about 0.8
POLL_S = 0.0005  # between looks where there is no prediction; a look costs some 20 us of CPU
RESYNC_PERIODS = 1.1  # a frame left half read is over when the next result has come
BURST_MARGIN = 1.5  # the next burst takes no longer than this times the longest recent one
BURST_LIMIT = 0.3  # periods; a longer one was stalled and says nothing about the next
LOOK_CALLS = 3.0 / 75.0  # of a burst's calls: a look's own, and some to spare
BURST_DECAY = 0.9  # per frame, of the longest recent burst


class ReadyWatch:
    """Waits for converters.

    look: returns all DOUT levels. Four masks of converters:
    expected: waited for. sought: not waited for, but answering again, so that their rhythm is to
    be found. Both are set by the owner. barred: DOUT says nothing now. unwatched: may have been
    ready for long (since their `unwatched_from_s`).
    """

    def __init__(
        self,
        converters: Sequence[Converter],
        look: Callable[[], int],
        clock: Clock,
        rate_hz: float,
        *,
        is_sck_shared: bool,
    ) -> None:
        self._converters = tuple(converters)
        self._look = look
        self._now, self._sleep = clock.now_s, clock.sleep_s
        self._period_s = 1.0 / rate_hz
        self._is_sck_shared = is_sck_shared
        self._all = (1 << len(self._converters)) - 1
        self._members: dict[int, tuple[Converter, ...]] = {}
        self.expected = self._all
        self.sought = 0
        self.barred = 0
        self.unwatched = 0
        self.looked_s = 0.0  # when every converter then not ready was seen high
        self.expiry_s = math.inf  # of the oldest result found ready
        self._burst_s = 0.0
        self._turn = 0

    def members(self, mask: int) -> tuple[Converter, ...]:
        """Return the converters in a mask."""
        try:
            return self._members[mask]
        except KeyError:
            members = tuple(c for c in self._converters if c.bit & mask)
            return self._members.setdefault(mask, members)

    def begin(self, now_s: float) -> None:
        """Take that all converters have just been reset."""
        self.expected, self.sought, self.barred, self.unwatched = self._all, 0, 0, 0
        self.looked_s = now_s

    def bar(self, converter: Converter, now_s: float) -> None:
        """Look away until a frame left half read, or a result about to be replaced, is gone."""
        converter.not_before_s = now_s + RESYNC_PERIODS * self._period_s
        converter.unwatched_from_s = now_s
        self.barred |= converter.bit

    def burst_over(self, burst: Burst, ready: int) -> None:
        """Learn from a burst how long bursts take, and that those read are not ready any more."""
        lasted_s = min(burst.ended_s - burst.began_s, BURST_LIMIT * self._period_s)
        self._burst_s = max(lasted_s, BURST_DECAY * self._burst_s)
        newly_ready = ~burst.after & self._all & ~ready & ~self.barred
        for c in self.members(newly_ready):  # became ready during the burst
            c.unwatched_from_s = self.looked_s
            self.unwatched |= c.bit
        self.looked_s = burst.high_s

    def wait(self, held: int, doubted: int = 0) -> int:
        """Return the mask of the converters to read now, 0 if none became ready in time.

        held: converters in a power cycle, not looked at. doubted: looked at just before it is too
        late for being ready to clear them.
        """
        start_s = self._now()
        give_up_s = start_s + GIVE_UP_PERIODS * self._period_s
        limit_s = last_s = start_s + LIMIT_PERIODS * self._period_s
        self.expiry_s = math.inf
        if self.barred:
            self._unbar(start_s)
        awaited = self.expected & ~self.barred & ~held
        awaited, looks = self._plan(start_s, awaited, doubted)
        ready = 0
        now_s = start_s
        if looks and looks[-1] > start_s:
            self._sleep(min(looks.pop(), give_up_s) - start_s)
            now_s = self._now()
        while True:
            levels = self._look()
            ready &= ~levels  # a wire that came off meanwhile would read as all ones: -1
            fresh = ~levels & self._all & ~ready & ~self.barred & ~held
            if fresh:
                limit_s = min(limit_s, self._notice(fresh))
                ready |= fresh
            self.unwatched = 0
            self.looked_s = now_s
            now_s = self._now()
            if (ready and not awaited & ~ready) or now_s >= limit_s:
                safe_s = now_s
                if self._is_sck_shared:
                    safe_s = self._between_results(ready, now_s)
                else:
                    ready = self._without_stale(ready, now_s)
                if ready and safe_s <= now_s:
                    return ready
                if now_s >= last_s:
                    self._leave_unread(ready)
                    return 0
                looks = [safe_s]
                limit_s = last_s
            if not ready & awaited and now_s >= give_up_s:
                return ready
            while looks and looks[-1] <= now_s:
                looks.pop()
            next_s = looks.pop() if looks else now_s + POLL_S
            self._sleep(min(next_s, limit_s, give_up_s if not ready else limit_s) - now_s)
            now_s = self._now()
            if self.barred:
                self._unbar(now_s)

    def _plan(self, now_s: float, awaited: int, doubted: int) -> tuple[int, list[float]]:
        """Return who can come in time for one burst, and when to look, latest first."""
        members = self.members(awaited)
        if not members:
            return 0, []
        first_s = min([c.due_s - c.guard_s if c.is_due_known else now_s for c in members])
        if not all(c.is_locked for c in members):
            return awaited, [first_s]
        in_time_s = math.inf if self._is_sck_shared else first_s + self._linger_s(self._period_s)
        last_s = first_s
        for c in members:
            if c.due_s > in_time_s:
                awaited &= ~c.bit
            elif c.due_s > last_s:
                last_s = c.due_s
        if self.sought:
            return awaited, []
        self._turn += 1
        watched_s = members[self._turn % len(members)].due_s
        looks = [first_s, watched_s - LOCKED_GUARD_S, last_s + LOCKED_GUARD_S]
        if watched_s < last_s:
            looks.append(watched_s + LOCKED_GUARD_S)
        if doubted:
            for c in self.members(doubted & awaited):
                looks += [c.due_s, c.doubt_limit_s - LOOK_CALLS * self._burst_s]
        looks.sort(reverse=True)
        return awaited, looks

    def _linger_s(self, period_s: float) -> float:
        """Return how old a result may become before the burst must start."""
        return min(LINGER_PERIODS * period_s, SAFE_AGE * period_s - BURST_MARGIN * self._burst_s)

    def _notice(self, fresh: int) -> float:
        """Take that these are ready; return by when the burst must start for their sake."""
        low_s = self._now()
        limit_s = math.inf
        for c in self.members(fresh):
            high_s = c.unwatched_from_s if self.unwatched & c.bit else self.looked_s
            earliest_s = c.seen_ready(high_s, low_s)
            if self.expected & c.bit:
                self.expiry_s = min(self.expiry_s, c.expires_s)
            if self.expected & c.bit and not (c.is_measured and self._is_sck_shared):
                in_time_s = c.expires_s - BURST_MARGIN * self._burst_s
                limit_s = min(limit_s, earliest_s + LINGER_PERIODS * c.period_s, in_time_s)
        return limit_s

    def _without_stale(self, ready: int, now_s: float) -> int:
        """Leave out, until they have been replaced, results that may change during the burst.

        Only where the converter's rhythm is known: of the others the only way to find it is to
        read them out, which `expires_s` then exposes as torn.
        """
        if now_s + self._burst_s <= self.expiry_s:
            return ready
        self.expiry_s = math.inf
        for c in self.members(ready):
            if c.is_locked and now_s + self._burst_s > c.expires_s:
                ready &= ~c.bit
                self.barred |= c.bit
                c.unwatched_from_s = now_s
                c.move_on()
                c.not_before_s = c.due_s + max(c.error_s, LOCKED_GUARD_S)
                c.excused_s = max(c.excused_s, c.not_before_s + c.period_s)
            elif self.expected & c.bit:
                self.expiry_s = min(self.expiry_s, c.expires_s)
        return ready

    def _between_results(self, ready: int, now_s: float) -> float:
        """Return from when a burst lies between all converters' results, on a shared clock.

        There nobody can be left out: the faster converters' results are let go until the slowest
        is ready, and the burst must not straddle any of the new ones. Where it would, the frame
        looks again at the time returned, and decides anew.
        """
        safe_s = now_s
        members = self.members(ready)
        for c in 2 * members:  # the second round sees what the first has put off
            safe_s = c.clear_from_s(safe_s, self._burst_s)
        if safe_s > now_s:
            return safe_s
        for c in members:
            c.let_go(now_s)
        self.expiry_s = min([c.expires_s for c in members], default=math.inf)
        return now_s

    def _leave_unread(self, ready: int) -> None:
        """Remember of results left unread how old they are: later looks find them low too."""
        for c in self.members(ready):
            c.unwatched_from_s = c.earliest_s
        self.unwatched |= ready

    def _unbar(self, now_s: float) -> None:
        for c in self.members(self.barred):
            if now_s >= c.not_before_s:
                self.barred &= ~c.bit
                self.unwatched |= c.bit
