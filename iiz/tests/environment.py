"""The environment every test runs in, set before Django reads its settings.

Loaded through ``-p`` in ``pytest.ini``: pytest-django reads the settings before any ``conftest.py``. Only
``DATABASE_URL`` and ``REDIS_URL`` are taken from outside, so that the suite runs on each supported pair of
services.
"""

import atexit
import os
import shutil
import tempfile

import pytest

_OURS = (
    "DEBUG",
    "SECRET_KEY",
    "AUDIT_KEY",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "EMAIL_URL",
    "MEDIA_ROOT",
    "CLAMD_URL",
    "TRUSTED_PROXIES",
)


def _media_root() -> str:
    """One folder for uploads per test process, removed at its end."""
    folder = tempfile.mkdtemp(prefix="iiz-test-media-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


for _name in [name for name in os.environ if name in _OURS or name.startswith("IIZ_")]:
    del os.environ[_name]

os.environ |= {
    "DEBUG": "1",
    "SECRET_KEY": "test-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz",
    "AUDIT_KEY": "test-audit-key-0123456789-abcdefghijklmnopqrstuvwxyz",
    "BASE_URL": "http://testserver",
    "EMAIL_URL": "memorymail://",
    "MEDIA_ROOT": _media_root(),
}


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Keep test tasks out of the broker folder that a running copy of the application reads."""
    if "REDIS_URL" not in os.environ:
        from iiz.celery import app

        app.conf.broker_url = "memory://"
