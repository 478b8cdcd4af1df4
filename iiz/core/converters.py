"""Pieces of addresses."""


class CaseNumber:
    """A case number, of our own or an imported one."""

    regex = r"[A-Za-z0-9._-]{1,32}"

    def to_python(self, value: str) -> str:
        """The number as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """The number as it stands in the address."""
        return value
