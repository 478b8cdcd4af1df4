"""The dated rules as the coordination office writes them: what fits together, what cannot (NFR-07, NFR-08, GRP-20)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import Formatter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.enums import StatisticsGroup

from .. import division, groups
from ..enums import TEXT_ANSWERS, TEXT_PLACEHOLDERS, TEXT_TITLES, CriterionCheck, CriterionWeight, LegalState
from ..models import (
    AdmissionCriterion,
    Fallpauschale,
    LegalPrecondition,
    Obstacle,
    ReducedProcedure,
    RuleText,
)

CODE_HELP = gettext_lazy(
    "Kurzes Wort ohne Umlaute und Leerzeichen, zum Beispiel «sperrfrist». Es verbindet die Fassungen und bleibt."
)
POSITION_HELP = gettext_lazy("Kleine Zahlen stehen zuoberst.")
COUNTS_MONTHS = (CriterionCheck.IV_REFUSAL, CriterionCheck.RAV_PAUSE)
"""Checks that count months from a day."""
SOCIAL_ONLY = (CriterionCheck.OBSTACLES, CriterionCheck.LEAD)
"""Checks that only a social service as contractor knows."""


class RuleForm(ModelForm):
    """A dated row. What tells which rule it is stays once it is there: another rule is another row."""

    fixed: tuple[str, ...] = ("code",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fixed:
            if self.instance.pk and name in self.fields:
                self.fields[name].disabled = True

    def refuse(self, name: str, sentence: str) -> None:
        """Say beside a field what is wrong, unless the field itself is already refused or not shown."""
        if name in self.fields and name not in self.errors:
            self.add_error(name, sentence)


def lines(text: str) -> str:
    """A list of one entry a line, without empty lines and blanks around."""
    return "\n".join(line for line in map(str.strip, text.splitlines()) if line)


# Criteria -------------------------------------------------------------------------------------------------------


class CriterionForm(RuleForm):
    """One admission criterion (ALV-01 to SH-04)."""

    fixed = ("contractor_group", "code")

    class Meta:
        model = AdmissionCriterion
        fields = [
            *("contractor_group", "principal_group", "code", "heading", "text", "help_text", "items"),
            *("weight", "check_by", "months", "instead", "position", "valid_from", "valid_until"),
        ]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 2}),
            "help_text": forms.Textarea(attrs={"rows": 2}),
            "items": forms.Textarea(attrs={"rows": 7}),
            "instead": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "contractor_group": gettext_lazy("Wer diese Voraussetzung stellt."),
            "principal_group": gettext_lazy("Leer: gilt, wer immer beauftragt."),
            "code": CODE_HELP,
            "heading": gettext_lazy("Zwei, drei Wörter, zum Beispiel «Haltung und Zuverlässigkeit»."),
            "text": gettext_lazy("Ein ganzer Satz, der zutrifft oder nicht."),
            "help_text": gettext_lazy("Was man dazu wissen muss. Steht klein unter der Voraussetzung."),
            "items": gettext_lazy("Ein Punkt je Zeile. Sie helfen beim Beantworten und werden nicht einzeln gefragt."),
            "weight": gettext_lazy(
                "Was geschieht, wenn sie nicht erfüllt ist: «zwingend» hält den Antrag auf, «Ausnahme» verlangt eine "
                "Begründung, ein «Hinweis» hält niemanden auf."
            ),
            "check_by": gettext_lazy(
                "Ob im Antrag danach gefragt wird oder das Portal es aus anderen Angaben sieht. «Nur zum Lesen» hält "
                "niemanden auf."
            ),
            "months": gettext_lazy(
                "Nur für Prüfungen, die von einem Tag an zählen (letzte Ablehnung, letzte Anmeldung)."
            ),
            "instead": gettext_lazy(
                "Was die antragstellende Stelle stattdessen tun kann. Steht da, wenn es daran fehlt."
            ),
            "position": POSITION_HELP,
        }

    def clean_items(self) -> str:
        """One point a line."""
        return lines(self.cleaned_data["items"])

    def clean(self) -> dict[str, Any]:
        """Weight, check, months and direction that make sense together."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        check, months = data.get("check_by"), data.get("months")
        contractor, principal = data.get("contractor_group"), data.get("principal_group")
        if check in COUNTS_MONTHS and not months:
            self.refuse("months", _("Diese Prüfung zählt Monate. Wie viele?"))
        elif months is not None and check and check not in COUNTS_MONTHS:
            self.refuse("months", _("Diese Prüfung zählt keine Monate. Lassen Sie das Feld leer."))
        if check == CriterionCheck.NOTE and data.get("weight") not in (None, CriterionWeight.ADVISORY):
            self.refuse("weight", _("Was nur zum Lesen ist, hält niemanden auf. Wählen Sie «Hinweis»."))
        if check in SOCIAL_ONLY and contractor not in (None, StatisticsGroup.SH):
            self.refuse("check_by", _("Diese Prüfung gibt es nur, wenn die Sozialhilfe Auftragnehmer ist."))
        if principal and contractor and (principal, contractor) not in groups.DIRECTIONS:
            self.refuse("principal_group", _("Diese beiden Stellen beauftragen sich in Optima nicht."))
        return data


