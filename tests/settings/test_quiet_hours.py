"""Quiet hours: at their ends, over midnight, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.control.status import Notice
from matfw.settings.quiet_hours import quiet_hours
from tests.control.fake_control import Talk


@pytest.mark.parametrize(
    ("text", "minute", "is_quiet"),
    [
        ("22:00-07:00", 22 * 60 - 1, False),
        ("22:00-07:00", 22 * 60, True),
        ("22:00-07:00", 0, True),
        ("22:00-07:00", 7 * 60 - 1, True),
        ("22:00-07:00", 7 * 60, False),
        ("12:30-14:00", 12 * 60 + 29, False),
        ("12:30-14:00", 13 * 60, True),
        ("00:00-00:00", 700, True),
    ],
)
def test_they_hold_from_their_first_minute_to_before_their_last(
    text: str, minute: int, is_quiet: bool
) -> None:
    hours = quiet_hours(text)
    assert hours is not None
    assert hours.holds(minute) is is_quiet


@pytest.mark.parametrize(
    "text", ["", "22-7", "22:00", "24:00-07:00", "22:60-07:00", "22:00-07:00-08:00", "a:00-b:00",
             "22:0-7:00", "-1:00-07:00"]
)  # fmt: skip
def test_what_names_no_hours_is_refused(text: str, tmp_path: Path) -> None:
    assert quiet_hours(text) is None
    talk = Talk(tmp_path)
    answer = talk.ask(f'set quiet_hours "{text}"')
    assert answer[-1].startswith("error E"), answer
    talk.close()


def test_the_buzzer_falls_silent_and_sounds_again_and_says_so(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    control, minute = talk.control, [21 * 60]
    volumes: list[float] = []
    control._loudness._set_volume = volumes.append
    control._loudness._minute_of_day = lambda: minute[0]
    subscription = control.notifications.open()
    assert talk.ask("set quiet_hours 22:00-07:00")[-1] == "ok"
    for minute[0] in (21 * 60, 22 * 60, 6 * 60, 7 * 60):
        control.play(0.05)
    assert volumes[-2:] == [0.0, 1.0]
    texts = [event.text for event in subscription.drain() if isinstance(event, Notice)]
    assert texts == ["quiet hours: lights only until 07:00", "quiet hours are over: sound is on"]
    talk.close()
