"""The settings of the processes in these tests: a beat every second, and folders of their own in ``FAULTS_FOLDER``."""

import os
from pathlib import Path

from iiz.settings import *  # noqa: F403
from iiz.settings import CELERY_BEAT_SCHEDULE, ENV

FOLDER = Path(os.environ["FAULTS_FOLDER"])
CELERY_BEAT_SCHEDULE["tick"] |= {"schedule": 1, "options": {"expires": 10}}
CELERY_BEAT_SCHEDULE_FILENAME = str(FOLDER / f"schedule-{os.getpid()}")
if not ENV.redis_url:
    BROKER_DIR = FOLDER / "broker"
    BROKER_DIR.mkdir(mode=0o700, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
    }
