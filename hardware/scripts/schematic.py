"""The circuit: one converter, the drivers of buzzer and lights, the supply.

Needs schemdraw (hardware/requirements.txt). Every value is hardware/mat.toml's, every pin the
firmware's default.
"""

from __future__ import annotations

from typing import Any

from hardware.scripts.source import LAYOUTS, header_pin, load, outputs, tidy, wires
from hardware.scripts.svg import BLUE, FAINT, Drawing

LINE, FONT = 2.4, 19.0
Sheet = Any  # schemdraw's Drawing; it is no dependency of what is type-checked


def ohm(value: float) -> str:
    """Return a resistor's value as one reads it on a drawing."""
    return f"{tidy(value / 1000)} k" if value >= 1000 else f"{value:.0f}"


def _new() -> Sheet:
    import schemdraw

    schemdraw.use("svg")
    schemdraw.svgconfig.text = "text"
    drawing = schemdraw.Drawing(show=False)
    drawing.config(
        fontsize=FONT,
        lw=LINE,
        font="DejaVu Sans,Helvetica,Arial,sans-serif",
        bgcolor="white",
        margin=0.4,
    )
    return drawing


def _words(sheet: Sheet, at: tuple[float, float], words: str, size: float = FONT) -> None:
    from schemdraw import elements as elm

    sheet += elm.Label().at(at).label(words, halign="left", valign="center", ofst=0, fontsize=size)


def _pin(sheet: Sheet, at: tuple[float, float], words: str, left: bool) -> None:
    """Draw a tag of the Pi's header."""
    from schemdraw import elements as elm

    tag = elm.Tag(width=5.5, height=1.0).at(at)
    sheet += (tag.left() if left else tag.right()).label(words, fontsize=FONT - 2)


def converter(name: str = "head_left") -> str:
    """Return the circuit of one converter and its cell."""
    from schemdraw import elements as elm

    e, w = load().electrical, wires("core4")[name]
    sheet = _new()
    chip = elm.Ic(
        pins=[
            elm.IcPin(name="VDD", side="left", slot="6/6", anchorname="vdd"),
            elm.IcPin(name="RATE", side="left", slot="5/6", anchorname="rate"),
            elm.IcPin(name="DOUT", side="left", slot="4/6", anchorname="dout"),
            elm.IcPin(name="SCK", side="left", slot="3/6", anchorname="sck"),
            elm.IcPin(name="VCC", side="left", slot="2/6", anchorname="vcc"),
            elm.IcPin(name="GND", side="left", slot="1/6", anchorname="gnd"),
            elm.IcPin(name="E+", side="right", slot="6/6", anchorname="ep"),
            elm.IcPin(name="A+", side="right", slot="4/6", anchorname="ap"),
            elm.IcPin(name="A-", side="right", slot="3/6", anchorname="am"),
            elm.IcPin(name="E- AGND", side="right", slot="1/6", anchorname="em"),
        ],
        size=(4.2, 8.4), leadlen=0.6, pinspacing=1.4, edgepadH=0.7,
    ).label("HX711", loc="top")  # fmt: skip
    sheet += chip.at((0, 0))
    x = -5.2
    for anchor, words in (
        ("vdd", "3V3   header 1"),
        ("vcc", "5V, behind the fuse"),
        ("gnd", "GND   header 6"),
    ):
        at = getattr(chip, anchor)
        sheet += elm.Line().at(at).to((x, at[1]))
        _pin(sheet, (x, at[1]), words, left=True)
    rate, vdd = chip.rate, chip.vdd
    sheet += elm.Line().at(rate).to((rate[0] - 0.5, rate[1]))
    sheet += elm.Line().at((rate[0] - 0.5, rate[1])).to((rate[0] - 0.5, vdd[1]))
    sheet += elm.Dot().at((rate[0] - 0.5, vdd[1]))
    dout = chip.dout
    sheet += elm.Line().at(dout).to((x, dout[1]))
    _pin(sheet, (x, dout[1]), f"GPIO{w.dout}   header {header_pin(w.dout)}", left=True)
    up = -3.6
    sheet += elm.Dot().at((up, dout[1]))
    sheet += (
        elm.ResistorIEC().at((up, dout[1])).to((up, vdd[1])).label(ohm(e.pull_up_ohm), loc="top")
    )
    sheet += elm.Dot().at((up, vdd[1]))
    sck = chip.sck
    sheet += (
        elm.ResistorIEC().at((x, sck[1])).to((x + 3, sck[1])).label(ohm(e.series_ohm), loc="top")
    )
    sheet += elm.Line().at((x + 3, sck[1])).to(sck)
    _pin(sheet, (x, sck[1]), f"GPIO{w.sck}   header {header_pin(w.sck)}", left=True)
    vcc, gnd = chip.vcc, chip.gnd
    for at, words in ((-1.3, "100 n"), (-3.6, "10 u")):
        sheet += elm.Dot().at((at, vcc[1]))
        sheet += elm.Capacitor().at((at, vcc[1])).to((at, gnd[1])).label(words, loc="top")
        sheet += elm.Dot().at((at, gnd[1]))
    _bridge(sheet, chip)
    _words(
        sheet,
        (-10.6, -1.2),
        f"Drawn for {name}. Each converter has the same, with its own two GPIOs.",
    )
    _words(
        sheet,
        (-10.6, -2.2),
        "The two resistors stand at the Pi's end, the capacitors at the converter.",
    )
    return _svg(sheet, "One converter and its cell")


