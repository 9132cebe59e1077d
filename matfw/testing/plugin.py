"""The pytest plugin: `--mat`, the fixtures, and the order of bringing up a real mat.

Loaded by pytest in every environment that has matfw (entry point group pytest11), so nothing but
pytest is imported before a test asks for a fixture.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from matfw.testing.bench_file import BenchFile
    from matfw.testing.console import Console
    from matfw.testing.lifter import Lifter
    from matfw.testing.mat import MatUnderTest
    from matfw.testing.outputs import Buzzer, Lights

MATS = ("virtual", "vm", "real")
# What is tried on a new mat, each before what needs it. A step that fails ends the ones after it.
BRING_UP = ("outputs", "pins", "cells", "weights", "person", "firmware")
MARKS = (
    "mat(time='virtual', needs=None, **options): how the mat fixture is made: time 'real'; needs"
    " 'virtual', 'vm' or 'real'; seed, noise_counts, oscillator_error, tears; any setting of"
    " matfw.toml, as layout='hex6'",
    f"bring_up(step): of a real mat's first day, in the order {', '.join(BRING_UP)}; after a step"
    " that failed the later ones are skipped, with --mat=real",
)
NO_VM = (
    "--mat=vm runs in the virtual Pi, and this is none: in a checkout of matfw"
    " `sudo python -m tests.virtual_pi --tests FOLDER` brings a folder of tests there;"
    " --mat=virtual has the same fixtures without a kernel"
)
VIRTUAL_OPTIONS = ("time", "seed", "noise_counts", "oscillator_error", "tears")

_bench = pytest.StashKey["BenchFile"]()
_failed_step = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("matfw", "a mat under test")
    group.addoption(
        "--mat", choices=MATS, default="virtual",
        help="which mat the fixture `mat` is (default: virtual)",
    )  # fmt: skip
    group.addoption(
        "--mat-bench", type=Path, metavar="FILE",
        help="TOML: the mat's pins and settings, weights, the console's port",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks; read the bench file, whose mistakes are reported before any test."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    if config.getoption("--mat") == "real" and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--mat=real: one mat cannot be shared: leave -n out, or -n 0")
    path = config.getoption("--mat-bench")
    if path is not None:
        from matfw.errors import MatSettingsError
        from matfw.testing.bench_file import load_bench

        try:
            config.stash[_bench] = load_bench(path)
        except MatSettingsError as error:
            raise pytest.UsageError(f"--mat-bench: {error}") from None


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which mat it is, where it is not the usual one."""
    mat, path = config.getoption("--mat"), config.getoption("--mat-bench")
    return None if mat == "virtual" and path is None else f"mat: {mat}, bench: {path or 'default'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring up in order on real hardware; what has no step comes last. Check all steps' names."""
    steps = {item: _step(item) for item in items}
    if config.getoption("--mat") == "real":
        items.sort(key=lambda item: steps[item])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what stands on a step that failed."""
    failed = item.config.stash.get(_failed_step, None)
    if failed is not None and _step(item) > failed:
        pytest.skip(f"not tried: the step {BRING_UP[failed]!r} of bringing up failed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note the first step that failed on real hardware."""
    report = yield
    step = _step(item)
    if report.failed and item.config.getoption("--mat") == "real" and step < len(BRING_UP):
        item.config.stash[_failed_step] = min(step, item.config.stash.get(_failed_step, step))
    return report


@pytest.fixture(scope="session")
def mat_bench(pytestconfig: pytest.Config) -> BenchFile:
    """Return the bench file of `--mat-bench`, or the default wiring with no weights."""
    from matfw.testing.bench_file import BenchFile

    return pytestconfig.stash.get(_bench, None) or BenchFile()


@pytest.fixture
def mat(request: pytest.FixtureRequest, mat_bench: BenchFile) -> Iterator[MatUnderTest]:
    """Give the mat; afterwards its outputs are off and all its pins free, whatever happened."""
    made = _make(request, mat_bench)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def buzzer(mat: MatUnderTest) -> Buzzer:
    """Return what the mat's buzzer has played."""
    return mat.buzzer


@pytest.fixture
def lights(mat: MatUnderTest) -> Lights:
    """Return what the mat's lights have shown."""
    return mat.lights


@pytest.fixture
def lifter() -> Lifter:
    """Return a woman of 1.68 m and 64 kg who lies on her left side, with an empty script."""
    from matfw.testing.lifter import Lifter

    return Lifter()


@pytest.fixture
def console(mat: MatUnderTest, mat_bench: BenchFile, tmp_path: Path) -> Iterator[Console]:
    """Give a console: on the whole firmware of a virtual mat, or at the port of a real one."""
    if mat.is_virtual:
        from matfw.testing.console import VirtualConsole

        with VirtualConsole(mat, tmp_path / "state", _config_file(mat, tmp_path)) as talk:
            yield talk
        return
    if mat_bench.console is None:
        pytest.skip("needs `console` in the bench file: the port of a matfw that runs")
    from matfw.devices.serial_link import open_serial
    from matfw.testing.console import LinkConsole

    link = LinkConsole(mat, open_serial(mat_bench.console))
    try:
        yield link
    finally:
        link.close()


