"""The Antrag on one page: write, save by itself, submit, throw away (UX-01)."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import continuing
from iiz.core.actor import Actor, members
from iiz.core.blocks import Block
from iiz.core.enums import WORKING_ROLES, Service
from iiz.core.http import Request
from iiz.core.models import Case, Institution
from iiz.core.views.drafting import Answers, DraftPage, Words
from iiz.core.views.marks import writes
from iiz.core.views.person_search import picked

from .. import actions, carrying, drafts, phrases, prefill
from ..effects.ruling import waits_for_ruling
from ..forms.sheet import Sheet
from ..offices import OfficeSheet, describe

SECTIONS = (
    ("person", gettext_lazy("Person")),
    ("stelle", gettext_lazy("An welche Stelle")),
    ("leistungen", gettext_lazy("Leistungen und IV")),
    ("voraussetzungen", gettext_lazy("Voraussetzungen")),
    ("ziele", gettext_lazy("Ausgangslage und Ziele")),
    ("kontakt", gettext_lazy("Kontakt und Einverständnis")),
)
PARTS = {"stand": "_gaps.html", "geprueft": "_found.html", "regeln": "_saying.html"}
"""Elements of the page that the autosave brings up to date, and their templates."""
ANCHORS = {"add_goal": "ziele", "remove_goal": "ziele", "pick": "person", "office": "stelle", "save": "abschluss"}


def _handed_in(case: Case) -> str:
    """Who has to do something now: the office that is asked, or first the coordination office (GRP-20, CON-44)."""
    if waits_for_ruling(case):
        return _(
            "Der Antrag ist eingereicht. Zuerst entscheidet die IIZ-Koordinationsstelle, ob Optima hier möglich ist; "
            "Sie erhalten eine Nachricht, sobald sie entschieden hat."
        )
    words = _(
        "Der Antrag ist eingereicht. Die angefragte Stelle (%(office)s) ist benachrichtigt; Sie erhalten eine "
        "Nachricht, sobald sich etwas ändert."
    )
    return words % {"office": case.antrag.contractor}


def said(sheet: Sheet) -> dict[str, Any]:
    """The parts of the page that hold no fields: what is missing, what was found out, what the rules say."""
    return {
        "gaps": sheet.gaps(),
        "hindrances": sheet.hindrances(),
        "found": sheet.criteria.found(sheet.judgement),
        "saying": phrases.saying(sheet.judgement),
    }


def asked(sheet: Sheet) -> dict[str, Any]:
    """The parts of the page whose fields depend on the office that is asked."""
    further = sheet.further()
    return {
        "form": sheet.form,
        "criteria": sheet.criteria.asked(),
        "extra": sheet.criteria.conditional(sheet.judgement),
        "notes": sheet.criteria.notes(),
        "kept": sheet.criteria.kept(),
        "deciding": sheet.deciding(),
        "further": further,
        "further_open": any(field.value() or field.errors for field in further),
    }


def _shown(sheet: Sheet) -> dict[str, bool]:
    """Which fields and remarks count by now: the page shows them without asking for them again."""
    found = {f"feld-{fact.field.name}": fact.shown for fact in sheet.deciding()}
    found |= {f"feld-{field.name}": shown for field, shown in sheet.criteria.conditional(sheet.judgement)}
    return found | {f"neu-{line.criterion.pk}": line.changed for line in sheet.criteria.asked()}


def office_sheet(answers: dict[str, Any], principal: Institution, changed: str = "") -> OfficeSheet:
    """What stands beside the choice of a contractor; may fill in kind and name in ``answers``."""
    kept = dict(answers)
    proposal = drafts.settle_office(answers if changed else kept, principal, changed)
    group = str((answers if changed else kept).get("contractor_group", ""))
    contractor = drafts.contractor_of(answers, principal)
    return describe(group, contractor, principal, timezone.localdate(), proposal)


class AntragPage(DraftPage):
    """The Antrag as a draft."""

    service = Service.OPTIMA.value
    edit_name = "antrag"
    anchors = ANCHORS
    words = Words(
        too_long=gettext_lazy(
            "Nicht gespeichert: Der Antrag hat zusammen mehr als %(limit)s Zeichen. Bitte kürzen Sie die Texte."
        ),
        again=gettext_lazy("Dieser Antrag ist bereits eingereicht. Hier sehen Sie, wo er steht."),
        handed_over=gettext_lazy(
            "Dieser Antrag wurde eingereicht, während Sie daran schrieben. Er lässt sich nicht mehr ändern."
        ),
        handed_by=gettext_lazy("Eingereicht von"),
        read=gettext_lazy("Entwurf des Antrags"),
        title=gettext_lazy("Entwurf eines Antrags"),
        unseen=gettext_lazy("Noch nicht eingereicht. Den Entwurf sieht nur Ihre Institution."),
    )

    def refusal(self, actor: Actor) -> str:
        """Who may begin an Antrag (ACT-01)."""
        return actions.begin_refusal(actor)

    def begin(self, request: Request, actor: Actor, key: uuid.UUID) -> Case:
        """See ``actions.begin``; a draft that goes on with another case says with which."""
        return actions.begin(actor, key, continues=continuing.source(actor, request.POST, self.service))

    def first_answers(self, request: Request, actor: Actor) -> Answers:
        """All that the Wegweiser or another case brings stands in fields, so that the first save sends it."""
        answers = drafts.first_answers(actor)
        source = continuing.source(actor, request.GET or request.POST, self.service)
        if source is not None:
            answers |= carrying.first_answers(continuing.carried(source, actor), actor)
            drafts.settle_office(answers, actor.institution, "contractor")
        elif request.GET:
            answers |= prefill.first_answers(request.GET, actor)
            drafts.settle_office(answers, actor.institution, "contractor_group")
        return answers

    def is_blank(self, answers: Answers, actor: Actor) -> bool:
        """See ``drafts.is_blank``."""
        return drafts.is_blank(answers, actor)

    def merged(self, request: Request, stored: Answers, actor: Actor, case: Case | None, do: str) -> Answers:
        """What was typed, with what the pressed button does to it."""
        answers = drafts.merge(stored, request.POST)
        name, _colon, which = do.partition(":")
        if name == "add_goal":
            drafts.add_goal(answers)
        elif name == "remove_goal":
            drafts.remove_goal(answers, which)
        elif name == "pick":
            drafts.take_person(answers, picked(actor, which, _("Personalien für einen Antrag")))
        elif name == "office":
            drafts.settle_office(answers, _principal(actor, case), "contractor_group")
        return answers

    def judged(self, answers: Answers, actor: Actor, case: Case | None) -> Sheet:
        """As typed, with all that is missing, wrong or against the rules of today."""
        return Sheet.judged(answers, actor, _principal(actor, case), case)

    def labelled(self, answers: Answers, sheet: Sheet) -> list[tuple[str, str]]:
        """See ``drafts.labelled``."""
        return drafts.labelled(answers, sheet)

    def page(
        self,
        request: Request,
        actor: Actor,
        case: Case | None,
        answers: Answers,
        *,
        form_key: str,
        judge: bool = False,
        sheet: Sheet | None = None,
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        """The Antrag on one page."""
        principal = _principal(actor, case)
        judged = sheet or self.judged(answers, actor, case)
        complains = bool(sheet or judge)
        shown = judged if complains else Sheet.shown(answers, actor, principal, case, judged)
        context = {
            **self.frame(case, form_key),
            "principal": principal,
            "lead": case.lead_user if case else actor.user,
            "goals": shown.goals,
            "asked": office_sheet(answers, principal),
            "sections": [{"id": name, "label": label} for name, label in SECTIONS],
            "problems": judged.problems() if complains else [],
            "brought": "" if case else prefill.again(request.GET),
            "source": None if case else continuing.source(actor, request.GET or request.POST, self.service),
            "colleagues": [user for user in members(principal, WORKING_ROLES) if user != actor.user],
            "problem": problem,
            **said(judged),
            **asked(shown),
        }
        return render(request, "optima/antrag.html", context, status=status)

    def blocks(self, case: Case, actor: Actor) -> list[Block]:
        """See ``drafts.blocks``."""
        return drafts.blocks(case, actor)

    def parts(self, request: Request, sheet: Sheet) -> dict[str, Any]:
        """What is still missing, and what the rules say by now."""
        context = said(sheet)
        parts = {
            name: render_to_string(f"optima/{template}", context, request=request) for name, template in PARTS.items()
        }
        return {"parts": parts, "shown": _shown(sheet)}

    def handed_in(self, case: Case) -> str:
        """Who has to do something now."""
        return _handed_in(case)


def _principal(actor: Actor, case: Case | None) -> Institution:
    return case.registering_institution if case else actor.institution


PAGE = AntragPage()


@writes
def new(request: Request) -> HttpResponse:
    """GET shows the page, with what the Wegweiser knows, and writes nothing; the first save begins the draft."""
    return PAGE.new(request)


@writes
def antrag(request: Request, number: str) -> HttpResponse:
    """Write on in a draft; what is submitted is read on the page of the case."""
    return PAGE.edit(request, number)


save = antrag
"""The address of the autosave; the same rules, answered as JSON where the script asks for it."""


@writes
def discard(request: Request, number: str) -> HttpResponse:
    """Ask, then delete a draft for good."""
    return PAGE.discard(request, number)
