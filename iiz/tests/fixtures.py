"""Fixtures of the whole suite, loaded through ``-p`` in ``pytest.ini``.

The suite runs as production does where it matters: SQLite in a file with real connections, audit triggers in
place, an undefined template variable is an error (``FAIL_INVALID_TEMPLATE_VARS``).
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

LONG = [
    "test_look",
    "test_journey_handover",
    "test_journey_kg",
    "test_journey",
    "test_faults",
    "test_hundred_cases",
    "test_demo",
    "test_counts",
    "test_urls",
    "test_migrations",
]
"""Modules with a test of ten seconds or more."""
HEADLESS = Path("/usr/bin/chromium-headless-shell")
CHROMIUM = HEADLESS if HEADLESS.exists() else Path("/usr/bin/chromium")
"""Debian's; without the windows and extensions of the whole browser it takes half the time."""
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Prepare what must stand before the first test.

    SQLite lies in a file of its own: in memory, connections share one lock and no timeout applies. Tables are made from
    the models, ten times faster than by migrations; ``iiz/tests/test_migrations.py`` shows that these lead there too.
    django-zeal listens, but reports only inside ``no_repeated_queries``. Passwords are hashed as in production, but
    cheaply: what a hash costs is the library's promise, not ours.
    """
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from zeal.constants import initialize_app_registry
    from zeal.patch import patch

    database = settings.DATABASES["default"]
    database.setdefault("TEST", {})["MIGRATE"] = False
    if database["ENGINE"].endswith("sqlite3"):
        folder = tempfile.mkdtemp(prefix="iiz-test-database-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        database.setdefault("TEST", {})["NAME"] = str(Path(folder) / "test.sqlite3")
    initialize_app_registry()
    patch()
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: begun last, it would keep one process busy after the others are done."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


def pytest_collection_finish() -> None:
    """All modules are loaded and stay: the garbage collector need not look through them again and again."""
    gc.collect()
    gc.freeze()


# The audit between tests ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _audit_lets_the_flush_pass(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lift the audit triggers before the flush that ends a transactional test; the flush puts them back."""
    marker = request.node.get_closest_marker("django_db")
    flushed = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not flushed and not (marker and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from iiz.core import triggers

    triggers.lift()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After the flush the triggers must stand again, or the tests after it would prove nothing."""
    yield
    marker = item.get_closest_marker("django_db")
    if nextitem is not None and marker and marker.kwargs.get("transaction"):
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            assert standing_triggers(), "the flush did not bring the audit triggers back"


def standing_triggers() -> set[tuple[str, str]]:
    """Table and name of each trigger of ours in the database."""
    from iiz.core import triggers

    return triggers.standing()


@pytest.fixture
def tampered() -> Callable[..., Any]:
    """Change the audit by hand, as somebody with the database would: ``with tampered(): …`` lifts the triggers."""
    from iiz.core import triggers

    @contextmanager
    def hands() -> Iterator[None]:
        triggers.lift()
        try:
            yield
        finally:
            triggers.install()

    return hands


# Data of a module -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], Any]]:
    """What is made inside ``with kept():`` in a fixture of the module is there in each of its tests.

    A test undoes what it changes, as ever; the end of the module undoes the rest. Hand out copies: objects in memory
    are not undone. Not for tests that commit.
    """
    from django.db import transaction

    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        block.__exit__(None, None, None)


# Catalogue --------------------------------------------------------------------------------------------------


@pytest.fixture
def seeds(db: None) -> None:
    """The canton's configuration as shipped: lists, criteria, rates of every service."""
    from iiz.core import registry

    for seed in registry.seeds:
        seed()


# Migrations -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def migrations_noted(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database of the tests says of every migration that it is applied."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    with django_db_blocker.unblock():
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        graph, known = MigrationLoader(None).graph, set(recorder.applied_migrations())
        for leaf in graph.leaf_nodes():
            for node in graph.forwards_plan(leaf):
                if node not in known:
                    recorder.record_applied(*node)
                    known.add(node)


@pytest.fixture(scope="session")
def migrated(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """``DATABASE_URL`` of an empty database as ``manage.py migrate`` makes it, once for all test processes of a run."""
    from django.db import connection

    from iiz.tests.faults.processes import database_url
    from iiz.tests.tree import ROOT

    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    name = f"migrated_{folder.name.replace('-', '_')}" if connection.vendor == "postgresql" else f"{folder}/migrated"
    url = database_url(name)
    done = folder / "migrated.done"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            if connection.vendor == "postgresql":
                with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
                    cursor.execute(f'CREATE DATABASE "{name}"')
            command = [sys.executable, "manage.py", "migrate", "-v0"]
            subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True)
            done.touch()
    return url


# Documents --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def empty_pdf() -> bytes:
    """A document that says nothing."""
    from iiz.core import pdf

    return pdf.to_pdf('<!doctype html><html lang="de-CH"><title>Leer</title>')


@pytest.fixture
def unset_documents(empty_pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that ask who gets a document and when, not what it says: setting it would take most of their time."""
    from iiz.core import pdf

    monkeypatch.setattr(pdf, "to_pdf", lambda html, **options: empty_pdf)


# Mail -------------------------------------------------------------------------------------------------------


@pytest.fixture
def post(settings: Any) -> Iterator[Any]:
    """A real mail server, and the application told to use it; see ``iiz.core.tests.smtp``."""
    from iiz.core.tests.smtp import mail_server

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    with mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server


# Browsing ---------------------------------------------------------------------------------------------------


@pytest.fixture
def client_of() -> Callable[..., Any]:
    """A test client logged in as an actor, with the actor's institution chosen: ``client_of(nora)``."""
    from django.test import Client

    def build(actor: Any, **defaults: Any) -> Any:
        client = Client(**defaults)
        enter(client, actor)
        return client

    return build


def enter(client: Any, actor: Any) -> None:
    """Log ``client`` in as ``actor`` and choose the institution."""
    from iiz.core.middleware import SESSION_KEY

    client.force_login(actor.user)
    session = client.session
    session[SESSION_KEY] = actor.institution.pk
    session.save()


@pytest.fixture
def no_repeated_queries() -> Callable[..., Any]:
    """A context in which the same query for each of several rows is an error (django-zeal)."""
    from zeal import zeal_context

    return zeal_context


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, one a test process."""
    from playwright.sync_api import expect, sync_playwright

    from iiz.tests.browsing import PATIENCE

    expect.set_options(timeout=PATIENCE)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright keeps an event loop in our thread
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browse_as(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """A browser page for an actor, or for nobody: ``browse_as(nora, width=390).goto("/faelle/")``.

    ``script=False`` switches JavaScript off. See ``iiz.tests.browsing`` for what to do with the page.
    """
    from django.conf import settings
    from django.test import Client

    from iiz.tests.browsing import PATIENCE

    contexts = []

    def build(actor: Any = None, *, width: int = 1280, height: int = 900, script: bool = True) -> Any:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="de-CH",
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if actor is not None:
            client = Client()
            enter(client, actor)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        return context.new_page()

    yield build
    for context in contexts:
        context.close()
