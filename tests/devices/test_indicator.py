"""The indicator on gpiozero's mocked pins, and on its lgpio pins with lgpio's calls recorded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gpiozero import PWMLED
from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin
from hypothesis import given
from hypothesis import strategies as st

from matfw.devices.all_off import all_off
from matfw.devices.flash_limit import MAX_FLASHES, RISE, WINDOW_S, FlashLimit
from matfw.devices.indicator import GpiozeroIndicator, duty_of
from matfw.errors import MatGpioError
from matfw.messages import CUES, Announcement, Cue, Fault, Guidance, Pace, Side, Tempo
from matfw.ports import Indicator
from matfw.sounds.earcons import DARK, LIGHTS, SOUNDS, lights_at, pattern_s, tone_at
from matfw.testing import Buzzer, Lights, MatUnderTest

BUZZER, HEAD, HIP, FOOT = 18, 12, 13, 19
LIGHT_PINS = (HEAD, HIP, FOOT)
FRAME_S = 1 / 80


class CountingPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """Counts what would be calls into lgpio."""

    writes = 0

    def _set_state(self, value: float) -> None:
        type(self).writes += 1
        super()._set_state(value)

    def _set_frequency(self, value: float | None) -> None:
        type(self).writes += 1
        super()._set_frequency(value)


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    factory = MockFactory(pin_class=CountingPin)
    yield factory
    factory.close()


def sounding_hz(factory: MockFactory) -> float | None:
    pin = factory.pin(BUZZER)
    assert pin.state in (0.0, 0.5)
    hz: float | None = pin.frequency
    return hz if pin.state else None


def brightness(factory: MockFactory) -> tuple[float, ...]:
    return tuple(factory.pin(number).state for number in LIGHT_PINS)


def is_all_off(factory: MockFactory) -> bool:
    return sounding_hz(factory) is None and brightness(factory) == (0.0, 0.0, 0.0)


def test_it_fits_the_port(factory: MockFactory) -> None:
    indicator: Indicator = GpiozeroIndicator(factory, BUZZER, LIGHT_PINS)
    assert is_all_off(factory)
    indicator.close()


@pytest.mark.parametrize("cue", CUES)
def test_pins_follow_the_tables_frame_by_frame(cue: Cue, factory: MockFactory) -> None:
    start_s = 12_345.678  # a clock that has been running for hours: floats are coarser there
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS) as indicator:
        indicator.show(cue, start_s)
        for frame in range(int((pattern_s(cue) + 0.3) / FRAME_S)):
            indicator.tick(start_s + frame * FRAME_S)
            assert sounding_hz(factory) == tone_at(cue, frame * FRAME_S)
            assert brightness(factory) == lights_at(cue, frame * FRAME_S)
        assert is_all_off(factory)


@pytest.mark.parametrize("cue", CUES)
def test_a_pin_is_written_only_when_its_value_changes(cue: Cue, factory: MockFactory) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS) as indicator:
        CountingPin.writes = 0
        for frame in range(int((pattern_s(cue) + 0.3) / FRAME_S)):
            indicator.show(cue, 0.0) if frame == 0 else indicator.tick(frame * FRAME_S)
        tones = [note.frequency_hz for note in SOUNDS[cue]] + [None]
        steps = [(0.0, 0.0, 0.0), *(step.brightness for step in LIGHTS[cue]), (0.0, 0.0, 0.0)]
        changes = sum(
            a != b for one, other in pairwise(steps) for a, b in zip(one, other, strict=True)
        )
        # A tone is a frequency and a duty; silence is a duty of 0, then a frequency of None.
        assert CountingPin.writes == changes + 2 * len(tones)


def test_a_new_cue_ends_the_one_before(factory: MockFactory) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS) as indicator:
        indicator.show(Fault.ROLL_BACK, 0.0)
        indicator.show(Fault.KICK, 0.1)
        assert sounding_hz(factory) == tone_at(Fault.KICK, 0.0)
        assert brightness(factory) == lights_at(Fault.KICK, 0.0)


def test_off_is_at_once_and_lasts(factory: MockFactory) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS) as indicator:
        indicator.show(Announcement.NOT_JUDGING, 0.0)
        indicator.off()
        assert is_all_off(factory)
        indicator.tick(0.1)
        assert is_all_off(factory)


RIGHT_PINS = (9, 10, 22)
BOTH = (True, True)


def edges_lit(factory: MockFactory) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the brightness of the left edge's lights and of the right one's."""
    left, right = ([factory.pin(pin).state for pin in pins] for pins in (LIGHT_PINS, RIGHT_PINS))
    return tuple(left), tuple(right)


