"""The hardware's drawings, prints and tables are those of the source; its sums are right."""

from __future__ import annotations

import math
import re
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hardware import make
from hardware.scripts import circuit, prints, sums
from hardware.scripts.harness import harness
from hardware.scripts.source import LAYOUTS, cells, header, header_pin, load, outputs, wires
from hardware.scripts.tables import nets
from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import CELL_Y_MM, DECK_WIDTH_MM

S = load()
LIMIT_BYTES = 2_000_000  # of all drawings and prints: a checkout is for people
OF_MANY = {  # parts of which each cell has so many
    "bar load cell, aluminium": 1, "steel flat bar 50 x 10, S235": 1,
    "countersunk bolt M6 x 25, 10.9, DIN 7991": 2, "washer M6, DIN 125, 1.6 mm": 6,
    "shim ring 6 x 12 x 0.5, DIN 988": 2, "printed foot, rubber disc 50 x 3": 1, "HX711 board": 1,
    "resistor 47 kOhm, 0.25 W": 1, "resistor 100 Ohm, 0.25 W": 1,
    "wood screw 4 x 30, countersunk": 4,
    "set screw M6 x 30, lock nut M6, dome nut M6 DIN 1587": 1,
    "capacitor 10 uF 10 V and 100 nF, ceramic": 1,
}  # fmt: skip


# --- what is committed ----------------------------------------------------------------------------


def test_what_needs_nothing_installed_is_as_committed() -> None:
    """Where it differs: python -m hardware.make --plain; then look at it."""
    assert make.check(is_plain=True) == []


def test_all_is_as_committed() -> None:
    """Where it differs: python -m hardware.make; then look at it."""
    if absent := make.missing():
        pytest.skip(f"not installed: {', '.join(absent)} (hardware/requirements.txt)")
    assert make.check(is_plain=False) == []


def test_another_pin_or_size_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = tmp_path / "drawings"
    shutil.copytree(make.DRAWINGS, copy)
    text = (copy / "header.svg").read_text()
    assert "18  buzzer" in text
    (copy / "header.svg").write_text(text.replace("18  buzzer", "13  buzzer"))
    (copy / "deck_hex6.svg").unlink()
    monkeypatch.setattr(make, "DRAWINGS", copy)
    assert make.check(is_plain=True) == ["drawings/deck_hex6.svg", "drawings/header.svg"]


@pytest.mark.parametrize(
    ("was", "becomes", "same"),
    [
        ("", "", True), ('cx="86.94"', 'cx="86.95"', True), ('cx="86.94"', 'cx="87.94"', False),
        (">18  buzzer<", ">13  buzzer<", False), ("<circle", "<rect", False),
        ("hip_left", "hip_right", False),
    ],
)  # fmt: skip
def test_a_drawing_may_differ_in_its_last_digits_alone(was: str, becomes: str, same: bool) -> None:
    text = '<circle cx="86.94" cy="3"/>\n<text>18  buzzer</text>\n<text>hip_left</text>\n'
    assert was in text
    assert make.is_same(text, text.replace(was, becomes)) is same


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_committed_harness_has_every_default_pin(layout: str) -> None:
    """Cheap, and without WireViz: the words of the committed drawing, against the settings."""
    drawn = (make.DRAWINGS / f"harness_{layout}.svg").read_text()
    words = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    beside = set(pairwise(words))
    for name, w in wires(layout).items():
        assert (f"{name} DOUT", str(header_pin(w.dout))) in beside
        assert (f"{name} SCK", str(header_pin(w.sck))) in beside
    for name, gpio in outputs().items():
        words_of_it = name if name == "buzzer" else f"{name} light"
        assert (words_of_it, str(header_pin(gpio))) in beside


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_pin_of_the_harness_is_used_twice(layout: str) -> None:
    (_, used), *_ = [
        (key, Counter(value["pins"]))
        for key, value in harness(layout)["connectors"].items()
        if key == "PI"
    ]
    assert set(used.values()) == {1}


def test_the_strip_boards_nets_have_every_pin_once() -> None:
    pins = Counter(int(pin) for pin in re.findall(r"header (\d+)", nets()))
    signals = [gpio for w in wires("hex6").values() for gpio in (w.dout, w.sck)]
    expected = [header_pin(gpio) for gpio in (*signals, *outputs().values())]
    assert pins == Counter([1, 2, 6, *expected])
    assert [header()[number] for number in (1, 2, 6)] == ["3V3", "5V", "GND"]


