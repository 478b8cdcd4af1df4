"""The page on which a draft is written: saves by itself, hands over, throws away; nothing typed is lost (UX-01)."""

from __future__ import annotations

import datetime as dt
import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .. import audit, drafting, workflow
from ..actor import Actor
from ..blocks import Block
from ..enums import Phase
from ..http import Request
from ..models import AuditEntry, Case
from .fetch import acting, visible_case

Answers = dict[str, Any]
JUDGE = "pruefen"
"""In the address of a draft: show what is missing or wrong, as after a refused submit."""


class Sheet(Protocol):
    """What was typed, judged: whether it can be handed over, and what the workflow's ``submit`` takes."""

    form: Form

    @property
    def complete(self) -> bool:
        """Whether it can be submitted."""

    def answers(self) -> dict[str, Any]:
        """What the workflow's ``submit`` takes."""


@dataclass(frozen=True)
class Words:
    """What the page says in its service's words."""

    too_long: Any
    """With ``%(limit)s``, the most characters that a draft may hold."""
    again: Any
    """After my own second click."""
    handed_over: Any
    """Somebody else handed it over while I wrote."""
    handed_by: Any
    """The label beside who that was."""
    read: Any
    """What the access log says of opening the draft."""
    title: Any
    """Over the draft for somebody who may only read it."""
    unseen: Any
    """Below it: who sees it."""


