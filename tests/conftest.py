"""What every test stands on: an empty home of its own, real processes, and nothing left running."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from listening import HttpService, SmtpService

from pacc._internal import aliases, redaction, sessions
from pacc.cli.root import main as command_line
from pacc.exceptions import StoreError
from pacc.logging import configuration
from pacc.loops.housekeeper import housekeeper
from pacc.settings import context as settings_context
from pacc.settings import refresh_settings
from pacc.store import StoreOptions, close_store, database, migrate
from pacc.store.database import Store

hypothesis.settings.register_profile("everyday", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "everyday")

ROOT = Path(__file__).resolve().parents[1]
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
"""Where the tests' folders are, if there is room: each store's every commit waits for a disk otherwise."""
FAILED = pytest.StashKey[bool]()


# ------------------------------------------------------------------------------------------- workers


def pytest_configure(config):
    """Whoever wants no compiled files in the tree gets none, but hundreds of processes compile pacc once for all."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        folder = tempfile.mkdtemp(prefix="pacc-compiled-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.environ["PYTHONPYCACHEPREFIX"] = folder
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        # in the background and under nohup it is ignored, and children would ignore it, too
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and has_room(MEMORY):
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


def has_room(folder):
    """Whether thousands of homes find their place there, and programs in them may be started."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC


def pytest_xdist_auto_num_workers(config):
    """One worker per CPU and two for while others wait; none for a few files, which are faster here, nor for full counts."""
    named = [Path(name.partition("::")[0]) for name in config.args]
    few = len(named) <= 3 and all(path.suffix == ".py" for path in named)
    return 0 if few or config.option.markexpr != "not soak" else (os.cpu_count() or 1) + 2


def pytest_collection_finish():
    """What was collected stays until the end: no search for garbage goes through it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Remember what failed, so that its folder stays to be looked at."""
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable():
    """What a worker reports reaches the others, whatever text a test has logged."""
    return encodable((yield))


def encodable(value):
    """The same with every string such that UTF-8 can say it."""
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {encodable(key): encodable(each) for key, each in value.items()}
        case list() | tuple():
            return type(value)(map(encodable, value))
    return value


# ---------------------------------------------------------------------------------------------- home


@pytest.fixture(autouse=True)
def pacc_home(tmp_path, monkeypatch, request):
    """Every test has an empty home, and no setting of the person who runs the suite reaches it."""
    for name in [name for name in os.environ if name.startswith(("PACC_", "PREFECT_"))]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("PACC_HOME", str(home))
    refresh_settings()  # a process reads its settings once, but here is one process for many tests
    yield home
    put_away()
    aliases.run_as_prefect(shown=False)  # an example in the documentation does
    redaction.forget_hidden()  # or one test's secrets would be masks in what another one reads
    configuration.reset()  # pytest listens by itself to loggers that keep their lines, as a configured one does
    if MEMORY in tmp_path.parents and not request.node.stash.get(FAILED, False):
        empty(tmp_path)


def empty(folder):
    """Remove what is in a folder that is in memory; the folder stays, so that no other test's has its name."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def put_away():
    """End what runs of a test began in this process: the thread that keeps house, sessions, stores."""
    housekeeper.stop()
    sessions.end_all()
    for home in {store.home for store in database._stores.values()}:
        with contextlib.suppress(StoreError):  # a test may have damaged it
            close_store(home)


@pytest.fixture(autouse=True)
def _import_paths(monkeypatch):
    """The folders of scripts that a test loads are searched for modules by this test alone."""
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.fixture(scope="session")
def new_store_file(tmp_path_factory):
    """The file of a store that was just made."""
    made = Store(tmp_path_factory.mktemp("new"))
    made.close()
    made.leave()
    return made.path


@pytest.fixture(autouse=True)
def copied_stores(monkeypatch, new_store_file):
    """A store that this process makes is a copy, which waits for no disk; tests of how one is made have their own fixture."""
    make = migrate._create

    def copy(path, options):
        draft = path.with_name(f"{path.name}-{os.getpid()}-{threading.get_ident()}")
        if options.folder != StoreOptions().folder or path.with_name(f"{path.name}-wal").exists():
            return make(path, options)
        try:
            shutil.copyfile(new_store_file, draft)
            draft.chmod(0o600)
            os.link(draft, path)
        except OSError:
            return make(path, options)
        finally:
            draft.unlink(missing_ok=True)
        return None

    monkeypatch.setattr(migrate, "_create", copy)


# ----------------------------------------------------------------------------------------- processes


@dataclass(frozen=True)
class Finished:
    """How a process ended and what it said."""

    code: int
    stdout: str
    stderr: str

    @property
    def output(self):
        return self.stdout + self.stderr


