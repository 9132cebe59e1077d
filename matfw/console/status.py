"""`status`: how things stand, in sentences for people and in data for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from matfw.control.status import Status
from matfw.control.words import PROBLEM_WORDS, READER_WORDS
from matfw.messages import CellProblem, Mat, Phase, Presence, ReaderProblem, Side

_PHASE_WORDS: Mapping[Phase, str] = {
    Phase.REST: "the leg rests",
    Phase.UP: "the leg goes up",
    Phase.HOLD: "the leg is held",
    Phase.DOWN: "the leg comes down",
}


def status_lines(now: Status) -> list[str]:
    """Return some ten lines, what matters most first."""
    virtual = "VIRTUAL bench, " if now.is_virtual else ""
    return [
        f"matfw {now.version}, {virtual}layout {now.layout}, up {duration(now.uptime_s)}",
        f"on the mat  {_who(now)}",
        f"workout     {_workout(now)}",
        f"so far      {now.clean} clean, {now.faulty} with a fault, {now.unsure} unsure",
        *_cells(now),
        f"frames      {now.rate_hz:.1f} a second, {now.frames} in all, {now.bad_frames} with a cell"
        f" missing, {now.lost_frames} lost",
        *(
            [f"            {READER_WORDS[ReaderProblem.LATE].sentence}"]
            if now.is_reader_late or now.is_blind
            else []
        ),
        f"sound       {'muted, lights only' if now.is_muted else 'on'}",
        f"settings    {_settings(now)}",
        f"console     {now.lock}",
        *_recording(now),
        *(f"state       {notice}" for notice in now.notices),
    ]


def status_data(now: Status, mat: Mat) -> dict[str, object]:
    """Return the same as data."""
    recording = now.recording
    tempo = mat.tempo
    return {
        "version": now.version,
        "virtual": now.is_virtual,
        "uptime_s": round(now.uptime_s, 1),
        "mat": {
            "layout": now.layout,
            "rate_hz": mat.rate_hz,
            "cells": [{"name": c.name, "x_mm": c.x_mm, "y_mm": c.y_mm} for c in mat.cells],
        },
        "presence": now.presence.value,
        "weight_kg": _rounded(now.weight_kg),
        "load_kg": _rounded(now.load_kg),
        "side": now.side.value,
        "tempo_s": [tempo.up_s, tempo.hold_s, tempo.down_s],
        "limits": asdict(mat.limits),
        "judging": now.is_judging,
        "measuring": now.measuring or None,
        "phase": now.phase.value,
        "angle_deg": round(now.angle_deg, 1),
        "rep": now.rep,
        "reps": now.reps_per_set,
        "set": now.set_number,
        "sets": now.sets,
        "rest_left_s": _rounded(now.rest_left_s),
        "workout_done": now.is_workout_done,
        "clean": now.clean,
        "faulty": now.faulty,
        "unsure": now.unsure,
        "cells": {
            c.name: {"load_kg": _rounded(c.load_kg), "problem": c.problem.value} for c in now.cells
        },
        "uncalibrated": list(now.uncalibrated),
        "rate_hz": round(now.rate_hz, 2),
        "frames": now.frames,
        "bad_frames": now.bad_frames,
        "lost_frames": now.lost_frames,
        "reader": (ReaderProblem.LATE if now.is_reader_late else ReaderProblem.OK).value,
        "blind": now.is_blind,
        "muted": now.is_muted,
        "profile": now.profile,
        "unsaved": now.unsaved,
        "lock": now.lock,
        "notices": list(now.notices),
        "config": now.config,
        "state_dir": now.state_dir,
        "pins": dict(now.pins),
        "ports": list(now.ports),
        "calibrated": now.calibrated,
        "recording": None
        if recording is None
        else {
            "name": recording.name,
            "path": recording.path,
            "frames": recording.frames,
            "dropped": recording.dropped,
        },
    }


def duration(seconds: float) -> str:
    """Return a time as people say it: 42 s, 3 min 5 s, 2 h 7 min, 3 days 4 h."""
    s = int(seconds)
    if s < 60:
        return f"{s} s"
    if s < 3600:
        return f"{s // 60} min {s % 60} s"
    if s < 86400:
        return f"{s // 3600} h {s % 3600 // 60} min"
    days = s // 86400
    return f"{days} day{'' if days == 1 else 's'} {s % 86400 // 3600} h"


def _who(now: Status) -> str:
    if now.is_blind:
        return "not known: the computer does not read the cells in time"
    is_broken = any(c.problem is not CellProblem.OK for c in now.cells)
    unknown = "a cell fails" if is_broken else "a sample is missing"
    load = unknown if now.load_kg is None else f"{now.load_kg:.1f} kg"
    match now.presence:
        case Presence.EMPTY:
            return f"nobody ({load})"
        case Presence.UNSETTLED:
            return f"somebody who does not lie still ({load}): weighed, and judged, once they do"
        case Presence.LYING:
            weight = "" if now.weight_kg is None else f", {now.weight_kg:.1f} kg"
            side = (
                "side not set: `side left` or `side right`"
                if now.side is Side.UNKNOWN
                else f"on the {now.side.value} side"
            )
            return f"somebody lying still{weight}, {side}"


def _workout(now: Status) -> str:
    more = f"{now.sets} were asked for" if now.set_number > now.sets else f"of {now.sets}"
    joint = ", " if now.set_number > now.sets else " "
    place = f"set {now.set_number}{joint}{more}, rep {now.rep} of {now.reps_per_set}"
    if now.measuring:
        return f"not judged: {now.measuring}; `calibrate stop` ends it"
    if not now.is_judging:
        return f"stopped in {place}: `start` goes on"
    if now.is_workout_done:
        return f"done, {now.sets} sets: `start restart` begins another"
    if now.rest_left_s is not None:
        return f"{place}, rest: {now.rest_left_s:.0f} s left"
    return f"{place}, {_PHASE_WORDS[now.phase]} ({now.angle_deg:.0f} deg)"


def _cells(now: Status) -> list[str]:
    loads = ", ".join(
        f"{c.name} {'-' if c.load_kg is None else f'{c.load_kg:.2f}'}" for c in now.cells
    )
    bad = [c for c in now.cells if c.problem is not CellProblem.OK]
    lines = [f"cells, kg   {loads}"]
    lines += [f"            {c.name} {PROBLEM_WORDS[c.problem]}" for c in bad]
    if now.uncalibrated:
        lines.append(f"            not calibrated: {', '.join(now.uncalibrated)}: `calibrate`")
    return lines


def _settings(now: Status) -> str:
    profile = f"profile {now.profile}, " if now.profile else ""
    if not now.unsaved:
        return f"{profile}all saved"
    return f"{profile}{now.unsaved} unsaved: `diff` shows, `save` keeps, `revert` takes back"


def _recording(now: Status) -> list[str]:
    if now.recording is None:
        return []
    lost = f", {now.recording.dropped} dropped" if now.recording.dropped else ""
    return [f"recording   {now.recording.path}, {now.recording.frames} frames{lost}"]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
