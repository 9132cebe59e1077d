"""Tables of the pages, made from hardware/mat.toml, the firmware's presets and the sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from hardware.scripts import circuit, sums
from hardware.scripts.source import (
    LAYOUTS,
    cells,
    header,
    header_pin,
    load,
    outputs,
    tidy,
    wires,
)
from matfw.layouts import PRESETS
from matfw.settings.model import Settings
from matfw.settings.wiring import I2C_1_PINS, UART_PINS, XshutPins

Rows = Iterable[Sequence[str]]


def markdown(heads: Sequence[str], rows: Rows, right: Sequence[int] = ()) -> str:
    """Return a table. right: the columns of numbers."""
    rule = ["---:" if at in right else "---" for at in range(len(heads))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, rule, *rows)) + "\n"


def geometry() -> str:
    """Return where every preset's cells stand."""
    return markdown(
        ("Preset", "Cell", "x mm", "y mm", "Plate"),
        [
            (f"`{layout.name}`", f"`{c.name}`", f"{c.x_mm:.0f}", f"{c.y_mm:.0f}", f"`{c.plate}`")
            for layout in PRESETS.values() for c in layout.cells
        ],
        right=(2, 3),
    )  # fmt: skip


def pins(layout: str) -> str:
    """Return a layout's pins of its converters."""
    return markdown(
        ("Cell", "DOUT", "Header", "SCK", "Header"),
        [
            (f"`{name}`", f"GPIO{w.dout}", str(header_pin(w.dout)), f"GPIO{w.sck}",
             str(header_pin(w.sck)))
            for name, w in wires(layout).items()
        ],
        right=(2, 4),
    )  # fmt: skip


def output_pins() -> str:
    """Return the pins of buzzer and lights."""
    rows = [
        (f"`{name}`" + ("" if name == "buzzer" else " light"), f"GPIO{gpio}", str(header_pin(gpio)))
        for name, gpio in outputs().items()
    ]
    return markdown(("Output", "GPIO", "Header"), rows, right=(2,))


def hip_pins() -> str:
    """Return the wires of the hip sensors."""
    xshuts = Settings().hip_sensors.xshut_pins
    named = dict(zip(("SDA", "SCL"), I2C_1_PINS, strict=True)) | {
        f"XSHUT {name}": getattr(xshuts, name) for name in XshutPins.__struct_fields__
    }
    rows = [(f"`{name}`", f"GPIO{gpio}", str(header_pin(gpio))) for name, gpio in named.items()]
    return markdown(("Wire", "GPIO", "Header"), rows, right=(2,))


def nets() -> str:
    """Return what is joined to what on the strip board, net by net, for hex6."""
    e = load().electrical
    names = list(wires("hex6"))
    rows = [
        ("5 V", "header 2; fuse, one end"),
        ("5 V fused", "fuse, other end; 470 uF +; VCC of every converter; piezo +; 1 kOhm across"
         " the piezo; one end of each 330 Ohm"),
        ("3.3 V", "header 1; VDD and RATE of every converter; one end of each 47 kOhm"),
        ("GND", "header 6; 470 uF -; GND and AGND of every converter; 10 kOhm and emitter of every"
         " driver"),
        ("at each converter", "10 uF and 100 nF from its VCC to its GND; its E+, E-, A-, A+ to its"
         " cell; the cable's shield to AGND"),
    ]  # fmt: skip
    for name in names:
        w = wires("hex6")[name]
        rows.append(
            (f"`{name}` DOUT",
             f"header {header_pin(w.dout)}; its DOUT; its {e.pull_up_ohm / 1000:.0f} kOhm")
        )  # fmt: skip
        rows.append(
            (f"`{name}` SCK", f"header {header_pin(w.sck)} by {e.series_ohm:.0f} Ohm to its SCK")
        )
    for name, gpio in outputs().items():
        light = "" if name == "buzzer" else " light"
        load_words = (
            "piezo - and its 1 kOhm" if name == "buzzer" else "LED -; LED + by 330 Ohm to 5 V fused"
        )
        rows.append(
            (f"`{name}`{light}", f"header {header_pin(gpio)} and 10 kOhm; by 1 kOhm to the base;"
             f" collector to {load_words}")
        )  # fmt: skip
    return markdown(("Net", "Joined"), rows)


