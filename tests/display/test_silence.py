"""A picture to which nothing comes any more says so within 2 s; on virtual time."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from matfw.display.drawing import Trail, draw
from matfw.display.live_view import LiveView
from matfw.display.picture import Picture
from matfw.display.remote_view import RemoteView
from matfw.display.view import CellView, View
from matfw.messages import Mat
from matfw.settings.model import Settings
from matfw.virtual.clock import VirtualClock


class Shown:
    """A picture that keeps what it is to show."""

    def __init__(self) -> None:
        self.views: list[View] = []

    def update(self, view: View) -> None:
        self.views.append(view)


def first_row(view: View, width: int = 80) -> str:
    return draw(view, Trail(), 0.0, width, 24).lines()[0]


def live(mat: Mat, shown: Shown, clock: VirtualClock) -> LiveView:
    return LiveView(cast(Picture, shown), mat, clock, title="a test", target_reps=3)


def test_the_live_view_says_it_while_no_frame_comes() -> None:
    shown, clock = Shown(), VirtualClock()
    view = live(Settings().mat(), shown, clock)
    for _ in range(14):
        clock.advance_s(0.1)
        view.between(None)
    assert shown.views == []
    for _ in range(6):
        clock.advance_s(0.1)
        view.between(None)
    assert "WAITING: nothing has come for 2 s; Ctrl-C ends" in first_row(shown.views[-1])


def test_watch_says_it_before_and_after_anything_came() -> None:
    now_s = 10.0
    remote = RemoteView(lambda: now_s)
    assert remote.silent is None
    now_s = 12.0
    assert remote.silent is not None
    assert "WAITING: nothing has come for 2 s; any key leaves" in first_row(remote.silent)
    remote.view = View(3.0, title="a test", leave="any key leaves")
    remote.take({"event": "person", "weight_kg": 64.0})
    assert remote.silent is not None, "an event is no picture"
    remote.view = None
    remote.take({"event": "stream"})
    assert remote.silent is None


@pytest.mark.parametrize("width", [30, 44, 80])
def test_silence_is_reported_on_any_width(width: int) -> None:
    view = View(0.0, cells=(CellView("head_left", -900.0, 275.0, 16.0),))
    assert "OLD: nothing has come" in first_row(replace(view, silent_s=2.0), width)
    assert "WAITING: nothing has come" in first_row(replace(View(0.0), silent_s=2.0), width)
    assert "OLD" not in first_row(view, width)
