"""Forms of the Vereinbarung ALV, the release, the registration at the RAV and the IV's procedure.

SH-05 to SH-07, RED-03, RED-05, ALV-07.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, files
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import PastDate, ShortText
from iiz.core.templatetags.ui import ahv, day
from iiz.core.workdays import add_months
from iiz.core.workflow import Party, participant

from .. import wording
from ..effects import release
from ..effects.handover import DEFAULT_MONTHS
from ..enums import Continuation, IvRest, Outcome
from ..models import Antrag, Vereinbarung
from ..queries import antrag_of, last_handover

LATEST_BEGIN = dt.timedelta(days=366)
"""A release begins within a year: later, the year is mistyped."""
REACHED, OFFER_INTACT = "ziel_erreicht", "arbeitsangebot_intakt"
MOST_FUNDS = 20
LONGEST_AGO = 24
"""Months before the Antrag; a day before that is mistyped."""


class VereinbarungForm(ActionForm):
    """Period, adviser and fund of a Vereinbarung; all that is known is filled in (SH-05).

    Its template shows what else the letter says of the person, and what is missing in it.
    """

    template_name = "optima/vereinbarung_form.html"
    replaces = False

    release_from = forms.DateField(label=gettext_lazy("Befreit von"), widget=forms.DateInput())
    release_until = forms.DateField(label=gettext_lazy("Befreit bis und mit"), widget=forms.DateInput())
    adviser = ShortText(limit=160, label=gettext_lazy("Beratungsperson beim RAV"))
    adviser_phone = ShortText(limit=40, short=True, label=gettext_lazy("Direktwahl"), required=False)
    fund = ShortText(
        limit=160,
        label=gettext_lazy("Zuständige Arbeitslosenkasse"),
        attrs={"list": "kassen", "autocomplete": "off"},
        help_text=gettext_lazy("Erhält eine Kopie der unterschriebenen Vereinbarung."),
    )
    rav_number = ShortText(limit=20, short=True, label=gettext_lazy("RAV-Personennummer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.antrag: Antrag = antrag_of(self.case)
        self.before = release.current(release.agreements(self.case))
        for name, value in self.known().items():
            self.initial.setdefault(name, value)

    def known(self) -> dict[str, Any]:
        """What the portal knows: start and end of the case work, who is in charge, the person's number."""
        row = participant(self.case, Party.PRINCIPAL)
        user = row.user if row is not None else None
        begins = self.antrag.started_on or self._agreed_start()
        return {
            "release_from": begins,
            "release_until": self._planned_end(begins) if begins else None,
            "adviser": user.get_full_name() if user is not None else "",
            "adviser_phone": user.phone if user is not None else "",
            "rav_number": self.case.person.rav_number if self.case.person is not None else "",
        }

    def _agreed_start(self) -> dt.date | None:
        held = last_handover(self.case)
        return held.uebergabegespraech.starts_on if held is not None else None

    def _planned_end(self, begins: dt.date) -> dt.date:
        """The last day of the mandate: the planned one, else as many months from the beginning as were asked for."""
        months = self.antrag.planned_months or DEFAULT_MONTHS
        return self.antrag.planned_until or add_months(begins, months)

    def funds(self) -> list[str]:
        """The funds that this RAV has named before, the most frequent first."""
        rows = Vereinbarung.objects.filter(antrag__principal=self.antrag.principal).order_by().values_list("fund")
        return [fund for fund, _often in rows.annotate(often=Count("pk")).order_by("-often", "fund")[:MOST_FUNDS]]

    def person(self) -> list[tuple[str, str]]:
        """What the letter says of the person, from the Antrag; what is missing stays empty there."""
        person, contractor = self.case.person, self.antrag.contractor
        if person is None:
            return []
        missing = _("fehlt – auf dem Papier ergänzen")
        place = f"{person.postcode} {person.place}".strip()
        return [
            (_("Name"), f"{person.first_name} {person.last_name}"),
            (_("Adresse"), ", ".join(part for part in (person.street, place) if part) or missing),
            (_("AHV-Nummer"), ahv(person.ahv_number) or missing),
            (_("Unterstützende Stelle"), contractor.name if contractor is not None else ""),
        ]

    def hints(self) -> list[str]:
        """What is missing in the canton's texts."""
        return wording.read(clock.today(), {"von": "", "bis": "", "stelle": ""}).hints

    def now(self) -> list[tuple[Any, str]]:
        """The Vereinbarung as it stands."""
        return described(self.before) if self.before is not None else []

    def clean(self) -> dict[str, Any]:
        """The period lies within the mandate and within what the law allows; a new Vereinbarung changes something."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("release_from"), data.get("release_until")
        if first is None or last is None:
            return data
        for name, sentence in self._wrong(first, last):
            self.add_error(name, sentence)
        if self.before is not None and not self.errors and self._same(data):
            self.add_error(None, _("Das steht schon so in der Vereinbarung. Bitte ändern Sie mindestens eine Angabe."))
        return data

    def _same(self, data: dict[str, Any]) -> bool:
        names = ("release_from", "release_until", "adviser", "adviser_phone", "fund")
        return "rav_number" not in self.changed_data and all(getattr(self.before, name) == data[name] for name in names)

    def _wrong(self, first: dt.date, last: dt.date) -> list[tuple[str, str]]:
        """What is wrong with the period, the first fault alone."""
        decided = self.antrag.decided_on
        if decided is not None and first < decided:
            return [("release_from", _("Das liegt vor der Annahme des Antrags (%(day)s).") % {"day": day(decided)})]
        if first > clock.today() + LATEST_BEGIN:
            return [("release_from", _("Das liegt mehr als ein Jahr voraus. Bitte prüfen Sie das Jahr."))]
        if last < first:
            return [("release_until", _("Die Befreiung endet vor ihrem Beginn."))]
        end = self._planned_end(first)
        if last > end:
            sentence = _(
                "Die Befreiung dauert höchstens so lange wie der Auftrag, hier bis %(day)s. Verlängert wird der "
                "Auftrag im Standortgespräch."
            )
            return [("release_until", sentence % {"day": day(end)})]
        gap = release.unlawful(self.antrag, first, last)
        if gap is None:
            return []
        since, law = gap
        if since > first:
            sentence = _("Das Recht lässt die Befreiung nur bis %(day)s zu. Bitte wählen Sie ein früheres Ende.")
            return [("release_until", sentence % {"day": day(since - release.DAY)})]
        words = law.locked_words if law is not None else ""
        return [("release_from", words or _("Für diesen Tag ist keine Rechtsgrundlage der Befreiung festgehalten."))]


class RenewForm(VereinbarungForm):
    """Another Vereinbarung in place of the present one: prefilled with it, to be signed again (SH-07)."""

    replaces = True

    def known(self) -> dict[str, Any]:
        """The former answers; the end moves to that of the mandate where this goes on longer."""
        known, row = super().known(), self.before or release.held(release.agreements(self.case))
        if row is None:
            return known
        former = {name: getattr(row, name) for name in ("release_from", "release_until", "fund")}
        until = self.antrag.planned_until
        if until is not None and until > row.release_until:
            former["release_until"] = until
        if not known["adviser"]:
            former |= {"adviser": row.adviser, "adviser_phone": row.adviser_phone}
        return known | former


def described(row: Vereinbarung) -> list[tuple[Any, str]]:
    """A Vereinbarung as label and value."""
    return [
        (
            _("Befreiung"),
            _("%(first)s bis %(last)s") % {"first": day(row.first_day), "last": day(row.release_until)},
        ),
        (_("Beratungsperson beim RAV"), row.adviser),
        (_("Zuständige Arbeitslosenkasse"), row.fund),
        (_("Unterschrieben am"), day(row.signed_on) or _("noch nicht")),
    ]


class SignForm(ActionForm):
    """The day of the client's signature, and the scan if there is one; its template names the Vereinbarung."""

    template_name = "optima/sign_form.html"

    signed_on = PastDate(label=gettext_lazy("Unterschrieben am"))
    file = forms.FileField(
        label=gettext_lazy("Scan der unterschriebenen Vereinbarung"),
        required=False,
        max_length=250,
        help_text=gettext_lazy(
            "PDF, JPG oder PNG, höchstens 20 MB. Steht danach bei den Dokumenten, für beide Stellen."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = release.unsigned(release.agreements(self.case))

    def rows(self) -> list[tuple[Any, str]]:
        """The Vereinbarung that is signed."""
        return described(self.row)[:3] if self.row is not None else []

    def now(self) -> list[tuple[Any, str]]:
        """The Vereinbarung as it stands."""
        row = release.current(release.agreements(self.case))
        return described(row) if row is not None else []

    def clean_signed_on(self) -> dt.date:
        """Nobody signs before there is something to sign."""
        signed: dt.date = self.cleaned_data["signed_on"]
        made = release.made_on(self.row) if self.row is not None else None
        if made is not None and signed < made:
            sentence = _("Die Vereinbarung ist erst am %(day)s ausgefüllt worden. Vorher kann niemand unterschreiben.")
            raise ValidationError(sentence % {"day": day(made)}, code="before_it_was_made")
        if self.row is not None and signed > self.row.release_until:
            sentence = _(
                "Der letzte Tag der Befreiung ist der %(day)s. Danach unterschrieben, befreit die Vereinbarung nicht: "
                "Bitte ändern Sie zuerst den Zeitraum."
            )
            raise ValidationError(sentence % {"day": day(self.row.release_until)}, code="too_late")
        return signed

    def clean_file(self) -> UploadedFile | None:
        """Let the scan in, or say why not."""
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload:
            kind = files.receive(upload, self.actor, case=self.case, kinds=files.SCANS)
            self.cleaned_data["content_type"] = kind
        return upload


class EndReleaseForm(ActionForm):
    """When the release ended, and why if earlier than agreed (SH-07)."""

    ended_on = PastDate(label=gettext_lazy("Letzter Tag der Befreiung"))
    ended_note = ShortText(
        limit=300,
        label=gettext_lazy("Weshalb sie früher endete"),
        required=False,
        help_text=gettext_lazy("Lesen beide Stellen."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = release.still_open(release.agreements(self.case))
        if self.row is not None:
            ended = self.case.ended_on or clock.today()
            self.initial.setdefault("ended_on", max(min(ended, self.row.release_until), self.row.first_day))

    def clean_ended_on(self) -> dt.date:
        """Within the period that was agreed."""
        ended: dt.date = self.cleaned_data["ended_on"]
        if self.row is not None and not self.row.first_day <= ended <= self.row.release_until:
            period = {"first": day(self.row.first_day), "last": day(self.row.release_until)}
            raise ValidationError(
                _("Die Befreiung gilt vom %(first)s bis %(last)s. Bitte wählen Sie einen Tag darin.") % period,
                code="outside",
            )
        return ended


class RestoredForm(ActionForm):
    """Since when the work offer is intact again (RED-03)."""

    restored_on = PastDate(
        label=gettext_lazy("Wieder intakt seit"),
        help_text=gettext_lazy("Zur Information. Wer befreit ist, bleibt es bis und mit heute."),
    )

    def clean_restored_on(self) -> dt.date:
        """Not before case work began."""
        restored: dt.date = self.cleaned_data["restored_on"]
        started = antrag_of(self.case).started_on
        if started is not None and restored < started:
            sentence = _("Das liegt vor dem Beginn der Fallarbeit (%(day)s).") % {"day": day(started)}
            raise ValidationError(sentence, code="too_early")
        return restored


def propose_closing(form: ActionForm) -> None:
    """Open the note of a Standortgespräch with the closure that is due once the work offer is intact again (RED-03).

    Reason and result are those of the catalogue, if it has them.
    """
    if antrag_of(form.case).work_offer_restored_on is None:
        return
    reasons, results = (form.fields[name].queryset for name in ("reason", "results"))  # type: ignore[attr-defined]
    proposal = {
        "decision": Continuation.CLOSE,
        "reason": reasons.filter(code=REACHED).first(),
        "outcome": Outcome.SUCCESS,
        "results": results.filter(code=OFFER_INTACT),
    }
    for name, value in proposal.items():
        form.initial.setdefault(name, value)


class _NotLongAgo(ActionForm):
    """A form with a day that may lie before the Antrag, but not years before."""

    def not_long_ago(self, value: dt.date) -> dt.date:
        """``value``, unless the year must be mistyped."""
        if value < add_months(self.case.arrived_on, -LONGEST_AGO):
            sentence = _("Das liegt mehr als zwei Jahre vor dem Antrag. Bitte prüfen Sie das Jahr.")
            raise ValidationError(sentence, code="too_early")
        return value


class RegistrationForm(_NotLongAgo):
    """On which day the client registered with the RAV (ALV-07)."""

    registered_on = PastDate(label=gettext_lazy("Beim RAV angemeldet am"))

    def clean_registered_on(self) -> dt.date:
        """A plausible day."""
        return self.not_long_ago(self.cleaned_data["registered_on"])


class IvRestForm(_NotLongAgo):
    """Whether the IV suspended its procedure or closed it, and when (RED-05)."""

    rest = forms.ChoiceField(
        label=gettext_lazy("Das IV-Verfahren ist"),
        choices=(
            (IvRest.SUSPENDED, gettext_lazy("sistiert: Nach dem Auftrag wird es wieder aufgenommen")),
            (IvRest.CLOSED, gettext_lazy("abgeschlossen: Es lebt nicht von selbst wieder auf")),
        ),
        widget=forms.RadioSelect,
    )
    rest_on = PastDate(label=gettext_lazy("Seit"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        antrag = antrag_of(self.case)
        if antrag.iv_rest:
            self.initial.update(rest=antrag.iv_rest, rest_on=antrag.iv_rest_on)

    def now(self) -> list[tuple[Any, str]]:
        """What is recorded."""
        antrag = antrag_of(self.case)
        return [(_("IV-Verfahren"), antrag.get_iv_rest_display()), (_("Seit"), day(antrag.iv_rest_on))]

    def clean_rest_on(self) -> dt.date:
        """A plausible day."""
        return self.not_long_ago(self.cleaned_data["rest_on"])
