"""Nothing is ordered without a signature, and what was asked, signed or ordered stays (KG-02).

Whatever way somebody tries, it meets the same gate: the database refuses it on SQLite and PostgreSQL alike, and the
ORM says why in German before that.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from iiz.core.models import Signatory
from iiz.core.tests.factories import coordinator
from optima.enums import KostengutspracheState as S
from optima.kostengutsprache import gate
from optima.models import Approval, CostQuery, Kostengutsprache, Order, ProviderInvoice
from optima.models.kostengutsprache import NotSigned

from . import factories as make
from . import promises

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unset_documents")]

KEEPS = "keeps its words|stays as it is|keeps its row"
SIGNED_ONLY = "nothing is ordered without a signed Kostengutsprache"


@pytest.fixture(scope="module")
def keys(kept: Callable[[], Any]) -> dict[str, int]:
    """On one case a Kostengutsprache in each state, made once."""
    with kept():
        return promises.one_in_each("draft", "requested", "approved", "refused", "lapsed", "ordered", "invoiced")


@pytest.fixture
def the(keys: dict[str, int], db: None) -> Callable[[str], Kostengutsprache]:
    """The Kostengutsprache in a state: ``the("approved")``."""
    return lambda state: Kostengutsprache.objects.get(pk=keys[state])


@contextmanager
def refused(message: str) -> Iterator[None]:
    """The database refuses what is tried, with these words."""
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        yield


def run(sql: str, values: list[Any]) -> None:
    """What somebody with the database types."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def inserted(row: models.Model) -> None:
    """The row as raw SQL."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    run(f"INSERT INTO {row._meta.db_table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})", values)


# An order needs a signature ---------------------------------------------------------------------------------------

WITHOUT = {
    "an approval that does not exist": lambda the: (987_654, the("approved").content_hash),
    "the approval of another, under the own words": lambda the: (
        the("approved").approval.pk,
        the("requested").content_hash,
    ),
    "words that were changed": lambda the: (the("approved").approval.pk, "0" * 64),
    "no words": lambda the: (the("approved").approval.pk, ""),
    "a promise that was ordered on already": lambda the: (
        the("ordered").approval.pk,
        the("ordered").content_hash,
    ),
}


@pytest.mark.parametrize("way", ["create", "save", "bulk_create", "sql"])
@pytest.mark.parametrize("what", WITHOUT)
def test_nothing_is_ordered_without_a_signature(the, what, way):
    approval, words = WITHOUT[what](the)
    adviser = make.adviser_of(the("approved").case).user
    order = Order(approval_id=approval, content_hash=words, ordered_by=adviser)
    number = Order.objects.count()

    if way in ("create", "save"):
        with pytest.raises(NotSigned, match=r"bestellt|Bestell"):
            order.save() if way == "save" else Order.objects.create(
                approval_id=approval, content_hash=words, ordered_by=adviser
            )
    else:
        with refused(SIGNED_ONLY):
            Order.objects.bulk_create([order]) if way == "bulk_create" else inserted(order)

    assert Order.objects.count() == number


def test_an_order_without_any_approval_has_no_place(the):
    order = Order(content_hash="", ordered_by=make.adviser_of(the("approved").case).user)
    with pytest.raises(NotSigned, match="Ohne unterschriebene Kostengutsprache wird nichts bestellt"):
        order.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        inserted(order)


def test_what_lapsed_after_the_signature_is_not_ordered(the):
    row = the("approved")
    Kostengutsprache.objects.filter(pk=row.pk).update(state=S.LAPSED, lapsed_on=timezone.localdate())
    order = Order(approval=row.approval, content_hash=row.content_hash, ordered_by=row.requested_by)
    with pytest.raises(NotSigned, match="verfallen"):
        order.save()
    with refused(SIGNED_ONLY):
        inserted(order)


@pytest.mark.parametrize("decision", ["approved", "refused"])
def test_a_mere_count_of_an_import_carries_no_order(the, decision):
    case, today = the("approved").case, timezone.localdate()
    count = Kostengutsprache.objects.create(
        case=case,
        requester=case.antrag.contractor,
        payer=case.antrag.principal,
        state=decision,
        decision=decision,
        requested_on=today,
        decided_on=today,
    )
    with refused("only a pending Kostengutsprache is signed"):
        Approval.objects.bulk_create([signature(the("approved"), kostengutsprache=count, content_hash="")])


@pytest.mark.parametrize("state", ["draft", "requested", "refused", "lapsed", "ordered"])
def test_a_page_that_is_posted_to_orders_nothing(the, client_of, state):
    row = the(state)
    browser = client_of(make.adviser_of(row.case))
    number = Order.objects.count()
    answer = browser.post(reverse("optima:kg_step", args=[row.pk, "order"]), {"approval": the("approved").approval.pk})
    assert answer.status_code == 409
    when = "noch nicht" if state in ("draft", "requested") else "nicht mehr"
    assert f"«{row.get_state_display()}»: Das ist {when} möglich" in answer.content.decode()
    assert (Order.objects.count(), the(state).state) == (number, state)


def test_the_administration_knows_none_of_it(the, client_of):
    assert not set(admin.site._registry) & {Kostengutsprache, Approval, Order, ProviderInvoice, CostQuery}
    office = client_of(coordinator())
    for name in ("kostengutsprache", "approval", "order", "providerinvoice"):
        for address in (f"/admin/optima/{name}/add/", f"/admin/optima/{name}/{the('approved').pk}/change/"):
            assert office.post(address, {"approval": the("approved").approval.pk}).status_code == 404


# A signature needs a request, and somebody listed -----------------------------------------------------------------


def signature(of: Kostengutsprache, **changes: Any) -> Approval:
    """The signature under ``of`` as a row that is not saved, made as somebody without the portal would."""
    signatory = Signatory.objects.filter(institution=of.payer).first()
    values = {
        "kostengutsprache": of,
        "signatory": signatory,
        "signed_by": "Vera Muster",
        "how": "login",
        "signed_on": timezone.localdate(),
        "amount": of.amount,
        "content_hash": of.content_hash,
        "seal": "0" * 64,
    }
    return Approval(**values | changes)


def foreign(the: Callable[[str], Kostengutsprache], **fields: Any) -> Signatory:
    office = the("requested").payer if fields else the("requested").requester
    return promises.signatory(office, user=None, **fields)


PENDING = "only a pending Kostengutsprache is signed, in its own words"
LISTED = "signed by somebody whom the payer lists"
FORGED: dict[str, tuple[str, Callable[[Any], Approval]]] = {
    "of a draft": (PENDING, lambda the: signature(the("draft"), amount=Decimal(1))),
    "of what was refused": (PENDING, lambda the: signature(the("refused"))),
    "of what lapsed": (PENDING, lambda the: signature(the("lapsed"))),
    "of what is signed": (PENDING, lambda the: signature(the("approved"))),
    "under other words": (PENDING, lambda the: signature(the("requested"), content_hash="0" * 64)),
    "over another amount": (PENDING, lambda the: signature(the("requested"), amount=Decimal("1.00"))),
    "by somebody of the requester": (LISTED, lambda the: signature(the("requested"), signatory=foreign(the))),
    "beyond the limit": (
        LISTED,
        lambda the: signature(the("requested"), signatory=foreign(the, limit=Decimal("1139.99"))),
    ),
    "by somebody whose right ended yesterday": (
        LISTED,
        lambda the: signature(
            the("requested"), signatory=foreign(the, valid_until=timezone.localdate() - dt.timedelta(days=1))
        ),
    ),
    "by somebody whose right was ended a minute ago": (
        LISTED,
        lambda the: signature(
            the("requested"),
            signatory=foreign(the, valid_until=timezone.localdate(), ended_at=timezone.now()),
        ),
    ),
}


@pytest.mark.parametrize("what", FORGED)
def test_no_signature_comes_in_from_the_side(the, what):
    message, made = FORGED[what]
    row = made(the)
    with refused(message):
        inserted(row)
    with refused(message):
        Approval.objects.bulk_create([row])


def test_a_signature_within_the_limit_would_pass(the):
    inserted(signature(the("requested"), signatory=foreign(the, limit=Decimal("1140.00"))))
    assert Approval.objects.filter(kostengutsprache=the("requested")).exists()


# What stands stays ------------------------------------------------------------------------------------------------


def changed(field: Any, value: Any) -> Any:
    """Another value for a column."""
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.JSONField):
        return {"x": 1}
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return (value or timezone.now()) + dt.timedelta(days=1)
    if isinstance(field, models.DateField):
        return (value or timezone.localdate()) + dt.timedelta(days=1)
    if isinstance(field, (models.CharField, models.TextField)):
        return "x" if value != "x" else "y"
    return (value or 0) + 1


FREE = {
    Kostengutsprache: set(gate.FREE),
    Approval: set(),
    Order: {"sent_to"},
    ProviderInvoice: {"is_last", "paid_on", "returned_on", "return_reason"},
}


@pytest.mark.parametrize("state", ["requested", "approved", "refused", "lapsed", "invoiced"])
def test_what_was_asked_signed_or_ordered_keeps_every_word(the, state):
    request = the(state)
    rows: list[models.Model] = [request]
    if state == "invoiced":
        rows += [request.approval, request.approval.order, request.approval.order.invoices.get()]
    for row in rows:
        table, model = row._meta.db_table, type(row)
        for field in row._meta.concrete_fields:
            if field.name in FREE[model]:
                continue
            value = changed(field, getattr(row, field.attname))
            raw = field.get_db_prep_save(value, connection)
            with refused(KEEPS):
                model._base_manager.filter(pk=row.pk).update(**{field.attname: value})
            with refused(KEEPS):
                run(f'UPDATE {table} SET "{field.column}" = %s WHERE id = %s', [raw, row.pk])
        with refused(KEEPS):
            run(f"DELETE FROM {table} WHERE id = %s", [row.pk])


def test_no_table_of_it_is_emptied():
    if connection.vendor != "postgresql":
        return  # SQLite knows no TRUNCATE
    run("SET CONSTRAINTS ALL IMMEDIATE", [])
    for model in FREE:
        with refused(KEEPS):
            run(f"TRUNCATE {model._meta.db_table} CASCADE", [])


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_nothing_takes_the_place_of_what_is_signed(the, recursive):
    """SQLite knows a REPLACE that removes rows without asking their triggers; the portal's connections make it ask."""
    if connection.vendor != "sqlite":
        return  # PostgreSQL knows no REPLACE
    table, draft, signed = Kostengutsprache._meta.db_table, the("draft"), the("approved")
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers={recursive}")
        try:
            with refused("keeps its row|keeps its words"):
                run(f"UPDATE OR REPLACE {table} SET id = %s WHERE id = %s", [signed.pk, draft.pk])
            with refused("takes the place of a signed one"):
                columns = [f'"{field.column}"' for field in signed._meta.concrete_fields if not field.primary_key]
                run(
                    f"INSERT OR REPLACE INTO {table} (id, {', '.join(columns)}) "
                    f"SELECT %s, {', '.join(columns)} FROM {table} WHERE id = %s",
                    [signed.pk, the("requested").pk],
                )
            if recursive == "ON":
                with refused("keeps its words"):
                    run(f"UPDATE OR REPLACE {table} SET position = %s WHERE id = %s", [signed.position, draft.pk])
        finally:
            cursor.execute("PRAGMA recursive_triggers=ON")
    assert the("approved").amount == signed.amount


