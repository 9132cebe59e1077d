"""The arithmetic of one hypothesis: five numbers, their spread, and what a step makes of both.

Of the bank's twenty hypotheses at 20 steps a second, as plain numbers: as a stack of matrices they
were twice as slow, all of it numpy being called. A leg that rests has neither angle nor rate nor
acceleration, so of its hypothesis only push and base are carried on, a filter of two numbers.

Written out, with the letters of `noise.Noise`: a angle, r rate, c acceleration, u push, b base;
f what is seen of the load, m of the moment. The tests compare it with the matrices.
"""

from __future__ import annotations

import math

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.estimation.leg_model import HIKE_PER_ANGLE, PUSH_LEVER_M, LegModel
from matfw.estimation.noise import (
    ACCEL_KEPT,
    BASE_KEPT,
    JUMP_AT,
    JUMP_COST,
    PUSH_KEPT,
    STEP_S,
    Noise,
    Sensing,
)

INNOVATION_LIMIT = 12.0  # squared distance beyond which a step counts like an outlier
OUTLIER_GROWTH = 0.3  # with 0 a kick passes for restlessness, with 1 one bad step outweighs a lift

State = tuple[float, float, float, float, float]
"""As in `noise`: a, r, c, u, b."""
Spread = tuple[float, ...]
"""Covariances: aa, ar, ac, au, ab, rr, rc, ru, rb, cc, cu, cb, uu, ub, bb; uu, ub, bb at rest."""
Slopes = tuple[float, float, float, float, float, float]
"""Of load by a, r, c, then of moment: fa, fr, fc, ma, mr, mc."""
Miss = tuple[float, float]
"""Load and moment that were seen, minus predicted."""
Corrected = tuple[State, Spread, float, float]
"""State and spread after a step, what it costs in log weight, its squared distance."""

_HALF_STEP2 = 0.5 * STEP_S**2
# What is kept in a step of the covariances of acceleration (C), push (U) and base (B).
_CC, _CU, _CB = ACCEL_KEPT * ACCEL_KEPT, ACCEL_KEPT * PUSH_KEPT, ACCEL_KEPT * BASE_KEPT
_UU, _UB, _BB = PUSH_KEPT * PUSH_KEPT, PUSH_KEPT * BASE_KEPT, BASE_KEPT * BASE_KEPT


class Predictor:
    """What one leg does to load and moment, and by how much: `leg_model` for one state."""

    def __init__(self, model: LegModel) -> None:
        """Take the leg."""
        self._rest_rad, self._s = model.rest_angle_rad, model.moment_kgm
        self._sz, self._i = model.moment_kgm * model.hip_height_m, model.inertia_kgm2
        self._gs, self._hike_nm = GRAVITY_M_S2 * model.moment_kgm, model.hike_nm
        self._level_nm = self._gs * math.cos(model.rest_angle_rad)

    def __call__(self, x: State) -> tuple[float, float, Slopes]:
        """Return F and M predicted by a state of a lifted leg, and their slopes."""
        a, r, c, u, b = x
        s, sz, gs = self._s, self._sz, self._gs
        cos, sin = math.cos(self._rest_rad + a), math.sin(self._rest_rad + a)
        hiked = HIKE_PER_ANGLE * a
        swing, along = c * cos - r * r * sin, c * sin + r * r * cos
        force_n = s * swing + u
        moment_nm = gs * cos - self._level_nm - self._hike_nm * math.sin(hiked)
        moment_nm += sz * along + self._i * c + PUSH_LEVER_M * u + b
        by_angle_nm = sz * swing - gs * sin - self._hike_nm * HIKE_PER_ANGLE * math.cos(hiked)
        return (
            force_n,
            moment_nm,
            (
                -s * along, -2.0 * s * r * sin, s * cos,
                by_angle_nm, 2.0 * sz * r * cos, sz * sin + self._i,
            ),
        )  # fmt: skip


