"""One process that refines a window when asked to, and nothing else: its far end and its near end.

It keeps nothing between two windows, so another one can take its place at any time. Beside the
main process it has a lock of Python of its own, and a lower priority: frames come first. Windows
and answers are msgpack: 500 motions take 1 ms to write here, and with pickle 17 ms.

The process is started by name, not forked: threads and GPIO handles do not survive a fork. It is
ended by closing its socket, and ignores what a terminal sends to all of its processes.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from typing import BinaryIO

import msgspec

from matfw.errors import MatError
from matfw.messages import RefinedRep
from matfw.refinement.refine import refine
from matfw.refinement.windows import RepWindow

ANSWER_LIMIT_S = 30.0  # the worst takes 0.3 s on a PC and some 5 s on a Zero 2 W, start included
END_LIMIT_S = 0.5  # for the process to end by itself once nobody listens
NICE = 5  # below the frame path and the cells; above what a computer does when idle
LENGTH_BYTES = 4  # before each message
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # the main process answers them

_FOUND, _FAILED = b"F", b"E"


class ProcessLostError(Exception):
    """The process has ended or does not answer; the message says which."""


class RefineProcess:
    """The near end. Used by one thread; `kill` by any."""

    def __init__(self, answer_limit_s: float = ANSWER_LIMIT_S) -> None:
        """Start the process; it imports while this one goes on."""
        self._limit_s = answer_limit_s
        self._socket, far_end = socket.socketpair()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # inherited, and kept
        try:
            with far_end:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__, str(far_end.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[far_end.fileno()],
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self._socket.settimeout(answer_limit_s)
        self._answers = self._socket.makefile("rb")
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(list[RefinedRep]).decode

    @property
    def pid(self) -> int:
        """Return the process's id."""
        return self._process.pid

    def check(self) -> None:
        """Raise ProcessLostError if it has ended."""
        if self._process.poll() is not None:
            raise self._lost()

    def look(self, window: RepWindow, finished_s: float) -> list[RefinedRep]:
        """Return what `refine` finds over there.

        Raises ProcessLostError when no answer comes, MatError when the refinement itself fails.
        """
        try:
            _send(self._socket, self._encode((window, finished_s)))
            answer = _receive(self._answers)
        except TimeoutError:
            raise ProcessLostError(f"has not answered for {self._limit_s:g} s") from None
        except OSError:
            raise self._lost() from None
        if answer is None:
            raise self._lost()
        kind, body = answer[:1], answer[1:]
        if kind == _FAILED:
            raise MatError(f"refining a repetition failed: {body.decode()}: report this")
        return self._decode(body)

    def _lost(self) -> ProcessLostError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_LIMIT_S)
        return ProcessLostError(f"has ended (exit code {self._process.poll()})")

    def kill(self) -> None:
        """End it at once, also in the middle of a window or stopped."""
        self._process.kill()

    def close(self) -> None:
        """End it, however it is, and leave no zombie."""
        self._answers.close()
        self._socket.close()
        try:
            self._process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def serve(channel: socket.socket) -> None:
    """Answer windows until nobody asks. Runs in the other process."""
    decoder = msgspec.msgpack.Decoder(tuple[RepWindow, float])
    encode = msgspec.msgpack.Encoder().encode
    with channel, channel.makefile("rb") as asked, suppress(BrokenPipeError, ConnectionResetError):
        while (message := _receive(asked)) is not None:
            window, finished_s = decoder.decode(message)
            try:
                answer = _FOUND + encode(refine(window, finished_s))
            except Exception as error:
                traceback.print_exc()
                answer = _FAILED + repr(error).encode()
            _send(channel, answer)


def _let_frames_first() -> None:
    """Come after the frame path, whatever started this one.

    Who reads the cells under SCHED_FIFO, as the tests of a real mat do, would pass that on: nothing
    of the frame path runs then while a window is refined.
    """
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(NICE)


def _send(channel: socket.socket, message: bytes) -> None:
    channel.sendall(len(message).to_bytes(LENGTH_BYTES, "big") + message)


def _receive(stream: BinaryIO) -> bytes | None:
    """Return the next message, None if the other end is gone."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "big")
    message = stream.read(length)
    return message if len(message) == length else None


if __name__ == "__main__":
    _let_frames_first()
    serve(socket.socket(fileno=int(sys.argv[1])))
