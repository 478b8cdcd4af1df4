"""Names: English in the code, German nouns from a closed list, addresses in words that people know."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from iiz.tests.tree import APPS, ROOT, module_of, sources

GLOSSARY = ROOT / "iiz" / "docs" / "glossary.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+?) \| ([^|]+?) \|$", re.M)
CONTRACT_ADDRESSES = (
    "faelle koordination mails pendenzen verzeichnis konto berichte anmelden wegweiser dokumente verlauf zugriff "
    "aktion neu einstellungen institution institutionen einladung einladen beenden person anmeldung stelle speichern "
    "rechtsgrundlagen entscheid verwerfen kalender abschalten gespraech notiz notiz.pdf .ics .pdf .csv .xlsx "
    "abrechnung rechnung finanzen modell adresse eingang zurueckstellen zeigen abwesenheit abschluss abschluss.pdf "
    "roundtable traktanden traktanden.pdf gast zugang sperren merkblatt merkblatt.pdf gesendet anfragen "
    "kostengutsprachen kostengutsprache.pdf entwurf schritt datei auftragsbestaetigung auftragsbestaetigung.pdf "
    "text demo post bausteine optima import bestaetigen healthz readyz antrag.pdf fallakte fallakte.pdf vollmachten "
    "scan rueckzug einschraenken anmeldung.pdf sicht sichten bestaetigung nicht-mehr stand zeile "
    "plan plan.pdf klartext.pdf unterschied rueckmeldungen rueckmeldung durchsicht korrekturen senden bild rundgang "
    "unterschrift status"
)
"""Addresses that people read are German; their names in the code are not. The inside of the admin is apart."""


def glossary() -> tuple[set[str], dict[str, str]]:
    """The German nouns of the code, and for every other German word its name in the code."""
    first, second = GLOSSARY.read_text().split("## Everything else")
    closed = {code for code, _german, _meaning in ROW.findall(first)}
    return closed, {german: code for code, german, _meaning in ROW.findall(second)}


def folded(word: str) -> str:
    """A German word as it would be written in code: ``Übergabe`` → ``uebergabe``."""
    return word.lower().translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"}))


def words_of(name: str) -> list[str]:
    """The words of a CamelCase or snake_case name, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


ENGLISH_ENDINGS = {"young", "sung", "hung", "rung"}
GERMAN = re.compile(r"(?:ung|ungen|keit|heit|schaft|gespraech|grund|gruende|stelle|stellen|person(?:en))$")


def named() -> Iterator[tuple[str, str]]:
    """Where and what: each module and class of the apps, each name in the table of addresses."""
    for path in sources(ROOT):
        module = module_of(ROOT, path)
        yield module, module.rpartition(".")[2]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                yield f"{module}.{node.name}", node.name

    def walk(resolver: URLResolver) -> Iterator[tuple[str, str]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                if (entry.namespace or "core") in {*APPS.values(), None}:
                    yield from walk(entry)
            elif isinstance(entry, URLPattern) and entry.name and entry.callback.__module__.startswith(tuple(APPS)):
                yield f"address {entry.name}", entry.name

    yield from walk(get_resolver())


def test_german_nouns_in_names_are_those_of_the_glossary():
    closed, english = glossary()
    own = {folded(word) for word in closed}
    german = {folded(word): code for word, code in english.items() if folded(word) != code.lower()}
    found = []
    for where, name in named():
        for word in words_of(name):
            if word in own:
                continue
            if word in german:
                found.append(f"{where}: say {german[word]} for {word}")
            elif GERMAN.search(word) and word not in ENGLISH_ENDINGS and word not in {"person", "persons"}:
                found.append(f"{where}: {word} is not in the glossary")
    assert not found, "\n" + "\n".join(found)


def test_no_german_plurals_in_code():
    closed, _english = glossary()
    plurals = {folded(word) + ending for word in closed for ending in ("e", "en", "n", "s")} | {
        "antraege",
        "kostengutsprachen",
        "handlungsplaene",
    }
    assert [where for where, name in named() if plurals & set(words_of(name))] == []


def test_addresses_are_made_of_words_that_people_know():
    closed, _english = glossary()
    known = set(CONTRACT_ADDRESSES.split()) | {folded(word) for word in closed}

    def walk(resolver: URLResolver, before: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            pattern = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, pattern)
            elif entry.callback.__module__.startswith(tuple(APPS)) and not pattern.startswith("admin/"):
                yield pattern

    unknown = {}
    for address in walk(get_resolver(), ""):
        segments = [part for part in re.sub(r"<[^>]*>", "", address).split("/") if part]
        missing = [part for part in segments if part not in known]
        if missing:
            unknown[address] = missing
    assert unknown == {}


def test_the_glossary_names_what_exists():
    """Closed nouns may be reserved for what comes; an English name that looks like a class must be one, or come."""
    closed, english = glossary()
    assert len(closed) == 10
    assert {"Case", "Person", "Institution", "Participation", "Task"} <= set(english.values())
    assert len(set(english)) == len(english)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("AdmissionCriterion", ["admission", "criterion"]),
        ("case_list", ["case", "list"]),
        ("IVOffice", ["iv", "office"]),
    ],
)
def test_names_fall_into_words(name, words):
    assert words_of(name) == words
