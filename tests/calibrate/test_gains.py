"""The wizard recovers every gain, trims and tares."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.calibrate.refusals import Reason
from matfw.calibrate.wizard import Kind, Step, Wizard
from matfw.layouts import PRESETS
from matfw.settings.state import CellLine
from matfw.virtual import defects as d
from tests.calibrate.rig import QuickMat, VirtualMat, calibrate, mat_of
from tests.calibrate.wizards import GAIN, TARES, WEIGHT_KG, a_mat, known_of, reason, step, to_places


@dataclass(frozen=True)
class Build:
    """A mat as somebody may have built it, and how they calibrate it."""

    layout: str
    shares: tuple[float, ...]  # of the nominal gain
    seed: int
    noise_counts: float
    off_mm: float
    weight_kg: float


BUILDS = st.builds(
    Build,
    layout=st.sampled_from(sorted(PRESETS)),
    shares=st.tuples(*[st.floats(0.4, 1.6)] * 8),
    seed=st.integers(0, 10_000),
    noise_counts=st.floats(45.0, 600.0),  # the converter's own, to 14 g: more wants 20 kg
    off_mm=st.floats(0.0, 45.0),  # from right over the cell
    weight_kg=st.floats(10.0, 25.0),
)


def recovered(build: Build, kind: type[VirtualMat]) -> None:
    """Calibrate; every gain must come out within 0.1 %, every tare within 6 g."""
    count = len(PRESETS[build.layout].cells)
    gains = [GAIN * share for share in build.shares[:count]]
    mat = kind(
        mat_of(build.layout, gains, TARES[:count]), seed=build.seed,
        noise_counts=build.noise_counts,
    )  # fmt: skip
    wizard = Wizard(mat.mat)
    calibrate(wizard, mat, build.weight_kg, off_mm=build.off_mm, seed=build.seed)
    wizard.answer("accept")
    assert wizard.result is not None
    for line, gain, tare in zip(wizard.result.lines.values(), gains, TARES, strict=False):
        assert line.counts_per_kg == pytest.approx(gain, rel=1e-3)
        assert line.tare_counts == pytest.approx(tare, abs=0.006 * gain + 2.0)


@settings(max_examples=12, deadline=None)
@given(BUILDS)
def test_every_gain_comes_out_within_a_thousandth(build: Build) -> None:
    recovered(build, QuickMat)


@pytest.mark.parametrize("layout", sorted(PRESETS))
def test_every_gain_comes_out_on_converters_with_pins(layout: str) -> None:
    shares = (0.5, 1.4, 0.9, 1.1, 0.7, 1.3, 1.0, 0.6)
    recovered(Build(layout, shares, 3, 90.0, 40.0, WEIGHT_KG), VirtualMat)


def test_a_zero_that_drifts_meanwhile_does_not_matter() -> None:
    drift = d.Drift(from_s=0.0, counts_per_s=0.020 * GAIN / 60.0)  # 20 g a minute
    mat = a_mat(defects={cell.name: [drift] for cell in PRESETS["core4"].cells})
    wizard = Wizard(mat.mat)
    calibrate(wizard, mat, WEIGHT_KG)
    wizard.answer("accept")
    assert wizard.result is not None
    for line in wizard.result.lines.values():
        assert line.counts_per_kg == pytest.approx(GAIN, rel=1e-3)


def test_placements_anywhere_do_as_well_and_one_more_is_asked_for_where_they_are_alike() -> None:
    mat = a_mat()
    wizard = to_places(mat, anywhere=True)
    for x, y in ((-700.0, 200.0), (-700.0, -200.0), (700.0, 200.0), (700.0, 190.0)):
        step(wizard, mat, (WEIGHT_KG, x, y))
    lines = step(wizard, mat)
    assert reason(wizard) is Reason.ALIKE
    assert wizard.refusal is not None
    assert wizard.refusal.cells == ("foot_right",)
    assert "nearer to foot_right" in " ".join(lines)
    step(wizard, mat, (WEIGHT_KG, 700.0, -200.0), say="at 700 -200")
    step(wizard, mat)
    assert wizard.step is Step.CHECK
    step(wizard, mat, (WEIGHT_KG, -300.0, 100.0), say="at -300 100")
    wizard.answer("accept")
    assert wizard.result is not None
    for line in wizard.result.lines.values():
        assert line.counts_per_kg == pytest.approx(GAIN, rel=1e-3)


def test_a_trim_makes_all_places_weigh_the_same_without_knowing_the_weight() -> None:
    mat = a_mat()
    off = [1.02, 0.99, 1.0, 1.01]
    known = {
        name: CellLine(tare_counts=line.tare_counts, counts_per_kg=share * line.counts_per_kg)
        for (name, line), share in zip(known_of(mat).items(), off, strict=True)
    }
    wizard = Wizard(mat.mat, Kind.TRIM, known=known)
    calibrate(wizard, mat, 17.3)
    wizard.answer("accept")
    assert wizard.result is not None
    shares = [line.counts_per_kg / GAIN for line in wizard.result.lines.values()]
    assert max(shares) - min(shares) < 1e-3
    assert sum(shares) / 4 == pytest.approx(1.005, abs=2e-3)  # the scale as a whole stays


def test_a_tare_changes_the_zeros_alone_and_says_how_far_they_were() -> None:
    mat = a_mat(floor_kg=(0.3, -0.2, 0.0, 0.1))
    wizard = Wizard(mat.mat, Kind.TARE, known=known_of(mat))
    lines = step(wizard, mat)
    assert "head_left: +0.300 kg since the last tare" in " ".join(lines)
    wizard.answer("accept")
    assert wizard.result is not None
    cells = wizard.result.lines
    assert cells["head_left"].counts_per_kg == GAIN
    assert cells["head_left"].tare_counts == pytest.approx(TARES[0] + 0.3 * GAIN, abs=20.0)
