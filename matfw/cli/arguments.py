"""The command line: verbs, options, their ranges. What a verb does is in verbs.py."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from matfw import __version__
from matfw.settings.numbers import read_number

DEMO_SPEED = 4.0  # times real time: two and a half minutes of a workout in 40 s
LANGUAGES = ("en", "de", "es")
HIPS = ("none", "imu", "rail", "both")
VIRTUAL_MATS = ("workout", "faults", "clean", "stress", "still", "empty")
CONFIG = (
    ("check", "say whether a settings file is right, together with what the console saved"),
    ("default", "print a settings file with every setting, its default, range and meaning"),
    ("schema", "print the JSON Schema of the settings file"),
)

PEOPLE = (
    ("list", "who has a profile, and of whom how many sessions are kept"),
    ("rename", "give a person another name: profile and sessions"),
    ("delete", "delete all that is kept of a person: profile, sessions, raw counts, backups"),
)

Verb = Callable[[argparse.Namespace], int]


class _Parser(argparse.ArgumentParser):
    """argparse's, whose errors say what to do; overrides are named as argparse's own."""

    def error(self, message: str) -> NoReturn:
        """Print the message with advice, and exit."""
        wrong = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
        near = difflib.get_close_matches(wrong[1], re.findall(r"[\w-]+", wrong[2])) if wrong else ()
        if near:
            advice = f"did you mean {near[0]}?"
        elif message.endswith("required: VERB"):
            advice = "`matfw demo` shows it without hardware, `matfw --help` lists all"
        else:
            advice = f"see `{self.prog} --help`"
        super().error(f"{message}: {advice}")

    def parse_known_args(  # type: ignore[override]  # of its overloads only this one is called
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Refuse what is left over here, where the verb's own usage and help can be named."""
        found, left = super().parse_known_args(args, namespace)
        if left:
            self.error(f"unrecognized arguments: {' '.join(left)}")
        return found, left


def build_parser(verbs: Mapping[str, Verb]) -> argparse.ArgumentParser:
    """Return the parser; what it returns has the verb's own function as `verb`."""
    everywhere = _Parser(add_help=False)
    everywhere.add_argument("--config", type=Path, metavar="FILE", help="settings, TOML")
    everywhere.add_argument(
        "--state", type=Path, metavar="DIR", help="folder of the machine's own state: calibration"
    )
    parser = _Parser(
        prog="matfw",
        description="Firmware of a smart exercise mat for the side-lying leg raise.",
        epilog="matfw VERB --help says more about each.",
    )
    parser.add_argument("--version", action="version", version=f"matfw {__version__}")
    below = parser.add_subparsers(metavar="VERB", required=True)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        sub = below.add_parser(name, help=text, description=text, parents=[everywhere])
        sub.set_defaults(verb=verbs[name])
        return sub

    demo = add("demo", "a virtual person on a virtual mat, the whole firmware, a report")
    demo.add_argument("--speed", type=_between(0.1, 20.0), default=DEMO_SPEED, metavar="X",
                      help=f"times real time, 0.1 to 20 (default {DEMO_SPEED:g})")  # fmt: skip
    demo.add_argument("--layout", choices=("core4", "hex6", "trio8"), default="core4")
    demo.add_argument("--side", choices=("left", "right"), default="left")
    demo.add_argument("--sound", action="store_true",
                      help="play the cues, by paplay, pw-play or aplay")  # fmt: skip
    demo.add_argument("--hips", choices=HIPS, default=HIPS[0],
                      help="a virtual belt, rail behind the back, or both")  # fmt: skip
    running = add("run", "the firmware on the configured mat")
    running.add_argument("--console", action="append", default=[], metavar="PORT",
                         help="a console on this serial port or URL; may be repeated")  # fmt: skip
    run = running.add_mutually_exclusive_group()
    run.add_argument(
        "--virtual", nargs="?", const="workout", choices=VIRTUAL_MATS, metavar="WHO",
        help="on the virtual bench instead, with a virtual person: workout (unless said) follows"
        " the coach; faults, clean, stress, still begin when they like, and nobody leads unless the"
        " settings name a plan; or empty: lay weights on it at the console",
    )  # fmt: skip
    run.add_argument("--all-off", action="store_true",
                     help="only drive buzzer and lights low and end; for the service manager"
                     " after a crash")  # fmt: skip
    replay = add("replay", "the same line on a recording")
    replay.add_argument("file", type=Path, metavar="FILE", help="a recording, .csv or .csv.gz")
    replay.add_argument("--json", action="store_true", help="one JSON object a line")
    record = add("record", "write the mat's raw counts to a new recording")
    record.add_argument("file", type=Path, metavar="FILE", help="a new file, .csv or .csv.gz")
    record.add_argument("--virtual", action="store_true", help="from the virtual bench instead")
    record.add_argument("--seconds", type=_between(0.1, 86400.0), metavar="S",
                        help="stop after S seconds (default: on Ctrl-C)")  # fmt: skip
    console = add("console", "talk to the firmware that runs, here or at a serial port")
    console.add_argument("--port", metavar="PORT",
                         help="a serial port or URL (default: the firmware here)")  # fmt: skip
    console.add_argument("--json", action="store_true",
                         help="for programs: one JSON object a line")  # fmt: skip
    doctor = add("doctor", "what is wrong with the mat's wiring or this computer")
    doctor.add_argument("--json", action="store_true", help="one JSON object")
    doctor.add_argument("--virtual", action="store_true", help="on the virtual bench instead")
    doctor.add_argument("--press", action="store_true",
                        help="name each corner to be pressed: finds exchanged cells")  # fmt: skip
    _add_kept(add)
    _add_people(below, everywhere, verbs["people"])
    sounds = add("sounds", "every cue as a sound file, or a lesson of what they mean")
    heard = sounds.add_mutually_exclusive_group(required=True)
    heard.add_argument("--render", type=Path, metavar="DIR",
                       help="one WAV file a cue, and rep.wav, a repetition's tone")  # fmt: skip
    heard.add_argument("--teach", action="store_true",
                       help="each sound after its name; then three to recognise")  # fmt: skip
    sounds.add_argument("--words", choices=LANGUAGES, metavar="LANG",
                        help="and words by espeak-ng, en, de or es: as files, or each sound's name"
                        " before it (default: as voice.on and voice.language say)")  # fmt: skip
    sounds.add_argument("--virtual", action="store_true",
                        help="the lesson without a mat: names and questions, no sound")  # fmt: skip
    text = "the settings: check a file, all defaults, a JSON Schema"
    config = below.add_parser("config", help=text, description=text)
    config.set_defaults(verb=verbs["config"])
    about = config.add_subparsers(metavar="WHAT", dest="what", required=True)
    for what, text in CONFIG:
        sub = about.add_parser(what, help=text, description=text, parents=[everywhere])
        if what == "check":
            sub.add_argument("file", type=Path, nargs="?", metavar="FILE",
                             help="in the place of --config")  # fmt: skip
    return parser