class ObstacleForm(RuleForm):
    """One burden in somebody's surroundings (SH-02)."""

    class Meta:
        model = Obstacle
        fields = ["code", "label", "help_text", "position", "valid_from", "valid_until"]
        help_texts = {
            "code": CODE_HELP,
            "label": gettext_lazy("So steht sie im Antrag zur Auswahl."),
            "help_text": gettext_lazy("Beispiele, in einer Zeile."),
            "position": POSITION_HELP,
        }


# Law ------------------------------------------------------------------------------------------------------------


class PreconditionForm(RuleForm):
    """One legal precondition with its status over a time (NFR-08)."""

    class Meta:
        model = LegalPrecondition
        fields = [
            *("code", "title", "locked_words", "status", "authority", "decided_on", "source", "remark"),
            *("position", "valid_from", "valid_until"),
        ]
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "locked_words": forms.Textarea(attrs={"rows": 3}),
            "source": forms.Textarea(attrs={"rows": 2}),
            "remark": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "code": CODE_HELP,
            "locked_words": gettext_lazy(
                "Was nicht geht, solange sie nicht erfüllt ist. Das liest, wer vor einem gesperrten Weg steht."
            ),
            "status": gettext_lazy("Nur «erfüllt» öffnet, was davon abhängt."),
            "authority": gettext_lazy("Wer darüber entscheidet, zum Beispiel «SECO» oder «Bundesrat»."),
            "decided_on": gettext_lazy("Der Tag auf dem Schreiben oder Beschluss; leer, wenn er nicht bekannt ist."),
            "source": gettext_lazy("Wo es steht: Schreiben, Beschluss, Bericht. Nötig, sobald entschieden ist."),
            "position": POSITION_HELP,
        }

    def clean(self) -> dict[str, Any]:
        """A decision has a source and lies in the past."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("status") in (LegalState.MET, LegalState.REFUSED) and not data.get("source"):
            self.refuse("source", _("Woher wissen Sie das? Nennen Sie das Schreiben oder den Beschluss."))
        if data.get("decided_on") and data["decided_on"] > timezone.localdate():
            self.refuse("decided_on", _("Dieses Datum liegt in der Zukunft."))
        return data


# Texts, division of work, rates ---------------------------------------------------------------------------------


class RuleTextForm(RuleForm):
    """A text that the portal fills in; it knows which values it has for it."""

    class Meta:
        model = RuleText
        fields = ["code", "title", "text", "position", "valid_from", "valid_until"]
        widgets = {"text": forms.Textarea(attrs={"rows": 8})}
        help_texts = {"position": POSITION_HELP}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self._offer_answers(TEXT_ANSWERS.get(self.instance.code, ()))
        else:
            self._offer_codes()
        names = sorted(set().union(*TEXT_PLACEHOLDERS.values()))
        if self.instance.pk:
            names = list(TEXT_PLACEHOLDERS.get(self.instance.code, ()))
        known_names = ", ".join(f"{{{name}}}" for name in names)
        words = _("Das Portal setzt ein: %(names)s.") % {"names": known_names}
        if not self.instance.pk:
            words += " " + _("Die Antwort zu Punkt 3 ist nur «Ja» oder «Nein».")
        self.fields["text"].help_text = words if names else _("Dieser Text steht so da, ohne Platzhalter.")

    def _offer_codes(self) -> None:
        """All texts that the portal asks for and all there are; whoever adds one says which, its title follows."""
        recorded = dict(RuleText.objects.order_by("-valid_from").values_list("code", "title"))
        missing = {code: _("%(title)s – noch nicht erfasst") % {"title": title} for code, title in TEXT_TITLES.items()}
        choices = [(code, f"{title} ({code})") for code, title in (missing | recorded).items()]
        self.fields["code"] = forms.ChoiceField(
            label=_("Schlüssel"),
            choices=[("", "---------"), *choices],
            help_text=_("Wofür das Portal den Text braucht."),
        )
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Leer: der übliche Titel.")

    def _offer_answers(self, answers: Iterable[str]) -> None:
        """A text of one word is chosen, not written."""
        choices = [(answer, answer) for answer in answers]
        if choices:
            self.fields["text"] = forms.ChoiceField(label=_("Text"), choices=choices, widget=forms.RadioSelect)

    def clean(self) -> dict[str, Any]:
        """Only placeholders that the portal can fill in, each written in full; an answer is one of its words."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("code") and not data.get("title") and not self.instance.pk:
            earlier = RuleText.objects.filter(code=data["code"]).order_by("-valid_from").first()
            data["title"] = earlier.title if earlier else str(TEXT_TITLES[data["code"]])
        answers = TEXT_ANSWERS.get(data.get("code", ""), ())
        if answers and data.get("text"):
            told = next((one for one in answers if one.casefold() == data["text"].strip(" .").casefold()), None)
            if told is None:
                self.refuse("text", _("Hier steht nur «%(answers)s».") % {"answers": _("» oder «").join(answers)})
            else:
                data["text"] = told
        elif data.get("text") and data.get("code"):
            wrong = placeholder_error(data["text"], TEXT_PLACEHOLDERS.get(data["code"], ()))
            if wrong:
                self.refuse("text", wrong)
        return data


