"""Forms on the way to the meeting: propose dates, answer them, fix one, note who came (RT-08, RT-10)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.enums import Reply
from iiz.core.forms.action import ActionForm
from iiz.core.forms.fields import LongText, PastDate
from iiz.core.forms.meeting import WhenForm
from iiz.core.models import Case
from iiz.core.templatetags.ui import day as day_words
from iiz.core.workdays import is_working_day

from .. import minutes, seating
from ..effects.dates import uninvited
from ..enums import Availability
from ..models import DatePoll, Participant
from ..queries import asked, at_the_table, is_covered, office_row, open_poll, planned, seat_of
from .follow_up import WhomForm
from .proposing import usual_minutes, usual_place

NAMED = re.compile(r"termin_(\d{12})")
"""The field of one proposed date: its moment stands in the name, so that a late answer can still be read."""
OTHER = "other"


# Answer -------------------------------------------------------------------------------------------------------------


def field_name(moment: dt.datetime) -> str:
    """The name of the field for one proposed date."""
    return f"termin_{timezone.localtime(moment):%Y%m%d%H%M}"


def moment_of(name: str) -> dt.datetime | None:
    """The moment that stands in the name of a field; ``None`` for any other field."""
    found = NAMED.fullmatch(name)
    try:
        return timezone.make_aware(dt.datetime.strptime(found[1], "%Y%m%d%H%M")) if found else None
    except ValueError:
        return None


def typed_answers(data: QueryDict) -> list[tuple[Any, str]]:
    """What somebody answered, read from the request alone: for a page that no longer takes it."""
    labels = dict(Availability.choices)
    rows = []
    for name, value in data.items():
        moment = moment_of(name)
        if moment is not None and value in labels:
            rows.append((seating.moment_words(moment), str(labels[value])))
    return rows


class AnswerForm(forms.Form):
    """One row for each proposed date: suits, if need be, does not. ``cleaned_data["answers"]``: option → answer."""

    poll = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def add_dates(self, poll: DatePoll | None, given: Mapping[int, str]) -> None:
        """A field for each date that is proposed, and for each that was answered though it no longer is."""
        self.options = {field_name(option.starts_at): option for option in poll.options.all()} if poll else {}
        if poll is not None:
            self.initial["poll"] = poll.pk
        for name in [*self.options, *(name for name in self.data if name not in self.options)]:
            moment = moment_of(name)
            if moment is None:
                continue
            option = self.options.get(name)
            self.fields[name] = forms.ChoiceField(
                label=seating.moment_words(moment),
                choices=Availability.choices,
                widget=forms.RadioSelect(attrs={"class": "inline"}),
                initial=given.get(option.pk) if option else None,
                error_messages={"required": _("Bitte sagen Sie, ob dieser Termin passt.")},
                help_text="" if is_working_day(moment.date()) else _("Im Kanton kein Arbeitstag"),
            )

    def clean(self) -> dict[str, Any]:
        """Gather the answers by option."""
        data = super().clean() or self.cleaned_data
        data["answers"] = {option.pk: data[name] for name, option in self.options.items() if data.get(name)}
        return data


def answers_of(poll: DatePoll | None, row: Participant | None) -> dict[int, str]:
    """What somebody said so far: option → answer."""
    if poll is None or row is None:
        return {}
    said = (answer for option in poll.options.all() for answer in option.answers.all())
    return {answer.option_id: answer.answer for answer in said if answer.participant_id == row.pk}


class AnswerDatesForm(AnswerForm, ActionForm):
    """What the own office says to the dates."""

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        poll = open_poll(case)
        self.add_dates(poll, answers_of(poll, office_row(case, actor.institution.pk)))

    def now(self) -> list[tuple[Any, str]]:
        """The dates that are proposed now."""
        poll = open_poll(self.case)
        shown = [seating.moment_words(option.starts_at) for option in poll.options.all()] if poll else []
        return [(_("Vorgeschlagen"), "\n".join(shown) or _("keine Termine mehr"))]


class SomebodyField(forms.ModelChoiceField):
    """Somebody at the table, by name."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("Diese Person sitzt nicht mehr am Tisch. Wählen Sie jemanden aus der Liste."),
        "required": gettext_lazy("Bitte wählen Sie, um wen es geht."),
    }
    names: dict[int, str]

    def label_from_instance(self, obj: Participant) -> str:
        """The name, and the function or the office."""
        return self.names.get(obj.pk, str(obj))