@pytest.mark.parametrize(
    ("side", "is_lit"),
    [(Side.LEFT, (True, False)), (Side.RIGHT, (False, True)), (Side.UNKNOWN, BOTH)],
)
@pytest.mark.parametrize("cue", [Fault.ROLL_BACK, Announcement.LIE_RIGHT])
def test_of_two_strips_the_one_shines_that_the_face_looks_at_and_both_on_doubt(
    cue: Cue, side: Side, is_lit: tuple[bool, bool], factory: MockFactory
) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS, RIGHT_PINS) as indicator:
        indicator.face(side)
        indicator.show(cue, 0.0)
        for frame in range(int((pattern_s(cue) + 0.3) / FRAME_S)):
            indicator.tick(frame * FRAME_S)
            pattern = lights_at(cue, frame * FRAME_S)
            assert edges_lit(factory) == tuple(pattern if lit else DARK for lit in is_lit)
        assert edges_lit(factory) == (DARK, DARK)


def test_the_strip_changes_in_mid_cue_with_the_side_and_off_darkens_both(
    factory: MockFactory,
) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS, RIGHT_PINS) as indicator:
        indicator.show(Announcement.NOT_JUDGING, 0.0)
        assert edges_lit(factory) == ((1.0, 1.0, 1.0), (1.0, 1.0, 1.0))
        indicator.face(Side.RIGHT)
        indicator.tick(0.1)
        assert edges_lit(factory) == (DARK, (1.0, 1.0, 1.0))
        indicator.off()
        assert edges_lit(factory) == (DARK, DARK)


@pytest.mark.parametrize(("side", "is_lit"), [(Side.LEFT, (1, 0)), (Side.RIGHT, (0, 1))])
def test_a_light_that_one_edge_lacks_shines_at_the_other(
    side: Side, is_lit: tuple[float, float], factory: MockFactory
) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS, (None, RIGHT_PINS[1], None)) as indicator:
        indicator.face(side)
        indicator.show(Announcement.NOT_JUDGING, 0.0)
        assert brightness(factory) == (1.0, is_lit[0], 1.0)
        assert factory.pin(RIGHT_PINS[1]).state == is_lit[1]


@pytest.mark.parametrize("side", Side)
def test_one_strip_shines_on_either_side(side: Side, factory: MockFactory) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS) as indicator:
        indicator.face(side)
        indicator.show(Announcement.NOT_JUDGING, 0.0)
        assert brightness(factory) == (1.0, 1.0, 1.0)


def test_the_tempo_too_shines_where_the_face_looks(factory: MockFactory) -> None:
    pace = Pace(start_s=0.0, tempo=Tempo(), guidance=Guidance.FULL)
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS, RIGHT_PINS) as indicator:
        indicator.face(Side.LEFT)
        indicator.pace(pace)
        seen = []
        for frame in range(int(6.0 / FRAME_S)):
            indicator.tick(frame * FRAME_S)
            seen.append(edges_lit(factory))
        assert {right for _, right in seen} == {DARK}
        assert {left for left, _ in seen} != {DARK}


