"""What people do with a Kostengutsprache. Each is one transaction under the lock of its case.

Effects of each: the row, an entry in the chain of the case, Pendenzen renewed, mails queued; links of signatories end
with the matter. Raises ``Http404`` when it is invisible, ``NotAllowed`` with the reason, :class:`Overtaken` when it is
not any more what the reader saw.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import audit, clock, documents, guests, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Audience
from iiz.core.models import Case, Signatory
from iiz.core.templatetags.ui import day as written
from iiz.core.workflow import NotAllowed

from ..enums import CostDecision, SignedHow
from ..enums import KostengutspracheState as S
from ..models import Approval, CostQuery, Kostengutsprache
from . import copies, gate, letters, links, mails, need, signing, steps, words
from .mails import tell
from .signing import DECIDE, Signer
from .steps import BY_NAME

Data = Mapping[str, Any]


class Overtaken(Exception):
    """The Kostengutsprache is not what was shown any more; the message says so in German."""


@contextmanager
def held(request: Kostengutsprache) -> Iterator[Kostengutsprache]:
    """The request as it is now, its case locked as by every step in it; afterwards its Pendenzen are renewed."""
    with documents.together():
        case = Case.objects.select_for_update().get(pk=request.case_id)
        rows = Kostengutsprache.objects.select_related(
            "requester", "payer", "tariff__provider", "approval__order", "requested_by", "drafted_by"
        )
        row = rows.filter(pk=request.pk).first()
        if row is None:
            raise Http404
        row.case = case
        yield row
        workflow.settle(case)


def record(request: Kostengutsprache, who: Actor | Signer | None, name: str, **changes: Any) -> None:
    """Note a step, or another verb, in the chain of the case, under the name of whoever did it."""
    actor = who.actor if isinstance(who, Signer) else who
    link = who.link if isinstance(who, Signer) else None
    stream = audit.case_stream(request.case.number)
    told = {"kg": request.number, **changes}
    audit.record(stream, actor, BY_NAME[name].verb if name in BY_NAME else name, request, told, guest=link)


# The requester ----------------------------------------------------------------------------------------------------


def draft(
    case: Case,
    actor: Actor,
    data: Data,
    request: Kostengutsprache | None = None,
    *,
    key: uuid.UUID | None = None,
    version: str | None = None,
) -> Kostengutsprache:
    """Write a draft, or what was changed in one; only the own office sees it. ``data`` holds fields of the form.

    The same form (``key``) sent twice, even at once, writes one. ``version`` is the one of :func:`version_of` that was
    shown: what a colleague wrote meanwhile is not overwritten.
    """
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        rows = Kostengutsprache.objects.filter(case=locked, requester=actor.institution)
        if request is not None:
            request = rows.filter(pk=request.pk).first()
        elif key is not None:
            request = rows.filter(form_key=key).first()
        if request is not None and request.state != S.DRAFT:
            raise Overtaken(_("Diese Kostengutsprache ist inzwischen beantragt."))
        again = request is not None and request.typed == data.get("typed")
        if request is not None and version is not None and version != version_of(request) and not again:
            raise Overtaken(_("Dieser Entwurf wurde geändert, während Sie daran schrieben."))
        reason = may_begin(locked, actor)
        if reason:
            raise NotAllowed(reason)
        row = request or Kostengutsprache(case=locked, requester=actor.institution, state=S.DRAFT, form_key=key)
        row.case = locked
        for name, value in data.items():
            setattr(row, name, value)
        row.drafted_at, row.drafted_by = clock.now(), actor.user
        if row.tariff is not None:
            words.fill(row)
        row.save()
    return row


def version_of(request: Kostengutsprache) -> str:
    """By what a form knows the draft it shows."""
    return request.drafted_at.isoformat() if request.drafted_at else ""


def may_begin(case: Case, actor: Actor) -> str:
    """Why ``actor`` may not begin a Kostengutsprache on ``case``, as a German sentence; empty if nothing hinders."""
    if case.antrag.contractor_id != actor.institution.pk:
        return _("Eine Kostengutsprache beantragt die Stelle, die den Auftrag führt.")
    if not actor.works_on_cases:
        return _("Ihre Rolle erlaubt das nicht.")
    return need.too_early(case)


def discard(request: Kostengutsprache, actor: Actor) -> None:
    """Throw a draft away."""
    with held(request) as row:
        steps.check(row, "discard", actor)
        row.delete()


def ask_for(request: Kostengutsprache, actor: Actor, *, claim_ended: bool = False) -> Kostengutsprache:
    """Ask the payer: from now on the words stay as they are, and the period of the decision runs (KG-04).

    ``claim_ended``: the person's own claim at the contractor, of which the Antrag told, exists no more (KG-01).
    """
    with held(request) as row:
        steps.check(row, "request", actor)
        if need.of(row.case).own_claim and not claim_ended:
            raise NotAllowed(need.of(row.case).sentence)
        words.fill(row)
        pending = Kostengutsprache.objects.filter(case=row.case, state=S.REQUESTED).exclude(content_hash="")
        if pending.filter(measure=row.measure, provider_name=row.provider_name).exists():
            raise NotAllowed(
                _("Für diese Massnahme ist bereits eine Kostengutsprache beantragt und noch nicht entschieden.")
            )
        last = Kostengutsprache.objects.filter(case=row.case).aggregate(last=Max("position"))["last"]
        row.state, row.position, row.typed = S.REQUESTED, (last or 0) + 1, {}
        row.requested_on, row.requested_by = clock.today(), actor.user
        row.content_hash = words.digest(row)
        row.save()
        record(row, actor, "request", hash=row.content_hash, payer=row.payer_name, claim_ended=claim_ended)
        tell("kg_requested", row, row.payer, beside=actor.user, mark="requested")
        links.send(row, actor)
    return row


def send_again(request: Kostengutsprache, actor: Actor) -> None:
    """Send all who may sign a new link: the one before was locked, has expired, or was lost."""
    with held(request) as row:
        steps.check(row, "send_again", actor)
        number = links.send(row, actor)
        if not number:
            raise NotAllowed(_("Niemand bei der zahlenden Stelle, der unterschreiben darf, hat eine E-Mail-Adresse."))
        record(row, actor, "send_again", links=number)


def withdraw(request: Kostengutsprache, actor: Actor, reason: str) -> None:
    """Take a request back before it is decided; a changed one is another one."""
    with held(request) as row:
        steps.check(row, "withdraw", actor)
        _lapse(row, _("zurückgezogen: %(reason)s") % {"reason": reason} if reason else _("zurückgezogen"))
        record(row, actor, "withdraw")
        tell("kg_withdrawn", row, row.payer, beside=actor.user, mark="withdrawn")


def answer(request: Kostengutsprache, actor: Actor, text: str) -> None:
    """Answer the payer's question: its period goes on, and the listed persons get their links anew."""
    with held(request) as row:
        steps.check(row, "answer", actor)
        query = steps.open_query(row)
        assert query is not None  # the guard says so
        query.answer, query.answered_at, query.answered_by = text, clock.now(), actor.user.get_full_name()
        query.save()
        record(row, actor, "answer")
        tell("kg_answered", row, row.payer, beside=actor.user, mark=f"answered{query.pk}")
        links.send(row, actor)


