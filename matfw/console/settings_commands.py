"""Commands about settings and people: get, set, diff, save, revert, factory, profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from matfw.console.answers import Answer, reply
from matfw.console.arguments import Argument, Values
from matfw.console.command import SETTINGS, Command
from matfw.control.errors import Code, ConsoleError
from matfw.errors import MatSettingsError
from matfw.settings.rows import Setting, find

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control

UNSAVED = "not saved yet: `save` keeps it, `revert` takes it back"


def setting_of(control: Control, word: str) -> Setting:
    """Return the setting that word names, or is the only one to begin so. Raises ConsoleError."""
    try:
        return find(tuple(control.settings.table()), word)
    except MatSettingsError as error:
        raise ConsoleError(Code.UNKNOWN_SETTING, f"setting: {error}") from None


def written(value: object) -> str:
    """Return a setting's value as a person writes it."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return f"{value:g}"
    if value and isinstance(value, list | tuple) and all(isinstance(item, float) for item in value):
        return ", ".join(f"{item:g}" for item in value)
    return msgspec.json.encode(value).decode().replace(",", ", ")


def get(context: Context, values: Values) -> Answer:
    """Show a setting, all of a group, or all."""
    word = str(values.get("key", ""))
    control = context.control
    table = control.settings.table()
    group = [s for s in table if not word or s.key.startswith(f"{word}.")]
    if not group:
        return get_one(control, setting_of(control, word))
    lines, data = [], {}
    for setting in group:
        value, source = control.settings.get(setting.key)
        data[setting.key] = {"value": value, "source": source}
        unit = f" {setting.unit}" if setting.unit and value is not None else ""
        lines.append(f"{setting.key} = {written(value)}{unit}  ({source})")
    return Answer(tuple(lines), data)


def get_one(control: Control, setting: Setting) -> Answer:
    """Show a setting and all that there is to know of it."""
    value, source = control.settings.get(setting.key)
    unit = f" {setting.unit}" if setting.unit and value is not None else ""
    lines = (f"{setting.key} = {written(value)}{unit}  ({source})", *about(setting))
    return reply(
        *lines, key=setting.key, value=value, unit=setting.unit, source=source,
        range=setting.range, default=setting.default, help=setting.help, applies=setting.applies,
    )  # fmt: skip


def about(setting: Setting) -> list[str]:
    """Return what there is to know of a setting besides its value."""
    unit = f" {setting.unit}" if setting.unit else ""
    lines = [f"  {setting.help}"] if setting.help else []
    lines.append(f"  may be {setting.range}{unit}; default {written(setting.default)}")
    if setting.applies == "restart":
        lines.append("  takes effect when matfw starts: `save`, then `reboot`")
    return lines


def set_(context: Context, values: Values) -> Answer:
    """Change a setting; it takes effect at once where it can."""
    setting = setting_of(context.control, str(values["key"]))
    return change(context, setting, str(values["value"]))


def change(context: Context, setting: Setting, text: str) -> Answer:
    """Stage a value and report the result."""
    control = context.control
    before, _ = control.settings.get(setting.key)
    control.settings.set(setting.key, text, context.link)
    value, _ = control.settings.get(setting.key)
    unit = f" {setting.unit}" if setting.unit and value is not None else ""
    was = "as it was" if value == before else f"it was {written(before)}"
    lines = [f"{setting.key} = {written(value)}{unit}, {was}"]
    if setting.applies == "restart":
        lines.append("takes effect when matfw starts: `save`, then `reboot`")
    elif any(key == setting.key for key, _, _ in control.settings.diff()):
        lines.append(UNSAVED)
    return reply(*lines, key=setting.key, value=value, was=before, applies=setting.applies)


def diff(context: Context, _: Values) -> Answer:
    """Show what has been set and not saved, and on which link."""
    changes = _staged(context)
    return Answer(
        tuple(_line(context, change) for change in changes) or ("nothing is unsaved",),
        {"changes": [change.data for change in changes]},
    )


def save(context: Context, values: Values) -> Answer:
    """Keep what has been set on this link; all: on every link."""
    mine, others = _mine_and_others(context, values, "save")
    context.control.settings.save(None if "all" in values else context.link)
    return Answer(
        (
            f"{_changes(len(mine))} saved" if mine else "nothing was unsaved",
            *(f"  {_line(context, change)}" for change in mine),
            *(f"  not saved: {_line(context, change)}; `save all` does" for change in others),
        ),
        {"saved": len(mine), "changes": [change.data for change in mine],
         "left": [change.data for change in others]},
    )  # fmt: skip


