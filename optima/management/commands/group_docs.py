"""Write the document of the target groups from the table as shipped: every combination of inputs with its answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from iiz.core.enums import IvProcedure
from optima import groups
from optima.enums import Condition, Finding
from optima.models import ZielgruppeRule
from optima.seed import group_rows

PATH = Path("iiz") / "docs" / "target_groups.md"
HEAD = """# Target groups

Which row of the decision table holds for a hand-over in Optima (GRP-A to GRP-I2, GRP-20 to GRP-22). Made from the
table as shipped (`optima/data/lu_zielgruppen.csv`) by `manage.py group_docs`; a test compares. The coordination
office may keep another table; what it stores may not give two answers to one combination.

The inputs: who asks whom, the state of the IV procedure (none, running, suspended, closed), daily allowance of the
unemployment insurance (ALE), social assistance (SH), intact work offer, burdens in the surroundings.

Before the table is asked: where the one who asks, a running or suspended IV procedure, ALE and SH make all three
institutions involved, the answer is a Roundtable; one social service asking another is possible without a group.
Where no row fits, nobody's group: the coordination office decides.
"""
GATES = """
*Law* names the legal preconditions that must be met on the day of the application
(`/koordination/rechtsgrundlagen/`), else the way is locked. *Barred* rows wait for the coordination office while an
IV procedure runs (CON-44).
"""
MATRIX_HEAD = """
## All combinations

One matrix a direction, {n} combinations altogether, each with its one answer: the row of the table, `R` for a
Roundtable, `SH` for a mandate between social services, `–` for nobody's. `y` is yes, `n` is no.
"""
STATES = {
    IvProcedure.NONE: "none",
    IvProcedure.RUNNING: "running",
    IvProcedure.SUSPENDED: "suspended",
    IvProcedure.CLOSED: "closed",
}
SIGNS = {Finding.ROUNDTABLE: "R", Finding.WITHIN_SH: "SH", Finding.UNASSIGNED: "–"}
ASKS = {Condition.YES: "yes", Condition.NO: "no", Condition.ANY: ""}


class Command(BaseCommand):
    """Writes ``iiz/docs/target_groups.md``."""

    help = "Write iiz/docs/target_groups.md from the table of target groups as shipped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and say so."""
        (Path(settings.BASE_DIR) / PATH).write_text(document(group_rows()), encoding="utf-8")
        self.stdout.write(f"{PATH} written")


def document(rules: Sequence[ZielgruppeRule]) -> str:
    """The whole document."""
    parts = [HEAD, table(rules), GATES, counts(rules), MATRIX_HEAD.format(n=len(groups.combinations()))]
    parts += [matrix(direction, rules) for direction in groups.DIRECTIONS]
    parts.append(matrix((groups.IV, groups.IV), rules, "Any other pair, such as IV → IV"))
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def table(rules: Sequence[ZielgruppeRule]) -> str:
    """The rows of the decision table."""
    lines = [
        "## The table\n",
        "| Row | Who asks whom | IV procedure | ALE | SH | Work offer | Burdens | Law | Barred |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for rule in rules:
        asked = [ASKS[Condition(getattr(rule, name))] for name in groups.YES_NO]
        states = ", ".join(words for state, words in STATES.items() if state in rule.iv_procedures)
        law = ", ".join(f"`{code}`" for code in rule.preconditions)
        barred = "while it runs" if rule.barred_while_iv_runs else ""
        way = f"{rule.principal_group} → {rule.contractor_group}"
        lines.append("| " + " | ".join([rule.code, way, states, *asked, law, barred]) + " |")
    return "\n".join(lines)


def counts(rules: Sequence[ZielgruppeRule]) -> str:
    """How many combinations have which answer."""
    found = Counter(answer(inputs, rules) for inputs in groups.combinations())
    order = [*(rule.code for rule in rules), *SIGNS.values()]
    lines = ["## How often each answer\n", "| Answer | Combinations |", "|---|---|"]
    lines += [f"| {sign} | {found[sign]} |" for sign in order]
    return "\n".join([*lines, f"| together | {sum(found.values())} |"])


def matrix(direction: tuple[str, str], rules: Sequence[ZielgruppeRule], title: str = "") -> str:
    """The answers of one direction: a line for each combination of yes and no, a column for each state."""
    lines = [
        f"### {title or ' → '.join(direction)}\n",
        f"| ALE | SH | Work offer | Burdens | {' | '.join(f'IV {words}' for words in STATES.values())} |",
        "|---" * (len(groups.YES_NO) + len(STATES)) + "|",
    ]
    for ale, sh, offer, burdens in product((True, False), repeat=len(groups.YES_NO)):
        signs = [answer(groups.Inputs(*direction, state, ale, sh, offer, burdens), rules) for state in STATES]
        lines.append("| " + " | ".join([*("y" if one else "n" for one in (ale, sh, offer, burdens)), *signs]) + " |")
    return "\n".join(lines)


def answer(inputs: groups.Inputs, rules: Sequence[ZielgruppeRule]) -> str:
    """The answer to one combination, as short as it stands in the matrix."""
    found = groups.assign(inputs, rules)
    return SIGNS.get(Finding(found.finding), found.code)
