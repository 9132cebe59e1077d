"""A person at a link: edited lines into the conversation, its lines above the one being typed."""

from __future__ import annotations

import asyncio
import functools
from contextlib import suppress

from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session, run_in_terminal
from prompt_toolkit.history import History

from matfw.links.session import LinkSession
from matfw.links.terminal import Interrupted, LinkKeys, Screen, line_session

TICK_S = 0.05  # how often the console is asked for notifications
REST_S = 0.002  # after each line or piece of one, for the main thread; nobody types that fast
BLIND_TICK_S = 0.02  # how often a link is looked at that cannot be waited for


class LineEditor:
    """Runs until the conversation wants no echo, or the session is to end."""

    def __init__(self, session: LinkSession, history: History) -> None:
        """Take the session whose link, reader, send buffer and conversation are used."""
        self._session = session
        self._history = history
        self._woken = asyncio.Event()

    def run(self) -> None:
        """Edit; return when no more is to be edited. Raises MatLinkError when the link goes."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        session = self._session
        keys = LinkKeys(session.name, self._woken.set)
        screen = Screen(session.send_buffer.put)
        with create_app_session(input=keys, output=screen):
            prompt = line_session(session.conversation, self._history)
            tasks = [
                asyncio.ensure_future(self._lines(prompt)),
                asyncio.ensure_future(self._pump(prompt, keys, screen)),
            ]
            done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in others:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            session.send()
            for task in done:
                task.result()

    async def _lines(self, prompt: PromptSession[str]) -> None:
        """Take one line after another to the conversation."""
        conversation = self._session.conversation
        while self._session.is_edited:
            try:
                text = await prompt.prompt_async()
            except Interrupted:
                conversation.interrupt()
            except EOFError:  # Ctrl-D: there is nothing to leave
                continue
            else:
                for line in text.splitlines() or [""]:
                    conversation.line(line)

    async def _pump(self, prompt: PromptSession[str], keys: LinkKeys, screen: Screen) -> None:
        """Carry bytes both ways, and show the conversation's notifications."""
        session = self._session
        shown = session.conversation.prompt
        printing: asyncio.Future[None] | None = None

        def print_above(text: str) -> None:
            screen.write_raw(text)
            screen.flush()

        while not session.is_ending:
            await self._wait(session.link.descriptor)
            self._woken.clear()
            session.take_bytes(0.0)
            if keys.is_attached and len(session.line_reader) and not session.send_buffer.is_full:
                keys.feed(session.line_reader.keys())
                await asyncio.sleep(REST_S)
            # Not awaited: it may have to wait for a key, of a long list's `--MORE--`.
            if printing is None or printing.done():
                notifications = session.notifications()
                printing = (
                    asyncio.ensure_future(
                        run_in_terminal(functools.partial(print_above, notifications))
                    )
                    if notifications
                    else None
                )
            if session.conversation.prompt != shown:
                shown = session.conversation.prompt
                prompt.app.invalidate()
            session.send()

    async def _wait(self, descriptor: int | None) -> None:
        """Wait until there is something to read, or it is time for notifications.

        By asyncio.timeout: wait_for of Python 3.11 loses a cancellation that comes with the bytes.
        """
        session = self._session
        if descriptor is None or not session.has_room:
            with suppress(TimeoutError):
                async with asyncio.timeout(BLIND_TICK_S):
                    await self._woken.wait()
            return
        loop = asyncio.get_running_loop()
        loop.add_reader(descriptor, self._woken.set)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._woken.wait()
        finally:
            loop.remove_reader(descriptor)
