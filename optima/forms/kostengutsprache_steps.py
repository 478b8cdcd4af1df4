"""One small form for each step of a Kostengutsprache; ``seen`` is the hash of the words that were shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock, files
from iiz.core.actor import Actor
from iiz.core.forms.fields import PastDate, ShortText
from iiz.core.forms.identity import ProofOfSelf
from iiz.core.http import Request
from iiz.core.models import Signatory
from iiz.core.templatetags.ui import chf, day

from ..kostengutsprache import settling, steps
from ..models import Kostengutsprache, ProviderInvoice
from .fields import LongText, Number

SCAN = gettext_lazy("PDF, JPG oder PNG, höchstens 20 MB.")


class StepForm(forms.Form):
    """A form for one step with one Kostengutsprache."""

    def __init__(self, *args: Any, kg: Kostengutsprache, request: Request, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kg, self.actor = kg, actor


class ConfirmForm(StepForm):
    """Nothing to fill in."""


class ApproveForm(ProofOfSelf):
    """The signature: the words that were shown, and the proof of who signs (KG-05)."""

    seen = forms.CharField(widget=forms.HiddenInput(), max_length=64)

    def __init__(self, *args: Any, kg: Kostengutsprache, request: Request, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, request=request, initial={"seen": kg.content_hash}, **kwargs)


class RefuseForm(StepForm):
    """Why it is refused; the requester reads it (KG-10)."""

    reason = LongText(
        label=gettext_lazy("Begründung"),
        help_text=gettext_lazy("Die beantragende Stelle liest sie. Danach ist diese Kostengutsprache erledigt."),
        error_messages={"required": gettext_lazy("Ohne Begründung weiss die andere Stelle nicht, wie es weitergeht.")},
    )


class AskForm(StepForm):
    """A question before the decision."""

    text = LongText(label=gettext_lazy("Ihre Frage"))


class AnswerForm(StepForm):
    """The answer to it."""

    text = LongText(label=gettext_lazy("Ihre Antwort"))


class WithdrawForm(StepForm):
    """Why the request is taken back."""

    reason = ShortText(limit=250, label=gettext_lazy("Grund"), required=False)


class SignatoryField(forms.ModelChoiceField):
    """Somebody from the payer's list."""

    def label_from_instance(self, obj: Signatory) -> str:
        """Name, function, and up to which amount."""
        parts = [obj.name, obj.function]
        if obj.limit is not None:
            parts.append(_("bis %(limit)s") % {"limit": chf(obj.limit)})
        return ", ".join(part for part in parts if part)


class FileForm(StepForm):
    """A form with a file that a scanner or a telephone made; ``content_type`` is told by its content."""

    file = forms.FileField(label=gettext_lazy("Datei"), help_text=SCAN, max_length=250)
    content_type = ""

    def clean_file(self) -> UploadedFile:
        """Let the file in, or say why not."""
        upload: UploadedFile = self.cleaned_data["file"]
        self.content_type = files.receive(upload, self.actor, case=self.kg.case, kinds=files.SCANS)
        return upload


class PaperForm(FileForm):
    """A signature on paper: whose, of which day, with the signed form (KG-05)."""

    seen = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    signatory = SignatoryField(Signatory.objects.none(), label=gettext_lazy("Wer hat unterschrieben?"))
    signed_on = PastDate(label=gettext_lazy("Unterschrieben am"))
    field_order = ("signatory", "signed_on", "file")

    def __init__(self, *args: Any, kg: Kostengutsprache, **kwargs: Any) -> None:
        super().__init__(*args, kg=kg, initial={"seen": kg.content_hash}, **kwargs)
        field: SignatoryField = self.fields["signatory"]  # type: ignore[assignment]
        field.queryset = Signatory.objects.filter(institution=kg.payer).select_related("user").order_by("name")
        field.empty_label = _("bitte wählen")
        self.fields["file"].label = _("Unterschriebenes Formular")

    def clean_signed_on(self) -> Any:
        """Not before it was asked for."""
        signed = self.cleaned_data["signed_on"]
        if self.kg.requested_on is not None and signed < self.kg.requested_on:
            raise forms.ValidationError(
                _("Beantragt ist sie seit dem %(day)s: Früher kann sie niemand unterschrieben haben.")
                % {"day": day(self.kg.requested_on)}
            )
        return signed


