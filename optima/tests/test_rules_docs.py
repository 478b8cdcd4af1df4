"""The document of the target groups says what the code says: 512 combinations, one answer each (GRP-20)."""

from __future__ import annotations

import re

from iiz.tests.tree import ROOT
from optima import groups
from optima.management.commands.group_docs import PATH, SIGNS, STATES, document
from optima.seed import group_rows

RULES = group_rows()
WRITTEN = (ROOT / PATH).read_text()
SAID = {"y": True, "n": False}


def told() -> dict[groups.Inputs, str]:
    """Every cell of the matrices as somebody reads them."""
    found: dict[groups.Inputs, str] = {}
    for part in WRITTEN.split("## All combinations")[1].split("### ")[1:]:
        title, *lines = part.splitlines()
        who, whom = re.findall(r"(IV|RAV|SH) → (IV|RAV|SH)", title)[0]
        for line in lines:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells[0] in SAID:
                said = [SAID[cell] for cell in cells[:4]]
                for state, sign in zip(STATES, cells[4:], strict=True):
                    inputs = groups.Inputs(who, whom, state, *said)
                    assert inputs not in found, "listed twice"
                    found[inputs] = sign
    return found


def test_the_document_is_current():
    assert document(RULES) == WRITTEN, "run manage.py group_docs"


def test_it_lists_exactly_the_512_combinations_each_with_the_answer_of_the_table():
    listed = told()
    assert len(listed) == 512
    assert set(listed) == set(groups.combinations())
    for inputs, sign in listed.items():
        found = groups.assign(inputs, RULES)
        assert sign == (found.rule.code if found.rule else SIGNS[found.finding]), inputs


def test_its_counts_add_up():
    rows = re.findall(r"^\| (\S+) \| (\d+) \|$", WRITTEN, re.M)
    *answers, (together, total) = rows
    assert (together, total) == ("together", "512")
    assert sum(int(n) for _sign, n in answers) == 512
