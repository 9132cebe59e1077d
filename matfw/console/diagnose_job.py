"""`diagnose`: ten seconds of frames, and what they show about the wiring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matfw.console.answers import Answer, Job
from matfw.console.arguments import Values
from matfw.console.command import MAT, Command
from matfw.control.errors import Code, ConsoleError
from matfw.errors import MatUsageError
from matfw.messages import Presence

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.subscriptions import Subscription
    from matfw.messages import RawFrame
    from matfw.pipeline import Step

LOOK_S = 10.0
ACCOUNT_WAIT_S = 1.5  # the reader's account comes once a second


def diagnose(context: Context, _: Values) -> Job:
    """Begin."""
    return Diagnosing(context)


class Diagnosing:
    """Ten seconds between two of the reader's accounts."""

    prompt = None

    def __init__(self, context: Context) -> None:
        self._context = context
        self._control = context.control
        self._subscription: Subscription[Step] = self._control.steps.open()
        self._frames: list[RawFrame] = []
        self._asked_s = context.now_s()
        self._began_s: float | None = None
        self._before = self._after = self._control.stats()
        context.progress(f"diagnose: {LOOK_S:g} s, best with nobody on the mat")

    def poll(self) -> Answer | None:
        """Gather; at the end look."""
        now_s = self._context.now_s()
        steps = self._subscription.drain()
        if self._began_s is None:
            stats = self._control.stats()
            if stats is self._before and now_s - self._asked_s < ACCOUNT_WAIT_S:
                return None
            self._before, self._began_s = stats, now_s
            return None
        self._frames += [step.raw for step in steps]
        took_s = now_s - self._began_s
        if took_s < LOOK_S:
            self._after = self._control.stats()
            return None
        stats = self._control.stats()
        if stats is self._after and took_s < LOOK_S + ACCOUNT_WAIT_S:
            return None
        self._after = stats
        return self._look()

    def answer(self, text: str) -> Answer | None:
        """Ask nothing."""
        raise AssertionError(text)

    def interrupt(self) -> Answer:
        """Leave."""
        raise ConsoleError(Code.INTERRUPTED, "diagnose: left by Ctrl-C")

    def complete(self, text: str) -> list[str]:  # noqa: ARG002  of the protocol
        """Complete nothing."""
        return []

    def close(self) -> None:
        """Close the subscription."""
        self._subscription.close()

    def _look(self) -> Answer:
        from matfw.diagnose import analyse, stats_since  # noqa: PLC0415  numpy, 15 MB
        from matfw.diagnose.report import as_data, as_lines  # noqa: PLC0415  see above

        try:
            found = analyse(
                self._frames, stats_since(self._after, self._before), self._control.mat(),
                uncalibrated=self._control.status().uncalibrated,
            )  # fmt: skip
        except MatUsageError as error:
            raise ConsoleError(Code.NO_CELLS, f"diagnose: {error}") from None
        now = self._control.status()
        is_virtual = now.is_virtual
        head: tuple[str, ...] = ("VIRTUAL cells: a simulated mat.",) if is_virtual else ()
        if now.presence is not Presence.EMPTY:
            head += (
                "Somebody or something is on the mat: less can be found than on an empty one.",
            )
        return Answer((*head, *as_lines(found)), {"virtual": is_virtual, **as_data(found)})


COMMANDS = (
    Command(
        "diagnose", MAT, "ten seconds of data: noise, rate, wiring faults by cell",
        diagnose, is_job=True,
    ),
)  # fmt: skip