# The payer --------------------------------------------------------------------------------------------------------


def ask(request: Kostengutsprache, who: Actor | Signer, question: str) -> None:
    """Ask the requester back: the period of the decision rests until the answer (KG-04)."""
    with held(request) as row:
        name = _may(row, "ask", who)
        CostQuery.objects.create(kostengutsprache=row, question=question, asked_at=clock.now(), asked_by=name)
        record(row, who, "ask")
        beside = who.actor.user if isinstance(who, Signer) and who.actor else None
        tell("kg_question", row, row.requester, beside=beside, mark=f"asked{row.queries.count()}")


def _may(request: Kostengutsprache, name: str, who: Actor | Signer) -> str:
    """Refuse what ``who`` may not do now; returns the name under which it is done."""
    if isinstance(who, Actor):
        steps.check(request, name, who)
        return who.user.get_full_name()
    if who.actor is not None:
        steps.check(request, name, who.actor)
    elif reason := steps.hindrance(request, BY_NAME[name]):
        raise NotAllowed(reason)
    reason = signing.refusal(request, who.signatory, request.payer, told=True)
    if not reason and not who.is_themselves(request):
        reason = _("Unterschreiben können Sie nur im eigenen Namen.")
    if reason:
        raise NotAllowed(reason)
    return who.signatory.user.get_full_name() if who.signatory.user else who.signatory.name


