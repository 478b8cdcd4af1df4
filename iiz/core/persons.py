"""Finding and recording clients without telling a stranger that somebody is known (PER-01, PER-02)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date

from . import audit, consents
from .actor import Actor
from .models import Case, Person
from .models.person import normalise_ahv

FIELDS = (
    "first_name",
    "last_name",
    "birth_date",
    "sex",
    "ahv_number",
    "rav_number",
    "street",
    "postcode",
    "place",
    "municipality",
    "phone",
    "email",
)
MASTER = "master"


def search(actor: Actor, text: str) -> QuerySet[Person]:
    """Persons the actor may see, by name, birth date (``14.03.1988``) or AHV number.

    Every word must begin a part of the name. Less than two characters find nobody.
    """
    text = " ".join(text.replace("\x00", "").split())
    persons = Person.objects.visible_to(actor).select_related("municipality")
    if len(text) < 2:
        return persons.none()
    try:
        return persons.filter(ahv_number=normalise_ahv(text))
    except ValidationError:
        pass
    day = _day(text)
    if day is not None:
        return persons.filter(birth_date=day)
    for word in text.split(" "):
        if any(character.isdigit() for character in word):
            return persons.none()
        persons = persons.filter(Q(first_name__istartswith=word) | Q(last_name__istartswith=word))
    return persons


def _day(text: str) -> dt.date | None:
    for form in ("%d.%m.%Y", "%d.%m.%y"):
        try:
            return dt.datetime.strptime(text, form).date()
        except ValueError:
            continue
    try:
        return parse_date(text)
    except ValueError:
        return None


def record(actor: Actor, data: Mapping[str, Any], case: Case | None = None) -> Person:
    """The person record of a case, or of a Vollmacht without one, from what was typed; call in its transaction.

    The record that :func:`known_to` finds is brought up to date; otherwise a new one is made and,
    if the number is known elsewhere, linked to it without a word to the actor. Differences in name or birth
    date are marked for the coordination office. Effects: one person row, one audit entry.
    """
    values = {name: data.get(name) for name in FIELDS}
    number = values["ahv_number"] or None
    values["ahv_number"] = number
    for name in ("sex", "rav_number", "street", "postcode", "place", "phone", "email"):
        values[name] = values[name] or ""
    rows = Person.objects.select_for_update().filter(ahv_number=number) if number else Person.objects.none()
    first = next((person for person in rows if person.same_as_id is None), None)
    mine = known_to(actor, values)
    if mine is not None and (mine.ahv_number == number or number is None or first is None):
        changed = {
            name: [audit.personal(getattr(mine, name)), audit.personal(value)]
            for name, value in values.items()
            if getattr(mine, name) != value and value not in (None, "")
        }
        for name in changed:
            setattr(mine, name, values[name])
        if changed:
            mine.save()
            audit.record(_stream(mine, case), actor, "person_changed", mine, changes=changed)
        return mine
    try:
        with transaction.atomic():
            person = _add(values, first)
    except IntegrityError:
        # Another office recorded this number at the same moment: theirs is the first record now.
        person = _add(values, Person.objects.get(ahv_number=number, same_as=None))
    audit.record(_stream(person, case), actor, "person_recorded", person)
    return person


def _stream(person: Person, case: Case | None) -> str:
    return audit.case_stream(case.number) if case is not None else consents.person_stream(person)


def known_to(actor: Actor, data: Mapping[str, Any]) -> Person | None:
    """The record of somebody whom the actor may see: the same AHV number, else the same names and birth date.

    A number is optional for a Roundtable (PER-02): whoever was recorded without one is the same person as long as the
    numbers do not contradict each other.
    """
    visible = Person.objects.visible_to(actor).order_by("pk")
    number = data.get("ahv_number") or None
    found = visible.filter(ahv_number=number).first() if number else None
    first, last, born = (data.get(name) for name in ("first_name", "last_name", "birth_date"))
    if found is not None or not (first and last and born):
        return found
    alike = visible.filter(first_name__iexact=first, last_name__iexact=last, birth_date=born)
    return alike.filter(ahv_number=None).first() if number else alike.first()


def _add(values: dict[str, Any], first: Person | None) -> Person:
    person = Person(**values, same_as=first)
    if first is not None:
        person.contradicts = contradict(first, person)
    person.save()
    return person


def contradict(one: Person, other: Person) -> bool:
    """Whether two records with one AHV number differ in name or birth date."""
    return (
        one.last_name.casefold() != other.last_name.casefold()
        or one.first_name.casefold() != other.first_name.casefold()
        or one.birth_date != other.birth_date
    )


def same_person(person: Person) -> Q:
    """A filter on cases: those of this person, whichever record they use."""
    return Q(person=person.identity_id) | Q(person__same_as=person.identity_id)
