"""Filing and reading documents of a case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from . import audit, clock, files
from .actor import Actor
from .enums import Audience
from .models import Case, Document, GuestLink, Institution, User

_stored: ContextVar[list[FieldFile] | None] = ContextVar("iiz_documents_stored", default=None)


@contextmanager
def together() -> Iterator[None]:
    """A transaction whose files go where its rows go: rolled back, none that was stored within it stays behind."""
    stored: list[FieldFile] = []
    token = _stored.set(stored)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for file in stored:
            file.delete(save=False)
        raise
    finally:
        _stored.reset(token)
    around = _stored.get()
    if around is not None:
        around += stored


def store(
    case: Case,
    actor: Actor,
    *,
    title: str,
    upload: UploadedFile,
    content_type: str,
    audience: str,
    health: bool = False,
) -> Document:
    """File an upload that :func:`files.receive` has let in. Effects: one file, one row, one audit entry.

    ``health``: it tells of health, so that only offices read it that need to, and may by the Vollmacht (PER-10).
    """
    document = Document(
        case=case,
        title=title,
        filename=files.safe_name(upload.name or ""),
        content_type=content_type,
        size=upload.size or 0,
        sha256=files.fingerprint(upload),
        audience=audience,
        health=health,
        institution=actor.institution,
        uploaded_by=actor.user,
    )
    return _file(document, upload, actor, None)


def issue(
    case: Case,
    pdf: bytes,
    *,
    title: str,
    filename: str,
    office: Institution,
    author: User,
    actor: Actor | None,
    guest: GuestLink | None = None,
) -> Document:
    """File a letter that the portal wrote in the name of ``office``, for all offices of the case.

    ``author`` is whose letter it is; ``actor`` or ``guest`` whose deed it follows. Effects as of :func:`store`.
    """
    body = ContentFile(pdf, name=filename)
    document = Document(
        case=case,
        title=title,
        filename=filename,
        content_type="application/pdf",
        size=len(pdf),
        sha256=files.fingerprint(body),
        audience=Audience.CASE,
        institution=office,
        uploaded_by=author,
    )
    return _file(document, body, actor, guest)


def _file(document: Document, body: File, actor: Actor | None, guest: GuestLink | None) -> Document:
    stream = audit.case_stream(document.case.number)
    document.uploaded_at = clock.now()
    changes = {"sha256": document.sha256, "audience": document.audience, "health": document.health}
    with together():
        document.file.save(document.filename, body, save=False)
        stored = _stored.get()
        assert stored is not None  # together() has begun it
        stored.append(document.file)
        document.save()
        audit.record(stream, actor, "document_filed", document, changes, guest=guest)
    return document