def _add_kept(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    report = add("report", "what a kept session came to, on the terminal or as a page")
    _add_which(report, "last")
    progress = add("progress", "is somebody better over weeks; the next step; what is due")
    progress.add_argument("--person", metavar="NAME",
                          help="of this profile (default: whoever was last)")  # fmt: skip
    for sub in (report, progress):
        sub.add_argument("--html", type=Path, metavar="FILE",
                         help="write one self-contained page instead")  # fmt: skip
    export = add("export", "kept sessions as CSV, JSON or FIT")
    export.add_argument("--format", choices=("csv", "json", "fit"), required=True)
    _add_which(export, "all")
    export.add_argument("--output", type=Path, metavar="PATH",
                        help="a new file; for csv, or more than one fit, a folder (default:"
                        " stdout)")  # fmt: skip


def _add_people(
    below: argparse._SubParsersAction[_Parser],
    everywhere: _Parser,
    verb: Verb,
) -> None:
    text = "of whom something is kept; another name; deleted wholly"
    people = below.add_parser("people", help=text, description=text)
    people.set_defaults(verb=verb)
    about = people.add_subparsers(metavar="WHAT", dest="what", required=True)
    for what, text in PEOPLE:
        sub = about.add_parser(what, help=text, description=text, parents=[everywhere])
        if what == "rename":
            sub.add_argument("old", metavar="OLD")
            sub.add_argument("new", metavar="NEW")
        if what == "delete":
            sub.add_argument("name", metavar="NAME")
            sub.add_argument("--yes", action="store_true", help="really: it cannot be undone")


def _add_which(sub: argparse.ArgumentParser, usual: str) -> None:
    sub.add_argument("--session", type=_session, default=usual, metavar="ID",
                     help=f"a session's number, last or all (default {usual})")  # fmt: skip
    sub.add_argument("--person", metavar="NAME", help="only sessions of this profile")


def _session(text: str) -> str:
    if text in ("last", "all") or (text.isascii() and text.isdigit() and len(text) < 10):
        return text
    raise argparse.ArgumentTypeError(f"must be a session's number, last or all (got {text!r})")


def _between(minimum: float, maximum: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        try:
            value = read_number(text)
        except ValueError:
            value = float("nan")
        if not minimum <= value <= maximum:
            raise argparse.ArgumentTypeError(f"must be {minimum:g} to {maximum:g} (got {text!r})")
        return value

    return number
