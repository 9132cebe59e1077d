"""The Debian package: built for both architectures, the same bytes twice, and dpkg reads it.

Most tests take a package with few of its libraries; one takes all of them, for arm64.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
DEBIAN = ROOT / "systemd" / "debian"
FEW = ("msgspec", "tomli-w")  # one with a compiled part, one without
UNREACHED = ("Failed to fetch", "dns error", "error sending request", "NewConnectionError")


def load_build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("matfw_build", DEBIAN / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def need(command: str) -> str:
    path = shutil.which(command)
    if path is None:
        pytest.skip(f"needs {command}")
    return path


def run(*command: object) -> str:
    done = subprocess.run([*map(str, command)], check=False, text=True, capture_output=True)
    if done.returncode and any(words in done.stderr for words in UNREACHED):
        pytest.skip(f"PyPI cannot be reached: {done.stderr.splitlines()[0]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def locked() -> dict[str, str]:
    """Return the lock's entries by name, each with its hashes."""
    text = (DEBIAN / "requirements.lock").read_text()
    entries = re.split(r"\n(?=[a-z])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return {entry: entry for entry in entries if entry}


def names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9_.-]+", each) for each in requirements)
    return {match[0].lower().replace("_", "-") for match in found if match}


@pytest.fixture(scope="module")
def uv(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let all builds of these tests find uv: the tests' own, or one fetched as a build does."""
    folder = tmp_path_factory.mktemp("uv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", sysconfig.get_path("scripts"), prepend=os.pathsep)
        try:
            (program,) = load_build().find_uv(folder)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"uv cannot be fetched: {error}")
        (folder / "path").mkdir()
        (folder / "path" / "uv").symlink_to(program)
        patch.setenv("PATH", str(folder / "path"), prepend=os.pathsep)
        yield


def test_where_there_is_no_uv_it_is_fetched_into_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked for is asked for truly by tests/virtual_pi, on a computer without uv."""
    build_module, asked = load_build(), []
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(build_module.subprocess, "run", lambda words, **_: asked.append(words))
    found = build_module.find_uv(tmp_path)
    assert found == [str(tmp_path / "venv/bin/uv")]
    assert asked == [
        [sys.executable, "-m", "venv", str(tmp_path / "venv")],
        [str(tmp_path / "venv/bin/pip"), "install", "--quiet", build_module.UV],
    ]


def test_the_tests_own_uv_is_the_one_that_a_build_fetches() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert load_build().UV in extras["optional-dependencies"]["test"]


@pytest.fixture(scope="module")
def few(uv: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a lock of few libraries."""
    lock = tmp_path_factory.mktemp("lock") / "few.lock"
    lock.write_text("\n".join(e for e in locked() if e.startswith(tuple(f"{n}==" for n in FEW))))
    return lock


def build(build_module: ModuleType, lock: Path, folder: Path) -> Path:
    need("dpkg-deb")
    package = folder / "matfw.deb"
    try:
        build_module.stage(folder / "tree", "amd64", "0.1.0", lock)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"the libraries cannot be fetched: {error}")
    build_module.pack(folder / "tree", package, "gzip")
    return package


