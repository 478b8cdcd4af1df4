"""Forms from the working paper to the Handlungsplan in force: circulate, finalise, give up (RT-14 to RT-18)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iiz.core import clock
from iiz.core.enums import DataCategory
from iiz.core.forms.action import ActionForm
from iiz.core.models import Case, ServiceOffer
from iiz.core.workdays import next_working_day

from .. import minutes, plan_changes
from ..effects import plans
from ..enums import Answer, CorrectionState
from ..models import Correction, Participant, Step
from ..paper import YES, Paper, digest
from ..paper_reader import read
from ..queries import draft_plan, final_plan, is_covered, told_as
from ..reading import EVERYTHING, name_of
from .asking import ByDay

WORKING_DAYS = 2
"""In how many working days a draft is answered."""
PARTS = {
    "income": gettext_lazy("Einkommen"),
    "sick": gettext_lazy("Arbeitsunfähigkeit"),
    "decision": gettext_lazy("Entscheid"),
    "goal": gettext_lazy("Ziel"),
    "step": gettext_lazy("Schritt"),
}


@dataclass(frozen=True)
class Missing:
    """What is missing or wrong, where, and the way there."""

    label: str
    sentence: str
    url: str


@dataclass(frozen=True)
class Reader:
    """Who gets a version: how, which kinds of data of it; or why nothing."""

    name: str
    how: str
    kinds: str
    why: str = ""


def paper_url(case: Case, name: str = "") -> str:
    """The address of the working paper, or of one field in it."""
    url = reverse("roundtable:paper", args=[case.number])
    return f"{url}#feld-{name.replace('.', '-')}" if name else url


def missing_in(case: Case, paper: Paper) -> list[Missing]:
    """What hinders a version, field by field, then what is missing altogether."""
    found = []
    for name, sentence in sorted(paper.problems.items()):
        part, _dot, rest = name.partition(".")
        label = f"{PARTS[part]} {rest.partition('.')[0]}" if part in PARTS else _("Arbeitspapier")
        found.append(Missing(label, sentence, paper_url(case, name)))
    if not paper.goals:
        found.append(Missing(_("Ziele"), _("Es ist noch kein Ziel festgehalten."), paper_url(case)))
    if not paper.steps and not any(name.startswith("step.") for name in paper.problems):
        found.append(Missing(_("Handlungsplan"), _("Es ist noch kein Schritt festgehalten."), paper_url(case)))
    return found


def readers(case: Case) -> list[Reader]:
    """Everybody at the table: who gets a version, how, and what of it; of all others why not."""
    found = []
    for row, kinds in plans.readers(case):
        name = name_of(case, row, named=True)
        if kinds:
            words = ", ".join(str(DataCategory(kind).label) for kind in DataCategory.values if kind in kinds)
            found.append(Reader(name, _how(row), _("alles") if kinds >= EVERYTHING else words))
        elif is_covered(case, row):
            found.append(Reader(name, "", "", _("Die Vollmacht gibt hier keine Angaben anderer frei.")))
        else:
            found.append(Reader(name, "", "", _("Die Vollmacht gilt hier nicht.")))
    return found


def _how(row: Participant) -> str:
    if row.participation is not None:
        return _("Nachricht ins Portal")
    return _("Mail mit Link und Code") if row.email else _("auf Papier: Sie drucken es und geben es ab")


class PaperForm(ActionForm):
    """What both have in common: the paper as it stands, what is missing in it, and who gets the version."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = minutes.about(self.case, self.actor)
        self.cells = minutes.cells(self.case)
        self.paper = read(self.cells, self.about)
        self.missing = missing_in(self.case, self.paper)
        self.readers = readers(self.case)
        self.paper_url = paper_url(self.case)
        self.nothing = bool(self.missing)


