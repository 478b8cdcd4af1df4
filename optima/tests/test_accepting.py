"""Accepting and ruling: criteria and group confirmed in passing, another one with a reason (OP-05, GRP-20, SH-03)."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from iiz.core import workflow
from iiz.core.models import Case, LeadCapability
from iiz.core.tests.factories import InstitutionFactory, coordinator
from optima import content, pages, seed
from optima.forms.decisions import AcceptForm
from optima.forms.ruling import RulingForm
from optima.models import Antrag, Classification, Obstacle, ZielgruppeRule

from . import factories as make

pytestmark = pytest.mark.django_db

FOR_SH = {"kein_arbeitsangebot": "yes", "anspruch_psh": "yes"}


@pytest.fixture(autouse=True)
def _rules():
    seed.rules()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def text(response) -> str:
    return html.unescape(response.content.decode())


def to_service() -> Case:
    """A case that a SoBZ is asked to lead."""
    office = InstitutionFactory.create(kind="sobz")
    LeadCapability.objects.create(institution=office, level="full", valid_from=make.LONG_AGO)
    make.actor(make.Role.CONTACT, office, make.Role.CASEWORKER)
    return make.submitted(contractor=office, criteria=FOR_SH, obstacles=[Obstacle.objects.get(code="schulden")])


def accept_page(case: Case) -> str:
    return reverse("core:action", args=[case.number, "accept"])


class TestAccept:
    """One page, and in an ordinary case one button."""

    def test_what_is_met_is_ticked_and_the_group_chosen(self):
        case = make.submitted(criteria=make.FIT_FOR_IV | {"unterstuetzung": "open"})
        form = AcceptForm(case=case, actor=make.contractor_of(case))

        met = {row.criterion.code for row in case.antrag.criteria.filter(pk__in=form.fields["confirmed"].initial)}
        assert met == {"arbeitsangebot", "will_arbeiten", "ablehnung_ein_jahr"}
        assert form.fields["rule"].initial.code == "E"
        assert "Hoher Bedarf an Unterstützung</b> – noch offen" in str(form)
        assert "leads" not in form.fields

    def test_the_button_alone_confirms_it_all(self, client_of):
        case = make.submitted(criteria=make.FIT_FOR_IV)
        jan = make.contractor_of(case)
        form = AcceptForm(case=case, actor=jan)
        sent = {
            "adviser": jan.user.pk,
            "confirmed": form.fields["confirmed"].initial,
            "note": "Den Gesundheitsschaden haben wir selbst ausgeschlossen.",
            "rule": form.fields["rule"].initial.pk,
            "version": case.version,
        }

        client_of(jan).post(accept_page(case), sent)

        row = Classification.objects.get()
        assert (row.confirmed_by, row.rule.code, row.note) == (jan.user, "E", "")
        assert set(row.antrag.criteria.values_list("criterion__code", "confirmed")) == {
            ("arbeitsangebot", True),
            ("will_arbeiten", True),
            ("unterstuetzung", True),
            ("kein_iv_schaden", False),
            ("ablehnung_ein_jahr", True),
        }

    def test_another_group_needs_its_reason(self):
        case = make.submitted(criteria=make.FIT_FOR_IV)
        jan = make.contractor_of(case)
        sent = {"adviser": jan.user.pk, "rule": ZielgruppeRule.objects.get(code="D2").pk, "note": "Abgesprochen."}

        form = AcceptForm(sent, case=case, actor=jan)
        assert "Weshalb?" in str(form.errors["rule_note"])
        assert "<details open>" in str(form)
        form = AcceptForm(sent | {"rule_note": "Das Verfahren läuft wieder."}, case=case, actor=jan)
        assert form.is_valid()

    def test_without_a_binding_criterion_the_principal_reads_why(self):
        case = make.submitted(criteria=make.FIT_FOR_IV)
        jan = make.contractor_of(case)
        kept = list(case.antrag.criteria.exclude(criterion__code="will_arbeiten").values_list("pk", flat=True))
        sent = {"adviser": jan.user.pk, "confirmed": kept, "rule": ZielgruppeRule.objects.get(code="E").pk}

        form = AcceptForm(sent, case=case, actor=jan)
        assert form.errors["note"] == [
            "«Will und kann arbeiten» ist zwingend und nicht bestätigt. Schreiben Sie, weshalb Sie trotzdem annehmen."
        ]
        assert AcceptForm(sent | {"note": "Das klären wir im Gespräch."}, case=case, actor=jan).is_valid()

    def test_a_criterion_that_is_no_condition_needs_no_word(self):
        case = make.submitted(criteria=make.FIT_FOR_IV)
        jan = make.contractor_of(case)
        kept = list(case.antrag.criteria.filter(criterion__weight="hard").values_list("pk", flat=True))
        sent = {"adviser": jan.user.pk, "confirmed": kept, "rule": ZielgruppeRule.objects.get(code="E").pk}

        assert AcceptForm(sent, case=case, actor=jan).is_valid()

    def test_rows_of_another_direction_and_criteria_of_another_case_cannot_be_chosen(self):
        case, other = make.submitted(criteria=make.FIT_FOR_IV), make.submitted(criteria=make.FIT_FOR_IV)
        jan = make.contractor_of(case)
        foreign = other.antrag.criteria.first().pk
        sent = {"adviser": jan.user.pk, "confirmed": [foreign], "rule": ZielgruppeRule.objects.get(code="H").pk}

        form = AcceptForm(sent, case=case, actor=jan)

        assert {"confirmed", "rule"} <= set(form.errors)

    def test_a_social_service_says_that_it_leads_or_reads_what_to_do_instead(self):
        case = to_service()
        contact = make.contractor_of(case)
        sent = {"adviser": contact.user.pk, "rule": "", "note": "Abgesprochen."}

        form = AcceptForm(sent, case=case, actor=contact)
        assert "Wählen Sie dann «Ablehnen»" in str(form.errors["leads"])

        form = AcceptForm(sent | {"leads": "on"}, case=case, actor=contact)
        assert form.is_valid(), form.errors
        assert [row.criterion.code for row in form.cleaned_data["confirmed"]] == ["fallfuehrung"]

    def test_an_exception_shows_its_reason(self):
        from iiz.core import clock

        facts = {"iv_procedure": "none", "iv_refused_on": clock.today()}
        case = make.submitted(
            criteria=make.FIT_FOR_IV, reasons={"ablehnung_ein_jahr": "Neu <b>operiert</b>."}, facts=facts
        )
        form = str(AcceptForm(case=case, actor=make.contractor_of(case)))
        assert "Neu &lt;b&gt;operiert&lt;/b&gt;." in form

    def test_a_case_of_before_has_neither_group_nor_criteria_to_confirm(self):
        case = make.submitted()
        Classification.objects.all().delete()
        case = fresh(case)
        jan = make.contractor_of(case)

        form = AcceptForm({"adviser": jan.user.pk}, case=case, actor=jan)

        assert form.is_valid()
        assert set(form.fields) == {"adviser", "note"}


class TestRead:
    """Who reads what of it on the page of the case."""

    def words(self, case: Case, somebody) -> str:
        found = content.blocks(fresh(case), somebody)
        return "\n".join(f"{label}: {value}" for block in found for label, value in block.rows)

    def test_group_answers_and_confirmation(self):
        case = make.submitted(criteria=make.FIT_FOR_IV)
        jan = make.contractor_of(case)
        assert "E: Mit Sozialhilfe, ohne IV-Verfahren, hoher Bedarf an Unterstützung (vorgeschlagen)" in self.words(
            case, jan
        )

        kept = list(case.antrag.criteria.all())
        workflow.apply(case, "accept", jan, {"adviser": jan.user, "confirmed": kept[:1]})

        told = self.words(case, make.principal_of(case))
        assert "Stand der Tabelle: 01.10.2018" in told
        assert f"von {jan.user.get_full_name()}" in told
        assert "Intaktes Arbeitsangebot: trifft zu\n" in told
        will = case.antrag.criteria.get(criterion__code="will_arbeiten").criterion
        assert f"{will.heading}: trifft zu\n{will.text}\nvom Auftragnehmer nicht bestätigt" in told

    def test_burdens_by_name(self):
        case = to_service()
        assert "Belastungen im Umfeld: Schulden oder grosse Geldsorgen" in self.words(case, make.principal_of(case))

    def test_after_a_withdrawal_each_side_keeps_its_own_words_and_both_the_ruling(self):
        case = make.ruled(rule=ZielgruppeRule.objects.get(code="E"))
        jan = make.contractor_of(case)
        kept = list(case.antrag.criteria.all())
        data = {"adviser": jan.user, "confirmed": kept, "rule": None, "rule_note": "Passt nicht."}
        case = workflow.apply(case, "accept", jan, data)
        workflow.apply(case, "client_withdraws", jan, {})

        mine, theirs = self.words(case, make.principal_of(case)), self.words(case, jan)
        assert "trifft zu" in mine
        assert "Passt nicht." not in mine
        assert ": trifft zu" not in theirs
        assert "Passt nicht." in theirs
        for told in (mine, theirs):
            assert "Nach Rücksprache mit beiden Stellen." in told

    def test_a_case_of_before_shows_neither(self):
        case = make.submitted()
        Classification.objects.all().delete()
        names = [block.name for block in content.blocks(fresh(case), make.principal_of(case))]
        assert not {"group", "criteria"} & set(names)


class TestRuling:
    """What the coordination office sees and says, and what the others read meanwhile."""

    def test_the_page_shows_why_it_is_asked_and_no_name(self, client_of):
        case = make.barred(last_name="Seltenername")
        form = str(RulingForm(case=case, actor=coordinator()))

        for words in ("keiner Zielgruppe", "Sozialhilfe → IV", "kein IV-Verfahren", "Will und kann arbeiten"):
            assert words in form
        assert "kann nicht annehmen" in form
        assert "Seltenername" not in form

    def test_meanwhile_the_principal_reads_whose_turn_it_is(self):
        case = make.barred()
        step = pages.next_step(fresh(case), make.principal_of(case))
        assert step["sentence"] == "Zuerst entscheidet die IIZ-Koordinationsstelle."
        assert "keiner Zielgruppe" in step["why"]

    def test_after_a_no_the_principal_reads_what_to_do(self):
        case = make.ruled(verdict="declined")
        step = pages.next_step(fresh(case), make.principal_of(case))
        assert "nicht der richtige Weg" in step["sentence"]
        assert "Ziehen Sie den Antrag zurück" in step["why"]

    def test_the_ruling_is_read_by_both_sides(self, client_of):
        case = make.ruled(rule=ZielgruppeRule.objects.get(code="E"))
        for somebody in (make.principal_of(case), make.contractor_of(case)):
            assert "Nach Rücksprache mit beiden Stellen." in text(client_of(somebody).get(case.get_absolute_url()))
        assert Antrag.objects.get().zielgruppe == "E"
