"""The record of a running firmware's sessions, put together with its control."""

# ruff: noqa: PLC0415  nothing heavy is imported before it is needed

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from matfw import __version__
from matfw.cli.signals import signals_blocked

if TYPE_CHECKING:
    from matfw.cli.consoles import ConsolePlan
    from matfw.control.api import Control
    from matfw.history.rows import SessionRecord, SetInfo
    from matfw.messages import Mat, Rep
    from matfw.store.record import Record


@contextmanager
def keeping(
    plan: ConsolePlan,
    mat: Mat,
    control: Control,
    say: Callable[[str], object],
    *,
    is_virtual: bool,
) -> Iterator[Record | None]:
    """Give what keeps sessions, or None where the settings say that nothing is to be kept.

    What a person should know of it is a notice to every console.
    """
    with signals_blocked():
        from matfw.control.status import Notice
        from matfw.history.advice import summary
        from matfw.store.record import Record

    if not plan.store.settings.record.keep:
        yield None
        return

    def tell(text: str) -> None:
        say(text)
        control.notifications.put(Notice("record", text, {"text": text}))

    def offer(found: SessionRecord, text: str) -> None:
        say(text)
        control.offer.make(found, text)

    def set_over(asked: SetInfo, reps: Sequence[Rep]) -> None:
        found = summary(reps)
        data = {
            "set": asked.number, "side": asked.side, "reps": found.reps, "clean": found.clean,
            "unsure": found.unsure, "main_fault": found.main_fault,
            "correction": found.words.remedy if found.words else None,
        }  # fmt: skip
        text = f"set {asked.number}: {found.sentence}"
        control.notifications.put(Notice("set_summary", text, {"text": text, **data}))

    record = Record(
        plan.store, plan.state_dir, mat, tell, firmware=__version__, is_virtual=is_virtual,
        set_over=set_over, unset_plan=plan.unset_plan, offer=offer,
    )  # fmt: skip
    control.record = record
    try:
        yield record
    finally:
        record.close()