def test_the_committed_schematic_has_the_default_pins() -> None:
    text = (make.DRAWINGS / "schematic.svg").read_text().replace("\u00a0", " ")
    words = " ".join(re.sub(r"<[^>]*>", " ", text).split())
    w = wires("core4")["head_left"]
    for gpio in (w.dout, w.sck, *outputs().values()):
        assert re.search(rf"GPIO{gpio},? +header {header_pin(gpio)}\b", words), gpio


def test_drawings_and_prints_are_small() -> None:
    files = [*make.DRAWINGS.iterdir(), *make.PRINT.iterdir()]
    assert sum(path.stat().st_size for path in files) < LIMIT_BYTES


def test_nothing_is_left_over() -> None:
    """No drawing of a part that is no more, and every one is shown on some page."""
    text = "".join(path.read_text() for path, _ in make.pages())
    for path in make.DRAWINGS.iterdir():
        assert f"drawings/{path.name}" in text, path.name
    kinds = {f"{name}.{kind}" for name in prints.PRINTS for kind in ("step", "stl")}
    assert {path.name for path in make.PRINT.iterdir()} == kinds | {"README.md"}


@pytest.mark.parametrize("name", prints.PRINTS)
def test_a_print_is_closed_and_of_its_size(name: str) -> None:
    triangles = prints.read_stl(make.PRINT / f"{name}.stl")
    edges = Counter(
        (a, b) for t in triangles for a, b in ((t[0], t[1]), (t[1], t[2]), (t[2], t[0]))
    )
    assert all(edges[b, a] == count for (a, b), count in edges.items())
    corners = np.array(triangles).reshape(-1, 3)
    size = corners.max(axis=0) - corners.min(axis=0)
    boss = S.half_bridge.boss_mm[1]
    expected = {
        "foot": (S.foot.diameter_mm, S.foot.diameter_mm, S.foot.height_mm),
        "half_bridge_holder": S.half_bridge.holder_mm,
        "half_bridge_shoe": (*S.half_bridge.shoe_mm[:2], S.half_bridge.shoe_mm[2] + boss),
        "cable_clamp": S.clamp.size_mm,
        "light_block": S.light.size_mm,
    }[name]
    assert size == pytest.approx(expected, abs=0.2)  # round ones have corners
    assert 0.3 * math.prod(expected) < prints.stl_volume(triangles) < math.prod(expected)


@pytest.mark.parametrize("name", prints.PRINTS)
def test_a_step_file_is_one_solid_without_the_time_of_its_making(name: str) -> None:
    text = (make.PRINT / f"{name}.step").read_text()
    assert text.startswith("ISO-10303-21;")
    assert text.count("MANIFOLD_SOLID_BREP(") == 1
    assert "'2026-11-27T00:00:00'" in text


# --- the list of parts ----------------------------------------------------------------------------


def test_the_parts_are_counted_by_the_cells() -> None:
    counts = {part.name: part.counts for part in S.part}
    numbers = tuple(len(cells(layout)) for layout in LAYOUTS)
    for name, each in OF_MANY.items():
        assert counts[name] == tuple(each * number for number in numbers), name
    plugs = counts["plug and socket GX12, 5 poles"]  # a cable is held on both sides of its plug
    assert counts["printed clamp"] == tuple(n + 4 + p for n, p in zip(numbers, plugs, strict=True))
    screws = tuple(2 * (clamps + 3) + 4 for clamps in counts["printed clamp"])
    assert counts["wood screw 4 x 16, pan head"] == screws
    assert counts["cable gland M12"] == tuple(number + 3 for number in numbers)
    assert counts["NPN transistor BC337-25"] == (len(outputs()),) * 2


def test_the_cell_fits_below_its_plate() -> None:
    assert S.plate.bar_from_mm + S.bar.length_mm < S.plate.screws_mm[1] - S.plate.screw_hole_mm
    assert S.plate.screws_mm[0] + S.plate.screw_hole_mm < S.plate.bar_from_mm
    assert S.stop_at_mm - S.foot_at_mm == pytest.approx(15.0)
    for layout in LAYOUTS:  # the plate's far end stays below the board
        beyond = S.plate.length_mm - S.foot_at_mm
        edge = DECK_WIDTH_MM / 2 - CELL_Y_MM if layout == "hex6" else 100.0
        assert beyond <= edge


# --- the sums -------------------------------------------------------------------------------------


