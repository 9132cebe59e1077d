"""What `matfw doctor` asks of a firmware that runs here: it has the pins, and settings of its own.

Who asks is another user, with another home: their settings, groups and folders say nothing about
the mat.
"""

# ruff: noqa: PLC0415  # nothing heavy before it is needed

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from matfw.diagnose.checks import Check, Computer, State
from matfw.errors import MatLinkError

ASK_LIMIT_S = 20.0  # ten seconds of data, and a busy Zero 2 W

Say = Callable[[str], None]


def ask_firmware(sockets: Sequence[Path], say: Say) -> dict[str, object] | None:
    """Return the diagnosis of the firmware that runs here, None where none does.

    Its `status` is under "service"; what it answers instead of a diagnosis is under "error".
    """
    from matfw.devices.console_socket import connect
    from matfw.links.client import Client

    try:
        client = Client("matfw", connect(sockets))
    except MatLinkError as error:
        return None if error.is_absent else {"error": str(error)}
    say("a firmware runs here and has the pins: it is asked for ten seconds of its data")
    try:
        client.send("mode json\rstatus\rdiagnose\r")
        answers: list[dict[str, object]] = []
        end_s = time.monotonic() + ASK_LIMIT_S
        while len(answers) < 3 and time.monotonic() < end_s:
            for line in client.received(0.2):
                with suppress(msgspec.DecodeError):
                    data = msgspec.json.decode(line)
                    if isinstance(data, dict) and "ok" in data:
                        answers.append(data)
                if line == "ok":  # to `mode json`, before it was in force
                    answers.append({})
        client.leave()
    except MatLinkError as error:
        return {"error": str(error)}
    finally:
        client.link.close()
    service = answers[1].get("result") if len(answers) > 1 else None
    if len(answers) < 3:
        return {"error": f"no answer within {ASK_LIMIT_S:g} s", "service": service}
    result = answers[2].get("result")
    asked = result if isinstance(result, dict) else {"error": answers[2].get("error", "no result")}
    return {**asked, "service": service}


def service_checks(computer: Computer, service: object) -> list[Check]:
    """Return the checks that go by settings and state, with those of the firmware that runs.

    service: its `status`; what it does not tell is not known.
    """
    from matfw.devices.serial_getty import getty_on
    from matfw.diagnose import system

    if not isinstance(service, Mapping):
        why = "the firmware that runs does not tell its settings"
        return [Check("settings", State.UNKNOWN, why)]
    mat = service.get("mat")
    layout = mat.get("layout") if isinstance(mat, Mapping) else "?"
    where = service.get("config") or "no file, all defaults"
    note = service.get("calibrated")
    checks = [
        Check("settings", State.OK, f"of the firmware that runs: {where}; layout {layout}"),
        system.check_getty(computer, _texts(service.get("ports")), getty_on),
        system.check_state(
            _texts(service.get("notices")), _texts(service.get("uncalibrated")),
            note if isinstance(note, str) else None, datetime.now(UTC),
        ),
    ]  # fmt: skip
    pins, state_dir = service.get("pins"), service.get("state_dir")
    if isinstance(pins, Mapping) and service.get("virtual") is not True:
        uses = {str(name): pin for name, pin in pins.items() if isinstance(pin, int)}
        checks.insert(1, system.check_pins(computer, uses))
    if isinstance(state_dir, str) and state_dir:
        checks.append(system.check_disk(computer, Path(state_dir)))
    return checks


def asked_check(asked: Mapping[str, object]) -> Check:
    """Return the check of the cells, as the firmware that runs has found them."""
    if "error" in asked:
        error = asked["error"]
        text = error.get("message") if isinstance(error, Mapping) else error
        return Check("cells", State.BAD, f"of the firmware that runs: {text}".rstrip("."))
    findings = asked.get("findings")
    if not isinstance(findings, list) or not findings:
        return Check("cells", State.OK, "asked of the firmware that runs: nothing wrong")
    is_bad = any(found.get("level") == "bad" for found in findings)
    state = State.BAD if is_bad else State.WARN
    return Check("cells", state, f"asked of the firmware that runs: {len(findings)} found, below")


def reported(asked: Mapping[str, object]) -> list[str]:
    """Return what the firmware that runs has found, a line each."""
    findings = asked.get("findings")
    return [f"{f['level']}: {f['text']}" for f in findings] if isinstance(findings, list) else []


def _texts(found: object) -> list[str]:
    return [str(text) for text in found] if isinstance(found, list) else []
