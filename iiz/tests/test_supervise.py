"""The supervisor, with real processes: everything it started ends when it should."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

LIMIT = 10.0  # seconds, from the contract
SUPERVISE = """
import sys
from iiz.deploy.supervise import Supervisor
folder, grace, *commands = sys.argv[1:]
named = {f"child{number}": [sys.executable, "-c", command, folder] for number, command in enumerate(commands)}
sys.exit(Supervisor(named, lambda running: open(f"{folder}/started", "w").close(), grace=float(grace)).run())
"""
# Each child leaves a file with its process id, so that the test can look whether it is gone.
SIGN = "import os, sys, time, signal; open(f'{sys.argv[1]}/{os.getpid()}.pid', 'w').close();"
OBEDIENT = SIGN + "time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SIGN + "time.sleep(60)"
SHORT = SIGN + "time.sleep(1); sys.exit(3)"
PARENT = (
    "import subprocess, sys;"
    f"subprocess.Popen([sys.executable, '-c', {OBEDIENT!r}, sys.argv[1]]);"
    f"subprocess.Popen([sys.executable, '-c', {STUBBORN!r}, sys.argv[1]]);" + SHORT
)


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a supervisor over the given programs and waits until all of them run."""
    running: list[subprocess.Popen[str]] = []

    def start(*programs: str, processes: int, grace: float = 0.5) -> subprocess.Popen[str]:
        supervisor = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, str(tmp_path), str(grace), *programs],
            cwd=Path(__file__).parents[2],
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(supervisor)
        wait_for(lambda: len(signs(tmp_path)) == processes and (tmp_path / "started").exists())
        return supervisor

    yield start
    for supervisor in running:
        supervisor.kill()
        supervisor.communicate()
    for pid in signs(tmp_path):
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


def signs(folder: Path) -> list[int]:
    """The process ids of all children that ever lived."""
    return [int(path.stem) for path in folder.glob("*.pid")]


def alive(pid: int) -> bool:
    """Whether the process still runs; a dead one nobody has collected yet does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` holds, at most as long as the contract allows."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_everything(
    supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path, number: signal.Signals
) -> None:
    supervisor = supervise(OBEDIENT, STUBBORN, processes=2)
    supervisor.send_signal(number)
    assert supervisor.wait(LIMIT) == 0
    assert not any(alive(pid) for pid in signs(tmp_path))


def test_death_of_a_child_ends_everything(supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    supervisor = supervise(OBEDIENT, SHORT, processes=2)
    _, errors = supervisor.communicate(timeout=LIMIT)
    assert supervisor.returncode == 1
    assert "child1 ended by itself (status 3)" in errors
    assert not any(alive(pid) for pid in signs(tmp_path))


def test_killed_child_ends_everything(supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    supervisor = supervise(OBEDIENT, OBEDIENT, processes=2)
    os.kill(signs(tmp_path)[0], signal.SIGKILL)
    assert supervisor.wait(LIMIT) == 1
    assert not any(alive(pid) for pid in signs(tmp_path))


def test_grandchildren_end_with_their_parent(supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    supervisor = supervise(PARENT, processes=3)
    assert supervisor.wait(LIMIT) == 1
    wait_for(lambda: not any(alive(pid) for pid in signs(tmp_path)))


def test_second_signal_does_not_wait(supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    supervisor = supervise(STUBBORN, processes=1, grace=LIMIT)
    supervisor.send_signal(signal.SIGINT)
    time.sleep(0.5)
    before = time.monotonic()
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(LIMIT) == 0
    assert time.monotonic() - before < 1.0
    assert not any(alive(pid) for pid in signs(tmp_path))


def test_killed_supervisor_leaves_nobody(supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    supervisor = supervise(OBEDIENT, OBEDIENT, processes=2)
    supervisor.kill()
    wait_for(lambda: not any(alive(pid) for pid in signs(tmp_path)))
