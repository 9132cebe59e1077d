"""`calibrate` and `tare`: the wizard of matfw.calibrate on a link, fed with frames.

While one of them is under way nothing is judged, and no other link can measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, Job, NoAnswerError, reply
from matfw.console.arguments import Argument, Values, parse
from matfw.console.command import MAT, Command
from matfw.console.mat_commands import LAY, lay
from matfw.control.errors import Code, ConsoleError
from matfw.errors import MatError, MatUsageError
from matfw.messages import Presence
from matfw.motion import EMPTY_KG

if TYPE_CHECKING:
    from matfw.calibrate.wizard import Calibrated, Reason, Wizard
    from matfw.console.context import Context
    from matfw.control.api import Control
    from matfw.control.status import Status
    from matfw.control.subscriptions import Subscription
    from matfw.pipeline import Step

HOWS = ("corners", "anywhere", "fresh", "trim", "factory", "previous", "stop")
MEASURE_LIMIT_S = 45.0  # the wizard itself ends after 30 s of frames; this is for want of frames
LAY_HINT = (
    "A VIRTUAL mat: here `lay 10 head_left` lays the weight over a cell, `lay 0` takes it off."
)
_WORDS = ("accept", "again", "anyway", "at", "back", "go", "leave")

# The wizard's reasons that are not about the calibration itself.
_CODES: Mapping[str, Code] = MappingProxyType(
    {
        "someone_on_the_mat": Code.SOMEONE_ON_MAT,
        "moved": Code.NOT_STILL,
        "lost": Code.NO_CELLS,
        "late": Code.NO_CELLS,
        "saturated": Code.NO_CELLS,
    }
)


def calibrate(context: Context, values: Values) -> Answer | Job:
    """Begin the wizard, or put an older calibration back."""
    from matfw.calibrate.wizard import Kind, Wizard  # noqa: PLC0415  numpy, 15 MB

    control, how = context.control, str(values.get("how", "corners"))
    if how in ("factory", "previous"):
        return _put_back(control, how)
    if how == "stop":
        ended = control.end_measuring(context.link)
        return reply(f"{ended.what} on link {ended.link} is ended: nothing of it was saved",
                     what=ended.what, link=ended.link)  # fmt: skip
    weight = values.get("weight")
    kind = Kind.TRIM if how == "trim" else Kind.CALIBRATE
    try:
        wizard = Wizard(
            control.mat(), kind,
            known={} if how == "fresh" else control.settings.state.calibration,
            weight_kg=None if weight is None else float(weight), anywhere=how == "anywhere",
        )  # fmt: skip
    except MatUsageError as error:
        raise ConsoleError(Code.NOT_CALIBRATED, f"calibrate: {error}") from None
    return Calibrating(context, wizard)


def tare(context: Context, values: Values) -> Job:
    """Take the empty mat as zero, if it is empty."""
    from matfw.calibrate.wizard import Kind, Wizard  # noqa: PLC0415  numpy, 15 MB

    control = context.control
    try:
        wizard = Wizard(control.mat(), Kind.TARE, known=control.settings.state.calibration)
    except MatUsageError as error:
        raise ConsoleError(Code.NOT_CALIBRATED, f"{error}") from None
    _refuse_person(control.status())
    return Taring(context, wizard, force="anyway" in values)


def _put_back(control: Control, how: str) -> Answer:
    kept = control.settings.state
    lines = kept.factory_calibration if how == "factory" else kept.previous_calibration
    if not lines:
        raise ConsoleError(
            Code.NOT_CALIBRATED, f"calibrate: there is no {how} calibration: run `calibrate`"
        )
    control.save_calibration(lines, f"{how} calibration put back")
    return reply(f"the {how} calibration of {', '.join(lines)} is in use again, and saved",
                cells=list(lines))  # fmt: skip


def _refuse_person(now: Status) -> None:
    """Refuse to tare a mat that somebody is on, or may be on. Raises ConsoleError."""
    if now.load_kg is None:
        raise ConsoleError(
            Code.NO_CELLS,
            "tare: a cell gives nothing, so nobody can tell whether the mat is empty: `status`"
            " names it, `diagnose` finds the cause",
        )
    # By the load alone: whoever has just got off is known as lying for another half second.
    if abs(now.load_kg) >= EMPTY_KG:
        raise ConsoleError(Code.SOMEONE_ON_MAT, _person_words(now.presence, now.load_kg))


def _person_words(presence: Presence, load_kg: float) -> str:
    who = {
        Presence.LYING: "somebody lies on the mat",
        Presence.UNSETTLED: "somebody or something is on the mat",
        Presence.EMPTY: "the mat does not read as empty",
    }[presence]
    return (
        f"tare: {who} ({load_kg:.1f} kg, at most {EMPTY_KG:g} kg may be on it): clear it and try"
        " again; if nothing is on it, run `calibrate`"
    )


class _Measuring:
    """What both have: the mat for itself, a subscription to its steps, and the wizard."""

    def __init__(self, context: Context, wizard: Wizard, what: str) -> None:
        self._context = context
        self._control = context.control
        self._wizard = wizard
        self._what = what
        self._hold = self._control.take_mat(what, context.link)
        self._subscription: Subscription[Step] = self._control.steps.open()

    def interrupt(self) -> Answer:
        """Leave."""
        raise ConsoleError(Code.INTERRUPTED, f"{self._what}: left by Ctrl-C: nothing has changed")

    def close(self) -> None:
        """Give the mat back and close the subscription."""
        self._subscription.close()
        self._control.give_mat(self._hold)

    def _go_on(self) -> None:
        """Note that this goes on. Raises ConsoleError where the mat was taken away meanwhile."""
        if self._hold.ended is not None:
            raise ConsoleError(
                Code.INTERRUPTED, f"{self._what}: {self._hold.ended}: nothing has changed"
            )
        self._hold.use()

    def _save(self, result: Calibrated) -> Answer:
        self._control.save_calibration(result.lines, result.note)
        cells = {
            name: {"tare_counts": line.tare_counts, "counts_per_kg": line.counts_per_kg}
            for name, line in result.lines.items()
        }
        return reply(f"{self._what}: saved, and in use from now on", cells=cells)


class Calibrating(_Measuring):
    """The wizard, step by step with a person."""

    prompt = "calibrate> "

    def __init__(self, context: Context, wizard: Wizard) -> None:
        super().__init__(context, wizard, "calibrate")
        if context.control.lay:
            context.ask([LAY_HINT])
        context.ask(wizard.prompt())

    def poll(self) -> Answer | None:
        """Let the wizard have the frames."""
        if self._wizard.is_measuring or self._hold.ended is not None:
            self._go_on()
        lines = self._wizard.frames([step.raw for step in self._subscription.drain()])
        if lines:
            self._context.ask(lines)
        return None

    def answer(self, text: str) -> Answer | None:
        """Let the wizard have the line; save what was accepted."""
        self._go_on()
        if text.lower() in ("stop", "calibrate stop"):
            text = "leave"
        if self._control.lay and text.split()[:1] == ["lay"]:
            self._context.ask(self._laid(text))
            return None
        result = self._wizard.result
        if result is None:
            try:
                lines = self._wizard.answer(text)
            except MatUsageError as error:
                raise NoAnswerError(f"{error}") from None
            self._context.ask(lines)
            result = self._wizard.result
        elif text == "leave":
            raise ConsoleError(Code.INTERRUPTED, "calibrate: left: nothing has changed")
        elif text != "accept":
            raise NoAnswerError("Not saved yet: say accept to try again, or leave")
        if result is None:
            if self._wizard.is_done:
                raise ConsoleError(Code.INTERRUPTED, "calibrate: left: nothing has changed")
            return None
        try:
            return self._save(result)
        except (MatError, ConsoleError) as error:
            # Minutes of work with a weight: they are not thrown away for a full disk.
            self._context.ask([f"Not saved: {error}.", "Say accept to try again, or leave."])
            return None

    def _laid(self, text: str) -> Sequence[str]:
        try:
            return lay(self._context, parse("lay", LAY, text.split()[1:], text)).lines
        except ConsoleError as error:
            return [f"{error}"]

    def complete(self, text: str) -> list[str]:
        """Complete the wizard's words."""
        words = (*_WORDS, "lay") if self._control.lay else _WORDS
        return [word for word in words if word.startswith(text)]


