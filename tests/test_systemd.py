"""The unit: systemd accepts it, and it runs the firmware as nobody special."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from matfw.cli.arguments import build_parser
from matfw.cli.consoles import own_socket, sockets_of
from matfw.cli.start_delay import MAX_DELAY_S
from matfw.cli.verbs import VERBS
from matfw.devices.serial_getty import terminal_name
from matfw.service.acquisition import FIFO_PRIORITY, START_LIMIT_S
from matfw.service.firmware import NO_CELL_S

SYSTEMD = Path(__file__).parents[1] / "systemd"
UNIT = SYSTEMD / "matfw.service"
PORTS = SYSTEMD / "matfw-ports.conf"
SYSUSERS = SYSTEMD / "matfw.sysusers"
RULES = SYSTEMD / "70-matfw-gpio.rules"


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]  # keys as they are written
    parser.read_string(UNIT.read_text())
    return parser


def need(command: str) -> str:
    path = shutil.which(command)
    if path is None:
        pytest.skip(f"needs {command} (Debian package systemd)")
    return path


def test_systemd_finds_nothing_wrong_with_the_unit(
    tmp_path: Path, unit: configparser.ConfigParser
) -> None:
    # ExecStart is looked for by verify, so the copy names one that is here.
    program = shlex.split(unit["Service"]["ExecStart"])[0]
    executable = tmp_path / "matfw"
    executable.write_text("#!/bin/sh\n")
    executable.chmod(0o755)
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace(program, str(executable)))
    done = subprocess.run(
        [need("systemd-analyze"), "verify", "--man=no", str(copy)],
        check=False, text=True, capture_output=True,
    )  # fmt: skip
    # Complaints about a key do not change the exit code.
    ours = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_the_drop_in_ends_login_shells_before_the_mat_starts(tmp_path: Path) -> None:
    """Together with the unit, as systemd reads both."""
    unit = tmp_path / UNIT.name
    unit.write_text("[Service]\nExecStart=/bin/true\n")
    (tmp_path / f"{UNIT.name}.d").mkdir()
    drop_in = tmp_path / f"{UNIT.name}.d" / "ports.conf"
    for text, is_right in ((PORTS.read_text(), True), ("[Unit]\nConflict=x.service\n", False)):
        drop_in.write_text(text)
        done = subprocess.run(
            [need("systemd-analyze"), "verify", "--man=no", str(unit)],
            check=False, text=True, capture_output=True,
        )  # fmt: skip
        assert ("ports.conf" not in done.stderr) == is_right, done.stderr
    lines = dict(line.split("=", 1) for line in PORTS.read_text().splitlines() if "=" in line)
    shells = lines["Conflicts"].split()
    assert lines["After"].split() == shells, "ended before, not while"
    for port in ("/dev/ttyAMA0", "/dev/ttyS0", "/dev/ttyGS0"):
        assert f"serial-getty@{terminal_name(port)}.service" in shells


def test_the_console_is_reached_in_the_services_own_folder(
    unit: configparser.ConfigParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path("/run") / unit["Service"]["RuntimeDirectory"]
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(folder))  # systemd.exec(5)
    options = build_parser(VERBS).parse_args(shlex.split(unit["Service"]["ExecStart"])[1:])
    assert own_socket(options.state) in sockets_of(options.state, is_chosen=True)
    assert own_socket(options.state) in sockets_of(Path("/home/me"), is_chosen=False)
    assert unit["Service"].get("RuntimeDirectoryMode", "0755") == "0755"  # others find the socket


def test_ports_that_are_plugged_in_later_may_be_opened(unit: configparser.ConfigParser) -> None:
    assert "dialout" in unit["Service"]["SupplementaryGroups"].split()
    for key in ("DeviceAllow", "DevicePolicy", "PrivateDevices"):
        assert key not in unit["Service"]


def test_the_unit_runs_a_verb_that_the_firmware_has(unit: configparser.ConfigParser) -> None:
    program, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert Path(program).is_absolute()
    options = build_parser(VERBS).parse_args(arguments)
    assert options.verb is VERBS["run"]
    assert not options.virtual
    assert not options.all_off
    assert options.config == Path("/etc") / unit["Service"]["ConfigurationDirectory"] / "matfw.toml"
    assert options.state == Path("/var/lib") / unit["Service"]["StateDirectory"]


def test_after_every_end_the_outputs_of_the_same_settings_are_driven_low(
    unit: configparser.ConfigParser,
) -> None:
    line = unit["Service"]["ExecStopPost"]
    assert line.startswith("-"), "a mat that was stopped properly has not failed"
    program, *arguments = shlex.split(line[1:])
    start, *start_arguments = shlex.split(unit["Service"]["ExecStart"])
    options = build_parser(VERBS).parse_args(arguments)
    assert program == start
    assert options.verb is VERBS["run"]
    assert options.all_off
    started = build_parser(VERBS).parse_args(start_arguments)
    assert (options.config, options.state) == (started.config, started.state)


def test_the_service_is_nobody_special(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    assert service["User"] == service["Group"] == "matfw"
    assert service["SupplementaryGroups"].split() == ["gpio", "dialout", "i2c", "audio"]
    assert service["NoNewPrivileges"] == "yes"
    assert not any(key.endswith("Capabilities") for key in service)


def test_the_service_says_when_it_is_ready_and_alive(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    assert service["Type"] == "notify"
    assert service["NotifyAccess"] == "main"
    assert float(service["TimeoutStartSec"]) > START_LIMIT_S + NO_CELL_S
    assert float(service["WatchdogSec"]) > NO_CELL_S  # the firmware says why before it is killed


def test_a_wrong_setting_is_not_tried_again(unit: configparser.ConfigParser) -> None:
    assert unit["Service"]["Restart"] == "on-failure"
    assert unit["Service"]["RestartPreventExitStatus"] == "2"


def test_cells_whose_supply_comes_late_are_waited_for_without_end(
    unit: configparser.ConfigParser,
) -> None:
    """Also on systemd 252, which has no RestartSteps: the firmware's own wait grows."""
    service = unit["Service"]
    assert unit["Unit"]["StartLimitIntervalSec"] == "0", "systemd.unit(5): no limit of starts"
    assert service["RuntimeDirectoryPreserve"] == "restart", "or the count would be gone"
    assert float(service["TimeoutStartSec"]) > MAX_DELAY_S + START_LIMIT_S + NO_CELL_S


