"""Commands about the workout: start, stop, side, learn, mute, volume, cue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, Job, reply
from matfw.console.arguments import Argument, Values, choose
from matfw.console.command import WORKOUT, Command
from matfw.console.settings_commands import change, get_one, setting_of
from matfw.console.sounds_job import LearnSounds
from matfw.control.errors import Code, ConsoleError
from matfw.control.words import CUE_WORDS
from matfw.messages import CUES, cue_named
from matfw.settings.numbers import read_number
from matfw.settings.schema import found

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control

CUE_NAMES = tuple(cue.value for cue in CUES)
SIDE, MUTE, VOLUME = "workout.side", "outputs.mute", "outputs.volume_percent"
MIN_DEG, MAX_DEG = 5.0, 90.0


def start(context: Context, values: Values) -> Answer:
    """Judge and cue again, or from the beginning."""
    from_first_set = "restart" in values
    was_judging = context.control.status().is_judging
    context.control.start(from_first_set=from_first_set)
    if from_first_set:
        return reply("from the first rep of the first set")
    return reply("judging already" if was_judging else "judging: lie still, then begin")


def stop(context: Context, _: Values) -> Answer:
    """Neither judge nor cue."""
    was_judging = context.control.status().is_judging
    context.control.stop()
    return reply("no rep is counted and no cue given until `start`" if was_judging
                else "stopped already: `start` goes on")  # fmt: skip


def learn(context: Context, values: Values) -> Answer | Job:
    """Take the last three repetitions for this person's good ones, or forget what was learned."""
    word = str(values.get("what", ""))
    if word == "sounds":
        return LearnSounds(context)
    if word == "forget":
        context.control.settings.forget_habits()
        return reply("forgotten: judged as everybody")
    measured_deg = None
    if word:
        try:
            measured_deg = read_number(word.lower().removesuffix("deg"))
        except ValueError:
            measured_deg = math.nan
        if not MIN_DEG <= measured_deg <= MAX_DEG:
            raise ConsoleError(
                Code.ARGUMENT_WRONG,
                f"learn: must be forget, sounds, or the height measured by hand, {MIN_DEG:g} to"
                f" {MAX_DEG:g} deg (got {found(word)})",
            )
    habits = context.control.learn(measured_deg)
    limits = context.control.mat().limits
    read = f", read {habits.angle_bias_deg:+.0f} deg off" if measured_deg is not None else ""
    return reply(
        f"the last {habits.reps} reps count as good: hips {habits.shift_mm:+.1f} mm to the"
        f" front{read}",
        f"roll_back beyond {limits.roll_back_mm:.1f} mm, leg_forward beyond"
        f" {limits.leg_forward_mm:.1f} mm on this side, kept",
        reps=habits.reps, shift_mm=habits.shift_mm, angle_bias_deg=habits.angle_bias_deg,
        roll_back_mm=limits.roll_back_mm, leg_forward_mm=limits.leg_forward_mm,
    )  # fmt: skip


def cue(context: Context, values: Values) -> Answer:
    """Try a cue's sound and lights."""
    name = choose("cue", "NAME", str(values["name"]), CUE_NAMES)
    context.control.cue(cue_named(name))
    mute = " (muted: lights only)" if context.control.status().is_muted else ""
    words = CUE_WORDS[cue_named(name)].with_limits(context.control.mat().limits)
    return reply(f"{name}: {words.sentence}{mute}", cue=name)


def cue_names(_: Control, __: Sequence[str]) -> Sequence[str]:
    """Return all cues' names, for completion."""
    return CUE_NAMES


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
        return get_one(context.control, setting)
    return change(context, setting, str(value))


COMMANDS = (
    Command(
        "start", WORKOUT, "judge and cue, as after power-up; restart: from the first set",
        start,
        (Argument("restart", "begin with the first set again", choices=("restart",),
                  is_optional=True),),
        is_guarded=True,
    ),
    Command(
        "stop", WORKOUT, "do not judge or cue until `start`; the place in the set is kept",
        stop, is_guarded=True,
    ),
    Command(
        "side", WORKOUT, "the side the person lies on; hips are judged only when it is set",
        side,
        (Argument("side", "the side that the person lies on", choices=("left", "right", "unknown"),
                  is_optional=True),),
        is_guarded=True, open_words=((),),
    ),
    Command(
        "learn", WORKOUT, "take the last three reps as this person's good ones; forget: undo",
        learn,
        (Argument("what", "their height in degrees if you measured it, forget, or sounds",
                  is_optional=True),),
        is_guarded=True, is_job=True, open_words=(("sounds",),),
        more=("`learn sounds` plays each sound after its name, and asks for three of them.",
              "It moves the two limits of the hips, for this profile and side, and is kept at"
              " once.", "Do three slow ones with somebody watching, then `learn`."),
    ),
    Command(
        "mute", WORKOUT, "on: lights only, no sound", mute,
        (Argument("switch", "on or off", choices=("on", "off"), is_optional=True),),
        is_guarded=True, open_words=((),),
    ),
    Command(
        "volume", WORKOUT, "how loud the buzzer is", volume,
        (Argument("volume", "loudness", minimum=0.0, maximum=100.0, unit="%", is_optional=True),),
        is_guarded=True, open_words=((),),
    ),
    Command(
        "cue", WORKOUT, "try a cue's sound and lights", cue,
        (Argument("name", "the cue", known=cue_names, lists=True),),
    ),
)  # fmt: skip