def moved(x: State, p: Spread, noise: Noise) -> tuple[State, Spread]:
    """Return a lifted leg's state and spread a step later: A x and A P A' + Q."""
    a, r, c, u, b = x
    aa, ar, ac, au, ab, rr, rc, ru, rb, cc, cu, cb, uu, ub, bb = p
    q_uu, q_bb, q_aa, q_ar, q_ac, q_rr, q_rc, q_cc = noise
    # A P, as far as it is needed: the rows of angle and rate.
    aa += STEP_S * ar + _HALF_STEP2 * ac
    ar += STEP_S * rr + _HALF_STEP2 * rc
    ac += STEP_S * rc + _HALF_STEP2 * cc
    au += STEP_S * ru + _HALF_STEP2 * cu
    ab += STEP_S * rb + _HALF_STEP2 * cb
    rr += STEP_S * rc
    rc += STEP_S * cc
    ru += STEP_S * cu
    rb += STEP_S * cb
    return (
        (
            a + STEP_S * r + _HALF_STEP2 * c, r + STEP_S * c,
            ACCEL_KEPT * c, PUSH_KEPT * u, BASE_KEPT * b,
        ),
        (
            aa + STEP_S * ar + _HALF_STEP2 * ac + q_aa, ar + STEP_S * ac + q_ar,
            ACCEL_KEPT * ac + q_ac, PUSH_KEPT * au, BASE_KEPT * ab,
            rr + STEP_S * rc + q_rr, ACCEL_KEPT * rc + q_rc,
            PUSH_KEPT * ru, BASE_KEPT * rb,
            _CC * cc + q_cc, _CU * cu, _CB * cb,
            _UU * uu + q_uu, _UB * ub, _BB * bb + q_bb,
        ),
    )  # fmt: skip


def widened(p: Spread, noise: Noise) -> Spread:
    """Return a lifted leg's spread with a noise added."""
    aa, ar, ac, au, ab, rr, rc, ru, rb, cc, cu, cb, uu, ub, bb = p
    return (
        aa + noise.aa, ar + noise.ar, ac + noise.ac, au, ab,
        rr + noise.rr, rc + noise.rc, ru, rb, cc + noise.cc, cu, cb,
        uu + noise.uu, ub, bb + noise.bb,
    )  # fmt: skip


def corrected(
    x: State,
    p: Spread,
    slopes: Slopes,
    miss: Miss,
    sensing: Sensing,
    *,
    jump: Noise | None = None,
) -> Corrected:
    """Return what a lifted leg's hypothesis is after a step was seen.

    An outlier costs little more than INNOVATION_LIMIT, and counts less. jump: what one beyond
    JUMP_AT may have been; None: none is.
    """
    miss_n, miss_nm = miss
    a, r, c, u, b = x
    aa, ar, ac, au, ab, rr, rc, ru, rb, cc, cu, cb, uu, ub, bb = p
    fa, fr, fc, ma, mr, mc = slopes
    # P H': of each number of the state with load and with moment.
    af, am = aa * fa + ar * fr + ac * fc + au, aa * ma + ar * mr + ac * mc + PUSH_LEVER_M * au + ab
    rf, rm = ar * fa + rr * fr + rc * fc + ru, ar * ma + rr * mr + rc * mc + PUSH_LEVER_M * ru + rb
    cf, cm = ac * fa + rc * fr + cc * fc + cu, ac * ma + rc * mr + cc * mc + PUSH_LEVER_M * cu + cb
    uf, um = au * fa + ru * fr + cu * fc + uu, au * ma + ru * mr + cu * mc + PUSH_LEVER_M * uu + ub
    bf, bm = ab * fa + rb * fr + cb * fc + ub, ab * ma + rb * mr + cb * mc + PUSH_LEVER_M * ub + bb
    # S = H P H' + R.
    ff = fa * af + fr * rf + fc * cf + uf + sensing[0]
    fm = fa * am + fr * rm + fc * cm + um + sensing[1]
    mm = ma * am + mr * rm + mc * cm + PUSH_LEVER_M * um + bm + sensing[2]
    det = ff * mm - fm * fm
    distance = (mm * miss_n * miss_n - 2.0 * fm * miss_n * miss_nm + ff * miss_nm * miss_nm) / det
    if distance > JUMP_AT and jump is not None:
        x, p, cost, distance = corrected(x, widened(p, jump), slopes, miss, sensing)
        return x, p, cost + JUMP_COST, distance
    log_det, paid = math.log(det), distance
    if distance > INNOVATION_LIMIT:
        ff, fm, mm, det, paid = _distrusted(ff, fm, mm, distance, sensing)
    ff, fm, mm = mm / det, -fm / det, ff / det
    # The gains, P H' S^-1; ff, fm, mm are those of S^-1 here.
    a_n, a_nm = af * ff + am * fm, af * fm + am * mm
    r_n, r_nm = rf * ff + rm * fm, rf * fm + rm * mm
    c_n, c_nm = cf * ff + cm * fm, cf * fm + cm * mm
    u_n, u_nm = uf * ff + um * fm, uf * fm + um * mm
    b_n, b_nm = bf * ff + bm * fm, bf * fm + bm * mm
    return (
        (
            a + a_n * miss_n + a_nm * miss_nm,
            r + r_n * miss_n + r_nm * miss_nm,
            c + c_n * miss_n + c_nm * miss_nm,
            u + u_n * miss_n + u_nm * miss_nm,
            b + b_n * miss_n + b_nm * miss_nm,
        ),
        (
            aa - a_n * af - a_nm * am, ar - a_n * rf - a_nm * rm, ac - a_n * cf - a_nm * cm,
            au - a_n * uf - a_nm * um, ab - a_n * bf - a_nm * bm,
            rr - r_n * rf - r_nm * rm, rc - r_n * cf - r_nm * cm,
            ru - r_n * uf - r_nm * um, rb - r_n * bf - r_nm * bm,
            cc - c_n * cf - c_nm * cm, cu - c_n * uf - c_nm * um, cb - c_n * bf - c_nm * bm,
            uu - u_n * uf - u_nm * um, ub - u_n * bf - u_nm * bm, bb - b_n * bf - b_nm * bm,
        ),
        0.5 * (paid + log_det),
        distance,
    )  # fmt: skip


