"""The harness as WireViz and Graphviz draw it: every wire of a layout, from pin to pin.

Needs wireviz (hardware/requirements.txt) and Graphviz's `dot`. Where the nodes come to lie depends
on the version of `dot` and its fonts; the words do not, so the words are what is compared.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from hardware.scripts.source import LAYOUTS, header_pin, load, outputs, wires
from matfw.layouts import PRESETS

CELL_WIRES = (("E+", "RD"), ("E-", "BK"), ("A-", "WH"), ("A+", "GN"))
SUPPLY = (("3V3", 1, "OG"), ("5V", 2, "RD"), ("GND", 6, "BK"))
SIGNALS = ("YE", "BU")  # DOUT, SCK
OUTPUT_COLOURS = ("VT", "GY", "WH", "BN")
LIGHTS_X_MM = {"head": -700.0, "hip": -60.0, "foot": 700.0}  # assembly.md, "Lights"
LIGHTS_Y_MM = 315.0  # middle of a block that is flush with the edge
SLACK_M = 0.2  # the loop at the cell, and what is inside the box
Harness = dict[str, Any]


def harness(layout: str) -> Harness:
    """Return a layout's harness in WireViz's terms."""
    e = load().electrical
    box = [(name, pin, colour) for name, pin, colour in SUPPLY]
    for name, w in wires(layout).items():
        for word, gpio, colour in (("DOUT", w.dout, SIGNALS[0]), ("SCK", w.sck, SIGNALS[1])):
            box.append((f"{name} {word}", header_pin(gpio), colour))
    for (name, gpio), colour in zip(outputs().items(), OUTPUT_COLOURS, strict=True):
        box.append((name if name == "buzzer" else f"{name} light", header_pin(gpio), colour))
    connectors: Harness = {
        "PI": {
            "type": "Raspberry Pi", "subtype": "40-pin header",
            "pins": [pin for _, pin, _ in box], "pinlabels": [label for label, _, _ in box],
        },
        "BOARD": {
            "type": "strip board", "subtype": "from the Pi",
            "pinlabels": [label for label, _, _ in box],
        },
    }  # fmt: skip
    cables: Harness = {
        "INSIDE": {
            "colors": [colour for _, _, colour in box], "gauge": "0.14 mm2",
            "length": e.supply_wire_m, "category": "bundle",
        }
    }  # fmt: skip
    every = list(range(1, len(box) + 1))
    connections: list[Any] = [
        [{"PI": [pin for _, pin, _ in box]}, {"INSIDE": every}, {"BOARD": every}]
    ]
    for cell in PRESETS[layout].cells:
        length_m = _way_m(cell.x_mm, cell.y_mm)
        _cell(cell.name, connectors, cables, connections, length_m)
    into: Harness = {"connectors": connectors, "cables": cables, "connections": connections}
    for name in ("head", "hip", "foot"):
        ends = (f"5V by {e.led_ohm:.0f} Ohm", "collector")
        length_m = _way_m(LIGHTS_X_MM[name], LIGHTS_Y_MM)
        _pair(name, f"{name} light", ends, length_m, **into)
    ends = ("5V", "collector")
    _pair("buzzer", "piezo, in the box", ends, 0.1, **into)
    for connector in connectors.values():
        connector["show_pincount"] = False
    order = dict(reversed(connectors.items()))  # Graphviz puts what comes last on top
    return {
        "options": {"fontname": "DejaVu Sans", "bgcolor": "WH"},
        "connectors": order, "cables": cables, "connections": connections[::-1],
    }  # fmt: skip


def _way_m(x_mm: float, y_mm: float) -> float:
    """Return a cable's length from the box to a place: along the deck, then across, and slack."""
    way_mm = abs(x_mm - load().box.x_mm) + abs(y_mm)
    return round(1e-3 * way_mm + SLACK_M, 1)


def _cell(
    name: str, connectors: Harness, cables: Harness, connections: list[Any], length_m: float
) -> None:
    labels = [word for word, _ in CELL_WIRES]
    connectors[f"HX711 {name}"] = {
        "type": "HX711", "subtype": name, "pinlabels": [*labels, "AGND"],
    }  # fmt: skip
    connectors[f"CELL {name}"] = {"type": "load cell", "subtype": name, "pinlabels": labels}
    cables[f"CABLE {name}"] = {
        "colors": [colour for _, colour in CELL_WIRES], "gauge": "0.14 mm2", "shield": True,
        "length": length_m,
    }  # fmt: skip
    connections.append(
        [{f"HX711 {name}": [1, 2, 3, 4]}, {f"CABLE {name}": [1, 2, 3, 4]},
         {f"CELL {name}": [1, 2, 3, 4]}]
    )  # fmt: skip
    connections.append([{f"HX711 {name}": 5}, {f"CABLE {name}": "s"}])


def _pair(
    name: str, what: str, labels: tuple[str, str], length_m: float,
    *, connectors: Harness, cables: Harness, connections: list[Any],
) -> None:  # fmt: skip
    connectors[f"OUT {name}"] = {
        "type": "strip board", "subtype": f"driver of {name}", "pinlabels": list(labels),
    }  # fmt: skip
    connectors[what] = {"type": what, "pinlabels": ["+ long leg", "-"]}
    cables[f"PAIR {name}"] = {"colors": ["RD", "BK"], "gauge": "0.14 mm2", "length": length_m}
    connections.append([{f"OUT {name}": [1, 2]}, {f"PAIR {name}": [1, 2]}, {what: [1, 2]}])


def narrow(source: str) -> str:
    """Return Graphviz's text for a phone: nodes near one another, no wire's ends stated twice."""
    source = re.sub(r"ranksep=[\d.]+", "ranksep=0.5", source)
    return re.sub(r"(<td>)[^<>]*:\d+:[^<>]*(</td>)", r"\1\2", source)


def drawings() -> dict[str, str]:
    """Return the files' texts by name."""
    from graphviz import Source
    from wireviz.wireviz import parse

    made = {}
    for layout in LAYOUTS:
        graph = parse(harness(layout), return_types="harness").graph
        made[f"harness_{layout}.svg"] = Source(narrow(graph.source)).pipe("svg").decode()
    return made


def words(svg: str) -> list[str]:
    """Return what is written in an SVG, sorted: it does not depend on the drawer's fonts.

    Versions of `dot` differ in what they escape: a minus is "-" or "&#45;".
    """
    texts = (unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    return sorted(text for text in texts if text.strip())
