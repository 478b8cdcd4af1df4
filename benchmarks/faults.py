"""``python -m benchmarks.faults [ROUNDS]``: the tests of ``iiz/tests/faults`` again and again; exit 1 at a surprise.

Some faults strike only at one moment in many: a receipt lost between the end of a task and the end of Redis stopped the
worker for good once in six times. Runs on the database in ``DATABASE_URL``, SQLite without one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 10
REDIS_STOPS = 25
"""How often Redis is stopped and started within each round."""


def main() -> int:
    """Repeat the tests; the exit status for the shell."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "iiz/tests/faults"]
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", flush=True)
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, env={**os.environ, "FAULTS_ROUNDS": str(REDIS_STOPS)}, check=False
        )
        if done.returncode:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
