"""The languages: each says everything, and nothing is filled in that is not there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from matfw.messages import CUES, Fault
from matfw.settings.model import Settings
from matfw.speech.catalogue import LANGUAGES, Catalogue, catalogue

TABLES = ("sentences", "faults", "corrections", "cues")


def filled_in(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_numbers(language: str) -> None:
    words, english = catalogue(language), catalogue("en")
    for table in TABLES:
        ours, theirs = getattr(words, table), getattr(english, table)
        assert list(ours) == list(theirs), table
        for key, text in ours.items():
            assert filled_in(text) == filled_in(theirs[key]), key
            assert language == "en" or text != theirs[key], f"{key} is not translated"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_and_every_cue_has_its_words(language: str) -> None:
    words = catalogue(language)
    assert set(words.faults) == set(words.corrections) == set(Fault)
    assert set(words.cues) == set(CUES)
    names = [words.name(cue) for cue in CUES]
    assert len(set(names)) == len(names), "distinct"


def test_the_languages_are_those_of_the_setting() -> None:
    for language in LANGUAGES:
        assert catalogue(language).language == language
    voice = Settings().voice
    assert (voice.on, voice.language in LANGUAGES) == (False, True)


def test_what_a_workout_may_say_is_known_before_it() -> None:
    words: Catalogue = catalogue("de")
    ahead = list(words.all_of(Settings().led().plan()))
    assert "Satz 6 von 6." in ahead
    assert "14 von 15 sauber." in ahead
    assert "Alle 15 sauber." in ahead
    assert "45 Sekunden Pause." in ahead
    assert "Hüften genau übereinander." in ahead
    assert len(set(ahead)) == len(ahead)


def test_a_fault_that_no_file_names_yet_is_said_with_the_words_of_its_row() -> None:
    words = replace(catalogue("de"), faults={}, corrections={}, cues={})
    assert words.fault(Fault.KICK) == "The leg was thrown up."
    assert words.correction(Fault.KICK) == "Start softly and lift, do not swing."
    assert words.name(Fault.KICK) == "kick"
    assert len(list(words.all_of(Settings().led().plan()))) > 2 * len(Fault)
