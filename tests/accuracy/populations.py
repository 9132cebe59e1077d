"""Who lies on the mat: every kind of recording the bench judges, each from one seed.

The virtual people of `clean`, `stress`, `faults`, `combined` and `still` are those of
`matfw.virtual.sessions`; `stress_faults` are faulty repetitions of restless people; `on_off` get
on, lie a while and get up without a repetition; `mex` lift as real people did (one clam recording
after the other, so at most 18 rhythms, and the same ones in both seed sets); `wii` and `kistler`
are real recordings of people who stand; the kinds of `movements` are described there. `hips` rolls
back, brings the leg forward, does both or neither; with a sensor's name after it the mat has that
sensor, and its settings say how well it repeats. In `combined` hips and leg move in exact step, in
`hips` each in its own time. In `habits` each person carries leg and hips in a way of their own,
also in the good repetitions that come first; those of `habits learned` are called good by hand and
learned from. `leg_raise` lifts as real untaught people did in the exercise itself: three people in
turn, each in the same three blocks. `untaught` are virtual people who lift in such a manner,
`plain` ones who follow a script, `fidgeting` restless ones whose arm flies up in mid-lift. In
`fatigue` every second set tires, and in the others' `tiring` kinds, in other ways. The kinds of
`others` are played by simulators built otherwise, for the worst column; what was tuned by their
tuning people JUDGING.md says. Those of `contact` lie on the mat in a physics engine, which must be
there to play them: taught people calm and restless, untaught ones, and some who only move about.
Those of the others that are `prompt`, and `contact_hurried`, begin as soon as they lie there.
Those of `tempos` do a set in another tempo, and those of `holes` are `clean` with values missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from matfw.layouts import PRESETS
from matfw.messages import (
    CellCalibration,
    Channel,
    Fault,
    HipRepeatability,
    Limits,
    Mat,
    RawFrame,
)
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS
from matfw.virtual.motion_script import RepPlan, SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.rep_kinds import FAULTY, Draw, combined_rep, faulty_rep, out_of_step
from matfw.virtual.sampling import HipErrors, record
from matfw.virtual.sessions import GOOD_SHARE, STRESS_NOISE, random_session
from matfw.virtual.trace import Trace
from matfw.virtual.truth import TrueRep
from tests.accuracy import clams, holes, movements, raises, tempos
from tests.accuracy.contact import kinds as contact
from tests.accuracy.others.kinds import OTHERS, PROMPT, RESTING, TIRING, recorded
from tests.accuracy.others.plans import DrawPlan, draw_plan
from tests.importers import files, kistler, leg_raise, wii
from tests.people.fidgeting import fidgeting_session
from tests.people.movements.scene import Scene, Span
from tests.people.plain import plain_session
from tests.people.resting import resting_session
from tests.people.tiring import tiring_session
from tests.people.untaught import untaught_session

FIRST_SEED = {"tuning": 1000, "held-out": 700_000}
SEEDS_PER_SET = 100_000  # so that the two never meet
HIPS = "hips"  # the same people on the same seeds, without a sensor and with each of SENSORS
SENSORS: Mapping[str, HipErrors] = MappingProxyType(
    {
        f"{HIPS} belt 1.2": HipErrors(imu_repeatability_deg=1.2),
        f"{HIPS} belt 1.5": HipErrors(imu_repeatability_deg=1.5),
        f"{HIPS} belt 3": HipErrors(imu_repeatability_deg=3.0),
        f"{HIPS} rail 5": HipErrors(rail_repeatability_mm=5.0),
        f"{HIPS} rail 10": HipErrors(rail_repeatability_mm=10.0),
        f"{HIPS} both poor": HipErrors(imu_repeatability_deg=3.0, rail_repeatability_mm=10.0),
    }
)
HABITS = ("habits", "habits learned")  # the same people
HABIT_FORWARD_DEG, HABIT_ROLL_DEG = 5.0, 2.0  # sd of how each of them carries leg and hips
# They snap the leg up, hold it as they like and drop it.
UNTAUGHT = ("leg_raise", "untaught", *contact.UNTAUGHT)
LYING = (
    *("clean", "stress", "faults", "stress_faults", "combined", "mex", "still", "on_off"),
    *(HIPS, *SENSORS, *HABITS),
    *movements.KINDS,
    *UNTAUGHT,
    *("plain", "fidgeting", "resting", "fatigue"),
    *OTHERS,
    *TIRING,
    *RESTING,
    *PROMPT,
    *contact.SETS,
    contact.MOVING,
    *tempos.KINDS,
    *holes.KINDS,
)
STANDING = ("wii", "kistler")
KINDS = (*LYING, *STANDING)
RESTLESS = ("stress", "stress_faults", "still", "fidgeting", "resting")
MAKERS: Mapping[str, Callable[[Draw], SessionPlan]] = MappingProxyType(
    {
        "untaught": untaught_session,
        "plain": plain_session,
        "fidgeting": fidgeting_session,
        "resting": resting_session,
        "fatigue": tiring_session,
    }
)
REAL = ("mex", "leg_raise", *STANDING)

LEARNED_REPS = 3
# Of the repetitions of a `hips` session; the others are good.
HIP_SHARES = {"combined": 0.35, Fault.ROLL_BACK: 0.15, Fault.LEG_FORWARD: 0.15}
COUNTS_PER_KG, TARE_COUNTS = 42_900.0, 8_000.0  # HX711 at 128 and a 50 kg cell
ON_OFF_STILL_S = (2.0, 12.0)
MIN_PAUSE_S = 15.0  # shorter is resting between two repetitions
EVENT_END_S = 4.0  # before getting up nobody pushes or fidgets any more; as in `sessions`


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to make. number: which of its kind, from 0; it also chooses a real file."""

    kind: str
    layout: str
    seed: int
    number: int


