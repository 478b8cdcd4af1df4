"""A new Vollmacht, for somebody with or without a case (CAN-BL, PER-06)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils.translation import gettext as _

from iiz.core.actor import Actor
from iiz.core.forms.person import PersonForm
from iiz.core.models import Person, Scan

from .consent import ConsentForm, ScanField
from .scope import Scope


class VollmachtForm(ConsentForm):
    """Days, lines and scan of a Vollmacht. ``kept`` is a scan that came with an earlier try."""

    scan = ScanField()

    def __init__(self, *args: Any, actor: Actor, scope: Scope, kept: Scan | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.scope, self.kept = actor, scope, kept
        self.fields["add_office"].offices = scope.known  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody else is named, and the paper is there."""
        data = super().clean()
        problem = self.scope.problem()
        if problem and not self.has_error("add_office"):
            self.add_error("add_office", ValidationError(problem, code="required"))
        if self.kept is None and not self.has_error("scan"):
            self.add_error(
                "scan", ValidationError(_("Bitte legen Sie die unterschriebene Vollmacht ab."), code="required")
            )
        return data


class NewVollmachtForm(VollmachtForm, PersonForm):
    """The same with the person, where no case says who it is."""


def form_for(person: Person | None) -> type[VollmachtForm]:
    """The form for a known person, or for one that is typed."""
    return NewVollmachtForm if person is None else VollmachtForm


def wrong_file(form: Form, sentence: str) -> None:
    """Say beside the field why a file was not taken, in place of its being missing."""
    form.errors.pop("scan", None)
    form.add_error("scan", sentence)
