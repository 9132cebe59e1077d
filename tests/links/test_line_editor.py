"""The editor of a link ends when it is to end."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from matfw.links.line_editor import LineEditor
from matfw.links.terminal import RecentHistory


@pytest.mark.parametrize("turns", range(6))
def test_bytes_that_come_as_it_is_cancelled_do_not_keep_it(turns: int) -> None:
    """As after `echo off`: the link wakes the editor and its end cancels it in the same moment."""
    session: Any = SimpleNamespace(has_room=True)  # as much of a LinkSession as is used
    editor = LineEditor(session, RecentHistory(lambda _: False))

    async def cancel() -> None:
        waiting = asyncio.ensure_future(editor._wait(None))
        await asyncio.sleep(0.0)
        await asyncio.sleep(0.0)
        editor._woken.set()
        for _ in range(turns):
            await asyncio.sleep(0.0)
        if waiting.done():
            return
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(cancel())
