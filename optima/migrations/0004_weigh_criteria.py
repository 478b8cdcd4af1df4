"""Give the criteria and divisions of work that are already there what the new columns ask.

Where nobody changed the words as they were shipped, they become those shipped now; edited words stay. What follows from
a criterion (weight, check, months, who asks) is set either way: without it the portal could judge nothing. Codes that
are new come with ``manage.py seed``.
"""

import csv
import hashlib
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"

CRITERIA = {
    ("RAV", "arbeitsangebot"): "30c3b460c37f",
    ("RAV", "vermittlungsbereit"): "4e7187ff5e76",
    ("RAV", "arbeitsfaehig"): "1ca6816f6615",
    ("RAV", "arbeitsberechtigt"): "0872a1dd4dea",
    ("RAV", "sekundaertugenden"): "dc8055cb863c",
    ("RAV", "iv_geklaert"): "038a373053bb",
    ("RAV", "rav_anmeldung"): "be1fe6a186b7",
    ("RAV", "rav_sperrfrist"): "fe80a1da7da4",
    ("IV", "arbeitsangebot"): "47cb0f2b6b6b",
    ("IV", "will_arbeiten"): "e7ec6c08f55e",
    ("IV", "unterstuetzung"): "63b1ad9c7c9c",
    ("IV", "kein_iv_schaden"): "14218f9e8c53",
    ("IV", "ablehnung_ein_jahr"): "a72b3e2d2cd1",
    ("IV", "ermessen"): "3ce7f72002ce",
    ("SH", "beratung_sinnvoll"): "73eb5acf4b07",
    ("SH", "anspruch_psh"): "b935c2cd6510",
    ("SH", "fallfuehrung"): "613a8257be63",
    ("SH", "stadt_agglomeration"): "a18f8c385a7c",
    ("SH", "vereinbarung_alv"): "4a27dec837bc",
}
"""Digest of heading, text and explanation as they were shipped, by contractor and code."""
PROCEDURES = {
    ("RAV", "IV"): "5b8b838cc81b",
    ("RAV", "SH"): "f70aa67be9b2",
    ("IV", "RAV"): "99b62b7f1955",
    ("IV", "SH"): "a08c011f5cca",
    ("SH", "RAV"): "71641ecbe213",
    ("SH", "IV"): "ab3b90284824",
    ("SH", "SH"): "76d4b42eaba8",
}
"""Digest of what each side does, what rests and what is taken up again, by principal and contractor."""
SHIPPED_WORDS = ("contractor_does", "principal_keeps", "rests", "resumes")


def digest(*words):
    """A short digest of some texts, whatever their line ends."""
    return hashlib.sha256("\n".join(words).replace("\r\n", "\n").encode()).hexdigest()[:12]


def shipped(name):
    """The rows of a list as it ships."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def lines(text):
    """Entries of a list as lines."""
    return text.replace(" | ", "\n")


def weigh_criteria(apps, schema_editor):
    """Set what follows from each criterion; words too, where nobody changed them."""
    rows = apps.get_model("optima", "AdmissionCriterion").objects
    for position, new in enumerate(shipped("lu_criteria.csv"), start=1):
        key = new["contractor_group"], new["code"]
        for row in rows.filter(contractor_group=key[0], code=key[1]) if key in CRITERIA else ():
            row.principal_group, row.weight, row.check_by = new["principal_group"], new["weight"], new["check_by"]
            row.months = int(new["months"]) if new["months"] else None
            row.instead = new["instead"]
            if digest(row.heading, row.text, row.help_text) == CRITERIA[key]:
                row.heading, row.text, row.help_text = new["heading"], new["text"], new["help_text"]
                row.items, row.position = lines(new["items"]), position
            row.save()


def divide_work(apps, schema_editor):
    """Set which messages are possible and what nobody should count on; words too, where nobody changed them."""
    rows = apps.get_model("optima", "ReducedProcedure").objects
    for new in shipped("lu_procedures.csv"):
        key = new["principal_group"], new["contractor_group"]
        for row in rows.filter(principal_group=key[0], contractor_group=key[1]) if key in PROCEDURES else ():
            row.takes_hints, row.takes_measures = bool(new["takes_hints"]), bool(new["takes_measures"])
            row.measures_only = new["measures_only"]
            row.contractor_does_not = row.contractor_does_not or lines(new["contractor_does_not"])
            if digest(*(getattr(row, name) for name in SHIPPED_WORDS)) == PROCEDURES[key]:
                for name in SHIPPED_WORDS:
                    setattr(row, name, lines(new[name]))
            row.save()


class Migration(migrations.Migration):
    """Words and weights of the rules that are there."""

    dependencies = [("optima", "0003_rules")]

    operations = [
        migrations.RunPython(weigh_criteria, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(divide_work, migrations.RunPython.noop, elidable=True),
    ]
