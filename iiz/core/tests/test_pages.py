"""The shared pages: what they show to whom, in pages, searches and after a withdrawal."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from iiz.core import workflow
from iiz.core.enums import Role
from iiz.core.models import AccessLogEntry, Case
from iiz.core.tests.factories import actor, coordinator
from iiz.core.views.case_list import COUNT_LIMIT, PAGE
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

CASES = "/faelle/"
NUMBER = re.compile(r"\bO-\d{4}-\d{4}\b")


def numbers(client, **query) -> list[str]:
    """The numbers on one page of Fälle, in their order."""
    page = client.get(CASES, query)
    assert page.status_code == 200
    echo = f'value="{html.escape(query.get("q", ""))}"'  # the search box repeats what was typed
    return list(dict.fromkeys(NUMBER.findall(page.content.decode().replace(echo, ""))))


@pytest.fixture
def sides():
    return optima.nora(), optima.jan()


# Fälle ------------------------------------------------------------------------------------------------------


def links(client, address: str) -> dict[str, str]:
    """The addresses of the newer and older page."""
    page = client.get(address).content.decode()
    found = {html.unescape(link) for link in re.findall(r'href="(\?[^"]*(?:vor|nach)=[^"]*)"', page)}
    return {"older" if "vor=" in link else "newer": CASES + link for link in found}


def test_pages_of_equal_dates_hold_each_case_once_there_and_back(sides, client_of):
    nora, _jan = sides
    made = [optima.draft(nora).number for _ in range(PAGE * 2 + 3)]
    client = client_of(nora)
    address, way = f"{CASES}?phase=draft", []
    while address:
        way.append(NUMBER.findall(client.get(address).content.decode()))
        way[-1] = list(dict.fromkeys(way[-1]))
        last, address = address, links(client, address).get("older", "")
    assert [len(page) for page in way] == [PAGE, PAGE, 3]
    assert sorted(number for page in way for number in page) == sorted(made)
    assert "phase=draft" in last, "the filter travels along"
    back = [list(dict.fromkeys(NUMBER.findall(client.get(last).content.decode())))]
    while "newer" in links(client, last):
        last = links(client, last)["newer"]
        back.append(list(dict.fromkeys(NUMBER.findall(client.get(last).content.decode()))))
    assert back[::-1] == way


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "~",
        "2026-13-45~1",
        "2026-01-01",
        "2026-01-01~x",
        "~5",
        "2026-01-01~99999999999999999999",
        "2026-01-01~-1",
        "\x00~1",
        "9999-12-31~1",
        "0001-01-01~1",
    ],
)
@pytest.mark.parametrize("name", ["vor", "nach"])
def test_a_wrong_cursor_is_no_error_of_ours(sides, client_of, name, cursor):
    nora, _jan = sides
    optima.submitted(nora)
    assert client_of(nora).get(CASES, {name: cursor}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"phase": "x"},
        {"status": "x"},
        {"wer": "x"},
        {"q": "a" * 10_000},
        {"q": "'; DROP TABLE core_case; --"},
        {"q": "\x00"},
        {"unbekannt": "1"},
        {"q": "<script>alert(1)</script>"},
    ],
    ids=str,
)
def test_odd_filters_are_no_error_and_run_nothing(sides, client_of, query):
    nora, _jan = sides
    optima.submitted(nora)
    page = client_of(nora).get(CASES, query)
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_search_finds_numbers_and_names_of_my_cases_only(sides, client_of):
    nora, jan = sides
    case = optima.submitted(nora, jan.institution, first_name="Xenia", last_name="Quell")
    drafted = optima.draft(nora, first_name="Xaver", last_name="Quell")
    client, other = client_of(nora), client_of(jan)
    for text in ("xen", "Quell", "xenia quell", case.number, case.number[:6], f"{case.number} Xenia"):
        assert case.number in numbers(client, q=text), text
        assert case.number in numbers(other, q=text), text
    assert drafted.number in numbers(client, q="Xaver")
    assert numbers(other, q="Xaver") == numbers(client_of(coordinator()), q="Xaver") == []
    assert numbers(client, q="enia") == numbers(client, q="xenia anders") == []
    stranger = client_of(optima.fremde())
    for text in ("Xenia", "Quell", case.number, case.person.ahv_number):
        assert case.number not in numbers(stranger, q=text)


def test_a_search_of_a_stranger_answers_as_if_nobody_was_there(sides, client_of):
    nora, _jan = sides
    case = optima.submitted(nora, first_name="Xenia", last_name="Quell")
    stranger = client_of(optima.fremde())
    known, unknown = (
        re.sub(
            r'(csrfmiddlewaretoken" value=|x-csrftoken": |nonce=)"[^"]+"',
            "",
            stranger.get(CASES, {"q": text}).content.decode(),
        )
        for text in (case.number, "O-1999-0001")
    )
    assert known.replace(case.number, "N") == unknown.replace("O-1999-0001", "N")


def test_filters_by_phase_status_and_person(sides, client_of):
    nora, jan = sides
    colleague = optima.nora(nora.institution)
    draft, mine = optima.draft(nora), optima.submitted(nora, jan.institution)
    hers = optima.queried(optima.submitted(colleague, jan.institution))
    over = optima.refused(optima.submitted(nora, jan.institution))
    client = client_of(nora)
    assert set(numbers(client)) == {mine.number, hers.number}
    assert set(numbers(client, phase="draft")) == {draft.number}
    assert set(numbers(client, phase="ended")) == {over.number}
    assert set(numbers(client, phase="all")) == {one.number for one in (draft, mine, hers, over)}
    assert set(numbers(client, status="optima-queried")) == {hers.number}
    assert set(numbers(client, wer="ich")) == {mine.number}


def test_what_is_stopped_is_found_under_the_status_that_it_shows(sides, client_of):
    nora, jan = sides
    going = optima.accepted(optima.submitted(nora, jan.institution))
    stopped = optima.consent_withdrawn(optima.submitted(nora, jan.institution))
    optima.ended(optima.submitted(nora, jan.institution))
    client = client_of(nora)
    assert set(numbers(client, status="stopped")) == {stopped.number}
    assert set(numbers(client, status="optima-accepted")) == {going.number}


def test_many_cases_are_not_counted_to_the_end(sides, client_of, monkeypatch):
    from iiz.core.views import case_list

    nora, _jan = sides
    monkeypatch.setattr(case_list, "COUNT_LIMIT", 3)
    for _ in range(5):
        optima.draft(nora)
    assert COUNT_LIMIT == 1000
    page = client_of(nora).get(CASES, {"phase": "draft"})
    assert "mehr als 1'000" in html.unescape(page.content.decode())
    assert page.context["total"] == 3


# A case -----------------------------------------------------------------------------------------------------

TABS = ("", "dokumente/", "verlauf/", "zugriff/")


def test_both_sides_see_the_same_status_lead_and_turn(sides, client_of):
    nora, jan = sides
    case = optima.submitted(nora, jan.institution)
    for who in (nora, jan, coordinator()):
        page = client_of(who).get(case.get_absolute_url()).content.decode()
        assert str(workflow.state_of(case).label) in page
        assert nora.institution.name in page
        assert jan.institution.name in page


def test_each_view_of_a_case_is_noted_once_with_who_and_for_whom(sides, client_of):
    nora, jan = sides
    case = optima.submitted(nora, jan.institution)
    client = client_of(jan)
    for tab in TABS:
        before = AccessLogEntry.objects.count()
        assert client.get(f"{case.get_absolute_url()}{tab}").status_code == 200
        assert AccessLogEntry.objects.count() == before + 1
    read = AccessLogEntry.objects.first()
    assert (read.case_number, read.user_id, read.institution_id) == (case.number, jan.user.pk, jan.institution.pk)
    assert jan.user.get_full_name() in client_of(nora).get(f"{case.get_absolute_url()}zugriff/").content.decode()


def test_a_refused_look_is_not_noted_as_a_read(sides, client_of):
    case = optima.submitted(*[sides[0], sides[1].institution])
    for who in (optima.fremde(), actor(Role.STEERING, sides[0].institution)):
        client_of(who).get(case.get_absolute_url())
    assert not AccessLogEntry.objects.filter(case_number=case.number).exists()


def test_an_unknown_view_of_a_case_does_not_exist(sides, client_of):
    nora, _jan = sides
    case = optima.submitted(nora)
    for tab in ("gibt-es-nicht", "admin", "..", "frame"):
        assert client_of(nora).get(f"{case.get_absolute_url()}{tab}/").status_code == 404


def test_a_draft_leads_its_office_to_its_form_and_shows_nobody_else_anything(sides, client_of):
    nora, jan = sides
    case = optima.draft(nora, first_name="Xenia")
    assert client_of(nora).get(case.get_absolute_url()).status_code == 302
    for who in (jan, coordinator(), optima.fremde()):
        for tab in TABS:
            assert client_of(who).get(f"{case.get_absolute_url()}{tab}").status_code == 404
    for tab in TABS[1:]:
        assert client_of(nora).get(f"{case.get_absolute_url()}{tab}").status_code == 404


SECRETS = {
    "first_name": "Xantippe",
    "last_name": "Quellenhof",
    "street": "Geheimgasse 77",
    "phone": "041 999 88 77",
    "rav_number": "RAV-424242",
    "situation": "Eine sehr vertrauliche Ausgangslage.",
    "goals": [{"text": "Ein vertrauliches Ziel", "expected_result": "Vertrauliches Ergebnis"}],
}


def told(page: str, case: Case) -> list[str]:
    """Which of the client's secrets a page tells."""
    page = html.unescape(page)
    words = [value for value in SECRETS.values() if isinstance(value, str)]
    number = case.person.ahv_number
    words += ["Ein vertrauliches Ziel", "Vertrauliches Ergebnis", number, f"{number[3:7]}.{number[7:11]}", "14.03.1988"]
    return [word for word in words if word in page]


