"""Whether words that leave the portal, such as a place in a calendar, give away who the client is (principle 7)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from .models import Case

SHORT_NAME = 3
"""From how many letters on a word of the client's name is looked for."""
INSIDE = 5
"""From how many letters on it is found inside a longer word of a link, too."""
SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
HYPHEN = re.compile("(?<=[^\\W_])[-\u00ad\u2010\u2011]\\s*(?=[^\\W_])")
STREET = re.compile(r"(?P<name>.*?)\s*(?P<number>\d*)\s*[a-z]?\s*")


def names_client(text: str, case: Case) -> bool:
    """Whether ``text`` holds the client's last name (or a part of it), also in the genitive, or where they live.

    A word that belongs to the name or the place of an office of the case is no give-away. A link is read decoded,
    and a name inside one of its words counts.
    """
    if case.person is None or not text:
        return False
    link = "://" in text
    folded = _fold(unquote(text) if link else text)
    offices = _offices(case)
    names = [word for word in _words(_fold(case.person.last_name)) if len(word) >= SHORT_NAME and word not in offices]
    found = _words(folded)
    if any(word in (name, f"{name}s") for name in names for word in found):
        return True
    if link and any(name in word for name in names if len(name) >= INSIDE for word in found):
        return True
    return _lives_there(folded, _fold(case.person.street), offices)


def _fold(text: str) -> str:
    """Small letters without accents; umlauts as two letters."""
    spelt = unicodedata.normalize("NFC", text).casefold().translate(SPELT)
    return "".join(sign for sign in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(sign))


def _words(text: str) -> set[str]:
    """The words of a folded text, those with hyphens both in their parts and as one."""
    return {word for form in (text, HYPHEN.sub("", text)) for word in re.findall(r"[^\W_]+", form)}


def _offices(case: Case) -> set[str]:
    """The words in the names and places of the institutions that take part."""
    parts = case.participations.select_related("institution")
    return {
        word
        for part in parts
        for text in (part.institution.name, part.institution.short_name, part.institution.place)
        for word in _words(_fold(text))
    }


def _lives_there(text: str, street: str, offices: set[str]) -> bool:
    """Whether ``text`` names the street, shortened or not, with the same number or none."""
    known = STREET.fullmatch(street.strip())
    if known is None or not known["name"]:
        return False
    name, number = known["name"], known["number"]
    stem = re.sub(r"[\W_]*(strasse|str\.?)$", "", name)
    words = r"[\W_]*".join(re.escape(word) for word in re.findall(r"[^\W_]+", stem))
    over = r"(?![^\W_\d])"
    ending = rf"[\W_]*str(?:asse)?{over}\.?" if stem != name else over
    alone = len(name) > INSIDE and name not in offices
    for hit in re.finditer(rf"(?<![^\W_]){words}{ending}[\s_+-]*(?P<number>\d*)", text):
        if hit["number"] == number or (not hit["number"] and alone) or (not number and alone):
            return True
    return False
