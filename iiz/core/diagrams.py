"""The workflows as Markdown with a state diagram each, made from the rows the engine runs on."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from . import registry
from .enums import Phase, Role, Service
from .workflow import Party, Transition, Waiting, Workflow

HEAD = """# Workflows

Made from the rows of each service by `manage.py workflow_docs`; a test compares. Change the rows, not this file.
"""


def document() -> str:
    """The whole document, ending with a newline."""
    services = ("\n".join(_service(flow)) for _name, flow in sorted(registry.workflows.items()))
    parts = (line for section in registry.workflow_sections for line in section())
    return "\n".join([HEAD, *services, *parts])


def _service(flow: Workflow) -> Iterator[str]:
    yield f"## {Service(flow.service).label}\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in flow.states:
        yield f"    {state.name}: {state.label}"
    yield f"    [*] --> {flow.states[0].name}"
    for row in flow.transitions:
        for source in row.sources:
            if row.target is not None:
                yield f"    {source} --> {row.target}: {row.label}"
    reached = {row.target for row in flow.transitions}
    for state in flow.states:
        if state.phase == Phase.ENDED and state.name in reached:
            yield f"    {state.name} --> [*]"
    yield "```\n"
    yield "| Action | From | To | Side | Role | Level | Tells |"
    yield "|---|---|---|---|---|---|---|"
    for row in flow.transitions:
        yield _row(flow, row)
    yield "\n| Waits for | In | Side | Days | Why |"
    yield "|---|---|---|---|---|"
    for wait in flow.waits:
        side = Party(wait.party).label
        place = flow.state(wait.state).label if wait.state else "–"
        yield f"| {wait.label} | {place} | {side} | {_until(wait)} | {wait.why} |"
    yield ""


def _until(wait: Waiting) -> str:
    """How many days it may wait, or which day the case itself names."""
    if wait.due is not None:
        return str(wait.due_label)
    return "–" if wait.days is None else str(wait.days)


def _row(flow: Workflow, row: Transition) -> str:
    cells = (
        f"`{row.name}` {row.label}",
        ", ".join(str(flow.state(name).label) for name in row.sources),
        str(flow.state(row.target).label) if row.target else "–",
        _labels(Party, row.parties) or "–",
        _labels(Role, row.roles) if row.follows is None else str(_("von selbst")),
        ", ".join(sorted(level.removesuffix("_case") for level in row.levels)) or "–",
        ", ".join(dict.fromkeys(str(Party(tell.party).label) for tell in row.tells)) or "–",
    )
    return f"| {' | '.join(cells)} |"


def _labels(choices: type[Party] | type[Role], names: frozenset[str]) -> str:
    """Labels in the order of their declaration."""
    return ", ".join(str(choice.label) for choice in choices if choice in names)