def addresses(case: Case) -> list[str]:
    """Every page that tells of one case, whichever service offers it."""
    return [
        *(f"{case.get_absolute_url()}{tab}" for tab in TABS),
        "/pendenzen/",
        "/pendenzen/?wer=alle",
        "/faelle/?phase=all",
        "/faelle/?q=Xantippe",
        "/faelle/?q=Quellenhof",
        "/koordination/",
        reverse("optima:pdf", args=[case.number]),
        reverse("optima:text", args=[case.number]),
        reverse("optima:antrag", args=[case.number]),
        reverse("optima:person_search") + "?q=Xantippe",
        "/verzeichnis/",
        "/berichte/",
        "/berichte/optima/",
    ]


def test_before_a_withdrawal_the_other_side_knows_the_client(sides, client_of):
    nora, jan = sides
    case = optima.accepted(optima.submitted(nora, jan.institution, **SECRETS))
    page = client_of(jan).get(case.get_absolute_url()).content.decode()
    assert {"Xantippe", "Quellenhof", "Eine sehr vertrauliche Ausgangslage."} <= set(told(page, case))


@pytest.mark.parametrize("end", ["client_withdraws", "client_declines"])
def test_after_a_withdrawal_no_page_tells_the_other_side_anything_of_the_client(sides, client_of, end):
    nora, jan = sides
    case = optima.submitted(nora, jan.institution, **SECRETS)
    if end == "client_withdraws":
        case = optima.accepted(case)
    case = workflow.apply(case, end, nora, {"note": ""})
    adviser, stranger = actor(Role.CASEWORKER, jan.institution), optima.fremde()
    for who in (jan, adviser, stranger):
        client = client_of(who)
        for address in addresses(case):
            page = client.get(address)
            text = b"".join(page) if page.streaming else page.content
            # A search repeats what was typed; nothing else may.
            shown = text.decode(errors="replace").replace('value="Xantippe"', "").replace('value="Quellenhof"', "")
            assert told(shown, case) == [], (address, who.institution)
    assert "Xantippe" in client_of(nora).get(case.get_absolute_url()).content.decode()


