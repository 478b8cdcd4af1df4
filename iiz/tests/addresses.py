"""Who gets what at which address: the table that ``test_urls`` walks, with the arguments of each address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from iiz.tests.world import World
from optima.billing.months import first_of, months_after


def of(name: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about one case of the world."""
    return lambda world: [world.cases[name].number]


def home(*more: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about the contractor's institution; words stand for rows of the world."""

    def arguments(world: World) -> list[Any]:
        known = {name: row.pk for name, row in world.rows.items()}
        known["member"] = world.people["adviser"].user.pk
        return [
            world.people["contact"].institution.pk,
            *(known.get(word[1:], word) if word[0] == "$" else word for word in more),
        ]

    return arguments


def action(state: str, name: str) -> Callable[[World], list[Any]]:
    """The arguments of the page of one transition."""
    return lambda world: [world.cases[state].number, name]


def document(state: str) -> Callable[[World], list[Any]]:
    """The arguments of the one document, asked for through some case."""
    return lambda world: [world.cases[state].number, world.rows["document"].pk]


def meeting(name: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about the meeting of one case."""
    return lambda world: [world.cases[name].number, world.rows[f"meeting {name}"].pk]


def vereinbarung(name: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about the Vereinbarung of one case."""
    return lambda world: [world.cases[name].number, world.rows[f"vereinbarung {name}"].pk]


def of_another(world: World) -> list[Any]:
    """The Vereinbarung of one case, asked for through another."""
    return [world.cases["closed"].number, world.rows["vereinbarung running"].pk]


def kg(name: str, *more: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about a Kostengutsprache; ``bill`` stands for the file of the provider's invoice."""

    def arguments(world: World) -> list[Any]:
        rest = [world.rows["bill"].document_id if word == "bill" else word for word in more]
        return [world.rows[f"kg {name}"].pk, *rest]

    return arguments


def feed(world: World) -> list[Any]:
    """The secret of somebody's calendar."""
    return [world.feed]


def token(world: World) -> list[Any]:
    """The secret of an open invitation."""
    return [world.rows["invitation"].token()]


def guest(world: World) -> list[Any]:
    """The secret of somebody without an account, for something that is over."""
    return [world.rows["guest"].token()]


def guest_of(name: str) -> Callable[[World], list[Any]]:
    """The one link for a guest, asked for through some case."""
    return lambda world: [world.cases[name].number, world.rows["guest"].pk]


def task(world: World) -> list[Any]:
    """What waits for the contact: the decision on a submitted Antrag."""
    return [world.rows["task"].pk]


def absence(world: World) -> list[Any]:
    """The adviser's absence, in which the contact stands in."""
    return [world.rows["absence"].pk]


def given(*words: str) -> Callable[[World], list[Any]]:
    """These arguments."""
    return lambda world: list(words)


def month(ahead: int, debtor: str = "") -> Callable[[World], list[Any]]:
    """A month so many months from now, and perhaps whom it is billed to: the principal's office or another."""

    def arguments(world: World) -> list[Any]:
        whose = {"home": "principal", "elsewhere": "stranger"}.get(debtor)
        found = months_after(first_of(timezone.localdate()), ahead)
        return [found, world.people[whose].institution.pk] if whose else [found]

    return arguments


def bill(world: World) -> list[Any]:
    """The invoice that the contractor's office has issued."""
    return [world.rows["invoice"].pk]


def enquiry(world: World) -> list[Any]:
    """What somebody brought to the desk."""
    return [world.rows["enquiry"].pk]


def of_enquiry(name: str) -> Callable[[World], list[Any]]:
    """The arguments of one way to handle it."""
    return lambda world: [world.rows["enquiry"].pk, name]


none = given()

# In the order of STANDINGS; ``*`` repeats the last one. ``login`` leads to the login page.
TABLE: list[tuple[str, Callable[[World], list[Any]], str]] = [
    ("healthz", none, "200*"),
    ("readyz", none, "200*"),
    ("core:start", none, "200*"),
    ("core:sheet", none, "200*"),
    ("core:sheet_pdf", none, "200*"),
    ("core:directory", none, "200*"),
    ("core:demo_post", none, "404*"),
    ("core:gallery", none, "200*"),
    ("core:tasks", none, "login 200 200 200 200 200 302 302 200 403"),
    ("core:put_off", task, "login 404 200 403 404 404 403 403 404 403"),
    ("core:take_up", task, "login 404 200 403 404 404 403 403 404 403"),
    ("core:inbox", none, "login 403 200 403 403 403 403 403 200 403"),
    ("core:absence_new", none, "login 200 200 200 403 200 403 403 200 403"),
    ("core:absence_end", absence, "login 404 200 200 404 404 403 403 404 403"),
    ("core:cases", none, "login 200 200 200 200 200 403 403 200 403"),
    ("core:coordination", none, "login 403 403 403 403 403 403 403 200 403"),
    ("core:mails", none, "login 403 403 403 403 403 403 403 200 403"),
    ("core:switch", none, "login 302*"),
    ("core:settings", none, "login 200*"),
    ("core:case", of("draft"), "login 302 404 404 302 404 404 404 404 404"),
    ("core:case", of("submitted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("queried"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("accepted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("refused"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("withdrawn"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("declined"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("stopped"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("ended"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("planned"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("held"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("agreed"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("wanted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("halted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("closed"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("submitted", "gespraeche"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("planned", "gespraeche"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("running", "gespraeche"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("stopped", "gespraeche"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:meeting_calendar", meeting("planned"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:minutes_pdf", meeting("planned"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:minutes_pdf", meeting("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:minutes_text", meeting("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:action", action("planned", "reply_meeting"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("planned", "move_meeting"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:action", action("planned", "cancel_meeting"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:action", action("submitted", "log_call"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:calendar", none, "login 200*"),
    ("core:calendar_new", none, "login 200*"),
    ("core:calendar_off", none, "login 200*"),
    ("core:calendar_feed", feed, "200*"),
    ("core:calendar_feed", given("no-secret"), "404*"),
    ("core:case_tab", action("submitted", "dokumente"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("submitted", "verlauf"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("submitted", "zugriff"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("stopped", "verlauf"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("draft", "verlauf"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:action", action("submitted", "accept"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("submitted", "refuse"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("submitted", "ask"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("submitted", "assign"), "login 403 200 403 403 404 404 404 200 404"),
    ("core:action", action("submitted", "withdraw"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("submitted", "client_declines"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:action", action("queried", "answer"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("accepted", "client_withdraws"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:action", action("stopped", "end_unestablished"), "login 200 403 403 403 404 404 404 200 404"),
    ("core:action", action("accepted", "plan_handover"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("accepted", "hold_handover"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("accepted", "hand_over"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("planned", "hold_handover"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("held", "revise_note"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("held", "agree_note"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("held", "record_agreements"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("held", "established"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:action", action("agreed", "begin"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:action", action("agreed", "end_unestablished"), "login 200 200 200 403 404 404 404 200 404"),
    ("core:action", action("running", "plan_meeting"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("running", "hold_standortgespraech"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("running", "send_hint"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("running", "answer_measure"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("running", "hold_extra"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("running", "request_meeting"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("wanted", "request_meeting"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("wanted", "decline_meeting"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("running", "close_exceptionally"), "login 200 200 200 403 404 404 404 200 404"),
    ("core:action", action("running", "close"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:action", action("halted", "close_exceptionally"), "login 403 200 200 403 404 404 404 200 404"),
    ("core:action", action("halted", "hold_standortgespraech"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("closed", "resume"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("running", "reword_note"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("closed", "reword_note"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("closed", "correct"), "login 403 403 403 403 404 404 404 200 404"),
    ("core:action", action("closed", "log_call"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("refused", "accept"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("submitted", "no_such_row"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:upload", of("submitted"), "login 200 200 200 403 404 404 404 200 404"),
    ("core:upload", of("refused"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:upload", of("stopped"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:upload", of("draft"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:document", document("submitted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:document", document("queried"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:invitation", token, "200*"),
    ("core:invitation", given("no-token"), "410*"),
    ("core:guest", guest, "410*"),
    ("core:guest", given("no-token"), "404*"),
    ("core:guest_block", guest_of("submitted"), "login 200 403 403 403 404 404 404 200 404"),
    ("core:guest_block", guest_of("queried"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:institutions", none, "login 403 403 403 403 403 403 403 200 403"),
    ("core:members", none, "login 200 200 200 200 200 403 403 200 403"),
    ("core:members_of", home(), "login 404 200 200 404 404 404 404 200 403"),
    ("core:invite", home(), "login 404 200 403 404 404 404 404 200 403"),
    ("core:invitation_action", home("$invitation", "erneuern"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:invitation_action", home("$invitation", "zurueckziehen"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:member", home("$member"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:member_leave", home("$member"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:second_factor", home(), "login 404 200 403 404 404 404 404 200 403"),
    ("core:address", home(), "login 404 200 403 404 404 404 404 200 403"),
    ("core:confirm_directory", home(), "login 404 200 403 404 404 404 404 200 403"),
    ("core:entry_new", home("angebot"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:entry_new", home("ansprechperson"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:entry_new", home("unterschrift"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:entry_new", home("anderes"), "login 404 404 403 404 404 404 404 404 403"),
    ("core:entry", home("ansprechperson", "$contact"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:entry_end", home("unterschrift", "$signatory"), "login 404 200 403 404 404 404 404 200 403"),
    ("optima:wegweiser", none, "200*"),
    ("optima:new", none, "login 200 200 200 403 200 403 403 403 403"),
    ("optima:person_search", none, "login 200 200 200 403 200 403 403 403 403"),
    ("optima:office", none, "login 200 200 200 403 200 403 403 403 403"),
    ("optima:antrag", of("draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("optima:save", of("draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("optima:discard", of("draft"), "login 200 404 404 403 404 404 404 404 404"),
    ("optima:antrag", of("submitted"), "login 302 302 302 302 404 404 404 302 404"),
    ("optima:save", of("submitted"), "login 302 302 302 302 404 404 404 302 404"),
    ("optima:discard", of("submitted"), "login 302 302 302 302 404 404 404 302 404"),
    ("optima:pdf", of("draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("optima:text", of("draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("optima:pdf", of("submitted"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:text", of("submitted"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:pdf", of("refused"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:text", of("refused"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:pdf", of("stopped"), "login 200 403 403 200 404 404 404 200 404"),
    ("optima:text", of("stopped"), "login 200 403 403 200 404 404 404 200 404"),
    ("optima:billing", none, "login 403 200 403 403 403 403 403 200 403"),
    ("optima:billing_month", month(-1), "login 403 200 403 403 403 403 403 403 403"),
    ("optima:billing_month", month(1), "login 403 404 403 403 403 403 403 403 403"),
    ("optima:billing_debtor", month(-1, "home"), "login 403 200 403 403 403 403 403 403 403"),
    ("optima:billing_debtor", month(-1, "elsewhere"), "login 403 404 403 403 403 403 403 403 403"),
    ("optima:invoice", bill, "login 404 200 404 404 404 403 403 200 403"),
    ("optima:invoice_pdf", bill, "login 404 200 404 404 404 403 403 200 403"),
    ("optima:invoice_csv", bill, "login 404 200 404 404 404 403 403 200 403"),
    ("optima:invoice_xlsx", bill, "login 404 200 404 404 404 403 403 200 403"),
    ("optima:finances", none, "login 403 403 403 403 403 403 403 200 403"),
    ("optima:finances_csv", given(str(timezone.localdate().year)), "login 403 403 403 403 403 403 403 200 403"),
    ("optima:finances_xlsx", given(str(timezone.localdate().year)), "login 403 403 403 403 403 403 403 200 403"),
    ("optima:finances_model", given("IV-SH"), "login 403 403 403 403 403 403 403 200 403"),
    ("optima:finances_model", given("IV-IV"), "login 403 403 403 403 403 403 403 404 403"),
    ("optima:law", none, "login 200 200 200 200 200 403 403 200 403"),
    ("optima:law_decision", given("seco_iv"), "login 403 403 403 403 403 403 403 200 403"),
    ("optima:law_decision", given("unbekannt"), "login 403 403 403 403 403 403 403 404 403"),
    ("optima:file", of("draft"), "login 404 404 404 404 404 404 404 404 404"),
    ("optima:file", of("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:file", of("halted"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:file_text", of("closed"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:file_text", of("stopped"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:note", of("draft"), "login 404 404 404 404 404 404 404 404 404"),
    ("optima:note", of("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:note", of("stopped"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:abschluss", of("running"), "login 404 404 404 404 404 404 404 404 404"),
    ("optima:abschluss", of("closed"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:abschluss_text", of("closed"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:vereinbarung", vereinbarung("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:vereinbarung", vereinbarung("halted"), "login 200 403 403 200 404 404 404 200 404"),
    ("optima:vereinbarung", of_another, "login 404 404 404 404 404 404 404 404 404"),
    ("optima:vereinbarung_text", vereinbarung("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:vereinbarung_text", vereinbarung("halted"), "login 200 403 403 200 404 404 404 200 404"),
    ("optima:kg_pdf", kg("paid"), "login 200 200 200 200 404 403 403 200 403"),
    ("optima:kg_text", kg("paid"), "login 200 200 200 200 404 403 403 200 403"),
    ("optima:order_pdf", kg("paid"), "login 200 200 200 200 404 403 403 200 403"),
    ("optima:order_text", kg("paid"), "login 200 200 200 200 404 403 403 200 403"),
    ("optima:kg_list", none, "login 200 200 200 200 200 403 403 200 403"),
    ("optima:kg_new", of("running"), "login 403 200 200 403 404 404 404 403 404"),
    ("optima:kg_new", of("submitted"), "login 403 403 403 403 404 404 404 403 404"),
    ("optima:kg_edit", kg("draft"), "login 404 200 200 404 404 403 403 404 403"),
    ("optima:kg_edit", kg("requested"), "login 302 302 302 302 404 403 403 302 403"),
    ("optima:kostengutsprache", kg("draft"), "login 404 200 200 404 404 403 403 404 403"),
    ("optima:kostengutsprache", kg("requested"), "login 200 200 200 200 404 403 403 200 403"),
    ("optima:kostengutsprache", kg("paid"), "login 200 200 200 200 404 403 403 200 403"),
    ("optima:kg_step", kg("requested", "withdraw"), "login 403 200 200 403 404 403 403 403 403"),
    ("optima:kg_step", kg("requested", "approve"), "login 403 403 403 403 404 403 403 403 403"),
    ("optima:kg_step", kg("requested", "ask"), "login 200 403 403 403 404 403 403 403 403"),
    ("optima:kg_step", kg("paid", "approve"), "login 403 403 403 403 404 403 403 403 403"),
    ("optima:kg_step", kg("requested", "no_such_row"), "login 404 404 404 404 404 403 403 404 403"),
    ("optima:kg_file", kg("paid", "bill"), "login 200 200 200 200 404 403 403 200 403"),
    ("optima:kg_file", kg("requested", "bill"), "login 404 404 404 404 404 403 403 404 403"),
    ("optima:order_text", kg("requested"), "login 404 404 404 404 404 403 403 404 403"),
    ("roundtable:desk", none, "200*"),
    ("roundtable:desk_sent", none, "200*"),
    ("roundtable:desk_confirm", given("erfunden"), "410*"),
    ("roundtable:enquiries", none, "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry", enquiry, "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry_step", of_enquiry("fall"), "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry_step", of_enquiry("antworten"), "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry_step", of_enquiry("kein-fall"), "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry_step", of_enquiry("anderes"), "login 403 403 403 403 403 403 403 404 403"),
    ("reporting:index", none, "login 200 200 200 200 200 200 200 200 200"),
    ("reporting:optima", none, "login 200 200 200 200 200 403 403 200 403"),
    ("reporting:optima_file", given("json"), "login 200 200 200 200 200 403 403 200 403"),
    ("reporting:optima_file", given("exe"), "login 404 404 404 404 404 403 403 404 403"),
    ("reporting:roundtable", none, "login 200 200 200 200 200 403 403 200 403"),
    ("reporting:roundtable_file", given("json"), "login 200 200 200 200 200 403 403 200 403"),
    ("reporting:roundtable_file", given("exe"), "login 404 404 404 404 404 403 403 404 403"),
    ("reporting:import", none, "login 403 403 403 403 403 403 403 200 403"),
    ("reporting:import_confirm", none, "login 403 403 403 403 403 403 403 302 403"),
    ("account_login", none, "200 302*"),
    ("account_logout", none, "302 200*"),
    ("account_inactive", none, "200*"),
    ("account_signup", none, "200 302*"),
    ("account_reauthenticate", none, "login 200*"),
    ("account_email", none, "login 200*"),
    ("account_email_verification_sent", none, "200*"),
    ("account_change_password", none, "login 200*"),
    ("account_set_password", none, "login 302*"),
    ("account_reset_password", none, "200*"),
    ("account_confirm_login_code", none, "login 302*"),
    ("account_reset_password_from_key_done", none, "200*"),
    ("account_reset_password_done", none, "200*"),
    ("mfa_index", none, "login 200*"),
    ("mfa_authenticate", none, "login 302*"),
    ("mfa_reauthenticate", none, "login 302*"),
    ("mfa_activate_totp", none, "login 302*"),
    ("mfa_deactivate_totp", none, "login 404*"),
    ("mfa_view_recovery_codes", none, "login 404*"),
    ("mfa_generate_recovery_codes", none, "login 302*"),
    ("mfa_download_recovery_codes", none, "login 404*"),
    ("account_confirm_email", given("no-key"), "200*"),
    ("account_reset_password_from_key", given("1", "no-key"), "200*"),
    ("admin:index", none, "302 302 302 302 302 302 302 302 200 302"),
    ("admin:login", none, "login 403*"),
]  # fmt: skip
