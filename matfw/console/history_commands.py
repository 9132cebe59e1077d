"""Commands about what is kept: history, report, people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from matfw.console.answers import Answer, reply
from matfw.console.arguments import Argument, Values
from matfw.console.command import WORKOUT, Command
from matfw.console.settings_commands import profile_names
from matfw.control.errors import Code, ConsoleError
from matfw.errors import MatError, MatSettingsError
from matfw.history.advice import summary
from matfw.history.rows import SessionRecord
from matfw.reports.session_lines import history_lines, session_lines

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.ports import Record

T = TypeVar("T")

USUAL_SESSIONS, MAX_SESSIONS = 10, 1000


def history(context: Context, values: Values) -> Answer:
    """List the last sessions."""
    number = int(float(values.get("number", USUAL_SESSIONS)))
    found = _sessions(context, "history", "all")[-number:]
    return Answer(tuple(history_lines(found)), {"sessions": [_data(each) for each in found]})


def report(context: Context, values: Values) -> Answer:
    """Say what one session came to."""
    which = str(values.get("session", "last"))
    if which != "last" and not (which.isascii() and which.isdigit() and len(which) < 10):
        raise ConsoleError(
            Code.ARGUMENT_WRONG,
            f"report: SESSION must be last or a number of `history` (got {which[:40]!r})",
        )
    found = _sessions(context, "report", which)[-1]
    overview = summary(found.reps)
    data = _data(found) | {
        "main_fault": overview.main_fault,
        "correction": overview.words.remedy if overview.words else None,
        "by_set": [summary([kept.rep for kept in each.reps]).sentence for each in found.sets],
    }
    return Answer(tuple(session_lines(found)), data)


def resume(context: Context, _: Values) -> Answer:
    """Go on with the session that was interrupted."""
    found = context.control.resume()
    return reply(
        f"session {found.session_id} goes on in set {len(found.sets)}, after"
        f" {len(found.sets[-1])} repetitions: lie still, then begin",
        session=found.session_id, set=len(found.sets), reps=len(found.sets[-1]),
    )  # fmt: skip


def people(context: Context, values: Values) -> Answer:
    """People of whom something is kept: list, rename, forget."""
    what, name, more = (str(values.get(key, "")) for key in ("what", "name", "more"))
    record, settings = _record(context, "people"), context.control.settings
    if what == "list":
        kept = dict(_kept(record.people, "people"))
        names = sorted({*kept, *settings.profiles()})
        return Answer(
            tuple(f"{each}: {kept.get(each, 0)} sessions" for each in names),
            {"people": [{"name": each, "sessions": kept.get(each, 0)} for each in names]},
        )
    if not name or (what == "rename" and not more):
        raise ConsoleError(Code.ARGUMENT_MISSING, f"people {what}: a NAME is missing")
    if what == "rename":
        return _rename(context, name, more)
    if more != "yes":
        raise ConsoleError(
            Code.NOT_CONFIRMED,
            f"people forget: deletes the profile, sessions and raw counts of {name} for good:"
            f" `people forget {name} yes`",
        )
    return _forget(context, name)


def _rename(context: Context, old: str, new: str) -> Answer:
    record, settings = _record(context, "people"), context.control.settings

    def work() -> None:
        settings.check_new_name(new)
        record.rename(old, new)
        if old in settings.profiles():
            settings.rename_profile(old, new)

    _known(context, old)
    _kept(work, "people rename")
    return reply(f"{old} is called {new} now", name=new)


def _forget(context: Context, name: str) -> Answer:
    record, settings = _record(context, "people"), context.control.settings
    _known(context, name)
    was_in_use = settings.profile == name
    _kept(lambda: settings.forget_profile(name), "people forget")
    number = _kept(lambda: record.forget(name), "people forget")
    lines = [f"{name} is deleted: {number} sessions, profile, raw counts and backups"]
    if was_in_use:
        lines.append("no profile is in use now: what is done from now on is kept as nobody's")
    return reply(*lines, name=name, sessions=number)


def _known(context: Context, name: str) -> None:
    record, settings = _record(context, "people"), context.control.settings
    known = {*settings.profiles(), *dict(_kept(record.people, "people"))}
    if name not in known:
        raise ConsoleError(
            Code.PROFILE_REFUSED,
            f"people: nobody called {name[:40]!r} is kept: `people list` shows who is",
        )


def _sessions(context: Context, command: str, which: str) -> list[SessionRecord]:
    record = _record(context, command)
    return list(_kept(lambda: record.sessions(which), command))


def _record(context: Context, command: str) -> Record:
    record = context.control.record
    if record is None:
        raise ConsoleError(
            Code.NOT_TAKEN, f"{command}: nothing is kept: `set record.keep on`, `save`, restart"
        )
    return record


def _kept(work: Callable[[], T], command: str) -> T:
    """Do it; an error of the store is the command's."""
    try:
        return work()
    except MatSettingsError as error:
        raise ConsoleError(Code.PROFILE_REFUSED, f"{command}: {error}") from None
    except (MatError, OSError) as error:
        raise ConsoleError(Code.FILE_REFUSED, f"{command}: {error}") from None


def _data(each: SessionRecord) -> dict[str, object]:
    found = summary(each.reps)
    return {
        "session": each.session.session_id,
        "began_unix_s": round(each.session.began.unix_s, 1),
        "unix_doubt_s": each.session.began.doubt_s,
        "person": each.session.person,
        "is_virtual": each.session.is_virtual,
        "state": each.session.state,
        "sets": len(each.sets),
        "reps": found.reps,
        "clean": found.clean,
        "unsure": found.unsure,
    }


COMMANDS = (
    Command(
        "history", WORKOUT, "the last sessions that are kept, 10 unless a number is given",
        history,
        (Argument("number", "how many", minimum=1.0, maximum=float(MAX_SESSIONS),
                  is_optional=True),),
    ),
    Command(
        "report", WORKOUT, "what a session came to: phases, faults, both sides, what to change",
        report,
        (Argument("session", "last, or a number of `history`", is_optional=True),),
        more=("The same as a page: `matfw report --html FILE`.",),
    ),
    Command(
        "resume", WORKOUT, "go on with a session that a power cut has interrupted, where it was",
        resume,
        is_guarded=True,
        more=("Offered at the start where the last one was, less than two hours before.",),
    ),
    Command(
        "people", WORKOUT, "of whom something is kept; another name; all of it deleted",
        people,
        (
            Argument("what", "list, rename or forget", choices=("list", "rename", "forget")),
            Argument("name", "whose", known=profile_names, is_optional=True),
            Argument("more", "the new name; or yes, to forget for good", is_optional=True),
        ),
        is_guarded=True, open_words=(("list",),),
        more=("What is forgotten is in no file any more: profile, sessions, raw counts, backups.",),
    ),
)  # fmt: skip
