"""Filing and reading documents of a case."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from . import audit, files
from .actor import Actor
from .models import Case, Document


def store(case: Case, actor: Actor, *, title: str, upload: UploadedFile, content_type: str, audience: str) -> Document:
    """File an upload that :func:`files.check` has passed. Effects: one file, one row, one audit entry."""
    with transaction.atomic():
        document = Document(
            case=case,
            title=title,
            filename=files.safe_name(upload.name or ""),
            content_type=content_type,
            size=upload.size or 0,
            sha256=files.fingerprint(upload),
            audience=audience,
            institution=actor.institution,
            uploaded_by=actor.user,
        )
        document.file.save(document.filename, upload, save=False)
        try:
            document.save()
            audit.record(
                audit.case_stream(case.number),
                actor,
                "document_filed",
                document,
                {"sha256": document.sha256, "audience": audience},
            )
        except Exception:
            document.file.delete(save=False)
            raise
    return document
