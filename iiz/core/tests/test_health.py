"""What load balancers and monitoring read (contract: HTTP)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker, Settings

from iiz.core.jobs import HEARTBEAT
from iiz.core.models import Heartbeat, OutboxMail
from iiz.core.views import health


@pytest.fixture
def beating(migrations_noted: None, db: None, settings: Settings, tmp_path: Path) -> None:
    """An installation in which everything works."""
    settings.BROKER_DIR = tmp_path
    Heartbeat.objects.create(name=HEARTBEAT, at=timezone.now())


def ready(client: Client) -> tuple[int, str, dict[str, bool]]:
    """Status code, status word, and what each check says."""
    response = client.get("/readyz")
    body = response.json()
    return response.status_code, body["status"], {name: check["ok"] for name, check in body["checks"].items()}


def test_healthz_touches_no_database(
    db: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_everything_works(beating: None, client: Client) -> None:
    code, status, checks = ready(client)
    assert (code, status) == (200, "ok"), checks
    assert set(checks) == {"database", "migrations", "disk", "broker", "scheduler", "outbox", "scanner"}


def test_unapplied_migration_is_down(beating: None, client: Client) -> None:
    last = MigrationRecorder(connection).migration_qs.order_by("-id")[0]
    last.delete()
    code, status, checks = ready(client)
    assert (code, status, checks["migrations"]) == (503, "down", False)


def test_full_disk_is_down(beating: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "DISK_FREE_MINIMUM", 2**60)
    code, status, checks = ready(client)
    assert (code, status, checks["disk"]) == (503, "down", False)


def test_unreachable_database_is_down_without_its_address(
    client: Client, django_db_blocker: DjangoDbBlocker, settings: Settings, tmp_path: Path
) -> None:
    elsewhere = connection.copy()
    elsewhere.settings_dict = {**connection.settings_dict, "HOST": "127.0.0.1", "PORT": "1"}
    if connection.vendor == "sqlite":
        elsewhere.settings_dict["NAME"] = str(tmp_path / "secret-folder" / "db.sqlite3")
    before = connections["default"]
    connections["default"] = elsewhere
    try:
        with django_db_blocker.unblock():
            response = client.get("/readyz")
    finally:
        connections["default"] = before
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == {"ok": False, "detail": "OperationalError"}
    assert b"secret-folder" not in response.content


@pytest.mark.parametrize("age", [None, timedelta(minutes=10)])
def test_silent_scheduler_degrades(beating: None, client: Client, age: timedelta | None) -> None:
    if age is None:
        Heartbeat.objects.all().delete()
    else:
        Heartbeat.objects.update(at=timezone.now() - age)
    code, status, checks = ready(client)
    assert (code, status, checks["scheduler"]) == (200, "degraded", False)


@pytest.mark.parametrize("state", ["late", "failed"])
def test_mail_that_does_not_leave_degrades(beating: None, client: Client, state: str) -> None:
    now = timezone.now()
    OutboxMail.objects.create(
        key="k",
        kind="invitation",
        address="a@demo.example",
        due_at=now - timedelta(hours=1) if state == "late" else now,
        failed_at=now if state == "failed" else None,
    )
    code, status, checks = ready(client)
    assert (code, status, checks["outbox"]) == (200, "degraded", False)


@pytest.mark.parametrize("url", ["filesystem://", "redis://127.0.0.1:1/0"])
def test_missing_broker_degrades(beating: None, client: Client, settings: Settings, tmp_path: Path, url: str) -> None:
    settings.CELERY_BROKER_URL = url
    settings.BROKER_DIR = tmp_path / "gone"
    code, status, checks = ready(client)
    assert (code, status, checks["broker"]) == (200, "degraded", False)


def test_only_reading(beating: None, client: Client) -> None:
    assert client.post("/readyz").status_code == 405
    assert client.post("/healthz").status_code == 405
