"""Load and moments -> who lies there, how high the leg is, how far the hips have gone.

The centre of pressure alone is not enough: it follows 1 - cos of the leg's angle, 0.4 mm for the
first 10 degrees. Load and moment about the hip together are: the leg's acceleration is in both,
its height in the second. `filter_bank` finds the angle from them, 20 times a second.

Everything is measured against the person's own rest: weight and moment from lying still, sideways
position from the rest before this very rep. Drift and creep then cancel, and nobody is ever tared
away, because nothing here touches the cells' zero.

Where a cell is missing there is no moment, and none is made up. Over a short hole the leg is
predicted; over a longer one nothing is known of it, but whoever lies there stays known.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from itertools import islice

from msgspec.structs import replace

from matfw.estimation.anthropometry import GRAVITY_M_S2, LegConstants, leg_constants
from matfw.estimation.earlier import EarlierStep, EarlierSteps
from matfw.estimation.filter_bank import LIFTS_PER_S, STOPS_PER_S, LegEstimate, LegTracker
from matfw.estimation.hip_zero import HipZero
from matfw.estimation.leg_model import LegModel
from matfw.estimation.lying import Lying, Place
from matfw.estimation.noise import STEP_S
from matfw.estimation.plates import LegContact, Plates
from matfw.estimation.step_means import StepMean, StepMeans
from matfw.messages import Balance, Cell, Hips, Motion, Person, Presence, Side

PREDICT_S = 0.3  # without a measurement that the leg is predicted for: no leg does more unseen
KNOWN_S = 3.0  # ... and after which whoever lay there may have gone and another come
FULL_SHARE = 0.6  # of the frames a step should have: frames fall into steps by chance
SLOW_PERIODS = 2.5  # after a frame that steps repeat it, of converters slower than the steps
EMPTY_KG = 8.0  # less is nobody: a bag, a cat, a hand
WEIGHT_TAU_S = 8.0  # how slowly the resting weight is followed: creep, drift, a shirt put down
STEADY_HAND_N = 6.0  # a steady change of load larger than this is a hand, not drift ...
HAND_SETTLES_S = 0.35  # ... once it has lasted so long
REST_SURE = -2.0  # evidence below which the leg surely rests
REST_MEMORY_S = 3.0  # of rest that the sideways zero is the mean of: about one breath
REST_LEAD_S = 0.2  # newest rest left out of it: a lift begins before it is recognised
REZERO_NM = 2.0  # slow moment at rest from which on the reference is moved: 2.7 mm of 75 kg
BEND_DEG_PER_MM = -0.30  # fitted on 40 virtual people on hex6, residual 2.3 deg; trio8 is alike
BEND_TAU_S = 1.5  # of resting
CONTACT_FRESH_S = 0.4  # after plates saw the leg leave or land: its lift begins, or is over
LIFTS_LEFT_PER_S = 6.0  # how often it lifts then; not always: a leg may be made light for nothing
LIFTS_DOWN_PER_S = 0.0024  # and how often while they see it lie: their misses, one lift in fifty
STOPS_LANDED_PER_S = 5.0
STOPS_OFF_PER_S = 0.01  # while they see it off: some hover over the other leg between repetitions
LONGEST_S = 15.0  # a leg off for longer hovers
SURELY_UP_RAD, SURELY_UP_EVIDENCE = math.radians(15.0), 15.0  # a leg that is up beyond doubt
DEFAULT_HEIGHT_M = 1.70  # where nobody stated it: mean of adults of both sexes


class MotionStage:
    """Weigh, wait for stillness, then follow leg and hips."""

    def __init__(
        self, cells: Sequence[Cell], person: Person, side: Side, rate_hz: float = 80.0
    ) -> None:
        """Take the mat's cells, who lies on it, the side lain on and the nominal frame rate."""
        self._cells = tuple(cells)
        self._frames_a_step = STEP_S * rate_hz
        self._repeat_s = SLOW_PERIODS / rate_hz
        self._person = person
        self._front_sign = side.front_sign or 1
        self._curve_gain = 1.0 / (BEND_TAU_S * rate_hz)
        self._plates = Plates(cells)
        self._contact = LegContact(rate_hz)
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._means = StepMeans(self._cells)
        self._lying = Lying(self._cells)
        self._unknown = EarlierSteps()
        self._earlier: tuple[Motion, ...] = ()
        self._measured_s = -math.inf  # end of the last step that was measured, or began with it
        self._motion = Motion(t_s=0.0, presence=Presence.EMPTY)
        self._curve_mm: float | None = None
        self._hips: Hips | None = None
        self._hip_zero = HipZero()
        self._step_end_s: float | None = None
        self._presence = Presence.EMPTY
        self._weight_kg: float | None = None
        self._tracker: LegTracker | None = None

    def turn(self, side: Side) -> None:
        """Take another side for the one lain on; whoever lies there stays known."""
        self._front_sign = side.front_sign or 1

    @property
    def tracker(self) -> LegTracker | None:
        """Return the tracker of whoever lies there, for tracing a finished rep back."""
        return self._tracker

    @property
    def earlier(self) -> tuple[Motion, ...]:
        """Return what whoever lies there did before they were known, oldest first.

        Load, moment and shift are against the rest that is known since; of the leg nothing is said.
        """
        return self._earlier

    def forget_earlier(self) -> None:
        """Forget what was done before anybody is known."""
        self._unknown.forget()
        self._earlier = ()

    def update(self, balance: Balance, hips: Hips | None = None) -> tuple[Motion, ...]:
        """Return a motion for every STEP_S that this frame completes: mostly none, often one."""
        t_s = balance.t_s
        if self._step_end_s is None and balance.load_kg is None:
            return (Motion(t_s=t_s, presence=Presence.UNSETTLED),)  # not one whole frame has come
        if self._step_end_s is None or t_s - self._step_end_s > KNOWN_S:
            self._lose(Presence.UNSETTLED if self._lying.is_known else Presence.EMPTY)
            self._means.begin()
            self._step_end_s = t_s + STEP_S
        steps: list[Motion] = []
        while t_s >= self._step_end_s:
            steps.append(self._end_step(self._step_end_s))
            self._step_end_s += STEP_S
        self._hips = hips
        if balance.load_kg is not None:
            self._follow_plates(balance)
        self._means.add(balance)
        return tuple(steps)

    def _end_step(self, end_s: float) -> Motion:
        """Return what the frames of the step that ends now come to."""
        t_s = end_s - 0.5 * STEP_S
        samples = self._means.end()
        if samples:
            hole_s = end_s - STEP_S - self._measured_s
            self._measured_s = end_s
            share = samples / self._frames_a_step
            self._motion = self._step(t_s, hole_s, 1.0 if share > FULL_SHARE else share)
        elif samples is None and end_s - self._measured_s < self._repeat_s:
            # A step without a frame (converters slower than 20 Hz) repeats the one before.
            self._motion = self._step(t_s, 0.0, 1.0)
        else:
            self._motion = self._miss(t_s, end_s - self._measured_s)
        return self._motion

    def _miss(self, t_s: float, hole_s: float) -> Motion:
        """Return what is known after a step of which nothing was measured."""
        tracker = self._tracker
        if self._presence is not Presence.LYING or tracker is None:
            self._unknown.add(t_s, self._means.last, 0.0)
            if hole_s > PREDICT_S:  # of who moved about nothing is known any more
                self._lose(Presence.UNSETTLED if self._lying.is_known else self._presence)
            return Motion(t_s=t_s, presence=self._presence, seen_share=0.0)
        if hole_s > KNOWN_S:
            self._lose(Presence.UNSETTLED)
            return Motion(t_s=t_s, presence=self._presence, seen_share=0.0)
        if hole_s > PREDICT_S:
            return replace(
                self._motion, t_s=t_s, rate_dps=0.0, accel_dps2=0.0, descent=0.0, seen_share=0.0
            )
        leg = tracker.predict(*self._chances(t_s))
        return replace(
            self._motion,
            t_s=t_s,
            angle_deg=math.degrees(leg.angle_rad),
            rate_dps=math.degrees(leg.rate_radps),
            accel_dps2=math.degrees(leg.accel_radps2),
            lifting_s=leg.age_s if leg.is_moving else 0.0,
            push_n=leg.push_n,
            evidence=leg.evidence,
            is_moving=leg.is_moving,
            descent=leg.descent.evidence,
            descended_deg=math.degrees(leg.descent.soon_lost_rad),
            held_deg=math.degrees(leg.descent.held_rad),
            angle_sd_deg=math.degrees(leg.angle_sd_rad),
            is_restless=leg.is_restless,
            seen_share=0.0,
        )

    def _step(self, t_s: float, hole_s: float, seen_share: float) -> Motion:
        mean = self._means.last
        load_kg = mean.load_kg
        self._lying.add(mean)
        if self._presence is Presence.LYING and self._lying.has_left(self._rest):
            self._lose(Presence.UNSETTLED)
        if self._presence is not Presence.LYING:
            self._presence = Presence.EMPTY if load_kg < EMPTY_KG else Presence.UNSETTLED
            place = self._lying.place()
            if place is not None:
                self._begin_lying(place)
        if self._presence is not Presence.LYING or self._tracker is None:
            self._unknown.add(t_s, mean, seen_share)
            return Motion(t_s=t_s, presence=self._presence)
        rest = self._rest
        load_n, moment_nm, y_mm = self._against_rest(mean)
        force_n = load_n - self._away_n
        lifts_per_s, stops_per_s = self._chances(t_s)
        if self._contact.has_just_landed():
            self._tracker.see_landed()
        if hole_s > PREDICT_S:
            self._tracker.reopen()
            self._contact.skip()
        leg = self._tracker.update(
            force_n, moment_nm - self._moment_shift_nm, lifts_per_s, stops_per_s, seen_share
        )
        self._follow_rest(leg, force_n, y_mm)
        if leg.angle_rad > SURELY_UP_RAD and leg.evidence > SURELY_UP_EVIDENCE:
            self._contact.see_lift(t_s - leg.age_s, t_s)
        return Motion(
            t_s=t_s,
            presence=Presence.LYING,
            weight_kg=self._weight_kg,
            angle_deg=math.degrees(leg.angle_rad),
            rate_dps=math.degrees(leg.rate_radps),
            accel_dps2=math.degrees(leg.accel_radps2),
            lifting_s=leg.age_s if leg.is_moving else 0.0,
            front_shift_mm=self._front_sign * (y_mm - rest.y_mm),
            load_n=load_n,
            force_n=force_n,
            moment_nm=moment_nm,
            push_n=leg.push_n,
            evidence=leg.evidence,
            is_moving=leg.is_moving,
            bend_deg=None
            if self._curve_mm is None
            else BEND_DEG_PER_MM * self._front_sign * self._curve_mm,
            hip_roll_deg=self._hip_zero.roll_deg(self._hips),
            descent=leg.descent.evidence,
            descended_deg=math.degrees(leg.descent.soon_lost_rad),
            held_deg=math.degrees(leg.descent.held_rad),
            angle_sd_deg=math.degrees(leg.angle_sd_rad),
            over_n=leg.onset.over_n,
            before_n=leg.onset.before_n,
            rise_n=leg.onset.load_n,
            rise_nm=leg.onset.moment_nm,
            evidence_rise=leg.onset.evidence,
            hip_sd_deg=0.0 if self._hips is None else self._hips.sd_deg,
            is_leg_off=self._contact.is_off if self._see_legs else None,
            lift_off_s=self._contact.lift_off_s,
            touch_down_s=self._contact.touch_down_s,
            is_restless=leg.is_restless,
            is_away=self._lying.is_away,
            seen_share=seen_share,
        )

    def _chances(self, t_s: float) -> tuple[float, float]:
        """Return how often a resting leg lifts now and a slow one stops, as far as plates see."""
        contact = self._contact
        lifts_per_s, stops_per_s = LIFTS_PER_S, STOPS_PER_S
        if contact.lift_off_s is not None and contact.is_off:
            if t_s - contact.lift_off_s < CONTACT_FRESH_S:
                lifts_per_s = LIFTS_LEFT_PER_S
            if t_s - contact.lift_off_s < LONGEST_S:
                stops_per_s = STOPS_OFF_PER_S
        elif self._see_legs:
            lifts_per_s = LIFTS_DOWN_PER_S
        if contact.touch_down_s is not None and 0.0 <= t_s - contact.touch_down_s < CONTACT_FRESH_S:
            stops_per_s = STOPS_LANDED_PER_S
        return lifts_per_s, stops_per_s

    @property
    def _see_legs(self) -> bool:
        """Return whether plates tell that this leg leaves the other one."""
        return self._plates.are_enough and self._contact.is_seen

    def _begin_lying(self, place: Place) -> None:
        self._rest = place
        self._weight_kg = place.load_kg
        leg = self._leg(place.load_kg)
        self._hip_x_mm = place.x_mm - 1000.0 * leg.com_from_hip_m
        self._moment_shift_nm = 0.0
        self._first_moment_nm = self._hip_moment_nm(place.load_kg, place.x_mm * place.load_kg)
        self._rest_ys: deque[float] = deque(
            self._lying.recent_y_mm, maxlen=round(REST_MEMORY_S / STEP_S)
        )
        self._away_n = 0.0
        self._pushed_s = 0.0
        self._curve_mm = None
        self._contact.begin(place.load_kg)
        self._is_resting = True
        self._tracker = LegTracker(LegModel.of(leg))
        self._presence = Presence.LYING
        self._earlier = tuple(self._seen_earlier(step) for step in self._unknown.since(place))
        self._unknown.forget()

    def _seen_earlier(self, step: EarlierStep) -> Motion:
        """Return a step of before anything was known of the leg."""
        load_n, moment_nm, y_mm = self._against_rest(step.mean)
        return Motion(
            t_s=step.t_s,
            presence=Presence.LYING,
            weight_kg=self._weight_kg,
            front_shift_mm=self._front_sign * (y_mm - self._rest.y_mm),
            load_n=load_n,
            force_n=load_n,
            moment_nm=moment_nm,
            seen_share=step.seen_share,
        )

    def _against_rest(self, mean: StepMean) -> tuple[float, float, float]:
        """Return load over the weight, moment about the hip over its first, place across, mm."""
        rest, load_kg = self._rest, mean.load_kg
        return (
            (load_kg - rest.load_kg) * GRAVITY_M_S2,
            self._hip_moment_nm(load_kg, mean.x_kgmm) - self._first_moment_nm,
            mean.y_kgmm / rest.load_kg - rest.y_mm * (load_kg / rest.load_kg - 1.0),
        )

    def _leg(self, weight_kg: float) -> LegConstants:
        height_m = self._person.height_m or DEFAULT_HEIGHT_M
        return leg_constants(self._person.sex, height_m, weight_kg)

    def _hip_moment_nm(self, load_kg: float, x_kgmm: float) -> float:
        return (x_kgmm - self._hip_x_mm * load_kg) * 1e-3 * GRAVITY_M_S2

    def _lose(self, presence: Presence) -> None:
        self._presence = presence
        self._tracker = None
        self._weight_kg = None
        self._lying.forget()
        self.forget_earlier()

    def _follow_plates(self, balance: Balance) -> None:
        """Follow what only plates see: the leg's contact, and the resting body's curve."""
        if self._tracker is None:
            return
        ends_kg = self._plates.ends_kg(balance.plates)
        if ends_kg is not None:
            self._contact.update(balance.t_s, *ends_kg)
        curve_mm = self._plates.curve_mm(balance.plates) if self._is_resting else None
        if curve_mm is None:
            return
        if self._curve_mm is None:
            self._curve_mm = curve_mm
        else:
            self._curve_mm += self._curve_gain * (curve_mm - self._curve_mm)

    def _follow_rest(self, leg: LegEstimate, force_n: float, y_mm: float) -> None:
        """Let weight, moment and sideways zero follow a leg that surely rests."""
        self._is_resting = not leg.is_moving
        if leg.is_moving or leg.is_restless or leg.evidence > REST_SURE or self._tracker is None:
            self._pushed_s = 0.0
            return
        if abs(leg.push_n) > STEADY_HAND_N:
            self._settle_hand(leg, self._tracker)
            return
        self._pushed_s = 0.0
        self._hip_zero.follow(self._hips)
        self._rest_ys.append(y_mm)
        older = max(1, len(self._rest_ys) - round(REST_LEAD_S / STEP_S))
        self._rest.y_mm = sum(islice(self._rest_ys, older)) / older
        if abs(force_n) < STEADY_HAND_N:
            self._rest.load_kg += force_n / GRAVITY_M_S2 * STEP_S / WEIGHT_TAU_S
        if abs(leg.base_nm) > REZERO_NM:
            share = 0.5 * leg.base_nm
            self._moment_shift_nm += share
            self._tracker.shift_base(share)

    def _settle_hand(self, leg: LegEstimate, tracker: LegTracker) -> None:
        """Take a hand that stays on the floor, or comes back from it, as the new state of rest."""
        self._pushed_s += STEP_S
        if self._pushed_s >= HAND_SETTLES_S:
            self._away_n += leg.push_n
            tracker.shift_push(leg.push_n)
            self._rest_ys.clear()
            self._pushed_s = 0.0