@pytest.mark.mat(needs="virtual")
def test_everything_is_off_and_given_back_after_a_crash(
    mat: MatUnderTest, buzzer: Buzzer, lights: Lights
) -> None:
    pins = mat.output_pins
    light_pins = (pins["head"], pins["hip"], pins["foot"])

    def crash() -> None:
        with GpiozeroIndicator(mat.factory, pins["buzzer"], light_pins) as indicator:
            indicator.show(Announcement.NOT_JUDGING, 0.0)
            assert buzzer.is_on
            assert lights.now == (1.0, 1.0, 1.0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert not buzzer.is_on
    assert lights.now == (0.0, 0.0, 0.0)
    GpiozeroIndicator(mat.factory, pins["buzzer"], light_pins).close()


def test_closing_twice_is_allowed_and_a_late_tick_does_nothing(factory: MockFactory) -> None:
    indicator = GpiozeroIndicator(factory, BUZZER, LIGHT_PINS)
    indicator.close()
    indicator.close()
    indicator.tick(1.0)
    assert is_all_off(factory)


def test_a_light_that_cannot_be_closed_leaves_no_other_on(
    factory: MockFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    indicator = GpiozeroIndicator(factory, BUZZER, LIGHT_PINS)
    indicator.show(Announcement.NOT_JUDGING, 0.0)
    real_close = PWMLED.close

    def broken_close(light: PWMLED) -> None:
        if light.pin is factory.pin(HIP):
            raise OSError("the chip has gone")
        real_close(light)

    with monkeypatch.context() as patched:
        patched.setattr(PWMLED, "close", broken_close)
        with pytest.raises(OSError, match="chip has gone"):
            indicator.close()
    assert sounding_hz(factory) is None
    assert brightness(factory) == (0.0, 1.0, 0.0)


def test_without_a_buzzer_pin_no_buzzer_edge_is_ever_made(factory: MockFactory) -> None:
    with GpiozeroIndicator(factory, None, LIGHT_PINS) as indicator:
        for number, cue in enumerate(CUES):
            indicator.show(cue, 3.0 * number)
            assert max(brightness(factory)) > 0
        assert len(factory.pin(BUZZER).states) == 1


def test_without_lights_it_still_sounds(factory: MockFactory) -> None:
    with GpiozeroIndicator(factory, BUZZER) as indicator:
        indicator.show(Announcement.REP, 0.0)
        assert sounding_hz(factory) == tone_at(Announcement.REP, 0.0)


# --- errors ---


def test_a_pin_in_use_is_named_and_the_others_are_given_back(factory: MockFactory) -> None:
    taken = PWMLED(HIP, pin_factory=factory)
    with pytest.raises(MatGpioError, match=r"hip light on GPIO13 .*: a pin drives one thing"):
        GpiozeroIndicator(factory, BUZZER, LIGHT_PINS)
    taken.close()
    GpiozeroIndicator(factory, BUZZER, LIGHT_PINS).close()


def test_pins_without_pwm_are_refused() -> None:
    factory = MockFactory(pin_class=MockPin)
    with pytest.raises(MatGpioError, match=r"buzzer on GPIO18 .*: tones and brightness need PWM"):
        GpiozeroIndicator(factory, BUZZER, LIGHT_PINS)
    factory.close()


def test_a_pin_that_is_none_is_refused(factory: MockFactory) -> None:
    with pytest.raises(MatGpioError, match=r"buzzer on GPIO99 .*: pins are BCM numbers"):
        GpiozeroIndicator(factory, 99, LIGHT_PINS)


def test_an_unknown_cue_is_misuse(factory: MockFactory) -> None:
    with (
        GpiozeroIndicator(factory, BUZZER) as indicator,
        pytest.raises(ValueError, match="hurrah"),
    ):
        indicator.show("hurrah", 0.0)


# --- volume ---


def fundamental(duty: float) -> float:
    """Return the amplitude of a pulse train's first harmonic, measured on the wave itself."""
    wave = (np.arange(100_000) % 1_000 < 1_000 * duty).astype(float)
    return float(np.abs(np.fft.rfft(wave))[100]) / len(wave)


@pytest.mark.parametrize("percent", [1, 2, 3, 5, 10, 25, 50, 75, 90, 99, 100])
def test_the_volume_is_the_amplitude_of_the_tone_s_fundamental(
    percent: int, factory: MockFactory
) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS) as indicator:
        indicator.volume = percent / 100
        indicator.show(Announcement.NOT_JUDGING, 0.0)
        share = fundamental(factory.pin(BUZZER).state) / fundamental(0.5)
        # A duty is whole per cent, and 1 % at least: 0.031 of the loudest.
        assert share == pytest.approx(max(percent / 100, 0.031), abs=0.016)
        assert factory.pin(BUZZER).frequency == tone_at(Announcement.NOT_JUDGING, 0.0)
        assert brightness(factory) == (1.0, 1.0, 1.0)


def test_more_volume_is_never_softer_and_any_is_heard_through_lgpio() -> None:
    # lgpio gets int(100 * duty), as in gpiozero.pins.lgpio.LGPIOPin._set_state.
    duties = [int(100 * duty_of(percent / 100)) for percent in range(1, 101)]
    assert duties == sorted(duties)
    assert (duties[0], duties[-1]) == (1, 50)
    assert set(duties) >= set(range(1, 40))


def test_silence_is_at_once_and_a_sound_comes_back_with_the_next_note(
    factory: MockFactory,
) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS) as indicator:
        indicator.show(Announcement.NOT_JUDGING, 0.0)
        assert sounding_hz(factory) is not None
        indicator.volume = 0.0
        assert sounding_hz(factory) is None
        edges = len(factory.pin(BUZZER).states)
        for frame in range(60):
            indicator.tick(frame * FRAME_S)
        assert len(factory.pin(BUZZER).states) == edges
        assert brightness(factory) == lights_at(Announcement.NOT_JUDGING, 59 * FRAME_S)
        indicator.volume = 1.0
        indicator.show(Announcement.REP, 1.0)
        assert sounding_hz(factory) == tone_at(Announcement.REP, 0.0)


