"""THE TABLE of commands. `help`, completion and the README's table come from it."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matfw.console import (
    calibrate_job,
    diagnose_job,
    help_commands,
    link_commands,
    mat_commands,
    menu,
    settings_commands,
)
from matfw.console.answers import Answer, Job
from matfw.console.arguments import Argument, Values, parse
from matfw.console.stream import MAX_RATE_HZ, WHAT
from matfw.console.telling import TELLS
from matfw.control.errors import Code, ConsoleError
from matfw.settings.schema import FOUND_CHARS, found

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    help: a sentence, which also is its row in the README. group: under which it is listed.
    is_guarded: refused while the console is locked, since it changes something; but not with
    arguments as in open_words, which only look. more: what `help
    NAME` says besides. aliases: other ways to write it, whole.
    """

    name: str
    group: str
    help: str
    handler: Callable[[Context, Values], Answer | Job]
    arguments: tuple[Argument, ...] = ()
    is_guarded: bool = False
    open_words: tuple[tuple[str, ...], ...] = ()
    more: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def is_open(self, words: Sequence[str]) -> bool:
        """Return whether these arguments change nothing."""
        return tuple(words) in self.open_words

    @property
    def usage(self) -> str:
        """Return it with its arguments: set KEY VALUE."""
        return " ".join((self.name, *(argument.usage for argument in self.arguments)))


_SWITCH = Argument("switch", "on or off", choices=("on", "off"))
_KEY = Argument(
    "key", "a setting's key, as in workout.reps, or its unique end", known=settings_commands.keys
)
_PROFILE = Argument(
    "name", "a name, for all but list", known=settings_commands.profile_names, is_optional=True
)

MAT, WORKOUT, SETTINGS, CONSOLE = "The mat", "The workout", "Settings", "The console"
GROUPS = (MAT, WORKOUT, SETTINGS, CONSOLE)

