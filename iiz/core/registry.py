"""What the services tell the core: their workflow, their pages, their words.

The core knows no service by name. ``AppConfig.ready`` of each registers here; the case page, the lists,
Pendenzen, mail and the timeline are drawn from these registrations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.forms import Form

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .actor import Actor
    from .blocks import Block
    from .demo import DemoCanton
    from .models import AuditEntry, Case, Meeting
    from .workflow import Workflow


@dataclass(frozen=True)
class ActionPage:
    """The page on which one transition is carried out: what it means, and its form.

    ``form`` is built with ``case`` and ``actor``; its ``cleaned_data`` is what the workflow receives.
    ``done`` is the sentence shown afterwards.
    """

    form: Callable[..., Form]
    title: Any
    lead: Any
    button: Any
    danger: bool = False
    done: Any = ""


@dataclass(frozen=True)
class ServicePages:
    """How one service shows its cases. ``overview`` fills ``template``, ``facts`` the head of the case.

    ``next_step`` gives ``sentence`` and ``why`` where no open task says them (``None``: nothing to say).
    ``road`` gives the steps of the way (dicts ``label``, ``note``, ``state`` of done|now|next);
    ``edit_url`` where a draft is written on, ``pdf_url`` the main document (``None`` without one).
    ``charge`` names per role of an institution the transition that puts a person of it in charge; its form takes
    ``adviser``. ``reasons``: free texts of a case, as far as the actor may read them, whose keyed hash stands as
    ``reason`` in entries of the audit; the timeline shows them there. ``prepare`` fetches at once, with a case that
    is about to be shown, what its rows and parts ask for many times; ``joins`` names the one-to-one relations of a case
    that are read in the same query as the case.
    """

    template: str
    overview: Callable[[Case, Actor], dict[str, Any]]
    facts: Callable[[Case], list[tuple[Any, Any]]]
    road: Callable[[Case], list[dict[str, Any]]]
    edit_url: Callable[[Case], str]
    pdf_url: Callable[[Case, Actor], str | None]
    next_step: Callable[[Case, Actor], dict[str, Any] | None]
    actions: dict[str, ActionPage] = field(default_factory=dict)
    charge: dict[str, str] = field(default_factory=dict)
    reasons: Callable[[Case, Actor], Iterable[str]] = lambda case, actor: ()
    prepare: Callable[[Case], None] = lambda case: None
    joins: tuple[str, ...] = ()


@dataclass(frozen=True)
class MeetingKind:
    """One kind of meeting of a service: its word, its agenda, and what its note says to a reader.

    ``blocks`` gives the note of a held meeting as far as the actor may read it, in the order of the minutes;
    ``related`` names the relations of a meeting that it reads. ``agreed``: whether everybody agrees to the note.
    """

    name: str
    label: Any
    agenda: tuple[Any, ...] = ()
    blocks: Callable[[Meeting, Actor], list[Block]] = lambda meeting, actor: []
    related: tuple[str, ...] = ()
    agreed: bool = False


@dataclass(frozen=True)
class NewLink:
    """An entry of «Neuer Fall»: shown to those who may begin one."""

    label: Any
    url_name: str
    allowed: Callable[[Actor], bool]


@dataclass(frozen=True)
class Guide:
    """A page for everybody that shows the way before anything is begun, with the sentence that invites to it.

    Offered on the start page, in the foot of each page, and quietly beside «Neuer Fall».
    """

    label: Any
    words: Any
    url_name: str


@dataclass(frozen=True)
class NavItem:
    """An entry of the main navigation."""

    label: Any
    url_name: str
    shown: Callable[[HttpRequest], bool]
    order: int
    prefix: str


workflows: dict[str, Workflow] = {}
pages: dict[str, ServicePages] = {}
verbs: dict[str, Any] = {}
"""Audit verb → German sentence of the timeline, or a function that makes it of the entry."""
meeting_kinds: dict[str, MeetingKind] = {}
new_links: list[NewLink] = []
guides: list[Guide] = []
office_links: list[tuple[Any, str]] = []
"""Pages offered at the top of *Koordination*: label and name of the address."""
nav_items: list[NavItem] = []
seeds: list[Callable[[], dict[str, int]]] = []
"""Rows of the canton's configuration that a service brings; each says what it added: label → number."""
demos: list[tuple[Callable[[DemoCanton], None], Callable[[DemoCanton], None]]] = []
"""Invented cases of a service: plays the first ones through the workflow, then loads the others in bulk."""
case_filter_words: dict[str, Callable[[dict[str, str]], str]] = {}
"""What such a filter shows, in words; empty for a value that means nothing."""
case_filters: dict[str, Callable[[Any, dict[str, str]], Any]] = {}
"""Further filters of the case list by query parameter: ``name → f(cases, params) → cases``."""


def register_meetings(*kinds: MeetingKind) -> None:
    """Make kinds of meetings known; called from ``AppConfig.ready``."""
    meeting_kinds.update({kind.name: kind for kind in kinds})


def told(entry: AuditEntry) -> str:
    """What an audit entry says in the timeline, without who did it."""
    words = verbs.get(entry.verb, entry.verb)
    return str(words(entry) if callable(words) else words)


def register_service(workflow: Workflow, service_pages: ServicePages) -> None:
    """Make a service known; called once from ``AppConfig.ready``."""
    workflows[workflow.service] = workflow
    pages[workflow.service] = service_pages
    for transition in workflow.transitions:
        verbs[transition.verb] = transition.told
