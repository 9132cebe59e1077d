"""Nothing that a busy computer does to a reader gives a wrong value: random words, long runs."""

from __future__ import annotations

import pytest

from tests.injection import Bench, Injection

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
