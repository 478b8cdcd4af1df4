"""What the services tell the core: their workflow, their pages, their words.

The core knows no service by name. ``AppConfig.ready`` of each registers here; the case page, the lists,
Pendenzen, mail and the timeline are drawn from these registrations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.forms import Form

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from .actor import Actor
    from .blocks import Block
    from .demo import DemoCanton
    from .models import AuditEntry, Case, Document, GuestLink, Institution, Invitee, Meeting, Person
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
class Outsiders:
    """Offices that take no part in a case and still read one thing of it.

    ``there`` is the condition, on ``OuterRef("pk")`` of a case, whether there are any: it is asked with the case.
    ``of`` gives their names with what each reads, and is asked only where there are some.
    """

    there: Callable[[], Any]
    of: Callable[[Case], list[tuple[str, str]]]


@dataclass(frozen=True)
class Carried:
    """What a case hands over to one of another service, as far as whoever goes on with it may read it (RT-24).

    ``situation`` says how things stand, ``goals`` what shall be reached, each with that by which one sees it (may be
    empty). ``benefits`` and ``facts`` by the fields of ``BenefitSnapshot`` and ``CriteriaFacts``. ``offices`` are those
    that take part, whoever registered the case first.
    """

    person: Person | None = None
    situation: str = ""
    goals: tuple[tuple[str, str], ...] = ()
    prior_contact: str = ""
    benefits: Mapping[str, bool | None] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    offices: tuple[Institution, ...] = ()


@dataclass(frozen=True)
class Successor:
    """How a case of another service is gone on with in ``service``: by a draft on the page ``url_name``."""

    service: str
    label: Any
    url_name: str
    allowed: Callable[[Actor], bool]


@dataclass(frozen=True)
class ServicePages:
    """How one service shows its cases. ``overview`` fills ``template``, ``facts`` the head of the case.

    ``next_step`` gives ``sentence`` and ``why`` where no open task says them (``None``: nothing to say).
    ``road`` gives the steps of the way (dicts ``label``, ``note``, ``state`` of done|now|next);
    ``edit_url`` where a draft is written on, ``pdf_url`` the main document (``None`` without one) and ``pdf_label``
    its button; ``variant`` is what documents call the service in this case. ``letters`` are the documents that the
    portal writes and the reader may open, beside the minutes: label, address of the PDF, address of the text.
    ``charge`` names per role of an institution the transition that puts a person of it in charge; its form takes
    ``adviser``. ``reasons``: free texts of a case, as far as the actor may read them, whose keyed hash stands as
    ``reason`` in entries of the audit; the timeline shows them there. ``prepare`` fetches at once, with a case that
    is about to be shown, what its rows and parts ask for many times; ``joins`` names the one-to-one relations of a case
    that are read in the same query as the case. ``tabs`` are further views of a case: name in the address → label,
    template, and what fills it; ``arranging`` is a template that stands above the meetings of a case, and what fills
    it. ``links`` are further ways offered beside the steps: label and address. ``outsiders``
    names who reads a part of a case without taking part in it. ``continues`` says whether somebody may go on with a
    case in another service, ``rarely_continues`` whether that is a rare step of this case, ``carries`` what it hands
    over then. ``duties`` says by primary key what else somebody who takes part does there. ``notes`` says of
    documents, by primary key, what more there is to each: sentences, and ways to go as label and address.
    """

    template: str
    overview: Callable[[Case, Actor], dict[str, Any]]
    facts: Callable[[Case], list[tuple[Any, Any]]]
    road: Callable[[Case], list[dict[str, Any]]]
    edit_url: Callable[[Case], str]
    pdf_url: Callable[[Case, Actor], str | None]
    next_step: Callable[[Case, Actor], dict[str, Any] | None]
    variant: Callable[[Case], str]
    pdf_label: Any = ""
    letters: Callable[[Case, Actor], list[tuple[str, str, str]]] = lambda case, actor: []
    actions: dict[str, ActionPage] = field(default_factory=dict)
    charge: dict[str, str] = field(default_factory=dict)
    reasons: Callable[[Case, Actor], Iterable[str]] = lambda case, actor: ()
    prepare: Callable[[Case], None] = lambda case: None
    joins: tuple[str, ...] = ()
    tabs: dict[str, tuple[Any, str, Callable[[Case, Actor], dict[str, Any]]]] = field(default_factory=dict)
    arranging: tuple[str, Callable[[Case, Actor], dict[str, Any]]] | None = None
    links: Callable[[Case, Actor], list[tuple[Any, str]]] = lambda case, actor: []
    outsiders: Outsiders | None = None
    continues: Callable[[Case, Actor], bool] = lambda case, actor: False
    rarely_continues: Callable[[Case], bool] = lambda case: False
    carries: Callable[[Case, Actor], Carried] = lambda case, actor: Carried()
    duties: Callable[[Case], dict[int, str]] = lambda case: {}
    notes: Callable[[Case, Actor, list[Document]], dict[int, tuple[list[str], list[tuple[Any, str]]]]] = (
        lambda case, actor, documents: {}
    )


@dataclass(frozen=True)
class MeetingKind:
    """One kind of meeting of a service: its word, its agenda, and what its note says to a reader.

    ``blocks`` gives the note of a held meeting as far as the actor may read it, in the order of the minutes;
    ``related`` names the relations of a meeting that it reads. ``agreed``: whether everybody agrees to the note.
    ``tell_guests`` tells whoever sits there without an account of what the others hear by mail: the kind of that mail,
    the meeting, and who did it, if anybody. ``seated`` names somebody who has a row of the service's own (``ref``):
    name and what stands below it, as far as the actor may know; ``None``: as everybody else. ``about`` says what a
    meeting is about, as far as the actor may read it.
    """

    name: str
    label: Any
    agenda: tuple[Any, ...] = ()
    blocks: Callable[[Meeting, Actor], list[Block]] = lambda meeting, actor: []
    related: tuple[str, ...] = ()
    agreed: bool = False
    tell_guests: Callable[[str, Meeting, Actor | None], None] = lambda kind, meeting, actor: None
    seated: Callable[[Invitee, Case, Actor], tuple[str, str] | None] = lambda row, case, actor: None
    about: Callable[[Meeting, Actor], list[str]] = lambda meeting, actor: []


@dataclass(frozen=True)
class GuestPurpose:
    """What somebody without an account may do behind a link: one page for one case and one purpose.

    ``label`` names it in *Zugriff*, ``sentence`` says before the code what it is, without personal data, ``done``
    what is said once it is fulfilled to whoever has the link: words, or a function that makes them of it. ``page``
    answers GET and POST at the one address, and is called only when the link is open; its forms have no field
    ``guest``, which is the code's. ``hindrance`` says why there is nothing to do any more, empty while there is.
    ``mail`` is the kind of the mail that brings the link. ``typed`` tells of a request what was typed, as label and
    value, for a page that closed meanwhile; it names nothing of the case, which is no longer open to the guest.
    ``silent``: nobody learns whether the link was opened or used, for the answer behind it is anonymous; the page shows
    nothing of the case but its number.
    """

    name: str
    label: Any
    sentence: Any
    done: Any
    mail: str
    page: Callable[[HttpRequest, GuestLink], HttpResponseBase]
    hindrance: Callable[[GuestLink], str] = lambda link: ""
    typed: Callable[[HttpRequest], list[tuple[Any, str]]] | None = None
    silent: bool = False


@dataclass(frozen=True)
class NewLink:
    """An entry of «Neuer Fall»: shown to those who may begin one."""

    label: Any
    url_name: str
    allowed: Callable[[Actor], bool]


@dataclass(frozen=True)
class Guide:
    """A page for everybody that shows the way before anything is begun, with the sentence that invites to it.

    Offered on the start page under ``button``, in the foot of each page, and – with ``inside`` – quietly beside
    «Neuer Fall». ``primary``: what most people who know nobody here came for.
    """

    label: Any
    words: Any
    url_name: str
    button: Any
    inside: bool = True
    primary: bool = False


@dataclass(frozen=True)
class Introduction:
    """A service in plain words for people who know nothing of it: start page and sheet for clients (UX-13, UX-16).

    ``words`` says what it is; ``points`` are pairs of a short label and a sentence; ``story`` is an invented example,
    part by part. To the client, in easy language: ``plain`` says what it is, ``gains`` what is won by it, ``steps``
    what happens one after the other.
    """

    label: Any
    words: Any
    points: tuple[tuple[Any, Any], ...]
    story: tuple[Any, ...]
    plain: tuple[Any, ...]
    gains: tuple[Any, ...]
    steps: tuple[Any, ...]


@dataclass(frozen=True)
class Demo:
    """Invented cases of a service, or what belongs to them.

    ``play`` takes that many through the workflow, ``load`` writes that many in bulk. ``weight`` is the share of all
    cases; none for what invents no cases.
    """

    play: Callable[[DemoCanton, int], None]
    load: Callable[[DemoCanton, int], None] = lambda canton, count: None
    weight: int = 0


@dataclass(frozen=True)
class NavItem:
    """An entry of the main navigation.

    ``counted`` gives what waits behind it for somebody, shown as a number; ``present`` what must be there for the entry
    to be shown at all. ``None`` from them, or left out: nothing. All entries are counted in one query.
    """

    label: Any
    url_name: str
    shown: Callable[[HttpRequest], bool]
    order: int
    prefix: str
    counted: Callable[[Actor], QuerySet[Any] | None] | None = None
    present: Callable[[Actor], QuerySet[Any] | None] | None = None


workflows: dict[str, Workflow] = {}
pages: dict[str, ServicePages] = {}
verbs: dict[str, Any] = {}
"""Audit verb → German sentence of the timeline, or a function that makes it of the entry."""
meeting_kinds: dict[str, MeetingKind] = {}
guest_purposes: dict[str, GuestPurpose] = {}
new_links: list[NewLink] = []
successors: list[Successor] = []
guides: list[Guide] = []
introductions: list[Introduction] = []
office_links: list[tuple[Any, str]] = []
"""Pages offered at the top of *Koordination*: label and name of the address."""
nav_items: list[NavItem] = []
sweeps: list[Callable[[Any], Any]] = []
"""What a service does when the scheduler wakes it: given the moment, it counts by name what it did."""
seeds: list[Callable[[], dict[str, int]]] = []
"""Rows of the canton's configuration that a service brings; each says what it added: label → number."""
demos: list[Demo] = []
proofs: list[Callable[[], Iterable[str]]] = []
"""What ``verify_audit`` asks beside the chains; each yields a line for every break it finds."""
workflow_sections: list[Callable[[], Iterable[str]]] = []
"""Further sections of the document of the workflows, line by line: parts of a case with states of their own."""
case_filter_words: dict[str, Callable[[dict[str, str]], str]] = {}
"""What such a filter shows, in words; empty for a value that means nothing."""
case_filters: dict[str, Callable[[Any, dict[str, str]], Any]] = {}
"""Further filters of the case list by query parameter: ``name → f(cases, params) → cases``."""


def joined() -> list[str]:
    """What the services read in the same query as a case."""
    return [name for service_pages in pages.values() for name in service_pages.joins]


def register_meetings(*kinds: MeetingKind) -> None:
    """Make kinds of meetings known; called from ``AppConfig.ready``."""
    meeting_kinds.update({kind.name: kind for kind in kinds})


def register_guests(*purposes: GuestPurpose) -> None:
    """Make purposes of people without an account known; called from ``AppConfig.ready``."""
    guest_purposes.update({purpose.name: purpose for purpose in purposes})


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
