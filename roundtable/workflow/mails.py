"""The mails of Roundtable: one sentence, one link (principle 7)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iiz.core import calendars, guests
from iiz.core.enums import MailTopic
from iiz.core.models import GuestLink, OutboxMail
from iiz.core.notify import MailKind

from ..effects import follow, leaving
from ..models import Confirmation, DatePoll, FeedbackRequest, Perspective


def _with_calendar(name: str, subject: Any, sentence: Any, link: Any) -> MailKind:
    """A mail that brings a link and the meeting for the calendar."""
    return replace(guests.mail_kind(name, subject, sentence, link), calendar=calendars.of_mail)


def _day_of(rows: Any, field: str) -> Callable[[GuestLink], dt.date | None]:
    """The day by which what a link is about is asked for."""
    return lambda link: rows.objects.filter(pk=link.object_id).values_list(field, flat=True).first()


def _feedback_open(mail: OutboxMail) -> bool:
    """Whether feedback is still asked for: not given yet, and the Vollmacht stands."""
    rows = FeedbackRequest.objects.filter(pk=mail.object_id or 0, answered=False)
    return rows.filter(meeting__case__withdrawn_at=None).exists()


MAILS = (
    MailKind(
        "rt_registered",
        _("Neue Anmeldung %(number)s"),
        _("Ein Roundtable ist angemeldet und wartet auf Ihren Entscheid."),
        _("Anmeldung ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_self_run",
        _("Roundtable %(number)s ohne die Koordinationsstelle"),
        _("Eine Stelle führt einen Roundtable selbst und hat ihn gestartet. Sie müssen nichts tun."),
        _("Fall ansehen"),
        topic=MailTopic.NEWS,
    ),
    MailKind(
        "rt_taken_over",
        _("Roundtable %(number)s: Die Koordinationsstelle übernimmt"),
        _("Die IIZ-Koordinationsstelle führt diesen Roundtable ab jetzt und lädt zu den Gesprächen ein."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_started",
        _("Roundtable %(number)s: Ihre Institution nimmt teil"),
        _("Ein Roundtable ist gestartet. Was als Nächstes kommt und wer dabei ist, steht im Fall."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_not_started",
        _("Roundtable %(number)s: kein Prozess gestartet"),
        _("Die IIZ-Koordinationsstelle startet keinen Roundtable. Grund und andere Wege stehen im Fall."),
        _("Grund ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_taken_back",
        _("Anmeldung %(number)s zurückgezogen"),
        _("Die anmeldende Stelle hat ihre Anmeldung zurückgezogen. Sie müssen nichts tun."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_queried",
        _("Rückfrage zur Anmeldung %(number)s"),
        _("Zu Ihrer Anmeldung gibt es eine Rückfrage."),
        _("Rückfrage beantworten"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_answered",
        _("Antwort zur Anmeldung %(number)s"),
        _("Die anmeldende Stelle hat Ihre Rückfrage beantwortet."),
        _("Antwort ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_assigned",
        _("Fall %(number)s ist Ihnen zugeteilt"),
        _("Ein Roundtable ist Ihnen zugeteilt worden."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_consent_withdrawn",
        _("Fall %(number)s: Vollmacht zurückgezogen"),
        _("Die Vollmacht ist zurückgezogen. Ab sofort wird nichts mehr ausgetauscht."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "rt_narrowed",
        _("Fall %(number)s: Vollmacht eingeschränkt"),
        _("Die Vollmacht ist eingeschränkt worden. Was jetzt noch gezeigt wird, steht im Fall."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        leaving.LEFT,
        _("Fall %(number)s: Ihre Institution nimmt nicht mehr teil"),
        _("Ihre Institution nimmt an diesem Fall nicht mehr teil und sieht ihn nicht mehr. Sie müssen nichts tun."),
        _("Zu den Pendenzen"),
        lambda mail: reverse("core:tasks"),
        topic=MailTopic.DECISION,
        holds=leaving.is_out,
        opens=lambda mail: True,
    ),
    MailKind(
        "rt_dates_proposed",
        _("Roundtable %(number)s: Welcher Termin passt?"),
        _("Für ein Gespräch sind Termine vorgeschlagen. Sie antworten mit einem Klick je Termin."),
        _("Termine beantworten"),
        topic=MailTopic.MEETING,
    ),
    MailKind(
        "rt_dates_dropped",
        _("Roundtable %(number)s: Terminvorschläge zurückgenommen"),
        _("Die vorgeschlagenen Termine gelten nicht mehr. Sie müssen nichts tun."),
        _("Fall ansehen"),
        topic=MailTopic.MEETING,
    ),
    MailKind(
        "rt_view_asked",
        _("Roundtable %(number)s: Ihre Sicht ist gefragt"),
        _("Vor dem Gespräch sagen alle, wie es aus ihrer Sicht steht."),
        _("Sicht schreiben"),
        lambda mail: reverse("roundtable:view", args=[mail.object_id]),
        topic=MailTopic.MEETING,
        holds=lambda mail: Perspective.objects.filter(
            pk=mail.object_id or 0, given_at=None, cancelled_at=None
        ).exists(),
    ),
    MailKind(
        "rt_confirm",
        _("Roundtable %(number)s: Bitte bestätigen Sie ein Dokument"),
        _("Ein Dokument wartet darauf, dass Ihre Stelle es liest und bestätigt."),
        _("Dokument lesen"),
        lambda mail: reverse("roundtable:confirmation", args=[mail.object_id]),
        topic=MailTopic.DECISION,
        holds=lambda mail: Confirmation.objects.filter(
            pk=mail.object_id or 0, answered_at=None, cancelled_at=None
        ).exists(),
    ),
    MailKind(
        "rt_feedback",
        _("Roundtable %(number)s: Wie war das Gespräch?"),
        _("Drei kurze Fragen zum Gespräch, an dem Sie teilgenommen haben. Die Antwort wird ohne Namen aufbewahrt."),
        _("Rückmeldung geben"),
        lambda mail: reverse("roundtable:feedback", args=[mail.object_id]),
        topic=MailTopic.NEWS,
        holds=_feedback_open,
    ),
    MailKind(
        "rt_closed",
        _("Roundtable %(number)s abgeschlossen"),
        _("Der Roundtable ist abgeschlossen. Grund und Verlauf bleiben im Fall lesbar."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    guests.mail_kind(
        "rt_guest_dates",
        _("Welcher Termin passt Ihnen?"),
        _("Für ein Gespräch sind Termine vorgeschlagen. Bitte sagen Sie, welche Ihnen passen."),
        _("Termine ansehen"),
        due=_day_of(DatePoll, "answer_by"),
    ),
    _with_calendar(
        "rt_guest_invited",
        _("Einladung zu einem Gespräch"),
        _(
            "Der Termin für ein Gespräch steht; die Kalenderdatei liegt bei. Falls Ihre Antwort noch fehlt, sagen Sie "
            "bitte zu oder ab."
        ),
        _("Einladung ansehen"),
    ),
    _with_calendar(
        follow.MOVED,
        _("Ein Gespräch ist verschoben"),
        _(
            "Zeit oder Ort eines Gesprächs haben geändert; die Kalenderdatei liegt bei. Falls Ihre Antwort noch fehlt, "
            "sagen Sie bitte zu oder ab."
        ),
        _("Einladung ansehen"),
    ),
    MailKind(
        follow.OFF,
        _("Ein Gespräch findet nicht statt"),
        _(
            "Ein Gespräch, zu dem Sie eingeladen waren, findet nicht statt oder ohne Sie. Die Kalenderdatei entfernt "
            "den Eintrag. Sie müssen nichts tun."
        ),
        _("Merkblatt lesen"),
        path=lambda mail: reverse("core:sheet"),
        topic=MailTopic.MEETING,
        calendar=calendars.of_mail,
        holds=follow.is_off,
        text=lambda mail: guests.sender_words(mail.guest) if mail.guest is not None else "",
    ),
    guests.mail_kind(
        "rt_guest_view",
        _("Ihre Sicht ist gefragt"),
        _("Vor einem Gespräch möchten wir wissen, wie es aus Ihrer Sicht steht."),
        _("Sicht schreiben"),
        due=_day_of(Perspective, "due_on"),
    ),
    guests.mail_kind(
        "rt_guest_view_reminder",
        _("Ihre Sicht fehlt noch"),
        _("Vor einem Gespräch möchten wir wissen, wie es aus Ihrer Sicht steht. Der Link gilt noch."),
        _("Sicht schreiben"),
        due=_day_of(Perspective, "due_on"),
    ),
    guests.mail_kind(
        "rt_guest_feedback",
        _("Wie war das Gespräch für Sie?"),
        _("Drei kurze Fragen zu einem Gespräch, an dem Sie dabei waren. Niemand erfährt, was Sie antworten."),
        _("Fragen beantworten"),
        due=_day_of(FeedbackRequest, "due_on"),
    ),
    guests.mail_kind(
        "rt_guest_confirm",
        _("Bitte bestätigen Sie ein Dokument"),
        _("Ein Dokument wartet darauf, dass Sie es lesen und bestätigen."),
        _("Dokument lesen"),
        due=_day_of(Confirmation, "due_on"),
    ),
)