class CirculateForm(PaperForm):
    """By which day everybody answers to the draft."""

    template_name = "roundtable/plan_circulate.html"

    due_on = ByDay(
        label=gettext_lazy("Rückmeldung bis"),
        help_text=gettext_lazy("Soll der Plan heute noch gelten, so wählen Sie heute."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("due_on", _in_working_days(WORKING_DAYS))

    def also(self) -> str:
        """A draft that is with the participants gives way, unless it has the very same words."""
        plan = draft_plan(self.case)
        if plan is None:
            return ""
        if plan.digest == digest(self.paper.content()):
            words = _(
                "Am Arbeitspapier hat sich seit dem Entwurf (Fassung %(n)s) nichts geändert: Nur wer noch nicht "
                "gefragt ist, erhält ihn, und für alle gilt der neue Tag."
            )
        else:
            words = _(
                "Der bisherige Entwurf (Fassung %(n)s) wird ersetzt. Zusagen zu Schritten, die gleich geblieben sind, "
                "gelten weiter."
            )
        return words % {"n": plan.number}


def _in_working_days(number: int) -> dt.date:
    found = clock.today()
    for _day in range(number):
        found = next_working_day(found + dt.timedelta(days=1))
    return found


class FinaliseForm(PaperForm):
    """What is still to be noted before the plan binds: the promises made at the meeting (RT-14)."""

    template_name = "roundtable/plan_finalise.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open: dict[int, Step] = {}
        self.unpromised: list[Missing] = []
        if not self.missing:
            self._ask()
        self.unmanaged = plans.unmanaged(self.case)
        self.nothing = bool(self.missing or self.unpromised or self.unmanaged)
        self.rows = [(step, self[f"promised_{key}"], self[f"offer_{key}"]) for key, step in self.open.items()]
        self.changed_since, self.changes = self._changes()
        self.unhandled = Correction.objects.filter(
            review__plan__case=self.case, review__plan=draft_plan(self.case), state=CorrectionState.OPEN
        ).count()
        self.draft = draft_plan(self.case)

    def _ask(self) -> None:
        there = plans.seated_offices(self.case)
        offers = {owner.institution: owner.offers for owner in self.about.owners}
        for step in plans.foreseen(self.case, self.paper):
            part = step.owner.participation
            if plans.is_binding(step) or part is None:
                continue
            choices = offers.get(part.institution_id, ())
            if step.answer == Answer.OPEN and part.institution_id in there and choices:
                self._promise(step, choices)
            else:
                self.unpromised.append(self._why(step, seated=part.institution_id in there, known=bool(choices)))

    def _promise(self, step: Step, choices: tuple[tuple[int, str], ...]) -> None:
        """A tick for what an office said at the table; set where it was ticked in the paper while all sat there."""
        chosen = step.offer_id or (choices[0][0] if len(choices) == 1 else None)
        self.open[step.key] = step
        self.fields[f"promised_{step.key}"] = forms.BooleanField(
            label=_("Am Gespräch zugesagt, der Anspruch ist gegeben"),
            initial=self.cells.get(f"step.{step.key}.promised") == YES,
            error_messages={
                "required": _("Ohne Zusage wird der Plan nicht verbindlich. Senden Sie sonst zuerst den Entwurf.")
            },
        )
        self.fields[f"offer_{step.key}"] = forms.TypedChoiceField(
            label=_("Angebot im Leistungskatalog der Stelle"),
            choices=[("", _("Bitte wählen")), *choices],
            coerce=int,
            initial=chosen or "",
            error_messages={"required": _("Bitte wählen Sie das Angebot, mit dem die Stelle den Schritt leistet.")},
        )

    def _why(self, step: Step, *, seated: bool, known: bool) -> Missing:
        names = {"who": told_as(step.owner)}
        label = _("Schritt: %(what)s") % {"what": step.what[:80]}
        if step.answer == Answer.REFUSED:
            words = _("%(who)s sagt nicht zu. Ändern Sie den Schritt, oder nehmen Sie ihn heraus.")
        elif seated and not known:
            words = _(
                "Im Leistungskatalog von %(who)s steht kein Angebot. Ihre Ansprechperson trägt es im Verzeichnis ein."
            )
        elif draft_plan(self.case) is not None:
            words = _("Die Zusage fehlt noch: %(who)s.")
        else:
            words = _("Die Zusage fehlt noch, und %(who)s war an keinem Gespräch: Senden Sie zuerst den Entwurf.")
        return Missing(label, words % names, paper_url(self.case, f"step.{step.key}.what"))

    def _changes(self) -> tuple[str, list[str]]:
        """Since which version something changed, and what, a line each; nothing where there is no version."""
        before = draft_plan(self.case) or final_plan(self.case)
        if before is None or self.missing:
            return "", []
        if before == draft_plan(self.case):
            title = _("Seit dem Entwurf (Fassung %(n)s) geändert")
        else:
            title = _("Gegenüber der Fassung %(n)s geändert")
        found = plan_changes.compare(before.content, self.paper.content())
        return title % {"n": before.number}, found.short or [plan_changes.count_words(found)]

    def also(self) -> str:
        """Corrections that nobody has handled are named before the plan binds."""
        if not self.unhandled:
            return ""
        words = ngettext(
            "Eine Korrektur zum Entwurf ist noch nicht beantwortet.",
            "%(n)s Korrekturen zum Entwurf sind noch nicht beantwortet.",
            self.unhandled,
        )
        return words % {"n": self.unhandled}

    def clean(self) -> dict[str, Any]:
        """What was promised at the table, as the effect takes it: step key → offer."""
        data = super().clean() or {}
        chosen = {key: data.get(f"offer_{key}") for key in self.open if data.get(f"promised_{key}")}
        offers = ServiceOffer.objects.in_bulk([pk for pk in chosen.values() if pk])
        return {"at_table": {key: offers[pk] for key, pk in chosen.items() if pk in offers}}


class DropForm(ActionForm):
    """Nothing to fill in."""
