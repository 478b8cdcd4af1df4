"""One case: head, road, next step, and its views (product: screens)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import access, audit, consents, continuing, meetings, registry, snoozing, workflow, worklist
from ..actor import Actor
from ..enums import DataCategory, Level, Phase, Service
from ..http import Request
from ..models import AccessLogEntry, AuditEntry, Case, Document, GuestLink, Participation, ScopeLine, Task
from ..workflow import Offer
from .fetch import acting, visible_case
from .guests import guest_rows
from .marks import reads
from .meetings import meetings_view, minutes_of
from .work import case_title, waiting_row

HISTORY = 200
"""The most entries of the timeline or the access log on one page."""

TABS = (
    ("", gettext_lazy("Übersicht")),
    ("gespraeche", gettext_lazy("Gespräche")),
    ("dokumente", gettext_lazy("Dokumente")),
    ("verlauf", gettext_lazy("Verlauf")),
    ("zugriff", gettext_lazy("Zugriff")),
)


def frame(request: Request, case: Case, current: str) -> dict[str, Any]:
    """What every view of a case shows: head, road, next step, what can be done, the tabs, who takes part."""
    actor = acting(request)
    pages = registry.pages[case.service]
    if case.phase == Phase.OPEN:
        meetings.fetch(case)
    pages.prepare(case)
    connected = related(case, actor) if getattr(case, "has_related", True) else []
    state = workflow.shown_state(case)
    offers = workflow.available(case, actor, tab="")
    # Whose role does nothing here is told so once, instead of button by button.
    reads_along = not actor.works_on_cases and not actor.is_coordination
    step = _next_step(case, actor, offers)
    if step and step.get("offer") and reads_along and not step["offer"].allowed:
        step["offer"] = None
    done = step["offer"].transition.name if step and step.get("offer") else ""
    rest = [offer for offer in offers if offer.transition.name != done and (offer.allowed or not reads_along)]
    folded = [offer for offer in rest if offer.transition.rare or not offer.allowed]
    onward, folds = continuing.links(case, actor, connected), pages.rarely_continues(case)
    return {
        "case": case,
        "title": case_title(case, actor) or case.number,
        "named": case.person is not None and access.shows_person(case, actor),
        "service": Service(case.service).label,
        "kicker": _kicker(case, actor),
        "state": state,
        "facts": pages.facts(case),
        "road": pages.road(case),
        "step": step,
        "offers": [offer for offer in rest if offer not in folded],
        "folded": folded,
        "links": [*pages.links(case, actor), *([] if folds else onward)],
        "folded_links": onward if folds else [],
        "reads_along": reads_along and bool(offers),
        "pdf_url": pages.pdf_url(case, actor),
        "pdf_label": pages.pdf_label,
        "level": access.level_of(case, actor),
        "parts": _parts(case),
        "related": connected,
        "outsiders": pages.outsiders.of(case) if pages.outsiders and getattr(case, "has_outsiders", True) else [],
        "tabs": [
            {
                "label": label,
                "url": address(case, name),
                "current": name == current,
            }
            for name, label in tabs_of(case)
        ],
    }


def _parts(case: Case) -> list[Participation]:
    """Who takes part; ``unnamed`` says of an office that the case's Vollmacht, which holds, names it no longer.

    ``duty`` says what else it does there, in the words of the service.
    """
    rows = [row for row in case.participations.all() if row.until is None]
    lines = consents.live_lines(case) if case.phase == Phase.OPEN else []
    named = {line.institution_id for line in lines}
    duties = registry.pages[case.service].duties(case)
    for row in rows:
        row.unnamed = bool(lines) and row.institution_id not in named  # type: ignore[attr-defined]
        row.duty = duties.get(row.pk, "")  # type: ignore[attr-defined]
    return rows


def related(case: Case, actor: Actor) -> list[Case]:
    """The case that this one carries on, and those that carry on this one, as far as the actor sees them (RT-24)."""
    rows = Case.objects.visible_to(actor).filter(Q(pk=case.continues_id) | Q(continues=case))
    return list(rows.order_by("arrived_on", "pk"))


def tabs_of(case: Case) -> list[tuple[str, Any]]:
    """Name and label of each view of a case; those of its service stand after the meetings."""
    own = [(name, label) for name, (label, _template, _fill) in registry.pages[case.service].tabs.items()]
    return [*TABS[:2], *own, *TABS[2:]]


def _kicker(case: Case, actor: Actor) -> str:
    """Service and number above the title; where the number is the title, it stands there once."""
    parts = [str(Service(case.service).label), case.number if case_title(case, actor) else ""]
    return " · ".join(part for part in parts if part)


def address(case: Case, tab: str) -> str:
    """The address of one tab of a case; the overview's is the case's own."""
    return reverse("core:case_tab", args=[case.number, tab]) if tab else case.get_absolute_url()


def _next_step(case: Case, actor: Actor, offers: list[Offer]) -> dict[str, Any] | None:
    """Whose turn it is and what it means for the reader; mine comes first and brings its button."""
    rows = Task.objects.filter(case=case, done_at=None).select_related("institution", "user")
    open_tasks = list(rows.order_by(*worklist.URGENT_FIRST))
    mine = [task for task in open_tasks if task.institution_id == actor.institution.pk]
    for task in mine or open_tasks:
        task.case = case
        wait = waiting_row(task)
        outside = None
        if not wait.transition and wait.path is None:
            outside = registry.pages[case.service].next_step(case, actor)
        if outside is not None:
            return {**outside, "due": task.due_on}
        names = {"who": task.institution.name, "what": wait.label}
        if task in mine and wait.path is not None:
            sentence = _("Nächster Schritt bei Ihnen: %(what)s") % names
            button = {"label": wait.button, "url": wait.path(task)}
            return {"sentence": sentence, "why": wait.why, "due": task.due_on, "button": button}
        if task not in mine and not actor.is_coordination:
            outside = registry.pages[case.service].next_step(case, actor)
            if outside is not None:
                return outside
        if task in mine:
            offer = next((o for o in offers if o.transition.name == wait.transition), None)
            offer = offer or workflow.offer(case, wait.transition, actor)
            sentence = _("Nächster Schritt bei Ihnen: %(what)s") % names
            return {"sentence": sentence, "why": wait.why, "due": task.due_on, "offer": offer, "button": None}
        sentence = _("Nächster Schritt: %(who)s – %(what)s") % names
        why = _("Sie müssen jetzt nichts tun. Sie erhalten eine Nachricht, sobald sich etwas ändert.")
        return {"sentence": sentence, "why": why, "due": task.due_on}
    return registry.pages[case.service].next_step(case, actor)


@reads
def case_page(request: Request, number: str) -> HttpResponse:
    """The overview of a case; a draft leads to the page where it is written."""
    case = visible_case(request, number)
    pages = registry.pages[case.service]
    if case.phase == Phase.DRAFT:
        return HttpResponseRedirect(pages.edit_url(case))
    context = frame(request, case, "")
    context["overview"] = pages.template
    context.update(pages.overview(case, acting(request)))
    audit.log_read(acting(request), case, _("Übersicht"))
    return render(request, "core/case.html", context)


@reads
def case_tab(request: Request, number: str, tab: str) -> HttpResponse:
    """Meetings, documents, timeline or access of a case."""
    case = visible_case(request, number)
    tab_views = TAB_VIEWS | registry.pages[case.service].tabs
    if tab not in tab_views or case.phase == Phase.DRAFT:
        raise Http404
    label, template, fill = tab_views[tab]
    context = frame(request, case, tab)
    context.update(fill(case, acting(request)))
    audit.log_read(acting(request), case, str(label))
    return render(request, template, context)


def history(case: Case, actor: Actor) -> dict[str, Any]:
    """The *Verlauf*: the case's audit chain in words, newest first (NFR-04)."""
    entries = AuditEntry.objects.filter(stream=audit.case_stream(case.number)).order_by("-position")
    rows = list(entries[: HISTORY + 1])
    reasons = snoozing.reasons(case, actor, rows)
    reasons |= {audit.personal(text): text for text in registry.pages[case.service].reasons(case, actor)}
    titles = _titles(case, actor, rows)
    return {
        "entries": [
            {
                "at": row.at,
                "text": f"{row.user_name or _('Das Portal')} {registry.told(row)}{_because(row, reasons)}"
                f"{titles.get(row.pk, '')}",
                "who": f"{timezone.localtime(row.at):%H:%M} {office_beside(row)}".strip(),
            }
            for row in rows[:HISTORY]
        ],
        "more": len(rows) > HISTORY,
    }


