"""Which institution somebody means who types."""

import pytest

from iiz.core.models import Institution
from iiz.core.office_names import named

OFFICES = [
    Institution(name=name, short_name=short)
    for name, short in (
        ("IV-Stelle Luzern", "IV Luzern"),
        ("RAV Luzern", "RAV Luzern"),
        ("RAV Sursee", "RAV Sursee"),
        ("SoBZ Regionen Hochdorf und Sursee", "SoBZ Hochdorf/Sursee"),
        ("Dienststelle Asyl- und Flüchtlingswesen", "DAF"),
    )
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  rav   luzern ", "RAV Luzern"),
        ("IV Luzern", "IV-Stelle Luzern"),
        ("SoBZ Hochdorf/Sursee", "SoBZ Regionen Hochdorf und Sursee"),
        ("sobz hochdorf", "SoBZ Regionen Hochdorf und Sursee"),
        ("DAF", "Dienststelle Asyl- und Flüchtlingswesen"),
        ("flüchtl", "Dienststelle Asyl- und Flüchtlingswesen"),
        ("Luzern", None),
        ("Sursee", None),
        ("IV", None),
        ("RAV Nirgendwo", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_name_a_short_name_or_a_part_that_only_one_has(typed, meant):
    found = named(typed, OFFICES)
    assert (found and found.name) == meant
