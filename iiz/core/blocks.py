"""Words of a case as blocks of label and value: one source for page, PDF and copied text (UX-02)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

Row = tuple[str, str]


@dataclass(frozen=True)
class Block:
    """One section: a heading and rows of label and value. Empty values are left out.

    ``unanswered``: a question that has no answer yet.
    """

    name: str
    title: str
    rows: list[Row] = field(default_factory=list)
    unanswered: bool = False


def filled(found: Iterable[Block]) -> list[Block]:
    """The blocks without empty values, and without those that hold nothing else."""
    rows = [(block, [row for row in block.rows if row[1]]) for block in found]
    return [replace(block, rows=kept) for block, kept in rows if kept]


def as_text(title: str, found: Iterable[Block]) -> str:
    """The blocks as plain text to paste into another system."""
    lines = [title, ""]
    for block in found:
        lines += [block.title.upper()] if block.title else []
        lines += [f"{label}: {value}" if label else value for label, value in block.rows]
        lines.append("")
    return "\n".join(lines).strip() + "\n"
