"""The earcons as they would leave the pin: rendered, measured, and compared pair by pair."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from gpiozero.tones import Tone

from matfw.cli.sounds import render, teach, wav_name, write_wav
from matfw.cues import CUE_RULES
from matfw.judging.row import Rank
from matfw.messages import CUES, Cue, Fault, Tempo, cue_named
from matfw.sounds.earcons import (
    DARK,
    LIGHTS,
    MID_TONE,
    OCTAVES,
    SOUNDS,
    lights_at,
    pattern_s,
    tone_at,
)
from matfw.sounds.lesson import ASKED, CHOICES, LESSON, questions
from matfw.sounds.pace import HIGH_HZ, LOW_HZ
from matfw.sounds.waveform import AMPLITUDE, pace_samples
from matfw.virtual.clock import VirtualClock
from tests.service.loop import Outputs

GRID_S = 0.01
SEMITONES_APART = 4.0  # a third: the least interval that is plainly another note to everybody
# The least difference of two sounds: seconds during which one sounds and the other does not, or
# their melodies are SEMITONES_APART (less counts less). Shorter than 0.1 s is heard as a blemish
# of one sound, not as another sound.
MIN_SOUND_DISTANCE_S = 0.2
# The least difference of two light patterns: light-seconds of full brightness.
MIN_LIGHT_DISTANCE_S = 0.25
MAX_FLASHES_PER_S = 3
# A row for each sound, with all that come after it: every pair once.
PAIRS = [pytest.param(one, CUES[number:], id=one) for number, one in enumerate(CUES[:-1], 1)]

Measured = list[tuple[float | None, float]]  # (Hz or None, seconds)


def measured(path: Path) -> Measured:
    """Read notes back from a WAV file by its zero crossings, knowing nothing of the tables."""
    with wave.open(str(path)) as file:
        rate_hz = file.getframerate()
        signal = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(int)
    notes: Measured = []
    for is_silent, run in groupby(range(len(signal)), key=lambda index: signal[index] == 0):
        span = list(run)
        if is_silent:
            notes.append((None, len(span) / rate_hz))
        else:
            notes += _tones(signal[span[0] : span[-1] + 1], rate_hz)
    return notes[:-1]  # the tail's silence


def _tones(signal: np.ndarray, rate_hz: int) -> Measured:
    edges = [0, *(np.flatnonzero((signal[1:] > 0) & (signal[:-1] < 0)) + 1)]
    groups: list[list[int]] = [[int(edges[0])]]  # the edges of one tone
    for edge in edges[1:]:
        group, period = groups[-1], int(edge) - groups[-1][-1]
        mean = (group[-1] - group[0]) / (len(group) - 1) if len(group) > 1 else period
        if abs(period - mean) > 1.1:  # one sample of rounding is no other tone
            groups.append([group[-1]])
        groups[-1].append(int(edge))
    groups = [group for group in groups if len(group) > 4]  # else the odd period at a border
    borders = [0, *(group[0] for group in groups[1:]), len(signal)]
    return [
        (rate_hz * (len(group) - 1) / (group[-1] - group[0]), (end - start) / rate_hz)
        for group, start, end in zip(groups, borders, borders[1:], strict=False)
    ]


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[Cue, Measured]:
    folder = tmp_path_factory.mktemp("sounds")
    result = {}
    written = render(folder, Tempo())
    assert sorted(written) == sorted(folder.iterdir())
    for cue in CUES:
        result[cue] = measured(folder / wav_name(cue))
    return result


def melody(notes: Measured) -> list[float | None]:
    """Return semitones above the first note, every GRID_S; None where it is silent."""
    first_hz = notes[0][0]
    assert first_hz is not None
    return [
        None if hz is None else 12 * float(np.log2(hz / first_hz))
        for hz, duration_s in notes
        for _ in range(round(duration_s / GRID_S))
    ]


def sound_distance_s(one: Measured, other: Measured) -> float:
    """Return how long two sounds differ, absolute pitch left out."""
    a, b = melody(one), melody(other)
    length = max(len(a), len(b))
    a, b = a + [None] * (length - len(a)), b + [None] * (length - len(b))
    cost = 0.0
    for x, y in zip(a, b, strict=True):
        if x is not None and y is not None:
            cost += min(abs(x - y) / SEMITONES_APART, 1.0)
        else:
            cost += x is not y
    return cost * GRID_S


LONGEST_S = max(map(pattern_s, CUES))


@cache
def shining(cue: Cue) -> np.ndarray:
    """Return the lights every GRID_S, for as long as the longest pattern takes: dark after it."""
    return np.array([lights_at(cue, float(t_s)) for t_s in np.arange(0.0, LONGEST_S, GRID_S)])


def light_distance_s(one: Cue, other: Cue) -> float:
    """Return how many light-seconds two patterns differ by."""
    return float(np.abs(shining(one) - shining(other)).sum() * GRID_S)


def rises_s(cue: Cue, light: int) -> list[float]:
    """Return when a light begins to get brighter, having been darker or dark."""
    rises, before, was_rising, t_s = [], 0.0, False, 0.0
    for step in LIGHTS[cue]:
        brightness = step.brightness[light]
        if brightness > before and not was_rising:
            rises.append(t_s)
        was_rising = brightness > before or (brightness == before and was_rising)
        before, t_s = brightness, t_s + step.duration_s
    return rises


# --- sounds ---


def test_every_cue_and_every_fault_has_a_sound_and_a_light_pattern() -> None:
    assert set(SOUNDS) == set(LIGHTS) == set(CUES)
    assert {fault.value for fault in Fault} <= {cue.value for cue in CUES}


@pytest.mark.parametrize("cue", CUES)
def test_a_rendered_sound_measures_as_its_table_says(cue: Cue, heard: dict[Cue, Measured]) -> None:
    assert len(heard[cue]) == len(SOUNDS[cue])
    for (hz, duration_s), note in zip(heard[cue], SOUNDS[cue], strict=True):
        assert duration_s == pytest.approx(note.duration_s, abs=0.005)
        assert hz == (note.frequency_hz and pytest.approx(note.frequency_hz, rel=0.01))


@pytest.mark.parametrize(("one", "others"), PAIRS)
def test_two_sounds_are_distinguished_without_absolute_pitch(
    one: Cue, others: Sequence[Cue], heard: dict[Cue, Measured]
) -> None:
    for other in others:
        assert sound_distance_s(heard[one], heard[other]) >= MIN_SOUND_DISTANCE_S, other


def test_rhythm_and_direction_of_the_melody_alone_name_the_cue() -> None:
    """Short, middle or long; up, down or same: as much as anyone keeps in mind of a sound."""

    def shape(cue: Cue) -> tuple[object, ...]:
        sound = SOUNDS[cue]
        lengths = tuple(np.digitize(note.duration_s, (0.12, 0.25)).item() for note in sound)
        rests = tuple(note.frequency_hz is None for note in sound)
        tones = [note.frequency_hz for note in sound if note.frequency_hz is not None]
        return lengths, rests, tuple(np.sign(np.diff(tones)).tolist())

    assert len({shape(cue) for cue in CUES}) == len(CUES)


@pytest.mark.parametrize("cue", CUES)
def test_all_tones_suit_a_small_piezo_and_the_range_asked_of_tonalbuzzer(cue: Cue) -> None:
    low, high = (Tone(MID_TONE).midi + sign * 12 * OCTAVES for sign in (-1, 1))
    for note in SOUNDS[cue]:
        if note.frequency_hz is not None:
            assert 400 <= note.frequency_hz <= 4000
            assert Tone.from_midi(low) <= note.frequency_hz <= Tone.from_midi(high)


@pytest.mark.parametrize("cue", CUES)
def test_patterns_keep_their_rhythm_at_80_frames_a_second(cue: Cue) -> None:
    durations_s = [note.duration_s for note in SOUNDS[cue]]
    durations_s += [step.duration_s for step in LIGHTS[cue]]
    for duration_s in durations_s:
        assert duration_s * 40 == pytest.approx(round(duration_s * 40))
        assert duration_s > 0


@pytest.mark.parametrize("cue", [cue for cue in CUES if CUE_RULES[cue].rank is Rank.LIVE])
def test_a_live_fault_is_sounded_within_0_8_s(cue: Cue) -> None:
    assert sum(note.duration_s for note in SOUNDS[cue]) <= 0.8 + 1e-9
    assert pattern_s(cue) <= 0.8 + 1e-9


@pytest.mark.parametrize("cue", CUES)
def test_equal_tones_are_parted_by_a_rest(cue: Cue) -> None:
    sound = SOUNDS[cue]
    for note, following in pairwise(sound):
        assert note.frequency_hz != following.frequency_hz


def test_leg_forward_is_roll_back_in_a_mirror() -> None:
    assert SOUNDS[Fault.LEG_FORWARD] == SOUNDS[Fault.ROLL_BACK][::-1]
    swapped = [(step.foot, step.duration_s) for step in LIGHTS[Fault.LEG_FORWARD]]
    assert swapped == [(step.hip, step.duration_s) for step in LIGHTS[Fault.ROLL_BACK]][::-1]


# --- lights ---


@pytest.mark.parametrize(("one", "others"), PAIRS)
def test_two_light_patterns_are_distinguished(one: Cue, others: Sequence[Cue]) -> None:
    for other in others:
        assert light_distance_s(one, other) >= MIN_LIGHT_DISTANCE_S, other


@pytest.mark.parametrize("cue", CUES)
def test_no_light_flashes_more_than_three_times_a_second(cue: Cue) -> None:
    for light in range(3):
        rises = rises_s(cue, light)
        for first_s in rises:
            assert sum(first_s <= t_s <= first_s + 1.0 for t_s in rises) <= MAX_FLASHES_PER_S


@pytest.mark.parametrize("cue", CUES)
def test_a_light_pattern_shines_at_once_and_keeps_to_0_to_1(cue: Cue) -> None:
    assert max(LIGHTS[cue][0].brightness) > 0
    assert all(0 <= value <= 1 for step in LIGHTS[cue] for value in step.brightness)


@pytest.mark.parametrize(
    ("cue", "place"),
    [
        (Fault.ROLL_BACK, "hip"),
        *((cue, "foot") for cue in (Fault.LEG_FORWARD, Fault.KICK, Fault.DROP)),
    ],
)
def test_the_light_nearest_to_what_must_be_corrected_is_lit(cue: Cue, place: str) -> None:
    for step in LIGHTS[cue]:
        shining = {name for name in ("head", "hip", "foot") if getattr(step, name) > 0}
        assert shining <= {place}


# --- reading the tables by time ---


def test_a_step_begins_at_its_time_and_ends_before_the_next() -> None:
    cue = Fault.SHORT_HOLD
    tone, rest, _ = SOUNDS[cue]
    assert tone_at(cue, -0.001) is None
    assert tone_at(cue, 0.0) == tone.frequency_hz
    assert tone_at(cue, tone.duration_s - 0.001) == tone.frequency_hz
    assert tone_at(cue, tone.duration_s) is None
    assert tone_at(cue, tone.duration_s - 1e-9) is None, "a frame's stamp may be a hair early"
    assert tone_at(cue, tone.duration_s + rest.duration_s) == tone.frequency_hz
    assert tone_at(cue, 60.0) is None
    assert lights_at(cue, 60.0) == DARK


# --- the tone of a repetition, rendered -----------------------------------------------------------


@pytest.mark.parametrize("tempo", [Tempo(), Tempo(1.0, 0.5, 1.5)])
def test_a_repetitions_tone_glides_up_stands_and_glides_down_as_long_as_asked(
    tempo: Tempo, tmp_path: Path
) -> None:
    path = tmp_path / "rep.wav"
    write_wav(path, pace_samples(tempo))
    with wave.open(str(path)) as file:
        rate_hz = file.getframerate()
        signal = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(int)
    edges = np.flatnonzero((signal[1:] > 0) & (signal[:-1] < 0)) + 1
    at_s, hz = edges[:-1] / rate_hz, rate_hz / np.diff(edges)
    assert np.flatnonzero(signal)[-1] / rate_hz == pytest.approx(sum_s(tempo), abs=0.05)
    for part_s, expected_hz in [
        (0.0, LOW_HZ),
        (tempo.up_s, HIGH_HZ),
        (tempo.up_s + tempo.hold_s, HIGH_HZ),
        (sum_s(tempo) - 0.05, LOW_HZ),
    ]:
        near = hz[np.abs(at_s - part_s) < 0.05]
        assert np.median(near) == pytest.approx(expected_hz, rel=0.05)
    assert set(np.abs(signal)) == {0, AMPLITUDE}


def sum_s(tempo: Tempo) -> float:
    return tempo.up_s + tempo.hold_s + tempo.down_s


# --- the lesson -----------------------------------------------------------------------------------


def test_the_lesson_has_every_sound_once_and_asks_what_it_taught() -> None:
    assert sorted(LESSON) == sorted(CUES)
    for seed in range(60):
        for cue, choices in questions(seed):
            assert cue in choices
            assert len(set(choices)) == CHOICES


def test_the_lesson_plays_each_sound_after_its_name_and_says_what_was_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outputs, clock = Outputs(), VirtualClock(10.0)
    answers = iter([questions(1)[0][0].value, "no idea", questions(1)[2][0].value])
    assert teach(outputs, clock, lambda _: next(answers), 1) == (2, ASKED)
    asked = [cue for cue, _ in questions(1)]
    assert [cue for _, cue in outputs.shown] == [*LESSON, *asked]
    for (t_s, cue), (next_s, _) in pairwise(outputs.shown):
        assert next_s - t_s >= pattern_s(cue_named(cue)), "one at a time"
    output = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in output[: len(LESSON)]] == list(LESSON)
    assert output[len(LESSON) :] == ["right", f"it was {asked[1]}", "right"]
