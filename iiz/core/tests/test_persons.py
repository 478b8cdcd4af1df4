"""Nothing tells a stranger that somebody is known."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from iiz.core import audit, persons, workflow
from iiz.core.enums import AgeBand, Role
from iiz.core.models import AuditEntry, Person
from iiz.core.models.person import age_band, normalise_ahv, validate_birth_date
from iiz.core.synthetic import ahv_number
from iiz.core.tests.factories import actor, coordinator
from optima.tests import factories as optima

KNOWN, UNKNOWN = ahv_number(777_000_001), ahv_number(777_000_002)
db = pytest.mark.django_db


def antrag(who, **answers):
    return optima.submitted(who, **answers)


@db
def test_the_same_number_elsewhere_links_silently_and_shows_nothing():
    nora, fremde = optima.nora(), optima.nora()
    first = antrag(nora, ahv_number=KNOWN, first_name="Lena", phone="041 111 11 11", street="Altweg 1")
    second = antrag(fremde, ahv_number=KNOWN, first_name="Helena", phone="", street="")
    assert first.person != second.person
    assert second.person.same_as == first.person
    assert (second.person.first_name, second.person.phone, second.person.street) == ("Helena", "", "")
    first.person.refresh_from_db()
    assert (first.person.first_name, first.person.phone) == ("Lena", "041 111 11 11")
    assert second.person.contradicts
    assert set(Person.objects.visible_to(fremde)) == {second.person}
    assert set(Person.objects.visible_to(nora)) == {first.person}
    assert set(persons.search(fremde, KNOWN)) == {second.person}


@db
def test_a_known_and_an_unknown_number_write_and_show_the_same(client_of):
    """Two identical strangers submit; one number is known elsewhere. Nothing visible to them differs."""
    antrag(optima.nora(), ahv_number=KNOWN, first_name="Lena", last_name="Anders")
    told = []
    for number in (KNOWN, UNKNOWN):
        who = optima.nora()
        case = antrag(who, ahv_number=number)
        client = client_of(who)
        pages = [client.get(f"/faelle/{case.number}/{tab}") for tab in ("", "verlauf/", "zugriff/", "dokumente/")]
        pages += [client.get("/faelle/"), client.get("/faelle/", {"q": "Lena"}), client.get("/pendenzen/")]
        entries = AuditEntry.objects.filter(stream=audit.case_stream(case.number)).values("verb", "changes")
        text = "".join(page.content.decode() for page in pages) + str(list(entries))
        told.append(neutral(text, case, who))
        assert [page.status_code for page in pages] == [200] * len(pages)
    assert told[0] == told[1]


def neutral(text: str, case, who) -> str:
    """A page without what differs between any two cases."""
    import re

    contractor = case.antrag.contractor
    digits = case.person.ahv_number
    shown = f"{digits[:3]}.{digits[3:7]}.{digits[7:11]}.{digits[11:]}"
    masked = f"{digits[:3]}.••••.••••.{digits[11:]}"
    words = {
        case.number: "N",
        digits: "A",
        shown: "A",
        masked: "A",
        str(who.institution): "I",
        str(contractor): "C",
        who.user.email: "M",
    }
    for contact in contractor.memberships.all():
        words[contact.user.email] = "M"
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, words[word])
    text = re.sub(r'(csrfmiddlewaretoken" value=|x-csrftoken": |nonce=)"[^"]+"', "", text)
    text = re.sub(r'(name="(?:acting|institution)" value=|option value=|data-user=|-)"?\d+"?', "", text)
    return re.sub(r"~\d+|\d\d:\d\d", "", text)


@db
def test_only_the_coordination_office_learns_of_the_link(client_of):
    antrag(optima.nora(), ahv_number=KNOWN, last_name="Anders")
    who = optima.nora()
    antrag(who, ahv_number=KNOWN)
    page = client_of(coordinator()).get("/koordination/").content.decode()
    assert "Anders" in page
    assert client_of(who).get("/koordination/").status_code == 403


@db
def test_a_third_record_links_to_the_first_not_to_the_second():
    one, two, three = (antrag(optima.nora(), ahv_number=KNOWN).person for _ in range(3))
    assert one.same_as is None
    assert two.same_as == three.same_as == one
    assert {person.identity_id for person in (one, two, three)} == {one.pk}


@db
def test_what_one_sees_is_brought_up_to_date_instead_of_doubled():
    nora = optima.nora()
    first = antrag(nora, ahv_number=KNOWN, phone="041 111 11 11")
    second = antrag(nora, ahv_number=KNOWN, phone="041 222 22 22", street="")
    assert first.person == second.person
    assert second.person.phone == "041 222 22 22"
    assert second.person.street == "Dorfstrasse 1", "an empty answer deletes nothing"


@db
def test_people_without_a_number_are_never_linked():
    one = antrag(optima.nora(), ahv_number="")
    other = antrag(optima.nora(), ahv_number=None)
    assert one.person.ahv_number is other.person.ahv_number is None
    assert one.person.same_as is other.person.same_as is None


@db
def test_the_same_agreement_twice_is_told_only_of_cases_one_may_see():
    nora, jan = optima.nora(), optima.jan()
    first = optima.submitted(nora, jan.institution, ahv_number=KNOWN)
    with pytest.raises(workflow.NotAllowed, match=first.number):
        optima.submitted(nora, jan.institution, ahv_number=KNOWN)
    elsewhere = optima.submitted(optima.nora(), jan.institution, ahv_number=KNOWN)
    assert elsewhere.state == "submitted"


# Searching --------------------------------------------------------------------------------------------------


@db
@pytest.mark.parametrize(
    "text",
    [
        "Lena",
        "lena beis",
        "Beispiel",
        "14.03.1988",
        "14.3.88",
        "1988-03-14",
        KNOWN,
        f"{KNOWN[:3]}.{KNOWN[3:7]}.{KNOWN[7:11]}.{KNOWN[11:]}",
    ],
)
def test_search_finds_mine_and_a_stranger_finds_nobody(text):
    nora = optima.nora()
    case = antrag(nora, ahv_number=KNOWN)
    stranger = actor(Role.CASEWORKER)
    assert list(persons.search(nora, text)) == [case.person]
    assert list(persons.search(stranger, text)) == []
    assert list(persons.search(coordinator(), text)) == [case.person]
    assert list(persons.search(actor(Role.STEERING, nora.institution), text)) == []


@db
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "L",
        "%",
        "_e",
        "Lena 19",
        "Lena' OR 1=1 --",
        "31.02.2000",
        "756",
        KNOWN[:-1] + str((int(KNOWN[-1]) + 1) % 10),
        "\x00\x00",
        "𝕷𝖊𝖓𝖆",
        "a" * 10_000,
    ],
)
def test_odd_searches_find_nobody_and_break_nothing(text):
    nora = optima.nora()
    antrag(nora, ahv_number=KNOWN)
    assert list(persons.search(nora, text)) == []


@db
def test_after_a_withdrawal_the_other_side_finds_nobody():
    nora, jan = optima.nora(), optima.jan()
    case = optima.accepted(optima.submitted(nora, jan.institution, ahv_number=KNOWN))
    assert list(persons.search(jan, "Lena")) == [case.person]
    workflow.apply(case, "client_withdraws", nora)
    assert list(persons.search(jan, "Lena")) == list(persons.search(jan, KNOWN)) == []
    assert list(persons.search(nora, "Lena")) == [case.person]


# Values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["756.1234.5678.97", "7561234567897", " 756 1234 5678 97 ", "756\u00a01234\u00a05678\u00a097"]
)
def test_an_ahv_number_is_understood_as_people_write_it(text):
    assert normalise_ahv(text) == "7561234567897"


@pytest.mark.parametrize(
    "text",
    ["", "756.1234.5678.98", "757.1234.5678.97", "756.1234.5678.9", "Lena", "756.1234.5678.977", "٧٥٦١٢٣٤٥٦٧٨٩٧"],
)
def test_a_wrong_ahv_number_is_refused_in_german(text):
    with pytest.raises(ValidationError, match="AHV-Nummer"):
        normalise_ahv(text)


def test_a_birth_date_in_the_future_or_long_ago_is_refused():
    validate_birth_date(timezone.localdate())
    for day in (timezone.localdate() + dt.timedelta(days=1), dt.date(1899, 12, 31)):
        with pytest.raises(ValidationError):
            validate_birth_date(day)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (None, "unbekannt"),
        (2002, "-24"),
        (2001, "25-34"),
        (1992, "25-34"),
        (1991, "35-44"),
        (1982, "35-44"),
        (1981, "45-54"),
        (1972, "45-54"),
        (1971, "55+"),
        (1900, "55+"),
    ],
)
def test_age_bands_have_their_borders_where_the_contract_says(born, band):
    assert age_band(born, 2026) == AgeBand(band)