class Processes:
    """Starts real processes with the test's home, and ends those a test forgot."""

    def __init__(self, home, folder):
        self.home = home
        self.folder = folder
        self.started = []
        self.scripts = 0

    def environment(self, extra):
        """The environment of a child: the test's home, this checkout, whatever the test adds."""
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        base = {**os.environ, "PACC_HOME": str(self.home), "PYTHONPATH": os.pathsep.join(paths)}
        return {name: value for name, value in {**base, **extra}.items() if value is not None}

    def start(self, *command, env=None, cwd=None, stdin=subprocess.DEVNULL):
        """Start `command` and hand it over running; a value of None in `env` removes a variable."""
        process = subprocess.Popen(
            [str(part) for part in command],
            env=self.environment(env or {}),
            cwd=cwd or self.folder,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def finish(self, process, timeout=30, text=None):
        """Wait for a started process; one that takes longer than `timeout` seconds fails the test."""
        try:
            out, err = process.communicate(text, timeout=timeout)
        except subprocess.TimeoutExpired:
            self.end(process)
            out, err = process.communicate()
            pytest.fail(f"{process.args} took longer than {timeout} s\n{out}\n{err}")
        return Finished(process.returncode, out, err)

    def script(self, source):
        """Write `source` to a file of its own and return its path."""
        self.scripts += 1
        path = self.folder / f"script_{self.scripts}.py"
        path.write_text(source)
        return path

    def end(self, process):
        """Kill a process together with its session."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def close(self):
        for process in self.started:
            if process.poll() is None:
                self.end(process)
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


@pytest.fixture
def processes(pacc_home, tmp_path):
    """The low-level door: `start`, `finish`, `script`, for tests that talk to a living process."""
    made = Processes(pacc_home, tmp_path)
    yield made
    made.close()


@pytest.fixture
def run_python(processes):
    """Run a script, given as source or path, in a real interpreter; returns `Finished`."""

    def run(script, *arguments, timeout=30, env=None, cwd=None, text=None):
        path = script if isinstance(script, Path) else processes.script(script)
        pipe = subprocess.DEVNULL if text is None else subprocess.PIPE
        process = processes.start(sys.executable, path, *arguments, env=env, cwd=cwd, stdin=pipe)
        return processes.finish(process, timeout, text)

    return run


@pytest.fixture
def pacc_process(processes):
    """Run `python -m pacc ...` in a real interpreter; returns `Finished`."""

    def run(*arguments, timeout=30, env=None, cwd=None, text=None):
        pipe = subprocess.DEVNULL if text is None else subprocess.PIPE
        command = [sys.executable, "-m", "pacc", *arguments]
        process = processes.start(*command, env=env, cwd=cwd, stdin=pipe)
        return processes.finish(process, timeout, text)

    return run


@pytest.fixture
def pacc_here(tmp_path, capsys, monkeypatch):
    """Run a command in this process, which is sooner done; returns `Finished`. It ends as a process does: all is put away."""

    def run(*arguments, env=None, cwd=None, text=""):
        capsys.readouterr()
        with monkeypatch.context() as patch:
            for name, value in (env or {}).items():
                patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
            patch.chdir(cwd or tmp_path)
            patch.setattr(sys, "stdin", io.StringIO(text))
            patch.setattr(settings_context._process, "profile", None)  # `--profile` chooses one until then
            refresh_settings()
            try:
                code = command_line([str(argument) for argument in arguments])
            finally:
                put_away()
                configuration.reset()
        refresh_settings()
        return Finished(int(code), *capsys.readouterr())

    return run


# ------------------------------------------------------------------------------------------ services


@pytest.fixture
def http_service():
    """A service over HTTP on loopback."""
    service = HttpService()
    yield service
    service.close()


@pytest.fixture
def smtp_service():
    """A mail server on loopback."""
    service = SmtpService()
    yield service
    service.close()


# --------------------------------------------------------------------------------------------- leaks


def children_of(pid):
    """Direct children of `pid` that are not just waiting to be collected, as "pid command"."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat=,command="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 3) for line in listing.stdout.splitlines()]
    return [
        f"{row[0]} {row[3]}"
        for row in rows
        if len(row) == 4 and row[1] == str(pid) and row[2][0] != "Z" and not row[3].startswith("ps -A")
    ]


def strays_with(marker):
    """Processes whose environment names `marker`: descendants of tests that got away. Linux only."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int(entry.name) != os.getpid() and marker.encode() in (entry / "environ").read_bytes():
                found.append(
                    f"{entry.name} {(entry / 'cmdline').read_bytes().replace(bytes(1), b' ').decode()}"
                )
        except (OSError, UnicodeDecodeError):
            continue
    return found


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_running(tmp_path_factory):
    """A suite that leaves a process behind has failed, whatever its tests said."""
    yield
    marker = f"PACC_HOME={tmp_path_factory.getbasetemp()}"
    for _ in range(200):
        left = children_of(os.getpid()) + strays_with(marker)
        if not left:
            return
        time.sleep(0.1)
    pytest.fail("processes left behind:\n" + "\n".join(left))
