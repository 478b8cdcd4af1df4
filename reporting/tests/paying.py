"""The Kostengutsprachen of the random walk: asked for, decided, taken back, or left until their time is over."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.models import Case, Signatory
from iiz.core.tests.factories import SignatoryFactory
from optima.enums import SignedHow
from optima.kostengutsprache import actions
from optima.kostengutsprache.signing import Signer
from optima.models import Kostengutsprache
from optima.tests import promises

if TYPE_CHECKING:
    from .walk import Tale

ANSWERS = {"approved": 4, "refused": 3, "withdrawn": 3}
UNDER_WAY = ("agreed", "running")


@dataclass
class Promise:
    """One Kostengutsprache as noted on paper. ``alive``: it may still be decided, or ordered."""

    payer: Actor
    asked_on: dt.date
    until: dt.date
    key: int
    decision: str = ""
    decided_on: dt.date | None = None
    alive: bool = True


class Paying:
    """What the walk does with measures that another office pays; a part of ``walk.Walk``."""

    rng: random.Random
    people: dict[str, list[Actor]]
    tales: list[Tale]
    answered: Counter[str]

    def list_signatories(self) -> None:
        """Everybody may sign for the own office."""
        self.answered = Counter()
        for office in self.people.values():
            for who in office:
                SignatoryFactory.create(institution=who.institution, user=who.user)

    def pay_for(self, tale: Tale) -> None:
        """The contractor asks for a measure; if one waits already, it is decided or taken back."""
        open_ones = [promise for promise in tale.promises if promise.alive and not promise.decision]
        if open_ones:
            self._answer(tale, open_ones[0])
            return
        others = [who for office in self.people.values() for who in office if who != tale.contractor]
        payer = tale.principal if self.rng.random() < 0.7 else self.rng.choice(others)
        today = clock.today()
        until = today + dt.timedelta(days=self.rng.randint(30, 250))
        words = {"payer": payer.institution, "period_from": today, "period_until": until}
        case = Case.objects.get(number=tale.number)
        draft = actions.draft(case, tale.contractor, promises.form(case, **words))
        row = actions.ask_for(draft, tale.contractor, claim_ended=True)
        tale.promises.append(Promise(payer, today, until, row.pk))

    def _answer(self, tale: Tale, promise: Promise) -> None:
        row = Kostengutsprache.objects.get(pk=promise.key)
        answer = self.rng.choices(list(ANSWERS), list(ANSWERS.values()))[0]
        self.answered[answer] += 1
        if answer == "withdrawn":
            actions.withdraw(row, tale.contractor, "")
        else:
            listed = Signatory.objects.get(institution=promise.payer.institution)
            signer = Signer(listed, SignedHow.LOGIN, promise.payer)
            promise.decision, promise.decided_on = answer, clock.today()
            if answer == "approved":
                actions.approve(row, signer, row.content_hash)
            else:
                actions.refuse(row, signer, "Zu teuer.")
        promise.alive = answer == "approved"

    def lapsed(self, day: dt.date) -> int:
        """How many lapse by themselves on the morning of ``day``: with its case each has ended already."""
        over = [promise for promise in self._under_way() if promise.alive and promise.until < day]
        for promise in over:
            promise.alive = False
            self.answered["lapsed"] += 1
        return len(over)

    def _under_way(self) -> Iterable[Promise]:
        return (promise for tale in self.tales if tale.stands in UNDER_WAY for promise in tale.promises)
