"""`menu`: numbers instead of commands.

Each number runs a command of the table, opens a page, or asks for a value. What is in brackets is
how it is now; 0 goes back, and Ctrl-C leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, Job, NoAnswerError
from matfw.console.arguments import Values
from matfw.console.command import CONSOLE, Command, CommandTable
from matfw.console.settings_commands import about, written
from matfw.console.workout_commands import CUE_NAMES
from matfw.control.errors import ConsoleError
from matfw.errors import MatError

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control
    from matfw.settings.rows import Setting

LEAVING = ("0", "q", "quit", "exit", "leave")


@dataclass(frozen=True, slots=True)
class Item:
    """One number. It has exactly one of page, run and setting.

    now: what stands in brackets. page: what opens. run: the words of a command; `asks` is asked
    for before, and what is typed becomes its last word. setting: its value is asked for.
    """

    label: str
    now: str = ""
    page: Page | None = None
    run: tuple[str, ...] = ()
    asks: str = ""
    setting: Setting | None = None


Page = Callable[["Control"], Sequence[Item]]


def _main(control: Control) -> Sequence[Item]:
    now = control.status()
    unsaved = len(control.settings.diff())
    return (
        Item("Status", run=("status",)),
        Item("Workout", f"{now.side.value} side, {now.sets} sets of {now.reps_per_set}", _workout),
        Item("Sound", "muted" if now.is_muted else "on", _sound),
        Item("Limits of a good repetition", page=_settings("limits")),
        Item("People", now.profile or "no profile", _people),
        Item("Calibration", _calibrated(now.uncalibrated), _calibration),
        Item("Find wiring faults, ten seconds", run=("diagnose",)),
        Item("Recording", now.recording.name if now.recording else "none", _recording),
        Item("All other settings", page=_groups),
        Item("Save what was changed", f"{unsaved} unsaved", run=("save",)),
        Item("Take back what was changed and not saved", f"{unsaved} unsaved", run=("revert",)),
        Item("Unlock", now.lock, run=("unlock",), asks="PIN"),
        Item("Lock", now.lock, run=("lock",)),
    )


def _workout(control: Control) -> Sequence[Item]:
    is_judging = control.status().is_judging
    return (
        Item("Stop judging", run=("stop",)) if is_judging else Item("Judge again", run=("start",)),
        Item("Begin with the first set again", run=("start", "restart")),
        *_settings("workout")(control),
    )


def _sound(control: Control) -> Sequence[Item]:
    by_key = {setting.key: setting for setting in control.settings.table()}
    shown = [by_key[key] for key in ("outputs.mute", "outputs.volume_percent") if key in by_key]
    return (*(_item(control, setting) for setting in shown), Item("Try a cue", page=_cues))


def _cues(_: Control) -> Sequence[Item]:
    return tuple(Item(name.replace("_", " "), run=("cue", name)) for name in CUE_NAMES)


def _people(control: Control) -> Sequence[Item]:
    names, active = control.settings.profiles(), control.settings.profile
    return (
        Item("Add somebody", run=("profile", "new"), asks="their name"),
        *(
            Item(f"Use {name}", "in use" if name == active else "", run=("profile", "use", name))
            for name in names
        ),
        *(Item(f"Delete {name}", run=("profile", "delete", name)) for name in names),
        *_settings("person")(control),
    )


def _calibration(control: Control) -> Sequence[Item]:
    return (
        Item("Take the empty mat as zero (tare)", run=("tare",)),
        Item("Calibrate with a known weight", _calibrated(control.status().uncalibrated),
             run=("calibrate",)),
        Item("Make all places weigh the same (trim)", run=("calibrate", "trim")),
        Item("Put the previous calibration back", run=("calibrate", "previous")),
        Item("Put the first calibration back", run=("calibrate", "factory")),
    )  # fmt: skip


def _recording(control: Control) -> Sequence[Item]:
    if control.status().recording is not None:
        return (Item("End the recording", run=("record", "stop")),)
    return (Item("Begin a recording", run=("record",), asks="a name for it"),)


def _groups(control: Control) -> Sequence[Item]:
    names = list(
        dict.fromkeys(s.key.split(".")[0] for s in control.settings.table() if "." in s.key)
    )
    single = [_item(control, s) for s in control.settings.table() if "." not in s.key]
    return (*single, *(Item(name, page=_settings(name)) for name in names))


def _settings(group: str) -> Page:
    def page(control: Control) -> Sequence[Item]:
        shown = [s for s in control.settings.table() if s.key.startswith(f"{group}.")]
        return tuple(_item(control, setting) for setting in shown)

    return page


def _item(control: Control, setting: Setting) -> Item:
    value, _ = control.settings.get(setting.key)
    unit = f" {setting.unit}" if setting.unit and value is not None else ""
    name = setting.key.split(".")[-1]
    label = f"{name}: {setting.help}" if setting.help else name
    return Item(label, f"{written(value)}{unit}", setting=setting)


def _calibrated(uncalibrated: Sequence[str]) -> str:
    return f"not yet: {', '.join(uncalibrated)}" if uncalibrated else "done"


def menu_row(table: Callable[[], CommandTable]) -> Command:
    """Return the command; table: returns the table whose commands the menu runs."""

    def menu(context: Context, _: Values) -> Job:
        return Menu(context, table())

    return Command("menu", CONSOLE, "numbers instead of commands; 0 goes back", menu, is_job=True)


class Menu:
    """A person among the pages."""

    def __init__(self, context: Context, table: CommandTable) -> None:
        self._context = context
        self._table = table
        self._pages: list[Page] = [_main]
        self._items: Sequence[Item] = ()
        self._next = 0  # of the page's choices, the one to go on with at Enter
        self._asked: Item | None = None
        self._inner: Job | None = None
        self._show()

    @property
    def prompt(self) -> str | None:
        """Return the prompt, or that of the command that is under way."""
        if self._inner is not None:
            return self._inner.prompt
        if self._asked is not None:
            what = self._asked.setting.key if self._asked.setting else self._asked.asks
            return f"{what}: "
        return "number> "

    def poll(self) -> Answer | None:
        """Let a command that is under way go on."""
        inner = self._inner
        if inner is not None:
            self._go_on(inner.poll)
        return None

    def answer(self, text: str) -> Answer | None:
        """Take a number, or what was asked for."""
        inner = self._inner
        if inner is not None:
            self._go_on(lambda: inner.answer(text))
        elif self._asked is not None:
            self._take_value(self._asked, text)
        elif text in LEAVING:
            self._pages.pop()
            if not self._pages:
                return Answer()
            self._show()
        elif not text:
            self._show(first=self._next)
        else:
            self._take_number(text)
        return None

    def interrupt(self) -> Answer:
        """Leave the menu, and the command that is under way in it."""
        if self._inner is not None:
            try:
                self._inner.interrupt()
            except ConsoleError as error:
                self._context.ask([f"Not done: {error}."])
            self._end_inner()
        return Answer()

    def complete(self, text: str) -> list[str]:
        """Complete what a command under way asks, or a choice."""
        if self._inner is not None:
            return self._inner.complete(text)
        if self._asked is not None and self._asked.setting is not None:
            return [word for word in self._asked.setting.choices if word.startswith(text)]
        return []

    def close(self) -> None:
        """End the command that is under way."""
        self._end_inner()

    def _take_number(self, text: str) -> None:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        if 1 <= number <= len(self._items):
            self._choose(self._items[number - 1])
        else:
            raise NoAnswerError(f"Type a number from 1 to {len(self._items)}, or 0 to go back")

    def _show(self, before: Sequence[str] = (), first: int = 0) -> None:
        """Show the page from one of its choices on; before: what a command has answered.

        What does not fit the screen with it waits for Enter.
        """
        self._items = self._pages[-1](self._context.control)
        self._next = 0
        end = "  0  Leave" if len(self._pages) == 1 else "  0  Back"
        rows = self._rows(is_short=False)[first:]
        if not self._fits([*rows, end]):
            rows = self._rows(is_short=True)[first:]
        page = [*rows, end]
        if before and not self._fits([*before, *page]):
            page = ["Enter shows the choices again."]
        elif not self._fits(page):
            tail = [end, "Enter shows the rest."]
            fits = (k for k in range(1, len(rows)) if self._fits([*rows[:k], *tail]))
            count = max(fits, default=1)
            self._next, page = first + count, [*rows[:count], *tail]
        self._context.ask([*before, *page])

    def _rows(self, *, is_short: bool) -> list[str]:
        """Return the choices, a row each; is_short: without what a setting is, its name alone."""
        return [
            f"{number:3d}  {item.label.split(':')[0] if is_short and item.setting else item.label}"
            f"{f' [{item.now}]' if item.now else ''}"
            for number, item in enumerate(self._items, 1)
        ]

    def _fits(self, lines: Sequence[str]) -> bool:
        screen = self._context.screen
        return screen is None or screen.holds(self._context.as_shown(lines))

    def _choose(self, item: Item) -> None:
        if item.page is not None:
            self._pages.append(item.page)
            self._show()
        elif item.setting is not None:
            self._asked = item
            self._context.ask([*about(item.setting), f"  now {item.now}; Enter keeps it"])
        elif item.asks:
            self._asked = item
            self._context.ask([f"Type {item.asks}; Enter leaves it."])
        else:
            self._run(item.run)

    def _take_value(self, item: Item, text: str) -> None:
        self._asked = None
        if not text:
            self._show()
        elif item.setting is not None:
            self._run(("set", item.setting.key, text))
        else:
            self._run((*item.run, text))

    def _run(self, words: Sequence[str]) -> None:
        def work() -> Answer | None:
            outcome = self._table.begin(self._context, words)
            if isinstance(outcome, Answer):
                return outcome
            self._inner = outcome
            return None

        self._go_on(work)

    def _go_on(self, work: Callable[[], Answer | None]) -> None:
        """Let a command go on; when it ends say how, and show the page again."""
        try:
            answer = work()
        except (ConsoleError, MatError) as error:
            lines = [f"Not done: {error}."]
        else:
            if answer is None:
                return
            lines = [*answer.lines, "Done."]
        self._end_inner()
        self._show(lines)

    def _end_inner(self) -> None:
        if self._inner is not None:
            inner, self._inner = self._inner, None
            inner.close()
