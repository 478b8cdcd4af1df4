"""The client's signature under a Handlungsplan: a scan of the paper, or drawn on a screen (RT-15).

Signed is one final version, once, and only the words that stood on the page: their fingerprint comes along with the
form. A later version is not signed until it is signed itself; a signature never goes on.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import io
import warnings
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from iiz.core import audit, clock, consents, guests, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Phase
from iiz.core.models import Case, GuestLink, Scan
from iiz.core.workflow import Conflict, NotAllowed

from . import plan_reading, words
from .enums import ParticipantKind, PlanState, SignatureWay
from .models import Handlungsplan, Participant, Signature
from .perspectives import Author
from .queries import at_the_table, final_plan, institution_of, manager, moderates
from .reading import EVERYTHING

LIMIT = 500 * 1024
"""The most bytes of a drawn signature."""
LARGEST = 4000
"""The most pixels of a side."""
INK = 60
"""As many dark pixels make a stroke; fewer are a slip of the hand."""
PREFIX = "data:image/png;base64,"


# The drawing --------------------------------------------------------------------------------------------------------


def drawing(text: str) -> bytes:
    """The drawn signature as a small picture of black on white, out of the data address that the page sends.

    What was sent is never kept: its strokes are drawn anew. Raises ``ValidationError`` with a German sentence for what
    is too large, no picture, or empty.
    """
    if not text.strip():
        raise ValidationError(_("Es ist noch nichts gezeichnet."), code="empty")
    if len(text) > LIMIT * 4 // 3 + len(PREFIX) + 4:
        raise ValidationError(_("Das Bild der Unterschrift ist zu gross. Bitte zeichnen Sie es neu."), code="size")
    try:
        body = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        if not text.startswith(PREFIX):
            raise ValueError(text[:30])
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(body), formats=["PNG"])
            if max(picture.size) > LARGEST:
                raise ValidationError(
                    _("Das Bild der Unterschrift ist zu gross. Bitte zeichnen Sie es neu."), code="size"
                )
            sent = picture.convert("RGBA")
    except (ValueError, OSError, SyntaxError, binascii.Error, Image.DecompressionBombWarning) as wrong:
        raise ValidationError(
            _("Das ist kein lesbares Bild. Bitte zeichnen Sie die Unterschrift neu."), code="kind"
        ) from wrong
    ground = Image.new("RGBA", sent.size, "white")
    ground.alpha_composite(sent)
    grey = ground.convert("L")
    strokes = grey.point(lambda light: 255 if light < 128 else 0)
    box = strokes.getbbox()
    if box is None or strokes.histogram()[255] < INK:
        raise ValidationError(_("Es ist noch nichts gezeichnet, oder nur ein Punkt."), code="empty")
    found = io.BytesIO()
    grey.crop(box).save(found, "PNG", optimize=True)
    return found.getvalue()


# Whether ------------------------------------------------------------------------------------------------------------


def refusal(case: Case, actor: Actor) -> str:
    """Why ``actor`` may not take the client's signature: whoever moderates does, and the case management."""
    row = manager(case)
    manages = row is not None and institution_of(row.participant) == actor.institution.pk and actor.works_on_cases
    if manages or moderates(case, actor):
        return ""
    return _("Die Unterschrift hält fest, wer den Roundtable führt, oder das Case Management.")


def hindrance(plan: Handlungsplan) -> str:
    """Why a version cannot be signed now, as a German sentence; empty if nothing hinders."""
    if plan.case.withdrawn_at is not None:
        return _("Die Vollmacht ist zurückgezogen: Es wird nichts mehr festgehalten.")
    if plan.case.phase != Phase.OPEN:
        return _("Der Roundtable ist beendet.")
    if not consents.live_lines(plan.case):
        return _("Die Vollmacht gilt nicht mehr: Es wird nichts mehr festgehalten.")
    if plan.state != PlanState.FINAL:
        return _not_in_force(plan)
    if is_signed(plan):
        return _("Diese Fassung ist am %(day)s unterschrieben worden.") % {
            "day": f"{plan.signature.signed_on:%d.%m.%Y}"
        }
    return ""


def _not_in_force(plan: Handlungsplan) -> str:
    now = final_plan(plan.case)
    if now is not None and now.number > plan.number:
        words = _("Es gilt inzwischen die Fassung %(n)s. Unterschrieben wird diese; hier ist nichts unterschrieben.")
        return words % {"n": now.number}
    if plan.state == PlanState.DRAFT:
        return _("Unterschrieben wird erst, wenn der Handlungsplan verabschiedet ist.")
    return _("Diese Fassung gilt nicht. Unterschrieben wird nur die verbindliche.")


def is_signed(plan: Handlungsplan) -> bool:
    """Whether the client signed this very version."""
    return hasattr(plan, "signature")


def may_see(signature: Signature, kinds: frozenset[str]) -> bool:
    """Whether who reads ``kinds`` of a version sees its signature: a scanned page may hold any of its words."""
    return bool(kinds) and (signature.way == SignatureWay.DRAWN or kinds >= EVERYTHING)


def client_of(case: Case) -> Participant | None:
    """The client at the table."""
    return next((row for row in at_the_table(case) if row.kind == ParticipantKind.CLIENT), None)


