"""A Vollmacht that holds for less, for nobody, or is replaced by another (PER-06, PER-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, consents
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import PastDate
from iiz.core.models import Case, ScopeLine, Vollmacht
from iiz.core.templatetags.ui import day

from .consent import in_words, recorded

ENDS, KEEPS = "ends", "keeps"
HOW = (
    (ENDS, gettext_lazy("Sie gilt für diese Stelle oder Person gar nicht mehr")),
    (KEEPS, gettext_lazy("Sie gilt weiter, aber nur noch für die angekreuzten Angaben")),
)


class LineField(forms.ModelChoiceField):
    """One live line of a Vollmacht, with the kinds of data that it opens."""

    def label_from_instance(self, obj: ScopeLine) -> str:
        """``RAV Seeblick (Ausbildung und Arbeit, Leistungen und Finanzen)``."""
        opened = ", ".join(str(DataCategory(name).label) for name in obj.categories)
        return f"{obj.who} ({opened or _('keine Angaben von anderen')})"


class NarrowFields(forms.Form):
    """Which line, and what of it remains."""

    line = LineField(
        ScopeLine.objects.none(),
        label=gettext_lazy("Für wen wird die Vollmacht enger?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"invalid_choice": gettext_lazy("Diese Zeile der Vollmacht gilt nicht mehr.")},
    )
    how = forms.ChoiceField(label=gettext_lazy("Was gilt noch?"), choices=HOW, widget=forms.RadioSelect)
    keep = forms.MultipleChoiceField(
        label=gettext_lazy("Weiterhin erlaubte Angaben"),
        choices=DataCategory.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def offer(self, lines: Iterable[ScopeLine]) -> None:
        """Set the lines to choose from; the ticks of one that is chosen in the address are shown."""
        found = {str(line.pk): line for line in lines}
        field: LineField = self.fields["line"]  # type: ignore[assignment]
        field.queryset = ScopeLine.objects.filter(pk__in=list(found)).select_related("institution")
        self.fields["keep"].conditional = True  # type: ignore[attr-defined]
        chosen = found.get(str(self.initial.get("line", "")))
        if chosen is not None:
            self.fields["keep"].initial = chosen.categories

    def clean(self) -> dict[str, Any]:
        """``keep`` as ``consents.narrow`` takes it: the kinds that remain, or ``None`` to end the line."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        line, kept = data.get("line"), frozenset(data.get("keep") or ())
        if data.get("how") == ENDS:
            data["keep"] = None
        elif line is not None and data.get("how") == KEEPS:
            opened = frozenset(line.categories)
            if not kept <= opened:
                words = _("Mehr als bisher braucht eine neue Vollmacht. Bisher erlaubt sind: %(opened)s.")
                named = ", ".join(str(DataCategory(name).label) for name in line.categories) or _("keine Angaben")
                self.add_error("keep", ValidationError(words % {"opened": named}, code="wider"))
            elif kept == opened:
                self.add_error("keep", ValidationError(_("Das gilt schon so: Es ändert nichts."), code="same"))
            data["keep"] = kept
        return data


class NarrowForm(NarrowFields, ActionForm):
    """The Vollmacht of a case becomes narrower at once."""

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        self.offer(consents.live_lines(case))

    def clean(self) -> dict[str, Any]:
        """Without the office that registered the case nothing can go on: that is a withdrawal."""
        data = super().clean()
        line = data.get("line")
        own = line is not None and line.institution_id == self.case.registering_institution_id
        if own and data.get("how") == ENDS:
            sentence = _(
                "Diese Stelle hat den Fall angemeldet. Gilt die Vollmacht für sie nicht mehr, so ist sie zurückgezogen."
            )
            self.add_error("how", ValidationError(sentence, code="withdrawal"))
        return data

    def now(self) -> list[tuple[Any, str]]:
        """For whom it holds now."""
        return [(_("Die Vollmacht gilt für"), ", ".join(line.who for line in consents.live_lines(self.case)))]


class NarrowAloneForm(NarrowFields):
    """A Vollmacht on which no case rests becomes narrower."""

    def __init__(self, *args: Any, vollmacht: Vollmacht, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(line for line in vollmacht.lines.all() if line.ended_at is None)


class WithdrawFields(forms.Form):
    """On which day the client withdrew a Vollmacht: not before it was signed."""

    withdrawn_on = PastDate(
        label=gettext_lazy("Zurückgezogen am"),
        help_text=gettext_lazy("Der Tag, an dem Sie es erfuhren. Der Austausch endet in jedem Fall jetzt."),
    )

    def begin(self, vollmacht: Vollmacht | None) -> None:
        """Propose today; ``vollmacht`` is what is withdrawn."""
        self.signed_on = vollmacht.signed_on if vollmacht is not None else None
        self.initial.setdefault("withdrawn_on", clock.today())

    def clean_withdrawn_on(self) -> dt.date:
        """Not before the signature."""
        found: dt.date = self.cleaned_data["withdrawn_on"]
        if self.signed_on is not None and found < self.signed_on:
            words = _("Die Vollmacht wurde erst am %(day)s unterschrieben.") % {"day": day(self.signed_on)}
            raise ValidationError(words, code="too_early")
        return found


class WithdrawForm(WithdrawFields, ActionForm):
    """The Vollmacht of a case is withdrawn."""

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        self.begin(case.vollmacht)


class WithdrawAloneForm(WithdrawFields):
    """A Vollmacht is withdrawn on its own page."""

    def __init__(self, *args: Any, vollmacht: Vollmacht, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begin(vollmacht)


class RenewForm(ActionForm):
    """Another Vollmacht of the same person that is recorded already; a new one has its own page."""

    vollmacht = forms.ModelChoiceField(
        Vollmacht.objects.none(),
        label=gettext_lazy("Auf welche Vollmacht stützt sich der Fall jetzt?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Vollmacht, oder halten Sie zuerst die neue fest."),
            "invalid_choice": gettext_lazy("Diese Vollmacht gilt heute nicht."),
        },
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        found = [row for row in recorded(actor, case.person) if row.pk != case.vollmacht_id]
        field: forms.ModelChoiceField = self.fields["vollmacht"]  # type: ignore[assignment]
        field.queryset = Vollmacht.objects.filter(pk__in=[row.pk for row in found]).prefetch_related("lines")
        field.label_from_instance = in_words  # type: ignore[method-assign, assignment]
        link = f"{reverse('roundtable:vollmacht_new')}?fall={case.number}"
        words = _("Noch nicht festgehalten?") if found else _("Für diese Person ist keine andere festgehalten.")
        self.nothing = not found
        field.help_text = format_html('{} <a href="{}">{}</a>', words, link, _("Neue Vollmacht mit Scan festhalten"))