@dataclass(frozen=True, slots=True)
class Played:
    """A recording and what really happened. too_high_s: when the leg crossed that limit, per rep.

    lying_s: the time somebody lies, or stands, on the mat. blocks: what each repetition was meant
    to be, where somebody was asked. pauses_s: from, to, where nobody was to do one. leaves_s:
    from the last repetition's end to getting up, where it is known. spans: what `contact.MOVING`
    did and when, about.
    """

    mat: Mat
    frames: Sequence[RawFrame]
    truth: Sequence[TrueRep]
    too_high_s: Sequence[float | None]
    lying_s: float
    is_bent: bool = False
    is_fatigued: bool = False
    scene: Scene | None = None  # of the kinds of `movements`
    blocks: Sequence[str] = ()
    pauses_s: Sequence[tuple[float, float]] = ()
    leaves_s: float | None = None
    spans: Sequence[Span] = ()


def jobs(kinds: Sequence[str], layouts: Sequence[str], people: int, seed_set: str) -> list[Job]:
    """Return what to play; the recordings of people who stand are one job each, layout ""."""
    if people > SEEDS_PER_SET:
        raise ValueError(f"people must be <= {SEEDS_PER_SET} (got {people})")
    first = FIRST_SEED[seed_set]
    found = [
        Job(kind, layout, first + number, number)
        for layout in layouts
        for kind in kinds
        if kind in LYING and not (seed_set == "tuning" and kind in movements.NOT_FOR_TUNING)
        for number in range(people)
    ]
    found += [Job("wii", "", 0, 0)] if "wii" in kinds else []
    found += [
        Job("kistler", "", 0, number)
        for number in range(len(kistler.RECORDINGS))
        if "kistler" in kinds
    ]
    return found


def missing_data(kinds: Sequence[str]) -> dict[str, str]:
    """Return the kinds that need other people's recordings or packages not here, and which."""
    needed = {
        "mex": [f"mex_clam/{name}.csv.gz" for name in clams.MOVING],
        "leg_raise": list(leg_raise.FILES),
        "wii": [wii.RECORDING],
        "kistler": [f"kistler/{name}.txt.gz" for name in kistler.RECORDINGS],
    }
    needed |= dict.fromkeys(movements.RECORDED_KINDS, needed["wii"] + needed["kistler"])
    found = {
        kind: "other people's recordings are not here"
        for kind in kinds
        if not all((files.DATA / name).is_file() for name in needed.get(kind, ()))
    }
    if not contact.is_installed():
        reason = "MuJoCo, of the extra [accuracy], is not installed"
        found |= {kind: reason for kind in kinds if kind in contact.KINDS}
    return found