COMMANDS: tuple[Command, ...] = (
    Command(
        "status", MAT, "who lies there, phase, set and rep, every cell, what is unsaved",
        mat_commands.status,
    ),
    Command(
        "stream", MAT, "lines with phase, angle and loads, RATE a second; 0 ends it",
        mat_commands.stream,
        (
            Argument("rate", "lines a second; 0 ends the stream",
                     least=0.0, most=MAX_RATE_HZ, unit="Hz"),
            Argument("what", "which values; motion unless said", choices=tuple(WHAT),
                     is_optional=True),
        ),
        more=("Lines that a slow link cannot take are dropped and counted.",),
    ),
    Command(
        "tare", MAT, "take the empty mat as nought; refused while anybody is on it",
        calibrate_job.tare,
        (Argument("anyway", "also where the zero is far from the last one", choices=("anyway",),
                  is_optional=True),),
        is_guarded=True,
    ),
    Command(
        "calibrate", MAT, "the wizard: a known weight at a few places gives every cell's gain",
        calibrate_job.calibrate,
        (
            Argument("how", "corners unless said", choices=calibrate_job.HOWS, is_optional=True),
            Argument("weight", "of the weight", least=5.0, most=100.0, unit="kg",
                     is_optional=True),
        ),
        is_guarded=True,
        more=(
            "corners: the weight near each cell in turn. anywhere: wherever you like, more often.",
            "fresh: after a rebuild, as if never calibrated. trim: all places alike, any weight.",
            "factory, previous: put the first calibration, or the one before this, back.",
        ),
    ),
    Command(
        "diagnose", MAT, "ten seconds of data: noise, rate, wiring faults by cell",
        diagnose_job.diagnose,
    ),
    Command(
        "lay", MAT, "on an empty virtual mat only: lay a weight on it, nothing else; 0: empty it",
        mat_commands.lay,
        mat_commands.LAY,
        more=("`matfw run --virtual empty` is such a mat: calibrating can be learned on it.",),
    ),
    Command(
        "record", MAT, "write raw counts into a recording; `record stop` ends it",
        mat_commands.record,
        (Argument("name", "a new name of letters, digits, - and _, or stop"),),
        is_guarded=True,
        more=("It goes into the folder `recordings` beside the state, and can be replayed with"
              " `matfw replay`.",),
    ),
    Command(
        "start", WORKOUT, "judge and cue (it does when matfw starts); anew: from the first set",
        mat_commands.start,
        (Argument("anew", "begin with the first set again", choices=("anew",), is_optional=True),),
        is_guarded=True,
    ),
    Command(
        "stop", WORKOUT, "neither judge nor cue until `start`; the place in the set is kept",
        mat_commands.stop, is_guarded=True,
    ),
    Command(
        "side", WORKOUT, "the side lain on; hips are judged only when it is set",
        settings_commands.side,
        (Argument("side", "the side lain on", choices=("left", "right", "unknown"),
                  is_optional=True),),
        is_guarded=True, open_words=((),),
    ),
    Command(
        "learn", WORKOUT, "take the last three reps for good ones of this person; forget: do not",
        mat_commands.learn,
        (Argument("what", "their height in degrees if you measured it, or forget",
                  is_optional=True),),
        is_guarded=True,
        more=("It moves the two limits of the hips, for this profile and side, and is kept at"
              " once.", "Do three slow ones with somebody watching, then `learn`."),
    ),
    Command(
        "mute", WORKOUT, "on: lights only, no sound", settings_commands.mute,
        (Argument("switch", "on or off", choices=("on", "off"), is_optional=True),),
        is_guarded=True, open_words=((),),
    ),
    Command(
        "volume", WORKOUT, "how loud the buzzer is", settings_commands.volume,
        (Argument("volume", "loudness", least=0.0, most=100.0, unit="%", is_optional=True),),
        is_guarded=True, open_words=((),),
    ),
    Command(
        "cue", WORKOUT, "try a cue's sound and lights", mat_commands.cue,
        (Argument("name", "a cue, as in roll_back", known=mat_commands.cue_names),),
    ),
    Command(
        "get", SETTINGS, "show a setting, a group of them, or all", settings_commands.get,
        (Argument("key", "a key, a group as in limits, or nothing for all",
                  known=settings_commands.keys, is_optional=True),),
    ),
    Command(
        "set", SETTINGS, "change a setting; it holds at once and is kept by `save`",
        settings_commands.set_,
        (_KEY, Argument("value", "the new value; its unit may follow", rest=True)),
        is_guarded=True,
        more=("As in: set limits.roll_back_mm 20 mm, set tempo_s 2-2-3, set sex female.",),
    ),
    Command("diff", SETTINGS, "what has been set and not saved", settings_commands.diff),
    Command(
        "save", SETTINGS, "keep what has been set", settings_commands.save, is_guarded=True,
        more=("Into state.toml in the state folder; your settings file is never written.",),
    ),
    Command(
        "revert", SETTINGS, "take back what has been set and not saved",
        settings_commands.revert, is_guarded=True,
    ),
    Command(
        "factory", SETTINGS, "let a setting, or `all`, be what the settings file or default says",
        settings_commands.factory,
        (Argument("key", "a setting's key, or all", known=settings_commands.keys),),
        is_guarded=True,
        more=("The calibration stays as it is.",),
    ),
    Command(
        "profile", SETTINGS, "people: each has person, workout and limits of their own",
        settings_commands.profile,
        (Argument("what", "what to do", choices=("list", "new", "use", "delete")), _PROFILE),
        is_guarded=True, open_words=(("list",),),
    ),
    Command(
        "help", CONSOLE, "all commands, or what one command or setting takes",
        help_commands.help_,
        (Argument("name", "a command or a setting's key", known=help_commands.names,
                  is_optional=True),),
        aliases=("?",),
    ),
    Command(
        "mode", CONSOLE, "json: one JSON object a line, for programs; text: back",
        link_commands.mode, (Argument("mode", "text or json", choices=("text", "json")),),
        more=(
            'In json, {"id": 1, "command": "set", "args": ["workout.reps", 12]} is answered by',
            '{"id": 1, "ok": true, "result": {...}}, or "ok": false and an "error" with "code" and'
            ' "message".',
            'What nobody asked for has an "event"; so has what a wizard asks ("ask").',
        ),
    ),
    Command(
        "echo", CONSOLE, "whether what is typed is sent back", link_commands.echo, (_SWITCH,)
    ),
    Command(
        "tell", CONSOLE, "what is told without asking, in lines that begin with //",
        link_commands.tell,
        (Argument("what", "reps: people, reps, cells that fail; all: phases and cues too",
                  choices=tuple(TELLS)),),
    ),
    Command(
        "lock", CONSOLE, "refuse what changes things, on every link; with PIN: set one first",
        link_commands.lock,
        (Argument("pin", "4 to 12 digits", is_optional=True),),
        more=("A forgotten PIN: remove the line pin_hash from state.toml, and start matfw again.",),
    ),
    Command(
        "unlock", CONSOLE, "the opposite, for all links; wrong PINs cost a growing wait",
        link_commands.unlock,
        (
            Argument("pin", "the PIN"),
            Argument("forget", "and have no PIN any more", choices=("forget",), is_optional=True),
        ),
    ),
    Command(
        "menu", CONSOLE, "numbers instead of commands; 0 goes back", menu.menu,
    ),
    Command("version", CONSOLE, "what runs here", link_commands.version),
    Command(
        "reboot", CONSOLE, "start the service anew; asks first, unless `yes` is said",
        link_commands.reboot,
        (Argument("yes", "do not ask", choices=("yes",), is_optional=True),),
        is_guarded=True,
    ),
    Command(
        "*IDN?", CONSOLE, "as SCPI has it: maker, model, serial number, version",
        link_commands.identify,
    ),
    Command(
        "SYST:ERR?", CONSOLE, "as SCPI has it: the oldest error not asked for yet",
        link_commands.next_error, aliases=("SYSTEM:ERROR?", "SYST:ERR:NEXT?"),
    ),
)  # fmt: skip