# --- flashes ---


@given(
    st.lists(st.tuples(st.floats(0.0, 0.6), st.sampled_from(CUES)), min_size=1, max_size=12),
    st.integers(0, 2),
)
def test_no_light_flashes_more_than_three_times_a_second_whatever_is_shown(
    script: list[tuple[float, Cue]], light: int
) -> None:
    """Cues broken off at any moment, as only a fault in another stage could ask for."""
    limit, shown_s, t_s = FlashLimit(), 0.0, 0.0
    got: list[float] = []
    for gap_s, cue in script:
        shown_s = t_s
        while t_s <= shown_s + gap_s:
            got.append(limit.limited(t_s, lights_at(cue, t_s - shown_s)[light]))
            t_s += FRAME_S
    assert max_flashes_in_a_second(got) <= MAX_FLASHES


def max_flashes_in_a_second(values: list[float]) -> int:
    starts, low, high, is_up = [], 0.0, 0.0, False
    for frame, value in enumerate(values):
        if is_up:
            high = max(high, value)
            if high - value >= RISE:
                is_up, low = False, value
        else:
            low = min(low, value)
            if value - low >= RISE:
                is_up, high = True, value
                starts.append(frame * FRAME_S)
    return max((sum(s <= t < s + WINDOW_S - 1e-6 for t in starts) for s in starts), default=0)


@pytest.mark.parametrize("cue", CUES)
def test_the_flash_limit_leaves_every_whole_pattern_alone(cue: Cue) -> None:
    for light in range(3):
        limit = FlashLimit()
        for frame in range(240):
            asked = lights_at(cue, frame * FRAME_S)[light]
            assert limit.limited(frame * FRAME_S, asked) == asked


def test_the_fourth_flash_within_a_second_is_left_out() -> None:
    limit = FlashLimit()
    blink = [limit.limited(frame * 0.1, float(frame % 2)) for frame in range(14)]
    assert blink == [0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]


# --- all off ---


def test_all_off_drives_every_pin_low(factory: MockFactory) -> None:
    indicator = GpiozeroIndicator(factory, BUZZER, LIGHT_PINS)
    indicator.show(Announcement.NOT_JUDGING, 0.0)  # and then the process is gone
    after = MockFactory(pin_class=MockPWMPin)
    all_off(after, (BUZZER, *LIGHT_PINS))
    for number in (BUZZER, *LIGHT_PINS):
        assert (after.pin(number).function, after.pin(number).state) == ("output", 0)
    indicator.close()
    after.close()


