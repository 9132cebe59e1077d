"""The Pi's header with what each pin is for."""

from __future__ import annotations

from hardware.scripts.source import header, wires
from hardware.scripts.svg import FAINT, INK, Drawing
from hardware.scripts.tables import header_uses

ROW, TOP = 46.0, 150.0
COLOURS = (
    ("3V3", "#e8590c"), ("5V", "#c92a2a"), ("GND", "#1b1f24"), ("DOUT", "#b58900"),
    ("SCK", "#1a56a0"), ("light", "#6741d9"), ("buzzer", "#6741d9"), ("hips", "#2b8a3e"),
    ("console", "#2b8a3e"),
)  # fmt: skip


def picture() -> Drawing:
    """Return the header as one looks at the Pi with the pins at the right, pin 1 at the top."""
    drawing = Drawing("The 40-pin header and what each pin is for", TOP + 20 * ROW + 120)
    drawing.text((500, 48), "The Pi's header", size=36, anchor="middle", bold=True)
    drawing.text((500, 92), "seen from above, pin 1 at the end of the SD card", anchor="middle")
    drawing.rect((438, TOP - 34), (562, TOP + 19 * ROW + 34), fill="#eef1f4", round_by=10)
    uses = header_uses("hex6")
    for number, name in header().items():
        left = number % 2 == 1
        y = TOP + (number - 1) // 2 * ROW
        x = 470.0 if left else 530.0
        use = uses.get(number, "")
        colour = next((c for word, c in COLOURS if word in use), FAINT)
        drawing.circle((x, y), 17, fill=colour if use else "#ffffff", stroke=colour)
        drawing.text((x, y + 8), str(number), size=22, anchor="middle",
                     fill="#ffffff" if use else INK)  # fmt: skip
        words = use if use == name else f"{name.removeprefix('GPIO')}  {use or 'free'}"
        drawing.text(
            (425.0 if left else 575.0, y + 10), words, anchor="end" if left else "start",
            fill=INK if use else FAINT,
        )  # fmt: skip
    low = TOP + 20 * ROW + 26
    hips = ", ".join(name for name in wires("hex6") if name not in wires("core4"))
    drawing.text((500, low), f"{hips}: on hex6 alone, free on core4", anchor="middle")
    drawing.text((500, low + 42), "the number before a name is its GPIO", anchor="middle")
    return drawing


def drawings() -> dict[str, str]:
    """Return the files' texts by name."""
    return {"header.svg": picture().svg()}
