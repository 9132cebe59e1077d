"""All links of the console: a thread for each, opened again when it comes back.

A port that is not there is waited for. A failure is reported once, and so is its end. Nothing here
touches the line or waits in its thread.
"""

from __future__ import annotations

import functools
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import Protocol

from matfw.console.commands import TABLE
from matfw.control.api import Control
from matfw.errors import MatError, MatLinkError
from matfw.links.session import LinkSession
from matfw.ports import Link

FIRST_WAIT_S = 0.25  # before a port is tried again; a re-plugged adapter takes some 0.3 s
LONGEST_WAIT_S = 5.0
SOCKET_CLIENTS = 8  # at once; each is a thread
IDLE_S = 60.0  # a client that was idle for so long gives way when another comes
ACCEPT_S = 0.2
FULL = (
    f"// {SOCKET_CLIENTS} clients talk already: end one, or wait until one was idle for"
    f" {IDLE_S:g} s\r\n"
).encode()
GIVES_WAY = b"// this link was idle and gives way to another: connect again\r\n"
JOIN_LIMIT_S = (
    2.0  # for all together; an open of socket:// may hang for 5 s; it is left to end by itself
)

Open = Callable[[str], Link]
Say = Callable[[str], None]


class Listener(Protocol):
    """What clients of the same computer come to; devices/console_socket.py."""

    def accept(self, timeout_s: float) -> Link | None:
        """Return a client's link, or None if none comes within timeout_s."""
        ...


def run(session: LinkSession) -> None:
    """Talk until stopped, or until the client leaves. Raises MatLinkError when it goes."""
    history = None
    try:
        while not session.is_ending:
            if session.is_edited and len(session.line_reader):
                from matfw.links.line_editor import LineEditor  # noqa: PLC0415  11 MB
                from matfw.links.terminal import RecentHistory  # noqa: PLC0415  see above

                history = history or RecentHistory(TABLE.is_secret)
                LineEditor(session, history).run()
            else:
                session.plain_step()
    finally:
        session.conversation.close()


class ConsoleLinks:
    """The threads of all links. To be closed before the firmware is gone."""

    def __init__(
        self, control: Control, say: Say, *, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Take what the console acts on, and where to report what happens to links.

        now_s: monotonic seconds, for how long links have been idle.
        """
        self._now_s = now_s
        self._clients: dict[int, LinkSession] = {}  # of the socket; any thread takes its own out
        self._control = control
        self._say = say
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def serve(self, ports: Sequence[str], open_port: Open) -> None:
        """Keep these ports open, from now on."""
        for name in dict.fromkeys(ports):
            self._start(f"matfw-console {name}", functools.partial(self._keep, name, open_port))

    def listen(self, listener: Listener) -> None:
        """Talk to everybody who comes, from now on. The listener is closed by whoever made it."""
        self._start("matfw-console socket", functools.partial(self._accept, listener))

    def close(self) -> None:
        """End all links. Calling it twice is allowed."""
        self._stop.set()
        end_s = time.monotonic() + JOIN_LIMIT_S
        for thread in list(self._threads):
            thread.join(max(0.0, end_s - time.monotonic()))
        self._threads.clear()

    def _start(self, name: str, work: Callable[[], object]) -> threading.Thread:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _keep(self, name: str, open_port: Open) -> None:
        """Open a port and talk, again and again."""
        trouble, wait_s = "", FIRST_WAIT_S
        while not self._stop.is_set():
            try:
                link = open_port(name)
            except MatLinkError as error:
                if str(error) != trouble and not (trouble and error.is_absent):
                    trouble = str(error)
                    self._say(f"console: {trouble}; waiting for it")
            except MatError as error:
                self._say(f"console: {error}")
                return
            else:
                if trouble:
                    self._say(f"console: {name} works now")
                session = LinkSession(
                    name, link, self._control, self._stop, is_terminal=True, now_s=self._now_s
                )
                trouble, was_used = self._talk(session)
                if was_used:
                    wait_s = FIRST_WAIT_S
            self._stop.wait(wait_s)
            wait_s = min(2.0 * wait_s, LONGEST_WAIT_S)

    def _talk(self, session: LinkSession, *, is_client: bool = False) -> tuple[str, bool]:
        """Talk until the link ends; return why, if it was not meant to, and whether it was used."""
        trouble = ""
        try:
            run(session)
        except MatLinkError as error:
            trouble = str(error)
            if not is_client:  # one of the socket comes and goes as it likes
                self._say(f"console: {trouble}; waiting for it")
        except Exception:  # a fault of ours must not cost the mat its console
            self._say(f"console: {session.name} failed, report this; it restarts")
            traceback.print_exc()
        finally:
            if session.is_giving_way:
                with suppress(MatLinkError):
                    session.link.write(GIVES_WAY)
            session.link.close()
        return trouble, session.was_used

    def _makes_room(self) -> bool:
        """Return whether another client may come; the one that was idle longest gives way."""
        talking = [client for client in list(self._clients.values()) if not client.is_giving_way]
        if len(talking) < SOCKET_CLIENTS:
            return True
        oldest = max(talking, key=lambda client: client.idle_s)
        if oldest.idle_s < IDLE_S:
            return False
        oldest.give_way()
        return True

    def _talk_to_client(self, number: int, session: LinkSession) -> None:
        try:
            self._talk(session, is_client=True)
        finally:
            del self._clients[number]

    def _accept(self, listener: Listener) -> None:
        """Take clients as they come; a thread for each."""
        reported = ""
        for number in count(1):
            link = None
            while link is None and not self._stop.is_set():
                try:
                    link = listener.accept(ACCEPT_S)
                except MatLinkError as error:
                    if not self._stop.is_set() and str(error) != reported:
                        reported = str(error)
                        self._say(f"console: {reported}")
                    self._stop.wait(ACCEPT_S)
            if link is None:
                return
            if not self._makes_room():
                with suppress(MatLinkError):
                    link.write(FULL)
                link.close()
                continue
            session = LinkSession(
                f"socket {number}", link, self._control, self._stop,
                is_terminal=False, now_s=self._now_s,
            )  # fmt: skip
            self._clients[number] = session
            work = functools.partial(self._talk_to_client, number, session)
            self._start("matfw-console client", work)
