"""Dialogues: what is typed, and what is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matfw.console.commands import COMMANDS, TABLE
from matfw.console.conversation import PROMPT, WAITING_LINES
from matfw.console.request import LINE_CHARS
from matfw.console.settings_commands import written
from matfw.control.errors import Code
from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    CueGiven,
    PersonWeighed,
    Phase,
    PhaseChanged,
    Presence,
)
from tests.control.fake_control import LINES, Talk, is_answer


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path)
    talk.control.settings.save_calibration(LINES, note="a test")
    yield talk
    talk.close()


# What is typed, line by line; then a pattern of the last answered line, and one that must be in it.
DIALOGUES: tuple[tuple[str, str, str], ...] = (
    ("help", r"ok", "  unlock "),
    ("help stream", r"ok", "stream RATE"),
    ("?", r"ok", "  stream "),
    ("help set", r"ok", "KEY VALUE"),
    ("help roll_back_mm", r"ok", "1 to 200 mm"),
    ("help nothing", r"error E101: 'nothing'.*`help` lists.*", ""),
    ("status", r"ok", "nobody"),
    ("STATUS", r"ok", "nobody"),
    ("statu", r"ok", "nobody"),
    ("st", r"error E102: st: may be status, .*", ""),
    ("stauts", r"error E101: 'stauts': .*did you mean status\?", ""),
    ("status now", r"error E106: status: 'now' is too much, it takes nothing: .*", ""),
    ("get", r"ok", "workout.reps = 15"),
    ("get limits", r"ok", "limits.roll_back_mm = 13 mm"),
    ("get reps", r"ok", "1 to 200"),
    ("get rebs", r"error E201: setting: rebs is no setting: did you mean reps\?", ""),
    ("set reps 12", r"ok", "it was 15"),
    ("set reps", r"error E105: set: VALUE is missing: see `help set`", ""),
    ("set", r"error E105: set: KEY is missing: see `help set`", ""),
    ("set reps 999", r"error E202: workout.reps must be .*1 to 200 .*nothing was changed", ""),
    ("set roll_back_mm 20 mm", r"ok", "20 mm, it was 13"),
    ("set tempo_s 2-2-3", r"ok", "2, 2, 3 s, it was 2, 1, 3"),
    ("set height_m 1,65", r"ok", "1.65 m"),
    ("volume 10,4", r"ok", "10 %"),
    ("stream 2,5", r"ok", "2.5 a second"),
    ("lay 10,5 100,5 -20", r"ok", "10.5 kg lie on the virtual mat at x 100.5"),
    ("learn 38,5", r"ok", "count as good"),
    ("set roll_back_mm 1,000", r"error E202: .*write 1000 or 1.000, whichever is meant.*", ""),
    ("set layout hex6", r"ok", "`save`, then `reboot`"),
    ("set reps 12\ndiff", r"ok", "workout.reps: 15 -> 12"),
    ("set reps 12\nsave", r"ok", "1 change saved"),
    ("set reps 12\nrevert\nget reps", r"ok", "= 15"),
    ("set reps 12\nsave\nfactory reps\nget reps", r"ok", "= 15"),
    ("set reps 12\nset sets 2\nsave\nfactory all\nsave\nget reps", r"ok", "= 15"),
    ("save", r"ok", "nothing was unsaved"),
    ("profile list", r"ok", "there is no profile"),
    ("profile new berta\nprofile list", r"ok", "* berta"),
    ("profile new", r"error E105: profile new: NAME is missing", ""),
    ("profile use nobody", r"error E203: .*", ""),
    ("profile new b\nset reps 9\nsave\nprofile use none\nget reps", r"ok", "= 15"),
    ("profile new b\nprofile delete b\nprofile list", r"ok", "there is no profile"),
    ("side", r"ok", "workout.side = unknown"),
    ("side left\nget side", r"ok", "workout.side = left"),
    ("side up", r"error E107: side: 'up' is no SIDE: .*left.*", ""),
    ("mute on", r"ok", "outputs.mute = on, it was off"),
    ("volume 40%", r"ok", "outputs.volume_percent = 40 %"),
    ("volume 40 %", r"ok", "40 %"),
    ("volume 140", r"error E107: volume: VOLUME must be 0 to 100 % \(got '140'\)", ""),
    ("cue roll_back", r"ok", "The hips rolled back"),
    ("cue too_high", r"ok", "at 52 deg or less"),
    ("set too_high_deg 40\ncue too_high", r"ok", "at 40 deg or less"),
    ("set too_small_deg 25\ncue too_small", r"ok", "to 25 deg and more"),
    ("cue trumpet", r"error E107: cue: 'trumpet' is no NAME.*", ""),
    ("stream", r"error E105: stream: RATE is missing \(0 to 80 Hz\).*", ""),
    ("stream nan", r"error E107: stream: RATE must be 0 to 80 Hz \(got 'nan'\)", ""),
    ("stream 5 hz cells", r"ok", "5 a second"),
    ("record one", r"ok", "one.csv.gz"),
    ("record one\nrecord two", r"error E305: record: .*", ""),
    ("record stop", r"error E305: .*", ""),
    ("record one\nrecord stop", r"ok", "0 frames in"),
    ("stop", r"ok", "until `start`"),
    ("stop\nstop", r"ok", "stopped already"),
    ("stop\nstart", r"ok", "judging"),
    ("start restart", r"ok", "first rep"),
    ("start now", r"error E107: start: 'now' is no RESTART.*", ""),
    ("version", r"ok", "matfw 0"),
    ("*IDN?", r"ok", "matfw,core4,0,0"),
    ("syst:err?", r"ok", '0,"No error"'),
    ("foo\nsyst:err?", r"ok", "101,\"'foo': is no command"),
    ("foo\nsyst:err?\nsyst:err?", r"ok", '0,"No error"'),
    ("reboot", r"error E503: reboot: .*not started by systemd.*", ""),
    ("lock", r"error E604: lock: no PIN is set: .*", ""),
    ("lock 12", r"error E107: PIN: must be 4 to 12 digits.*", ""),
    ("lock 1234", r"ok", "locked"),
    ("lock 1234\nset reps 3", r"error E601: set: the console is locked: .*", ""),
    ("lock 1234\nside left", r"error E601: .*", ""),
    ("lock 1234\nside", r"ok", "workout.side"),
    ("lock 1234\nprofile list", r"ok", "no profile"),
    ("lock 1234\nlock 9999", r"error E601: lock: a PIN is set already.*", ""),
    ("lock 1234\nunlock 1234\nset reps 3", r"ok", "it was 15"),
    ("lock 1234\nunlock 1234\nlock\nset reps 3", r"error E601: .*", ""),
    ("lock 1234\nunlock 1234 forget\nlock", r"error E604: .*", ""),
    ("lock 1234\nunlock 12", r"error E602: unlock: wrong PIN: 2 more tries.*", ""),
    ('set reps "12', r"error E108: .*", ""),
    ("set\treps 12", r"ok", "it was 15"),
    ("set reps 1\x002", r"error E104: line: character 11 is U\+0000.*", ""),
    ("stat\ufffdus", r"error E104: line: character 5 is not UTF-8.*", ""),
    ("x" * (LINE_CHARS + 1), r"error E103: line: 513 characters, at most 512.*", ""),
    ("calibrate 3", r"error E107: calibrate: WEIGHT must be 5 to 100 kg.*", ""),
    ("lay 10 head_left", r"ok", "10 kg lie"),
    ("lay 10 kg 100 -20", r"ok", "x 100, y -20 mm"),
    ("lay 0", r"ok", "is empty"),
    ("lay 10 nowhere", r"error E107: lay: WHERE must be a cell.*", ""),
    ("lay 10 4000 0", r"error E107: lay: WHERE.*at most 1000 325.*", ""),
    ("lay 900", r"error E107: lay: WEIGHT must be 0 to 150 kg.*", ""),
    ("learn", r"ok", "count as good"),
    ("learn 38 ", r"ok", "read +2 deg off"),
    ("learn\nlearn forget", r"ok", "as everybody"),
    ("learn 300", r"error E107: learn: .*5 to 90 deg.*", ""),
    ("learn it", r"error E107: learn: must be forget.*", ""),
    ("echo off", r"ok", ""),
    ("tell all", r"ok", ""),
)


@pytest.mark.parametrize(("typed", "last", "within"), DIALOGUES)
def test_a_dialogue(talk: Talk, typed: str, last: str, within: str) -> None:
    for line in typed.split("\n"):
        lines = talk.ask(line)
        assert [is_answer(each) for each in lines] == [False] * (len(lines) - 1) + [True]
    assert re.fullmatch(last, lines[-1]), lines[-1]
    assert within in "\n".join(lines)


@pytest.mark.parametrize("line", ["", " ", "\t"])
def test_a_blank_line_gets_no_answer(talk: Talk, line: str) -> None:
    assert talk.ask(line) == []


def test_every_command_has_help_a_group_and_a_name_of_its_own(talk: Talk) -> None:
    names = [name.lower() for c in COMMANDS for name in (c.name, *c.aliases)]
    assert len(set(names)) == len(names)
    for command in COMMANDS:
        lines = talk.ask(f"help {command.name}")
        assert lines[0] == f"{command.usage}: {command.help}"
        assert lines[-1] == "ok"
        for argument in command.arguments:
            assert any(argument.help in line for line in lines)


def test_every_setting_takes_what_get_shows_of_it(talk: Talk) -> None:
    for setting in talk.control.settings.table():
        value, _ = talk.control.settings.get(setting.key)
        if value is not None:
            lines = talk.ask(f"set {setting.key} {written(value)}")
            assert lines[-1] == "ok", lines
            assert "as it was" in lines[0]
    assert talk.ask("diff") == ["nothing is unsaved", "ok"]


# --- what nobody asked for ----------------------------------------------------------------------


def test_notifications_begin_with_slashes_and_follow_tell(talk: Talk) -> None:
    notifications = (
        PersonWeighed(1.0, 64.0),
        CellEvent(2.0, "head_left", CellProblem.LOST),
        PhaseChanged(3.0, Phase.UP),
        CueGiven(4.0, Announcement.REP),
    )
    counts = {}
    for what in ("none", "reps", "all"):
        talk.ask(f"tell {what}")
        for event in notifications:
            talk.control.notifications.put(event)
        lines = talk.wait(0.05)
        assert all(line.startswith("// ") for line in lines)
        counts[what] = len(lines)
    assert counts == {"none": 0, "reps": 2, "all": 4}


def test_a_stream_keeps_its_rate_and_ends(talk: Talk) -> None:
    talk.ask("stream 10")
    lines = talk.wait(3.0)
    assert len(lines) == pytest.approx(30, abs=1)
    assert all(line.startswith("// stream t_s=") for line in lines)
    assert talk.ask("stream 0") == ["ok"]
    assert talk.wait(1.0) == []


def test_ctrl_c_ends_a_stream(talk: Talk) -> None:
    talk.ask("stream 10")
    talk.conversation.interrupt()
    assert talk.lines[-1] == "// stream: ended"
    assert talk.wait(1.0) == []


def test_a_link_that_does_not_poll_loses_frames_and_is_sent_how_many(talk: Talk) -> None:
    talk.ask("stream 80")
    talk.control.play(10.0)
    talk.conversation.poll()
    assert talk.lines[-1].startswith("// stream: 544 frames were dropped")


# --- tare and calibrate ---------------------------------------------------------------------------


def test_tare_takes_an_empty_mat_and_answers_when_it_is_done(talk: Talk) -> None:
    before = dict(talk.control.settings.state.calibration)
    assert talk.ask("tare")[0].startswith("// ")
    assert talk.conversation.is_busy
    assert talk.conversation.prompt == ""
    lines = talk.wait(20.0, load_kg=0.4)
    assert lines[-1] == "ok"
    after = talk.control.settings.state.calibration
    for name, line in before.items():
        assert after[name].counts_per_kg == line.counts_per_kg
        moved_kg = (after[name].tare_counts - line.tare_counts) / line.counts_per_kg
        assert moved_kg == pytest.approx(0.1, abs=0.002)
    assert talk.control.measuring is None


@pytest.mark.parametrize(
    ("presence", "load_kg", "words"),
    [
        (Presence.LYING, 64.1, "somebody lies on the mat (64.1 kg"),
        (Presence.UNSETTLED, 31.0, "somebody or something is on the mat (31.0 kg"),
        (Presence.EMPTY, -9.0, "does not read as empty (-9.0 kg"),
    ],
)
def test_tare_is_refused_with_reason_and_weight(
    talk: Talk, presence: Presence, load_kg: float, words: str
) -> None:
    talk.control.put(presence, load_kg)
    before = talk.control.state()
    (answer,) = talk.ask("tare")
    assert answer.startswith("error E301: tare: ")
    assert words in answer
    assert talk.control.state() == before


def test_tare_does_not_wait_until_the_mat_is_known_to_be_empty(talk: Talk) -> None:
    talk.control.put(Presence.LYING, 0.3)  # in the half second after somebody has got off
    talk.ask("tare")
    assert talk.wait(20.0, load_kg=0.3)[-1] == "ok"


def test_tare_is_refused_when_somebody_gets_on_meanwhile(talk: Talk) -> None:
    before = talk.control.state()
    talk.ask("tare")
    talk.wait(1.0)
    talk.control.presence = Presence.UNSETTLED
    lines = talk.wait(1.0, load_kg=30.0)
    assert lines[-1].startswith("error E301: tare: somebody or something is on the mat (30.0 kg")
    assert talk.control.state() == before
    assert talk.control.measuring is None


def test_tare_needs_a_calibration(tmp_path: Path) -> None:
    (answer,) = Talk(tmp_path).ask("tare")
    assert answer.startswith("error E402: ")
    assert "calibrate" in answer


def test_tare_does_not_trust_a_mat_with_a_cell_lost_but_one_missing_sample_is_none(
    talk: Talk,
) -> None:
    name = talk.control.mat().cells[0].name
    talk.control.put(Presence.EMPTY, None)
    assert talk.control.status().load_kg is not None
    talk.control.events([CellEvent(1.0, name, CellProblem.LOST)])
    (answer,) = talk.ask("tare")
    assert answer.startswith("error E303: tare: a cell gives nothing")


def test_the_wizard_asks_takes_lines_for_itself_and_can_be_left(talk: Talk) -> None:
    before = talk.control.state()
    assert not any(map(is_answer, talk.ask("calibrate corners 10 kg")))
    assert talk.conversation.is_asking
    assert talk.conversation.prompt == "calibrate> "
    assert talk.control.measuring == "calibrate"
    assert not any(map(is_answer, talk.ask("nonsense")))
    assert not any(map(is_answer, talk.ask("go")))
    assert any("Measured" in line for line in talk.wait(30.0))
    lines = talk.ask("leave")
    assert lines[-1].startswith("error E302: calibrate: left")
    assert sum(map(is_answer, talk.lines)) == 1
    assert talk.control.state() == before
    assert talk.control.measuring is None
    assert talk.conversation.prompt == PROMPT


def test_on_an_empty_virtual_mat_the_weight_is_laid_inside_the_wizard(talk: Talk) -> None:
    assert any("VIRTUAL mat" in line for line in talk.ask("calibrate corners 10 kg"))
    assert talk.ask("lay 10 head_left") == ["10 kg lie on the virtual mat at x -900, y 275 mm"]
    assert talk.control.place_mm == (-900.0, 275.0)
    assert "WEIGHT must be" in talk.ask("lay 1000")[0]
    assert talk.conversation.prompt == "calibrate> "


def test_a_weight_is_laid_on_no_other_mat(talk: Talk) -> None:
    talk.control.lay = None
    (answer,) = talk.ask("lay 10 head_left")
    assert answer.startswith("error E306: lay: only where matfw runs on an empty virtual mat")
    assert not any("VIRTUAL mat" in line for line in talk.ask("calibrate corners 10 kg"))


@pytest.mark.parametrize("line", ["calibrate", "calibrate trim", "tare", "menu", "diagnose"])
def test_ctrl_c_leaves_anything_with_one_answer(talk: Talk, line: str) -> None:
    before = talk.control.state()
    subscriptions = talk.control.subscriptions
    talk.ask(line)
    talk.wait(0.5)
    talk.conversation.interrupt()
    assert len(talk.answers()) == 1
    assert talk.control.state() == before
    assert talk.control.subscriptions == subscriptions
    assert talk.ask("version")[-1] == "ok"


def test_one_link_at_a_time_measures(talk: Talk) -> None:
    talk.control.take_mat("calibrate", "another")
    (answer,) = talk.ask("tare")
    assert answer.startswith("error E305: tare: calibrate is under way")


def test_the_first_calibration_can_be_put_back(talk: Talk) -> None:
    changed = {n: type(line)(tare_counts=5.0, counts_per_kg=9999.0) for n, line in LINES.items()}
    talk.control.save_calibration(changed, "another")
    assert talk.ask("calibrate factory")[-1] == "ok"
    assert dict(talk.control.settings.state.calibration) == LINES
    assert talk.ask("calibrate previous")[-1] == "ok"
    assert dict(talk.control.settings.state.calibration) == changed


# --- lines that wait ------------------------------------------------------------------------------


def test_lines_wait_for_work_under_way_and_are_answered_in_order(talk: Talk) -> None:
    talk.ask("tare")
    assert talk.ask("version") == []
    assert talk.ask("nonsense") == []
    talk.wait(20.0)
    assert [answer[:10] for answer in talk.answers()] == ["ok", "ok", "error E101"]
    assert talk.lines.index("ok") < talk.lines.index(talk.answers()[2])


def test_too_many_waiting_lines_are_refused_and_the_rest_answered(talk: Talk) -> None:
    talk.ask("tare")
    for _ in range(WAITING_LINES):
        assert talk.ask("version") == []
    (refused,) = talk.ask("version")
    assert refused.startswith(f"error E110: line: {WAITING_LINES} lines wait")
    talk.conversation.interrupt()
    assert len(talk.answers()) == 1 + WAITING_LINES + 1
    assert sum("E302" in answer for answer in talk.answers()) == 1 + WAITING_LINES


# --- the menu -------------------------------------------------------------------------------------


def number_of(lines: list[str], label: str) -> str:
    """Return the number of a menu's item."""
    (line,) = [line for line in lines if label in line]
    return line.split()[0]