class ForSomebodyForm(ActionForm):
    """Something that is entered for somebody at the table."""

    participant = SomebodyField(
        Participant.objects.none(), label=gettext_lazy("Wer hat geantwortet?"), empty_label=gettext_lazy("bitte wählen")
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        field: SomebodyField = self.fields["participant"]  # type: ignore[assignment]
        rows = list(self.offered())
        field.names = {row.pk: seating.named(case, row, actor) for row in rows}
        field.queryset = Participant.objects.filter(pk__in=[row.pk for row in rows])

    def offered(self) -> Iterable[Participant]:
        """For whom it may be entered: whom the Vollmacht covers."""
        return [row for row in at_the_table(self.case) if is_covered(self.case, row)]


class AnswerForForm(ForSomebodyForm, AnswerForm):
    """What somebody said on the telephone to the dates."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_dates(open_poll(self.case), {})

    def offered(self) -> Iterable[Participant]:
        """Who is asked."""
        poll = open_poll(self.case)
        return asked(self.case, poll) if poll is not None else []


class ReplyForForm(ForSomebodyForm):
    """What somebody said on the telephone to the invitation."""

    reply = forms.ChoiceField(
        label=gettext_lazy("Antwort"),
        choices=((Reply.ACCEPTED, gettext_lazy("nimmt teil")), (Reply.DECLINED, gettext_lazy("kann nicht"))),
        widget=forms.RadioSelect,
    )
    note = LongText(limit=300, rows=2, label=gettext_lazy("Bemerkung"), required=False)

    def offered(self) -> Iterable[Participant]:
        """Who is invited."""
        meeting = planned(self.case)
        return [row for row in at_the_table(self.case) if meeting is not None and seat_of(meeting, row) is not None]


class ReplyForm(forms.Form):
    """What somebody without an account says to an invitation: two buttons and a remark."""

    reply = forms.ChoiceField(
        choices=[(Reply.ACCEPTED, gettext_lazy("Ich komme")), (Reply.DECLINED, gettext_lazy("Ich kann nicht"))],
        error_messages={"required": gettext_lazy("Bitte wählen Sie «Ich komme» oder «Ich kann nicht».")},
    )
    note = LongText(
        limit=300,
        rows=2,
        label=gettext_lazy("Bemerkung"),
        required=False,
        help_text=gettext_lazy("Zum Beispiel, wann es ginge. Bitte nichts zur Gesundheit: Alle am Tisch lesen es."),
    )


# Fix ----------------------------------------------------------------------------------------------------------------


class FixForm(WhomForm, WhenForm):
    """One of the proposed dates, the best one chosen, or another; then where."""

    template_name = "roundtable/forms/fix.html"
    field_order = ("choice", "day", "time", "minutes", "place", "video_url")

    choice = forms.ChoiceField(label=gettext_lazy("Welcher Termin?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        self.poll = open_poll(case)
        self.initial.setdefault("minutes", self.poll.minutes if self.poll else usual_minutes(case))
        self.initial.setdefault("place", self.poll.place if self.poll else usual_place(actor.institution))
        if self.poll is None:
            del self.fields["choice"]
            return
        found = seating.columns(case, self.poll)
        self.options = {str(one.option.pk): one.option for one in found}
        rows = []
        for one in found:
            best = _("passt am besten") + ": " if one.best else ""
            odd = "" if one.works else ", " + _("kein Arbeitstag")
            rows.append((str(one.option.pk), f"{one.words} ({best}{one.result}{odd})"))
            if one.best:
                self.initial.setdefault("choice", str(one.option.pk))
        self.fields["choice"].choices = [*rows, (OTHER, _("ein anderer Termin"))]  # type: ignore[attr-defined]
        for name in ("day", "time"):
            self.fields[name].required = False

    def also(self) -> str:
        """Who gets an invitation, and who must be told in person."""
        return told_in_person(self.case, [row.pk for row in self.chosen()], self.actor)

    def clean(self) -> dict[str, Any]:
        """A proposed date stands for day and time."""
        option = self.options.get(self.cleaned_data.get("choice", "")) if self.poll is not None else None
        if option is not None:
            local = timezone.localtime(option.starts_at)
            for name in ("day", "time"):
                self.errors.pop(name, None)
            self.cleaned_data |= {"day": local.date(), "time": local.time()}
        data = super().clean()
        if option is not None and data["starts_at"] is None:
            for name in ("day", "time"):
                self.errors.pop(name, None)
            self.add_error("choice", _("Dieser Termin ist schon vorbei. Wählen Sie einen anderen."))
        return data


def told_in_person(case: Case, refs: Iterable[int], actor: Actor) -> str:
    """Who of these participants gets no mail, as a sentence; empty if everybody does."""
    wanted = set(refs)
    rows = [row for row in at_the_table(case) if row.pk in wanted and row.participation is None and not row.email]
    if not rows:
        return ""
    names = ", ".join(seating.name_of(case, row, actor) for row in rows)
    return _("Ohne E-Mail-Adresse, also von Ihnen persönlich oder mit dem Brief einzuladen: %(names)s.") % {
        "names": names
    }


class DropForm(ActionForm):
    """Nothing to fill in: the page says what happens."""


class InviteMoreForm(ActionForm):
    """Says who will be invited."""

    def also(self) -> str:
        """Who came to the table after the date was fixed."""
        rows = uninvited(self.case)
        names = ", ".join(seating.name_of(self.case, row, self.actor) for row in rows)
        invited = _("Eingeladen werden: %(names)s.") % {"names": names}
        return " ".join([invited, told_in_person(self.case, [row.pk for row in rows], self.actor)]).strip()


# Held ---------------------------------------------------------------------------------------------------------------


class HoldForm(ActionForm):
    """When it took place and who was there, in which part: prefilled from the meeting page."""

    held_on = PastDate(label=gettext_lazy("Wann hat es stattgefunden?"))
    first = forms.MultipleChoiceField(
        label=gettext_lazy("Wer war im ersten Teil da, unter den Fachpersonen?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    second = forms.MultipleChoiceField(
        label=gettext_lazy("Wer war im zweiten Teil da, mit der Klientin oder dem Klienten?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = LongText(
        limit=5000,
        rows=6,
        label=gettext_lazy("Notiz"),
        required=False,
        help_text=gettext_lazy("Lesen alle Stellen am Tisch: keine Angaben zur Gesundheit."),
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        meeting = planned(case)
        typed = minutes.cells(case) if meeting is not None else {}
        rows = minutes.attendance(case, meeting, typed) if meeting is not None else minutes.all_there(case)
        for part in minutes.PARTS:
            seated = [(row, ticks[part]) for row, ticks in rows if part in ticks]
            choices = [(str(row.pk), seating.named(case, row, actor)) for row, _there in seated]
            self.fields[part].choices = choices  # type: ignore[attr-defined]
            self.initial.setdefault(part, [str(row.pk) for row, there in seated if there])
        if not any("first" in ticks for _row, ticks in rows):  # a later meeting has one part
            del self.fields["first"]
            self.fields["second"].label = _("Wer war da?")
        if meeting is not None:
            self.initial.setdefault("note", typed.get(f"meeting.{meeting.pk}.note", ""))
        day = meeting.planned_day if meeting is not None and meeting.planned_day <= clock.today() else clock.today()
        self.initial.setdefault("held_on", day)

    def clean_held_on(self) -> dt.date:
        """Not before the process was started."""
        day: dt.date = self.cleaned_data["held_on"]
        begun = self.case.roundtable.decided_on
        if begun is not None and day < begun:
            raise ValidationError(
                _("Der Prozess wurde erst am %(day)s gestartet.") % {"day": day_words(begun)}, code="too_early"
            )
        return day

    def clean(self) -> dict[str, Any]:
        """The participants by primary key, a set for each part; somebody was there."""
        data = super().clean() or self.cleaned_data
        for part in minutes.PARTS:
            data[part] = {int(key) for key in data.get(part, [])}
        if not data["first"] | data["second"] and not self.errors:
            self.add_error("second", _("Bitte geben Sie an, wer da war."))
        return data
