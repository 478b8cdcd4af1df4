"""Whether this installation lives and can work: for load balancers, containers and monitoring."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import outbox, scanner
from ..jobs import HEARTBEAT
from ..models import Heartbeat

MISSED_TICKS = 3
MAIL_LATE = timedelta(minutes=15)
MAIL_FAILED = timedelta(days=7)
DISK_FREE_MINIMUM = 200 * 1024 * 1024  # bytes: room for ten uploads of the largest size

Check = tuple[bool, str]


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 ``ok`` while the process lives; touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The state of everything this process needs (contract: HTTP).

    503 ``down`` only for what makes every request fail: database, unapplied migrations, full disk. Broker,
    scheduler, mail being late and a silent virus scanner degrade the service, but taking web servers out of
    rotation would not help them.
    """
    vital = {"database": check_database, "migrations": check_migrations, "disk": check_disk}
    background = {
        "broker": check_broker,
        "scheduler": check_scheduler,
        "outbox": check_outbox,
        "scanner": check_scanner,
    }
    results = {name: _result(check) for name, check in (vital | background).items()}
    if not all(results[name]["ok"] for name in vital):
        status = "down"
    elif not all(results[name]["ok"] for name in background):
        status = "degraded"
    else:
        status = "ok"
    return JsonResponse({"status": status, "checks": results}, status=503 if status == "down" else 200)


def _result(check: Callable[[], Check]) -> dict[str, Any]:
    try:
        ok, detail = check()
    except (DatabaseError, OSError) as error:
        # Only the type: the text may hold host names or credentials, and anybody may ask.
        ok, detail = False, type(error).__name__
    return {"ok": ok, "detail": detail}


def check_database() -> Check:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return True, str(connection.vendor)


def check_migrations() -> Check:
    """Whether the tables are those of this code."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return missing == 0, f"{missing} unapplied"


def check_disk() -> Check:
    """Whether uploads and, with SQLite, the database still find room."""
    folders = [Path(settings.MEDIA_ROOT), settings.VAR_DIR]
    if connection.vendor == "sqlite":
        folders.append(Path(connection.settings_dict["NAME"]).parent)
    free = min(shutil.disk_usage(_existing(folder)).free for folder in folders)
    return free >= DISK_FREE_MINIMUM, f"{free // 1024**2} MB free"


def _existing(folder: Path) -> Path:
    """``folder`` or its nearest parent that exists: the first upload makes the folder."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())


def check_broker() -> Check:
    """Whether tasks can be handed to the worker."""
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        return settings.BROKER_DIR.is_dir(), "embedded"
    import redis

    try:
        redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        return False, type(error).__name__
    return True, "redis"


def check_scheduler() -> Check:
    """Whether the tick has run lately."""
    beat = Heartbeat.objects.filter(name=HEARTBEAT).first()
    if beat is None:
        return False, "never"
    age = int((timezone.now() - beat.at).total_seconds())
    return age <= MISSED_TICKS * settings.TICK_SECONDS, f"{age} s ago"


def check_outbox() -> Check:
    """Whether mail leaves: nothing given up on lately, nothing due for long, the mail server in reach.

    A mail whose reader has gone is no fault; older failures stand in the coordinator's list.
    """
    now = timezone.now()
    failed = outbox.can_go_again().filter(failed_at__gt=now - MAIL_FAILED).count()
    late = outbox.late(now - MAIL_LATE).count()
    return failed == late == 0, f"{late} late, {failed} failed"


def check_scanner() -> Check:
    """Whether files can be taken: with a virus scanner set, none is while it is silent."""
    if not scanner.is_on():
        return True, "none set"
    return scanner.answers(), "clamd"