def test_the_menu_sets_a_value_shows_it_and_ends_with_one_ok(talk: Talk) -> None:
    page = talk.ask("menu")
    page = talk.ask(number_of(page, "Workout"))
    number = number_of(page, "  reps: ")
    assert "[15]" in next(line for line in page if "  reps: " in line)
    assert "1 to 200" in "\n".join(talk.ask(number))
    assert talk.conversation.prompt == "workout.reps: "
    refused = talk.ask("0")
    assert any(line.startswith("Not done: workout.reps must be") for line in refused)
    talk.ask(number)
    page = talk.ask("12")
    assert "[12]" in next(line for line in page if "  reps: " in line)
    assert "1 unsaved" in "\n".join(talk.ask("0"))
    assert talk.ask("0") == ["ok"]
    assert talk.control.settings.get("workout.reps")[0] == 12
    assert len(talk.answers()) == 1


def test_the_menu_runs_what_takes_time_and_ctrl_c_comes_back_first(talk: Talk) -> None:
    page = talk.ask("menu")
    page = talk.ask(number_of(page, "Calibration"))
    talk.ask(number_of(page, "known weight"))
    assert talk.conversation.prompt == "calibrate> "
    talk.ask("leave")
    assert talk.conversation.prompt == "number> "
    talk.ask(number_of(page, "tare"))
    assert talk.conversation.is_busy
    assert "Done." in talk.wait(20.0)
    talk.conversation.interrupt()
    assert talk.answers() == ["ok"]


