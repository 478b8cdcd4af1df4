"""Dated rows by which months are billed: arrivals have nothing to do with them, invoices do (FIN-05, NFR-07)."""

from __future__ import annotations

import calendar
import datetime as dt

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from iiz.core.models import Validity


class BilledRow(Validity):
    """A dated row that stays as far as months are billed; until then it may be put right, however long it holds."""

    keeps_arrivals = False

    class Meta(Validity.Meta):
        abstract = True

    def billed_for(self) -> dict[str, str]:
        """How to find the invoices that went by rows of this kind."""
        raise NotImplementedError

    @property
    def billed_until(self) -> dt.date | None:
        """The last day of the last month that was billed by such rows."""
        invoices = apps.get_model("optima", "Invoice").objects.filter(**self.billed_for())
        month: dt.date | None = invoices.aggregate(last=Max("month"))["last"]
        return month and month.replace(day=calendar.monthrange(month.year, month.month)[1])

    def is_settled(self) -> bool:
        """From the first billed month on that it touches."""
        last = self.billed_until
        return last is not None and self.valid_from <= last

    def clean(self) -> None:
        """Nothing begins, ends or goes on in months that are billed without it, or with it."""
        super().clean()
        last = self.billed_until
        if last is None or self.valid_from is None:
            return
        if self.valid_until is not None and self.valid_until < self.valid_from:
            return  # told by its constraint
        words = _("Es ist bis zum %(day)s abgerechnet. Wählen Sie einen späteren Tag.")
        told = words % {"day": f"{last:%d.%m.%Y}"}
        old = type(self)._default_manager.filter(pk=self.pk).first()
        if old is None or not old.is_settled() or self.valid_from != old.valid_from:
            if self.valid_from <= last and not self.closes_gap():
                raise ValidationError({"valid_from": told})
        elif old.valid_until != self.valid_until:
            ends = [end for end in (old.valid_until, self.valid_until) if end is not None]
            if min(ends) < last:
                raise ValidationError({"valid_until": told})

    def closes_gap(self) -> bool:
        """Whether the row is for days that nobody could bill, because nothing held on them."""
        return False
