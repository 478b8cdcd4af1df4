"""What is told by mail about a Kostengutsprache: the number of the case, one sentence, one link (principle 7)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iiz.core import guests, notify
from iiz.core.actor import Actor, actor_for, members
from iiz.core.enums import MailTopic, Role
from iiz.core.models import Institution, OutboxMail, Signatory, User
from iiz.core.notify import MailKind

from ..models import Kostengutsprache
from . import copies, links


def path(mail: OutboxMail) -> str:
    """The page of the Kostengutsprache."""
    return reverse("optima:kostengutsprache", args=[mail.object_id])


def opens(mail: OutboxMail) -> bool:
    """Whether the reader may still open it, whether the case is open to them or not."""
    if mail.user is None or mail.institution is None:
        return False
    actor = actor_for(mail.user, mail.institution)
    return Kostengutsprache.objects.visible_to(actor).filter(pk=mail.object_id or 0).exists()


def page_or_list(mail: OutboxMail) -> str:
    """The page of the Kostengutsprache, or the list once the reader may open it no more."""
    return path(mail) if opens(mail) else reverse("optima:kg_list")


def still_works(mail: OutboxMail) -> bool:
    """Whether the reader still works there: what is told is all there is to see, perhaps nothing any more."""
    return mail.user is not None and mail.institution is not None and actor_for(mail.user, mail.institution) is not None


def _kind(name: str, subject: object, sentence: object, link: object = _("Kostengutsprache ansehen")) -> MailKind:
    return MailKind(name, subject, sentence, link, path, topic=MailTopic.DECISION, opens=opens)


MAILS = (
    _kind(
        "kg_requested",
        _("Fall %(number)s: Kostengutsprache zu entscheiden"),
        _("Eine Stelle beantragt bei Ihrer Institution eine Kostengutsprache und wartet auf den Entscheid."),
    ),
    MailKind(
        "kg_withdrawn",
        _("Fall %(number)s: Kostengutsprache zurückgezogen"),
        _("Eine Kostengutsprache, die bei Ihrer Institution beantragt war, ist zurückgezogen. Sie müssen nichts tun."),
        _("Kostengutsprachen ansehen"),
        page_or_list,
        topic=MailTopic.DECISION,
        opens=still_works,
    ),
    _kind(
        "kg_question",
        _("Fall %(number)s: Rückfrage zur Kostengutsprache"),
        _("Die zahlende Stelle fragt zu Ihrer Kostengutsprache zurück. Ihre Frist ruht, bis Sie geantwortet haben."),
        _("Frage beantworten"),
    ),
    _kind(
        "kg_answered",
        _("Fall %(number)s: Rückfrage beantwortet"),
        _("Ihre Rückfrage zur Kostengutsprache ist beantwortet. Die Frist läuft weiter."),
    ),
    _kind(
        "kg_approved",
        _("Fall %(number)s: Kostengutsprache unterschrieben"),
        _("Die Kostengutsprache ist unterschrieben. Jetzt können Sie die Massnahme bestellen."),
    ),
    _kind(
        "kg_refused",
        _("Fall %(number)s: Kostengutsprache abgelehnt"),
        _("Die Kostengutsprache ist abgelehnt. Der Grund steht im Portal."),
    ),
    _kind(
        "kg_decided",
        _("Fall %(number)s: Kostengutsprache entschieden"),
        _("Über eine Kostengutsprache, die bei Ihrer Institution beantragt war, ist entschieden."),
    ),
    _kind(
        "kg_paper",
        _("Fall %(number)s: Ihre Unterschrift auf Papier"),
        _(
            "Eine Kostengutsprache wurde als von Ihnen auf Papier unterschrieben abgelegt. Bitte prüfen Sie, ob das "
            "stimmt."
        ),
    ),
    _kind(
        "kg_paper_filed",
        _("Fall %(number)s: Unterschrift auf Papier abgelegt"),
        _(
            "Bei Ihrer Institution wurde eine auf Papier unterschriebene Kostengutsprache abgelegt. Damit ist sie "
            "bewilligt."
        ),
    ),
    MailKind(
        "kg_promise_over",
        _("Fall %(number)s: bewilligte Kostengutsprache verfallen"),
        _("Eine Kostengutsprache, die Ihre Institution bewilligt hat, ist verfallen. Bestellt wird nichts."),
        _("Kostengutsprachen ansehen"),
        page_or_list,
        topic=MailTopic.DECISION,
        opens=still_works,
    ),
    _kind(
        "kg_lapsed",
        _("Fall %(number)s: Kostengutsprache verfallen"),
        _("Eine Kostengutsprache ist verfallen. Weshalb, steht im Portal."),
    ),
    _kind(
        "kg_invoice",
        _("Fall %(number)s: Rechnung zur Zahlung"),
        _("Zu einer bewilligten Massnahme ist die Rechnung des Anbieters da."),
        _("Rechnung ansehen"),
    ),
    _kind(
        "kg_paid",
        _("Fall %(number)s: Rechnung bezahlt"),
        _("Die zahlende Stelle hat die Rechnung des Anbieters bezahlt."),
    ),
    _kind(
        "kg_sent_back",
        _("Fall %(number)s: Rechnung zurückgewiesen"),
        _("Die zahlende Stelle hat eine Rechnung des Anbieters zurückgewiesen. Der Grund steht im Portal."),
    ),
    guests.mail_kind(
        "kg_decide_link",
        _("Fall %(number)s: Kostengutsprache zu entscheiden"),
        _("Sie sind zeichnungsberechtigt: Eine Stelle beantragt eine Kostengutsprache und wartet auf Ihren Entscheid."),
        _("Kostengutsprache entscheiden"),
    ),
    guests.mail_kind(
        links.REMINDER,
        _("Fall %(number)s: Erinnerung, Kostengutsprache zu entscheiden"),
        _("Eine Kostengutsprache wartet noch auf Ihren Entscheid. Sie sind zeichnungsberechtigt."),
        _("Kostengutsprache entscheiden"),
    ),
    guests.mail_kind(
        "kg_paper_link",
        _("Fall %(number)s: Ihre Unterschrift auf Papier"),
        _(
            "Eine Kostengutsprache wurde als von Ihnen auf Papier unterschrieben abgelegt. Bitte prüfen Sie, ob das "
            "stimmt."
        ),
        _("Kostengutsprache lesen"),
    ),
    guests.mail_kind(
        "kg_copy_link",
        _("Fall %(number)s: Kopie einer Kostengutsprache"),
        _("Eine Kostengutsprache ist unterschrieben. Sie erhalten eine Kopie."),
        _("Kopie öffnen"),
    ),
    guests.mail_kind(
        "kg_order_link",
        _("Auftragsbestätigung %(number)s"),
        _("Sie erhalten einen Auftrag für eine Massnahme."),
        _("Auftragsbestätigung öffnen"),
    ),
)


def tell(
    kind: str,
    request: Kostengutsprache,
    office: Institution,
    *,
    beside: User | None,
    mark: object,
    also: User | None = None,
) -> None:
    """Tell the people of ``office`` who are in charge of the case there, else its contact persons, and ``also``."""
    parts = request.case.participations.filter(institution=office, until=None).select_related("user")
    user = next((part.user for part in parts if part.user is not None), None)
    people = [*notify.in_charge(office, user), *([also] if also is not None else [])]
    to = [(person, office) for person in dict.fromkeys(people)]
    notify.queue(kind, request.case, to, beside=beside, object_id=request.pk, mark=mark)


def tell_of_paper(request: Kostengutsprache, row: Signatory, by: Actor) -> None:
    """Tell whose signature somebody has filed, and the contact persons of the payer, so that a wrong one is noticed."""
    office = request.payer
    if row.user is not None:
        notify.queue("kg_paper", request.case, [(row.user, office)], beside=by.user, object_id=request.pk, mark="paper")
    elif row.email:
        copies.send(copies.PAPER, request, row.name, row.email, by)
    to = [(user, office) for user in members(office, [Role.CONTACT]) if user != row.user]
    notify.queue("kg_paper_filed", request.case, to, beside=by.user, object_id=request.pk, mark="paper")
