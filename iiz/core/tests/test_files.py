"""Uploads: told by content, not by name."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from iiz.core import files
from iiz.core.tests.uploads import DOCX, ODT, PDF, PNG, XLSX, office, upload


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Bericht.pdf", PDF, "application/pdf"),
        ("BERICHT.PDF", PDF, "application/pdf"),
        ("bild.png", PNG, "image/png"),
        ("foto.jpeg", b"\xff\xd8\xff\xe0" + b"\x00" * 60, "image/jpeg"),
        ("brief.docx", DOCX, next(kind for kind, ends in files.KINDS.items() if ".docx" in ends)),
        ("tabelle.xlsx", XLSX, next(kind for kind, ends in files.KINDS.items() if ".xlsx" in ends)),
        ("brief.odt", ODT, next(kind for kind, ends in files.KINDS.items() if ".odt" in ends)),
    ],
)
def test_known_kinds_are_taken(name, content, kind):
    sent = upload(name, content)
    assert files.check(sent) == kind
    assert sent.tell() == 0, "the next reader starts at the beginning"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("leer.pdf", b"", "empty"),
        ("programm.pdf", b"MZ\x90\x00" + b"\x00" * 400, "kind"),
        ("programm.exe", b"MZ\x90\x00" + b"\x00" * 400, "kind"),
        ("linux.pdf", b"\x7fELF" + b"\x00" * 400, "kind"),
        ("seite.pdf", b"<!doctype html><script>alert(1)</script>" * 20, "kind"),
        ("bild.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "kind"),
        ("notiz.txt", b"Nur Text", "kind"),
        ("archiv.zip", office({"a.txt": b"a"}), "kind"),
        ("archiv.docx", office({"a.txt": b"a"}), "kind"),
        ("bericht.exe", PDF, "renamed"),
        ("bericht.png", PDF, "renamed"),
        ("bericht", PDF, "renamed"),
        ("bericht.pdf.html", PDF, "renamed"),
        ("altes.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "kind"),
        ("animation.gif", b"GIF89a" + b"\x00" * 60, "kind"),
    ],
)
def test_everything_else_is_refused_with_a_sentence(name, content, code):
    with pytest.raises(ValidationError) as told:
        files.check(upload(name, content))
    assert told.value.code == code
    assert told.value.message.endswith(".")


def test_a_file_of_thirty_megabytes_is_too_large_whatever_it_is():
    sent = upload("gross.pdf", PDF)
    sent.size = 30 * 1024 * 1024
    with pytest.raises(ValidationError, match="30 MB"):
        files.check(sent)
    sent.size = files.LIMIT
    assert files.check(sent) == "application/pdf"


def test_a_zip_bomb_is_never_unpacked():
    """A document that would unpack to 1 GB is judged by its first bytes, within the memory of a few."""
    import tracemalloc

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as entry:
            for _ in range(64):
                entry.write(b"\x00" * 1024 * 1024)
    sent = SimpleUploadedFile("bombe.docx", packed.getvalue())
    tracemalloc.start()
    with contextlib.suppress(ValidationError):
        files.check(sent)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Bericht.pdf", "Bericht.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\nora\\Bericht.PDF", "Bericht.pdf"),
        ("a\x00b\r\nc\u202e.pdf", "abc.pdf"),
        (".pdf", ".pdf"),
        ("", "Datei"),
        ("   .pdf", "Datei.pdf"),
        ("Übergabe «Juni» 2026.pdf", "Übergabe «Juni» 2026.pdf"),
    ],
)
def test_names_lose_folders_and_control_characters(name, safe):
    assert files.safe_name(name) == safe


def test_a_long_name_keeps_its_ending():
    assert files.safe_name("x" * 900 + ".pdf") == "x" * 140 + ".pdf"
    assert len(files.safe_name("x" * 900 + "." + "y" * 900)) <= 150


def test_the_fingerprint_is_that_of_the_content():
    sent = upload("a.pdf", PDF)
    assert files.fingerprint(sent) == files.fingerprint(upload("b.png", PDF))
    assert sent.tell() == 0
    assert files.fingerprint(upload("a.pdf", PDF + b" ")) != files.fingerprint(upload("a.pdf", PDF))