def office_beside(row: AuditEntry | AccessLogEntry) -> str:
    """The office to be shown beside the name of who acted or looked; a guest without one stands there once."""
    return "" if row.user_name == GuestLink(name=row.institution_name).signed_name else row.institution_name


def _titles(case: Case, actor: Actor, entries: list[AuditEntry]) -> dict[int, str]:
    """Which document an entry is about, for those who may read it: the chain itself holds no words of people."""
    readable = Document.objects.visible_to(actor).filter(case=case).values_list("pk", "title")
    titles = {str(pk): title for pk, title in readable}
    about = {row.pk: row.object_id for row in entries if row.object_type == Document._meta.label_lower}
    return {row: f" «{titles[key]}»" for row, key in about.items() if key in titles}


def _because(entry: AuditEntry, reasons: dict[str, str]) -> str:
    """The reason of an entry, for those who may read it; the chain holds only its keyed hash."""
    reason = reasons.get(str(entry.changes.get("reason", "")))
    return f": {reason}" if reason else ""


def access_view(case: Case, actor: Actor) -> dict[str, Any]:
    """The *Zugriff*: who may see the case and who looked when (principle 8)."""
    reads_ = list(AccessLogEntry.objects.filter(case_number=case.number).order_by("-pk")[: HISTORY + 1])
    opened = {line.institution_id: line for line in consents.live_lines(case)}
    return {
        "readers": [
            {
                "institution": institution,
                "level": Level(level).label,
                "until": until,
                "reads": _opened(opened.get(institution.pk)) if case.vollmacht_id else "",
            }
            for institution, level, until in access.readers(case)
        ],
        "guests": guest_rows(case, actor) if getattr(case, "has_guests", True) else [],
        "reads": [(row, office_beside(row)) for row in reads_[:HISTORY]],
        "more": len(reads_) > HISTORY,
    }


