"""Commands about settings and people: get, set, diff, save, revert, factory, profile, and what is
set so often that it has a word of its own: side, mute, volume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from matfw.console.answers import Answer, said
from matfw.console.arguments import Values
from matfw.control.errors import Code, ConsoleError
from matfw.errors import MatSettingsError
from matfw.settings.rows import Setting, find

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control

SIDE, MUTE, VOLUME = "workout.side", "outputs.mute", "outputs.volume_percent"
UNSAVED = "not saved yet: `save` keeps it, `revert` takes it back"


def setting_of(control: Control, word: str) -> Setting:
    """Return the setting that word names, or is the only one to begin so. Raises ConsoleError."""
    try:
        return find(tuple(control.settings_table()), word)
    except MatSettingsError as error:
        raise ConsoleError(Code.UNKNOWN_SETTING, f"setting: {error}") from None


def written(value: object) -> str:
    """Return a setting's value as a person writes it."""
    if value is None:
        return "not said"
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
    table = control.settings_table()
    group = [s for s in table if not word or s.key.startswith(f"{word}.")]
    if not group:
        return _get_one(control, setting_of(control, word))
    lines, data = [], {}
    for setting in group:
        value, source = control.get(setting.key)
        data[setting.key] = {"value": value, "source": source}
        unit = f" {setting.unit}" if setting.unit and value is not None else ""
        lines.append(f"{setting.key} = {written(value)}{unit}  ({source})")
    return Answer(tuple(lines), data)


def _get_one(control: Control, setting: Setting) -> Answer:
    value, source = control.get(setting.key)
    unit = f" {setting.unit}" if setting.unit and value is not None else ""
    lines = (f"{setting.key} = {written(value)}{unit}  ({source})", *about(setting))
    return said(
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
    """Stage a value and say what that came to."""
    control = context.control
    before, _ = control.get(setting.key)
    control.set(setting.key, text)
    value, _ = control.get(setting.key)
    unit = f" {setting.unit}" if setting.unit and value is not None else ""
    was = "as it was" if value == before else f"it was {written(before)}"
    lines = [f"{setting.key} = {written(value)}{unit}, {was}"]
    if setting.applies == "restart":
        lines.append("takes effect when matfw starts: `save`, then `reboot`")
    elif any(key == setting.key for key, _, _ in control.diff()):
        lines.append(UNSAVED)
    return said(*lines, key=setting.key, value=value, was=before, applies=setting.applies)


def diff(context: Context, _: Values) -> Answer:
    """Show what has been set and not saved."""
    changes = context.control.diff()
    lines = [f"{key}: {written(saved)} -> {written(staged)}" for key, saved, staged in changes]
    return Answer(
        tuple(lines) or ("nothing is unsaved",),
        {"changes": [{"key": k, "saved": s, "staged": n} for k, s, n in changes]},
    )


def save(context: Context, _: Values) -> Answer:
    """Keep what has been set."""
    count = len(context.control.diff())
    context.control.save()
    return said(f"{_changes(count)} saved" if count else "nothing was unsaved", saved=count)


def revert(context: Context, _: Values) -> Answer:
    """Take back what has been set and not saved."""
    count = len(context.control.diff())
    context.control.revert()
    return said(f"{_changes(count)} taken back" if count else "nothing was unsaved", reverted=count)


def factory(context: Context, values: Values) -> Answer:
    """Let a setting, or all of them, be what the person's file or the default says."""
    word = str(values["key"])
    if word == "all":
        context.control.factory(None)
        tail = UNSAVED if context.control.diff() else "nothing had been set here"
        return said(f"every setting is as the settings file or the default says: {tail}")
    setting = setting_of(context.control, word)
    context.control.factory(setting.key)
    value, source = context.control.get(setting.key)
    return said(
        f"{setting.key} = {written(value)}  ({source}), {UNSAVED}", key=setting.key, value=value
    )


def profile(context: Context, values: Values) -> Answer:
    """People: list, new, use, delete."""
    control = context.control
    what, name = str(values["what"]), str(values.get("name", ""))
    if what == "list":
        names, active = control.profiles()
        lines = [f"{'*' if known == active else ' '} {known}" for known in names]
        return Answer(
            tuple(lines) or ("there is no profile: `profile new NAME` makes one",),
            {"profiles": list(names), "active": active},
        )
    if not name:
        raise ConsoleError(Code.ARGUMENT_MISSING, f"profile {what}: NAME is missing")
    match what:
        case "new":
            control.new_profile(name)
            return said(f"{name} is new and in use: `set person.height_m 1.65`, then `save`",
                        profile=name)  # fmt: skip
        case "use":
            control.use_profile(name)
            return said(f"{name} is in use", profile=name)
        case _:
            control.delete_profile(name)
            return said(f"{name} is deleted", profile=name)


def side(context: Context, values: Values) -> Answer:
    """Show or set the side lain on."""
    return _short(context, SIDE, values.get("side"))


def mute(context: Context, values: Values) -> Answer:
    """Show or set whether only the lights speak."""
    is_on = values.get("switch")
    return _short(context, MUTE, None if is_on is None else {"on": "true"}.get(str(is_on), "false"))


def volume(context: Context, values: Values) -> Answer:
    """Show or set how loud the buzzer is."""
    loud = values.get("volume")
    return _short(context, VOLUME, None if loud is None else f"{float(loud):.0f}")


def _short(context: Context, key: str, value: object) -> Answer:
    setting = setting_of(context.control, key)
    if value is None:
        return _get_one(context.control, setting)
    return change(context, setting, str(value))


def keys(control: Control) -> Sequence[str]:
    """Return every key and every group, for completion."""
    names = [setting.key for setting in control.settings_table()]
    return sorted({*names, *(name.split(".")[0] for name in names if "." in name)})


def choices_of(control: Control, word: str) -> Sequence[str]:
    """Return what a setting may be, for completion."""
    try:
        setting = setting_of(control, word)
    except ConsoleError:
        return ()
    return setting.choices


def profile_names(control: Control) -> Sequence[str]:
    """Return all profiles' names, for completion."""
    return control.profiles()[0]


def _changes(count: int) -> str:
    return f"{count} change{'' if count == 1 else 's'}"