def play(job: Job) -> Played:
    """Return a job's recording; the same job, the same recording."""
    if job.kind in STANDING:
        plate = wii.load() if job.kind == "wii" else kistler.load(kistler.RECORDINGS[job.number])
        span_s = plate.frames[-1].t_s - plate.frames[0].t_s
        return Played(plate.mat, plate.frames, (), (), span_s)
    if job.kind in holes.KINDS:
        whole = play(replace(job, kind=holes.WHOLE))
        return replace(whole, frames=holes.torn(whole.frames, holes.KINDS[job.kind], job.number))
    if job.kind in tempos.KINDS:
        return _play_paced(job, tempos.KINDS[job.kind])
    if job.kind in (*OTHERS, *TIRING, *RESTING, *PROMPT, *contact.KINDS):
        return _play_contact(job) if job.kind in contact.KINDS else _play_other(job)
    if job.kind in movements.KINDS:
        return _play_scene(job, movements.scene(job.kind, job.layout, job.seed, job.number))
    return _play_own(job, _trace(job))


def _play_scene(job: Job, scene: Scene) -> Played:
    played = _play_own(job, scene.trace)
    return replace(played, lying_s=scene.trace.duration_s, scene=scene)


def _play_paced(job: Job, paced: tempos.Paced) -> Played:
    job = replace(job, kind=paced.base, seed=job.seed + tempos.SEED)
    if paced.base in OTHERS:
        played = _play_other(job, lambda rng: tempos.others_plan(rng, paced.done))
    else:
        played = _play_own(job, _generated(job, tempos.session(job.seed, paced.done, paced.base)))
    return replace(played, mat=replace(played.mat, tempo=paced.asked))


def _play_own(job: Job, trace: Trace) -> Played:
    mat = Mat(
        job.layout,
        trace.cells,
        (CellCalibration(TARE_COUNTS, COUNTS_PER_KG),) * len(trace.cells),
        channels=_channels(job.kind),
        person=trace.person,
        side=trace.side,
        hip_repeatability=_repeat(job.kind),
    )
    return Played(
        mat,
        record(trace, mat, job.seed, None, SENSORS.get(job.kind)),
        trace.truth,
        [_crossing_s(trace, rep, mat.limits) for rep in trace.truth],
        trace.duration_s if job.kind == "on_off" else trace.lying_to_s - trace.lying_from_s,
        is_bent=any("bent_body" in rep.faults for rep in trace.truth),
        is_fatigued=bool(trace.set_faults),
        blocks=raises.blocks(job.number) if job.kind == "leg_raise" else (),
        pauses_s=_pauses_s(trace.truth) if job.kind in UNTAUGHT else (),
    )


def _play_other(job: Job, draw: DrawPlan = draw_plan) -> Played:
    mat, frames, recording = recorded(job.kind, job.layout, job.seed, draw)
    plan, truth = recording.plan, recording.truth
    lying_s, leaves_s = plan.off_s[0] - plan.on_s[1], plan.off_s[0] - truth[-1].end_s
    return Played(
        mat, frames, truth, [None] * len(truth), lying_s,
        is_fatigued=plan.is_tired, leaves_s=leaves_s,
    )  # fmt: skip


def _play_contact(job: Job) -> Played:
    mat, frames, recording, spans = contact.recorded(job.kind, job.layout, job.seed)
    plan, truth = recording.plan, recording.truth
    return Played(
        mat, frames, truth, [None] * len(truth), plan.off_s[0] - plan.on_s[1],
        pauses_s=_pauses_s(truth) if job.kind in UNTAUGHT else (),
        leaves_s=plan.off_s[0] - truth[-1].end_s if truth else None,
        spans=spans if job.kind == contact.MOVING else (),
    )  # fmt: skip


def _channels(kind: str) -> tuple[Channel, ...]:
    has_both = kind.endswith("both poor")
    belt = SACRUM_CHANNELS if "belt" in kind or has_both else ()
    return belt + (RAIL_CHANNELS if "rail" in kind or has_both else ())


