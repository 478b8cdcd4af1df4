"""Invented people: valid AHV numbers and the one password of all demo accounts. No living person is meant."""

from __future__ import annotations

from stdnum import ean

DEMO_PASSWORD = "demo-IIZ-2026"  # noqa: S105 - public on purpose
DEMO_HASH = (
    "argon2$argon2id$v=19$m=102400,t=2,p=8$aWl6ZGVtb2lpemRlbW8wMA$mrdNFUKzQVHnTVoJ94G5m31CY6c/KrTQ+9PgKLVWG8g"
)
"""The hash of :data:`DEMO_PASSWORD`, made once: a fresh one costs 180 ms per account."""


def ahv_number(serial: int) -> str:
    """The AHV number with valid check digit that belongs to ``serial`` (0 to 999 999 999)."""
    body = f"756{serial:09d}"
    return body + ean.calc_check_digit(body)
