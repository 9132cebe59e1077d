"""Who has the mat for itself: while a wizard measures nothing is judged, until it gives it back.

Only the main thread changes it, between two frames. So a link whose far end has vanished, or whose
thread is stuck, cannot keep the mat: what nobody uses for some time is ended from here.
"""

from __future__ import annotations

from collections.abc import Callable

from matfw.control.errors import Code, ConsoleError
from matfw.control.ports import RunningFirmware


class Hold:
    """The mat, taken by one job of one link. ended: why it was taken away again, None till then."""

    def __init__(self, what: str, link: str, now_s: Callable[[], float]) -> None:
        """Take the command's name, the link's, and monotonic seconds."""
        self.what = what
        self.link = link
        self.ended: str | None = None
        self.is_given = False
        self._now_s = now_s
        self._used_s = now_s()

    @property
    def words(self) -> str:
        """Return who has the mat."""
        return f"{self.what} is under way on link {self.link}"

    @property
    def unused_s(self) -> float:
        """Return for how long nobody has gone on with it."""
        return self._now_s() - self._used_s

    def use(self) -> None:
        """Note that somebody goes on with it: a line came, or a measurement is under way."""
        self._used_s = self._now_s()


class Measuring:
    """At most one hold. The main thread calls everything here; `holder` may be read by all."""

    def __init__(self, report: Callable[[Hold], object]) -> None:
        """Take what reports a hold that was ended without its link."""
        self.holder: Hold | None = None
        self._report = report

    def take(self, hold: Hold, firmware: RunningFirmware) -> None:
        """Stop judging for this hold. Raises ConsoleError where another has the mat."""
        self.refuse_others(hold.what)
        firmware.pause(hold.what)
        self.holder = hold

    def refuse_others(self, what: str) -> None:
        """Refuse what cannot be done while the mat is taken. Raises ConsoleError."""
        if self.holder is not None:
            raise ConsoleError(
                Code.ALREADY,
                f"{what}: {self.holder.words}, so nothing is judged: wait for it, or"
                " `calibrate stop` ends it",
            )

    def follow(self, firmware: RunningFirmware, limit_s: float) -> bool:
        """Judge again where the hold is over or unused for limit_s; return whether it ended."""
        hold = self.holder
        if hold is None:
            return False
        if not hold.is_given and hold.ended is None and hold.unused_s > limit_s:
            hold.ended = f"ended, as nothing was typed for {limit_s:g} s"
        if hold.ended is None and not hold.is_given:
            return False
        self.holder = None
        firmware.resume(hold.what)
        if not hold.is_given:
            self._report(hold)
        return True
