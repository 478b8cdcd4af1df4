"""What people type for a municipality, and which one they mean (ACT-03)."""

import pytest

from iiz.core import places
from iiz.core.models import Municipality

NAMES = {
    1065: "Root",
    1010: "Escholzmatt-Marbach",
    1026: "Eschenbach (LU)",
    1061: "Luzern",
    1082: "Büron",
    1030: "Hitzkirch",
}
CANTON = [Municipality(bfs_nr=number, name=name, region="") for number, name in NAMES.items()]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Root", "Root"),
        ("  root ", "Root"),
        ("6037 Root", "Root"),
        ("Eschenbach", "Eschenbach (LU)"),
        ("eschenbach lu", "Eschenbach (LU)"),
        ("Bueron", "Büron"),
        ("BÜRON", "Büron"),
        ("Luz", "Luzern"),
        ("Escholzmatt", "Escholzmatt-Marbach"),
        ("Honau", "Root"),
        ("Littau", "Luzern"),
        ("Sulz", "Hitzkirch"),
        ("Marbach (LU)", "Escholzmatt-Marbach"),
    ],
)
def test_a_name_means_a_municipality(typed, meant):
    assert str(places.match(typed, CANTON).municipality) == meant


@pytest.mark.parametrize(("typed", "since"), [("Honau", "2025"), ("littau", "2010"), ("Root", None)])
def test_a_former_one_leads_to_its_successor_and_says_since_when(typed, since):
    former = places.match(typed, CANTON).former
    assert (former.since if former else None) == since


@pytest.mark.parametrize(
    ("typed", "alike"),
    [
        ("Esch", ["Escholzmatt-Marbach", "Eschenbach (LU)"]),
        ("Lucern", ["Luzern"]),
        ("Hizkirch", ["Hitzkirch"]),
        ("Zürich", []),
        ("6000", []),
        ("", []),
        ("R", []),
    ],
)
def test_what_is_not_clear_is_offered_and_nothing_is_guessed(typed, alike):
    found = places.match(typed, CANTON)
    assert found.municipality is None
    assert sorted(map(str, found.similar)) == sorted(alike)


def test_a_former_one_whose_successor_is_not_here_is_unknown():
    assert places.match("Gettnau", CANTON) == places.Place()
