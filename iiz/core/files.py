"""What may be uploaded: known kinds, checked by content, up to 20 MB, past the virus scanner.

Every form that takes a file gives it to :func:`receive`; nothing else lets a file in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container
from pathlib import PurePath

import filetype
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from . import audit, scanner
from .actor import Actor
from .models import Case

LIMIT = 20 * 1024 * 1024
"""The largest file in bytes."""

KINDS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
}
"""Content type → the endings a file of that content may have."""
SCANS = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""What a scanner or a telephone makes."""


def receive(
    upload: UploadedFile, actor: Actor, *, case: Case | None = None, kinds: Container[str] | None = KINDS
) -> str:
    """Let a file in, or raise ``ValidationError`` with a German sentence; returns its content type.

    The one way in: checks size and kind, then asks the virus scanner. What it finds is refused and noted in the audit
    of the case, or under ``import`` where there is none. While the scanner is away nothing is let in. ``kinds`` are
    those taken; ``None`` where the reader itself judges what it gets, and then no content type is told.
    """
    if kinds is None:
        check_size(upload)
    kind = check(upload, kinds) if kinds is not None else ""
    try:
        virus = scanner.virus_in(upload.chunks())
    except scanner.Unreachable:
        sentence = _(
            "Der Virenscanner antwortet nicht. Ohne Prüfung nehmen wir keine Datei an: Bitte versuchen Sie es in "
            "einigen Minuten nochmals."
        )
        raise ValidationError(sentence, code="unscanned") from None
    finally:
        upload.seek(0)
    if virus:
        stream = audit.case_stream(case.number) if case is not None else "import"
        audit.record(stream, actor, "file_refused", case, {"virus": virus[:100], "sha256": fingerprint(upload)})
        sentence = _(
            "Der Virenscanner hat in dieser Datei Schadsoftware gefunden. Sie ist nicht abgelegt. Bitte melden Sie es "
            "Ihrer Informatik."
        )
        raise ValidationError(sentence, code="virus")
    return kind


def check_size(upload: UploadedFile) -> None:
    """Refuse an empty file and one that is too large."""
    size = upload.size or 0
    if size == 0:
        raise ValidationError(_("Die Datei ist leer."), code="empty")
    if size > LIMIT:
        raise ValidationError(
            _("Die Datei ist %(size)s MB gross. Möglich sind höchstens 20 MB.") % {"size": f"{size / 1024 / 1024:.0f}"},
            code="size",
        )


def check(upload: UploadedFile, kinds: Container[str] = KINDS) -> str:
    """The content type of ``upload``, told by its first bytes and not by its name; ``kinds`` are those taken.

    Raises ``ValidationError`` with a German sentence: empty, too large, a kind we do not take, or a name
    that claims another kind than the content.
    """
    check_size(upload)
    upload.seek(0)
    kind = filetype.guess(upload.read(8192))
    upload.seek(0)
    endings = KINDS.get(kind.mime if kind else "")
    if kind is None or endings is None or kind.mime not in kinds:
        sentence = (
            _("Diese Art von Datei nehmen wir hier nicht an. Möglich sind PDF, JPG und PNG.")
            if kinds is SCANS
            else _("Diese Art von Datei nehmen wir nicht an. Möglich sind PDF, Word, Excel, ODT, JPG und PNG.")
        )
        raise ValidationError(sentence, code="kind")
    ending = PurePath(upload.name or "").suffix.lower()
    if ending not in endings:
        raise ValidationError(
            _("Der Name der Datei endet auf «%(ending)s», der Inhalt ist aber etwas anderes.")
            % {"ending": ending or "–"},
            code="renamed",
        )
    return kind.mime


def fingerprint(upload: File) -> str:
    """SHA-256 of the content, as hex."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def safe_name(name: str) -> str:
    """The file name without folders and control characters, at most 150 characters, ending kept."""
    path = PurePath(name.replace("\\", "/"))
    stem = "".join(char for char in path.stem if char.isprintable())[:140].strip() or "Datei"
    return f"{stem}{path.suffix.lower()[:10]}"
