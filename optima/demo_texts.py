"""What invented clients of the demo want, why they are stuck, and what the offices write about it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .enums import Outcome, Verdict


@dataclass(frozen=True)
class Story:
    """The gist of an invented application."""

    situation: str
    goal: str
    result: str
    burdened: bool = False
    """Burdens in the surroundings come first: a story for a social service."""


STORIES = (
    Story(
        "Ausbildung in der Pflege, seit zwei Jahren ohne Stelle. Nach einer Rückenoperation ist ein Pensum "
        "von 50 Prozent wieder möglich, allein gelingt der Einstieg aber nicht.",
        "Stelle in der Pflege mit 50 Prozent",
        "Unterschriebener Arbeitsvertrag oder Probezeit bestanden",
    ),
    Story(
        "Lange Erfahrung im Lager, Betrieb geschlossen. Sehr motiviert, gutes Deutsch, seit Monaten Bewerbungen "
        "ohne Antwort.",
        "Stelle in der Logistik",
        "Anstellung, auch über einen Zwischenverdienst",
    ),
    Story(
        "Erfahrung in der Küche, kein Abschluss in der Schweiz, alleinerziehend. Die Kinderbetreuung ist neu geregelt, "
        "Arbeit am Vormittag und über Mittag ist möglich.",
        "Teilzeitstelle in einer Gemeinschaftsküche",
        "Schnuppertage und danach ein Vertrag",
    ),
    Story(
        "Früher auf dem Bau, wegen Kniebeschwerden nicht mehr möglich. Ein Verfahren bei der IV läuft nicht. Nötig ist "
        "Begleitung beim Wechsel in einen anderen Beruf.",
        "Berufliche Neuorientierung und Einstieg in eine leichtere Tätigkeit",
        "Arbeitsversuch in einem neuen Beruf",
    ),
    Story(
        "Kaufmännische Ausbildung, nach einer Erschöpfung stabil seit einem halben Jahr. Der Wunsch nach Arbeit ist "
        "da, die Angst vor dem ersten Schritt auch.",
        "Schrittweiser Wiedereinstieg ins Büro",
        "Einsatz von 40 Prozent über drei Monate",
    ),
    Story(
        "Kein Lehrabschluss, mehrere abgebrochene Einsätze. Schulden und Konflikte zu Hause stehen der "
        "Stellensuche im Weg.",
        "Schulden geregelt, Tagesstruktur gefestigt",
        "Budgetplan steht, Termine werden eingehalten",
        burdened=True,
    ),
    Story(
        "Lange Erfahrung in der Reinigung, zuverlässig. Zwei befristete Einsätze gut beendet, eine feste Stelle kam "
        "bisher nicht zustande.",
        "Feste Stelle in der Unterhaltsreinigung",
        "Unbefristeter Vertrag ab 60 Prozent",
    ),
    Story(
        "Ausbildung in der Mechanik, in der Sozialberatung wegen Trennung und Wohnungssuche. Die Lage ist nun ruhig "
        "genug, um wieder eine Stelle zu suchen.",
        "Vermittlung in die Metallbranche",
        "Drei Vorstellungsgespräche und eine Anstellung",
    ),
    Story(
        "Erfahrung im Verkauf, Bewilligung B, Deutsch auf gutem Niveau. Es fehlen Kontakte zu Betrieben und Übung im "
        "Vorstellungsgespräch.",
        "Einstieg im Detailhandel",
        "Praktikum mit Aussicht auf Anstellung",
    ),
    Story(
        "Erfahrung im Gartenbau, nach einem Unfall nur noch leichte Arbeiten. Motiviert und zuverlässig, allein "
        "gelingt der Einstieg nicht.",
        "Stelle im Gartenunterhalt mit 40 Prozent",
        "Anstellung in einem Betrieb der Region",
    ),
    Story(
        "Erfahrung im Service, häufige Absenzen wegen belastender Ereignisse in der Familie. Zuerst braucht es "
        "Entlastung, dann Arbeit.",
        "Entlastung im Alltag, danach Stellensuche",
        "Betreuung der Angehörigen ist geregelt",
        burdened=True,
    ),
    Story(
        "Ausbildung in der Informatik, lange krank, nun stabil. Das Wissen ist nicht mehr auf dem neusten Stand, die "
        "Motivation gross.",
        "Aktueller Abschluss und Stelle im Support",
        "Kurs abgeschlossen, Einsatz gefunden",
    ),
    Story(
        "Nach der Trennung allein mit zwei kleinen Kindern, die Betreuung ist nicht geregelt. Termine fallen aus, an "
        "Arbeit ist so nicht zu denken.",
        "Betreuung der Kinder geregelt, danach Stellensuche",
        "Betreuungsplätze an vier Tagen, Termine werden eingehalten",
        burdened=True,
    ),
    Story(
        "Trinkt seit dem Verlust der Wohnung wieder mehr und hat mehrere Einsätze abgebrochen. Zuerst braucht es "
        "Halt im Alltag.",
        "Wohnung gesichert, Begleitung bei der Suchtberatung",
        "Sechs Wochen ohne Unterbruch in der Beratung",
        burdened=True,
    ),
)


def story_for(rng: random.Random, contractor_group: str) -> Story:
    """A story that fits whom the case is handed to."""
    return rng.choice([story for story in STORIES if story.burdened == (contractor_group == "SH")])


QUESTIONS = (
    ("Welche Ausbildung und welche Sprachkenntnisse liegen vor?", "Lehre ohne Abschluss, Deutsch auf Niveau B1."),
    ("Gibt es ein aktuelles Arztzeugnis?", "Ja, 50 Prozent arbeitsfähig in einer angepassten Tätigkeit."),
    ("Seit wann ist die Kinderbetreuung geregelt?", "Seit zwei Monaten, an vier Tagen in der Woche."),
    ("Läuft bei einer anderen Stelle noch eine Massnahme?", "Nein, die letzte endete im Frühling."),
)
REFUSAL_TEXTS = (
    "Die Person wird bereits durch eine andere Fachstelle begleitet. Bitte klären Sie zuerst das gemeinsame Vorgehen.",
    "Die Angaben zur Arbeitsfähigkeit widersprechen sich. Ein neuer Antrag ist nach der Klärung willkommen.",
    "Der Umzug in einen anderen Kanton steht fest.",
)
NOTES = ("", "", "Wir melden uns für den Termin.", "Guter Zeitpunkt, die Person ist sehr motiviert.")
PRIOR = ("", "", "Telefon mit der Ansprechperson.", "Kurz besprochen am Rand einer Sitzung.")

PLACES = ("Sitzungszimmer 1", "Sitzungszimmer 3", "Beratungszimmer im Erdgeschoss", "Grosses Sitzungszimmer")
MEASURES = (
    "Zwei Wochen Abklärung, danach Bewerbungstraining. Eine Kostengutsprache ist vorerst nicht nötig.",
    "Einsatzprogramm ab nächstem Monat. Vor dem Beginn holen wir die Kostengutsprache ein.",
    "Wöchentliche Beratung, ein Schnuppertag in einem Betrieb der Region, Kinderbetreuung ist geklärt.",
    "Gespräch mit dem früheren Betrieb, Bewerbungsunterlagen neu, Vermittlung über unser Netz.",
)
PROGRESS = (
    "Zwei Schnuppertage mit guter Rückmeldung, die Termine sind eingehalten. Es fehlt noch eine feste Zusage.",
    "Einsatz mit 50 Prozent seit sechs Wochen, stabil. Der Betrieb prüft eine Anstellung.",
    "Bewerbungsunterlagen sind neu, fünf Gespräche geführt. Die Wohnsituation ist geregelt.",
    "Kurs abgeschlossen, ein Praktikum ist vereinbart. Absenzen gab es keine mehr.",
)
NEXT_MEASURES = (
    "Einsatz weiterführen, Pensum schrittweise auf 60 Prozent erhöhen.",
    "Praktikum begleiten, danach Bewerbungen im gleichen Betrieb.",
    "Vermittlung in den ersten Arbeitsmarkt, alle zwei Wochen ein Gespräch.",
)
CALLS = (
    "Rückfrage zur Krankmeldung, das Zeugnis folgt per Post.",
    "Der Einsatzbetrieb verlängert um zwei Wochen.",
    "Termin beim Arzt verschoben, am Vorgehen ändert sich nichts.",
)
WISHES = (
    ("Die Wohnung ist auf Ende Monat gekündigt, das gefährdet den Einsatz.", "Ist geregelt, siehe Telefonnotiz."),
    ("Der Anspruch auf Arbeitslosenentschädigung endet früher als gedacht.", "Die Kasse hat die Frist bestätigt."),
)
RULINGS = {
    Verdict.CLEARED: "Im laufenden Verfahren geht es nur noch um die Vermittlung. Beide Stellen sind einverstanden.",
    Verdict.DECLINED: "Mit ALE ist das RAV mit dabei. Ein Gespräch mit RAV und IV-Stelle führt hier schneller weiter.",
}
"""Why the coordination office decided as it did."""
HINT = "Am vereinbarten Bewerbungstag ohne Meldung nicht erschienen, telefonisch nicht erreichbar."
HINT_ANSWER = "Rechtliches Gehör gewährt, Verfügung vom gleichen Tag."
MEASURE = "Bewerbungstraining über sechs Wochen, zwei Halbtage in der Woche."
MEASURE_ANSWER = "Drei Wochen sind möglich; die Kostengutsprache folgt separat."
CANNOT = "An diesem Tag bin ich im Kurs. Die Woche darauf geht es gut."
CALLED_OFF = "Der Einsatzbetrieb braucht die Person an diesem Tag, neuer Termin folgt."
DECLINED = "Die Klientin oder der Klient möchte vorerst ohne Begleitung weitermachen."
EXCEPTION = "Nach dem Rückzug des Einverständnisses ist kein Gespräch mehr möglich. Die Stellen sind informiert."
CORRECTION = "Beim Ergebnis falsch angekreuzt, mit beiden Stellen geklärt."
PUT_OFF = "Das Beratungsgespräch ist angesetzt, vorher lässt sich nichts bestätigen."


@dataclass(frozen=True)
class Ending:
    """How a case ends: codes of reason, causes and results, and the papers that are handed over."""

    reason: str
    causes: tuple[str, ...]
    results: tuple[str, ...]
    progress: str
    papers: str = ""


ENDINGS = {
    Outcome.SUCCESS: Ending(
        "ziel_erreicht",
        (),
        ("stelle_unbefristet", "ohne_wsh"),
        "Der Arbeitsvertrag ist unterschrieben, die Probezeit ist bestanden.",
        "Arbeitsvertrag",
    ),
    Outcome.PARTIAL: Ending(
        "bilateral",
        ("vermittelbarkeit_fehlt",),
        ("stelle_befristet", "verdienst_neu"),
        "Befristeter Einsatz mit Lohn, eine feste Stelle kam nicht zustande.",
        "Einsatzvertrag und Zwischenzeugnis",
    ),
    Outcome.FAILED: Ending(
        "ziel_nicht_erreichbar",
        ("keine_arbeitsfaehigkeit",),
        (),
        "Die Gesundheit lässt zurzeit keine Arbeit zu. Der Einsatz wurde beendet.",
    ),
    Outcome.OTHER: Ending(
        "zustaendigkeit_geaendert",
        (),
        (),
        "Nach dem Umzug ist eine andere Stelle zuständig.",
    ),
}
