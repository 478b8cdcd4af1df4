"""What the people of a played Roundtable do, step by step: the same rows with the same answers as from the forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from iiz.core import audit, clock, consents, workflow
from iiz.core.actor import Actor
from iiz.core.demo import DemoCanton
from iiz.core.enums import DataCategory, Reply
from iiz.core.models import Case, GuestLink, Institution

from . import demo_texts as texts
from . import feedback, guest_answers, perspectives
from .demo_scenes import REASONS, Scene
from .demo_texts import Story
from .effects.dates import DATES, REPLY
from .effects.views import VIEW
from .enums import Availability, ParticipantKind, Solution
from .models import FeedbackRequest, LifeArea, NotStartedReason, Participant, Perspective
from .queries import at_the_table, live_perspectives, open_poll, planned

PAUSE = dt.timedelta(minutes=10)
"""Between two steps of one day, at least."""
DAY = dt.timedelta(days=1)
AFTER_MEETING = 12
"""The hour at which a meeting that began at nine is over."""
TALKS = ("hold", "meet", "hold_follow_up", "hold_last")
"""Steps that follow a meeting on its day."""


class Part:
    """One Roundtable in play: its people, its days, and a method for each step of a path."""

    def __init__(
        self, canton: DemoCanton, case: Case, scene: Scene, registrant: Actor, answers: dict[str, Any], story: Story
    ) -> None:
        self.canton, self.rng, self.case, self.scene = canton, canton.rng, case, scene
        self.registrant, self.answers, self.story = registrant, answers, story
        self.office = registrant if scene.self_run else canton.logins["koordination"]
        self.moment = clock.now()
        self.days: dict[str, dt.date] = {}

    def play(self, steps: Iterable[str], days: Iterable[dt.date]) -> None:
        """Take each step on its day, one after the other; a meeting is written down once it is over."""
        dated = list(zip(steps, days, strict=True))
        self.days = dict(dated)
        for step, day in dated:
            earliest = self._at(day, AFTER_MEETING) if step in TALKS else self.moment
            self.moment = max(self.moment + PAUSE, self.canton.moment(day), earliest)
            with clock.at(self.moment):
                getattr(self, step)()

    def _apply(self, row: str, actor: Actor, **data: Any) -> None:
        """Carry out one row as somebody who opened the case before."""
        if not row.startswith("submit"):
            audit.log_read(actor, self.case, "Übersicht")
        self.case = workflow.apply(self.case, row, actor, data)

    # Up to the decision ---------------------------------------------------------------------------------------

    def submit(self) -> None:
        """The office registers the case."""
        self._apply("submit", self.registrant, **self.answers)

    def submit_for_others(self) -> None:
        """The coordination office registers for somebody who is not in the portal."""
        self.answers |= {"registered_office": None, "registered_text": texts.ELSEWHERE}
        self.answers["registered_contact"] = "Corinne Weidenacher, 041 000 00 00"
        self.submit()

    def ask(self) -> None:
        """The coordination office asks back."""
        self._apply("ask", self.office, question=texts.QUESTION[0])

    def answer(self) -> None:
        """The registering office answers."""
        self._apply("answer", self.registrant, answer=texts.QUESTION[1])

    def not_start(self) -> None:
        """No process is started, for the reason of the path."""
        code = REASONS[self.scene.path]
        reason = NotStartedReason.objects.get(code=code)
        self._apply("not_start", self.office, decided_on=clock.today(), reason=reason, note=texts.NOT_STARTED[code])

    def withdraw(self) -> None:
        """The registering office takes the case back: the client does not want it."""
        reason = NotStartedReason.objects.get(code=REASONS[self.scene.path])
        self._apply("withdraw", self.registrant, reason=reason, note="")

    def start(self) -> None:
        """The process starts with all offices that the Vollmacht names."""
        offices = [line.institution for line in consents.live_lines(self.case) if line.institution is not None]
        self._apply("start", self.office, decided_on=clock.today(), note="", offices=offices)

    # The table ------------------------------------------------------------------------------------------------

    def _worker(self, office: Institution) -> Actor:
        """Who comes for an office: the account of the scene, else its first caseworker."""
        names = (self.scene.registrant, *self.scene.offices)
        known = [self.canton.logins[name] for name in names if self.canton.logins[name].institution == office]
        return known[0] if known else self.canton.staff[office.pk].caseworkers[0]

    def _workers(self) -> list[Actor]:
        rows = [row.participation for row in at_the_table(self.case) if row.participation is not None]
        return [self._worker(row.institution) for row in rows]

    def assign(self) -> None:
        """Each office names who comes."""
        for who in self._workers():
            if who.institution != self.registrant.institution:
                self._apply("assign", self.canton.staff[who.institution.pk].contacts[0], adviser=who.user)

    def add_guests(self) -> None:
        """The therapist whom the Vollmacht names, and the mother whom the client wishes."""
        self._add_professional(texts.THERAPIST[2] if self.scene.path == "tomorrow" else "")
        name, function, email = texts.MOTHER
        assert self.case.person is not None
        name = name.format(name=self.case.person.last_name)
        email = f"{self.case.number.lower()}.{email}" if self.scene.path == "tomorrow" else ""
        self._add(ParticipantKind.RELATIVE, name, function, email, None)

    def _add_professional(self, email: str) -> None:
        """Without an address the coordination office asks by telephone, and writes down what it hears."""
        line = next(row for row in consents.live_lines(self.case) if row.institution_id is None)
        name, function, _email = texts.THERAPIST
        self._add(ParticipantKind.PROFESSIONAL, name, function, email, line)

    def _add(self, kind: str, name: str, function: str, email: str, line: Any) -> None:
        data = {"kind": kind, "name": name, "function": function, "email": email, "phone": "041 000 00 00"}
        self._apply("add_person", self.office, **data, line=line)

    def _links(self, purpose: str) -> list[GuestLink]:
        found = GuestLink.objects.filter(case=self.case, purpose=purpose, used_at=None, revoked_at=None)
        return list(found.order_by("pk"))

    # Dates ----------------------------------------------------------------------------------------------------

    def _at(self, day: dt.date, hour: int) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour), timezone.get_current_timezone())

    def propose(self) -> None:
        """Two dates are proposed."""
        first = self._meeting_day()
        answer_by = first - DAY if self.scene.path == "tomorrow" else min(clock.today() + 7 * DAY, first - DAY)
        data = {
            "starts": [self._at(first, 9), self._at(first, 14)],
            "minutes": 150,
            "place": texts.PLACE,
            "answer_by": max(clock.today(), answer_by),
        }
        self._apply("propose_dates", self.office, **data)

    def _meeting_day(self) -> dt.date:
        """The day on which all meet: as it is played, else today, on the next working day or in two weeks."""
        held = self.days.get("hold") or self.days.get("meet")
        if held is not None:
            return held
        if self.scene.path == "today":
            return self.canton.last_day + DAY
        if self.scene.path == "tomorrow":
            day = self.canton.last_day + 2 * DAY
            return day + max(0, 7 - day.weekday()) * DAY if day.weekday() > 4 else day
        if self.scene.path in ("proposed", "to_fix"):
            day = self.canton.last_day + 14 * DAY
            return day - max(0, day.weekday() - 4) * DAY
        return self.canton.workday(clock.today() + 12 * DAY)

    def _answer(self, workers: Iterable[Actor]) -> None:
        poll = open_poll(self.case)
        assert poll is not None
        options = [option.pk for option in poll.options.all()]
        for place, who in enumerate(workers):
            given = dict(
                zip(options, (Availability.YES, (Availability.MAYBE, Availability.NO)[place % 2]), strict=True)
            )
            self._apply("answer_dates", who, poll=poll.pk, answers=given)

    def answer_some(self) -> None:
        """Only the registering office has answered so far."""
        self._answer([self.registrant])

    def answer_all(self) -> None:
        """All offices answer, guests by their link."""
        self._answer(self._workers())
        for link in self._links(DATES):
            poll = guest_answers.poll_of(link)
            assert poll is not None
            guest_answers.answer(link, {option.pk: Availability.YES for option in poll.options.all()})

    def fix(self) -> None:
        """The date is fixed, and everybody is invited."""
        poll = open_poll(self.case)
        assert poll is not None
        option = poll.options.all()[0]
        data = {"starts_at": option.starts_at, "minutes": 150, "place": texts.PLACE, "video_url": ""}
        self._apply("fix_date", self.office, **data)

    def reply(self) -> None:
        """The therapist says by her link that she comes; the mother has not answered yet."""
        guest_answers.reply(self._links(REPLY)[0], Reply.ACCEPTED, "")

    # Views ----------------------------------------------------------------------------------------------------

    def request_views(self) -> None:
        """Everybody at the table is asked for a view."""
        meeting = planned(self.case)
        due = meeting.day - DAY if meeting else clock.today() + 10 * DAY
        rows = at_the_table(self.case)
        self._apply("request_views", self.office, participants=rows, due_on=due, message=texts.MESSAGE)

    def give_some(self) -> None:
        """The registering office and the therapist have given their view, the others not yet."""
        self._give(lambda row: self._is_own(row) or row.kind == ParticipantKind.PROFESSIONAL)

    def give_views(self) -> None:
        """All give their view."""
        self._give(lambda row: True)

    def _is_own(self, row: Participant) -> bool:
        part = row.participation
        return part is not None and part.institution_id == self.registrant.institution.pk

    def _give(self, which: Any) -> None:
        links = {link.object_id: link for link in self._links(VIEW)}
        for view in live_perspectives(self.case):
            row = view.participant
            if view.given_at is not None or not which(row):
                continue
            author = perspectives.Author(self.office, links.get(view.pk))
            if row.participation is not None:
                author = perspectives.Author(self._worker(row.participation.institution))
            elif author.link is not None:
                author = perspectives.Author(link=author.link)
            self._give_one(view, author)

    def _give_one(self, view: Perspective, author: perspectives.Author) -> None:
        guest = view.participant.participation is None
        words = self._words(view)
        areas = {area.code: area for area in LifeArea.objects.all()}
        said: dict[LifeArea, dict[str, str]] = {
            areas[code]: dict.fromkeys(perspectives.TEXTS, "") | {"state": text} for code, text in words.items()
        }
        if not guest:
            next(iter(said.values()))["open_questions"] = texts.OFFICE_DOUBT
        perspectives.give(view, author, perspectives.Given(areas=said), version=view.version, form_key="")
        self.case = Case.objects.get(pk=self.case.pk)

    def _words(self, view: Perspective) -> dict[str, str]:
        """What somebody says in the own view: code of the life area → how it stands."""
        return texts.GUEST_WORDS if view.participant.participation is None else self.story.views

    # After the meeting ----------------------------------------------------------------------------------------

    def hold(self) -> None:
        """All met, and the note says so."""
        present = {row.pk for row in at_the_table(self.case)}
        self._apply("hold_meeting", self.office, held_on=clock.today(), present=present, note=self._note())

    def _note(self) -> str:
        return texts.NOTE

    def look_back(self) -> None:
        """Those who came for an office say how the meeting was."""
        rows = FeedbackRequest.objects.filter(meeting__case=self.case, answered=False)
        offices = rows.exclude(participant__participation=None).select_related(*feedback.RELATED)
        for row in offices.order_by("pk")[:2]:
            mark, text, quote = self.rng.choice(texts.LOOKING_BACK)
            answers = dict.fromkeys(feedback.QUESTIONS, mark)
            feedback.give(row, answers | {"text": text, "quote": quote, "quote_agreed": bool(quote)})

    def narrow(self) -> None:
        """The client no longer wants the last of the offices to know of health and money."""
        line = [row for row in consents.live_lines(self.case) if row.institution_id is not None][-1]
        keep = frozenset({DataCategory.SITUATION.value, DataCategory.WORK.value})
        self._apply("narrow_vollmacht", self.office, line=line, keep=keep)

    def client_withdraws(self) -> None:
        """The client withdraws the Vollmacht."""
        self._apply("client_withdraws", self.registrant)

    def close(self) -> None:
        """The Roundtable is closed for the reason of the path."""
        reason = REASONS[self.scene.path]
        solution = Solution.IV_PENSION if reason == "loesung" else ""
        data = {"closed_on": clock.today(), "reason": reason, "solution": solution, "note": self._closing_note(reason)}
        self._apply("close", self.office, **data)

    def _closing_note(self, reason: str) -> str:
        return texts.CLOSING[reason]