def header_uses(layout: str) -> dict[int, str]:
    """Return what each pin of the header is used for; absent: free."""
    uses = {number: name for number, name in header().items() if not name.startswith("GPIO")}
    by_gpio: dict[int, str] = {0: "HAT memory", 1: "HAT memory"}
    by_gpio |= dict(zip(I2C_1_PINS, ("SDA, hips", "SCL, hips"), strict=True))
    by_gpio |= dict(zip(UART_PINS, ("TXD, console", "RXD, console"), strict=True))
    xshuts = Settings().hip_sensors.xshut_pins
    by_gpio |= {getattr(xshuts, name): f"rail {name}, hips" for name in XshutPins.__struct_fields__}
    for name, w in wires(layout).items():
        by_gpio |= {w.dout: f"{name} DOUT", w.sck: f"{name} SCK"}
    by_gpio |= {
        gpio: name if name == "buzzer" else f"{name} light" for name, gpio in outputs().items()
    }
    return uses | {header_pin(gpio): use for gpio, use in by_gpio.items()}


def shopping() -> str:
    """Return the list of parts with counts and prices, and their sums."""
    s = load()
    rows: list[tuple[str, ...]] = []
    group = ""
    for part in s.part:
        if part.group != group:
            group = part.group
            rows.append((f"**{group}**", "", "", "", "", ""))
        rows.append(
            (part.name, part.rating, str(part.counts[0] or ""), str(part.counts[1] or ""),
             f"{part.price_eur:.2f}", part.why)
        )  # fmt: skip
    total = [sum(p.counts[i] * p.price_eur for p in s.part) for i in (0, 1)]
    rows.append(("**Together, EUR**", "", f"**{total[0]:.0f}**", f"**{total[1]:.0f}**", "", ""))
    heads = ("Part", "Rating", "`core4`", "`hex6`", "EUR each", "Why")
    return markdown(heads, rows, right=(2, 3, 4))


def alternatives() -> str:
    """Return what may be bought instead."""
    rows = [(a.instead_of, a.use, a.price, a.but) for a in load().alternative]
    return markdown(("Instead of", "Use", "Price, EUR", "But"), rows)


def stiffness() -> str:
    """Return how far each deck gives under a heavy person."""
    s = load()
    rows = [
        (f"`{layout}`", bend.what, tidy(bend.sag_mm), tidy(bend.slope_mrad), tidy(bend.stress_mpa),
         f"{bend.bounce_hz:.0f}")
        for layout in LAYOUTS for bend in sums.bends(layout, s)
    ]  # fmt: skip
    heads = (
        "Deck",
        f"{s.person.mass_kg:.0f} kg",
        "sags mm",
        "end turns mrad",
        "stress MPa",
        "bounces Hz",
    )
    return markdown(heads, rows, right=(2, 3, 4, 5))


def tipping() -> str:
    """Return what tips each deck."""
    s = load()
    rows = [
        (f"`{layout}`", tip.where, tidy(tip.beyond_mm), f"{tip.limit_kg:.0f}",
         f"{tip.limit_kg / s.person.mass_kg:.1f}")
        for layout in LAYOUTS for tip in sums.tips(layout, s)
    ]  # fmt: skip
    heads = (
        "Deck",
        "Edge",
        "mm beyond the feet",
        "kg that tip it",
        f"times {s.person.mass_kg:.0f} kg",
    )
    return markdown(heads, rows, right=(2, 3, 4))


def overload() -> str:
    """Return the most that one cell carries."""
    s = load()
    shares = {layout: sums.worst_share(layout, s) for layout in LAYOUTS}
    mass = s.person.mass_kg
    rows = [
        (words, *(f"{shares[layout] * factor * mass:.0f}" for layout in LAYOUTS))
        for words, factor in (
            (f"{mass:.0f} kg standing at a corner, kg on its cell", 1.0),
            (f"stepping on it, times {s.person.step_factor:g}", s.person.step_factor),
            (f"jumping on it, times {s.person.jump_factor:g}", s.person.jump_factor),
        )
    ]
    share = ("share of the weight", *(f"{100 * shares[layout]:.0f} %" for layout in LAYOUTS))
    return markdown(
        ("Foot 50 mm from both edges", "`core4`", "`hex6`"), [share, *rows], right=(1, 2)
    )


def seats() -> str:
    """Return what the seat of a bar cell bears."""
    s = load()
    worst = max(sums.worst_share(layout, s) for layout in LAYOUTS) * s.person.mass_kg
    rows = []
    for words, load_kg in (
        ("lying", 0.39 * s.person.mass_kg), ("standing", worst),
        ("stepping", worst * s.person.step_factor),
    ):  # fmt: skip
        seat = sums.seat(load_kg, s)
        rows.append(
            (words, f"{load_kg:.0f}", f"{seat.plate_mpa:.0f} of {s.plate.yield_mpa:.0f}",
             f"{seat.bolt_kn:.1f} of {s.plate.bolt_proof_kn:.1f}", tidy(seat.floor_mpa, 2))
        )  # fmt: skip
    heads = ("", "kg on the foot", "plate MPa", "bolt kN", "floor MPa")
    return markdown(heads, rows, right=(1, 2, 3, 4))