_SECRET = ("lock", "unlock")


def find(word: str) -> Command:
    """Return the command of that name, alias or unique beginning. Raises ConsoleError."""
    lower = word.lower()
    for command in COMMANDS:
        if lower in (command.name.lower(), *(alias.lower() for alias in command.aliases)):
            return command
    begins = [c for c in COMMANDS if c.name.startswith(lower)]
    if len(begins) == 1 and lower:
        return begins[0]
    if len(begins) > 1 and lower:
        raise ConsoleError(
            Code.AMBIGUOUS_COMMAND,
            f"{lower}: may be {', '.join(c.name for c in begins)}: write more of it",
        )
    near = difflib.get_close_matches(lower[:FOUND_CHARS], [c.name for c in COMMANDS], n=1)
    advice = f"did you mean {near[0]}?" if near else "`help` lists all commands"
    raise ConsoleError(Code.UNKNOWN_COMMAND, f"{found(word)}: is no command: {advice}")


def begin(context: Context, words: Sequence[str], line: str = "") -> Answer | Job:
    """Run the command that words are; line: as it was typed. Raises ConsoleError."""
    command = find(words[0])
    if command.is_guarded and context.control.is_locked and not command.is_open(words[1:]):
        raise ConsoleError(
            Code.LOCKED, f"{command.name}: the console is locked: `unlock PIN` first"
        )
    return command.handler(context, parse(command.name, command.arguments, words[1:], line))


def complete(control: Control, text: str) -> list[str]:
    """Return what the last word of a line typed so far may become, in order."""
    words = text.split()
    if not words or text[-1].isspace():
        words.append("")
    *before, last = words
    if not before:
        names = [c.name for c in COMMANDS if c.name.isalpha()]
        return sorted(name for name in names if name.startswith(last.lower()))
    try:
        command = find(before[0])
    except ConsoleError:
        return []
    place = len(before) - 1
    if place >= len(command.arguments):
        return []
    argument = command.arguments[place]
    known: Sequence[str] = argument.choices
    if command.name == "set" and argument.name == "value":
        known = settings_commands.choices_of(control, before[1])
    elif argument.known is not None:
        known = argument.known(control)
    return sorted(name for name in known if name.startswith(last))


def is_secret(line: str) -> bool:
    """Return whether a typed line holds a PIN, so that no history may keep it."""
    try:
        words = shlex.split(line[:64])
    except ValueError:
        words = line.split()
    try:
        return len(words) > 1 and find(words[0]).name in _SECRET
    except ConsoleError:
        return False