def test_what_is_kept_of_a_person_is_for_the_group_at_most(
    unit: configparser.ConfigParser,
) -> None:
    service = unit["Service"]
    assert int(service["StateDirectoryMode"], 8) & 0o007 == 0
    assert int(service["UMask"], 8) & 0o007 == 0o007


def test_the_acquisition_process_may_have_the_priority_that_it_asks_for(
    unit: configparser.ConfigParser,
) -> None:
    assert int(unit["Service"]["LimitRTPRIO"]) == FIFO_PRIORITY


def test_lgpio_makes_its_pipes_in_the_runtime_folder(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    assert service["RuntimeDirectory"] == "matfw"
    assert service["WorkingDirectory"] == "%t/matfw"
    assert "LG_WD=%t/matfw" in shlex.split(service["Environment"])


def test_every_user_and_group_of_the_unit_is_made(unit: configparser.ConfigParser) -> None:
    lines = [shlex.split(line, comments=True) for line in SYSUSERS.read_text().splitlines()]
    made = {(fields[0], fields[1]) for fields in lines if fields}
    service = unit["Service"]
    assert ("u", service["User"]) in made
    for group in service["SupplementaryGroups"].split():
        assert ("g", group) in made
    members = {fields[2] for fields in lines if fields and fields[0] == "m"}
    assert members == set(service["SupplementaryGroups"].split())


def test_systemd_can_read_the_users() -> None:
    done = subprocess.run(
        [need("systemd-sysusers"), "--dry-run", str(SYSUSERS)],
        check=False, text=True, capture_output=True,
    )  # fmt: skip
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-sysusers has no --dry-run")
    assert done.returncode == 0, done.stderr


def test_the_rules_give_chips_and_buses_to_groups_of_the_unit(
    unit: configparser.ConfigParser,
) -> None:
    rules = [line for line in RULES.read_text().splitlines() if not line.startswith("#")]
    groups = unit["Service"]["SupplementaryGroups"].split()
    found = {}
    for rule in rules:
        parts = dict(part.strip().replace("==", "=").split("=", 1) for part in rule.split(","))
        found[parts["KERNEL"].strip('"')] = parts["GROUP"].strip('"')
        assert parts["MODE"] == '"0660"'
    assert found == {"gpiochip*": "gpio", "i2c-[0-9]*": "i2c"}
    assert set(found.values()) <= set(groups)
