"""The age of a calibration: given where the clock is trusted, and the clock named where not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from matfw.settings.calibration_date import EARLIEST, SLACK, UNSET_CLOCK, Age, age, dated

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (NOW, "today"),
        (NOW + timedelta(hours=3), "today"),  # a clock that was set back a little since
        (NOW - timedelta(days=1), "1 day ago"),
        (NOW - timedelta(days=40), "40 days ago"),
        (EARLIEST, "330 days ago"),
    ],
)
def test_a_date_that_can_be_believed_is_an_age(then: datetime, words: str) -> None:
    assert age(dated("20 kg, four places", then), NOW).words == words


@pytest.mark.parametrize(
    ("note", "now", "words"),
    [
        ("four places, 1970-01-01 00:07 UTC", NOW, "on 1970-01-01 by a clock that was wrong"),
        ("four places, 2025-12-31 23:59 UTC", NOW, "on 2025-12-31 by a clock that was wrong"),
        ("four places, 2026-11-29 12:00 UTC", NOW, "yet to come by this clock"),
        ("four places, 2026-11-20 12:00 UTC", datetime(1970, 1, 1, tzinfo=UTC), "is wrong now"),
        ("four places, 2026-13-40 12:00 UTC", NOW, "is no date"),
        ("four places", NOW, "on a day that is not written down"),
        (None, NOW, "on a day that is not written down"),
    ],
)
def test_what_is_no_age_says_why(note: str | None, now: datetime, words: str) -> None:
    found = age(note, now)
    assert found.days is None
    assert words in found.words


def test_a_clock_that_was_not_set_writes_no_date() -> None:
    note = dated("four places", EARLIEST - timedelta(minutes=1))
    assert note == f"four places, {UNSET_CLOCK}"
    assert age(note, NOW) == Age(None, UNSET_CLOCK)


def test_a_date_to_come_is_believed_for_a_day() -> None:
    at = NOW + SLACK
    assert age(dated("x", at), NOW).days == 0.0
    assert age(dated("x", at + timedelta(minutes=1)), NOW).days is None