@pytest.mark.parametrize("typed", ["99", "-1", "x", "1" * 40, "\u0663"])
def test_the_menu_asks_again_for_a_number_that_is_none(talk: Talk, typed: str) -> None:
    talk.ask("menu")
    (line,) = talk.ask(typed)
    assert line.startswith("Type a number from 1 to ")


def test_every_number_of_the_menu_leads_somewhere(talk: Talk) -> None:
    """Two levels down, each number once."""
    first = talk.ask("menu")
    for number in range(1, len(first)):
        talk.ask(str(number))
        while talk.conversation.is_busy:
            talk.wait(1.0)
        for below in range(1, 30):
            if not talk.conversation.is_asking:
                break
            talk.ask(str(below))
            while talk.conversation.is_busy:
                talk.wait(1.0)
            talk.ask("")
        talk.conversation.interrupt()
        assert talk.ask("menu")
    assert not any("E599" in line for line in talk.lines)


# --- programs -------------------------------------------------------------------------------------


def test_json_answers_with_the_callers_id(talk: Talk) -> None:
    talk.ask("mode json")
    assert talk.json('{"id": 7, "command": "set", "args": ["workout.reps", 12]}') == {
        "id": 7, "ok": True,
        "result": {"key": "workout.reps", "value": 12, "was": 15, "applies": "now"},
    }  # fmt: skip
    refused = talk.json('{"id": "a", "command": "set workout.reps 999"}')
    assert (refused["id"], refused["ok"], refused["error"]["code"]) == ("a", False, "E202")
    assert talk.json("version")["id"] is None
    assert talk.json("mode text")["ok"] is True
    assert talk.ask("version")[-1] == "ok"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "E109"),
        ("{}", "E109"),
        ('{"command": 3}', "E109"),
        ('{"command": ""}', "E101"),
        ('{"command": "status", "args": {}}', "E109"),
        ('{"command": "status", "args": [null]}', "E109"),
        ('{"command": "status", "extra": 1}', "E109"),
        ('{"command": "status", "id": 1.5}', "E109"),
        ('{"command": "get", "args": ["a\\u0007b"]}', "E104"),
        ('{"command": "get \\u0007"}', "E104"),
        ('{"command": "set reps \\"1"}', "E108"),
        ("{" + '"a":' * 600 + "1" + "}", "E109"),
        ('{"command": "' + "x" * 5000 + '"}', "E103"),
        ('{"command": "set", "args": ["reps", [1, 2]]}', "E202"),
        ('{"command": "set", "args": ["console.ports", ["/dev/a b"]]}', None),
        ('{"command": "set", "args": ["outputs.mute", true]}', None),
        ('{"command": "set", "args": ["rest_s", 1e1]}', None),
    ],
)
def test_json_that_is_wrong_is_answered_in_json(talk: Talk, line: str, code: str | None) -> None:
    talk.ask("mode json")
    reply = talk.json(line)
    assert reply.get("error", {}).get("code") == code


