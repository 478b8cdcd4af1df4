"""The shipped example of Roundtable yields the published table and the published N (REP-01, REP-02)."""

import datetime as dt
import json

import pytest
from django.core.management import call_command

from reporting import figures
from reporting.tests.sheets import EXAMPLES, load_example
from reporting.tests.test_example import contains

pytestmark = pytest.mark.django_db

BEGIN, END = dt.date(2023, 1, 1), dt.date(2023, 12, 31)


def test_the_table_of_2023_equals_the_published_one_and_so_does_n():
    assert load_example("roundtable", "roundtable_2023.csv").added == 16
    load_example("totals", "roundtable_totals_2009_2020.csv")

    found = figures.roundtable(BEGIN, END)

    contains(
        found,
        {
            "service": "roundtable",
            "from": "2023-01-01",
            "to": "2023-12-31",
            "eingang": {
                "anmeldungen": 7,
                "gestartet": 6,
                "kein_prozess": 1,
                "offen": 0,
                "anmeldende": {"RAV": 1, "IV": 1, "SH": 2, "ANDERE": 3},
                "anmeldende_texte": {"Mandatszentrum Luzern-Land": 2, "Krankentaggeldversicherer": 1},
            },
            "wirkungen": {
                "abgeschlossen": 5,
                "gruende": {"erster_arbeitsmarkt": 1, "loesung": 4, "ohne_loesung": 0, "zurueckgezogen": 0},
            },
            "leistungen": {"begleitete_prozesse": 15, "gespraeche": 3, "gespraeche_selbst": 0},
            "kumuliert": {"n": 323, "jahre": {"2009": 18, "2023": 7}},
        },
    )
    assert all(check["ok"] for check in found["checks"])


def test_every_key_is_there_when_there_is_nothing_to_count(capsys):
    call_command("statistics", "roundtable", "--from", "2010-01-01", "--to", "2010-12-31")

    found = json.loads(capsys.readouterr().out)

    assert set(found) == {
        "service",
        "from",
        "to",
        "as_of",
        "eingang",
        "wirkungen",
        "leistungen",
        "selbst",
        "kumuliert",
        "checks",
    }
    assert found["kumuliert"]["jahre"] == {"2009": 0, "2010": 0}
    assert found["kumuliert"]["geschlecht"] == {"w": 0, "m": 0, "x": 0, "unbekannt": 0}
    assert found["kumuliert"]["anmeldende"] == {"RAV": 0, "IV": 0, "SH": 0, "ANDERE": 0}
    assert found["wirkungen"]["loesung_art"] == {"regelstruktur": 0, "iv_rente": 0}
    assert found["eingang"]["anmeldende_texte"] == {}


def test_the_example_can_be_told_from_real_cases():
    lines = (EXAMPLES / "roundtable_2023.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(line.startswith("Beispiel-R") for line in lines)
