"""The answers of a registration on their way between page and database."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import audit, clock, consents, continuing, drafting
from iiz.core.actor import Actor
from iiz.core.blocks import Block, filled
from iiz.core.enums import Service
from iiz.core.forms.person import PERSON
from iiz.core.models import Case, Person, Scan, Vollmacht
from iiz.core.templatetags.ui import day

from . import carrying
from .forms import scope
from .forms.consent import usual_end
from .forms.registration import BY_OFFICE, Sheet, keeps, registering, scan_of
from .models import Signature

Answers = dict[str, Any]
LOOSE_FOR = dt.timedelta(days=2)


def first_answers(actor: Actor, params: Mapping[str, Any]) -> Answers:
    """What a new registration begins with: the usual end of the Vollmacht, and what is known already.

    ``?von=`` names a case of the other service (RT-24), ``?vollmacht=`` a Vollmacht that is recorded; what the actor
    may not see is ignored.
    """
    answers: Answers = {"valid_until": day(usual_end(clock.today()))}
    if not actor.is_coordination:
        answers["moderation"] = BY_OFFICE
    key = str(params.get("vollmacht", ""))
    rows = Vollmacht.objects.visible_to(actor).filter(pk=int(key) if key.isdecimal() and len(key) < 10 else 0)
    paper = rows.select_related("person").first() if key else None
    if paper is not None:
        take_person(answers, paper.person)
        answers["vollmacht"] = str(paper.pk)
    source = continuing.source(actor, params, Service.ROUNDTABLE)
    if source is not None:
        given = continuing.carried(source, actor)
        answers |= carrying.first_answers(given)
        if given.person is not None:
            take_person(answers, given.person)
        if actor.is_coordination and given.offices:
            answers["registered_office"] = given.offices[0].name
        found = scope.Scope([], registering(answers, actor))
        for office in given.offices:
            found.add(office.name)
        answers["lines"] = found.lines
    return answers


def take_person(answers: Answers, person: Person) -> None:
    """Fill in what is known of a person."""
    drafting.take_person(answers, person, PERSON)


def merge(stored: Mapping[str, Any], posted: QueryDict, actor: Actor, do: str, *, settles: bool) -> Answers:
    """The stored answers with those that were posted; what a page did not send stays.

    ``settles``: a button was pressed, so what stands in the fields for one more line joins the list. NUL characters are
    dropped: PostgreSQL cannot store them.
    """
    answers = drafting.typed(stored)
    for name in posted:
        if keeps(name) and name != "scan":
            answers[name] = str(posted[name]).replace("\x00", "")
    lines = scope.from_post(posted)
    if lines is not None:
        answers["lines"] = lines
    found = scope.Scope(list(answers.get("lines") or []), registering(answers, actor))
    if settles:
        scope.apply(found, answers, do)
    answers["lines"] = found.lines
    return answers


def is_blank(answers: Mapping[str, Any], actor: Actor) -> bool:
    """Whether nothing was typed yet: no draft is begun for that."""
    given = first_answers(actor, {}) | {"lines": scope.Scope([], registering(answers, actor)).lines}
    return all(value in ("", [], None) or value == given.get(name) for name, value in answers.items())


def keep_scan(case: Case, actor: Actor, upload: UploadedFile, content_type: str) -> str:
    """Store a scan for a draft in place of the one before; returns its key, which the draft then keeps."""
    before = scan_of(case.draft, actor)
    scan = consents.keep_scan(actor, upload, content_type)
    if before is not None:
        drop(before)
    audit.record(audit.case_stream(case.number), actor, "vollmacht_scanned", scan, {"sha256": scan.sha256})
    return str(scan.pk)


def drop(scan: Scan) -> None:
    """Delete a scan that belongs to no Vollmacht, and its file once that is certain."""
    storage, name = scan.file.storage, str(scan.file.name)
    scan.delete()
    transaction.on_commit(lambda: storage.delete(name))


def sweep(now: dt.datetime) -> Counter[str]:
    """Delete scans that came with a form which was never sent: neither Vollmacht, signature nor draft holds them."""
    kept = [case.draft.get("scan_kept") for case in Case.objects.filter(draft__has_key="scan_kept")]
    loose = Scan.objects.filter(vollmacht=None, uploaded_at__lt=timezone.now() - LOOSE_FOR)
    loose = loose.exclude(Exists(Signature.objects.filter(picture=OuterRef("pk"))))
    found = list(loose.exclude(pk__in=[int(key) for key in kept if key]))
    for scan in found:
        with transaction.atomic():
            drop(scan)
    return Counter(scans_dropped=len(found)) if found else Counter()


def throw_away(case: Case, actor: Actor) -> None:
    """Delete a draft with its scan."""
    with transaction.atomic():
        scan = scan_of(case.draft, actor)
        drafting.discard(case, actor)
        if scan is not None:
            drop(scan)


def labelled(answers: Mapping[str, Any], sheet: Sheet) -> list[tuple[str, str]]:
    """The answers as pairs of label and text, choices in words; blank ones left out."""
    rows = []
    for name in sheet.order():
        text = drafting.in_words(sheet.form[name], answers.get(name)) if name != "scan" else ""
        if text:
            rows.append((str(sheet.form[name].label), text))
    typed = scope.Scope(list(answers.get("lines") or []), sheet.scope.own, sheet.scope.known)
    return rows + typed.in_words() + ([(_("Scan der Vollmacht"), str(sheet.scan))] if sheet.scan else [])


def blocks(case: Case, actor: Actor) -> list[Block]:
    """What a draft holds so far, in words: as typed, right or wrong."""
    answers = drafting.typed(case.draft)
    return filled([Block("draft", "", labelled(answers, Sheet.of(answers, actor, case, judged=True)))])
