"""The virtual HX711 against the datasheet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.virtual.chip import Hx711Chip
from matfw.virtual.defects import (
    Defect,
    Drift,
    MainsHum,
    OpenBridge,
    Spikes,
    StuckValue,
    silent,
)

PERIOD_S = 1.0 / 80.0
US = 1e-6


def ready_chip(counts: float = 1000.0, **options: object) -> Hx711Chip:
    """Return a chip whose first settled result is ready at 4 periods."""
    return Hx711Chip(lambda _t_s: counts, **options)  # type: ignore[arg-type]


def clock_out(chip: Hx711Chip, t_s: float, pulses: int = 25) -> tuple[int, float]:
    """Clock pulses of 2 us; return the bits read after each, and when it ended."""
    word = 0
    for _ in range(pulses):
        chip.set_sck(True, t_s)
        chip.set_sck(False, t_s + US)
        word = word << 1 | chip.dout(t_s + 1.5 * US)
        t_s += 2 * US
    return word, t_s


@given(counts=st.integers(-(1 << 23), (1 << 23) - 1))
def test_any_24_bit_value_comes_out_msb_first(counts: int) -> None:
    word, _ = clock_out(ready_chip(counts), 4 * PERIOD_S)
    assert word == (counts & 0xFFFFFF) << 1 | 1  # DOUT is high after the 25th


@pytest.mark.parametrize(("counts", "word"), [(1e9, 0x7FFFFF), (-1e9, 0x800000)])
def test_beyond_full_scale_the_code_saturates(counts: float, word: int) -> None:
    assert clock_out(ready_chip(counts), 4 * PERIOD_S)[0] >> 1 == word


@pytest.mark.parametrize(("rate_hz", "settling_s"), [(10.0, 0.4), (80.0, 0.05)])
def test_dout_stays_high_during_settling(rate_hz: float, settling_s: float) -> None:
    chip = ready_chip(rate_hz=rate_hz)
    assert chip.dout(settling_s - 1e-5)
    assert not chip.dout(settling_s + 1e-5)


def test_settling_results_approach_the_signal_where_the_chip_gives_them() -> None:
    chip = ready_chip(1000.0, is_ready_while_settling=True)
    words = [clock_out(chip, i * PERIOD_S + US)[0] >> 1 for i in range(1, 6)]
    assert words == [250, 500, 750, 1000, 1000]


def test_oscillator_and_phase_are_the_chips_own() -> None:
    chip = ready_chip(oscillator_error=0.02, phase=0.5)
    first_s = 3.5 * PERIOD_S / 1.02
    assert chip.dout(first_s - 1e-6)
    assert not chip.dout(first_s + 1e-6)


@pytest.mark.parametrize(("pulses", "counts"), [(25, 1000), (26, 0), (27, 500)])
def test_the_pulse_count_selects_gain_and_channel_of_the_next_result(
    pulses: int, counts: int
) -> None:
    chip = ready_chip(1000.0)
    word, _ = clock_out(chip, 4 * PERIOD_S, pulses)
    assert word >> (pulses - 24) == 1000
    assert clock_out(chip, 5 * PERIOD_S + US)[0] >> 1 == counts


@pytest.mark.parametrize(("high_s", "power_downs"), [(59e-6, 0), (61e-6, 1)])
def test_sck_high_beyond_60_us_powers_down(high_s: float, power_downs: int) -> None:
    chip = ready_chip()
    t_s = 4 * PERIOD_S
    chip.set_sck(True, t_s)
    assert chip.dout(t_s + 61e-6)  # powered down by now, if SCK is still high
    chip.set_sck(False, t_s + high_s)
    assert chip.counters.power_downs == power_downs
    assert chip.counters.longest_sck_high_s == pytest.approx(high_s)
    if power_downs:
        assert chip.dout(t_s + high_s + 3.9 * PERIOD_S)
        assert not chip.dout(t_s + high_s + 4.1 * PERIOD_S)


def test_pulses_while_not_ready_are_ignored() -> None:
    chip = ready_chip()
    clock_out(chip, PERIOD_S)
    assert clock_out(chip, 4 * PERIOD_S)[0] >> 1 == 1000
    assert chip.counters.pulses == 50


def test_an_unread_result_is_replaced_with_a_short_high() -> None:
    chip = ready_chip()
    assert not chip.dout(4 * PERIOD_S + US)
    assert chip.dout(5 * PERIOD_S + 10 * US)
    assert not chip.dout(5 * PERIOD_S + 30 * US)


@pytest.mark.parametrize("tears", [False, True])
def test_an_unfinished_frame_is_over_at_the_next_conversion(tears: bool) -> None:
    values = iter([0x000000, 0x7FFFFF])
    chip = Hx711Chip(lambda _t_s: next(values), tears=tears)
    _, end_s = clock_out(chip, 4 * PERIOD_S, 12)
    word, _ = clock_out(chip, max(end_s, 5 * PERIOD_S + 30 * US), 13)
    assert word == (0x1FFF if tears else 0x0FFF)  # the new word's end, or its beginning
    assert chip.counters.torn == 1
    assert chip.counters.bad_pulse_counts == 1


def test_a_long_pause_costs_no_more_than_a_short_one() -> None:
    calls: list[float] = []

    def counts_at(t_s: float) -> float:
        calls.append(t_s)
        return 0.0

    chip = Hx711Chip(counts_at)
    assert not chip.dout(1e6 + 30 * US)
    assert len(calls) < 10
    assert chip.counters.conversions == pytest.approx(80e6, abs=5)


def test_noise_has_the_size_asked_for_and_repeats_with_the_seed() -> None:
    def values(seed: int) -> list[int]:
        chip = Hx711Chip(lambda _t_s: 0.0, noise_counts=50.0, seed=seed)
        found = []
        for i in range(4, 504):
            chip.dout(i * PERIOD_S + US)
            found.append(chip.last_counts)
        return found

    first = values(1)
    assert first == values(1)
    assert first != values(2)
    assert (sum(v * v for v in first) / len(first)) ** 0.5 == pytest.approx(50.0, rel=0.1)


@pytest.mark.parametrize(
    ("defect", "low", "high"),
    [
        (StuckValue(value=77.0), 77, 77),
        (OpenBridge(), 8_388_607, 8_388_607),
        (OpenBridge(is_positive=False), -8_388_608, -8_388_608),
        (Drift(counts_per_s=100.0, from_s=0.0), 1005, 1140),
        (Spikes(size_counts=500.0, probability=1.0), 500, 1500),
        (MainsHum(amplitude_counts=100.0), 900, 1100),
        (StuckValue(value=77.0, until_s=0.0), 1000, 1000),
    ],
)
def test_defects_of_the_signal(defect: Defect, low: int, high: int) -> None:
    chip = ready_chip(1000.0, defects=(defect,))
    for i in range(4, 100):
        chip.dout(i * PERIOD_S + US)
        assert low <= chip.last_counts <= high


def test_a_silent_cell_is_back_when_switched_on() -> None:
    chip = ready_chip(defects=(silent(1.0, 2.0),))
    assert [chip.dout(t_s) for t_s in (0.9999, 1.5001, 2.5001)] == [False, True, False]
