"""The shipped example yields both published tables, figure by figure (REP-04 to REP-06)."""

import datetime as dt
from typing import Any

import pytest

from reporting import figures
from reporting.tests.sheets import EXAMPLE, load

pytestmark = pytest.mark.django_db

BEGIN = dt.date(2018, 10, 1)


def groups(iv: int, rav: int, sh: int, **more: int) -> dict[str, int]:
    return {**more, "IV": iv, "RAV": rav, "SH": sh}


def contains(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Every value of ``wanted`` stands in ``found``; further keys may."""
    for key, value in wanted.items():
        if isinstance(value, dict):
            contains(found[key], value)
        else:
            assert found[key] == value, key


def test_the_example_is_fifty_six_cases():
    assert load(EXAMPLE.read_bytes()).added == 56


def test_the_standardreporting_of_2022_equals_the_published_one():
    load(EXAMPLE.read_bytes())

    found = figures.optima(BEGIN, dt.date(2022, 11, 29))

    contains(
        found,
        {
            "service": "optima",
            "from": "2018-10-01",
            "to": "2022-11-29",
            "auftraege": {
                "anmeldungen": 52,
                "auftraggeber": groups(1, 12, 39),
                "auftragnehmer": groups(21, 17, 14),
                "von_nach": {"IV→RAV": 1, "RAV→SH": 12, "SH→IV": 21, "SH→RAV": 16, "SH→SH": 2, "RAV→IV": 0, "IV→SH": 0},
            },
            "prozess": {
                "offen_anfang": 0,
                "angenommen": 38,
                "abgelehnt": {
                    "total": 12,
                    "iv_ablehnung_unter_1_jahr": 3,
                    "kein_intaktes_arbeitsangebot": 0,
                    "keine_kapazitaet": 0,
                    "sonstige": 9,
                    "zielsetzung_nicht_realisierbar": 0,
                },
                "zurueckgezogen": 0,
                "nicht_zustande": 0,
                "offen": 2,
                "laufend_anfang": 0,
                "laufend_ende": 3,
            },
            "kostengutsprachen": {
                "beantragt": groups(1, 0, 0, total=1),
                "bewilligt": groups(1, 0, 0, total=1),
                "abgelehnt": groups(0, 0, 0, total=0),
            },
            "wirkungen": {
                "abgeschlossen": groups(17, 9, 9, total=35),
                "erfolgreich": groups(4, 2, 7, total=13),
                "teilweise": groups(0, 5, 2, total=7),
                "nicht_umgesetzt": groups(12, 0, 0, total=12),
                "sonstige": groups(1, 2, 0, total=3),
            },
        },
    )
    assert all(check["ok"] for check in found["checks"])


def test_the_cumulated_table_of_2023_equals_the_published_one():
    load(EXAMPLE.read_bytes())

    found = figures.optima(BEGIN, dt.date(2023, 12, 31))

    contains(
        found,
        {
            "auftraege": {
                "anmeldungen": 56,
                "auftraggeber": groups(1, 13, 42),
                "auftragnehmer": groups(23, 18, 15),
                "von_nach": {"IV→RAV": 1, "RAV→SH": 13, "SH→IV": 23, "SH→RAV": 17, "SH→SH": 2},
            },
            "wirkungen": {
                "abgeschlossen": groups(18, 12, 13, total=43),
                "erfolgreich": groups(5, 2, 11, total=18),
                "teilweise": groups(0, 6, 2, total=8),
                "nicht_umgesetzt": groups(12, 1, 0, total=13),
                "sonstige": groups(1, 3, 0, total=4),
            },
        },
    )
    assert all(check["ok"] for check in found["checks"])


def test_the_example_can_be_told_from_real_cases():
    assert all(line.startswith("Beispiel-") for line in EXAMPLE.read_text(encoding="utf-8").splitlines()[1:])