def approve(request: Kostengutsprache, signer: Signer, seen: str) -> Approval:
    """Sign: the payer promises to bear the cost (KG-02, KG-05). ``seen`` is the hash of the words that were shown.

    Whoever signs was just asked for the password or a code; that is the page's part, all else is checked here again.
    """
    with held(request) as row:
        name = _may(row, "approve", signer)
        return _sign(row, signer, name, seen, signed_on=clock.today())


def approve_on_paper(request: Kostengutsprache, actor: Actor, row: Signatory, data: Data, seen: str) -> Approval:
    """File the signature of a listed person on paper: ``signed_on``, ``file`` and ``content_type`` (KG-05)."""
    with held(request) as held_row:
        steps.check(held_row, "paper", actor)
        reason = _wrong_day(held_row, data["signed_on"])
        reason = reason or signing.refusal(held_row, row, held_row.payer, on_paper=data["signed_on"])
        if reason:
            raise NotAllowed(reason)
        scan = documents.store(
            held_row.case,
            actor,
            title=_("%(number)s, unterschrieben") % {"number": held_row.number},
            upload=data["file"],
            content_type=data["content_type"],
            audience=Audience.CASE,
        )
        signer = Signer(row, SignedHow.PAPER, actor)
        name = row.user.get_full_name() if row.user else row.name
        approval = _sign(held_row, signer, name, seen, signed_on=data["signed_on"], scan=scan)
        mails.tell_of_paper(held_row, row, actor)
        return approval


def _wrong_day(request: Kostengutsprache, signed_on: dt.date) -> str:
    """Why a signature cannot be of that day; empty if it can."""
    if request.requested_on is not None and signed_on < request.requested_on:
        asked = {"day": written(request.requested_on)}
        return _("Unterschrieben werden kann sie frühestens am Tag des Antrags, dem %(day)s.") % asked
    return _("Der Tag der Unterschrift liegt in der Zukunft.") if signed_on > clock.today() else ""


def _sign(
    request: Kostengutsprache, signer: Signer, name: str, seen: str, *, signed_on: dt.date, scan: Any = None
) -> Approval:
    if not seen == request.content_hash == words.digest(request):
        raise Overtaken(
            _("Diese Kostengutsprache ist nicht mehr die, die Sie gesehen haben. Bitte lesen Sie sie noch einmal.")
        )
    assert request.amount is not None  # nothing is asked for without
    approval = Approval(
        kostengutsprache=request,
        signatory=signer.signatory,
        signed_by=name,
        function=signer.signatory.function,
        how=signer.how,
        signed_on=signed_on,
        recorded_at=clock.now(),
        scan=scan,
        amount=request.amount,
        content_hash=request.content_hash,
    )
    approval.seal = gate.seal(approval)
    approval.save(force_insert=True)
    request.approval = approval
    _decide(request, S.APPROVED, CostDecision.APPROVED, signed_on)
    step = "paper" if signer.how == SignedHow.PAPER else "approve"
    record(request, signer, gate.APPROVED, hash=request.content_hash, seal=approval.seal, how=step)
    _close_links(signer, request)
    letters.file_signed(request, signer)
    copies.distribute(request, signer.actor)
    beside = signer.actor.user if signer.actor else None
    tell("kg_approved", request, request.requester, beside=beside, mark="approved")
    tell("kg_decided", request, request.payer, beside=beside, mark="approved")
    return approval


