"""Cases with something beside the case work: Vereinbarung ALV, registration at the RAV, procedure of the IV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from iiz.core import clock, workflow
from iiz.core.actor import Actor
from iiz.core.enums import IvProcedure, Role
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory, actor
from optima.models import RuleText, Vereinbarung

from . import factories as make

DAY = dt.timedelta(days=1)
SEEKER = {"job_seeker": True, "ale": True, "social_counselling": False, "wsh": False}
TEXTS = {
    "zeit": "Sie werden vom {von} bis {bis} von {stelle} unterstützt.",
    "formular": "Punkt 3 füllen Sie jedes Mal so aus:",
    "punkt3_frage": "3. Haben Sie an einer Massnahme teilgenommen?",
}


def ruth() -> Actor:
    """Ruth, adviser at a RAV."""
    office = InstitutionFactory.create(rav=True, street="Seeweg 2", postcode="6110", place="Wolhusen")
    return actor(Role.CASEWORKER, office, first_name="Ruth", last_name="Amrein", phone="041 000 00 61")


def to_social(upto: Callable[..., Case] = make.running, ruth: Actor | None = None, **changes: Any) -> Case:
    """A case that a RAV hands over to a social service, brought as far as ``upto``."""
    office = make.jan(InstitutionFactory.create()).institution
    return upto(principal=ruth or globals()["ruth"](), contractor=office, **SEEKER, **changes)


def from_iv(upto: Callable[..., Case] = make.running) -> Case:
    """A case that the IV hands over to a social service."""
    iv = actor(Role.CASEWORKER, InstitutionFactory.create(iv=True))
    office = make.jan(InstitutionFactory.create()).institution
    return upto(principal=iv, contractor=office, facts={"iv_procedure": IvProcedure.RUNNING})


def to_rav(upto: Callable[..., Case] = make.running, **changes: Any) -> Case:
    """A case that a social service hands over to a RAV, in a canton that asks for the registration."""
    make.AdmissionCriterionFactory.create(
        contractor_group="RAV", code="rav_anmeldung", weight="advisory", check_by="note"
    )
    return upto(contractor=make.jan(InstitutionFactory.create(rav=True)).institution, **changes)


def period(first: int = 0, last: int = 60, **changes: Any) -> dict[str, Any]:
    """What the form of the Vereinbarung hands over, days counted from today."""
    today = clock.today()
    return {
        "release_from": today + first * DAY,
        "release_until": today + last * DAY,
        "adviser": "Ruth Amrein",
        "adviser_phone": "041 000 00 61",
        "fund": "Öffentliche Arbeitslosenkasse",
        "rav_number": "",
    } | changes


def filled_in(case: Case | None = None, first: int = 0, last: int = 60, **kwargs: Any) -> Case:
    """A case with a Vereinbarung that waits for its signature."""
    case = case or to_social(**kwargs)
    return workflow.apply(case, "make_vereinbarung", make.principal_of(case), period(first, last))


def released(case: Case | None = None, first: int = 0, last: int = 60, **kwargs: Any) -> Case:
    """A case with a signed Vereinbarung."""
    return signed(filled_in(case, first, last, **kwargs))


def signed(case: Case) -> Case:
    """A case whose Vereinbarung has just been signed."""
    return workflow.apply(case, "sign_vereinbarung", make.principal_of(case), {"signed_on": clock.today()})


def extended(case: Case, last: int = 90) -> Case:
    """A released case with another Vereinbarung in place of the signed one, to be signed."""
    return workflow.apply(case, "renew_vereinbarung", make.principal_of(case), period(0, last))


def restored(case: Case | None = None, ago: int = 0) -> Case:
    """A released case whose work offer is intact again, for some days already."""
    case, since = case or released(), clock.today() - ago * DAY
    return workflow.apply(case, "report_work_offer", make.adviser_of(case), {"restored_on": since})


def taken_back(case: Case) -> Case:
    """A case whose report of an intact work offer was a mistake."""
    return workflow.apply(case, "take_back_report", make.adviser_of(case), {})


def paper(case: Case, **changes: Any) -> Vereinbarung:
    """A Vereinbarung of any case, as a row alone."""
    names = ("release_from", "release_until", "adviser", "adviser_phone", "fund")
    known = {name: period()[name] for name in names}
    return Vereinbarung.objects.create(antrag=case.antrag, made_by=make.principal_of(case).user, **known | changes)


def texts(**changes: str) -> None:
    """The texts of the Vereinbarung; ``changes`` replace or add some."""
    for code, text in (TEXTS | changes).items():
        RuleText.objects.create(code=f"vereinbarung_{code}", title=code, text=text, valid_from=make.LONG_AGO)