def test_a_stranger_learns_nothing_of_a_case_from_any_page(sides, client_of):
    nora, jan = sides
    case = optima.submitted(nora, jan.institution, **SECRETS)
    client = client_of(optima.fremde())
    for address in addresses(case):
        page = client.get(address)
        text = (b"".join(page) if page.streaming else page.content).decode(errors="replace")
        shown = text.replace('value="Xantippe"', "").replace('value="Quellenhof"', "")
        assert told(shown, case) == [], address
        if case.number in address:
            assert page.status_code == 404, address


def test_html_in_a_name_is_shown_as_text_everywhere(sides, client_of):
    nora, jan = sides
    evil = "<img src=x onerror=alert(1)>"
    case = optima.submitted(
        nora,
        jan.institution,
        first_name=evil,
        last_name="Quell",
        situation=evil,
        goals=[{"text": evil, "expected_result": evil}],
    )
    optima.draft(nora, first_name=evil, last_name="Draft")
    optima.queried(case)
    for who in (nora, jan, coordinator()):
        for address in addresses(case):
            page = client_of(who).get(address)
            if "html" in page["Content-Type"]:
                assert evil not in page.content.decode(), address


def test_a_page_of_a_case_is_never_cached(sides, client_of):
    nora, _jan = sides
    case = optima.submitted(nora)
    for address in (case.get_absolute_url(), CASES, "/pendenzen/"):
        assert "no-store" in client_of(nora).get(address)["Cache-Control"]


# Pendenzen --------------------------------------------------------------------------------------------------


def test_pendenzen_say_what_for_which_case_why_and_until_when(sides, client_of):
    nora, jan = sides
    case = optima.submitted(nora, jan.institution)
    page = client_of(jan).get("/pendenzen/").content.decode()
    due = case.arrived_on + dt.timedelta(days=14)
    for words in (case.number, "Antrag prüfen und entscheiden", "Ansehen und entscheiden", f"{due:%d.%m.%Y}"):
        assert words in page
    assert case.number not in client_of(nora).get("/pendenzen/").content.decode()


def test_reads_write_nothing_but_the_note_of_reading(sides, client_of, django_assert_num_queries):
    """A view marked as reading that writes raises at once; here a real one is bent to prove it."""
    from django.test import RequestFactory

    from iiz.core.views.marks import WroteWhileReading, reads

    nora, _jan = sides
    case = optima.submitted(nora)

    @reads
    def bent(request):
        Case.objects.filter(pk=case.pk).update(region="anderswo")

    with pytest.raises(WroteWhileReading):
        bent(RequestFactory().get("/"))
    assert bent(RequestFactory().post("/")).status_code == 405


def test_what_a_page_does_not_take_is_said_in_words_and_a_program_gets_the_bare_answer(sides, client_of):
    client = client_of(sides[0])
    page = client.post(CASES, {"q": "x"}, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Allow"]) == (405, "GET, HEAD")
    assert "Es wurde nichts gespeichert." in page.content.decode()
    assert f'href="{CASES}"' in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert client.post(CASES, headers={"Accept": "application/json"}).content == b""
    assert client.post("/healthz", headers={"Accept": "text/html"}).content == b""