def currents() -> str:
    """Return the circuit's currents and powers."""
    e = load().electrical
    c = circuit.load(e)
    numbers = [len(cells(layout)) for layout in LAYOUTS]
    fives = " / ".join(f"{c.five_volt_ma(n):.0f} mA" for n in numbers)
    rows = [
        ("one LED", f"({e.supply_v:g} - {e.led_v:g} - {e.saturation_v:g}) V / {e.led_ohm:.0f} Ohm",
         f"{c.led_ma:.1f} mA, {c.led_mw:.0f} mW in the resistor", "20 mA; 250 mW"),
        ("one driver's input", f"({e.logic_v:g} - {e.base_v:g}) V / 1 kOhm",
         f"{c.base_ma:.1f} mA, four {c.gpio_ma():.1f}", "16 mA a pin, some 50 in all"),
        ("piezo's resistor", f"{e.supply_v - e.saturation_v:g} V / 1 kOhm",
         f"{c.piezo_ma:.1f} mA, {c.piezo_mw:.0f} mW at half duty", "250 mW"),
        ("piezo discharges", f"1 kOhm x {e.piezo_nf:.0f} nF",
         f"{c.piezo_discharge_us:.0f} us", f"{c.half_period_us:.0f} us: half the highest tone"),
        ("a cell and its converter", f"{e.avdd_v:g} V / 1 kOhm + {e.converter_ma:g} mA",
         f"{c.cell_ma:.1f} mA", "10 mA of a converter's regulator, an estimate"),
        ("through the fuse, `core4` / `hex6`", "all cells, all lights, buzzer", fives,
         f"holds {1000 * e.fuse_hold_a:.0f} mA"),
        ("lost in fuse and wire, `hex6`", "that x (1.2 Ohm + wire)",
         f"{supply_mv(numbers[-1]):.0f} mV", "400 mV: the converter's regulator"),
        ("lost in a cell's cable", f"2 x {e.cell_wire_m:g} m x 0.14 Ohm / 1 kOhm",
         f"{100 * circuit.cell_drop_share(e):.2f} %", "constant: calibrated away"),
        ("DOUT's pull-up", "3.3 V squared / 47 kOhm", f"{c.pull_up_mw:.2f} mW", "250 mW"),
    ]  # fmt: skip
    return markdown(("What", "Sum", "Comes to", "Limit"), rows)


def supply_mv(number: int) -> float:
    """Return the drop in the supply's wire with so many cells."""
    return circuit.supply_drop_mv(load().electrical, number)


def computers() -> str:
    """Return what each Pi needs, and how long a power bank feeds it."""
    s = load()
    own_ma = circuit.load(s.electrical).five_volt_ma(len(cells("hex6")))
    rows = [
        (pc.name, pc.supply, tidy(pc.typical_a, 2), tidy(pc.most_a, 2),
         f"{circuit.bank_hours(pc.typical_a, own_ma, s.electrical.supply_v):.0f}")
        for pc in s.computer
    ]  # fmt: skip
    heads = ("Computer", "Supply", "typical A", "at most A", "hours on 37 Wh")
    return markdown(heads, rows, right=(2, 3, 4))


def cut_list() -> str:
    """Return the wood to have cut."""
    s = load()
    t, n, w = (tidy(v) for v in (s.board.thickness_mm, s.batten.narrow_mm, s.batten.wide_mm))
    wood = [
        ("`core4`", f"1 board {t} x 2000 x 650", f"2 battens {n} x {w} x 2000"),
        ("`hex6`", f"2 panels {t} x 1000 x 650", f"3 battens {n} x {w} x 650"),
    ]
    rows = [
        (*row, f"{s.deck_kg(name):.0f}", tidy(s.top_mm(name)))
        for row, name in zip(wood, LAYOUTS, strict=True)
    ]
    heads = ("Deck", "Plywood", "Spruce", "kg in all", "top above the floor")
    return markdown(heads, rows, right=(3, 4))


BLOCKS: dict[str, Callable[[], str]] = {
    "geometry": geometry,
    **{f"pins {layout}": partial(pins, layout) for layout in PRESETS},
    "output pins": output_pins,
    "hip pins": hip_pins,
    "nets": nets,
    "shopping": shopping,
    "alternatives": alternatives,
    "stiffness": stiffness,
    "tipping": tipping,
    "overload": overload,
    "seats": seats,
    "currents": currents,
    "computers": computers,
    "cut list": cut_list,
}
