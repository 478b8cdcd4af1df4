"""The rules on the page of the Antrag: each row of the table handed in, and what keeps one back (GRP, UX-08)."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from iiz.core import clock
from iiz.core.enums import Role
from iiz.core.models import Case, LeadCapability, RoutingRule
from iiz.core.tests.factories import InstitutionFactory, actor
from optima import content, prefill, seed
from optima.enums import ASKED, LegalState
from optima.forms.criteria import CHANGED
from optima.models import AdmissionCriterion, Antrag, LegalPrecondition, Obstacle, ZielgruppeRule

from . import factories as make
from .keyboard import new_key, typed

pytestmark = pytest.mark.django_db

NEW = "/optima/antrag/neu/"
AUTOSAVE = {"X-Requested-With": "autosave"}
KINDS = {"IV": "iv", "RAV": "rav", "SH": "sobz"}
BENEFITS = ("social_counselling", "wsh", "job_seeker", "ale", "iv_counselling")


@pytest.fixture(autouse=True)
def _rules():
    seed.rules()


def office(group: str, level: str = "full"):
    """An office of a group; a social service that takes the lead."""
    found = InstitutionFactory.create(kind=KINDS[group])
    if group == "SH":
        LeadCapability.objects.create(institution=found, level=level, valid_from=make.LONG_AGO)
    return found


def checklist(group: str, answer: str = "yes") -> dict[str, object]:
    """The checklist of a group as somebody answers it for whom all is met."""
    rows = AdmissionCriterion.objects.filter(contractor_group=group, check_by__in=ASKED, valid_until=None)
    found: dict[str, object] = {f"criterion-{row.pk}": answer for row in rows}
    return found | ({"obstacles": [Obstacle.objects.get(code="schulden").pk]} if group == "SH" else {})


def answers(contractor, benefits: str, procedure: str, **changes):
    """What is typed; ``benefits`` are the five answers as y and n."""
    said = dict(zip(BENEFITS, ({"y": "yes", "n": "no"}[letter] for letter in benefits), strict=True))
    given = typed(contractor, **said, iv_procedure=procedure, key=new_key(), do="submit")
    return given | checklist(contractor.statistics_group) | changes


def text(response) -> str:
    return html.unescape(response.content.decode())


def chosen(page: str, code: str) -> bool:
    """Whether the page shows a condition of the IV as met."""
    return re.search(rf'<input[^>]*name="criterion-{key_of(code)}" value="yes"[^>]*checked', page) is not None


def key_of(code: str, group: str = "IV") -> int:
    return AdmissionCriterion.objects.get(contractor_group=group, code=code, valid_until=None).pk


@pytest.fixture
def send(client_of):
    """Hands an Antrag in through the page, from an office of a group to one of another; what the page answers."""

    def hand_in(principal: str, contractor, benefits: str, procedure: str, **changes):
        somebody = actor(Role.CASEWORKER, office(principal), Role.CONTACT)
        asked = office(contractor) if isinstance(contractor, str) else contractor
        return client_of(somebody).post(NEW, answers(asked, benefits, procedure, **changes), follow=True)

    return hand_in


@pytest.mark.parametrize(
    ("row", "principal", "contractor", "benefits", "procedure", "waits"),
    [
        ("A", "IV", "RAV", "nnnny", "running", False),
        ("A", "IV", "RAV", "nnnny", "closed", False),
        ("B1", "IV", "RAV", "nnyyy", "closed", False),
        ("B2", "RAV", "IV", "nnyyn", "running", True),
        ("C", "IV", "SH", "nnnny", "running", False),
        ("D1", "IV", "SH", "ynnny", "suspended", False),
        ("D2", "SH", "IV", "yynny", "running", True),
        ("E", "SH", "IV", "yynnn", "none", False),
        ("F", "RAV", "IV", "nnyyn", "none", False),
        ("G", "RAV", "SH", "nnyyn", "none", False),
        ("H", "SH", "RAV", "ynnnn", "none", False),
        ("I1", "SH", "RAV", "yyyyn", "none", False),
        ("I2", "RAV", "SH", "ynyyn", "none", False),
        ("within_sh", "SH", "SH", "yynnn", "none", False),
        ("roundtable", "SH", "IV", "yyyyy", "running", True),
        ("unassigned", "SH", "IV", "yynnn", "closed", True),
    ],
)
def test_every_row_of_the_table_is_handed_in_through_the_page(
    send, row, principal, contractor, benefits, procedure, waits
):
    LegalPrecondition.objects.update(status=LegalState.MET)

    page = text(send(principal, contractor, benefits, procedure))

    antrag = Antrag.objects.select_related("classification__rule", "case").get()
    found = antrag.classification
    assert antrag.case.state == "submitted", page
    assert (found.rule.code if found.rule else found.finding) == row
    assert found.needs_ruling is waits
    assert ("Zuerst entscheidet die IIZ-Koordinationsstelle." in page) is waits
    assert "Stand der Tabelle" in page


class TestKeptBack:
    """What keeps an Antrag back stands at the top with a link to its field, and beside it; nothing is lost."""

    def test_suspected_damage_leads_to_an_ordinary_claim(self, send):
        page = text(send("SH", "IV", "yynnn", "none", iv_damage_suspected="yes"))

        assert Case.objects.get().state == "draft"
        assert 'href="#id_iv_damage_suspected"' in page
        assert "ordentliche IV-Anmeldung" in page
        assert "So lässt er sich nicht einreichen:" in page
        assert "Seit zwei Jahren ohne Stelle." in page

    def test_a_condition_that_is_not_met_leads_to_its_line(self, send):
        unmet = {f"criterion-{key_of('will_arbeiten')}": "no"}
        page = text(send("SH", "IV", "yynnn", "none", **unmet))

        assert f'href="#id_criterion-{key_of("will_arbeiten")}"' in page
        assert "Klären Sie mit der Person zuerst" in page

    def test_a_closed_way_is_told_in_plain_words(self, send):
        page = text(send("RAV", "IV", "nnyyn", "none"))

        assert Case.objects.get().state == "draft"
        assert "Solange das SECO keine Befreiung zulässt" in page
        assert "Zurzeit gesperrt" in page

    def test_an_exception_needs_its_reason_and_goes_with_it(self, send):
        lately = f"{clock.today() - dt.timedelta(days=60):%d.%m.%Y}"
        page = text(send("SH", "IV", "yynnn", "none", iv_refused_on=lately))
        name = f"reason-{key_of('ablehnung_ein_jahr')}"
        assert f'href="#id_{name}"' in page
        assert f'id="feld-{name}" hidden' not in page

        text(send("SH", "IV", "yynnn", "none", iv_refused_on=lately, **{name: "Neu operiert."}))
        kept = Antrag.objects.get(case__state="submitted").criteria.get(criterion__code="ablehnung_ein_jahr")
        assert (kept.answer, kept.reason) == ("no", "Neu operiert.")

    def test_answers_that_speak_against_each_other_stand_beside_their_field(self, send):
        page = text(send("SH", "IV", "nnnnn", "none"))

        assert 'href="#id_social_counselling"' in page
        assert page.count("weder in persönlicher Sozialhilfe") == 2

    def test_a_service_without_lead_says_so(self, send):
        page = text(send("RAV", office("SH", "none"), "nnyyn", "none"))
        assert 'href="#id_contractor"' in page
        assert "übernimmt zurzeit keine Fallführung" in page

    def test_in_the_city_a_claim_that_is_not_drawn_yet_opens_the_way(self, send):
        city = office("SH", "wsh_only")
        page = text(send("RAV", city, "nnyyn", "none"))
        assert 'href="#id_wsh_entitled"' in page

        send("RAV", city, "nnyyn", "none", wsh_entitled="yes")
        assert Antrag.objects.get(case__state="submitted").wsh_entitled is True


class TestMeanwhile:
    """Rules that change while a draft is open."""

    @pytest.fixture
    def nora(self):
        return make.nora()

    @pytest.fixture
    def draft(self, nora, client_of):
        """A complete draft to the IV, saved through the page, and its browser."""
        client = client_of(nora)
        self.iv = office("IV")
        client.post(NEW, answers(self.iv, "yynnn", "none", do="save"))
        return Case.objects.get(), client

    def address(self, case, name="antrag"):
        return reverse(f"optima:{name}", args=[case.number])

    def renewed(self, code="will_arbeiten"):
        """A new version from today of a criterion that was answered."""
        old = AdmissionCriterion.objects.get(code=code)
        AdmissionCriterion.objects.filter(pk=old.pk).update(valid_until=clock.today() - dt.timedelta(days=1))
        new = AdmissionCriterion.objects.get(pk=old.pk)
        new.pk, new.text, new.valid_from, new.valid_until = None, "Will ernsthaft.", clock.today(), None
        new.save(force_insert=True)
        return old, new

    def test_a_condition_replaced_by_a_new_version_is_asked_again_and_all_else_stays(self, draft):
        case, client = draft
        _old, new = self.renewed()

        page = text(client.get(self.address(case)))

        assert f'id="neu-{new.pk}">' in page
        assert str(CHANGED) in page
        assert not re.search(rf'name="criterion-{new.pk}"[^>]* checked', page)
        assert chosen(page, "unterstuetzung")
        again = answers(self.iv, "yynnn", "none", version=case.version, **{f"criterion-{new.pk}": "yes"})
        client.post(self.address(case), again)
        assert Antrag.objects.get(case__state="submitted").criteria.get(criterion=new).answer == "yes"

    @pytest.mark.parametrize("answer", ["yes", "open"])
    def test_a_page_from_before_the_new_version_cannot_be_submitted_until_it_is_answered(self, draft, answer):
        case, client = draft
        old, new = self.renewed()

        given = answers(self.iv, "yynnn", "none", **{f"criterion-{old.pk}": "yes"})
        given.pop(f"criterion-{new.pk}")
        page = text(client.post(self.address(case), given | {"version": case.version}))

        case.refresh_from_db()
        assert case.state == "draft"
        assert f'href="#id_criterion-{new.pk}"' in page
        assert page.split("Will ernsthaft.")[1].split("</fieldset>")[0].count(str(CHANGED)) == 1
        assert case.draft["situation"] == given["situation"]
        client.post(self.address(case), given | {"version": case.version, f"criterion-{new.pk}": answer})
        assert Antrag.objects.get(case__state="submitted").criteria.get(criterion=new).answer == answer

    def test_a_first_page_from_before_the_new_version_begins_a_draft_and_stops_there(self, nora, client_of):
        iv, client = office("IV"), client_of(nora)
        old, new = self.renewed()
        given = answers(iv, "yynnn", "none", **{f"criterion-{old.pk}": "yes"})
        given.pop(f"criterion-{new.pk}")

        page = text(client.post(NEW, given, follow=True))

        assert f'href="#id_criterion-{new.pk}"' in page
        assert Case.objects.get().state == "draft"

    def test_a_submitted_case_shows_what_was_answered_whatever_came_the_same_day(self, draft, nora, client_of):
        case, client = draft
        old = AdmissionCriterion.objects.get(code="will_arbeiten")
        client.post(self.address(case), answers(self.iv, "yynnn", "none", version=case.version))
        self.renewed()

        jan = make.contractor_of(Case.objects.get(state="submitted"))
        told = [client.get(case.get_absolute_url()), client.get(self.address(case, "text"))]
        told.append(client_of(jan).get(reverse("core:action", args=[case.number, "accept"])))
        for page in map(text, told):
            assert old.text in page
            assert "Will ernsthaft." not in page
        pdf = "\n".join(str(block.rows) for block in content.blocks(Case.objects.get(state="submitted"), nora))
        assert old.text in pdf

    def test_what_needs_a_ruling_says_who_decides_first(self, draft):
        case, client = draft
        ZielgruppeRule.objects.filter(code="E").update(valid_until=clock.today() - dt.timedelta(days=1))

        done = client.post(self.address(case), answers(self.iv, "yynnn", "none", version=case.version), follow=True)

        said = [str(one) for one in done.context["messages"]]
        assert said == [
            "Der Antrag ist eingereicht. Zuerst entscheidet die IIZ-Koordinationsstelle, ob Optima hier möglich ist; "
            "Sie erhalten eine Nachricht, sobald sie entschieden hat."
        ]

    def test_a_group_that_became_closed_keeps_the_draft_and_says_why(self, draft):
        case, client = draft
        LegalPrecondition.objects.filter(code="art54_kanton").update(status=LegalState.REFUSED)

        assert "Ohne Bewilligung darf die IV-Stelle" in text(client.get(self.address(case)))
        client.post(self.address(case), answers(self.iv, "yynnn", "none", version=case.version))
        case.refresh_from_db()
        assert (case.state, case.draft["first_name"]) == ("draft", "Lena")

    def test_a_row_that_ended_leaves_it_to_the_coordination_office(self, draft):
        case, client = draft
        ZielgruppeRule.objects.filter(code="E").update(valid_until=clock.today() - dt.timedelta(days=1))
        assert "Diese Konstellation gehört zu keiner Zielgruppe" in text(client.get(self.address(case)))

    def test_two_rows_that_fit_leave_it_to_the_coordination_office(self, draft):
        case, client = draft
        row = ZielgruppeRule.objects.get(code="E")
        row.pk, row.code = None, "E2"
        row.save()
        assert "gehört zu keiner Zielgruppe" in text(client.get(self.address(case)))

    def test_answers_for_another_kind_of_office_are_kept_and_not_sent(self, draft):
        case, client = draft
        rav = office("RAV")
        given = answers(rav, "yynnn", "none", version=case.version, do="save")
        client.post(self.address(case), given)
        case.refresh_from_db()
        assert case.draft[f"criterion-{key_of('will_arbeiten')}"] == "yes"

        page = text(client.get(self.address(case)))
        hidden = dict(re.findall(r'<input type="hidden" name="(criterion-\d+)" value="(\w+)">', page))
        assert hidden == checklist("IV")
        asked = given | hidden | {"contractor": self.iv.name}
        back = client.post(reverse("optima:office"), asked, headers={"HX-Trigger-Name": "contractor"})
        assert chosen(text(back), "will_arbeiten")
        client.post(self.address(case), given | {"do": "submit"})
        codes = Antrag.objects.get(case__state="submitted").criteria.values_list("criterion__code", flat=True)
        assert "will_arbeiten" not in codes

    def test_the_autosave_brings_what_the_rules_say(self, draft):
        case, client = draft
        given = answers(self.iv, "yynnn", "none", version=case.version, key=case.draft["_key"])

        answer = client.post(
            self.address(case, "save"), given | {"iv_damage_suspected": "yes"}, headers=AUTOSAVE
        ).json()

        assert "So nicht möglich" in answer["parts"]["regeln"]
        assert "nicht erfüllt" in answer["parts"]["geprueft"]
        assert "So lässt er sich nicht einreichen" in answer["parts"]["stand"]
        assert answer["shown"]["feld-iv_damage_suspected"] is True
        given |= {"iv_damage_suspected": "", "iv_procedure": "running", "version": answer["fields"]["version"]}
        answer = client.post(self.address(case, "save"), given, headers=AUTOSAVE).json()
        assert answer["shown"]["feld-iv_damage_suspected"] is False
        assert "bitten Sie um eine Ausnahme" in answer["parts"]["regeln"]

    def test_reading_the_rules_takes_five_queries_on_an_autosave(self, draft, django_assert_max_num_queries):
        case, client = draft
        given = answers(self.iv, "yynnn", "none", version=case.version, key=case.draft["_key"])
        with django_assert_max_num_queries(24) as counted:
            client.post(self.address(case, "save"), given, headers=AUTOSAVE)
        tables = ("zielgrupperule", "admissioncriterion", "legalprecondition", "obstacle", "leadcapability")
        assert sum(f'FROM "optima_{name}' in row["sql"] for row in counted for name in tables) <= 5

    def test_two_tabs_see_each_others_answers(self, draft):
        case, client = draft
        other = answers(self.iv, "yynnn", "none", version=case.version - 1, do="save")
        other[f"criterion-{key_of('will_arbeiten')}"] = "no"
        response = client.post(self.address(case), other)

        assert response.status_code == 409
        assert "trifft nicht zu" in text(response)
        case.refresh_from_db()
        assert case.draft[f"criterion-{key_of('will_arbeiten')}"] == "yes"

    @pytest.mark.parametrize(
        "noise",
        [
            {"criterion-999999": "yes"},
            {"criterion-x": "yes"},
            {"obstacles": ["999999", "x", "\x00"]},
            {"wsh_entitled": "z" * 500},
            {"reason-1": "x" * 50_000},
            {"iv_procedure": "vielleicht"},
        ],
    )
    def test_nonsense_is_no_server_error_and_loses_nothing(self, draft, noise):
        case, client = draft
        given = answers(self.iv, "yynnn", "none", version=case.version, do="save", key=case.draft["_key"])
        assert client.post(self.address(case), given | noise).status_code == 302
        assert client.get(self.address(case)).status_code == 200
        case.refresh_from_db()
        assert case.draft["situation"] == "Seit zwei Jahren ohne Stelle."

    def test_who_only_reads_it_sees_the_answers(self, draft, nora, client_of):
        case, _client = draft
        page = text(client_of(actor(Role.READ_ONLY, nora.institution)).get(self.address(case)))
        assert "Will und kann arbeiten" in page
        assert "trifft zu" in page


def test_what_the_wegweiser_knows_stands_in_the_page_and_begins_no_draft(client_of):
    iv = office("IV")
    RoutingRule.objects.create(group="IV", mode="central", target=iv, valid_from=make.LONG_AGO)
    told = {"ale": False, "wsh": True, "iv_procedure": "none"}
    query = prefill.to_query(told, contractor_group="IV", criteria={"will_arbeiten": "yes"})
    client = client_of(make.nora())

    page = text(client.get(f"{NEW}?{query}"))

    assert not Case.objects.exists()
    assert f'value="{iv.name}"' in page
    assert chosen(page, "will_arbeiten")
    for name, value in (("wsh", "yes"), ("ale", "no"), ("iv_procedure", "none")):
        assert re.search(rf'<input[^>]*name="{name}" value="{value}"[^>]*checked', page), name
    assert client.get(f"{NEW}?contractor_group=XX&criterion-x=yes&obstacles=%00").status_code == 200


def test_choosing_a_kind_shows_its_checklist_and_what_decides(client_of):
    client = client_of(make.nora())
    page = text(client.post(reverse("optima:office"), {"contractor_group": "IV", "first_name": "Lena"}))

    for words in ("Was die IV-Stelle voraussetzt", "Das entscheidet mit", "Letzte Ablehnung der IV am"):
        assert words in page
    assert page.count("noch offen") > 3
    other = text(client.post(reverse("optima:office"), {"contractor_group": "RAV"}))
    assert "Zuletzt beim RAV gemeldet am" in other.partition("Weitere Angaben")[0]
