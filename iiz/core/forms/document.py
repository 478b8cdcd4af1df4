"""Filing a document with a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from .. import consents, files
from ..actor import Actor
from ..enums import Audience, DataCategory
from ..models import Case


class DocumentForm(forms.Form):
    """Title, file and audience of a document that ``actor`` files with ``case``."""

    title = forms.CharField(label=_("Bezeichnung"), max_length=160)
    file = forms.FileField(
        label=_("Datei"),
        help_text=_("PDF, Word, Excel, ODT, JPG oder PNG, höchstens 20 MB."),
        max_length=250,
    )
    audience = forms.ChoiceField(
        label=_("Wer darf es lesen?"),
        choices=Audience.choices,
        initial=Audience.CASE,
        widget=forms.RadioSelect,
        help_text=_("Was für alle beteiligten Stellen ist, liest auch die IIZ-Koordinationsstelle."),
    )

    health = forms.BooleanField(label=_("Enthält Angaben zur Gesundheit"), required=False)

    def __init__(self, *args: Any, case: Case, actor: Actor) -> None:
        super().__init__(*args)
        self.case, self.actor = case, actor
        if case.vollmacht_id is None:
            del self.fields["health"]
            return
        offices = consents.readers(case, DataCategory.HEALTH)
        names = [office.name for office in offices if office != actor.institution]
        words = _("Dann lesen es nur Ihre Stelle, die IIZ-Koordinationsstelle und: %(names)s.")
        nobody = _("Dann lesen es nur Ihre Stelle und die IIZ-Koordinationsstelle.")
        self.fields["health"].help_text = words % {"names": ", ".join(names)} if names else nobody

    def clean_file(self) -> UploadedFile:
        """Let the file in, or say why not."""
        upload: UploadedFile = self.cleaned_data["file"]
        self.content_type = files.receive(upload, self.actor, case=self.case)
        return upload