def _bridge(sheet: Sheet, chip: Any) -> None:
    """Draw the bridge of a cell to the right of its converter."""
    from schemdraw import elements as elm

    left, mid, right = 8.2, 10.4, 12.6
    top, low = chip.ep[1] - 0.6, chip.em[1] + 0.6
    centre = (top + low) / 2
    for a, b in (((mid, top), (left, centre)), ((mid, top), (right, centre)),
                 ((left, centre), (mid, low)), ((right, centre), (mid, low))):  # fmt: skip
        sheet += elm.ResistorIEC().at(a).to(b)
    sheet += elm.Line().at(chip.ep).to((mid, chip.ep[1]))
    sheet += elm.Line().at((mid, chip.ep[1])).to((mid, top))
    sheet += elm.Line().at(chip.em).to((mid, chip.em[1]))
    sheet += elm.Line().at((mid, chip.em[1])).to((mid, low))
    sheet += elm.Line().at(chip.am).to((left, chip.am[1]))
    sheet += elm.Line().at((left, chip.am[1])).to((left, centre))
    over = chip.ap[1]
    sheet += elm.Line().at(chip.ap).to((right, over))
    sheet += elm.Line().at((right, over)).to((right, centre))
    sheet += elm.Line().at((5.7, chip.em[1] - 0.0)).to((5.7, chip.em[1] - 0.9)).linestyle("--")
    _words(sheet, (5.9, chip.em[1] - 0.7), "shield: this end alone", FONT - 2)
    _words(sheet, (9.4, centre), "cell", FONT)


def drivers() -> str:
    """Return the drivers: the buzzer's, and one light's."""
    from schemdraw import elements as elm

    e, pins = load().electrical, outputs()
    sheet = _new()
    for number, name in enumerate(("buzzer", "head")):
        x = 12.5 * number
        gpio = pins[name]
        words = f"GPIO{gpio}   header {header_pin(gpio)}"
        _pin(sheet, (x, 0), words, left=True)
        hold = x + 0.4
        sheet += elm.Line().at((x, 0)).to((hold, 0))
        sheet += elm.Dot().at((hold, 0))
        sheet += elm.ResistorIEC().at((hold, 0)).to((hold, -3)).label(ohm(e.hold_ohm), loc="bottom")
        sheet += elm.ResistorIEC().at((hold, 0)).to((hold + 2.6, 0)).label(ohm(e.base_ohm))
        npn = elm.BjtNpn(circle=True).at((hold + 2.6, 0)).anchor("base").right()
        sheet += npn
        sheet += elm.Line().at(npn.emitter).to((npn.emitter[0], -3))
        sheet += elm.Line().at((hold, -3)).to((npn.emitter[0], -3))
        sheet += elm.Ground().at((npn.emitter[0], -3))
        _words(sheet, (npn.emitter[0] + 0.5, 0), "BC337", FONT - 2)
        top = 6.4
        c = npn.collector
        if name == "buzzer":
            sheet += elm.Line().at(c).to((c[0], 2.4))
            sheet += elm.Dot().at((c[0], 2.4))
            sheet += elm.Crystal().at((c[0], 2.4)).to((c[0], 5.6))
            _words(sheet, (c[0] - 2.2, 4.0), "piezo")
            sheet += elm.Line().at((c[0], 2.4)).to((c[0] + 2, 2.4))
            sheet += elm.ResistorIEC().at((c[0] + 2, 2.4)).to((c[0] + 2, 5.6)).label(
                ohm(e.piezo_ohm), loc="bottom")  # fmt: skip
            sheet += elm.Line().at((c[0] + 2, 5.6)).to((c[0], 5.6))
            sheet += elm.Dot().at((c[0], 5.6))
            sheet += elm.Line().at((c[0], 5.6)).to((c[0], top))
        else:
            sheet += elm.LED().at((c[0], 3.4)).to(c).label("LED", loc="top", ofst=0.5)
            sheet += (
                elm.ResistorIEC()
                .at((c[0], top))
                .to((c[0], 3.4))
                .label(ohm(e.led_ohm), loc="bottom")
            )
        sheet += elm.Vdd().at((c[0], top)).label("5V, behind the fuse")
        _words(sheet, (x - 4.8, 7.4), "buzzer" if name == "buzzer" else "each light", FONT + 3)
    rest = ", ".join(f"{n}: GPIO{pins[n]}, header {header_pin(pins[n])}" for n in ("hip", "foot"))
    _words(sheet, (-5.2, -5.2), f"The other lights are the same. {rest}.")
    _words(
        sheet,
        (-5.2, -6.2),
        "A coil instead of the piezo: 1N4148 across it, cathode up; 47 in series.",
    )
    return _svg(sheet, "The drivers of the buzzer and of each light")