def test_json_says_what_a_wizard_asks_and_takes_its_answers(talk: Talk) -> None:
    talk.control.lay = None  # or it also says how to lay the weight
    talk.ask("mode json")
    (asked,) = map(json.loads, talk.ask('{"id": 5, "command": "calibrate corners 10"}'))
    assert (asked["event"], asked["id"]) == ("ask", 5)
    assert talk.conversation.prompt == ""
    replies = [json.loads(line) for line in talk.ask('{"answer": "leave"}')]
    assert replies[-1]["id"] == 5
    assert replies[-1]["error"]["code"] == "E302"


def in_json(talk: Talk, line: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in talk.ask(line)]


def begin_in_json(talk: Talk, command: str) -> None:
    talk.control.lay = None
    talk.ask("mode json")
    for reply in in_json(talk, f'{{"id": 1, "command": "{command}"}}'):
        assert (reply["id"], "event" in reply) == (1, True)


@pytest.mark.parametrize("job", ["tare", "diagnose", "calibrate 10", "menu"])
def test_every_line_with_an_id_has_its_own_answer_beside_a_job(talk: Talk, job: str) -> None:
    begin_in_json(talk, job)
    (status,) = in_json(talk, '{"id": 2, "command": "status"}')
    assert (status["id"], status["ok"], "virtual" in status["result"]) == (2, True, True)
    (refused,) = in_json(talk, '{"id": 3, "command": "set", "args": ["workout.reps", 999]}')
    assert (refused["id"], refused["error"]["code"]) == (3, "E202")
    (bad,) = in_json(talk, '{"id": 4, "command": 5}')
    assert (bad["id"], bad["error"]["code"]) == (4, "E109")
    assert talk.conversation.is_busy or talk.conversation.is_asking
    talk.conversation.interrupt()
    assert json.loads(talk.lines[-1])["id"] == 1