def moved_at_rest(x: State, p: Spread, noise: Noise) -> tuple[State, Spread]:
    """Return the same as `moved` of a leg that rests."""
    _, _, _, u, b = x
    uu, ub, bb = p
    return (0.0, 0.0, 0.0, PUSH_KEPT * u, BASE_KEPT * b), (
        _UU * uu + noise.uu,
        _UB * ub,
        _BB * bb + noise.bb,
    )


def corrected_at_rest(
    x: State, p: Spread, miss: Miss, sensing: Sensing, *, jump: Noise | None = None
) -> Corrected:
    """Return the same as `corrected` of a leg that rests."""
    miss_n, miss_nm = miss
    uu, ub, bb = p
    um, bm = PUSH_LEVER_M * uu + ub, PUSH_LEVER_M * ub + bb
    ff, fm, mm = uu + sensing[0], um + sensing[1], PUSH_LEVER_M * um + bm + sensing[2]
    det = ff * mm - fm * fm
    distance = (mm * miss_n * miss_n - 2.0 * fm * miss_n * miss_nm + ff * miss_nm * miss_nm) / det
    if distance > JUMP_AT and jump is not None:
        p = uu + jump.uu, ub, bb + jump.bb
        x, p, cost, distance = corrected_at_rest(x, p, miss, sensing)
        return x, p, cost + JUMP_COST, distance
    log_det, paid = math.log(det), distance
    if distance > INNOVATION_LIMIT:
        ff, fm, mm, det, paid = _distrusted(ff, fm, mm, distance, sensing)
    ff, fm, mm = mm / det, -fm / det, ff / det
    _, _, _, u, b = x
    u_n, u_nm = uu * ff + um * fm, uu * fm + um * mm
    b_n, b_nm = ub * ff + bm * fm, ub * fm + bm * mm
    return (
        (0.0, 0.0, 0.0, u + (u_n * miss_n + u_nm * miss_nm), b + (b_n * miss_n + b_nm * miss_nm)),
        (uu - (u_n * uu + u_nm * um), ub - (u_n * ub + u_nm * bm), bb - (b_n * ub + b_nm * bm)),
        0.5 * (paid + log_det),
        distance,
    )


def _distrusted(
    ff: float, fm: float, mm: float, distance: float, sensing: Sensing
) -> tuple[float, float, float, float, float]:
    """Return of an outlier a wider S, as ff, fm, mm, its determinant, and the distance to pay."""
    excess = distance / INNOVATION_LIMIT
    ff += (excess - 1.0) * sensing[0]
    fm += (excess - 1.0) * sensing[1]
    mm += (excess - 1.0) * sensing[2]
    paid = min(distance, INNOVATION_LIMIT * (1.0 + OUTLIER_GROWTH * math.log(excess)))
    return ff, fm, mm, ff * mm - fm * fm, paid
