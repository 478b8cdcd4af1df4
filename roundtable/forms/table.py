"""Forms about who sits at the table (RT-08, PER-09, PER-10)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iiz.core import absences, consents
from iiz.core.actor import Actor, members
from iiz.core.enums import WORKING_ROLES, DataCategory, Role
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import ShortText
from iiz.core.models import Case, Institution, Participation, ScopeLine, User
from iiz.core.workflow import NotNow

from .. import seating
from ..effects.dates import NAME_LENGTH
from ..effects.following import open_steps
from ..enums import ParticipantKind
from ..models import Participant
from ..queries import at_the_table, manager

WISH = "wish"
"""Somebody whom the Vollmacht does not name, but the client wishes to be there."""


class AddOfficeForm(ActionForm):
    """One of the offices that the Vollmacht names and that do not take part yet."""

    template_name = "roundtable/forms/add_office.html"

    office = forms.ModelChoiceField(
        Institution.objects.none(),
        label=gettext_lazy("Welche Stelle?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Stelle, die die Vollmacht nennt."),
            "invalid_choice": gettext_lazy("Diese Stelle nennt die Vollmacht nicht, oder sie ist schon dabei."),
        },
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        here = {row.participation.institution_id for row in at_the_table(case) if row.participation is not None}
        named = [line.institution_id for line in consents.live_lines(case) if line.institution_id not in here]
        found = Institution.objects.active().filter(pk__in=[key for key in named if key]).order_by("name")
        self.fields["office"].queryset = found  # type: ignore[attr-defined]
        self.none_left = not found


class PersonFields(forms.Form):
    """How somebody without an account is reached."""

    function = ShortText(
        limit=120,
        label=gettext_lazy("Funktion oder Beziehung"),
        required=False,
        help_text=gettext_lazy("Zum Beispiel Psychotherapeutin, Mutter, Beistand"),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-Mail"),
        required=False,
        help_text=gettext_lazy("Mit ihr kommen Links: Termine beantworten, zusagen, die eigene Sicht abgeben."),
        error_messages={"invalid": gettext_lazy("Das ist keine gültige E-Mail-Adresse.")},
    )
    phone = ShortText(limit=40, label=gettext_lazy("Telefon"), required=False, short=True)

    def check_email(self, case: Case, email: str, beside: Participant | None = None) -> None:
        """Nobody sits there twice: neither with an address of somebody else nor as the person of an office."""
        for row in at_the_table(case):
            if row == beside or not email:
                continue
            user = row.participation.user if row.participation is not None else None
            if email.lower() in (row.email.lower(), user.email.lower() if user is not None else ""):
                sentence = _(
                    "Mit dieser E-Mail-Adresse sitzt schon jemand am Tisch. Teilen sich zwei Personen eine Adresse, so "
                    "lassen Sie das Feld hier leer: Diese Person fragen Sie selbst, und sie erhält einen Brief."
                )
                self.add_error("email", sentence)
                return


def same_name(one: str, other: str) -> bool:
    """Whether two names are those of one person: the same words in any order, before a comma or a bracket."""
    first, second = (sorted(re.split(r"[,(]", name)[0].casefold().split()) for name in (one, other))
    return bool(first) and first == second


class AddPersonForm(PersonFields, ActionForm):
    """Somebody without an account: named by the Vollmacht, or wished by the client."""

    field_order = ("who", "name", "wished", "kind", "function", "email", "phone")

    who = forms.ChoiceField(
        label=gettext_lazy("Wer kommt dazu?"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Diese Person nennt die Vollmacht nicht mehr.")},
    )
    name = ShortText(limit=NAME_LENGTH, label=gettext_lazy("Name"), required=False, conditional=True)
    wished = forms.BooleanField(
        label=gettext_lazy("Die Klientin oder der Klient wünscht es"),
        required=False,
        help_text=gettext_lazy("Auf Wunsch nimmt jemand teil, erhält aber keine Angaben der Stellen."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Nimmt teil als"),
        choices=[(kind.value, kind.label) for kind in (ParticipantKind.PROFESSIONAL, ParticipantKind.RELATIVE)],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Eine Vertrauensperson, etwa die Mutter, kommt mit der Klientin oder dem Klienten."),
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        taken = {row.line_id for row in at_the_table(case)}
        lines = [line for line in consents.live_lines(case) if line.institution_id is None]
        self.lines = {str(line.pk): line for line in lines if line.pk not in taken}
        choices = [(key, f"{line.name} ({consents.basis_words(line)})") for key, line in self.lines.items()]
        label = _("jemand anderes, auf Wunsch der Klientin oder des Klienten")
        self.fields["who"].choices = [*choices, (WISH, label)]  # type: ignore[attr-defined]
        if not choices:
            self.initial.setdefault("who", WISH)

    def clean(self) -> dict[str, Any]:
        """A named line brings the name; a wish needs one, and its tick. Nobody is listed twice."""
        data = super().clean() or self.cleaned_data
        line: ScopeLine | None = self.lines.get(data.get("who", ""))
        data["line"] = line
        if line is not None:
            data["name"] = line.name
        elif data.get("who") == WISH:
            self._check_wish(data)
        here = [row for row in at_the_table(self.case) if row.name]
        name = (data.get("name") or "").strip()
        if name and any(same_name(row.name, name) for row in here):
            self.add_error("name" if line is None else "who", _("%(name)s sitzt schon am Tisch.") % {"name": name})
        self.check_email(self.case, data.get("email") or "")
        return data

    def _check_wish(self, data: dict[str, Any]) -> None:
        name = (data.get("name") or "").strip()
        if not name and "name" not in self.errors:
            self.add_error("name", _("Bitte geben Sie den Namen an."))
        elif any(same_name(line.name, name) for line in self.lines.values()):
            self.add_error("name", _("Die Vollmacht nennt diese Person. Bitte wählen Sie sie oben aus der Liste."))
        elif same_name(str(self.case.person or ""), name):
            sentence = _(
                "So heisst die Klientin oder der Klient. Heisst noch jemand so, schreiben Sie etwas dazu, zum "
                "Beispiel «senior»."
            )
            self.add_error("name", sentence)
        if not data.get("wished"):
            self.add_error(
                "wished", _("Ohne Vollmacht nimmt nur teil, wen die Klientin oder der Klient dabeihaben will.")
            )


class ChosenForm(ActionForm):
    """Something about one participant: the one that the link of the table names.

    Raises ``NotNow`` for a link to somebody who takes part no more.
    """

    template_name = "roundtable/forms/chosen.html"

    participant = forms.ModelChoiceField(
        Participant.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie im Register «Tisch», um wen es geht."),
            "invalid_choice": gettext_lazy("Diese Person oder Stelle nimmt nicht mehr teil."),
        },
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        rows = list(self.offered())
        field: forms.ModelChoiceField = self.fields["participant"]  # type: ignore[assignment]
        field.queryset = Participant.objects.filter(pk__in=[row.pk for row in rows])
        asked = str(self.data.get("participant") if self.is_bound else self.initial.get("participant"))
        self.chosen = next((row for row in rows if str(row.pk) == asked), None)
        if self.chosen is None and not self.is_bound:
            raise NotNow(str(field.error_messages["required" if asked == "None" else "invalid_choice"]))
        self.label = seating.named(case, self.chosen, actor) if self.chosen is not None else ""

    def offered(self) -> Iterable[Participant]:
        """With whom it may be done."""
        return at_the_table(self.case)


class ChangePersonForm(PersonFields, ChosenForm):
    """Address, telephone and function of somebody without an office."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.chosen is None:
            return
        for name in ("function", "email", "phone"):
            self.initial.setdefault(name, getattr(self.chosen, name))
        if self.chosen.kind == ParticipantKind.CLIENT:
            del self.fields["function"]
        self.fields["email"].help_text = _("Ändert sie, so enden die Links an die alte Adresse.")

    def offered(self) -> Iterable[Participant]:
        """Everybody without an office."""
        return [row for row in at_the_table(self.case) if row.participation is None]

    def clean(self) -> dict[str, Any]:
        """The address belongs to nobody else at the table."""
        data = super().clean() or self.cleaned_data
        self.check_email(self.case, data.get("email") or "", beside=self.chosen)
        return data