def refuse(request: Kostengutsprache, signer: Signer, reason: str) -> None:
    """Refuse, with the reason; the matter ends there, and may end the case (KG-10, OUT-04)."""
    with held(request) as row:
        row.refused_by, row.refusal_reason = _may(row, "refuse", signer), reason
        _decide(row, S.REFUSED, CostDecision.REFUSED, clock.today())
        record(row, signer, "refuse")
        _close_links(signer, row)
        beside = signer.actor.user if signer.actor else None
        tell("kg_refused", row, row.requester, beside=beside, mark="refused")
        tell("kg_decided", row, row.payer, beside=beside, mark="refused")


def _decide(request: Kostengutsprache, state: str, decision: str, day: dt.date) -> None:
    request.state, request.decision, request.decided_on = state, decision, day
    request.save()
    request.queries.filter(answered_at=None).update(answered_at=clock.now())


def _close_links(signer: Signer, request: Kostengutsprache) -> None:
    if signer.link is not None:
        guests.fulfil(signer.link)
    guests.revoke_all(DECIDE, request.pk)


def note_ruling(request: Kostengutsprache, actor: Actor, day: dt.date, reference: str) -> None:
    """Note day and reference of the payer's order behind it, and nothing else of it (KG-08, OP-12)."""
    with held(request) as row:
        steps.check(row, "note_ruling", actor)
        row.ruling_on, row.ruling_reference = day, reference
        row.save(update_fields=["ruling_on", "ruling_reference"])
        record(row, actor, "note_ruling", ruling_on=day)


# What lapses ------------------------------------------------------------------------------------------------------


def _lapse(request: Kostengutsprache, reason: str) -> None:
    request.state, request.lapsed_on, request.lapse_reason = S.LAPSED, clock.today(), reason[:300]
    request.save()
    request.queries.filter(answered_at=None).update(answered_at=clock.now())
    guests.revoke_all(DECIDE, request.pk)


def follow(case: Case, actor: Actor | None) -> None:
    """With the case, or the client's agreement, ends what is not ordered yet: drafts go, requests lapse (KG-10)."""
    if not steps.stopped(case):
        return
    rows = case.kostengutsprachen.filter(state__in=[S.DRAFT, S.REQUESTED, S.APPROVED]).select_related("payer")
    for row in rows:
        row.case = case
        if row.state == S.DRAFT:
            row.delete()
        elif row.content_hash:
            _end(row, steps.stopped(case), actor)


def _end(request: Kostengutsprache, reason: str, actor: Actor | None) -> None:
    pending = request.state == S.REQUESTED
    _lapse(request, reason)
    record(request, actor, "kg_lapsed")
    beside = actor.user if actor else None
    tell("kg_lapsed", request, request.requester, beside=beside, mark="lapsed")
    if pending:
        tell("kg_withdrawn", request, request.payer, beside=beside, mark="lapsed")
    else:
        signed_by = request.approval.signatory.user
        tell("kg_promise_over", request, request.payer, beside=beside, mark="lapsed", also=signed_by)


def lapse_due(now: dt.datetime) -> int:
    """Let lapse what is neither decided nor ordered by the end of the measure's period; returns how many (KG-10)."""
    today, done = timezone.localdate(now), 0
    open_ones = Kostengutsprache.objects.filter(state__in=[S.REQUESTED, S.APPROVED], period_until__lt=today)
    for found in open_ones.exclude(content_hash="").order_by("pk").iterator(chunk_size=200):
        with held(found) as row:
            if row.state in (S.REQUESTED, S.APPROVED):
                _end(row, _("Der Zeitraum der Massnahme ist vorbei."), None)
                done += 1
    return done