def test_a_wizards_answers_with_an_id_have_answers_of_their_own(talk: Talk) -> None:
    begin_in_json(talk, "calibrate corners")
    asked, own = in_json(talk, '{"id": 2, "command": "10"}')
    assert (asked["event"], asked["id"]) == ("ask", 1)
    assert own == {"id": 2, "ok": True, "result": {}}
    (asked, own) = in_json(talk, '{"id": "b", "answer": "back"}')
    assert (asked["event"], asked["id"], own["id"], own["ok"]) == ("ask", 1, "b", True)
    (own,) = in_json(talk, '{"id": 3, "answer": "nonsense"}')
    assert (own["id"], own["error"]["code"]) == (3, "E107")
    (own,) = in_json(talk, '{"id": 4, "command": "tare"}')
    assert (own["id"], own["ok"]) == (4, False)
    _left, ended, own = in_json(talk, '{"id": 5, "command": "leave"}')
    assert (ended["id"], ended["error"]["code"]) == (1, "E302")
    assert (own["id"], own["ok"]) == (5, True)
    (late,) = in_json(talk, '{"id": 6, "command": "status"}')
    assert (late["id"], late["ok"]) == (6, True)


def test_what_takes_time_waits_for_the_job_before_it(talk: Talk) -> None:
    begin_in_json(talk, "tare")
    assert in_json(talk, '{"id": 2, "command": "tare"}') == []
    (own,) = in_json(talk, '{"id": 3, "answer": ""}')
    assert (own["id"], own["error"]["code"]) == (3, "E306")
    talk.wait(20.0)
    answers = [json.loads(line) for line in talk.lines if '"ok"' in line]
    assert [each["id"] for each in answers[-2:]] == [1, 2]