class EndForm(ChosenForm):
    """Nothing to fill in: the page says what happens."""

    def also(self) -> str:
        """That the case management, or open steps of the plan in force, are left without anybody."""
        if self.chosen is None:
            return ""
        found, names = [], {"who": self.label}
        manages = manager(self.case)
        if manages is not None and manages.participant_id == self.chosen.pk:
            found.append(_("%(who)s hat das Case Management; es ist danach neu zu bestimmen.") % names)
        count = sum(step.owner_id == self.chosen.pk for step in open_steps(self.case))
        if count:
            words = ngettext(
                "%(who)s ist für %(count)s offenen Schritt verantwortlich; der Plan braucht danach eine neue Fassung.",
                "%(who)s ist für %(count)s offene Schritte verantwortlich; der Plan braucht danach eine neue Fassung.",
                count,
            )
            found.append(words % (names | {"count": count}))
        return " ".join(found)

    def offered(self) -> Iterable[Participant]:
        """Everybody but the client and the office that registered the case."""
        return [row for row in at_the_table(self.case) if may_end(self.case, row)]


def may_end(case: Case, row: Participant) -> bool:
    """Whether somebody can leave the table: not the client, and not the office that registered the case."""
    if row.kind == ParticipantKind.CLIENT:
        return False
    return row.participation is None or row.participation.institution_id != case.registering_institution_id