def placeholder_error(text: str, known: Iterable[str]) -> str:
    """What is wrong with the placeholders of a text, as a German sentence; empty if nothing is."""
    known = tuple(known)
    try:
        found = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return _("Eine geschweifte Klammer ist nicht geschlossen oder steht allein. Schreiben Sie zum Beispiel {von}.")
    strange = [name for _text, name, style, turn in found if name not in known or style or turn]
    if not strange:
        return ""
    if not known:
        return _("Hier setzt das Portal nichts ein: Lassen Sie «%(name)s» weg.") % {"name": f"{{{strange[0]}}}"}
    words = _("Den Platzhalter «%(name)s» kennt das Portal hier nicht. Möglich sind: %(known)s.")
    return words % {"name": f"{{{strange[0]}}}", "known": ", ".join(f"{{{name}}}" for name in known)}


MARKS_HELP = gettext_lazy(
    "Ein Punkt je Zeile. Beginnt eine Zeile mit [sistiert] oder [abgeschlossen], so steht sie nur da, wenn die "
    "IV-Stelle ihr Verfahren sistiert oder abgeschlossen hat; {am} wird zum Tag davon. Eine Zeile mit [offen] steht "
    "da, solange die IV-Stelle nichts davon festgehalten hat."
)
BRACKET = re.compile(r"[\[\]]")
BRACES = re.compile(r"\{[^{}]*\}|[{}]")


def mark_error(text: str) -> str:
    """What is wrong with the marks of the lines of a division of work, as a German sentence; empty if nothing is."""
    for line in text.splitlines():
        mark = division.MARK.match(line)
        rest = line[mark.end() :] if mark else line
        name = mark[1].strip().lower() if mark else ""
        if mark and name not in division.MARKS:
            words = _("Das Zeichen «%(mark)s» kennt das Portal nicht. Möglich sind: %(known)s.")
            known = ", ".join(f"[{one}]" for one in division.MARKS)
            return words % {"mark": mark[0].strip(), "known": known}
        if BRACKET.search(rest):
            return _(
                "Eckige Klammern stehen nur einmal, am Anfang einer Zeile, zum Beispiel «[sistiert] Das Verfahren»."
            )
        if mark and not rest.strip():
            return _("Nach «%(mark)s» fehlt, was dasteht.") % {"mark": mark[0].strip()}
        strange = next((one for one in BRACES.findall(rest) if one != "{am}"), None)
        if strange is not None:
            return _("«%(name)s» kennt das Portal hier nicht. Möglich ist {am}.") % {"name": strange}
        if "{am}" in rest and not division.MARKS.get(name):
            return _("{am} steht nur in Zeilen mit [sistiert] oder [abgeschlossen]: Sonst gibt es keinen solchen Tag.")
    return ""


