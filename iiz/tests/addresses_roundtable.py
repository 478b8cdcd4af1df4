"""The part of ``addresses`` about Roundtables and Vollmachten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiz.tests.arguments import action, enquiry, given, invitation, none, of, of_enquiry, row, sent_document
from iiz.tests.world import World

# In the order of STANDINGS, as in addresses.
ROUNDTABLE: list[tuple[str, Callable[[World], list[Any]], str]] = [
    ("roundtable:new", none, "login 200 200 200 403 200 403 403 200 403"),
    ("roundtable:person_search", none, "login 200 200 200 403 200 403 403 200 403"),
    ("roundtable:registration", of("rt draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("roundtable:save", of("rt draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("roundtable:discard", of("rt draft"), "login 200 404 404 403 404 404 404 404 404"),
    ("roundtable:registration", of("rt registered"), "login 302 404 404 302 404 404 404 302 404"),
    ("roundtable:save", of("rt registered"), "login 302 404 404 302 404 404 404 302 404"),
    ("roundtable:discard", of("rt registered"), "login 302 404 404 302 404 404 404 302 404"),
    ("roundtable:registration", of("submitted"), "login 302 302 302 302 404 404 404 302 404"),
    ("roundtable:registration_pdf", of("rt draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("roundtable:registration_pdf", of("rt registered"), "login 200 404 404 200 404 404 404 200 404"),
    ("roundtable:registration_pdf", of("submitted"), "login 404*"),
    ("roundtable:registration_text", of("rt draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("roundtable:registration_text", of("rt registered"), "login 200 404 404 200 404 404 404 200 404"),
    ("core:case", of("rt registered"), "login 200 404 404 200 404 404 404 200 404"),
    ("core:case_tab", action("rt registered", "vollmacht"), "login 200 404 404 200 404 404 404 200 404"),
    ("core:case_tab", action("submitted", "vollmacht"), "login 404*"),
    ("roundtable:vollmacht_list", none, "login 200 200 200 200 200 403 403 200 403"),
    ("roundtable:vollmacht_new", none, "login 200 200 200 403 200 403 403 200 403"),
    ("roundtable:vollmacht", row("vollmacht"), "login 200 404 404 200 404 403 403 404 403"),
    ("roundtable:vollmacht", row("vollmacht of a case"), "login 200 404 404 200 404 403 403 200 403"),
    ("roundtable:vollmacht_scan", row("vollmacht"), "login 200 404 404 200 404 403 403 404 403"),
    ("roundtable:vollmacht_scan", row("vollmacht of a case"), "login 404 404 404 404 404 403 403 404 403"),
    ("roundtable:vollmacht_withdraw", row("vollmacht"), "login 200 404 404 403 404 403 403 404 403"),
    ("roundtable:vollmacht_withdraw", row("vollmacht of a case"), "login 200 404 404 403 404 403 403 403 403"),
    ("roundtable:vollmacht_narrow", row("vollmacht"), "login 200 404 404 403 404 403 403 404 403"),
    ("core:case_tab", action("rt asked", "sichten"), "login 200 200 200 200 404 404 404 200 404"),
    ("roundtable:view", row("rt view"), "login 200 404 404 403 404 403 403 404 403"),
    ("roundtable:view_step", row("rt view", "cancel"), "login 403 403 403 403 404 403 403 200 403"),
    ("roundtable:view_step", row("rt view", "reopen"), "login 403 403 403 403 404 403 403 200 403"),
    ("roundtable:view_step", row("rt view", "anderes"), "login 404 404 404 404 404 403 403 404 403"),
    ("roundtable:step", row("rt step"), "login 200 200 200 403 404 403 403 200 403"),
    ("roundtable:views", of("rt asked"), "login 200 200 200 200 404 404 404 200 404"),
    ("roundtable:views", of("submitted"), "login 404*"),
    ("roundtable:views_text", of("rt asked"), "login 200 200 200 200 404 404 404 200 404"),
    ("roundtable:confirm_ask", sent_document, "login 403 403 403 403 404 404 404 200 404"),
    ("roundtable:confirmation", row("rt confirmation"), "login 200 404 404 403 404 403 403 404 403"),
    ("roundtable:confirm_cancel", row("rt confirmation"), "login 403 403 403 403 404 403 403 200 403"),
    ("roundtable:agenda_pdf", of("rt asked"), "login 200 200 200 200 404 404 404 200 404"),
    ("roundtable:agenda_text", of("rt asked"), "login 200 200 200 200 404 404 404 200 404"),
    ("roundtable:agenda_text", of("rt registered"), "login 404*"),
    ("roundtable:invitation_pdf", invitation, "login 403 403 403 403 404 404 404 200 404"),
    ("roundtable:invitation_text", invitation, "login 403 403 403 403 404 404 404 200 404"),
    ("roundtable:desk", none, "200*"),
    ("roundtable:tour", none, "200*"),
    ("roundtable:tour_station", given(2), "200*"),
    ("roundtable:desk_sent", none, "200*"),
    ("roundtable:desk_confirm", given("erfunden"), "410*"),
    ("roundtable:feedback", row("rt feedback"), "login 200 404 404 403 404 403 403 404 403"),
    ("roundtable:feedback_answers", none, "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiries", none, "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry", enquiry, "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry_step", of_enquiry("fall"), "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry_step", of_enquiry("antworten"), "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry_step", of_enquiry("kein-fall"), "login 403 403 403 403 403 403 403 200 403"),
    ("roundtable:enquiry_step", of_enquiry("anderes"), "login 403 403 403 403 403 403 403 404 403"),
]  # fmt: skip
