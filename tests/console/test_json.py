"""A conversation in JSON: one object a line, each answer with its caller's id."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matfw.messages import PersonWeighed
from tests.control.fake_control import Talk


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


def test_a_key_that_is_not_known_is_shown_as_typed(talk: Talk) -> None:
    talk.ask("mode json")
    reply = talk.json('{"größe": 1, "command": "status"}')
    assert reply["error"]["message"].startswith("'größe': is not known")
    reply = talk.json('{"command": "set größe 1"}')
    assert "größe" in reply["error"]["message"]
