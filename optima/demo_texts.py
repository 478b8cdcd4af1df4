"""What invented clients of the demo want, why they are stuck, and what the offices write about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """The gist of an invented application."""

    situation: str
    goal: str
    result: str


STORIES = (
    Story(
        "Gelernte Pflegehelferin, seit zwei Jahren ohne Stelle. Nach einer Rückenoperation traut sie sich wieder ein "
        "Pensum von 50 Prozent zu, findet aber allein keinen Einstieg.",
        "Stelle in der Pflege mit 50 Prozent",
        "Unterschriebener Arbeitsvertrag oder Probezeit bestanden",
    ),
    Story(
        "Langjähriger Lagermitarbeiter, Betrieb geschlossen. Sehr motiviert, spricht gut Deutsch, bewirbt sich seit "
        "Monaten ohne Antwort.",
        "Stelle in der Logistik",
        "Anstellung, auch über einen Zwischenverdienst",
    ),
    Story(
        "Köchin ohne Abschluss in der Schweiz, alleinerziehend. Die Kinderbetreuung ist neu geregelt, sie kann am "
        "Vormittag und über Mittag arbeiten.",
        "Teilzeitstelle in einer Gemeinschaftsküche",
        "Schnuppertage und danach ein Vertrag",
    ),
    Story(
        "Maurer mit Kniebeschwerden, kann nicht mehr auf dem Bau arbeiten. Ein Verfahren bei der IV läuft nicht. Er "
        "braucht Begleitung beim Wechsel in einen anderen Beruf.",
        "Berufliche Neuorientierung und Einstieg in eine leichtere Tätigkeit",
        "Arbeitsversuch in einem neuen Beruf",
    ),
    Story(
        "Kaufmännische Angestellte nach Erschöpfung, stabil seit einem halben Jahr. Möchte langsam wieder einsteigen, "
        "hat aber Angst vor dem ersten Schritt.",
        "Schrittweiser Wiedereinstieg ins Büro",
        "Einsatz von 40 Prozent über drei Monate",
    ),
    Story(
        "Junger Mann ohne Lehrabschluss, mehrere abgebrochene Einsätze. Schulden und Konflikte zu Hause stehen der "
        "Stellensuche im Weg.",
        "Schulden geregelt, Tagesstruktur gefestigt",
        "Budgetplan steht, Termine werden eingehalten",
    ),
    Story(
        "Reinigungsfachfrau, 56 Jahre alt, zuverlässig. Zwei befristete Einsätze gut beendet, eine feste Stelle kam "
        "bisher nicht zustande.",
        "Feste Stelle in der Unterhaltsreinigung",
        "Unbefristeter Vertrag ab 60 Prozent",
    ),
    Story(
        "Mechaniker, in der Sozialberatung wegen Trennung und Wohnungssuche. Die Lage ist nun ruhig genug, um wieder "
        "eine Stelle zu suchen.",
        "Vermittlung in die Metallbranche",
        "Drei Vorstellungsgespräche und eine Anstellung",
    ),
    Story(
        "Verkäuferin mit Bewilligung B, Deutsch auf gutem Niveau. Ihr fehlen Kontakte zu Betrieben und Übung im "
        "Vorstellungsgespräch.",
        "Einstieg im Detailhandel",
        "Praktikum mit Aussicht auf Anstellung",
    ),
    Story(
        "Gärtner mit Teilrente, möchte sein restliches Pensum nutzen. Hilfsmittel der IV sind vorhanden, sonst läuft "
        "dort nichts mehr.",
        "Stelle im Gartenunterhalt mit 40 Prozent",
        "Anstellung in einem Betrieb der Region",
    ),
    Story(
        "Serviceangestellte, häufige Absenzen wegen belastender Ereignisse in der Familie. Sie wünscht sich zuerst "
        "Entlastung und dann Arbeit.",
        "Entlastung im Alltag, danach Stellensuche",
        "Betreuung der Angehörigen ist geregelt",
    ),
    Story(
        "Informatiker, lange krank, nun stabil. Sein Wissen ist nicht mehr auf dem neusten Stand. Er lernt schnell und "
        "ist sehr motiviert.",
        "Aktueller Abschluss und Stelle im Support",
        "Kurs abgeschlossen, Einsatz gefunden",
    ),
)

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
