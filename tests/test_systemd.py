"""The unit: systemd accepts it, and it runs the firmware as nobody special."""

from __future__ import annotations

import configparser
import grp
import os
import re
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from matfw.cli.arguments import build_parser
from matfw.cli.consoles import own_socket, sockets_of
from matfw.cli.start_delay import MAX_DELAY_S
from matfw.cli.verbs import VERBS
from matfw.devices.serial_getty import REQUEST_FILE, terminal_name
from matfw.service.acquisition import FIFO_PRIORITY, START_LIMIT_S
from matfw.service.firmware import NO_CELL_S

SYSTEMD = Path(__file__).parents[1] / "systemd"
UNIT = SYSTEMD / "matfw.service"
NETWORK = SYSTEMD / "matfw-network.conf"
FREE_PORTS = SYSTEMD / "free-ports"
PORTS = SYSTEMD / "matfw-ports.conf"
SYSUSERS = SYSTEMD / "matfw.sysusers"
RULES = SYSTEMD / "70-matfw-gpio.rules"


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
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
    executable = tmp_path / "matfw"
    executable.write_text("#!/bin/sh\n")
    executable.chmod(0o755)
    copies = [
        tmp_path / name for name in ("matfw.service", "matfw-ports.service", "matfw-ports.path")
    ]
    for copy in copies:
        text = (SYSTEMD / copy.name).read_text()
        for program in ("/usr/bin/matfw", "/usr/lib/matfw/free-ports"):
            text = text.replace(program, str(executable))
        copy.write_text(text)
    done = subprocess.run(
        [need("systemd-analyze"), "verify", "--man=no", *map(str, copies)],
        check=False, text=True, capture_output=True,
    )  # fmt: skip
    # Complaints about a key do not change the exit code.
    ours = [line for line in done.stderr.splitlines() if "matfw" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


@pytest.mark.parametrize(("drop_in", "limit"), [(None, 2.0), (NETWORK, 3.0)])
def test_little_of_the_computer_is_exposed_to_the_service(
    drop_in: Path | None, limit: float, tmp_path: Path
) -> None:
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text() + (drop_in.read_text() if drop_in else ""))
    done = subprocess.run(
        [need("systemd-analyze"), "security", "--offline=yes", "--no-pager", str(copy)],
        check=False, text=True, capture_output=True,
    )  # fmt: skip
    found = re.search(r"Overall exposure level for matfw.service: ([0-9.]+)", done.stdout)
    if found is None and "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze has no --offline")
    assert found is not None, done.stderr
    assert float(found[1]) <= limit, done.stdout


def test_the_pins_are_not_hidden_from_the_service(unit: configparser.ConfigParser) -> None:
    """Each of these would lower the score and stop the mat."""
    service = unit["Service"]
    for key in (
        "ProtectClock",
        "PrivateDevices",
        "PrivateUsers",
        "RestrictRealtime",
        "ProtectProc",
    ):
        assert key not in service


def test_the_service_asks_for_ports_where_the_path_unit_looks(
    unit: configparser.ConfigParser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = configparser.ConfigParser()
    path.read_string((SYSTEMD / "matfw-ports.path").read_text())
    folder = Path("/run") / unit["Service"]["RuntimeDirectory"]
    assert path["Path"]["PathModified"] == str(folder / REQUEST_FILE)
    assert "matfw-ports.path" in unit["Unit"]["Wants"]
    assert unit["Service"]["ExecStartPre"] == "-+/usr/lib/matfw/free-ports"


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
    assert not any(kind == "g" for kind, _ in made), "may conflict with the distribution's own line"
    members = {fields[2] for fields in lines if fields and fields[0] == "m"}
    assert members == set(service["SupplementaryGroups"].split())


class Computer:
    """A root folder with serial ports, for the script; its systemctl knows `shells`."""

    def __init__(self, root: Path, shells: str = "") -> None:
        self.root = root
        for folder in ("sys/class/tty", "dev", "proc/7", "bin"):
            (root / folder).mkdir(parents=True)
        systemctl = root / "bin" / "systemctl"
        systemctl.write_text(f'#!/bin/sh\n[ "$3" = "serial-getty@{shells}.service" ]\n')
        systemctl.chmod(0o755)

    def add(self, name: str, group: str, minor: int) -> Path:
        (self.root / "sys/class/tty" / name).mkdir()
        port = self.root / "dev" / name
        os.mknod(port, stat.S_IFCHR | 0o600, os.makedev(204, minor))
        os.chown(port, 0, grp.getgrnam(group).gr_gid)
        return port

    def free_ports(self) -> str:
        path = f"{self.root / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            ["sh", FREE_PORTS, self.root],
            check=True, text=True, capture_output=True, env={**os.environ, "PATH": path},
        ).stdout  # fmt: skip


def owner(port: Path) -> tuple[str, str]:
    found = port.stat()
    return grp.getgrgid(found.st_gid).gr_name, oct(found.st_mode & 0o777)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    try:
        os.mknod(tmp_path / "probe", stat.S_IFCHR | 0o600, os.makedev(204, 64))
    except PermissionError:
        pytest.skip("needs root, to make devices")
    return Computer(tmp_path / "root", shells="ttyS0")


def test_a_port_that_a_login_shell_has_left_is_given_back(computer: Computer) -> None:
    left = computer.add("ttyAMA0", "tty", 64)
    assert computer.free_ports() == "/dev/ttyAMA0 is the group dialout's again\n"
    assert owner(left) == ("dialout", "0o660")
    assert computer.free_ports() == ""


def test_ports_that_are_somebodys_are_left_alone(computer: Computer) -> None:
    shells, others = computer.add("ttyS0", "tty", 65), computer.add("ttyS1", "root", 66)
    terminal = computer.add("ttyS2", "tty", 67)
    (computer.root / "proc/7/stat").write_text(f"7 (a ) b) S 1 7 7 {204 << 8 | 67} 7 0\n")
    assert computer.free_ports() == ""
    assert [owner(port) for port in (shells, others, terminal)] == [
        ("tty", "0o600"), ("root", "0o600"), ("tty", "0o600"),
    ]  # fmt: skip


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
