"""hardware/mat.toml, and what the firmware itself says: places, pins, sizes of the deck.

Everything made comes from here, so a drawing cannot say another pin than the default settings.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from gpiozero.pins.mock import MockFactory
from msgspec import Struct

from matfw.layouts import DECK_LENGTH_MM, DECK_WIDTH_MM, PRESETS
from matfw.messages import Cell
from matfw.settings.model import Settings
from matfw.settings.wiring import CellPins

FOLDER = Path(__file__).parents[1]
LAYOUTS = ("core4", "hex6")  # the two that are drawn; trio8 is supported and not recommended
HEX6_PANEL_MM = DECK_LENGTH_MM / 2


class Board(Struct, frozen=True, forbid_unknown_fields=True):
    """The plywood."""

    thickness_mm: float
    density_kg_m3: float
    e_along_gpa: float
    e_across_gpa: float
    strip_mm: float
    allowable_mpa: float


class Batten(Struct, frozen=True, forbid_unknown_fields=True):
    """The spruce under it: on edge on core4, flat on hex6."""

    narrow_mm: float
    wide_mm: float
    density_kg_m3: float
    e_gpa: float


class Bar(Struct, frozen=True, forbid_unknown_fields=True):
    """A bar cell."""

    length_mm: float
    width_mm: float
    height_mm: float
    holes_from_end_mm: tuple[float, float]
    mass_kg: float


class Plate(Struct, frozen=True, forbid_unknown_fields=True):
    """The steel between batten and cell. Lengths from its fixed end."""

    length_mm: float
    width_mm: float
    thickness_mm: float
    yield_mpa: float
    bar_from_mm: float
    washer_mm: float
    shim_mm: float
    hole_mm: float
    screw_hole_mm: float
    screws_mm: tuple[float, float]
    screws_across_mm: float
    bolt_proof_kn: float


class Foot(Struct, frozen=True, forbid_unknown_fields=True):
    """A printed foot with a socket for a dome nut."""

    diameter_mm: float
    height_mm: float
    socket_radius_mm: float
    socket_depth_mm: float
    rubber_mm: float
    stud_mm: float


class HalfBridge(Struct, frozen=True, forbid_unknown_fields=True):
    """Half bridges of 50 kg, their printed holder and shoe."""

    side_mm: float
    frame_mm: float
    nub_mm: float
    pitch_mm: float
    holder_mm: tuple[float, float, float]
    shoe_mm: tuple[float, float, float]
    boss_mm: tuple[float, float]
    clearance_mm: float


class Clamp(Struct, frozen=True, forbid_unknown_fields=True):
    """A printed cable clamp."""

    size_mm: tuple[float, float, float]
    cable_mm: float
    screw_mm: float


class Light(Struct, frozen=True, forbid_unknown_fields=True):
    """A printed block that holds an LED."""

    size_mm: tuple[float, float, float]
    led_mm: float
    tilt_deg: float


class Box(Struct, frozen=True, forbid_unknown_fields=True):
    """The box of the electronics, below the deck."""

    size_mm: tuple[float, float, float]
    x_mm: float
    mass_kg: float


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the deck is to carry."""

    mass_kg: float
    step_factor: float
    jump_factor: float
    foot_from_edge_mm: float
    lying: list[tuple[float, float]]


class Electrical(Struct, frozen=True, forbid_unknown_fields=True):
    """Volts, ohms and amperes of the circuit."""

    supply_v: float
    logic_v: float
    converter_ma: float
    bridge_ohm: float
    avdd_v: float
    led_v: float
    led_ohm: float
    saturation_v: float
    base_v: float
    base_ohm: float
    hold_ohm: float
    piezo_ohm: float
    piezo_nf: float
    lowest_hz: float
    highest_hz: float
    pull_up_ohm: float
    series_ohm: float
    fuse_hold_a: float
    fuse_trip_a: float
    fuse_ohm: float
    wire_ohm_m: float
    supply_wire_m: float
    cell_wire_m: float


