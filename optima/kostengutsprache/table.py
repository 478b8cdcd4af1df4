"""The steps of a Kostengutsprache as a section of the document of the workflows, from the rows the engine reads."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from iiz.core.enums import Role

from ..enums import KostengutspracheState as S
from .gate import ROAD
from .steps import STEPS, Side, Step


def section() -> Iterator[str]:
    """A diagram of the states and the table of the steps, line by line."""
    yield "## Kostengutsprache\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in S:
        yield f"    {state.value}: {state.label}"
    yield f"    [*] --> {S.DRAFT.value}"
    for source, target, word in _ways():
        yield f"    {source} --> {target}{word}"
    for state in (S.REFUSED, S.LAPSED, S.PAID):
        yield f"    {state.value} --> [*]"
    yield "```\n"
    yield "| Action | From | To | Side | Role | Also after the end of the case |"
    yield "|---|---|---|---|---|---|"
    for step in STEPS:
        yield _row(step)
    yield ""


def _ways() -> Iterator[tuple[str, str, str]]:
    """From, to, and by which steps; what the database lets pass without one of them happens as a consequence."""
    ways: dict[tuple[str, str], list[str]] = {}
    for step in STEPS:
        for source in S:
            if step.target is not None and source in step.sources and source != step.target:
                ways.setdefault((source.value, S(step.target).value), []).append(str(step.label))
    for source_name, targets in ROAD.items():
        for target in targets:
            ways.setdefault((source_name, target), [])
    for (source_name, target), labels in ways.items():
        yield source_name, target, f": {', '.join(labels)}" if labels else ""


def _row(step: Step) -> str:
    cells = (
        f"`{step.name}` {step.label}",
        ", ".join(str(state.label) for state in S if state in step.sources),
        str(S(step.target).label) if step.target else "–",
        ", ".join(str(side.label) for side in Side if side == step.side or step.other),
        ", ".join(str(role.label) for role in Role if role in step.roles),
        _("ja") if step.settles else "–",
    )
    return f"| {' | '.join(cells)} |"