@pytest.fixture(scope="module")
def package(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(load_build(), few, tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def extracted(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extracted")
    run("dpkg-deb", "--raw-extract", package, folder / "tree")
    return folder / "tree"


def test_the_same_checkout_gives_the_same_bytes(
    package: Path, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = build(load_build(), few, tmp_path)
    assert again.read_bytes() == package.read_bytes()


def test_every_file_has_the_time_asked_for(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    other = build(load_build(), few, tmp_path)
    listed = run("dpkg-deb", "--contents", other).splitlines()
    assert {line.split()[3] for line in listed} == {"2023-11-14"}
    assert {line.split()[1] for line in listed} == {"root/root"}


def test_the_package_is_what_the_source_says(package: Path) -> None:
    fields = run("dpkg-deb", "--field", package, "Package", "Version", "Architecture", "Depends")
    said = dict(line.split(": ", 1) for line in fields.splitlines())
    version = load_build().source_version()
    assert (said["Package"], said["Version"], said["Architecture"]) == ("matfw", version, "amd64")
    assert "python3.13 | python3.11" in said["Depends"]
    assert (DEBIAN / "changelog").read_text().startswith(f"matfw ({version}) ")


def test_what_both_pythons_share_is_there_once(extracted: Path) -> None:
    library = extracted / "usr/lib/matfw"
    assert (library / "common/matfw/__main__.py").is_file()
    assert (library / "common/tomli_w/__init__.py").is_file()
    for version in ("3.11", "3.13"):
        compiled = list((library / f"python{version}/msgspec").glob("*.so"))
        assert len(compiled) == 1
        assert version.replace(".", "") in compiled[0].name
        assert not (library / f"python{version}/tomli_w").exists()
    assert not list(extracted.rglob("__pycache__"))


def test_settings_are_a_conffile_that_the_firmware_accepts(extracted: Path) -> None:
    assert (extracted / "DEBIAN/conffiles").read_text() == "/etc/matfw/matfw.toml\n"
    settings = extracted / "etc/matfw/matfw.toml"
    assert tomllib.loads(settings.read_text()) == {}, "every line is a comment"
    shown = re.sub(r"^# (?=[\w\[])(.*(=|^\[).*|\[\w+\])$", r"\1", settings.read_text(), flags=re.M)
    uncommented = settings.parent / "uncommented.toml"
    uncommented.write_text(shown)
    assert tomllib.loads(shown), "the examples are settings"
    run(
        sys.executable, "-m", "matfw", "config", "check", "--config", uncommented,
        "--state", extracted / "state",
    )  # fmt: skip


def test_each_script_is_one_that_sh_can_read(extracted: Path) -> None:
    scripts = [extracted / "DEBIAN" / name for name in ("postinst", "prerm", "postrm")]
    scripts += [extracted / name for name in ("usr/bin/matfw", "usr/sbin/matfw-update",
                                              "usr/lib/matfw/free-ports")]  # fmt: skip
    for script in scripts:
        assert script.stat().st_mode & 0o777 == 0o755, script
        run("sh", "-n", script)


def test_libraries_are_compiled_again_only_where_they_have_changed(tmp_path: Path) -> None:
    library, sums, log = tmp_path / "lib", tmp_path / "md5sums", tmp_path / "log"
    (library / "common" / "matfw" / "__pycache__").mkdir(parents=True)
    (library / "python3.11" / "gone" / "__pycache__").mkdir(parents=True)
    for name, text in (
        ("python3.11", f'echo "$5" >>{log}'), ("dpkg-query", f"echo {sums}"),
    ):  # fmt: skip
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    functions = (DEBIAN / "postinst").read_text().partition("\ncase $1 in")[0]
    script = functions.replace("/usr/lib/matfw", str(library))
    script = script.replace("/usr/bin/python", f"{tmp_path}/python") + "\ncompile\n"

    def compiled(program: str, numpy: str) -> list[str]:
        sums.write_text(
            f"{program}  usr/lib/matfw/common/matfw/pipeline.py\n"
            f"{numpy}  usr/lib/matfw/python3.11/numpy/__init__.py\n9  usr/bin/matfw\n"
        )
        log.write_text("")
        subprocess.run(["sh", "-c", script], check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
        return [str(Path(line).relative_to(library)) for line in log.read_text().splitlines()]

    everything = ["common", "python3.11"]
    assert compiled(program="1", numpy="1") == everything
    assert not (library / "python3.11" / "gone").exists(), "a folder of caches alone"
    (library / "python3.11").mkdir(exist_ok=True)
    assert compiled(program="2", numpy="1") == ["common/matfw"]
    assert compiled(program="2", numpy="2") == everything


# --- what is done when it is installed and removed, with every path below a folder of the test ----

KEPT = (
    "etc/matfw/matfw.toml", "var/lib/matfw/state.toml", "var/cache/matfw/previous.deb",
    "run/matfw/console.sock", "etc/systemd/system/matfw.service.d/ports.conf",
    "etc/systemd/system/multi-user.target.wants/matfw.service", "var/lib/misc/matfw.groups",
)  # fmt: skip
STUBS = {
    "getent": 'case $2 in gpio) echo "gpio:x:993:ann";; *) echo "$2:x:994:";; esac',
    "python3.11": ":", "python3.13": ":", "systemctl": ":", "systemd-sysusers": ":",
    "dpkg-query": "echo /dev/null", "udevadm": ":", "userdel": ":", "groupdel": ":", "install": ":",
}  # fmt: skip


class Installed:
    """A computer with what a mat leaves on it, for a maintainer's script to act on."""

    def __init__(self, folder: Path) -> None:
        self.root, self.log, self._bin = folder / "root", folder / "log", folder / "bin"
        self._bin.mkdir(parents=True)
        self.log.touch()
        for name, does in STUBS.items():
            stub = self._bin / name
            stub.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.log}\n{does}\n')
            stub.chmod(0o755)
        for name in KEPT:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text("gpio\ni2c\n")

    def run(self, script: str, *arguments: str) -> str:
        text = re.sub(r"(?<![\w.])/(etc|var|run|usr)/", rf"{self.root}/\1/",
                      (DEBIAN / script).read_text().replace("#!/bin/sh", ""))  # fmt: skip
        done = subprocess.run(
            ["/bin/sh", "-c", text, script, *arguments], check=False, text=True,
            capture_output=True, env={"PATH": f"{self._bin}:/usr/bin:/bin"},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.replace(f"{self.root}/", "/")

    @property
    def left(self) -> set[str]:
        """Return the files that are still there."""
        files = (path for path in self.root.rglob("*") if not path.is_dir())
        return {str(path.relative_to(self.root)) for path in files}


def test_remove_keeps_everything_and_purge_leaves_and_asks_nothing(tmp_path: Path) -> None:
    computer = Installed(tmp_path)
    computer.run("postrm", "remove")
    assert computer.left == set(KEPT)
    assert computer.run("postrm", "purge") == ""
    assert computer.left == set()
    assert not (computer.root / "var/lib/matfw").exists()
    done = computer.log.read_text().splitlines()
    assert "userdel matfw" in done
    assert "groupdel matfw" in done
    assert "groupdel i2c" in done
    assert "groupdel gpio" not in done, "somebody else is in it"


def test_it_says_what_is_left_to_do_the_first_time_alone(tmp_path: Path, extracted: Path) -> None:
    computer = Installed(tmp_path)
    (computer.root / "usr/lib/matfw/common/matfw").mkdir(parents=True)
    said = computer.run("postinst", "configure", "")
    todo = re.findall(r"^  (\d)\. (.*)$", said, re.MULTILINE)
    assert [int(number) for number, _ in todo] == [1, 2, 3, 4, 5]
    for name in re.findall(r"/(?:usr|etc)/[\w./-]+\w", said):
        assert (extracted / name.lstrip("/")).exists(), name
    assert computer.run("postinst", "configure", "0.0.9") == ""
    assert computer.run("postinst", "triggered") == ""


def test_lintian_finds_no_error(package: Path) -> None:
    said = run(need("lintian"), "--fail-on", "error,warning", "--allow-root",
               "--suppress-tags", "mismatched-override", package)  # fmt: skip
    assert "E:" not in said, said


def test_the_launcher_takes_the_newest_python_that_is_there(tmp_path: Path) -> None:
    text = (DEBIAN / "launcher").read_text()
    assert "/usr/bin/python$version" in text
    script = tmp_path / "matfw"
    script.write_text(text.replace("/usr/bin/python$version", f"{tmp_path}/python$version"))
    said = subprocess.run(["sh", script], check=False, text=True, capture_output=True)
    assert (said.returncode, "apt install python3" in said.stderr) == (1, True)
    for version in ("3.11", "3.13"):  # as in an upgrade of the distribution
        python = tmp_path / f"python{version}"
        python.write_text(f'#!/bin/sh\necho {version} "$@" "$PYTHONPATH"\n')
        python.chmod(0o755)
        path = f"/usr/lib/matfw/common:/usr/lib/matfw/python{version}"
        assert run("sh", script, "run", "a b") == f"{version} -m matfw run a b {path}\n"


def test_the_lock_has_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    needed = names([*project["dependencies"], *extras["terminal"], *extras["hips"]])
    have = names(list(locked()))
    assert needed <= have
    assert "garmin-fit-sdk" not in have, "its licence does not allow to pass it on"
    assert all("--hash=sha256:" in entry for entry in locked())


def test_build_needs_nothing_but_pythons_own_modules() -> None:
    """It is started by the system's Python, before anything is installed."""
    tree = ast.parse((DEBIAN / "build.py").read_text())
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)


def test_the_one_command_builds_for_a_pi_on_any_computer(uv: None, tmp_path: Path) -> None:
    """All libraries, for a processor that this computer does not have."""
    need("dpkg-deb")
    printed = run(
        sys.executable, DEBIAN / "build.py", "--arch", "arm64", "--output", tmp_path,
        "--compression", "none",
    )  # fmt: skip
    package = Path(printed.strip())
    assert package.name == f"matfw_{load_build().source_version()}_arm64.deb"
    listed = run("dpkg-deb", "--contents", package)
    for version in ("311", "313"):
        for name in ("numpy/_core/_multiarray_umath", "msgspec/_core", "_lgpio"):
            assert f"{name}.cpython-{version}-aarch64-linux-gnu.so" in listed
    assert "x86_64" not in listed
    assert "garmin" not in listed
    build_module, folder = load_build(), tmp_path / "tree"
    run("dpkg-deb", "--raw-extract", package, folder)
    build_module.check_machines(folder, "arm64")
    with pytest.raises(SystemExit, match="not for amd64"):
        build_module.check_machines(folder, "amd64")
    assert os.access(folder / "usr/bin/matfw", os.X_OK)