def test_a_beam_bends_as_integration_says() -> None:
    span, ei, loads = 1.8, 28_300.0, [(500.0, 0.4), (450.0, 0.9), (240.0, 1.5)]
    bend = sums.beam("", span, ei, 10e9 * 0.035, loads)
    x = np.linspace(0, span, 20_001)
    dx = x[1]
    moment = np.zeros_like(x)
    for p, a in loads:
        moment += np.where(x <= a, p * (span - a) * x / span, p * a * (span - x) / span)
    slope = np.concatenate([[0.0], np.cumsum((moment[1:] + moment[:-1]) / 2 * dx)]) / ei
    drop = np.concatenate([[0.0], np.cumsum((slope[1:] + slope[:-1]) / 2 * dx)])
    sag = drop[-1] * x / span - drop
    assert bend.sag_mm == pytest.approx(1000 * sag.max(), rel=1e-3)
    end_slope = max(drop[-1] / span, slope[-1] - drop[-1] / span)
    assert bend.slope_mrad == pytest.approx(1000 * end_slope, rel=1e-3)
    assert bend.stress_mpa == pytest.approx(moment.max() / ei * 10e9 * 0.035 / 1e6, rel=1e-3)


def test_the_deck_bears_a_heavy_person() -> None:
    for layout in LAYOUTS:
        for bend in sums.bends(layout, S):
            assert bend.stress_mpa < S.board.allowable_mpa, bend
            assert bend.sag_mm < 10.0, bend  # the air below the box
            assert bend.bounce_hz > 5.0, bend


def test_a_thin_board_would_not_do_between_the_battens() -> None:
    """Why core4 has 18 mm, and not the 12 that lying alone would ask for."""
    ei = S.board.e_across_gpa * 1e9 * S.board.strip_mm * 12.0**3 / 12 * 1e-12
    weight = S.person.mass_kg * GRAVITY_M_S2
    bend = sums.beam("", 0.55, ei, S.board.e_across_gpa * 1e9 * 0.006, [(weight, 0.275)])
    assert bend.sag_mm == pytest.approx(19.0, abs=0.5)
    assert bend.stress_mpa > S.board.allowable_mpa


def test_what_tips_the_deck() -> None:
    by_place = {(name, tip.where): tip for name in LAYOUTS for tip in sums.tips(name, S)}
    end = by_place["core4", "an end"]
    assert end.limit_kg == pytest.approx(S.deck_kg("core4") * 900 / 100)
    assert end.limit_kg > 1.5 * S.person.mass_kg
    bolted = by_place["hex6", "the foot end, joint bolted"]
    loose = by_place["hex6", "the foot end, bolts left out"]
    assert loose.limit_kg < S.person.mass_kg < bolted.limit_kg / 1.5  # why the joint has bolts
    for layout in LAYOUTS:
        assert by_place[layout, "a long edge"].limit_kg > S.person.mass_kg


def test_the_worst_cell_is_between_a_rigid_deck_and_a_soft_one() -> None:
    x, y = 950.0 / 900.0, 1.0
    rigid = (1 + x + y) / 4  # of four equal springs under a plate that does not twist
    soft = (1 + x) / 2 * (1 + y) / 2  # bilinear: one that twists freely
    assert rigid < sums.worst_share("core4", S) <= soft
    assert sums.worst_share("hex6", S) == pytest.approx(950 / 960, abs=0.01)


def test_the_seat_bears_a_step() -> None:
    step_kg = sums.worst_share("core4", S) * S.person.mass_kg * S.person.step_factor
    seat = sums.seat(step_kg, S)
    moment_nmm = step_kg * GRAVITY_M_S2 * 80.0
    assert seat.plate_mpa == pytest.approx(moment_nmm / ((50 - 6.6) * 100 / 6))
    assert seat.bolt_kn == pytest.approx(moment_nmm / 15.0 / 1000)
    assert seat.plate_mpa < S.plate.yield_mpa
    assert seat.bolt_kn < S.plate.bolt_proof_kn / 1.5


def test_the_circuit_stays_within_its_ratings() -> None:
    e = S.electrical
    c = circuit.load(e)
    assert c.led_ma == pytest.approx(1000 * (5.1 - 2.0 - 0.2) / 330)
    assert max(c.led_mw, c.piezo_mw, c.pull_up_mw) < 250 / 2  # half a quarter watt
    assert c.base_ma < 16
    assert c.gpio_ma() < 50
    assert c.led_ma < 10 * c.base_ma  # saturated, whatever the transistor's gain
    assert 3 * c.piezo_discharge_us < c.half_period_us
    for layout in LAYOUTS:
        number = len(cells(layout))
        assert c.five_volt_ma(number) < 500 * e.fuse_hold_a
        assert circuit.supply_drop_mv(e, number) < 200
    assert c.hold_v < 0.3  # of a driver whose pin floats