def supply() -> str:
    """Return the supply: from the mains to the converters."""
    from schemdraw import elements as elm

    e = load().electrical
    sheet = _new()

    def block(at: tuple[float, float], size: tuple[float, float], words: str) -> None:
        nonlocal sheet
        sheet += elm.Rect(corner1=(0, 0), corner2=size).at(at)
        for number, line in enumerate(words.split("\n")):
            _words(sheet, (at[0] + 0.3, at[1] + size[1] - 0.7 - 0.9 * number), line)

    block((0, 0), (5.4, 4.4), f"plug-in supply\n{e.supply_v:g} V, class II\nlimits itself\nSELV")
    block((7.4, 0), (5.4, 4.4), "Raspberry Pi\n\n5V   header 2\nGND  header 6")
    sheet += elm.Line().at((5.4, 3.0)).to((7.4, 3.0))
    sheet += elm.Line().at((5.4, 1.0)).to((7.4, 1.0))
    sheet += elm.Line().at((12.8, 2.1)).to((14.0, 2.1))
    sheet += elm.Fuse().at((14.0, 2.1)).to((17.0, 2.1)).label(f"hold {e.fuse_hold_a:g} A")
    sheet += elm.Line().at((17.0, 2.1)).to((22.5, 2.1))
    _words(sheet, (19.8, 2.7), "5V to all")
    sheet += elm.Line().at((12.8, 1.2)).to((13.6, 1.2))
    sheet += elm.Line().at((13.6, 1.2)).to((13.6, -1.4))
    sheet += elm.Line().at((13.6, -1.4)).to((22.5, -1.4))
    sheet += elm.Dot().at((18.4, 2.1))
    sheet += elm.Capacitor(polar=True).at((18.4, 2.1)).to((18.4, -1.4)).label("470 u", loc="bottom")
    sheet += elm.Dot().at((18.4, -1.4))
    _words(sheet, (19.8, -0.9), "GND to all")
    sheet += elm.Dot(open=True).at((22.5, 2.1))
    sheet += elm.Dot(open=True).at((22.5, -1.4))
    _words(sheet, (0, -2.8), "3V3 (header 1) goes to VDD of the converters and to the pull-ups,")
    _words(sheet, (0, -3.8), "without a fuse: the Pi's own regulator limits itself.")
    return _svg(sheet, "The supply")


def _svg(sheet: Sheet, title: str) -> str:
    """Return the file, with a title, as wide as its place."""
    text = sheet.get_imagedata("svg").decode()
    head, _, rest = text.partition(">")
    box = head.split('viewBox="')[1].split('"')[0]
    left, top, width, height = (tidy(float(number), 2) for number in box.split())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}">\n'
        f"<title>{title}</title>\n{rest.lstrip()}\n"
    )


def whole() -> str:
    """Return all of it on one page, upright, one below the other."""
    drawing = Drawing("The circuit: supply, converters, buzzer and lights", 0)
    drawing.text((500, 52), "The circuit", size=40, anchor="middle", bold=True)
    top = 80.0
    counts = " or ".join(f"{len(wires(layout))} ({layout})" for layout in LAYOUTS)
    for words, picture in (
        ("Supply", supply()), (f"Converter and cell: {counts}", converter()),
        ("Outputs", drivers()),
    ):  # fmt: skip
        box = picture.split('viewBox="')[1].split('"')[0].split()
        height = 960 * float(box[3]) / float(box[2])
        drawing.text((20, top + 34), words, size=32, bold=True, fill=BLUE)
        inner = picture.replace(
            "<svg ", f'<svg x="20" y="{top + 48:.0f}" width="960" height="{height:.0f}" ', 1
        )
        drawing.parts.append(inner.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1).strip())
        top += height + 70
    drawing.text(
        (20, top + 34), "Pins of the converters: DOUT, SCK (header)", size=32, bold=True, fill=BLUE
    )
    for name, w in wires("hex6").items():
        top += 40
        drawing.text((20, top + 40), name, bold=True)
        drawing.text(
            (270, top + 40),
            f"GPIO{w.dout} ({header_pin(w.dout)}), GPIO{w.sck} ({header_pin(w.sck)})",
        )
        if name not in wires("core4"):
            drawing.text((700, top + 40), "hex6 alone", fill=FAINT)
    drawing.height = top + 70
    return drawing.svg()


def drawings() -> dict[str, str]:
    """Return the files' texts by name."""
    return {"schematic.svg": whole()}