class Taring(_Measuring):
    """A tare, by itself."""

    prompt = None

    def __init__(self, context: Context, wizard: Wizard, *, force: bool) -> None:
        super().__init__(context, wizard, "tare")
        self._force = force
        self._ends_s = context.now_s() + MEASURE_LIMIT_S
        wizard.answer("go")
        context.progress("tare: keep away from the mat while it is measured, some seconds")

    def poll(self) -> Answer | None:
        """Let the wizard have the frames, as long as nobody gets on."""
        self._go_on()
        steps = self._subscription.drain()
        self._refuse_new_person(steps)
        self._wizard.frames([step.raw for step in steps])
        refusal = self._wizard.refusal
        if refusal is not None:
            if refusal.can_force and self._force:
                self._force = False
                self._wizard.answer("anyway")
                return None
            way = ": `tare anyway` takes it all the same" if refusal.can_force else ""
            raise ConsoleError(_code(refusal.reason), f"tare: {refusal.text}{way}")
        if not self._wizard.is_measuring:
            self._wizard.answer("accept")
            assert self._wizard.result is not None
            return self._save(self._wizard.result)
        if self._context.now_s() > self._ends_s:
            raise ConsoleError(
                Code.NO_CELLS, f"tare: not enough frames in {MEASURE_LIMIT_S:g} s: see `diagnose`"
            )
        return None

    def answer(self, text: str) -> Answer | None:
        """Ask nothing."""
        raise AssertionError(text)

    def complete(self, text: str) -> list[str]:  # noqa: ARG002  of the protocol
        """Complete nothing."""
        return []

    def _refuse_new_person(self, steps: Sequence[Step]) -> None:
        for step in steps:
            load_kg = step.balance.load_kg
            if load_kg is not None and abs(load_kg) >= EMPTY_KG:
                presence = step.motion.presence
                raise ConsoleError(Code.SOMEONE_ON_MAT, _person_words(presence, load_kg))


def _code(reason: Reason) -> Code:
    return _CODES.get(reason.value, Code.CALIBRATION_REFUSED)


COMMANDS = (
    Command(
        "tare", MAT, "take the empty mat as zero; refused while anybody is on it",
        tare,
        (Argument("anyway", "also if the zero is far from the last one", choices=("anyway",),
                  is_optional=True),),
        is_guarded=True, is_job=True,
    ),
    Command(
        "calibrate", MAT, "step by step: a known weight at some places gives each cell's gain",
        calibrate,
        (
            Argument("how", "corners if left out", choices=HOWS, is_optional=True),
            Argument("weight", "of the weight", minimum=5.0, maximum=100.0, unit="kg",
                     is_optional=True),
        ),
        is_guarded=True, is_job=True,
        more=(
            "corners: the weight near each cell in turn. anywhere: wherever you like, more often.",
            "fresh: after a rebuild, as if never calibrated. trim: makes all places equal.",
            "factory, previous: put the first calibration, or the one before this, back.",
            "stop: end what another link has begun and left, so that the mat is judged again.",
        ),
    ),
)  # fmt: skip
