"""One small form for each action on an Antrag; ``cleaned_data`` is what the workflow's effect takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iiz.core import absences
from iiz.core.actor import Actor, members
from iiz.core.enums import WORKING_ROLES, Role, StatisticsGroup
from iiz.core.forms.action import ActionForm
from iiz.core.models import Case, Institution, User

from .. import phrases, ruling_words
from ..effects import ruling
from ..enums import CriterionAnswer, CriterionCheck, CriterionWeight
from ..enums import KostengutspracheState as KgState
from ..models import Antrag, Classification, CriterionFinding, RefusalReason, ZielgruppeRule
from ..queries import antrag_of, least_busy, refusal_reasons
from .fields import LongText
from .ruling import RuleField


class AdviserField(forms.ModelChoiceField):
    """Somebody who works at the contractor; who is away today is marked."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("Diese Person arbeitet nicht mehr dort. Wählen Sie jemanden aus der Liste."),
    }
    away: dict[int, str]

    def label_from_instance(self, obj: User) -> str:
        """Their name, and until when somebody stands in for them."""
        absence = self.away.get(obj.pk)
        return f"{obj.get_full_name()} ({absence})" if absence else obj.get_full_name()


class AssignForm(ActionForm):
    """Who takes care of the case at the contractor (ACT-06)."""

    side = "contractor"

    adviser = AdviserField(User.objects.none(), label=gettext_lazy("Wer betreut den Fall?"), empty_label=None)

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        office = getattr(antrag_of(case), self.side)
        people = members(office, WORKING_ROLES) if office else []
        field: AdviserField = self.fields["adviser"]  # type: ignore[assignment]
        away = absences.today([office.pk]) if office else {}
        field.away = {user: absences.words(row) for (_office, user), row in away.items()}
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        field.initial = self._proposal(office, people)
        if field.initial is None:
            field.empty_label = _("bitte wählen")

    def _proposal(self, office: Institution | None, people: list[User]) -> int | None:
        """Who is in charge already; else I, if I lead cases myself; else who of those who do has the least to do."""
        for row in self.case.participations.all():
            if row.role == "contractor" and row.until is None and row.user_id:
                return row.user_id
        keys = [person.pk for person in people]
        if self.actor.user.pk in keys and Role.CASEWORKER in self.actor.roles:
            return self.actor.user.pk
        advisers = members(office, {Role.CASEWORKER}) if office else []
        if len(advisers) == 1 or office is None:
            return advisers[0].pk if advisers else None
        if len(people) > 1:
            self.fields["adviser"].help_text = _("Vorgeschlagen ist, wer da ist und am wenigsten Fälle betreut.")
        return least_busy(office, advisers or people)


class HandOverForm(AssignForm):
    """Who answers for the case at the principal from now on (ACT-08)."""

    side = "principal"

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        field: forms.ModelChoiceField = self.fields["adviser"]  # type: ignore[assignment]
        field.label = _("Wer ist künftig zuständig?")
        now = [row.user_id for row in case.participations.all() if row.role == self.side and row.until is None]
        people = field.queryset or User.objects.none()
        field.queryset = people.exclude(pk__in=[pk for pk in now if pk])

    def _proposal(self, office: Institution | None, people: list[User]) -> int | None:
        """Nobody: handing over is a choice."""
        return None


class FindingsField(forms.ModelMultipleChoiceField):
    """The criteria of a case with the principal's answers; what is ticked the contractor confirms (OP-05)."""

    conditional = True

    def label_from_instance(self, obj: CriterionFinding) -> Any:
        """``Arbeitsfähig – trifft zu``, with the exception that is asked for below."""
        said = ruling_words.answer(obj.antrag, obj)
        label = format_html("<b>{}</b> – {}", obj.criterion.heading, said)
        if obj.criterion.weight == CriterionWeight.HARD:
            label = format_html('{} <span class="small">· {}</span>', label, obj.criterion.get_weight_display())
        label = format_html('{}<br><span class="small">{}</span>', label, ruling_words.text_of(obj.criterion))
        if not obj.reason:
            return label
        return format_html('{}<br><span class="small">{} {}</span>', label, _("Ausnahme beantragt:"), obj.reason)


