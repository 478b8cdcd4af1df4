"""Keeps a few processes together: all live, or none does.

Shell jobs started with ``&`` ignore SIGINT, so ``bin/run`` uses this instead.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

GRACE_SECONDS = 7.0
_POLL_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    """In the child: be terminated when the supervisor itself is killed without a chance to tell."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Starts ``commands`` (name → arguments), each in its own process group, and ends them together.
    together.

    ``on_started`` is called once, after all have been started. Signals INT, TERM and HUP, or the end of any
    child, end the rest: first politely, after ``grace`` seconds by force, at once on a second signal.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        on_started: Callable[["Supervisor"], None] = lambda supervisor: None,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self.commands = commands
        self.on_started = on_started
        self.grace = grace
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.signals = 0

    @property
    def stopping(self) -> bool:
        """Whether a signal has asked for the end."""
        return self.signals > 0

    def run(self) -> int:
        """Run until the end; 0 when a signal asked for it, 1 when a child died by itself."""
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        try:
            for name, command in self.commands.items():
                if not self.stopping:
                    self.children[name] = subprocess.Popen(
                        command, start_new_session=True, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent
                    )
            self.on_started(self)
            dead = self._wait()
        finally:
            self._stop_all()
        if dead:
            status = self.children[dead].returncode
            print(
                f"{dead} ended by itself (status {status}); everything was stopped.",
                file=sys.stderr,
                flush=True,
            )
        return 1 if dead else 0

    def dead(self) -> str | None:
        """The name of a child that has ended, if any has."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def _wait(self) -> str | None:
        while not self.stopping:
            if name := self.dead():
                return name
            time.sleep(_POLL_SECONDS)
        return None

    def _stop_all(self) -> None:
        before = self.signals
        for child in self.children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        orphaned: set[int] = set()
        while self._alive() and time.monotonic() < deadline and self.signals <= max(before, 1):
            for child in self.children.values():
                # A dead leader tells its own children nothing: they get the signal directly, once.
                if child.poll() is not None and child.pid not in orphaned:
                    orphaned.add(child.pid)
                    _signal_group(child.pid, signal.SIGTERM)
            time.sleep(_POLL_SECONDS)
        for child in self.children.values():
            _signal_group(child.pid, signal.SIGKILL)
            child.wait()

    def _alive(self) -> bool:
        return any(child.poll() is None or _signal_group(child.pid, 0) for child in self.children.values())


def _signal_group(group: int, number: int) -> bool:
    """Send ``number`` to a process group; False when it has no members any more."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
