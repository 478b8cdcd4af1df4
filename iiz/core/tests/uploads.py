"""Small true files of each kind, for tests of uploads."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 40


def office(entries: dict[str, bytes]) -> bytes:
    """A ZIP file with ``entries``, stored in their order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


DOCX = office({"[Content_Types].xml": b"<Types/>" * 20, "_rels/.rels": b"<r/>", "word/document.xml": b"<w/>" * 50})
XLSX = office({"[Content_Types].xml": b"<Types/>" * 20, "_rels/.rels": b"<r/>", "xl/workbook.xml": b"<x/>" * 50})
ODT = office({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"})


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """``content`` as a browser sends it."""
    return SimpleUploadedFile("x", content) if not name else _named(name, content)


def _named(name: str, content: bytes) -> SimpleUploadedFile:
    sent = SimpleUploadedFile("x", content)
    sent._name = name  # past Django's own cleaning, as nothing but our own check must be relied on
    return sent