def _step(item: pytest.Item) -> int:
    mark = item.get_closest_marker("bring_up")
    if mark is None:
        return len(BRING_UP)
    if len(mark.args) != 1 or mark.args[0] not in BRING_UP:
        raise pytest.UsageError(
            f"{item.nodeid}: bring_up takes one of {', '.join(BRING_UP)} (got {mark.args})"
        )
    return BRING_UP.index(mark.args[0])


def _make(request: pytest.FixtureRequest, bench: BenchFile) -> MatUnderTest:
    kind = request.config.getoption("--mat")
    options: dict[str, Any] = {}  # any setting's value
    for mark in reversed(list(request.node.iter_markers("mat"))):  # the nearest one last
        options |= mark.kwargs
    needs = options.pop("needs", None)
    if needs not in (None, *MATS):
        raise pytest.UsageError(f"mark mat: needs must be one of {', '.join(MATS)} (got {needs!r})")
    if needs not in (None, kind):
        pytest.skip(f"needs --mat={needs}")
    made = {name: options.pop(name) for name in VIRTUAL_OPTIONS if name in options}
    if kind == "real":
        if options:
            pytest.skip(f"a real mat is as the bench file says, not {sorted(options)}")
        return _real(request, bench)
    if kind == "vm":
        return _vm(_with_settings(bench, options), made)
    from matfw.testing.virtual_mat import VirtualMat

    try:
        return VirtualMat(_with_settings(bench, options), **made)
    except ValueError as error:
        raise pytest.UsageError(f"mark mat: {error}") from None


def _with_settings(bench: BenchFile, options: dict[str, Any]) -> BenchFile:
    """Return the bench with other settings. Raises UsageError for ones that there are not."""
    if not options:
        return bench
    import msgspec

    from matfw.settings.model import Settings
    from matfw.settings.schema import MismatchError, build
    from matfw.testing.bench_file import BenchFile

    given = msgspec.to_builtins(bench.settings) | options
    try:
        new = BenchFile(settings=build(given, Settings), weights=bench.weights)
        new.check()
    except MismatchError as error:
        known = ", ".join(VIRTUAL_OPTIONS)
        raise pytest.UsageError(
            f"mark mat: {error.message('correct it')}; besides settings there are: {known}"
        ) from None
    return new


def _config_file(mat: MatUnderTest, folder: Path) -> Path:
    """Return a settings file as the mat is, for the console's firmware."""
    import msgspec
    import tomli_w

    path = folder / "matfw.toml"
    given = _without_none(msgspec.to_builtins(mat.settings))
    path.write_text(tomli_w.dumps(given))
    return path


def _without_none(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table as TOML can have it: what is not set is left out."""
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }


def _vm(bench: BenchFile, made: dict[str, Any]) -> MatUnderTest:
    from matfw.testing.header import Header, is_there

    if not is_there():
        pytest.skip(NO_VM)
    from matfw.errors import MatError
    from matfw.testing.asking import BenchPerson
    from matfw.testing.real_mat import PiHardware
    from matfw.testing.vm_mat import VmMat

    given = {name: made[name] for name in ("noise_counts", "oscillator_error") if name in made}
    nobody = BenchPerson(_skip, is_there=lambda: False)
    try:
        return VmMat(bench, nobody, PiHardware(bench.settings), Header(), **given)
    except MatError as error:
        pytest.fail(f"--mat=vm: {error}", pytrace=False)


def _skip(reason: str) -> NoReturn:
    pytest.skip(reason)


def _real(request: pytest.FixtureRequest, bench: BenchFile) -> MatUnderTest:
    from matfw.errors import MatError
    from matfw.testing.asking import BenchPerson
    from matfw.testing.real_mat import PiHardware, RealMat

    capture = request.config.pluginmanager.getplugin("capturemanager")
    person = BenchPerson(
        _skip,
        talk=capture.global_and_fixture_disabled if capture is not None else nullcontext,
        ask=_ask_on_tty, is_there=_has_tty,
    )  # fmt: skip
    try:
        return RealMat(bench, person, PiHardware(bench.settings))
    except MatError as error:
        pytest.fail(f"--mat=real: {error}", pytrace=False)


def _ask_on_tty(text: str) -> str:
    """Ask on the terminal itself: pytest closes the standard input of captured tests."""
    with open("/dev/tty", "w") as screen:
        screen.write(text)
    with open("/dev/tty") as keys:
        return keys.readline()


def _has_tty() -> bool:
    try:
        with open("/dev/tty"):
            return True
    except OSError:
        return False