def test_mode_text_beside_a_job_ends_the_job_in_text(talk: Talk) -> None:
    begin_in_json(talk, "tare")
    (own,) = in_json(talk, '{"id": 2, "command": "mode text"}')
    assert (own["id"], own["ok"]) == (2, True)
    assert talk.wait(20.0)[-1] == "ok"


def test_every_line_in_json_is_one_object(talk: Talk) -> None:
    talk.ask("mode json")
    talk.ask("tell all")
    talk.ask("stream 20 all")
    talk.control.notifications.put(PersonWeighed(1.0, 64.0))
    talk.ask("tare")
    talk.wait(20.0)
    talk.ask("help")
    replies = [json.loads(line) for line in talk.lines[1:]]
    assert all(("event" in each) is ("ok" not in each) for each in replies)
    assert {each["event"] for each in replies if "event" in each} == {"note", "person", "stream"}


# --- completion, secrets, ends --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stat", ["status"]),
        ("mode ", ["json", "text"]),
        ("set workout.s", ["workout.sets", "workout.side"]),
        ("set workout.side ", ["left", "right", "unknown"]),
        ("profile use ", ["berta"]),
        ("cue roll", ["roll_back"]),
        ("help vers", ["version"]),
        ("nothing ", []),
        ("status ", []),
        ('set "', []),
        ("x" * 5000, []),
    ],
)
def test_tab_completes_the_last_word(talk: Talk, text: str, words: list[str]) -> None:
    talk.ask("profile new berta")
    assert talk.conversation.complete(text) == words