class ForwardForm(FileForm):
    """The provider's invoice: never more than was promised, never the same one twice (KG-09)."""

    number = ShortText(limit=60, short=True, label=gettext_lazy("Rechnungsnummer"))
    dated_on = PastDate(label=gettext_lazy("Rechnungsdatum"))
    amount = Number(label=gettext_lazy("Betrag in CHF"), max_digits=9, decimal_places=2)
    is_last = forms.BooleanField(label=gettext_lazy("Das ist die letzte Rechnung dieser Massnahme."), required=False)
    field_order = ("number", "dated_on", "amount", "file", "is_last")

    def __init__(self, *args: Any, kg: Kostengutsprache, **kwargs: Any) -> None:
        super().__init__(*args, kg=kg, **kwargs)
        self.fields["file"].label = _("Rechnung")
        self.fields["amount"].help_text = _("Bewilligt und noch nicht in Rechnung gestellt: %(rest)s.") % {
            "rest": chf(settling.left(kg))
        }

        if kg.period_from is not None:
            self.fields["dated_on"].help_text = _(
                "Die Massnahme beginnt am %(day)s. Ist die Rechnung älter, fragen Sie zuerst beim Anbieter nach; "
                "weiterleiten können Sie sie trotzdem."
            ) % {"day": day(kg.period_from)}

    def clean(self) -> dict[str, Any]:
        """What uses the promise up is the last one, whether that was said or not."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["is_last"] = data.get("is_last") or settling.is_last_by_default(self.kg, data.get("amount"))
        return data

    def clean_number(self) -> str:
        """Not one that was forwarded already."""
        number: str = self.cleaned_data["number"].strip()
        if reason := settling.known_number(self.kg, number):
            raise forms.ValidationError(reason)
        return number

    def clean_amount(self) -> Any:
        """Within what is left of the promise."""
        amount = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(_("Nötig ist ein Betrag über null."))
        if reason := settling.over_commitment(self.kg, amount):
            raise forms.ValidationError(reason)
        return amount


class InvoiceField(forms.ModelChoiceField):
    """One of the invoices that wait for the payment."""

    def label_from_instance(self, obj: ProviderInvoice) -> str:
        """``R-17 vom 03.12.2026, CHF 1'140.00``."""
        values = {"number": obj.number, "day": day(obj.dated_on), "amount": chf(obj.amount)}
        return _("%(number)s vom %(day)s, %(amount)s") % values


class InvoiceForm(StepForm):
    """About one invoice: if only one waits, it is that one."""

    invoice = InvoiceField(ProviderInvoice.objects.none(), label=gettext_lazy("Rechnung"), empty_label=None)

    def __init__(self, *args: Any, kg: Kostengutsprache, **kwargs: Any) -> None:
        super().__init__(*args, kg=kg, **kwargs)
        waiting = [row.pk for row in steps.unpaid(kg)]
        field: InvoiceField = self.fields["invoice"]  # type: ignore[assignment]
        field.queryset = ProviderInvoice.objects.filter(pk__in=waiting)
        field.initial = waiting[0] if waiting else None
        if len(waiting) == 1:
            field.widget = forms.HiddenInput()


class PayForm(InvoiceForm):
    """On which day the payer has paid."""

    paid_on = PastDate(label=gettext_lazy("Bezahlt am"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = clock.today()


class SendBackForm(InvoiceForm):
    """What is wrong with an invoice."""

    reason = ShortText(
        limit=500,
        label=gettext_lazy("Was stimmt nicht?"),
        help_text=gettext_lazy("Die beantragende Stelle liest es und holt beim Anbieter eine berichtigte Rechnung."),
    )


class RulingForm(StepForm):
    """Day and reference of the payer's order, and nothing else of it (KG-08, OP-12)."""

    ruling_on = PastDate(label=gettext_lazy("Verfügung vom"))
    ruling_reference = ShortText(
        limit=80,
        short=True,
        label=gettext_lazy("Aktenzeichen"),
        help_text=gettext_lazy("Die Verfügung selbst bleibt bei Ihnen. Das Portal hält nur fest, dass es sie gibt."),
    )

    def __init__(self, *args: Any, kg: Kostengutsprache, **kwargs: Any) -> None:
        initial = {"ruling_on": kg.ruling_on, "ruling_reference": kg.ruling_reference}
        super().__init__(*args, kg=kg, initial=initial, **kwargs)