class Computer(Struct, frozen=True, forbid_unknown_fields=True):
    """A Raspberry Pi and what it takes."""

    name: str
    typical_a: float
    most_a: float
    supply: str


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the shopping list; counts for core4 and hex6."""

    group: str
    name: str
    rating: str
    counts: tuple[int, int]
    price_eur: float
    why: str


class Alternative(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be bought instead."""

    instead_of: str
    use: str
    price: str
    but: str


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """All of hardware/mat.toml."""

    board: Board
    batten: Batten
    bar: Bar
    plate: Plate
    foot: Foot
    half_bridge: HalfBridge
    clamp: Clamp
    light: Light
    box: Box
    person: Person
    electrical: Electrical
    computer: list[Computer]
    part: list[Part]
    alternative: list[Alternative]

    @property
    def gap_mm(self) -> float:
        """Return what is between plate and cell at the bolts: two washers and a shim."""
        return 2 * self.plate.washer_mm + self.plate.shim_mm

    @property
    def cell_stack_mm(self) -> float:
        """Return the height from the floor to the batten's underside."""
        return (
            self.plate.thickness_mm + self.gap_mm + self.bar.height_mm
            + self.foot.stud_mm + self.foot.height_mm + self.foot.rubber_mm
        )  # fmt: skip

    @property
    def foot_at_mm(self) -> float:
        """Return where on the plate the foot is: below the inner hole of the cell's free end."""
        return self.plate.bar_from_mm + self.bar.length_mm - max(self.bar.holes_from_end_mm)

    @property
    def stop_at_mm(self) -> float:
        """Return where on the plate the stop is: above the outer hole of the free end."""
        return self.plate.bar_from_mm + self.bar.length_mm - min(self.bar.holes_from_end_mm)

    def batten_height_mm(self, layout: str) -> float:
        """Return how high the battens stand: on edge on core4, flat on hex6."""
        return self.batten.wide_mm if layout == "core4" else self.batten.narrow_mm

    def top_mm(self, layout: str) -> float:
        """Return the height of the deck's top above the floor."""
        return self.cell_stack_mm + self.batten_height_mm(layout) + self.board.thickness_mm

    def board_kg(self) -> float:
        """Return the mass of the plywood, both panels of hex6 together."""
        volume_mm3 = DECK_LENGTH_MM * DECK_WIDTH_MM * self.board.thickness_mm
        return volume_mm3 * 1e-9 * self.board.density_kg_m3

    def batten_kg(self, length_mm: float) -> float:
        """Return the mass of a batten."""
        volume_mm3 = length_mm * self.batten.narrow_mm * self.batten.wide_mm
        return volume_mm3 * 1e-9 * self.batten.density_kg_m3

    def cell_kg(self) -> float:
        """Return the mass of a cell with plate (7850 kg/m3), bolts and foot (0.1 kg)."""
        plate_mm3 = self.plate.length_mm * self.plate.width_mm * self.plate.thickness_mm
        return self.bar.mass_kg + plate_mm3 * 1e-9 * 7850.0 + 0.1

    def deck_kg(self, layout: str) -> float:
        """Return the mass of the whole deck, without the exercise mat."""
        battens = (
            2 * self.batten_kg(DECK_LENGTH_MM)
            if layout == "core4"
            else 3 * self.batten_kg(DECK_WIDTH_MM)
        )
        cells = len(PRESETS[layout].cells) * self.cell_kg()
        return self.board_kg() + battens + cells + self.box.mass_kg


@cache
def load() -> Source:
    """Return what hardware/mat.toml says. Raises msgspec.ValidationError with the key."""
    return msgspec.toml.decode((FOLDER / "mat.toml").read_bytes(), type=Source)


def cells(layout: str) -> tuple[Cell, ...]:
    """Return a preset's cells."""
    return PRESETS[layout].cells


def wires(layout: str) -> dict[str, CellPins]:
    """Return the default pins of a preset's cells, by name and in order."""
    return msgspec.convert({"layout": layout}, Settings).wiring()


def outputs() -> dict[str, int]:
    """Return the default pins of buzzer and lights."""
    pins = Settings().outputs
    lights = pins.light_pins
    return {"buzzer": pins.buzzer_pin, "head": lights.head, "hip": lights.hip, "foot": lights.foot}


@cache
def header() -> dict[int, str]:
    """Return the 40-pin header, as gpiozero knows the board: pin number to name."""
    pins = MockFactory().board_info.headers["J8"].pins
    return {int(number): str(pin.name) for number, pin in pins.items()}


def header_pin(gpio: int) -> int:
    """Return the header's pin of a GPIO number."""
    (number,) = (number for number, name in header().items() if name == f"GPIO{gpio}")
    return number


def tidy(value: float, digits: int = 1) -> str:
    """Return a number for people: rounded, without a needless nought behind the point."""
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
