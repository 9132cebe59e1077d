"""What is killed, hangs or is in the way, and what systemd and matfw make of it."""

from __future__ import annotations

import signal

import pytest

from tests.virtual_pi.pi import UNIT, VirtualPi

RESTART_LIMIT_S = 60.0  # guest time, from the blow to the next start: watchdog and RestartSec


def restarts(pi: VirtualPi) -> int:
    return int(pi.systemd("NRestarts"))


def wait_restart(pi: VirtualPi, before: int) -> None:
    """Wait until systemd has started it once more and it is ready again."""
    pi.machine.until(
        ("systemctl", "show", "--value", "-p", "NRestarts", UNIT), str(before + 1),
        limit_s=RESTART_LIMIT_S,
    )  # fmt: skip
    pi.wait_ready()


@pytest.mark.parametrize("process", ["main", "acquisition"])
def test_a_killed_process_is_restarted_with_outputs_off(pi: VirtualPi, process: str) -> None:
    before = restarts(pi)
    pid = pi.processes()[process]
    pi.control("clear")
    pi.console.ask("cue", "roll_back")
    pi.wait_for(pi.edges, bool, "sound", 5.0, every_s=0.02)
    pi.machine.kill(pid)
    wait_restart(pi, before)
    edges, again_s = pi.edges(), 1e-6 * int(pi.systemd("ExecMainStartTimestampMonotonic"))
    assert pi.on_at(edges, again_s) == []
    assert pi.console.ask("status")["cells"].keys() == set(pi.names)


@pytest.mark.parametrize("process", ["main", "acquisition"])
def test_a_hung_process_is_restarted(pi: VirtualPi, process: str) -> None:
    before = restarts(pi)
    since_s = pi.now_s()
    pi.machine.kill(pi.processes()[process], signal.SIGSTOP)
    wait_restart(pi, before)
    said = pi.machine.out("journalctl", "-b", "-u", UNIT, "-o", "cat", "--no-pager")
    if process == "main":
        assert "Watchdog timeout" in said
    else:
        assert any("no frame for" in line for line in pi.journal(since_s))


def test_a_port_is_taken_back_when_a_login_shell_leaves_it(pi: VirtualPi) -> None:
    pi.unplug()
    pi.machine.out("systemctl", "stop", UNIT)
    pi.machine.out("systemctl", "start", "serial-getty@ttyS1.service")
    pi.machine.until(("systemctl", "is-active", "serial-getty@ttyS1.service"), "active")
    since_s = pi.now_s()
    pi.machine.out("systemctl", "start", UNIT)
    pi.wait_ready()
    pi.wait_said(since_s, "a login shell has /dev/ttyS1")
    pi.machine.out("systemctl", "stop", "serial-getty@ttyS1.service")
    assert pi.console.ask("status")["virtual"] is False
