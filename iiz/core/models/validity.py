"""Rows that hold from a day to a day: the base of every dated list (NFR-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class ValidityQuerySet(models.QuerySet):
    """Rows that hold from a day to a day, both inclusive (NFR-07)."""

    def valid_on(self, day: dt.date | None = None) -> ValidityQuerySet:
        """Rows in force on ``day`` (today if left out)."""
        day = day or timezone.localdate()
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def overlapping(self, row: Validity) -> ValidityQuerySet:
        """Rows other than ``row`` that share a day with it; both ends count, so touching periods share none."""
        others = self.exclude(pk=row.pk).filter(Q(valid_until=None) | Q(valid_until__gte=row.valid_from))
        return others if row.valid_until is None else others.filter(valid_from__lte=row.valid_until)


class Validity(models.Model):
    """A row with a first and, perhaps, a last day on which it holds.

    ``once_per`` names the fields whose values may stand in one row a day only; without any, one row of all holds on a
    day; ``None``: no such rule (NFR-07). ``keeps_arrivals``: a case keeps the row of the day it arrived.
    """

    once_per: ClassVar[tuple[str, ...] | None] = None
    keeps_arrivals: ClassVar[bool] = True

    valid_from = models.DateField(_("gültig ab"), default=timezone.localdate)
    valid_until = models.DateField(_("gültig bis"), null=True, blank=True)

    objects = ValidityQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_validity",
                violation_error_message=_("Das Ende liegt vor dem Beginn."),
            )
        ]

    def holds_on(self, day: dt.date) -> bool:
        """Whether this row is in force on ``day``."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def is_settled(self) -> bool:
        """Whether what it says stays: from its first day on."""
        return self.valid_from <= timezone.localdate()

    def clean(self) -> None:
        """Refuse a period that overlaps another row's: on one day, one rule holds."""
        super().clean()
        if self.once_per is None or self.valid_from is None:
            return
        if self.valid_until and self.valid_until < self.valid_from:
            return
        same = {name: getattr(self, name) for name in map(self._attname, self.once_per)}
        if None in same.values():
            return
        rows = type(self)._default_manager.filter(**same).overlapping(self)
        other = rows.order_by("valid_from").first()
        if other is not None:
            raise ValidationError({"valid_from": self._overlap_sentence(other)})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """An overlap is told once, beside its date, and not again by the constraint that guards the table."""
        if exclude and "valid_from" in exclude:
            exclude = {*exclude, *(self.once_per or ())}
        super().validate_constraints(exclude=exclude)

    @classmethod
    def _attname(cls, name: str) -> str:
        return str(cls._meta.get_field(name).attname)  # type: ignore[union-attr]

    @staticmethod
    def _overlap_sentence(other: Validity) -> str:
        first = f"{other.valid_from:%d.%m.%Y}"
        if other.valid_until is None:
            return gettext(
                "Vom %(first)s an gilt bereits eine Zeile für dasselbe. Tragen Sie dort zuerst einen letzten Tag ein "
                "oder wählen Sie hier einen Zeitraum davor."
            ) % {"first": first}
        return gettext(
            "Vom %(first)s bis %(last)s gilt bereits eine Zeile für dasselbe. Beenden Sie diese früher oder wählen Sie "
            "hier einen Zeitraum davor oder danach."
        ) % {"first": first, "last": f"{other.valid_until:%d.%m.%Y}"}