# Signing ------------------------------------------------------------------------------------------------------------


def draw(plan: Handlungsplan, author: Author, picture: bytes, *, seen: str) -> Signature:
    """Keep a drawn signature (:func:`drawing`), made today; raises ``Conflict`` and ``NotAllowed`` as :func:`_sign`.

    Behind a link the client signs alone: nobody took it. The file then belongs to the office that sent the link.
    """

    def keep() -> Scan:
        upload = SimpleUploadedFile("unterschrift.png", picture, content_type="image/png")
        by = author.actor or _sender(plan, author.link)
        return consents.keep_scan(by, upload, "image/png")

    return _sign(plan, author, SignatureWay.DRAWN, clock.today(), keep, seen)


def is_readable(upload: UploadedFile, content_type: str) -> bool:
    """Whether a scan can be shown: a picture must open to its end; a PDF was judged when it was let in."""
    if not content_type.startswith("image/"):
        return True
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            Image.open(upload, formats=["PNG", "JPEG"]).verify()
    except (ValueError, OSError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return False
    finally:
        upload.seek(0)
    return True


def scan(
    plan: Handlungsplan, actor: Actor, upload: UploadedFile, content_type: str, signed_on: dt.date, *, seen: str
) -> Signature:
    """Keep the signed paper that ``files.receive`` has let in; raises as :func:`_sign`."""
    return _sign(
        plan,
        Author(actor=actor),
        SignatureWay.SCAN,
        signed_on,
        lambda: consents.keep_scan(actor, upload, content_type),
        seen,
    )


def _sender(plan: Handlungsplan, link: GuestLink | None) -> Actor:
    """For whom the picture of somebody without an account is kept: whoever sent the link."""
    assert link is not None
    assert link.sender is not None
    assert link.created_by is not None
    return Actor(link.created_by, link.sender, frozenset())


def _sign(
    plan: Handlungsplan, author: Author, way: str, signed_on: dt.date, keep: Callable[[], Scan], seen: str
) -> Signature:
    """Sign a version under the lock of its case.

    ``seen`` is the fingerprint that stood on the page. Raises ``Conflict`` when it is no longer in force, signed
    already, or another than the one seen: then nothing is signed. ``NotAllowed`` with the reason otherwise;
    ``guests.Gone`` for a link that ended.
    """
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=plan.case_id)
        row = Handlungsplan.objects.select_related("case__vollmacht", "case__roundtable", "signature").get(pk=plan.pk)
        case = row.case
        if row.state != PlanState.FINAL or is_signed(row):
            raise Conflict(case, hindrance(row))
        reason = (refusal(case, author.actor) if author.actor is not None else "") or hindrance(row)
        if reason:
            raise NotAllowed(reason)
        if seen != row.digest:
            raise Conflict(
                case, _("Das ist nicht mehr der Handlungsplan, den Sie gesehen haben. Nichts ist unterschrieben.")
            )
        if author.link is not None:
            guests.answered(author.link)
        signature = Signature.objects.create(
            plan=row,
            way=way,
            signed_on=signed_on,
            picture=keep(),
            digest=row.digest,
            recorded_at=clock.now(),
            recorded_by=author.actor.user if author.actor else None,
        )
        workflow.settle(case)
        changes = {"number": row.number, "way": way, "signed_on": signed_on, "digest": row.digest}
        audit.record(audit.case_stream(case.number), author.actor, "plan_signed", row, changes, guest=author.link)
    return signature


def earliest(plan: Handlungsplan) -> dt.date | None:
    """The first day on which a version can have been signed: the one since which it is in force."""
    return timezone.localdate(plan.final_at) if plan.final_at else None


# Behind a link ------------------------------------------------------------------------------------------------------


def of_link(link: GuestLink) -> tuple[Handlungsplan, Participant] | None:
    """The version that a link is about, and who reads it; ``None`` if it is not the guest's own."""
    rows = Handlungsplan.objects.select_related("case__vollmacht", "case__person", "case__roundtable", "signature")
    plan = rows.filter(pk=link.object_id, case=link.case_id).first()
    if plan is None:
        return None
    reader = next((row for row in at_the_table(plan.case) if row.pk == link.ref), None)
    return (plan, reader) if reader is not None else None


def guest_hindrance(link: GuestLink) -> str:
    """Why a link leads to no Handlungsplan in force."""
    found = of_link(link)
    if found is None:
        return _("Die Teilnahme an diesem Roundtable ist beendet.")
    plan, reader = found
    if plan.state == PlanState.REPLACED:
        return _("Es gilt eine neuere Fassung. Den Link dazu haben Sie mit einer neueren E-Mail erhalten.")
    if plan.case.phase != Phase.OPEN:
        return _("Der Roundtable ist beendet.")
    if not plan_reading.kinds_of(plan.case, reader):
        return _("Die Vollmacht gilt hier nicht mehr: Es darf nichts mehr ausgetauscht werden.")
    return ""


def _signed_how(entry: Any) -> str:
    """``Fassung 2``."""
    number = entry.get("number")
    return _("Fassung %(n)s") % {"n": number} if number else ""


VERBS = {
    "plan_signed": words.with_detail(gettext_lazy("hat die Unterschrift zum Handlungsplan festgehalten"), _signed_how),
}
"""The sentences of the timeline."""
