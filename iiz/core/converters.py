"""Pieces of addresses."""

import datetime as dt


class CaseNumber:
    """A case number, of our own or an imported one."""

    regex = r"[A-Za-z0-9._-]{1,32}"

    def to_python(self, value: str) -> str:
        """The number as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """The number as it stands in the address."""
        return value


class Month:
    """A month: ``2026-03``; its first day in the code."""

    regex = r"20[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> dt.date:
        """The first day of the month in the address."""
        return dt.date.fromisoformat(f"{value}-01")

    def to_url(self, value: dt.date) -> str:
        """Year and month."""
        return f"{value:%Y-%m}"