class ProcedureForm(RuleForm):
    """Who does what while a case is delegated (RED-01 to RED-08)."""

    fixed = ("principal_group", "contractor_group")
    LISTS = ("contractor_does", "contractor_does_not", "principal_keeps", "rests", "resumes")

    class Meta:
        model = ReducedProcedure
        fields = [
            *("principal_group", "contractor_group", "contractor_does", "contractor_does_not"),
            *("principal_keeps", "rests", "resumes", "takes_hints", "takes_measures", "measures_only"),
            *("valid_from", "valid_until"),
        ]
        help_texts = {
            "contractor_does": MARKS_HELP,
            "contractor_does_not": gettext_lazy("Ein Punkt je Zeile. Womit niemand rechnen soll."),
            "principal_keeps": gettext_lazy("Ein Punkt je Zeile."),
            "rests": MARKS_HELP,
            "resumes": format_lazy("{} {}", gettext_lazy("Daraus wird am Ende die Liste der Arbeiten."), MARKS_HELP),
            "takes_hints": gettext_lazy("Der Auftragnehmer kann dem Auftraggeber Gründe für eine Sanktion melden."),
            "takes_measures": gettext_lazy("Der Auftragnehmer kann beim Auftraggeber Massnahmen beantragen."),
            "measures_only": gettext_lazy("Satzteil nach «wenn», zum Beispiel «ein Anspruch bei der IV besteht»."),
        }

    def clean(self) -> dict[str, Any]:
        """Lists of one entry a line, a direction that exists, no condition for what is not possible."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.LISTS:
            if data.get(name):
                data[name] = lines(data[name])
                wrong = mark_error(data[name])
                if wrong:
                    self.refuse(name, wrong)
        direction = data.get("principal_group"), data.get("contractor_group")
        if None not in direction and direction not in groups.DIRECTIONS:
            self.refuse("contractor_group", _("Diese beiden Stellen beauftragen sich in Optima nicht."))
        if data.get("measures_only") and not data.get("takes_measures"):
            self.refuse(
                "measures_only", _("Wünsche nach Massnahmen sind hier nicht möglich: Lassen Sie das Feld leer.")
            )
        return data


class RateForm(RuleForm):
    """A monthly flat rate (FIN-02 to FIN-05)."""

    fixed = ()

    class Meta:
        model = Fallpauschale
        fields = [
            *("contractor_group", "principal_group", "service", "amount", "billed", "every_case", "remark"),
            *("valid_from", "valid_until"),
        ]
        help_texts = {
            "principal_group": gettext_lazy("Leer: gilt, wer immer beauftragt."),
            "billed": gettext_lazy("Nein: ein Wert, mit dem die Stellen rechnen; verrechnet nur unter Modell A."),
            "every_case": gettext_lazy("Nein: nur für Fälle, in denen die Leistung festgehalten ist."),
        }

    def clean_service(self) -> str:
        """One service has one spelling, or nobody could tell what belongs together."""
        service: str = self.cleaned_data["service"].strip()
        known = {name.casefold(): name for name in Fallpauschale.objects.values_list("service", flat=True)}
        other = known.get(service.casefold(), service)
        if other != service and other != self.instance.service:
            raise ValidationError(_("Diese Leistung heisst in anderen Zeilen «%(name)s».") % {"name": other})
        return service

    def clean_amount(self) -> Any:
        """Nothing below zero."""
        amount = self.cleaned_data["amount"]
        if amount < 0:
            raise ValidationError(_("Ein Betrag ist mindestens 0."))
        return amount
