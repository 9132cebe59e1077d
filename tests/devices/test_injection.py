"""Nothing that a busy computer does to a reader gives a wrong value: random words, long runs."""

from __future__ import annotations

import pytest

from tests.injection import Bench, Injection, log_uniform

# Seeds of converters 10 % apart on which a reader that took its own forecasts for facts was wrong.
SHARED_SEEDS = (2, 3, 6, 7, 9)


@pytest.mark.parametrize("seed", SHARED_SEEDS)
def test_a_shared_clock_gives_no_wrong_value_where_nothing_disturbs_it(seed: int) -> None:
    bench = Bench(Injection(), is_sck_shared=True, tears=True, seed=seed)
    outcome = bench.run(1200)
    assert outcome.wrong == 0
    assert outcome.lost_pct < 0.1


@pytest.mark.parametrize("cells", [4, 8])
def test_a_shared_clock_of_slow_calls_still_finds_the_gaps_between_the_results(cells: int) -> None:
    bench = Bench(
        Injection(), is_sck_shared=True, tears=True, seed=5, cells=cells, call_cost_s=10e-6
    )
    outcome = bench.run(600)
    assert outcome.wrong == 0
    assert outcome.lost_pct < 3.0


# Stalls inside the pulse, outside it, both; chips that answer while they settle and that do not.
@pytest.mark.parametrize("is_sck_shared", [False, True])
@pytest.mark.parametrize("is_chatty", [False, True])
@pytest.mark.parametrize("inside_share", [0.0, 0.5, 1.0])
def test_stalls_and_resets_of_some_chips_give_no_wrong_value(
    inside_share: float, is_chatty: bool, is_sck_shared: bool
) -> None:
    bench = Bench(
        Injection(probability=3e-3, inside_share=inside_share, tail_ones=12),
        is_sck_shared=is_sck_shared,
        is_ready_while_settling=is_chatty,
        tears=True,
        seed=21,
    )
    outcome = bench.run(500)
    assert outcome.wrong == 0
    assert (outcome.power_downs > 0) == (inside_share > 0.0)


def test_a_stall_beside_the_pulses_costs_next_to_nothing() -> None:
    outcome = Bench(Injection(probability=1e-3, inside_share=0.0), tears=True, seed=4).run(1500)
    assert outcome.wrong == 0
    assert outcome.lost_pct < 0.5  # 2.9 % when every long pulse cost all cells five values


def test_a_computer_that_is_late_anywhere_gives_no_wrong_value() -> None:
    injection = Injection(probability=3e-3, is_anywhere=True, duration=log_uniform)
    assert Bench(injection, tears=True, seed=8).run(600).wrong == 0
