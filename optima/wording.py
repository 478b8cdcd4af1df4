"""The words of a Vereinbarung ALV, out of the dated texts of the canton (SH-05, SH-06, CON-40)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core.blocks import Block, filled
from iiz.core.models import Case
from iiz.core.templatetags.ui import ahv, day

from .models import RuleText, Vereinbarung

PREFIX = "vereinbarung_"
RELEASE, REPORTS, FORM, QUESTION, REST = "zeit", "meldungen", "formular", "punkt3_frage", "rest"
ANSWER = "punkt3_antwort"
"""What is prescribed for item 3, «Ja» or «Nein»; the source is unreadable, so the coordination office enters it."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")
ANSWERS = {"ja": True, "nein": False}


@dataclass(frozen=True)
class Wording:
    """The paragraphs of one Vereinbarung. ``item3``: what is prescribed, ``None`` while nobody has recorded it.

    ``unknown``: placeholders in the texts that stand for nothing.
    """

    release: str
    reports: str
    form: str
    question: str
    rest: str
    item3: bool | None
    unknown: tuple[str, ...] = field(default=())

    @property
    def item3_words(self) -> str:
        """The prescribed answer in a word, or who tells it."""
        told = {True: _("Ja"), False: _("Nein"), None: _("gemäss Angabe Ihrer Beratungsperson")}
        return told[self.item3]

    @property
    def hints(self) -> list[str]:
        """What the coordination office has to put right in its texts, for whoever fills the Vereinbarung in."""
        found = []
        if not self.release:
            found.append(
                _(
                    "Der Text der Vereinbarung ist nicht erfasst, darum gibt es noch kein PDF. Bitte melden Sie es der "
                    "IIZ-Koordinationsstelle; sie erfasst ihn unter «Stammdaten → Texte»."
                )
            )
        if self.item3 is None:
            found.append(
                _(
                    "Wie Punkt 3 des Formulars «Angaben der versicherten Person» auszufüllen ist, ist noch nicht "
                    "erfasst. Das PDF lässt beide Felder leer: Sagen Sie es der Person, und melden Sie es der "
                    "IIZ-Koordinationsstelle. Sie erfasst es unter «Stammdaten → Texte» als «Vereinbarung ALV: Antwort "
                    "zu Punkt 3»."
                )
            )
        if self.unknown:
            names = ", ".join(f"{{{name}}}" for name in self.unknown)
            found.append(
                _(
                    "Im Text steht ein Platzhalter, den das Portal nicht kennt: %(names)s. Bitte melden Sie es der "
                    "IIZ-Koordinationsstelle; sie ändert ihn unter «Stammdaten → Texte»."
                )
                % {"names": names}
            )
        return found


def worded_on(row: Vereinbarung) -> dt.date:
    """The day whose texts hold: of the signature, or when it was replaced; today while it is still to be signed."""
    replaced = timezone.localdate(row.replaced_at) if row.replaced_at else None
    return row.signed_on or replaced or timezone.localdate()


def of(row: Vereinbarung, office: str) -> Wording:
    """The words of a Vereinbarung; ``office`` is the supporting social service."""
    values = {"von": day(row.release_from), "bis": day(row.release_until), "stelle": office}
    return read(worded_on(row), values)


def read(on: dt.date, values: dict[str, str]) -> Wording:
    """The texts of a day with their placeholders filled; one that nobody knows stays as it was written."""
    rows = RuleText.objects.valid_on(on).filter(code__startswith=PREFIX)
    texts = {row.code.removeprefix(PREFIX): row.text.strip() for row in rows}
    names = [name for text in texts.values() for name in PLACEHOLDER.findall(text)]

    def fill(code: str) -> str:
        return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), texts.get(code, ""))

    return Wording(
        release=fill(RELEASE),
        reports=fill(REPORTS),
        form=fill(FORM),
        question=fill(QUESTION),
        rest=fill(REST),
        item3=ANSWERS.get(texts.get(ANSWER, "").rstrip(".").casefold()),
        unknown=tuple(dict.fromkeys(name for name in names if name not in values)),
    )


def blocks(case: Case, row: Vereinbarung, wording: Wording) -> list[Block]:
    """A Vereinbarung as blocks, to copy as text."""
    person = case.person
    assert person is not None  # a Vereinbarung is made for a submitted case, and that has a person
    address = ", ".join(part for part in (person.street, f"{person.postcode} {person.place}".strip()) if part)
    signed = [("", day(row.signed_on) or _("noch nicht unterschrieben"))]
    if row.signed_on is not None and row.first_day <= row.last_day:
        released = {"first": day(row.first_day), "last": day(row.last_day)}
        signed.append((_("Befreit"), _("vom %(first)s bis %(last)s") % released))
    item3 = f"{wording.question} – {wording.item3_words}" if wording.question else ""
    return filled(
        [
            Block(
                "person",
                _("Versicherte Person"),
                [
                    (_("Name"), f"{person.first_name} {person.last_name}"),
                    (_("Adresse"), address),
                    (_("Pers-Nr."), person.rav_number),
                    (_("AHV-Nummer"), ahv(person.ahv_number)),
                ],
            ),
            Block(
                "words",
                _("Vereinbarung"),
                [("", text) for text in (wording.release, wording.reports, wording.form, item3, wording.rest)],
            ),
            Block(
                "adviser",
                _("Beratungsperson beim RAV"),
                [("", row.adviser), (_("Direktwahl"), row.adviser_phone)],
            ),
            Block("signature", _("Unterschrift der versicherten Person"), signed),
            Block("copy", _("Kopie an"), [("", row.fund)]),
        ]
    )
