"""The demo canton: the Lucerne configuration with invented people in every role.

Everything depends on the seed and the day alone, so that two demos of one day are the same. The cases come from the
services, which register in ``registry.demos``.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import slugify

from . import registry, reminders
from .actor import Actor, actor_for
from .enums import KIND_GROUPS, ContactPurpose, InstitutionKind, Role, StatisticsGroup
from .models import (
    ContactPerson,
    Institution,
    Jurisdiction,
    Membership,
    Municipality,
    OutboxMail,
    Signatory,
    Substitution,
    User,
)
from .seed import START, seed
from .synthetic import DEMO_HASH, IV, LOGINS, MEN, RAV, SOCIAL_SERVICE, STREETS, WOMEN, last_name

PLAYED = 65
"""How many cases go through the real workflow; the others are loaded in bulk."""

MAIL_DAYS = 2
"""Older mails of the demo count as delivered, so that nobody is flooded with the past."""

LIMIT = 5000
"""Up to how many francs a team leader signs; a head of an office signs any amount."""

OTHER_KINDS = (
    ("Mandatszentrum Seeblick", InstitutionKind.GUARDIANSHIP),
    ("Krankentaggeldversicherung Alpina", InstitutionKind.SICKNESS_INSURER),
    ("Unfallversicherung Helvia", InstitutionKind.ACCIDENT_INSURER),
    ("Case Management Hofmatt", InstitutionKind.CASE_MANAGER),
    ("Suchtberatung Rosengarten", InstitutionKind.ADDICTION),
    ("Praxis am Weiher", InstitutionKind.MEDICAL),
    ("Werkstatt Brückenbogen", InstitutionKind.PROVIDER),
    ("Beratungsstelle Lindenhof", InstitutionKind.OTHER),
)
"""Invented partners of the kinds that the Lucerne configuration has none of."""


@dataclass
class Staff:
    """Who works at an office: contacts first decide, caseworkers file and lead."""

    contacts: list[Actor] = field(default_factory=list)
    caseworkers: list[Actor] = field(default_factory=list)


@dataclass
class DemoCanton:
    """What a service needs to invent its cases. No event lies before ``first_day`` or after ``last_day``."""

    rng: random.Random
    first_day: dt.date
    last_day: dt.date
    say: Callable[[str], None]
    logins: dict[str, Actor] = field(default_factory=dict)
    staff: dict[int, Staff] = field(default_factory=dict)
    offices: dict[str, list[Institution]] = field(default_factory=dict)
    municipalities: list[Municipality] = field(default_factory=list)
    homes: dict[int, list[Municipality]] = field(default_factory=dict)
    away: dict[int, Actor] = field(default_factory=dict)
    """Who is absent these days, by institution; a demo account of the same office stands in."""
    serial: int = 0

    def next_serial(self) -> int:
        """A number that no client has had yet."""
        self.serial += 1
        return self.serial

    def home(self, office: Institution) -> Municipality:
        """A municipality that ``office`` answers for; any other if it answers for none."""
        return self.rng.choice(self.homes.get(office.pk) or self.municipalities)

    def workday(self, day: dt.date) -> dt.date:
        """``day``, or the Friday before a weekend; the Monday after it at the very beginning."""
        weekend = max(0, day.weekday() - 4)
        back = day - dt.timedelta(days=weekend)
        return back if back >= self.first_day else day + dt.timedelta(days=3 - weekend)

    def moment(self, day: dt.date) -> dt.datetime:
        """A moment in working hours of ``day``."""
        clock = dt.time(self.rng.randint(8, 16), self.rng.randint(0, 59), self.rng.randint(0, 59))
        return dt.datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())


def shares(cases: int) -> list[int]:
    """How many of ``cases`` each of ``registry.demos`` invents, by weight; what a whole number leaves goes round."""
    weights = [part.weight for part in registry.demos]
    whole = [cases * weight // sum(weights) for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda place: -(cases * weights[place] % sum(weights)))
    for place in by_rest[: cases - sum(whole)]:
        whole[place] += 1
    return whole


def prepare(seed_number: int, year: int, today: dt.date, say: Callable[[str], None]) -> DemoCanton:
    """Seed the canton, people it, and return what the services need; call in a transaction.

    Effects: the rows of every seed, partners of the remaining kinds, accounts, memberships, contact persons with
    deputies, signatories. Raises ``ValueError`` if ``year`` does not begin before ``today``.
    """
    first_day = dt.date(year, 1, 1)
    if first_day >= today:
        raise ValueError(f"the demo cannot begin on {first_day}: that is not in the past")
    for make in (seed, *registry.seeds):
        make()
    for name, kind in OTHER_KINDS:
        Institution.objects.get_or_create(name=name, defaults={"short_name": name, "kind": kind})
    canton = DemoCanton(random.Random(seed_number), first_day, today - dt.timedelta(days=1), say)  # noqa: S311
    _logins(canton)
    for office in Institution.objects.active().order_by("pk"):
        if office.kind in KIND_GROUPS:
            _staff(canton, office)
    _head()
    gather(canton)
    _absence(canton, "sozialdienst")
    _directory(canton)
    return canton


def settle(canton: DemoCanton) -> None:
    """Let what lies back count as said: reminders up to some days ago are sent, mails delivered.

    The links of people without an account wait some days longer: in the demo they are found among its mails.
    """
    day = canton.last_day - dt.timedelta(days=MAIL_DAYS)
    moment = dt.datetime.combine(day, dt.time(18), timezone.get_current_timezone())
    reminders.sweep(moment)
    guests = Q(guest__isnull=False, due_at__gte=moment - dt.timedelta(days=MAIL_DAYS))
    old = OutboxMail.objects.filter(sent_at=None, due_at__lt=moment).exclude(guests)
    old.update(sent_at=F("due_at"), attempts=1)


def gather(canton: DemoCanton) -> None:
    """Read offices, their people and the municipalities they answer for from the database."""
    canton.municipalities = list(Municipality.objects.order_by("pk"))
    canton.homes = {}
    for row in Jurisdiction.objects.valid_on(canton.last_day).select_related("municipality").order_by("pk"):
        canton.homes.setdefault(row.institution_id, []).append(row.municipality)
    canton.offices = {group: [] for group in StatisticsGroup.values}
    roles: dict[tuple[int, int], tuple[User, Institution, set[str]]] = {}
    rows = Membership.objects.valid_on(canton.last_day).select_related("user", "institution").order_by("pk")
    for row in rows:
        key = (row.institution_id, row.user_id)
        roles.setdefault(key, (row.user, row.institution, set()))[2].add(row.role)
    canton.staff = {}
    for user, institution, names in roles.values():
        staff = canton.staff.setdefault(institution.pk, Staff())
        actor = Actor(user, institution, frozenset(names))
        if Role.CONTACT in names:
            staff.contacts.append(actor)
        if Role.CASEWORKER in names:
            staff.caseworkers.append(actor)
    for office in Institution.objects.active().order_by("pk"):
        here = canton.staff.get(office.pk)
        if here is not None and here.contacts and here.caseworkers:
            canton.offices[office.statistics_group].append(office)


def _logins(canton: DemoCanton) -> None:
    for login in LOGINS:
        user = _user(canton, login.email, login.first_name, login.last_name)
        for place, (name, roles) in enumerate(login.offices):
            office = Institution.objects.get(name=name)
            for role in roles:
                Membership.objects.create(user=user, institution=office, role=role, valid_from=START)
                if role == Role.SIGNATORY:
                    Signatory.objects.create(
                        institution=office,
                        user=user,
                        name=user.get_full_name(),
                        function="Teamleitung",
                        limit=LIMIT,
                        valid_from=START,
                    )
            if place == 0:
                actor = actor_for(user, office)
                assert actor is not None
                canton.logins[login.name] = actor


def _staff(canton: DemoCanton, office: Institution) -> None:
    """Contact person with deputy, two caseworkers and a signatory, beside the demo accounts of the office."""
    slug = slugify(office.short_name)
    here = list(Membership.objects.filter(institution=office, role=Role.CONTACT).select_related("user"))
    contact = here[0].user if here else _colleague(canton, office, f"kontakt.{slug}", Role.CONTACT)
    deputy = _colleague(canton, office, f"vertretung.{slug}", Role.CONTACT)
    Membership.objects.create(user=deputy, institution=office, role=Role.CASEWORKER, valid_from=START)
    _colleague(canton, office, f"beratung.{slug}", Role.CASEWORKER)
    if not office.signatories.exists():
        user = _colleague(canton, office, f"zeichnung.{slug}", Role.SIGNATORY)
        Signatory.objects.create(
            institution=office, user=user, name=user.get_full_name(), function="Leitung", valid_from=START
        )
    _contact(office, contact, deputy=_contact(office, deputy))


def _head() -> None:
    """Somebody without an account who signs what is above the limit, by link."""
    office = Institution.objects.get(name=SOCIAL_SERVICE)
    Signatory.objects.create(
        institution=office,
        name="Verena Erlenhofner",
        function="Bereichsleitung",
        email="bereichsleitung@demo.example",
        valid_from=START,
    )


def _directory(canton: DemoCanton) -> None:
    """How offices are reached, when they confirmed that – one long ago – and whom others ask while the IV examines.

    Draws no random number: the cases stay what they were.
    """
    asked = list(Institution.objects.filter(contacts__isnull=False).distinct().order_by("pk"))
    for place, office in enumerate(asked):
        days = 400 if office.name == RAV else 20 + 13 * place % 300
        office.street, office.postcode = f"{STREETS[place % len(STREETS)]} {place + 1}", "6000"
        office.phone, office.email = "041 000 00 00", f"info.{slugify(office.short_name)}@demo.example"
        office.confirmed_on = canton.last_day - dt.timedelta(days=days)
        office.confirmed_by = canton.staff[office.pk].contacts[0].user
        office.save()
    Institution.objects.filter(kind=InstitutionKind.COORDINATION).update(
        street="Amtsplatz 1",
        postcode="6000",
        phone="041 000 00 00",
        email="iiz@demo.example",
        confirmed_on=canton.last_day,
    )
    iv = Institution.objects.get(name=IV)
    adviser = canton.staff[iv.pk].caseworkers[-1].user
    _contact(iv, adviser, purpose=ContactPurpose.CLARIFICATION)


def _absence(canton: DemoCanton, name: str) -> None:
    """A colleague of the account ``name`` is absent for three weeks; the account stands in."""
    deputy = canton.logins[name]
    absent = canton.staff[deputy.institution.pk].caseworkers[-1]
    first = canton.last_day - dt.timedelta(days=7)
    Substitution.objects.create(
        institution=deputy.institution,
        absent=absent.user,
        deputy=deputy.user,
        valid_from=max(first, canton.first_day),
        valid_until=first + dt.timedelta(days=20),
    )
    canton.away[deputy.institution.pk] = absent


def _contact(
    office: Institution, user: User, deputy: ContactPerson | None = None, purpose: str = ContactPurpose.OPTIMA
) -> ContactPerson:
    return ContactPerson.objects.create(
        institution=office,
        user=user,
        name=user.get_full_name(),
        phone="041 000 00 00",
        email=user.email,
        purpose=purpose,
        deputy=deputy,
        valid_from=START,
    )


def _colleague(canton: DemoCanton, office: Institution, name: str, role: str) -> User:
    first = canton.rng.choice(canton.rng.choice((WOMEN, MEN)))
    user = _user(canton, f"{name}@demo.example", first, last_name(canton.rng))
    Membership.objects.create(user=user, institution=office, role=role, valid_from=START)
    return user


def _user(canton: DemoCanton, email: str, first: str, last: str) -> User:
    return User.objects.create(
        email=email,
        first_name=first,
        last_name=last,
        phone="041 000 00 00",
        password=DEMO_HASH,
        date_joined=canton.moment(canton.first_day),
    )