@pytest.mark.parametrize("state", ["requested", "approved", "refused", "lapsed", "ordered", "invoiced"])
def test_no_state_is_jumped_to(the, state):
    row = the(state)
    known = {name: getattr(row, name) for name in gate.FREE}
    for target in S:
        if target == state or target in gate.ROAD.get(state, ()):
            continue
        fits = known | {"lapsed_on": timezone.localdate() if target == S.LAPSED else None}
        if target in (S.DRAFT, S.REQUESTED):
            fits |= {"decision": "", "decided_on": None}
        elif target == S.REFUSED:
            fits |= {"decision": "refused", "decided_on": row.requested_on}
        elif target != S.LAPSED:
            fits |= {"decision": "approved", "decided_on": row.requested_on}
        with refused("not the way|a decision|by a signature only|keeps its words|by an order only|kg_"):
            Kostengutsprache.objects.filter(pk=row.pk).update(**fits | {"state": target})


def test_nothing_is_approved_without_a_signature_nor_ordered_without_an_order(the):
    today = timezone.localdate()
    rows = Kostengutsprache.objects.filter
    with refused("approved by a signature only"):
        rows(pk=the("requested").pk).update(state="approved", decision="approved", decided_on=today)
    with refused("approved by a signature only"):
        rows(pk=the("requested").pk).update(state="lapsed", decision="approved", decided_on=today, lapsed_on=today)
    with refused("ordered by an order only"):
        rows(pk=the("approved").pk).update(state="ordered")
    born = {"decision": "refused", "state": "refused", "decided_on": today, "position": 90, "form_key": None}
    copy = the("requested")
    for name, value in {"pk": None, **born}.items():
        setattr(copy, name, value)
    with refused("not born with a decision"):
        Kostengutsprache.objects.bulk_create([copy])


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "approved"},
        {"decided_on": dt.date(2030, 1, 1)},
        {"refused_by": "Jemand"},
        {"refusal_reason": "Anders"},
    ],
)
def test_a_decision_stays(the, change):
    with refused("a decision on a Kostengutsprache stays|by a signature only"):
        Kostengutsprache.objects.filter(pk=the("refused").pk).update(**change)
