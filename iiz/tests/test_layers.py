"""Who may lean on whom: between apps, and within an app from floor to roof."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from iiz.tests.tree import (
    APPS,
    ROOT,
    TEMPLATE_NAME,
    TEMPLATE_URL,
    TEMPLATE_USE,
    URL_NAME,
    app_of,
    imports,
    module_of,
    sources,
    strings,
    templates,
)

MAY_USE = {
    "iiz.core": {"iiz.core"},
    "optima": {"optima", "iiz.core"},
    "roundtable": {"roundtable", "iiz.core"},
    "reporting": {"reporting", "optima", "roundtable", "iiz.core"},
}
ROOF = {"iiz.urls", "iiz.settings", "iiz.wsgi", "iiz.celery", "iiz.tests", "iiz.deploy"}
"""Of the roof, only the table of contents sees every app; the apps see none of it but these."""
ROOF_FOR_APPS = {"iiz.formats"}
SHARED_TEMPLATES = {"base.html", "components", "errors", "pdf", "account"}

LINES = 400

FLOORS: dict[str, list[set[str]]] = {
    "iiz.core": [
        {"enums", "clock", "workdays", "blocks", "converters", "pdf", "synthetic", "triggers", "templatetags"}
        | {"scanner", "sheets", "streams"},
        {"models"},
        {"actor", "http", "substitutions"},
        {"access", "audit", "registry", "navigation", "words", "persons", "documents", "notify", "tasks"}
        | {"files", "waits", "parties", "periods", "addressees", "reminders", "versions", "consents"},
        {"meetings", "calendars", "client_words", "guests"},
        {"workflow"},
        {"conflicts", "meeting_rows", "feeds"},
        {
            "cases",
            "continuing",
            "drafting",
            "bulk",
            "letters",
            "digests",
            "delivery",
            "outbox",
            "jobs",
            "keeping",
            "institutions",
            "accounts",
            "confirmations",
            "guest_codes",
            "keys",
            "seed",
            "signals",
            "demo",
        },
        {"places", "office_names", "responsible", "worklist", "snoozing", "inbox", "absences"},
        {"forms"},
        {"middleware", "mfa", "context", "adapter", "diagrams", "meeting_pages"},
        {"views"},
        {"urls_accounts", "urls", "versioned", "admin", "management", "apps"},
    ],
    "optima": [
        {"enums"},
        {"models"},
        {"criteria", "groups", "division", "triage"},
        {"queries", "rulebook", "wording", "billing"},
        {"precheck", "prefill"},
        {"effects"},
        {"kostengutsprache"},
        {"workflow"},
        {"actions", "law", "offices", "phrases", "ruling_words", "seed"},
        {"forms"},
        {"content", "drafts", "introduction"},
        {"carrying", "filed", "minutes", "release_words"},
        {"avam", "file"},
        {"views"},
        {"action_pages", "next_step"},
        {"pages"},
        {
            "demo",
            "demo_bulk",
            "demo_fit",
            "demo_money",
            "demo_kg",
            "demo_road",
            "demo_scenes",
            "demo_steps",
            "demo_texts",
        },
        {"urls", "admin", "management", "apps"},
    ],
    "roundtable": [
        {"enums"},
        {"models"},
        {"queries", "permissions"},
        {"reading", "content"},
        {"paper", "seating"},
        {"paper_reader"},
        {"plan_changes", "plan_paper", "plan_reading", "plan_words", "timeline", "warnings"},
        {"attended", "minutes"},
        {"effects", "phrases"},
        {"workflow"},
        {"course", "words"},
        {"carrying", "next_step", "standing", "steps"},
        {"actions", "agenda", "desk", "feedback", "guest_answers", "introduction", "perspectives", "seed", "tour"}
        | {"confirmations", "dispatching", "reviewing", "signing"},
        {"comparison", "prepared"},
        {"forms"},
        {"consenting", "drafts"},
        {"views"},
        {"action_pages_dates", "action_pages_ending", "action_pages_registration", "action_pages_table"}
        | {"action_pages_following", "action_pages_plan", "action_pages_views"},
        {"action_pages"},
        {"pages"},
        {"demo", "demo_bulk", "demo_desk", "demo_journey", "demo_loaded", "demo_papers", "demo_plan", "demo_road"}
        | {"demo_scenes", "demo_steps", "demo_texts"},
        {"urls", "admin", "management", "apps"},
    ],
    "reporting": [
        {"models"},
        {"counting"},
        {"report"},
        {"roundtable_lines"},
        {"optima", "roundtable"},
        {"figures"},
        {"charts", "tables"},
        {"exports"},
        {"imports"},
        {"forms"},
        {"views"},
        {"urls", "admin", "management", "apps"},
    ],
}
"""Each app from floor to roof: a module imports from its own floor and from below, never upward."""


def between_apps(root: Path) -> list[str]:
    """Imports from one app that reach where they must not."""
    found = []
    for path in sources(root):
        app = app_of(module_of(root, path))
        for one in imports(root, path):
            target = app_of(one.imported)
            if app is None:
                seen_by_all = module_of(root, path) in {"iiz.urls", "iiz.settings"} or path.parts[-2] == "benchmarks"
                if target not in {None, "iiz.core"} and not seen_by_all:
                    found.append(str(one))
            elif target is not None:
                if target not in MAY_USE[app]:
                    found.append(str(one))
            elif one.imported.startswith("iiz.") and not any(
                one.imported.startswith(allowed) for allowed in ROOF_FOR_APPS
            ):
                found.append(str(one))
    return found


def part_of(app: str, module: str) -> str:
    return module[len(app) + 1 :].split(".")[0]


def upward(root: Path, floors: dict[str, list[set[str]]]) -> list[str]:
    """Imports within an app that reach a higher floor, and modules that stand on none."""
    found = []
    for path in sources(root):
        module = module_of(root, path)
        app = app_of(module)
        if app is None or module == app:
            continue
        place = {name: floor for floor, names in enumerate(floors[app]) for name in names}
        own = part_of(app, module)
        if own not in place:
            found.append(f"{module}: say in FLOORS on which floor it stands")
            continue
        for one in imports(root, path):
            if app_of(one.imported) == app and one.imported != app:
                target = part_of(app, one.imported)
                if target in place and place[target] > place[own]:
                    found.append(str(one))
    return found


def circles(root: Path) -> list[str]:
    """Modules that import each other in a circle, lazily or not."""
    names = {module_of(root, path) for path in sources(root)}
    edges: dict[str, set[str]] = {name: set() for name in names}
    for path in sources(root):
        own = module_of(root, path)
        for one in imports(root, path):
            target = one.imported if one.imported in names else one.imported.rpartition(".")[0]
            if target in names and target != own and not _together(own, target):
                edges[own].add(target)
    found, done = [], set()

    def walk(name: str, way: list[str]) -> None:
        if name in way:
            found.append(" → ".join([*way[way.index(name) :], name]))
            return
        if name in done:
            return
        for target in sorted(edges[name]):
            walk(target, [*way, name])
        done.add(name)

    for name in sorted(names):
        walk(name, [])
    return found


def _together(one: str, other: str) -> bool:
    """A package gathers its modules, and the nouns of one model package know each other: no circle."""
    if one.startswith(f"{other}.") or other.startswith(f"{one}."):
        return True
    return ".models." in one and one.rpartition(".")[0] == other.rpartition(".")[0]


def too_long(root: Path) -> list[str]:
    """Modules over the limit of lines."""
    sizes = {path: len(path.read_text().splitlines()) for path in sources(root, tests=True)}
    return [f"{path.relative_to(root)}: {size} lines" for path, size in sizes.items() if size > LINES]


def foreign_words(root: Path) -> list[str]:
    """Templates and addresses of another app, named in Python or in a template."""
    labels = {label: app for app, label in APPS.items()}
    found = []
    for path in sources(root):
        app = app_of(module_of(root, path))
        for text in strings(path) if app else ():
            label = text.split("/")[0] if TEMPLATE_NAME.match(text) else ""
            label = label or (match.group(1) if (match := URL_NAME.match(text)) else "")
            if label in labels and labels[label] not in MAY_USE[app]:
                found.append(f"{path.relative_to(root)}: names {text}")
    for path in templates(root):
        app = labels.get(path.relative_to(root / "templates").parts[0])
        text = path.read_text()
        for used in TEMPLATE_USE.findall(text):
            top = used.split("/")[0]
            if app is None:
                wrong = top in labels
            else:
                wrong = top not in SHARED_TEMPLATES and labels.get(top) not in MAY_USE[app]
            if wrong:
                found.append(f"{path.relative_to(root)}: uses {used}")
        found += [
            f"{path.relative_to(root)}: links to {label}"
            for label in TEMPLATE_URL.findall(text)
            if label in labels and labels[label] not in MAY_USE.get(app or "iiz.core", set())
        ]
    return found


def test_apps_lean_only_on_what_they_may():
    assert between_apps(ROOT) == []


def test_within_an_app_nothing_is_imported_upward():
    assert upward(ROOT, FLOORS) == []


def test_no_circle_of_imports():
    assert circles(ROOT) == []


def test_no_module_is_longer_than_four_hundred_lines():
    assert too_long(ROOT) == []


def test_templates_and_addresses_follow_the_same_rule():
    assert foreign_words(ROOT) == []


def test_foreign_keys_follow_the_same_rule():
    labels = {label: app for app, label in APPS.items()}
    found = []
    for model in apps.get_models(include_auto_created=True):
        app = labels.get(model._meta.app_label)
        for field in model._meta.get_fields() if app else ():
            related = field.related_model if field.is_relation and field.concrete else None
            target = labels.get(related._meta.app_label) if related else None
            if target and target not in MAY_USE[app]:
                found.append(f"{model._meta.label}.{field.name} → {related._meta.label}")
    assert found == []
    assert not [m for m in apps.get_models() if m._meta.app_label == "reporting" and "case" in m.__name__.lower()]


@pytest.mark.django_db
def test_migrations_follow_the_same_rule():
    labels = {label: app for app, label in APPS.items()}
    found = []
    for (label, name), migration in MigrationLoader(connection).disk_migrations.items():
        app = labels.get(label)
        for needed, _name in migration.dependencies if app else ():
            if needed in labels and labels[needed] not in MAY_USE[app]:
                found.append(f"{label}.{name} needs {needed}")
    assert found == []


# The rules can fail -----------------------------------------------------------------------------------------

MADE_UP = {
    "iiz/__init__.py": "",
    "iiz/core/__init__.py": "",
    "iiz/core/enums.py": "",
    "iiz/core/models.py": "def late():\n    from optima.models import Antrag\n",
    "iiz/core/views/__init__.py": "from iiz.settings import DEBUG\n",
    "optima/__init__.py": "",
    "optima/models.py": "from .views import page\nfrom roundtable import models\n",
    "optima/views.py": "from . import models\nNAME = 'reporting:index'\nrender('reporting/page.html')\n",
    "optima/helpers2.py": "\n" * 401,
    "reporting/__init__.py": "",
    "reporting/views.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from iiz.urls import x\n",
    "templates/core/page.html": '{% extends "base.html" %}{% include "optima/part.html" %}{% url "optima:new" %}',
    "templates/base.html": '{% include "core/page.html" %}',
    "templates/optima/page.html": '{% extends "core/page.html" %}{% include "components/a.html" %}',
}


@pytest.fixture
def made_up(tmp_path):
    for name, text in MADE_UP.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_made_up_tree_fails_each_rule(made_up):
    assert [line.split(": ")[1] for line in between_apps(made_up)] == [
        "iiz.core.models imports optima.models.Antrag",
        "iiz.core.views imports iiz.settings.DEBUG",
        "optima.models imports roundtable.models",
    ]
    assert upward(made_up, FLOORS) == [
        "optima.helpers2: say in FLOORS on which floor it stands",
        "optima/models.py:1: optima.models imports optima.views.page",
    ]
    assert circles(made_up) == ["optima.models → optima.views → optima.models"]
    assert too_long(made_up) == ["optima/helpers2.py: 401 lines"]
    assert foreign_words(made_up) == [
        "optima/views.py: names reporting:index",
        "optima/views.py: names reporting/page.html",
        "templates/base.html: uses core/page.html",
        "templates/core/page.html: uses optima/part.html",
        "templates/core/page.html: links to optima",
    ]