class DraftPage(ABC):
    """The views of one service's drafts; ``new``, ``edit`` and ``discard`` are called by views marked *writes*.

    Addresses are named ``SERVICE:new``, ``SERVICE:EDIT``, ``SERVICE:save`` and ``SERVICE:discard``.
    """

    service: str
    edit_name: str
    anchors: dict[str, str]
    """Where the page stands after a button: name of the button → id of the section."""
    words: Words

    # What a service says of its own drafts ----------------------------------------------------------------------

    @abstractmethod
    def refusal(self, actor: Actor) -> str:
        """Why ``actor`` may not begin a draft; empty if nothing hinders."""

    @abstractmethod
    def begin(self, request: Request, actor: Actor, key: uuid.UUID) -> Case:
        """The draft that was begun with this form; a new one if there is none yet."""

    @abstractmethod
    def first_answers(self, request: Request, actor: Actor) -> Answers:
        """What an empty page begins with."""

    @abstractmethod
    def is_blank(self, answers: Answers, actor: Actor) -> bool:
        """Whether nothing was typed yet: no draft is begun for that."""

    @abstractmethod
    def merged(self, request: Request, stored: Answers, actor: Actor, case: Case | None, do: str) -> Answers:
        """What was typed, over what is stored, with what the pressed button ``do`` does to it."""

    @abstractmethod
    def judged(self, answers: Answers, actor: Actor, case: Case | None) -> Any:
        """The :class:`Sheet` of these answers."""

    @abstractmethod
    def labelled(self, answers: Answers, sheet: Any) -> list[tuple[str, str]]:
        """The answers as pairs of label and text."""

    @abstractmethod
    def page(
        self,
        request: Request,
        actor: Actor,
        case: Case | None,
        answers: Answers,
        *,
        form_key: str,
        judge: bool = False,
        sheet: Any = None,
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        """The page itself; with ``judge`` or ``sheet`` it complains."""

    @abstractmethod
    def blocks(self, case: Case, actor: Actor) -> list[Block]:
        """What the draft holds so far, in words: as typed, right or wrong."""

    @abstractmethod
    def parts(self, request: Request, sheet: Any) -> dict[str, Any]:
        """What the autosave brings up to date: ``parts`` and ``shown``, as ``autosave.js`` takes them."""

    @abstractmethod
    def handed_in(self, case: Case) -> str:
        """What is said after handing over."""

    def attach(self, request: Request, actor: Actor, case: Case, answers: Answers, form_key: str) -> tuple[Case, Any]:
        """Keep the files that came along, after the answers are saved; also a sheet that complains about them."""
        return case, None

    def throw_away(self, case: Case, actor: Actor) -> None:
        """Delete the draft and what belongs to it."""
        drafting.discard(case, actor)

    # The views --------------------------------------------------------------------------------------------------

    def new(self, request: Request) -> HttpResponse:
        """GET shows the page and writes nothing; the first save begins the draft."""
        actor = acting(request)
        reason = self.refusal(actor)
        if reason:
            raise workflow.NotAllowed(reason)
        first = self.first_answers(request, actor)
        if request.method != "POST":
            return self.page(request, actor, None, first, form_key=str(uuid.uuid4()))
        do = request.POST.get("do", "save")
        answers = self.merged(request, first, actor, None, do)
        key = drafting.key_from(request.POST.get("key", ""))
        if self.is_blank(answers, actor) and not request.FILES:
            if autosaves(request):
                return JsonResponse({"saved": _clock(), "fields": {}})
            return self.page(request, actor, None, answers, form_key=str(key), judge=do == "submit")
        case = self.begin(request, actor, key)
        return self.write(request, actor, case, answers, do, str(key))

    def edit(self, request: Request, number: str) -> HttpResponse:
        """Write on in a draft; what is submitted is read on the page of the case."""
        case, actor = visible_case(request, number), acting(request)
        if case.service != self.service or (case.phase != Phase.DRAFT and request.method != "POST"):
            return HttpResponseRedirect(case.get_absolute_url())
        if request.method == "POST":
            do = request.POST.get("do", "save")
            answers = self.merged(request, case.draft, actor, case, do)
            return self.write(request, actor, case, answers, do, request.POST.get("key", ""))
        audit.log_read(actor, case, str(self.words.read))
        try:
            workflow.check(case, "submit", actor)
        except workflow.NotAllowed as refused:
            context = {"case": case, "reason": str(refused), "blocks": self.blocks(case, actor)}
            context |= {"title": self.words.title, "lead": self.words.unseen}
            return render(request, "core/draft_read.html", context)
        answers = drafting.typed(case.draft)
        return self.page(request, actor, case, answers, form_key=str(uuid.uuid4()), judge=JUDGE in request.GET)

    def discard(self, request: Request, number: str) -> HttpResponse:
        """Ask, then delete a draft for good; its number is not given out again."""
        case, actor = visible_case(request, number), acting(request)
        if case.service != self.service or case.phase != Phase.DRAFT:
            return HttpResponseRedirect(case.get_absolute_url())
        workflow.check(case, "submit", actor)
        if request.method == "POST":
            self.throw_away(case, actor)
            messages.success(request, _("Der Entwurf %(number)s ist verworfen.") % {"number": number})
            return HttpResponseRedirect(reverse("core:cases"))
        context = {"case": case, "address": request.path, "back": self.address(case)}
        return render(request, "core/draft_discard.html", context)

    # Saving and handing over ------------------------------------------------------------------------------------

    def write(
        self, request: Request, actor: Actor, case: Case, answers: Answers, do: str, form_key: str
    ) -> HttpResponse:
        """Save, then do what the button asks; nothing typed is lost whatever happens."""
        try:
            case = drafting.save(case, actor, answers, version=_version(request), form_key=form_key)
            case, sheet = self.attach(request, actor, case, answers, form_key)
        except drafting.TooLong:
            return self._too_long(request, actor, case, answers, form_key)
        except workflow.Conflict as conflict:
            return self._conflict(request, actor, conflict.case, answers, conflict.sentence)
        except workflow.NotAllowed:
            case.refresh_from_db()
            if case.phase == Phase.DRAFT:
                raise
            return self._handed_over(request, actor, case, answers, do)
        if autosaves(request):
            return self._saved(request, actor, case, answers)
        if sheet is not None:
            return self.page(request, actor, case, answers, form_key=form_key, sheet=sheet)
        if do == "submit":
            return self._submit(request, actor, case, answers, form_key)
        name = do.partition(":")[0]
        anchor = self.anchors.get(name, "person")
        return HttpResponseRedirect(f"{self.address(case)}#{anchor}")

    def _submit(self, request: Request, actor: Actor, case: Case, answers: Answers, form_key: str) -> HttpResponse:
        sheet = self.judged(answers, actor, case)
        if not sheet.complete and request.path != self.address(case):
            # The draft has an address by now: reloading must show it, not an empty page.
            return HttpResponseRedirect(f"{self.address(case)}?{JUDGE}")
        if not sheet.complete:
            return self.page(request, actor, case, answers, form_key=form_key, sheet=sheet)
        try:
            submitted = drafting.submit(case, actor, sheet.answers())
        except workflow.NotAllowed as refused:
            # What changed since the page was judged is usually known to the form, which says it with a link.
            sheet = self.judged(answers, actor, case)
            if sheet.complete:
                sheet.form.add_error(None, str(refused))
            return self.page(request, actor, case, answers, form_key=form_key, sheet=sheet)
        except workflow.Conflict as conflict:
            if conflict.case.phase == Phase.DRAFT:
                return self._conflict(request, actor, conflict.case, answers, conflict.sentence)
        else:
            messages.success(request, self.handed_in(submitted))
        return HttpResponseRedirect(case.get_absolute_url())

    def _handed_over(self, request: Request, actor: Actor, case: Case, answers: Answers, do: str) -> HttpResponse:
        """A draft that is none any more: my own second click leads to the case, anything else typed is shown (409)."""
        last = AuditEntry.objects.filter(stream=audit.case_stream(case.number), verb="case_submit").first()
        if do == "submit" and last is not None and last.user_id == actor.user.pk:
            messages.info(request, str(self.words.again))
            return HttpResponseRedirect(case.get_absolute_url())
        if autosaves(request):
            return JsonResponse({"sentence": str(self.words.handed_over)}, status=409)
        theirs = [(_("Status"), workflow.state_of(case).label)]
        if last is not None:
            who = f"{last.user_name}, {timezone.localtime(last.at):%d.%m.%Y %H:%M}"
            theirs.append((self.words.handed_by, who))
        conflict = {
            "sentence": self.words.handed_over,
            "mine": self.labelled(answers, self.judged(answers, actor, case)),
            "theirs": theirs,
            "url": case.get_absolute_url(),
        }
        return render(request, "409.html", {"conflict": conflict}, status=409)

    def _saved(self, request: Request, actor: Actor, case: Case, answers: Answers) -> JsonResponse:
        """The autosave's answer: time, version, addresses, and what the page says by now."""
        return JsonResponse(
            {
                "saved": _clock(),
                "fields": {"version": str(case.version)},
                "url": self.address(case),
                "autosave": reverse(f"{self.service}:save", args=[case.number]),
                **self.parts(request, self.judged(answers, actor, case)),
            }
        )

    def _conflict(self, request: Request, actor: Actor, case: Case, answers: Answers, sentence: str) -> HttpResponse:
        """409 with both versions in words."""
        if autosaves(request):
            return JsonResponse({"sentence": sentence}, status=409)
        sheet = self.judged(answers, actor, case)
        saved = saved_at(case)
        last = f"{case.draft.get('_by', '')}, {saved:%d.%m.%Y %H:%M}" if saved else ""
        conflict = {
            "sentence": sentence,
            "mine": self.labelled(answers, sheet),
            "theirs": [*self.labelled(drafting.typed(case.draft), sheet), (_("Zuletzt gespeichert"), last)],
            "url": self.address(case),
        }
        return render(request, "409.html", {"conflict": conflict}, status=409)

    def _too_long(self, request: Request, actor: Actor, case: Case, answers: Answers, form_key: str) -> HttpResponse:
        """More than a draft can hold: not saved, all of it shown again."""
        sentence = self.words.too_long % {"limit": number_format(drafting.MOST, force_grouping=True)}
        if autosaves(request):
            return JsonResponse({"sentence": sentence}, status=413)
        return self.page(request, actor, case, answers, form_key=form_key, judge=True, problem=sentence, status=413)

    def address(self, case: Case) -> str:
        """Where the draft is written on."""
        return reverse(f"{self.service}:{self.edit_name}", args=[case.number])

    def frame(self, case: Case | None, form_key: str) -> dict[str, Any]:
        """What the page of every draft needs: its addresses, key, version and when it was saved."""
        fresh = reverse(f"{self.service}:new")
        return {
            "case": case,
            "number": case.number if case else "",
            "form_key": form_key,
            "version": case.version if case else 0,
            "saved_at": saved_at(case),
            "save_url": reverse(f"{self.service}:save", args=[case.number]) if case else fresh,
            "address": self.address(case) if case else fresh,
        }


def _version(request: Request) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def autosaves(request: HttpRequest) -> bool:
    """Whether the script of the page asks, and takes JSON for an answer."""
    return request.headers.get("X-Requested-With") == "autosave"


def _clock() -> str:
    return f"{timezone.localtime():%H:%M}"


def saved_at(case: Case | None) -> dt.datetime | None:
    """When a draft was last saved, local."""
    text = case.draft.get("_at") if case else None
    return timezone.localtime(dt.datetime.fromisoformat(text)) if text else None