def test_all_off_tries_every_pin_before_it_complains(factory: MockFactory) -> None:
    with pytest.raises(MatGpioError, match="GPIO99"):
        all_off(factory, (99, HEAD))
    assert factory.pin(HEAD).function == "output"


# --- the same on gpiozero's lgpio pins ---


class RecordedChip:
    """Stands where the lgpio module stands in gpiozero.pins.lgpio; writes calls down."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.is_output: dict[int, bool] = {}

    def __getattr__(self, name: str) -> Any:
        if name.isupper():
            return 0
        return lambda *arguments: self.calls.append((name, *arguments))

    def gpiochip_open(self, chip: int) -> int:
        return chip

    def gpio_claim_input(self, _handle: int, pin: int, _flags: int = 0) -> None:
        self.is_output[pin] = False

    def gpio_claim_output(self, _handle: int, pin: int, _level: int = 0) -> None:
        self.is_output[pin] = True

    def gpio_get_mode(self, _handle: int, pin: int) -> int:
        return 2 if self.is_output[pin] else 1


def test_lgpio_gets_few_calls_and_a_tone_ends_low(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LG_WD", str(tmp_path))  # importing lgpio makes its pipes there
    pins = pytest.importorskip("gpiozero.pins.lgpio")
    chip = RecordedChip()
    monkeypatch.setattr(pins, "lgpio", chip)
    monkeypatch.setattr(pins.LGPIOFactory, "_get_revision", lambda _factory: 0xA02082)  # a Pi 3B
    factory = pins.LGPIOFactory(chip=0)
    indicator = GpiozeroIndicator(factory, BUZZER, LIGHT_PINS)
    chip.calls.clear()
    for frame in range(40):
        indicator.show(Announcement.REP, 0.0) if frame == 0 else indicator.tick(frame * FRAME_S)
    hz = SOUNDS[Announcement.REP][0].frequency_hz
    dim = round(100 * LIGHTS[Announcement.REP][0].head)
    assert chip.calls == [
        *(("tx_pwm", 0, BUZZER, hz, duty) for duty in (0, 50)),
        *(("tx_pwm", 0, pin, 100, dim) for pin in LIGHT_PINS),
        ("tx_pwm", 0, BUZZER, hz, 0),  # low first; lgpio ends a PWM wherever the line is
        ("tx_pwm", 0, BUZZER, 0, 0),
        *(("tx_pwm", 0, pin, 100, 0) for pin in LIGHT_PINS),
    ]
    chip.calls.clear()
    indicator.show(Announcement.NOT_JUDGING, 1.0)
    indicator.close()
    ended = {call[2] for call in chip.calls if call[0] == "tx_pwm" and call[3:] == (0, 0)}
    assert ended == {BUZZER, *LIGHT_PINS}
    factory.close()


@pytest.mark.parametrize(("volume", "duty"), [(1.0, 0.5), (0.5, 1 / 6), (0.1, 0.0319)])
def test_the_volume_is_the_duty_of_the_wave(
    volume: float, duty: float, factory: MockFactory
) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS) as indicator:
        indicator.volume = volume
        indicator.show(Announcement.READY, 0.0)
        assert factory.pin(BUZZER).state == pytest.approx(
            duty, abs=5e-3
        )  # the mock has two decimals
        assert factory.pin(BUZZER).frequency == tone_at(Announcement.READY, 0.0)


def test_volume_nought_is_silence_at_once_and_the_lights_go_on(factory: MockFactory) -> None:
    with GpiozeroIndicator(factory, BUZZER, LIGHT_PINS) as indicator:
        indicator.show(Announcement.NOT_JUDGING, 0.0)
        indicator.volume = 0.0
        assert sounding_hz(factory) is None
        indicator.tick(0.1)
        assert sounding_hz(factory) is None
        assert brightness(factory) == lights_at(Announcement.NOT_JUDGING, 0.1)
        indicator.volume = 1.0
        indicator.tick(0.2)
        assert sounding_hz(factory) == tone_at(Announcement.NOT_JUDGING, 0.2)