def test_tab_knows_every_command(talk: Talk) -> None:
    assert set(talk.conversation.complete("")) == {c.name for c in COMMANDS if c.name.isalpha()}


@pytest.mark.parametrize(
    ("line", "is_pin"),
    [("lock 1234", True), ("unl 1234", True), ("unlock", False), ("set reps 3", False),
     ("unlock '", True), ("", False)],
)  # fmt: skip
def test_lines_with_a_pin_are_known(line: str, is_pin: bool) -> None:
    assert TABLE.is_secret(line) is is_pin


def test_a_link_that_goes_gives_everything_back(talk: Talk) -> None:
    talk.ask("stream 10")
    talk.ask("calibrate corners 10")
    talk.conversation.close()
    talk.conversation.close()
    assert (talk.control.subscriptions, talk.control.measuring) == (0, None)


def test_a_failure_of_our_own_is_answered_and_the_link_lives(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk.control.settings, "diff", lambda: 1 // 0)
    (answer,) = talk.ask("diff")
    assert answer.startswith("error E599: matfw itself failed (ZeroDivisionError")
    assert talk.ask("version")[-1] == "ok"


def test_reboot_asks_first(talk: Talk) -> None:
    talk.control.can_restart = True
    talk.ask("set reps 12")
    assert "Unsaved changes are lost, 1 now" in "\n".join(talk.ask("reboot"))
    assert talk.ask("no")[-1].startswith("error E307")
    assert not talk.control.is_restarting
    talk.ask("reboot")
    assert talk.ask("yes")[-1] == "ok"
    assert talk.control.is_restarting


def test_reboot_yes_asks_nothing(talk: Talk) -> None:
    talk.control.can_restart = True
    assert talk.ask("reboot yes")[-1] == "ok"
    assert talk.control.is_restarting


def test_error_numbers_keep_their_meaning() -> None:
    """Programs wait for them."""
    assert {code.name: code.value for code in Code if code.value in (101, 202, 301, 601)} == {
        "UNKNOWN_COMMAND": 101,
        "SETTING_REFUSED": 202,
        "SOMEONE_ON_MAT": 301,
        "LOCKED": 601,
    }


def test_a_key_that_is_not_known_is_shown_as_typed(talk: Talk) -> None:
    talk.ask("mode json")
    reply = talk.json('{"größe": 1, "command": "status"}')
    assert reply["error"]["message"].startswith("'größe': is not known")
    reply = talk.json('{"command": "set größe 1"}')
    assert "größe" in reply["error"]["message"]