class AcceptForm(AssignForm):
    """Accept, confirm criteria and group, and allocate in one step (OP-05, GRP-20).

    What the principal says is met is ticked already, and the group proposed: an ordinary case takes one click more.
    """

    template_name = "optima/accept_form.html"

    leads = forms.BooleanField(
        label=gettext_lazy("Wir übernehmen die Beratung mit Fallführung und vermitteln nicht nur weiter."),
        error_messages={
            "required": gettext_lazy(
                "Ohne Fallführung ist es kein Optima. Wählen Sie dann «Ablehnen» und sagen Sie dem Auftraggeber, was "
                "Sie stattdessen anbieten; ist noch etwas unklar, «Rückfrage stellen»."
            )
        },
    )
    confirmed = FindingsField(
        CriterionFinding.objects.none(),
        label=gettext_lazy("Das bestätigen wir"),
        help_text=gettext_lazy("Was nach den Angaben des Auftraggebers erfüllt ist, ist angekreuzt."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Diese Voraussetzung gehört nicht zu diesem Antrag.")},
    )
    rule = RuleField(
        ZielgruppeRule.objects.none(),
        label=gettext_lazy("Zielgruppe"),
        required=False,
        empty_label=gettext_lazy("ohne Zielgruppe"),
    )
    rule_note = LongText(
        label=gettext_lazy("Weshalb eine andere Zielgruppe?"), limit=500, rows=2, required=False, conditional=True
    )
    note = LongText(label=gettext_lazy("Bemerkung an den Auftraggeber"), required=False, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        antrag = antrag_of(self.case)
        self.asked_findings: list[CriterionFinding] = []
        self.classification = ruling_words.classification_of(antrag)
        if antrag.contractor_group != StatisticsGroup.SH:
            del self.fields["leads"]
        if self.classification is None:
            for name in ("confirmed", "rule", "rule_note"):
                del self.fields[name]
            return
        self._prepare_findings(antrag)
        self._prepare_rule(antrag, self.classification)

    def _prepare_findings(self, antrag: Antrag) -> None:
        """What a tick of its own confirms is not asked twice (SH-03)."""
        rows = ruling_words.findings_of(antrag)
        self.lead_findings = [row for row in rows if row.criterion.check_by == CriterionCheck.LEAD]
        asked = self.asked_findings = [row for row in rows if row not in self.lead_findings]
        if not asked:
            del self.fields["confirmed"]
            return
        field: FindingsField = self.fields["confirmed"]  # type: ignore[assignment]
        keys = [row.pk for row in asked]
        field.queryset = CriterionFinding.objects.filter(pk__in=keys).select_related("criterion", "antrag")
        field.initial = [row.pk for row in asked if row.answer == CriterionAnswer.YES]
        if any(row.criterion.weight == CriterionWeight.HARD for row in asked):
            note: LongText = self.fields["note"]  # type: ignore[assignment]
            note.conditional = True
            note.help_text = _("Nötig, wenn Sie etwas Zwingendes nicht bestätigen.")

    def _prepare_rule(self, antrag: Antrag, row: Classification) -> None:
        field: RuleField = self.fields["rule"]  # type: ignore[assignment]
        field.queryset = ruling.open_rows(self.case)
        field.initial = row.rule
        if not field.queryset.exists():
            del self.fields["rule"], self.fields["rule_note"]

    @property
    def group(self) -> str:
        """The group that holds now, as people name it."""
        row = self.classification
        return phrases.group_of(row.rule) if row and row.rule else _("Ohne Zielgruppe")

    def why(self) -> str:
        """What the table was told, and which table it was."""
        row = self.classification
        if row is None:
            return ""
        told = [phrases.direction(row.inputs), *phrases.inputs_in_words(row.inputs)]
        return " · ".join([*told, phrases.version_of(row.table_version)])

    @property
    def other_group(self) -> bool:
        """Whether another group is being named, so that its fields stand open."""
        if not self.is_bound or self.classification is None:
            return False
        return bool(self.errors.get("rule_note") or self.cleaned_data.get("rule") != self.classification.rule)

    def clean(self) -> dict[str, Any]:
        """Another group than the one that holds needs its reason, and a binding criterion left open a remark.

        The tick for the lead confirms that criterion.
        """
        data = super().clean() or self.cleaned_data
        row = self.classification
        if row is None:
            return data
        if "rule" in data and data["rule"] != row.rule and not data.get("rule_note"):
            sentence = _("Sie nennen eine andere Zielgruppe als vorgeschlagen. Weshalb?")
            self.add_error("rule_note", ValidationError(sentence, code="required"))
        if not self.has_error("confirmed") and not data.get("note"):
            self._want_note(data.get("confirmed", ()))
        if data.get("leads"):
            data["confirmed"] = [*data.get("confirmed", ()), *self.lead_findings]
        return data

    def _want_note(self, confirmed: Iterable[CriterionFinding]) -> None:
        """Whoever accepts without a binding criterion says why, in a word to the principal (OP-05)."""
        held = {row.pk for row in confirmed}
        left = [row.criterion for row in self.asked_findings if row.pk not in held]
        names = [f"«{row.heading}»" for row in left if row.weight == CriterionWeight.HARD]
        if names:
            sentence = ngettext(
                "%(what)s ist zwingend und nicht bestätigt. Schreiben Sie, weshalb Sie trotzdem annehmen.",
                "%(what)s sind zwingend und nicht bestätigt. Schreiben Sie, weshalb Sie trotzdem annehmen.",
                len(names),
            )
            self.add_error("note", ValidationError(sentence % {"what": ", ".join(names)}, code="required"))


class RefuseForm(ActionForm):
    """Refuse with a listed reason of the day; some reasons need words (OUT-01, OUT-02)."""

    refusal_reason = forms.ModelChoiceField(
        RefusalReason.objects.none(),
        label=gettext_lazy("Grund"),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    refusal_text = LongText(
        label=gettext_lazy("Begründung"),
        required=False,
        conditional=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = refusal_reasons(timezone.localdate())
        self.fields["refusal_reason"].queryset = reasons  # type: ignore[attr-defined]
        hint = _("Was müsste anders sein, damit es möglich wird?")
        needing = ", ".join(f"«{reason.label}»" for reason in reasons if reason.needs_text)
        if needing:
            hint = _("Zu %(reasons)s nötig, sonst eine Hilfe: %(hint)s") % {"reasons": needing, "hint": hint}
        self.fields["refusal_text"].help_text = hint

    def clean(self) -> dict[str, Any]:
        """Ask for words where the reason alone says nothing."""
        data = super().clean() or self.cleaned_data
        reason = data.get("refusal_reason")
        if reason is not None and reason.needs_text and not data.get("refusal_text"):
            sentence = _("Zu «%(reason)s» braucht es eine Begründung.") % {"reason": reason.label}
            self.add_error("refusal_text", ValidationError(sentence, code="required"))
        return data


class AskForm(ActionForm):
    """One question to the principal."""

    question = LongText(label=gettext_lazy("Ihre Frage"))


class AnswerForm(ActionForm):
    """The answer, below the question, which its template quotes as ``query``."""

    template_name = "optima/answer_form.html"

    answer = LongText(label=gettext_lazy("Ihre Antwort"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.query = antrag_of(self.case).queries.filter(answered_at=None).select_related("asked_by").first()


class NoteForm(ActionForm):
    """Nothing to say but, perhaps, a remark."""

    note = LongText(label=gettext_lazy("Bemerkung"), required=False, rows=3)


class ConfirmForm(ActionForm):
    """Only the button."""


class WithdrawalForm(ActionForm):
    """Only the button; where a Kostengutsprache lapses with the client's agreement, that is said before (KG-10)."""

    def also(self) -> str:
        """What is asked for or signed and not ordered yet."""
        rows = self.case.kostengutsprachen.exclude(content_hash="").filter(
            state__in=[KgState.REQUESTED, KgState.APPROVED]
        )
        which = [f"K{position}" for position in rows.order_by("position").values_list("position", flat=True)]
        if not which:
            return ""
        return ngettext(
            "Die Kostengutsprache %(which)s ist noch nicht bestellt und verfällt damit.",
            "Die Kostengutsprachen %(which)s sind noch nicht bestellt und verfallen damit.",
            len(which),
        ) % {"which": ", ".join(which)}