def revert(context: Context, values: Values) -> Answer:
    """Take back what has been set on this link and not saved; all: on every link."""
    mine, others = _mine_and_others(context, values, "revert")
    context.control.settings.revert(None if "all" in values else context.link)
    return Answer(
        (
            f"{_changes(len(mine))} taken back" if mine else "nothing was unsaved",
            *(f"  {_line(context, change)}" for change in mine),
            *(
                f"  not taken back: {_line(context, change)}; `revert all` does"
                for change in others
            ),
        ),
        {"reverted": len(mine), "left": [change.data for change in others]},
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """One setting that is staged; link: where."""

    key: str
    saved: object
    staged: object
    link: str

    @property
    def data(self) -> Mapping[str, object]:
        return {"key": self.key, "saved": self.saved, "staged": self.staged, "link": self.link}


def _staged(context: Context) -> list[_Change]:
    store = context.control.settings
    return [_Change(key, old, new, store.staged_by(key)) for key, old, new in store.diff()]


def _line(context: Context, change: _Change) -> str:
    here = "" if change.link == context.link else f", set on link {change.link}"
    return f"{change.key}: {written(change.saved)} -> {written(change.staged)}{here}"


def _mine_and_others(
    context: Context, values: Values, command: str
) -> tuple[list[_Change], list[_Change]]:
    """Return the changes that are meant and the others; refuse where all are another link's."""
    changes = _staged(context)
    if "all" in values:
        return changes, []
    mine = [change for change in changes if change.link == context.link]
    others = [change for change in changes if change.link != context.link]
    if others and not mine:
        raise ConsoleError(
            Code.OTHERS_CHANGES,
            f"{command}: nothing was set on this link, but"
            f" {', '.join(_line(context, change) for change in others)}:"
            f" `{command} all` takes those too",
        )
    return mine, others


def factory(context: Context, values: Values) -> Answer:
    """Let a setting, or all of them, be what the person's file or the default says."""
    word = str(values["key"])
    if word == "all":
        context.control.settings.factory(None, context.link)
        tail = UNSAVED if context.control.settings.diff() else "nothing had been set here"
        return reply(f"every setting is as the settings file or the default says: {tail}")
    setting = setting_of(context.control, word)
    context.control.settings.factory(setting.key, context.link)
    value, source = context.control.settings.get(setting.key)
    return reply(
        f"{setting.key} = {written(value)}  ({source}), {UNSAVED}", key=setting.key, value=value
    )


def profile(context: Context, values: Values) -> Answer:
    """People: list, new, use, delete."""
    control = context.control
    what, name = str(values["what"]), str(values.get("name", ""))
    if what == "list":
        names, active = control.settings.profiles(), control.settings.profile
        lines = [f"{'*' if known == active else ' '} {known}" for known in names]
        return Answer(
            tuple(lines) or ("there is no profile: `profile new NAME` makes one",),
            {"profiles": list(names), "active": active},
        )
    if not name:
        raise ConsoleError(Code.ARGUMENT_MISSING, f"profile {what}: NAME is missing")
    try:
        match what:
            case "new":
                control.settings.new_profile(name)
                done = "is new and in use: `set person.height_m 1.65`, then `save`"
            case "use":
                control.settings.use_profile(name)
                done = "is in use"
            case _:
                control.settings.delete_profile(name)
                done = "is deleted"
    except MatSettingsError as error:
        raise ConsoleError(Code.PROFILE_REFUSED, str(error)) from None
    return reply(f"{name} {done}", profile=name)


def keys(control: Control, _: Sequence[str]) -> Sequence[str]:
    """Return every key and every group, for completion."""
    names = [setting.key for setting in control.settings.table()]
    return sorted({*names, *(name.split(".")[0] for name in names if "." in name)})


def choices_of(control: Control, words: Sequence[str]) -> Sequence[str]:
    """Return what a setting may be, for completion."""
    try:
        setting = setting_of(control, words[0])
    except ConsoleError:
        return ()
    return setting.choices


def profile_names(control: Control, _: Sequence[str]) -> Sequence[str]:
    """Return all profiles' names, for completion."""
    return control.settings.profiles()


def _changes(count: int) -> str:
    return f"{count} change{'' if count == 1 else 's'}"


COMMANDS = (
    Command(
        "get", SETTINGS, "show a setting, a group of them, or all", get,
        (Argument("key", "a key, a group as in limits, or nothing for all",
                  known=keys, is_optional=True),),
    ),
    Command(
        "set", SETTINGS, "change a setting; it takes effect at once, `save` keeps it",
        set_,
        (
            Argument("key", "a setting's key, as in workout.reps, or its unique end", known=keys),
            Argument("value", "the new value; its unit may follow", known=choices_of, rest=True),
        ),
        is_guarded=True,
        more=("As in: set limits.roll_back_mm 20 mm, set tempo_s 2-2-3, set sex female.",),
    ),
    Command("diff", SETTINGS, "show what has been set and not saved", diff),
    Command(
        "save", SETTINGS, "keep what has been set on this link; all: on every link", save,
        (Argument("all", "what other links have set, too", choices=("all",), is_optional=True),),
        is_guarded=True,
        more=("Into state.toml in the state folder; your settings file is never written.",),
    ),
    Command(
        "revert", SETTINGS, "undo what has been set on this link and not saved; all: on every link",
        revert,
        (Argument("all", "what other links have set, too", choices=("all",), is_optional=True),),
        is_guarded=True,
    ),
    Command(
        "factory", SETTINGS, "set a setting, or `all`, back to the settings file or the default",
        factory,
        (Argument("key", "a setting's key, or all", known=keys),),
        is_guarded=True,
        more=("The calibration stays as it is.",),
    ),
    Command(
        "profile", SETTINGS, "people: each has their own person, workout and limits",
        profile,
        (
            Argument("what", "what to do", choices=("list", "new", "use", "delete")),
            Argument("name", "a name, for all but list", known=profile_names, is_optional=True),
        ),
        is_guarded=True, open_words=(("list",),),
    ),
)  # fmt: skip
