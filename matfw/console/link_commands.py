"""Commands about the console itself: version, modes, lock, reboot, and two that SCPI asks for."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from matfw import __version__
from matfw.console.answers import Answer, Job, reply
from matfw.console.arguments import Argument, Values
from matfw.console.command import CONSOLE, Command
from matfw.console.notifications import LEVELS
from matfw.control.errors import Code, ConsoleError

if TYPE_CHECKING:
    from matfw.console.context import Context

YES = ("y", "yes")


def version(context: Context, _: Values) -> Answer:
    """Say what runs here."""
    mat = context.control.mat()
    python = platform.python_version()
    return reply(
        f"matfw {__version__}, Python {python}, {platform.machine()}",
        f"layout {mat.layout}, {len(mat.cells)} cells at {mat.rate_hz:g} samples a second",
        version=__version__, python=python, machine=platform.machine(), layout=mat.layout,
    )  # fmt: skip


def identify(context: Context, _: Values) -> Answer:
    """*IDN?: maker, model, serial number (there is none: 0), version; IEEE 488.2 10.14."""
    text = f"matfw,{context.control.mat().layout},0,{__version__}"
    return reply(text, idn=text)


def next_error(context: Context, _: Values) -> Answer:
    """SYST:ERR?: the oldest error that was not asked for yet; SCPI 1999 21.8."""
    number, text = context.errors.popleft() if context.errors else (0, "No error")
    quoted = text.replace('"', '""')
    return reply(f'{number},"{quoted}"', number=number, message=text)


def mode(context: Context, values: Values) -> Answer:
    """Choose text for people or JSON for programs."""
    context.is_json = values["mode"] == "json"
    return reply(mode=str(values["mode"]))


def echo(context: Context, values: Values) -> Answer:
    """Choose whether what is typed is sent back."""
    context.echo = values["switch"] == "on"
    return reply(echo=context.echo)


def tell(context: Context, values: Values) -> Answer:
    """Choose what is reported without being asked for."""
    context.level = str(values["what"])
    return reply(tell=context.level)


def lock(context: Context, values: Values) -> Answer:
    """Lock, with a new PIN if one is given."""
    control = context.control
    pin = values.get("pin")
    if pin is None:
        control.lock.lock()
        return reply("locked: `unlock PIN` opens it again")
    if control.lock.is_locked:
        raise ConsoleError(
            Code.LOCKED, "lock: a PIN is set already: `unlock PIN` first, then set another"
        )
    control.lock.set_pin(str(pin))
    return reply("the PIN is set and kept, and the console is locked for all links")


def unlock(context: Context, values: Values) -> Answer:
    """Unlock for all links; forget: the PIN too."""
    control = context.control
    control.lock.unlock(str(values["pin"]))
    if "forget" in values:
        control.lock.set_pin(None)
        return reply("unlocked, and there is no PIN any more")
    return reply("unlocked for all links, until `lock` or the next start")


def reboot(context: Context, values: Values) -> Answer | Job:
    """Restart the service, once that is confirmed."""
    if not context.control.can_restart:
        raise ConsoleError(
            Code.NO_SYSTEMD,
            "reboot: matfw was not started by systemd, so nobody would start it again: end it with"
            " Ctrl-C where it runs, and start it there",
        )
    if "yes" in values:
        return _restart(context)
    return Confirm(context)


def _restart(context: Context) -> Answer:
    context.control.restart()
    return reply("matfw ends in half a second, and systemd starts it again; your link may close")


class Confirm:
    """Asks before the service is restarted."""

    prompt = "reboot, yes or no? "

    def __init__(self, context: Context) -> None:
        self._context = context
        unsaved = len(context.control.settings.diff())
        context.ask(
            ["matfw ends, and systemd starts it again: some seconds without judging."]
            + (
                [f"Unsaved changes are lost, {unsaved} now: answer no, then `save`."]
                if unsaved
                else []
            )
        )

    def poll(self) -> Answer | None:
        """Wait."""
        return None

    def answer(self, text: str) -> Answer | None:
        """Take yes; anything else is no."""
        if text.lower() in YES:
            return _restart(self._context)
        raise ConsoleError(
            Code.NOT_CONFIRMED, "reboot: not confirmed: everything goes on as it was"
        )

    def interrupt(self) -> Answer:
        """Leave."""
        raise ConsoleError(Code.INTERRUPTED, "reboot: left by Ctrl-C: everything goes on as it was")

    def complete(self, text: str) -> list[str]:
        """Complete yes and no."""
        return [word for word in ("yes", "no") if word.startswith(text)]

    def close(self) -> None:
        """Hold nothing."""


COMMANDS = (
    Command(
        "mode", CONSOLE, "json: one JSON object a line, for programs; text: back",
        mode, (Argument("mode", "text or json", choices=("text", "json")),),
        more=(
            'In json, {"id": 1, "command": "set", "args": ["workout.reps", 12]} is answered by',
            '{"id": 1, "ok": true, "result": {...}}, or "ok": false and an "error" with "code" and'
            ' "message".',
            'A notification has an "event"; so has a question of a wizard ("ask"), with the id of'
            ' its command. {"id": 2, "answer": "10"} answers it, and so does "command" where that'
            " names no command. With an id, what takes no time is answered at once beside a job.",
        ),
    ),
    Command(
        "echo", CONSOLE, "whether what is typed is sent back", echo,
        (Argument("switch", "on or off", choices=("on", "off")),),
    ),
    Command(
        "tell", CONSOLE, "what is reported without being asked for, in lines that begin with //",
        tell,
        (Argument("what", "reps: people, reps, cells that fail; all: phases and cues too",
                  choices=tuple(LEVELS)),),
    ),
    Command(
        "lock", CONSOLE, "refuse every change, on every link; with PIN: set one first",
        lock,
        (Argument("pin", "4 to 12 digits", is_optional=True),),
        is_secret=True,
        more=("A forgotten PIN: remove the line pin_hash from state.toml, and start matfw again.",),
    ),
    Command(
        "unlock", CONSOLE, "allow changes again, on every link; wrong PINs make you wait",
        unlock,
        (
            Argument("pin", "the PIN"),
            Argument("forget", "and remove the PIN", choices=("forget",), is_optional=True),
        ),
        is_secret=True,
    ),
    Command("version", CONSOLE, "the version of matfw and Python, and the layout", version),
    Command(
        "reboot", CONSOLE, "restart the service; asks first, unless `yes` is given",
        reboot,
        (Argument("yes", "do not ask", choices=("yes",), is_optional=True),),
        is_guarded=True, is_job=True,
    ),
    Command(
        "*IDN?", CONSOLE, "as in SCPI: maker, model, serial number, version",
        identify,
    ),
    Command(
        "SYST:ERR?", CONSOLE, "as in SCPI: the oldest error that was not read yet",
        next_error, aliases=("SYSTEM:ERROR?", "SYST:ERR:NEXT?"),
    ),
)  # fmt: skip
