"""Filing a document with a case."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from .. import files
from ..enums import Audience


class DocumentForm(forms.Form):
    """Title, file and audience; the file is checked by its content."""

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
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is empty, too large, of an unknown kind or not what its name says."""
        upload: UploadedFile = self.cleaned_data["file"]
        self.content_type = files.check(upload)
        return upload
