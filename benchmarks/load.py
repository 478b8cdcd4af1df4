"""Fills the database of ``DATABASE_URL`` with a demo canton of many offices and tells how long that took."""

from __future__ import annotations

import argparse
import os
import random
from time import perf_counter, process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.timing import Result  # noqa: E402
from iiz.core import demo, registry  # noqa: E402
from iiz.core.enums import KIND_GROUPS, InstitutionKind, Role  # noqa: E402
from iiz.core.models import Institution, Membership, User  # noqa: E402
from iiz.core.seed import START  # noqa: E402
from iiz.core.synthetic import DEMO_HASH  # noqa: E402

KINDS = (InstitutionKind.SOCIAL_SERVICE,) * 6 + (InstitutionKind.RAV,) * 3 + (InstitutionKind.IV,)
BUSY = "zwanzig@benchmark.example"
"""The account that works for twenty institutions."""
BUSY_OFFICES = 20
MINUTES = 5


def main() -> None:
    """Migrate, people the canton up to the wanted size, load the cases, and let the planner know them."""
    parser = argparse.ArgumentParser()
    for name in ("cases", "institutions", "users"):
        parser.add_argument(f"--{name}", type=int, required=True)
    wanted = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    started = perf_counter()
    with transaction.atomic():
        canton = demo.prepare(1, 2024, timezone.localdate(), lambda line: None)
        enlarge(wanted.institutions, wanted.users)
        demo.gather(canton)
        for part, count in zip(registry.demos, demo.shares(demo.PLAYED), strict=True):
            part.play(canton, count)
        demo.settle(canton)
    for part, count in zip(registry.demos, demo.shares(wanted.cases - demo.PLAYED), strict=True):
        part.load(canton, count)
    minutes = (perf_counter() - started) / 60
    busy = f"{process_time() / 60:.1f} min of them computing"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    Result(f"{wanted.cases} demo cases", minutes, MINUTES, "min", busy).tell()


def enlarge(institutions: int, users: int) -> None:
    """Add offices and people until there are as many; one of the people works for twenty offices."""
    missing = institutions - Institution.objects.count()
    names = [f"Stelle {place:04d}" for place in range(missing)]
    groups = Group.objects.bulk_create([Group(name=f"institution:{name}") for name in names])
    offices = Institution.objects.bulk_create(
        Institution(
            name=name,
            short_name=name,
            kind=(kind := KINDS[place % len(KINDS)]),
            statistics_group=KIND_GROUPS[kind],
            group=groups[place],
        )
        for place, name in enumerate(names)
    )
    people = User.objects.bulk_create(
        User(email=f"person{place}@benchmark.example", first_name="Person", last_name=str(place), password=DEMO_HASH)
        for place in range(users - User.objects.count() - 1)
    )
    busy = User.objects.create(email=BUSY, first_name="Viele", last_name="Stellen", password=DEMO_HASH)
    rows = [
        Membership(
            user=person,
            institution=offices[place % len(offices)],
            role=Role.CONTACT if place < len(offices) else Role.CASEWORKER,
            valid_from=START,
        )
        for place, person in enumerate(people)
    ]
    rows += [
        Membership(user=busy, institution=office, role=Role.CASEWORKER, valid_from=START)
        for office in random.Random(1).sample(offices, min(BUSY_OFFICES, len(offices)))  # noqa: S311
    ]
    Membership.objects.bulk_create(rows)
    # In production some roles need a second factor: let everybody have one, so that pages open, and pay for asking.
    Authenticator.objects.bulk_create(
        Authenticator(user=user, type=Authenticator.Type.TOTP, data={}) for user in User.objects.all()
    )


if __name__ == "__main__":
    main()
