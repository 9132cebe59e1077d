"""The tempo's tone follows the plan; earcons silence it; modes choose what is heard."""

from __future__ import annotations

from itertools import pairwise

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from matfw.devices.indicator import GpiozeroIndicator
from matfw.messages import CUES, Announcement, Fault, Guidance, Pace, Tempo, Verdict
from matfw.sounds.earcons import tone_at
from matfw.sounds.modes import HEARD, Kind, SoundMode, is_heard, kind_of
from matfw.sounds.pace import HIGH_HZ, LOW_HZ, MARK_S, pace_lights, pace_s, pace_tone
from matfw.workout.fading import FADES, Fading

FRAME_S = 1 / 80
PACE = Pace(start_s=100.0, tempo=Tempo())
BUZZER, LIGHT_PINS = 18, (23, 24, 25)


def tones(pace: Pace, span_s: float = 7.0) -> list[tuple[float, float | None]]:
    times_s = [pace.start_s + k * FRAME_S for k in range(round(span_s / FRAME_S))]
    return [(t_s - pace.start_s, pace_tone(pace, t_s)) for t_s in times_s]


def test_it_rises_for_2_s_stands_1_s_and_falls_for_3_s() -> None:
    heard = tones(PACE)
    up = [hz for t_s, hz in heard if t_s < 1.95]
    hold = [hz for t_s, hz in heard if 2.05 <= t_s < 2.95]
    down = [hz for t_s, hz in heard if 3.05 <= t_s < 5.95]
    assert up[0] == LOW_HZ
    assert all(a is not None and b is not None and a <= b for a, b in pairwise(up))
    assert set(hold) == {HIGH_HZ}
    assert all(a is not None and b is not None and a >= b for a, b in pairwise(down))
    ends_s = [t_s for t_s, hz in heard if hz is not None][-1]
    assert ends_s == pytest.approx(6.0, abs=0.05)
    assert pace_tone(PACE, 99.9) is None


@pytest.mark.parametrize("tempo", [Tempo(), Tempo(1.0, 0.0, 1.0), Tempo(6.0, 10.0, 6.0)])
def test_every_tempo_is_followed_to_its_end(tempo: Tempo) -> None:
    pace = Pace(start_s=0.0, tempo=tempo)
    assert pace_tone(pace, pace_s(tempo) - 0.05) is not None
    assert pace_tone(pace, pace_s(tempo)) is None


def test_the_lights_fill_and_empty_without_a_flash() -> None:
    course = [pace_lights(PACE, 100.0 + k * FRAME_S) for k in range(480)]
    for light in range(3):
        brightness = [each[light] for each in course]
        top = brightness.index(max(brightness))
        assert brightness[: top + 1] == sorted(brightness[: top + 1])
        assert brightness[top:] == sorted(brightness[top:], reverse=True)
    foot, head = ([each[at] for each in course].index(0.3) for at in (2, 0))
    assert foot < head


def test_marks_say_where_each_part_begins_and_nothing_says_nothing() -> None:
    marked = [t_s for t_s, hz in tones(Pace(start_s=100.0, tempo=Tempo(), guidance=Guidance.MARKS))
              if hz is not None]  # fmt: skip
    for at_s in (0.0, 2.0, 3.0):
        frames = sum(at_s - 1e-6 <= t_s < at_s + MARK_S for t_s in marked)
        assert frames == pytest.approx(MARK_S / FRAME_S, abs=1)
    assert len(marked) == pytest.approx(3 * MARK_S / FRAME_S, abs=1)
    off = Pace(start_s=100.0, tempo=Tempo(), guidance=Guidance.OFF)
    assert all(hz is None for _, hz in tones(off))


def test_an_earcon_has_the_buzzer_to_itself_and_the_tone_comes_back() -> None:
    with MockFactory(pin_class=MockPWMPin) as factory:
        indicator = GpiozeroIndicator(factory, BUZZER, LIGHT_PINS)
        indicator.pace(PACE)
        for frame in range(240):
            t_s = 100.0 + frame * FRAME_S
            if frame == 80:
                indicator.show(Fault.ROLL_BACK, t_s)
            indicator.tick(t_s)
            pin = factory.pin(BUZZER)
            heard = pin.frequency if pin.state else None
            is_cue = 0.0 <= t_s - 101.0 < 0.8
            expected = tone_at(Fault.ROLL_BACK, t_s - 101.0) if is_cue else pace_tone(PACE, t_s)
            assert heard == expected, t_s
        indicator.close()


@pytest.mark.parametrize("mode", SoundMode)
def test_a_mode_lets_through_what_its_row_says(mode: SoundMode) -> None:
    for cue in CUES:
        assert is_heard(mode, cue) == (kind_of(cue) in HEARD[mode])
    assert is_heard(mode, None) == (Kind.PACE in HEARD[mode])


@pytest.mark.parametrize(
    ("mode", "heard"),
    [
        (SoundMode.FULL, {Fault.KICK, Announcement.COUNT, Announcement.SET_DONE, None}),
        (SoundMode.FAULTS, {Fault.KICK, Announcement.SET_DONE}),
        (SoundMode.METRONOME, {Announcement.SET_DONE, None}),
        (SoundMode.SILENT, set()),
    ],
)
def test_the_modes_are_as_decided(mode: SoundMode, heard: set[object]) -> None:
    every = (Fault.KICK, Announcement.COUNT, Announcement.SET_DONE, None)
    assert {cue for cue in every if is_heard(mode, cue)} == heard


def test_a_silent_mode_moves_no_buzzer_and_the_lights_go_on() -> None:
    with MockFactory(pin_class=MockPWMPin) as factory:
        indicator = GpiozeroIndicator(factory, BUZZER, LIGHT_PINS)
        indicator.sound_mode = SoundMode.SILENT
        indicator.pace(PACE)
        lit = 0.0
        for frame in range(480):
            if frame == 200:
                indicator.show(Announcement.SET_DONE, 100.0 + frame * FRAME_S)
            indicator.tick(100.0 + frame * FRAME_S)
            assert factory.pin(BUZZER).frequency is None
            lit = max(lit, *(factory.pin(pin).state for pin in LIGHT_PINS))
        assert lit == 1.0
        indicator.close()


def test_guidance_thins_out_as_reps_are_clean_and_comes_back_with_a_fault() -> None:
    fading, given = Fading(), []
    for verdict in [*[Verdict.CLEAN] * 11, Verdict.UNSURE, Verdict.FAULT, Verdict.CLEAN]:
        given.append(fading.guidance)
        fading.update(verdict)
    full, marks, off = (guidance for _, guidance in FADES)
    assert given == [*[full] * 5, *[marks] * 5, off, off, off, full]
