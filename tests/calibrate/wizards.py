"""A mat to calibrate, and a wizard in the midst of it."""

from __future__ import annotations

from matfw.calibrate.refusals import Reason
from matfw.calibrate.wizard import Step, Wizard
from matfw.layouts import PRESETS
from matfw.settings.state import CellLine
from tests.calibrate.rig import QuickMat, VirtualMat, mat_of, measure

GAIN = 42_950.0
WEIGHT_KG = 10.0
TARES = (212_000.0, -96_000.0, 140_000.0, 305_000.0, -180_000.0, 88_000.0, 121_000.0, -64_000.0)
MIDDLE = (WEIGHT_KG, 0.0, 0.0)


def a_mat(layout: str = "core4", **extra: object) -> VirtualMat:
    """Return a mat; with pins where something is wrong with its wires."""
    count = len(PRESETS[layout].cells)
    kind = VirtualMat if {"defects", "crossing"} & extra.keys() else QuickMat
    return kind(mat_of(layout, [GAIN] * count, TARES[:count]), **extra)  # type: ignore[arg-type]


def known_of(mat: VirtualMat) -> dict[str, CellLine]:
    return {
        cell.name: CellLine(tare_counts=line.tare_counts, counts_per_kg=line.counts_per_kg)
        for cell, line in zip(mat.mat.cells, mat.mat.calibration, strict=True)
    }


def step(
    wizard: Wizard, mat: VirtualMat, *weights: tuple[float, float, float], say: str = "go"
) -> list[str]:
    """Lay the weights, say that it is done, and let it be measured."""
    mat.lay(*weights)
    mat.frames(0.5)
    wizard.answer(say)
    return measure(wizard, mat)


def to_places(mat: VirtualMat, *, anywhere: bool = False) -> Wizard:
    """Return a wizard that asks for the first placement."""
    wizard = Wizard(mat.mat, weight_kg=WEIGHT_KG, anywhere=anywhere)
    step(wizard, mat)
    assert wizard.step is Step.PLACE
    return wizard


def over(mat: VirtualMat, name: str) -> tuple[float, float, float]:
    cell = next(cell for cell in mat.mat.cells if cell.name == name)
    return (WEIGHT_KG, cell.x_mm, cell.y_mm)


def reason(wizard: Wizard) -> Reason | None:
    return wizard.refusal.reason if wizard.refusal else None