def _opened(line: ScopeLine | None) -> str:
    """What a line of the Vollmacht opens of what others told, and on what it rests (PER-08)."""
    if line is None:
        return _("nur, was die Stelle selbst geschrieben hat")
    kinds = ", ".join(str(DataCategory(name).label) for name in line.categories) or _("keine Angaben anderer")
    return f"{kinds} ({consents.basis_words(line)})"


def documents_view(case: Case, actor: Actor) -> dict[str, Any]:
    """The letters and files meant for this reader, and whether a file may be added."""
    letters = [*registry.pages[case.service].letters(case, actor), *minutes_of(case, actor)]
    rows = Document.objects.visible_to(actor).filter(case=case).select_related("institution", "uploaded_by")
    documents = list(rows)
    notes = registry.pages[case.service].notes(case, actor, documents) if documents else {}
    for document in documents:
        document.notes, document.ways = notes.get(document.pk, ([], []))  # type: ignore[attr-defined]
    return {"letters": letters, "documents": documents, "upload_reason": upload_reason(case, actor)}


def upload_reason(case: Case, actor: Actor) -> str:
    """Why ``actor`` may not file a document; empty if nothing hinders."""
    if not actor.works_on_cases and not actor.is_coordination:
        return _("Ihre Rolle erlaubt das nicht. Dokumente legen fallverantwortliche Personen ab.")
    level = access.level_of(case, actor)
    if case.phase == Phase.ENDED:
        return _("Der Fall ist beendet und kann nur noch gelesen werden.")
    if case.withdrawn_at is not None:
        return _("Das Einverständnis ist zurückgezogen: Es wird nichts mehr ausgetauscht.")
    if level not in (Level.LEAD, Level.CONTRIBUTE, Level.COORDINATE):
        return _("Sie können diesen Fall ansehen, aber nicht darin arbeiten.")
    return ""


TAB_VIEWS = {
    "gespraeche": (gettext_lazy("Gespräche"), "core/case_meetings.html", meetings_view),
    "dokumente": (gettext_lazy("Dokumente"), "core/case_documents.html", documents_view),
    "verlauf": (gettext_lazy("Verlauf"), "core/case_history.html", history),
    "zugriff": (gettext_lazy("Zugriff"), "core/case_access.html", access_view),
}
