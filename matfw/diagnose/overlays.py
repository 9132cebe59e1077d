"""Which pins the lines of config.txt take: a table of what is known, and a word for the rest.

Source: raspberrypi/firmware, boot/overlays/README, each overlay's parameters and their defaults. An
overlay that is not in the table is not "free of pins", it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SPI_0, SPI_1, I2S = (7, 8, 9, 10, 11), (16, 17, 18, 19, 20, 21), (18, 19, 20, 21)
UART, I2C_1 = (14, 15), (2, 3)


@dataclass(frozen=True, slots=True)
class Overlay:
    """What an overlay is, the pins it always takes, and its parameters that name a pin.

    given: parameter -> its default, None where it takes none unless it is given.
    """

    what: str
    pins: tuple[int, ...] = ()
    given: tuple[tuple[str, int | None], ...] = ()


OVERLAYS: Mapping[str, Overlay] = {
    "spi0-0cs": Overlay("SPI", SPI_0),
    "spi0-1cs": Overlay("SPI", SPI_0),
    "spi0-2cs": Overlay("SPI", SPI_0),
    "spi1-1cs": Overlay("SPI 1", SPI_1),
    "spi1-2cs": Overlay("SPI 1", SPI_1),
    "spi1-3cs": Overlay("SPI 1", SPI_1),
    "w1-gpio": Overlay("1-wire", (), (("gpiopin", 4),)),
    "w1-gpio-pullup": Overlay("1-wire", (), (("gpiopin", 4), ("extpullup", 5))),
    "pwm": Overlay("PWM", (), (("pin", 18),)),
    "pwm-2chan": Overlay("PWM", (), (("pin", 18), ("pin2", 19))),
    "audremap": Overlay("audio", (12, 13)),
    "gpio-ir": Overlay("an infrared receiver", (), (("gpio_pin", 18),)),
    "gpio-ir-tx": Overlay("an infrared sender", (), (("gpio_pin", 18),)),
    "pwm-ir-tx": Overlay("an infrared sender", (), (("gpio_pin", 18),)),
    "gpio-shutdown": Overlay("a power button", (), (("gpio_pin", 3),)),
    "gpio-poweroff": Overlay("a power switch", (), (("gpiopin", 26),)),
    "gpio-fan": Overlay("a fan", (), (("gpiopin", 12),)),
    "gpio-key": Overlay("a key", (), (("gpio", None),)),
    "gpio-led": Overlay("a light", (), (("gpio", None),)),
    "dht11": Overlay("a humidity sensor", (), (("gpiopin", 4),)),
    "rotary-encoder": Overlay("a rotary encoder", (), (("pin_a", 4), ("pin_b", 17))),
    "uart0": Overlay("UART 0", (), (("txd0_pin", 14), ("rxd0_pin", 15))),
    "uart1": Overlay("UART 1", (), (("txd1_pin", 14), ("rxd1_pin", 15))),
    "uart2": Overlay("UART 2", (0, 1)),
    "uart3": Overlay("UART 3", (4, 5)),
    "uart4": Overlay("UART 4", (8, 9)),
    "uart5": Overlay("UART 5", (12, 13)),
    "uart0-pi5": Overlay("UART 0", UART),
    "uart1-pi5": Overlay("UART 1", (0, 1)),
    "uart2-pi5": Overlay("UART 2", (4, 5)),
    "uart3-pi5": Overlay("UART 3", (8, 9)),
    "uart4-pi5": Overlay("UART 4", (12, 13)),
    "googlevoicehat-soundcard": Overlay("an I2S sound card", (16, *I2S)),
    "max98357a": Overlay("an I2S amplifier", I2S, (("sdmode-pin", 4),)),
    "i2s-mmap": Overlay("a way to copy sound"),  # takes no pin: that is dtparam=i2s
    "vc4-kms-dpi-generic": Overlay("a parallel display", tuple(range(28))),
    "dpi18": Overlay("a parallel display", tuple(range(22))),
    "dpi24": Overlay("a parallel display", tuple(range(28))),
    "i2c-rtc": Overlay("a clock on I2C", I2C_1),
    # None of these takes a pin of the header.
    "vc4-kms-v3d": Overlay("the graphics"),
    "vc4-kms-v3d-pi5": Overlay("the graphics"),
    "vc4-fkms-v3d": Overlay("the graphics"),
    "disable-bt": Overlay("no Bluetooth"),
    "disable-bt-pi5": Overlay("no Bluetooth"),
    "disable-wifi": Overlay("no wireless network"),
    "disable-wifi-pi5": Overlay("no wireless network"),
    "miniuart-bt": Overlay("Bluetooth on the small UART"),
    "dwc2": Overlay("USB"),
    "cma": Overlay("memory"),
}
# Families whose members all sit on the sound bus.
SOUND_CARDS = ("hifiberry", "iqaudio", "allo-", "justboom", "audioinjector", "fe-pi", "rpi-dac")
# On a Pi 5 the same names load the -pi5 variant; the firmware's overlay_map.
PI_5 = frozenset({"uart0", "uart1", "uart2", "uart3", "uart4"})
PARAMETERS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "spi": ("SPI", SPI_0),
    "i2s": ("I2S audio", I2S),
    "i2c_arm": ("I2C", I2C_1),
    "i2c": ("I2C", I2C_1),
    "i2c1": ("I2C", I2C_1),
    "uart0": ("the serial port", UART),
    "uart0_console": ("the serial port", UART),
}
ON = ("", "on", "true", "1", "yes")


@dataclass(frozen=True, slots=True)
class Taken:
    """A pin that something takes; pin None: which ones is not known."""

    what: str
    pin: int | None


def taken_pins(config: str, *, is_pi_5: bool) -> Iterator[Taken]:
    """Yield what each line of config.txt takes; its sections ([pi4], ...) all count."""
    for line in config.splitlines():
        key, _, value = line.split("#")[0].strip().replace(" ", "").partition("=")
        if key == "dtparam":
            for word in value.split(","):
                name, _, state = word.partition("=")
                what, pins = PARAMETERS.get(name, ("", ()))
                if state in ON:
                    yield from (Taken(what, pin) for pin in pins)
        elif key == "enable_uart" and value == "1":
            yield from (Taken("the serial port", pin) for pin in UART)
        elif key == "gpio":
            yield Taken(f"gpio={value}", None)
        elif key == "dtoverlay" and value:
            yield from _overlay(value, is_pi_5=is_pi_5)


def _overlay(value: str, *, is_pi_5: bool) -> Iterator[Taken]:
    name, *words = value.replace(":", ",").split(",")
    given = dict(word.partition("=")[::2] for word in words)
    known = OVERLAYS.get(f"{name}-pi5" if is_pi_5 and name in PI_5 else name)
    if known is None:
        if name.startswith(SOUND_CARDS):
            known = Overlay("an I2S sound card", I2S)
        else:
            yield Taken(f"overlay {name}", None)
            return
    for pin in known.pins:
        yield Taken(known.what, pin)
    for parameter, default in known.given:
        text = given.get(parameter, "" if default is None else str(default))
        if text.isdigit():
            yield Taken(known.what, int(text))
