"""Reading the mail of the demo canton, where no mail server is needed."""

from __future__ import annotations

import datetime as dt
import email
import re
from email import policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from .marks import reads

SHOWN = 50


@login_not_required
@reads
def post(request: HttpRequest) -> HttpResponse:
    """The mails written to files, newest first; only in the demo."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not settings.IIZ_DEMO or not folder:
        raise Http404
    address = request.GET.get("an", "").strip().lower()
    mails = [mail for path in _newest(Path(folder)) for mail in _read(path)]
    if address:
        mails = [mail for mail in mails if address in mail["to"].lower()]
    return render(request, "core/demo_post.html", {"mails": mails[:SHOWN], "address": address})


def _newest(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)[:SHOWN]


def _read(path: Path) -> list[dict[str, Any]]:
    """The mails of one file of Django's file backend, which separates them by a line of dashes."""
    mails = []
    for raw in re.split(rb"\n-{79}\n", path.read_bytes()):
        if raw.strip():
            message = email.message_from_bytes(raw.lstrip(), policy=policy.default)
            part = message.get_body(("plain",))
            mails.append(
                {
                    "to": str(message["To"]),
                    "subject": str(message["Subject"]),
                    "at": _moment(message["Date"]),
                    "body": part.get_content() if part is not None else "",
                    "files": [file.get_filename() for file in message.iter_attachments()],
                }
            )
    return mails[::-1]


def _moment(header: Any) -> dt.datetime | None:
    """When a mail was written, in Swiss time; Django writes UTC as ``-0000``, which reads as no zone at all."""
    sent: dt.datetime | None = header.datetime if header is not None else None
    if sent is None:
        return None
    return timezone.localtime(sent if timezone.is_aware(sent) else sent.replace(tzinfo=dt.UTC))