class NeedHealthForm(ChosenForm):
    """Whether an office needs health data for its part."""

    health = forms.TypedChoiceField(
        label=gettext_lazy("Braucht die Stelle Angaben zur Gesundheit?"),
        choices=(("1", gettext_lazy("ja, für ihre Aufgabe in diesem Fall")), ("0", gettext_lazy("nein"))),
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.chosen is None or self.chosen.participation is None:
            return
        part: Participation = self.chosen.participation
        self.initial.setdefault("health", "1" if part.health else "0")
        line = consents.line_for(self.case, part.institution_id)
        if line is None or not getattr(line, DataCategory.HEALTH):
            self.fields["health"].help_text = _(
                "Die Vollmacht erlaubt dieser Stelle keine Angaben zur Gesundheit: Auch mit «ja» sieht sie keine."
            )

    def offered(self) -> Iterable[Participant]:
        """The offices."""
        return [row for row in at_the_table(self.case) if row.participation is not None]


class AdviserField(forms.ModelChoiceField):
    """Somebody of the own office; who is away today is marked."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("Diese Person arbeitet nicht mehr dort. Wählen Sie jemanden aus der Liste."),
    }
    away: dict[int, str]

    def label_from_instance(self, obj: User) -> str:
        """Their name, and until when somebody stands in for them."""
        absence = self.away.get(obj.pk)
        return f"{obj.get_full_name()} ({absence})" if absence else obj.get_full_name()


class AssignForm(ActionForm):
    """Who of the own office comes to the table."""

    adviser = AdviserField(User.objects.none(), label=gettext_lazy("Wer nimmt teil?"), empty_label=None)

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        office = actor.institution
        people = members(office, WORKING_ROLES)
        field: AdviserField = self.fields["adviser"]  # type: ignore[assignment]
        field.away = {user: absences.words(row) for (_office, user), row in absences.today([office.pk]).items()}
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        field.initial = self._proposal(people)
        if field.initial is None:
            field.empty_label = _("bitte wählen")

    def _proposal(self, people: list[User]) -> int | None:
        """Who is in charge already; else I, if I lead cases myself; else the only one there is."""
        for row in self.case.participations.all():
            if row.institution_id == self.actor.institution.pk and row.until is None and row.user_id:
                return row.user_id
        if Role.CASEWORKER in self.actor.roles:
            return self.actor.user.pk
        return people[0].pk if len(people) == 1 else None
