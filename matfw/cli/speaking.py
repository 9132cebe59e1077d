"""Words between sets, put together: what is said, what says it, and what makes way for cues."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from matfw.devices.voice import EspeakVoice
from matfw.speech.briefing import Briefing
from matfw.speech.catalogue import catalogue
from matfw.speech.speaker import Speaker

if TYPE_CHECKING:
    from matfw.cli.consoles import ConsolePlan
    from matfw.control.api import Control
    from matfw.devices.indicator import GpiozeroIndicator
    from matfw.settings.model import Settings

FOLDER = "voice"  # in the state folder: rendered once, and nothing of anybody is in it


@contextmanager
def speaking(
    settings: Settings,
    plan: ConsolePlan,
    indicator: GpiozeroIndicator,
    control: Control,
    say: Callable[[str], object],
) -> Iterator[Speaker]:
    """Give the tap that says words; that none can be said goes to the journal and `status`."""

    def tell(text: str) -> None:
        say(text)
        control.note("voice", text)

    words = catalogue(settings.voice.language)
    voice = EspeakVoice(words.voice, plan.state_dir / FOLDER, tell, device=settings.voice.device)
    voice.prepare(words.all_of(settings.plan()))
    speaker = Speaker(Briefing(words), voice, lambda: (indicator.volume, indicator.sound_mode))
    indicator.on_show = speaker.cue_shown
    try:
        yield speaker
    finally:
        voice.close()
