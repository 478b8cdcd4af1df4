"""What somebody types into the Antrag, as the browser sends it."""

from __future__ import annotations

import uuid
from typing import Any

from iiz.core.models import Institution
from iiz.core.synthetic import ahv_number

AHV = ahv_number(123_456_789)
KEY = "5f0a2a54-6f0a-4a3e-9a6f-000000000001"


def typed(contractor: Institution | None = None, /, **changes: Any) -> dict[str, Any]:
    """A complete Antrag to ``contractor``; ``changes`` replace what is typed."""
    data: dict[str, Any] = {
        "first_name": "Lena",
        "last_name": "Beispiel",
        "birth_date": "14.03.1988",
        "ahv_number": AHV,
        "sex": "w",
        "contractor": contractor.name if contractor else "",
        "social_counselling": "yes",
        "wsh": "yes",
        "job_seeker": "no",
        "ale": "no",
        "iv_counselling": "no",
        "iv_procedure": "none",
        "goals-TOTAL_FORMS": "1",
        "goals-INITIAL_FORMS": "0",
        "goals-0-text": "Stelle im Verkauf",
        "goals-0-expected_result": "Unterschriebener Vertrag",
        "situation": "Seit zwei Jahren ohne Stelle.",
        "months": "6",
        "second_contact": "Vera Amrein, 041 000 00 00",
        "agreed_on": "20.11.2025",
        "key": KEY,
        "version": "0",
    }
    return data | changes


def new_key() -> str:
    """The key of a form opened afresh."""
    return str(uuid.uuid4())