def _repeat(kind: str) -> HipRepeatability:
    """Return what the firmware knows of the sensor, as somebody who measured it would."""
    errors = SENSORS.get(kind)
    return (
        HipRepeatability(errors.imu_repeatability_deg, errors.rail_repeatability_mm)
        if errors
        else HipRepeatability()
    )


def _trace(job: Job) -> Trace:
    cells = PRESETS[job.layout].cells
    if job.kind == "mex":
        return clams.lifted(clams.MOVING[job.number % len(clams.MOVING)], cells, job.seed)
    if job.kind == "leg_raise":
        return raises.raised(raises.subject(job.number), cells, job.seed)
    return _generated(job, _plan(job.kind, np.random.default_rng(job.seed)))


def _generated(job: Job, plan: SessionPlan) -> Trace:
    noise = STRESS_NOISE if job.kind in RESTLESS else 1.0
    return generate(plan, PRESETS[job.layout].cells, job.seed, noise)


def _plan(kind: str, rng: Draw) -> SessionPlan:
    if kind == "stress_faults":
        plan = random_session(rng, "stress")
        return _kept(replace(plan, reps=_with_faults(plan.reps, rng)))
    if kind.startswith(HIPS):
        plan = random_session(rng, "clean")
        reps = [_hip_rep(rep, rng) for rep in plan.reps]
        return replace(plan, reps=tuple(out_of_step(rep, rng) for rep in reps))
    if kind in HABITS:
        plan = random_session(rng, "clean")
        forward_deg, roll_deg = (
            float(np.clip(rng.normal(0.0, sd), -2.0 * sd, 2.0 * sd))
            for sd in (HABIT_FORWARD_DEG, HABIT_ROLL_DEG)
        )
        reps = [
            *plan.reps[:LEARNED_REPS],
            *(_hip_rep(rep, rng) for rep in plan.reps[LEARNED_REPS:]),
        ]
        own = [
            replace(
                rep,
                roll_deg=max(rep.roll_deg + roll_deg, 0.0),
                forward_deg=rep.forward_deg + forward_deg,
            )
            for rep in reps
        ]
        return replace(plan, reps=tuple(own))
    if kind == "on_off":
        plan = random_session(rng, "still")
        return _kept(replace(plan, still_s=float(rng.uniform(*ON_OFF_STILL_S))))
    if kind in MAKERS:
        return MAKERS[kind](rng)
    return random_session(rng, kind)


def _with_faults(reps: Sequence[RepPlan], rng: Draw) -> tuple[RepPlan, ...]:
    faults = [fault for fault, _ in FAULTY]
    bag = [faults[i] for _ in range(2) for i in rng.permutation(len(faults))]
    return tuple(
        rep if rng.random() < GOOD_SHARE else faulty_rep(rng, fault)
        for rep, fault in zip(reps, bag, strict=False)
    )


def _hip_rep(good: RepPlan, rng: Draw) -> RepPlan:
    draw = rng.random()
    for kind, share in HIP_SHARES.items():
        if draw < share:
            return combined_rep(rng) if kind == "combined" else faulty_rep(rng, Fault(kind))
        draw -= share
    return good


def _kept(plan: SessionPlan) -> SessionPlan:
    # A shorter session: what was planned for after its end does not happen.
    last_s = plan.lying_s - EVENT_END_S
    return replace(
        plan,
        pushes=tuple(event for event in plan.pushes if event.at_s < last_s),
        fidgets=tuple(event for event in plan.fidgets if event.at_s < last_s),
        scratches=tuple(event for event in plan.scratches if event.at_s < last_s),
    )


def _pauses_s(truth: Sequence[TrueRep]) -> list[tuple[float, float]]:
    return [
        (last.end_s, first.start_s)
        for last, first in pairwise(truth)
        if first.start_s - last.end_s > MIN_PAUSE_S
    ]


def _crossing_s(trace: Trace, rep: TrueRep, limits: Limits) -> float | None:
    inside = (trace.t_s >= rep.start_s) & (trace.t_s <= rep.end_s)
    over = np.flatnonzero(inside & (trace.excursion_deg > limits.too_high_deg))
    return float(trace.t_s[over[0]]) if len(over) else None
