"""Every setting people may set, and every refusal to start."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from iiz import env

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(48),
    "AUDIT_KEY": secrets.token_urlsafe(48),
    "ALLOWED_HOSTS": "iiz.example.ch, iiz.example.org",
}


def test_production_defaults(tmp_path: Path) -> None:
    loaded = env.load(PRODUCTION, tmp_path)
    assert not loaded.debug
    assert not loaded.demo
    assert loaded.allowed_hosts == ["iiz.example.ch", "iiz.example.org"]
    assert loaded.base_url == "https://iiz.example.ch"
    assert loaded.database["NAME"] == str(tmp_path / "var" / "db.sqlite3")
    assert loaded.email["EMAIL_FILE_PATH"] == str(tmp_path / "var" / "mail")
    assert loaded.redis_url == loaded.clamd_url == ""
    assert loaded.port == 8000
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is required"),
        ({"AUDIT_KEY": ""}, "AUDIT_KEY is required"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is required"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must not be *"),
        ({"ALLOWED_HOSTS": "https://iiz.example.ch"}, "ALLOWED_HOSTS takes host names"),
        ({"ALLOWED_HOSTS": ".example.ch"}, "BASE_URL is required"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak"),
        ({"AUDIT_KEY": "ab" * 40}, "AUDIT_KEY is too weak"),
        ({"SECRET_KEY": "dev-" + secrets.token_urlsafe(48)}, "SECRET_KEY is a development or example key"),
        ({"AUDIT_KEY": PRODUCTION["SECRET_KEY"]}, "must differ"),
        ({"IIZ_DEMO": "1"}, "IIZ_DEMO needs DEBUG"),
        ({"BASE_URL": "http://iiz.example.ch"}, "must start with https://"),
        ({"BASE_URL": "iiz.example.ch"}, "BASE_URL must start with one of"),
        ({"BASE_URL": "https://iiz.example.ch/?a=b"}, "BASE_URL must look like"),
        ({"DEBUG": "perhaps"}, "DEBUG must be 1 or 0"),
        ({"IIZ_DEMO": "2"}, "IIZ_DEMO must be 1 or 0"),
        ({"IIZ_PROT": "8000"}, "IIZ_PROT is not a known setting"),
        ({"IIZ_PORT": "http"}, "IIZ_PORT must be a number"),
        ({"IIZ_PORT": "0"}, "IIZ_PORT must be a number"),
        ({"IIZ_PORT": "65536"}, "IIZ_PORT must be a number"),
        ({"IIZ_PORT": "٨"}, "IIZ_PORT must be a number"),
        ({"DATABASE_URL": "mysql://host/name"}, "DATABASE_URL must start with one of"),
        ({"DATABASE_URL": "postgres://host"}, "DATABASE_URL must look like"),
        ({"DATABASE_URL": "postgres://host:port/name"}, "DATABASE_URL is not a valid address"),
        ({"DATABASE_URL": "sqlite://db.sqlite3"}, "DATABASE_URL must look like"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL must name a file"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL must name a file"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must start with one of"),
        ({"REDIS_URL": "redis://"}, "REDIS_URL must look like"),
        ({"EMAIL_URL": "mail.example.ch"}, "EMAIL_URL must start with one of"),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL must look like"),
        ({"EMAIL_URL": "smtp://mail.example.ch:587?tls=1"}, "EMAIL_URL knows only the option from"),
        ({"MEDIA_ROOT": "uploads"}, "MEDIA_ROOT must be an absolute folder"),
        ({"MEDIA_ROOT": "/"}, "MEDIA_ROOT must be an absolute folder"),
        ({"CLAMD_URL": "localhost:3310"}, "CLAMD_URL must start with one of"),
        ({"CLAMD_URL": "tcp://localhost"}, "CLAMD_URL must look like"),
        ({"CLAMD_URL": "tcp://localhost:3310/x"}, "CLAMD_URL must look like"),
        ({"CLAMD_URL": "unix://run/clamd.ctl"}, "CLAMD_URL must look like"),
        ({"CLAMD_URL": "tcp://localhost:99999"}, "CLAMD_URL is not a valid address"),
        ({"TRUSTED_PROXIES": "proxy"}, "TRUSTED_PROXIES takes addresses"),
        ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "TRUSTED_PROXIES takes addresses"),
    ],
)
def test_refusals(changes: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape(message)) as refusal:
        env.load(PRODUCTION | changes, tmp_path)
    assert "\n" not in str(refusal.value)


def test_a_refused_address_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.load(PRODUCTION | {"DATABASE_URL": "postgres://iiz:geheim@host:port/name"}, tmp_path)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("on", True), ("TRUE", True), ("0", False)])
def test_flags(value: str, expected: bool, tmp_path: Path) -> None:
    assert env.load(PRODUCTION | {"DEBUG": value}, tmp_path).debug is expected


def test_development_keys_are_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = (env.load({"DEBUG": "1"}, tmp_path) for _ in range(2))
    assert (first.secret_key, first.audit_key) == (second.secret_key, second.audit_key)
    assert first.secret_key != first.audit_key
    for name in ("secret_key", "audit_key"):
        assert (tmp_path / "var" / name).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["audit_key", "secret_key"]
    with pytest.raises(ImproperlyConfigured, match="development or example key"):
        env.load(PRODUCTION | {"SECRET_KEY": first.secret_key}, tmp_path)


def test_development_defaults(tmp_path: Path) -> None:
    loaded = env.load({"DEBUG": "1", "IIZ_DEMO": "1", "IIZ_PORT": "8123"}, tmp_path)
    assert loaded.demo
    assert loaded.base_url == "http://127.0.0.1:8123"
    assert "127.0.0.1" in loaded.allowed_hosts


def test_services(tmp_path: Path) -> None:
    loaded = env.load(
        PRODUCTION
        | {
            "DATABASE_URL": "postgres://iiz:pass%2Fword@db.internal:5433/iiz?sslmode=require",
            "REDIS_URL": "rediss://:word@redis.internal:6380/2",
            "EMAIL_URL": "smtp+tls://iiz:word@mail.internal:587?from=iiz@example.ch",
            "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "BASE_URL": "https://iiz.example.ch/",
            "MEDIA_ROOT": "/srv/iiz/media",
            "CLAMD_URL": "unix:///run/clamav/clamd.ctl",
        },
        tmp_path,
    )
    assert loaded.database["ENGINE"] == "django.db.backends.postgresql"
    assert (loaded.database["PASSWORD"], loaded.database["PORT"]) == ("pass/word", 5433)
    assert loaded.database["OPTIONS"] == {"sslmode": "require"}
    assert loaded.redis_url == "rediss://:word@redis.internal:6380/2"
    assert loaded.email["EMAIL_USE_TLS"] is True
    assert (loaded.email["EMAIL_HOST"], loaded.email["EMAIL_PORT"]) == ("mail.internal", 587)
    assert loaded.email["DEFAULT_FROM_EMAIL"] == "iiz@example.ch"
    assert loaded.base_url == "https://iiz.example.ch"
    assert loaded.clamd_url == "unix:///run/clamav/clamd.ctl"
    assert [str(network) for network in loaded.trusted_proxies] == ["10.0.0.0/8", "::1/128"]


def test_a_relative_sqlite_file_lies_in_the_project(tmp_path: Path) -> None:
    loaded = env.load(PRODUCTION | {"DATABASE_URL": "sqlite:///var/other.sqlite3"}, tmp_path)
    assert loaded.database["NAME"] == str(tmp_path / "var" / "other.sqlite3")
    assert urlsplit(loaded.base_url).scheme == "https"


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "manage.py", "check"],
        ["bin/serve", "web"],
        ["bin/serve", "worker"],
        ["bin/serve", "scheduler"],
        ["bin/serve", "migrate"],
        [sys.executable, "-m", "iiz.deploy.run"],
    ],
)
def test_every_entry_refuses_in_one_line(command: list[str]) -> None:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment | PRODUCTION | {"IIZ_DEMO": "1"}, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("Configuration error: IIZ_DEMO needs DEBUG")
    assert len(ended.stderr.splitlines()) == 1


def test_readme_lists_exactly_the_settings() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)`", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert sorted(rows) == sorted(env.NAMES)
