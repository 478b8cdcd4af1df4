"""The registration on one page: write, save by itself, hand in, throw away (RT-03, UX-01)."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, continuing, drafting
from iiz.core.actor import Actor
from iiz.core.blocks import Block, as_text, filled
from iiz.core.enums import Phase, Service
from iiz.core.http import Request
from iiz.core.models import Case
from iiz.core.views import papers
from iiz.core.views import person_search as search
from iiz.core.views.drafting import Answers, DraftPage, Words, autosaves
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads, writes
from iiz.core.workflow import NotAllowed

from .. import actions, consenting, content, drafts
from ..forms.consent import let_in
from ..forms.registration import Sheet
from ..queries import roundtable_of

SECTIONS = (
    ("person", gettext_lazy("Person")),
    ("vollmacht", gettext_lazy("Vollmacht und Stellen")),
    ("anlass", gettext_lazy("Weshalb ein Roundtable")),
    ("kriterien", gettext_lazy("Kriterien")),
)
OFFICE_SECTION = ("stelle", gettext_lazy("Wer meldet an"))
PARTS = {"stand": "_gaps.html", "gefunden": "_found.html"}
"""Elements of the page that the autosave brings up to date, and their templates."""


class RegistrationPage(DraftPage):
    """The registration as a draft."""

    service = Service.ROUNDTABLE.value
    edit_name = "registration"
    anchors = {"pick": "person", "save": "abschluss"} | dict.fromkeys(
        ("add_office", "add_name", "remove_line"), "umfang"
    )
    words = Words(
        too_long=gettext_lazy(
            "Nicht gespeichert: Die Anmeldung hat zusammen mehr als %(limit)s Zeichen. Bitte kürzen Sie die Texte."
        ),
        again=gettext_lazy("Dieser Fall ist bereits angemeldet. Hier sehen Sie, wo er steht."),
        handed_over=gettext_lazy(
            "Dieser Fall wurde angemeldet, während Sie daran schrieben. Die Anmeldung lässt sich nicht mehr ändern."
        ),
        handed_by=gettext_lazy("Angemeldet von"),
        read=gettext_lazy("Entwurf der Anmeldung"),
        title=gettext_lazy("Entwurf einer Anmeldung"),
        unseen=gettext_lazy("Noch nicht angemeldet. Den Entwurf sieht nur Ihre Institution."),
    )

    def refusal(self, actor: Actor) -> str:
        """Who may register."""
        return actions.begin_refusal(actor)

    def begin(self, request: Request, actor: Actor, key: uuid.UUID) -> Case:
        """See ``actions.begin``; what was carried over says from where."""
        return actions.begin(actor, key, continues=continuing.source(actor, request.POST, self.service))

    def first_answers(self, request: Request, actor: Actor) -> Answers:
        """What a new registration begins with; a case that is named in the address brings its data along."""
        carried = {continuing.FROM: request.POST.get(continuing.FROM, "")}
        return drafts.first_answers(actor, request.GET or carried)

    def is_blank(self, answers: Answers, actor: Actor) -> bool:
        """See ``drafts.is_blank``."""
        return drafts.is_blank(answers, actor)

    def merged(self, request: Request, stored: Answers, actor: Actor, case: Case | None, do: str) -> Answers:
        """What was typed, with what the pressed button does to it."""
        answers = drafts.merge(stored, request.POST, actor, do, settles=not autosaves(request))
        name, _colon, which = do.partition(":")
        if name == "pick":
            drafts.take_person(answers, search.picked(actor, which, _("Personalien für eine Anmeldung")))
        return answers

    def judged(self, answers: Answers, actor: Actor, case: Case | None) -> Sheet:
        """As typed, with all that is missing or wrong."""
        return Sheet.of(answers, actor, case, judged=True)

    def labelled(self, answers: Answers, sheet: Sheet) -> list[tuple[str, str]]:
        """See ``drafts.labelled``."""
        return drafts.labelled(answers, sheet)

    def attach(
        self, request: Request, actor: Actor, case: Case, answers: Answers, form_key: str
    ) -> tuple[Case, Sheet | None]:
        """Keep the scan with the draft at once, so that a refused submit does not lose it."""
        upload = request.FILES.get("scan")
        if upload is None:
            return case, None
        try:
            kind = let_in(upload, actor, case)
        except ValidationError as error:
            return case, Sheet.of(answers, actor, case, judged=True, scan_error=error.messages[0])
        answers["scan_kept"] = drafts.keep_scan(case, actor, upload, kind)
        return drafting.save(case, actor, answers, version=case.version, form_key=form_key), None

    def throw_away(self, case: Case, actor: Actor) -> None:
        """The scan goes with the draft."""
        drafts.throw_away(case, actor)

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
        """The registration on one page."""
        judged = sheet or self.judged(answers, actor, case)
        complains = bool(sheet or judge)
        shown = judged if complains else Sheet.of(answers, actor, case, judged=False)
        sections = (OFFICE_SECTION, *SECTIONS) if actor.is_coordination else SECTIONS
        source = None if case else continuing.source(actor, request.GET or request.POST, self.service)
        context = {
            **self.frame(case, form_key),
            "actor_office": actor.institution,
            "form": shown.form,
            "rows": shown.scope.rows(),
            "office_names": [office.name for office in shown.scope.known],
            "choices": shown.form.known,
            "renewing": shown.form.chosen is not None,
            "scan": shown.scan,
            "sections": [{"id": name, "label": label} for name, label in sections],
            "problems": judged.gaps() if complains else [],
            "problem": problem,
            "source": source,
            "search_url": reverse("roundtable:person_search"),
            "brought": f"{continuing.FROM}={source.number}" if source else "",
            **said(shown),
            "gaps": judged.gaps(),
        }
        return render(request, "roundtable/registration.html", context, status=status)

    def blocks(self, case: Case, actor: Actor) -> list[Block]:
        """See ``drafts.blocks``."""
        return drafts.blocks(case, actor)

    def parts(self, request: Request, sheet: Sheet) -> dict[str, Any]:
        """What is still missing, and what the criteria say by now."""
        context = said(sheet) | {"unseen": bool(sheet.form.known) and "vollmacht" not in request.POST}
        parts = {
            name: render_to_string(f"roundtable/{template}", context, request=request)
            for name, template in PARTS.items()
        }
        return {"parts": parts, "shown": {"neue-vollmacht": sheet.form.chosen is None}}

    def handed_in(self, case: Case) -> str:
        """Who has to do something now."""
        if case.registering_institution.is_coordination:
            return _("Der Fall ist angemeldet. Entscheiden Sie als Nächstes, ob ein Roundtable gestartet wird.")
        if roundtable_of(case).self_run:
            return _(
                "Der Roundtable ist gestartet, und Ihre Stelle führt ihn. Die Stellen auf der Vollmacht sehen den Fall "
                "ab sofort und sind benachrichtigt. Schlagen Sie als Nächstes Termine vor."
            )
        return _(
            "Der Fall ist angemeldet. Die IIZ-Koordinationsstelle entscheidet, ob ein Roundtable gestartet wird; Sie "
            "erhalten eine Nachricht."
        )


def said(sheet: Sheet) -> dict[str, Any]:
    """The parts of the page that hold no fields: what is missing, what was found out, what the criteria say."""
    return {
        "gaps": sheet.gaps(),
        "criteria": sheet.judged_criteria(),
        "criteria_set": sheet.criteria,
        "advice": sheet.advice(),
    }


PAGE = RegistrationPage()


@writes
def new(request: Request) -> HttpResponse:
    """GET shows the page and writes nothing; the first save begins the draft."""
    return PAGE.new(request)


@writes
def registration(request: Request, number: str) -> HttpResponse:
    """Write on in a draft; what is handed in is read on the page of the case."""
    return PAGE.edit(request, number)


save = registration
"""The address of the autosave; the same rules, answered as JSON where the script asks for it."""


@writes
def discard(request: Request, number: str) -> HttpResponse:
    """Ask, then delete a draft with its scan for good."""
    return PAGE.discard(request, number)


@writes
def person_search(request: Request) -> HttpResponse:
    """Persons I may see."""
    brought = request.POST.get("brought", "")[:40]
    lead = _(
        "Gesucht wird nur unter den Fällen, die Sie sehen dürfen, und unter Ihren Vollmachten. «Übernehmen» füllt die "
        "Angaben zur Person in der Anmeldung aus."
    )
    back = _("Zurück zur Anmeldung")
    return search.person_search(request, PAGE, back=back, lead=lead, kicker="Roundtable", brought=brought)


# To take along ------------------------------------------------------------------------------------------------------


def refusal(case: Case, actor: Actor) -> str:
    """Why there is no registration to take along for ``actor``; empty if there is one."""
    if case.phase != Phase.DRAFT and roundtable_of(case).submitted_at is None:
        return _("Zu importierten Fällen gibt es keine Anmeldung.")
    if case.phase != Phase.DRAFT and not content.reads_registration(case, actor):
        return _("Diese Anmeldung liest nur, wen die Vollmacht dafür nennt.")
    return ""


def _fetch(request: Request, number: str) -> tuple[Case, Actor]:
    case, actor = visible_case(request, number), acting(request)
    if case.service != Service.ROUNDTABLE:
        raise Http404
    reason = refusal(case, actor)
    if reason:
        raise NotAllowed(reason)
    return case, actor


def _blocks(case: Case, actor: Actor) -> list[Block]:
    if case.phase == Phase.DRAFT:
        return drafts.blocks(case, actor)
    return filled([*content.registration_blocks(case, actor), consenting.block(case, actor)])


def letters(case: Case, actor: Actor) -> list[tuple[str, str, str]]:
    """The registration among the documents of a case: label, address of the PDF, address of the text."""
    if refusal(case, actor):
        return []
    at = [case.number]
    pdf, text = reverse("roundtable:registration_pdf", args=at), reverse("roundtable:registration_text", args=at)
    return [(_("Anmeldung"), pdf, text)]


def title_of(case: Case) -> str:
    """``Anmeldung R-2026-0007``; a draft says so."""
    words = _("Anmeldung %(number)s (Entwurf)") if case.phase == Phase.DRAFT else _("Anmeldung %(number)s")
    return words % {"number": case.number}


@reads
def registration_pdf(request: Request, number: str) -> HttpResponse:
    """The registration as a letter to the coordination office; each download is logged."""
    case, actor = _fetch(request, number)
    context = {
        "office": case.registering_institution,
        "dated": case.arrived_on if case.phase != Phase.DRAFT else clock.today(),
        "reference": [(_("Fall"), case.number)],
        "draft": case.phase == Phase.DRAFT,
        "blocks": _blocks(case, actor),
    }
    name, told = f"Anmeldung-{case.number}", _("Anmeldung als PDF")
    return papers.as_pdf(
        request, case, "roundtable/pdf/registration.html", context, title=title_of(case), name=name, told=told
    )


@reads
def registration_text(request: Request, number: str) -> HttpResponse:
    """The registration as text to copy; each opening is logged."""
    case, actor = _fetch(request, number)
    text = as_text(title_of(case), _blocks(case, actor))
    return papers.as_text(request, case, text, title=title_of(case), told=_("Anmeldung als Text"))
