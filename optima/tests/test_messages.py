"""Hints for a sanction and wishes for a measure: the portal decides nothing (RED-07, OP-12, OP-16), and RED-08."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core import clock, workflow
from iiz.core.models import AuditEntry, Case, OutboxMail, Task
from iiz.core.tests.factories import coordinator
from optima import content, pages
from optima.forms.casework import ResumeForm
from optima.forms.messages import DecisionForm, HintForm, MeasureDecisionForm, MeasureForm
from optima.models import PrincipalRequest, ReducedProcedure
from optima.seed import seed

from . import factories as make
from . import requesting

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def waiting(case):
    return sorted(Task.objects.filter(case=case, done_at=None).values_list("name", flat=True))


def mails(kind):
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("user__first_name", flat=True))


def offered(case, who):
    return {offer.transition.name for offer in workflow.available(Case.objects.get(pk=case.pk), who)}


def address(case, name):
    return reverse("core:action", args=[case.number, name])


def typed(form, case, who, **words):
    return form(words, case=Case.objects.get(pk=case.pk), actor=who)


def local(days):
    return f"{clock.today() + days * DAY:%d.%m.%Y}"


# Sent and decided -------------------------------------------------------------------------------------------


def test_a_hint_waits_for_the_principal_who_records_what_it_decided():
    case = requesting.hinted()
    nora, jan = make.principal_of(case), make.adviser_of(case)
    assert mails("optima_message_sent") == ["Nora"]
    task = Task.objects.get(case=case, name="answer_hint", done_at=None)
    assert (task.institution, task.due_on) == (nora.institution, clock.today() + 10 * DAY)

    case = workflow.apply(case, "answer_hint", nora, requesting.decision(decision="partly", answer="Verwarnung."))

    row = PrincipalRequest.objects.get(case=case)
    assert (row.decision, row.answer, row.decided_on, row.decided_by) == (
        "partly",
        "Verwarnung.",
        clock.today(),
        nora.user,
    )
    assert mails("optima_message_answered") == ["Jan"]
    assert "answer_hint" not in waiting(case)
    assert "send_hint" in offered(case, jan), "the next one may follow"


def test_both_kinds_may_wait_side_by_side_and_are_answered_apart():
    case = requesting.both_sent()
    assert {"answer_hint", "answer_measure"} <= set(waiting(case))

    case = workflow.apply(case, "answer_measure", make.principal_of(case), requesting.decision(decision="not_done"))

    assert "answer_hint" in waiting(case)
    assert set(PrincipalRequest.objects.values_list("kind", "decision")) == {("sanction", ""), ("measure", "not_done")}


def test_the_timeline_tells_that_it_was_sent_and_decided_but_not_what(client_of):
    case = requesting.answered(answer="Verfügung vom Montag.")
    chain = " ".join(str(entry.changes) for entry in AuditEntry.objects.filter(stream=f"case:{case.number}"))
    page = client_of(coordinator()).get(f"{case.get_absolute_url()}verlauf/").content.decode()

    assert "hat dem Auftraggeber einen Hinweis gesendet" in page
    assert "was auf den Hinweis entschieden ist" in page
    for words in ("nicht erschienen", "Verfügung vom Montag"):
        assert words not in page
        assert words not in chain


def test_both_sides_read_the_same_list(client_of):
    case = requesting.answered(answer="Verfügung vom Montag.")
    for somebody in (make.principal_of(case), make.adviser_of(case), coordinator()):
        page = client_of(somebody).get(case.get_absolute_url()).content.decode()
        for words in ("Hinweis für eine Sanktion", "nicht erschienen", "umgesetzt, Entscheid vom", "vom Montag"):
            assert words in page


# Where it is provided for -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("directions", "hints", "measures"),
    [
        ([("RAV", "IV"), ("SH", "RAV"), ("SH", "IV"), ("SH", "SH")], True, True),
        ([("IV", "RAV"), ("IV", "SH")], False, True),
        ([("RAV", "SH")], False, False),
    ],
)
def test_the_canton_provides_for_them_as_the_concept_says(directions, hints, measures):
    seed()
    for principal, contractor in directions:
        row = ReducedProcedure.objects.get(principal_group=principal, contractor_group=contractor)
        assert (row.takes_hints, row.takes_measures) == (hints, measures), (principal, contractor)
        assert bool(row.measures_only) is measures


def test_a_hint_is_neither_offered_nor_taken_where_it_is_not_provided_for():
    requesting.procedure(takes_hints=False)
    case = make.running()
    jan = make.adviser_of(case)

    assert {"send_hint", "wish_measure"} & offered(case, jan) == {"wish_measure"}
    with pytest.raises(workflow.NotAllowed, match="keine Hinweise für Sanktionen vorgesehen"):
        workflow.apply(case, "send_hint", jan, requesting.hint())


def test_a_case_keeps_the_rule_of_the_day_it_arrived():
    case = requesting.provided()
    today = clock.today()
    Case.objects.filter(pk=case.pk).update(arrived_on=today - DAY)
    ReducedProcedure.objects.update(valid_until=today - DAY)
    new = ReducedProcedure.objects.get()
    new.pk, new.valid_from, new.valid_until, new.takes_hints = None, today, None, False
    new.save()

    assert "send_hint" in offered(case, make.adviser_of(case))
    younger = make.running()
    assert "send_hint" not in offered(younger, make.adviser_of(younger))


def test_without_a_rule_there_is_nothing_to_send():
    case = make.running()
    assert {"send_hint", "wish_measure"} & offered(case, make.adviser_of(case)) == set()


def test_only_the_contractor_sends_and_only_the_principal_answers():
    case = requesting.both_sent()
    with pytest.raises(workflow.NotAllowed, match="nur diese Seite"):
        workflow.apply(case, "answer_hint", make.adviser_of(case), requesting.decision())
    with pytest.raises(workflow.NotAllowed, match="nur diese Seite"):
        workflow.apply(case, "send_hint", make.principal_of(case), requesting.hint())


# Twice, late, too much --------------------------------------------------------------------------------------


def test_a_second_hint_while_one_is_open_says_so_and_keeps_what_was_typed(client_of):
    case = requesting.provided()
    browser = client_of(make.adviser_of(case))
    words = {"version": case.version, "happened_on": local(0), "text": "Zum zweiten Mal nicht erschienen."}
    requesting.hinted(case)

    late = browser.post(address(case, "send_hint"), words)

    assert late.status_code == 409
    assert "Ein Hinweis ist bereits gesendet" in late.content.decode()
    assert "Zum zweiten Mal nicht erschienen." in late.content.decode()
    assert PrincipalRequest.objects.count() == 1


def test_a_case_closed_in_another_tab_takes_no_message_and_loses_no_word(client_of):
    case = requesting.provided()
    browser = client_of(make.adviser_of(case))
    words = {"version": case.version, "text": "Einsatzprogramm ab Januar."}
    make.closed(case)

    late = browser.post(address(case, "wish_measure"), words)

    assert late.status_code == 409
    assert "Einsatzprogramm ab Januar." in late.content.decode()
    assert not PrincipalRequest.objects.exists()


def test_answering_twice_shows_that_it_is_recorded(client_of):
    case = requesting.hinted()
    browser = client_of(make.principal_of(case))
    words = {"version": case.version, "decision": "not_done", "decided_on": local(0), "answer": "Entschuldigt."}
    workflow.apply(case, "answer_hint", make.principal_of(case), requesting.decision())

    late = browser.post(address(case, "answer_hint"), words)

    assert late.status_code == 409
    assert "Der Entscheid ist festgehalten" in late.content.decode()
    assert PrincipalRequest.objects.get().decision == "done"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"text": ""}, "text", "Bitte ausfüllen."),
        ({"text": "a" * 2001}, "text", "Dieser Text hat 2’001 Zeichen, möglich sind 2’000."),
        ({"happened_on": ""}, "happened_on", "Bitte ausfüllen."),
        ({"happened_on": local(1)}, "happened_on", "Dieses Datum liegt in der Zukunft."),
        ({"happened_on": "01.01.1999"}, "happened_on", "Das liegt vor dem Beginn der Fallarbeit"),
    ],
)
def test_a_hint_is_a_day_and_a_fact(changes, field, sentence):
    case = requesting.provided()
    words = {"happened_on": local(0), "text": "Nicht erschienen."} | changes

    form = typed(HintForm, case, make.adviser_of(case), **words)

    assert not form.is_valid()
    assert sentence in str(form.errors[field]).replace("&#x27;", "’").replace("'", "’")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"decision": ""}, "decision", "Bitte ausfüllen."),
        ({"decided_on": local(1)}, "decided_on", "Zukunft"),
        ({"decided_on": local(-1)}, "decided_on", "kann nicht älter sein"),
        ({"decision": "partly"}, "answer", "weshalb"),
    ],
)
def test_a_decision_names_its_day_and_why_not(changes, field, sentence):
    case = requesting.hinted()
    words = {"decision": "done", "decided_on": local(0), "answer": ""} | changes

    form = typed(DecisionForm, case, make.principal_of(case), **words)

    assert not form.is_valid()
    assert sentence in str(form.errors[field])


def test_what_is_done_as_wished_needs_no_words():
    case = requesting.both_sent()
    words = {"decision": "done", "decided_on": local(0), "answer": ""}
    assert typed(MeasureDecisionForm, case, make.principal_of(case), **words).is_valid()


# What the pages say -----------------------------------------------------------------------------------------


def test_the_page_of_a_wish_says_who_decides_and_under_which_condition(client_of):
    case = requesting.provided()
    browser = client_of(make.adviser_of(case))

    wish = browser.get(address(case, "wish_measure")).content.decode()
    hint = browser.get(address(case, "send_hint")).content.decode()

    assert f"nur der Auftraggeber ({case.antrag.principal.name})" in wish
    assert "Der Auftraggeber entscheidet, nicht das Portal" in hint
    assert "wenn die Kostengutsprache unterschrieben ist" in wish
    assert "Möglich nur, wenn es die Vorgaben der Sozialhilfebehörde zulassen." in wish
    assert "Keine Wertung, keine Vermutung, nichts zur Gesundheit." in hint
    assert MeasureForm.base_fields.keys() == {"text"}


def test_the_page_of_the_answer_quotes_the_message(client_of):
    case = requesting.hinted()
    page = client_of(make.principal_of(case)).get(address(case, "answer_hint")).content.decode()
    assert "Zum Bewerbungstag nicht erschienen." in page
    assert "Jan Frei" in page


# After a withdrawal -----------------------------------------------------------------------------------------


def test_after_a_withdrawal_nothing_is_sent_or_answered_and_each_reads_its_own_words(client_of):
    case = requesting.answered(answer="Verfügung vom Montag.")
    case = workflow.apply(case, "wish_measure", make.adviser_of(case), {"text": "Einsatzprogramm ab Januar."})
    case = workflow.apply(case, "client_withdraws", make.principal_of(case), {})
    nora, jan = make.principal_of(case), make.adviser_of(case)

    assert {"send_hint", "wish_measure"} & offered(case, jan) == set()
    assert {"answer_hint", "answer_measure"} & (offered(case, nora) | set(waiting(case))) == set()
    with pytest.raises(workflow.NotAllowed):
        workflow.apply(case, "answer_measure", nora, requesting.decision())
    seen = {who: client_of(who).get(case.get_absolute_url()).content.decode() for who in (nora, jan, coordinator())}
    answers = ["Verfügung vom Montag" in page for page in seen.values()]
    hints = ["nicht erschienen" in page for page in seen.values()]
    assert (answers, hints) == ([True, False, True], [False, True, True])
    assert all("ohne Entscheid" in page for page in seen.values())


# Who does what, and what is taken up again ------------------------------------------------------------------


def test_both_sides_read_what_the_contractor_does_not(client_of):
    case = requesting.provided()
    for somebody in (make.principal_of(case), make.adviser_of(case)):
        page = client_of(somebody).get(case.get_absolute_url()).content.decode()
        assert "Kürzt keine Sozialhilfe" in page
        assert f"{case.antrag.contractor.name} tut nicht" in page


def test_what_rested_is_ticked_line_by_line_until_all_is_done():
    case = make.closed(requesting.provided())
    nora = make.principal_of(case)
    talks, efforts = requesting.RESUMES.splitlines()

    case = workflow.apply(case, "resume", nora, {"taken_up": [talks]})

    assert (waiting(case), case.antrag.resumed_on) == (["resume"], None)
    assert pages.division(case, case.antrag) == [(f"Jetzt wieder bei {case.antrag.principal.name}", [efforts])]
    form = typed(ResumeForm, case, nora, taken_up=[efforts])
    assert form.is_valid()
    assert [label for _key, label in form.fields["taken_up"].choices] == [efforts]

    case = workflow.apply(case, "resume", nora, form.cleaned_data)

    assert (waiting(case), case.antrag.resumed_on) == ([], timezone.localdate())
    assert case.antrag.resumed == [talks, efforts]
    told = [str(entry.changes["left"]) for entry in AuditEntry.objects.filter(verb="case_resume").order_by("pk")]
    assert told == ["1", "0"]


def test_nothing_ticked_is_no_answer():
    case = make.closed(requesting.provided())
    form = typed(ResumeForm, case, make.principal_of(case))
    assert "Bitte kreuzen Sie an" in str(form.errors["taken_up"])


def test_an_ended_case_keeps_its_messages_to_read():
    case = make.closed(requesting.hinted())
    found = content.messages(case, content.may_read(case, make.principal_of(case)))
    assert [(row["status"], row["text"]) for row in found] == [
        ("ohne Entscheid", "Zum Bewerbungstag nicht erschienen.")
    ]
