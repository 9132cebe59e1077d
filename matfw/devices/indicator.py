"""The buzzer and the lights on real pins, through gpiozero: three, or three along either edge.

Patterns advance in `tick`, called once a frame, so there is no thread to join and none that goes
on buzzing when the firmware hangs between two frames. A pin is written only when its value
changes: on lgpio one new brightness is one call into its PWM thread, and one new tone is two.
Call `tick` at 40 Hz or faster: at 10 Hz short notes would be lost.

Closing gives the pins back as inputs without a pull: the board needs a resistor to ground at each
driver's input (hardware/wiring.md), which also keeps it quiet while the Pi boots.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self

from gpiozero import PWMLED, Factory, GPIOPinInUse, PinInvalidPin, PinPWMUnsupported, TonalBuzzer
from gpiozero.tones import Tone

from matfw.devices.flash_limit import FlashLimit
from matfw.errors import MatGpioError
from matfw.messages import Cue, Pace, Side, cue_named
from matfw.sounds.earcons import DARK, MID_TONE, OCTAVES, lights_at, pattern_s, tone_at
from matfw.sounds.modes import SoundMode, is_heard
from matfw.sounds.pace import pace_lights, pace_tone

LIGHT_NAMES = ("head", "hip", "foot")
EDGES = (Side.LEFT, Side.RIGHT)  # of two strips, in this order: who lies on that side looks at it

# What gpiozero raises -> limit, and what to do. The rest comes from the back end itself (lgpio's
# "GPIO busy" when another process holds the line, "GPIO not allowed" without permission).
_ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (GPIOPinInUse, "a pin drives one thing: give each output and converter a pin of its own"),
    (PinPWMUnsupported, "tones and brightness need PWM: use the lgpio pin factory"),
    (PinInvalidPin, "pins are BCM numbers 0-27 of the 40-pin header: correct the settings"),
)
_OTHER_ADVICE = "see which process holds the pin with `gpioinfo`, and be in the group gpio"


class GpiozeroIndicator:
    """Fits ports.Indicator. A buzzer pin of None is a mat that only shines (night, deaf)."""

    def __init__(
        self,
        factory: Factory,
        buzzer_pin: int | None,
        *strips: tuple[int | None, int | None, int | None],
    ) -> None:
        """Claim the pins, all off.

        factory: not closed here. strips: head, hip, foot of the one, or of the left edge and the
        right one; without any no lights. A light that one edge lacks shines at the other.
        Raises MatGpioError if a pin cannot be had; pins claimed before it are given back.
        """
        self._buzzer: TonalBuzzer | None = None
        self._lights: list[tuple[int, Side, PWMLED]] = []  # of LIGHT_NAMES, by whom it is seen
        self._limits: list[FlashLimit] = []
        self._brightness: list[float] = []
        self._side = Side.UNKNOWN
        self._cue: Cue | None = None
        self._start_s = 0.0
        self._tone_hz: float | None = None
        self._is_ending = False  # the tone: low already, its PWM not ended yet
        self._volume = 1.0
        self._pace: Pace | None = None
        self.sound_mode = SoundMode.FULL  # from the next cue on
        self.on_show: Callable[[Cue, float], object] = lambda *_: None  # what makes way for cues
        where = f"buzzer on GPIO{buzzer_pin}"
        try:
            if buzzer_pin is not None:
                self._buzzer = TonalBuzzer(
                    buzzer_pin, mid_tone=Tone(MID_TONE), octaves=OCTAVES, pin_factory=factory
                )
            for number, name in enumerate(LIGHT_NAMES):
                there = [pin for strip in strips if (pin := strip[number]) is not None]
                for edge, pin in zip(EDGES, there, strict=False):
                    where = f"{'right ' * (edge is Side.RIGHT)}{name} light on GPIO{pin}"
                    seen_by = edge if len(there) > 1 else Side.UNKNOWN
                    self._lights.append((number, seen_by, PWMLED(pin, pin_factory=factory)))
                    self._limits.append(FlashLimit())
                    self._brightness.append(0.0)
        # Exception: lgpio.error is no GPIOZeroError, and to import lgpio here only for its name
        # would start its threads on a machine that uses another pin factory.
        except Exception as error:
            self.close()
            raise _gpio_error(where, error) from error

    @property
    def volume(self) -> float:
        """Return the loudness, 0 to 1: the fundamental's amplitude against the loudest there is."""
        return self._volume

    @volume.setter
    def volume(self, share: float) -> None:
        """Set it from the next note on; 0 is silence, now."""
        self._volume = min(1.0, max(0.0, share))
        if self._volume == 0.0:
            self._set_tone(None)

    def show(self, cue: str, t_s: float) -> None:
        """Start a cue's sound and light pattern at t_s, ending the one before."""
        self._cue, self._start_s = cue_named(cue), t_s
        self.on_show(self._cue, t_s)
        self.tick(t_s)

    def pace(self, pace: Pace | None) -> None:
        """Give this repetition's tempo from the next tick on, while no cue is given."""
        self._pace = pace

    def face(self, side: Side) -> None:
        """Light the edge that somebody on this side looks at, from the next tick on."""
        self._side = side

    def tick(self, t_s: float) -> None:
        """Bring pins to where the running pattern says they are at t_s."""
        if self._cue is not None and t_s - self._start_s > pattern_s(self._cue):
            self._cue = None
        self._end_pwm()
        tone_hz, lights = self._wanted(t_s)
        self._set_tone(tone_hz if is_heard(self.sound_mode, self._cue) else None)
        for index, (number, seen_by, _) in enumerate(self._lights):
            is_seen = Side.UNKNOWN in (seen_by, self._side) or seen_by is self._side
            brightness = lights[number] if is_seen else 0.0
            self._set_light(index, self._limits[index].limited(t_s, brightness))

    def _wanted(self, t_s: float) -> tuple[float | None, tuple[float, float, float]]:
        """Return tone and lights of the cue that is given, else of the pace, else nothing."""
        if self._cue is not None:
            elapsed_s = t_s - self._start_s
            return tone_at(self._cue, elapsed_s), lights_at(self._cue, elapsed_s)
        if self._pace is not None:
            return pace_tone(self._pace, t_s), pace_lights(self._pace, t_s)
        return None, DARK

    def off(self) -> None:
        """Silence and darkness, now."""
        self._cue = self._pace = None
        self._set_tone(None)
        for index in range(len(self._lights)):
            self._set_light(index, 0.0)

    def close(self) -> None:
        """Turn everything off and give the pins back. Calling it twice is allowed."""
        self._cue = None
        with ExitStack() as all_of_them:  # the next is closed even where one fails
            for device in (self._buzzer, *(light for _, _, light in self._lights)):
                if device is not None:
                    # Ends the PWM, which leaves the line low, then gives it back.
                    all_of_them.callback(device.close)
            self._buzzer, self._lights = None, []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _set_tone(self, tone_hz: float | None) -> None:
        if self._volume == 0.0:
            tone_hz = None
        if self._buzzer is None or tone_hz == self._tone_hz:
            return
        if tone_hz is None:
            self._buzzer.pwm_device.value = 0.0
        else:
            # What TonalBuzzer.play does, but for the duty: it always takes one half.
            self._buzzer.pwm_device.pin.frequency = tone_hz
            self._buzzer.pwm_device.value = duty_of(self._volume)
        self._tone_hz = tone_hz
        self._is_ending = tone_hz is None

    def _end_pwm(self) -> None:
        """End the PWM of a tone that is over.

        lgpio ends it at once, and the line stays as it is: high, one time in two (seen on the
        virtual Pi). So it goes low first, by a duty of 0, and the PWM ends a tick later.
        """
        if self._is_ending and self._buzzer is not None:
            self._buzzer.stop()
            self._is_ending = False

    def _set_light(self, index: int, brightness: float) -> None:
        if brightness != self._brightness[index]:
            self._lights[index][2].value = brightness
            self._brightness[index] = brightness


def duty_of(volume: float) -> float:
    """Return the duty, in whole per cent, whose wave has volume times the loudest fundamental.

    A pulse train's fundamental goes with sin(pi * duty), so half the volume is a duty of 17 %, 6 dB
    less; its harmonics differ, so that a soft tone is thinner too. gpiozero hands lgpio whole per
    cent and cuts the rest off: 1 % is the softest there is, 30 dB under the loudest. It is 3 us of
    the highest note, which lgpio times by software: how soft that is on a Pi is not measured.
    """
    percent = max(1, round(100.0 * math.asin(volume) / math.pi))
    duty = percent / 100.0
    # 100 * 0.29 is 28.999999999999996, which would be cut to 28.
    return duty if int(100.0 * duty) == percent else math.nextafter(duty, 1.0)


def _gpio_error(where: str, error: Exception) -> MatGpioError:
    advice = next((text for kind, text in _ADVICE if isinstance(error, kind)), _OTHER_ADVICE)
    return MatGpioError(f"indicator: cannot use {where} ({error}): {advice}")
