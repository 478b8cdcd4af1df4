"""What invented clients of the demo bring to a Roundtable, and what the offices write about it."""

from __future__ import annotations

from dataclasses import dataclass

from . import demo_papers as papers


@dataclass(frozen=True)
class Story:
    """The gist of an invented Roundtable: why it is needed, what shall change, the views, and the plan."""

    reason: str
    wanted: str
    views: dict[str, str]
    """Code of the life area → how it stands, as an office sees it."""
    paper: papers.PaperText


STORIES = (
    Story(
        "Drei Stellen klären nebeneinander, ob eine Umschulung sinnvoll ist. Die Taggelder enden im Frühling, der "
        "Entscheid der IV ist offen, und niemand weiss vom anderen, was zugesagt ist.",
        "Ein gemeinsamer Plan: wer bis wann entscheidet und wovon die Familie in der Zwischenzeit lebt.",
        {
            "arbeit": "Gelernte Detailhandelsfachfrau, seit einem Jahr ohne Stelle. Schnuppertage im Büro liefen gut.",
            "finanzen": "Die Taggelder enden im Frühling. Danach ist offen, wovon die Familie lebt.",
            "alltag": "Die Woche ist gut strukturiert, Termine werden eingehalten.",
        },
        papers.RETRAINING,
    ),
    Story(
        "Nach einem Unfall ist die bisherige Arbeit auf dem Bau nicht mehr möglich. Versicherung, RAV und Gemeinde "
        "warten aufeinander; die Person versteht nicht mehr, wer zuständig ist.",
        "Eine Ansprechperson für alles und ein erster Arbeitsversuch noch in diesem Jahr.",
        {
            "arbeit": "Zwanzig Jahre Erfahrung auf dem Bau, keine Lehre. Möchte in die Arbeitsvorbereitung.",
            "finanzen": "Lebt von Taggeldern der Unfallversicherung, die Miete ist im Rückstand.",
            "wohnen": "Die Wohnung ist gekündigt, eine Lösung bis im Sommer ist nötig.",
        },
        papers.BUILDER,
    ),
    Story(
        "Ein Einsatzprogramm wurde abgebrochen, weil gleichzeitig eine Abklärung lief. Sozialdienst und RAV haben "
        "verschiedene Ziele vereinbart.",
        "Ein Ziel, das für alle gilt, und Schritte in einer Reihenfolge, die aufgeht.",
        {
            "arbeit": "Freude an der Küche, gute Rückmeldungen aus dem Einsatz. Deutsch reicht für einfache Gespräche.",
            "familie": "Zwei Kinder im Schulalter, die Betreuung ist am Nachmittag nicht gesichert.",
            "alltag": "Briefe von Ämtern bleiben liegen; eine Begleitung würde helfen.",
        },
        papers.KITCHEN,
    ),
    Story(
        "Vier Stellen sind beteiligt, jede kennt nur ihren Teil. Die Person hat zwei widersprüchliche Schreiben "
        "erhalten und zieht sich zurück.",
        "Alle an einem Tisch, damit klar wird, was gilt.",
        {
            "arbeit": "Hat als Chauffeur gearbeitet und würde gern wieder fahren oder disponieren.",
            "recht": "Eine Beistandschaft ist beantragt, der Entscheid steht aus.",
            "finanzen": "Betreibungen laufen, ein Budgetplan besteht.",
        },
        papers.DRIVER,
    ),
)
OFFICE_DOUBT = "Was kann im Gespräch entschieden werden, und was braucht vorher einen Bericht?"
THERAPIST = ("Dr. Selina Ulmenrainer", "Psychotherapeutin", "selina.ulmenrainer@praxis.example")
MOTHER = ("Rosmarie {name}", "Mutter", "mutter@familie.example")
GUEST_WORDS = {
    "alltag": "Mit einem festen Wochenplan geht es deutlich besser. Schwierig sind kurzfristige Wechsel.",
    "familie": "Die Familie unterstützt, wo sie kann, und möchte wissen, wen sie anrufen darf.",
}
QUESTION = (
    "Seit wann ist die IV beteiligt, und wer ist dort zuständig?",
    "Seit dem Frühling; zuständig ist die Eingliederungsberatung. Die Abklärung läuft.",
)
NOT_STARTED = {
    "kriterien_nicht_erfuellt": "Beteiligt ist neben Ihnen nur eine Stelle. Eine Absprache zu zweit genügt vorerst.",
    "keine_zustimmung": "",
    "bilateral_geloest": "RAV und IV haben sich am Telefon geeinigt; die Eingliederungsberatung führt.",
    "an_optima": "Eine Stelle kann führen, die andere bleibt im Hintergrund: Dafür ist Optima der kürzere Weg.",
    "sonstige": "Die Person zieht Ende Monat in einen anderen Kanton.",
}
ELSEWHERE = "Mandatszentrum Seeblick"
NOTE = "Alle waren da. Die IV entscheidet bis Ende Monat, das RAV plant den Einsatz danach."
CLOSING = {
    "erster_arbeitsmarkt": "Anstellung mit 80 Prozent seit Anfang Monat, Probezeit läuft.",
    "loesung": "Die Rente ist zugesprochen, die Gemeinde begleitet weiterhin.",
    "ohne_loesung": "Die Person ist weggezogen und nicht mehr erreichbar.",
    "zurueckgezogen": "Die Vollmacht wurde zurückgezogen. Die Stellen arbeiten einzeln weiter.",
}
PLACE = "Amtsplatz 1, 6000 Luzern, Sitzungszimmer 1"
MESSAGE = "Bitte schreiben Sie kurz und ohne Diagnosen. Zehn Minuten genügen."
LOOKING_BACK = (
    (4, "Gut vorbereitet: Alle hatten die Sichten gelesen.", "Zum ersten Mal sassen alle am gleichen Tisch."),
    (3, "Der Teil mit der Klientin oder dem Klienten war zu kurz.", ""),
    (4, "", "Nach zwei Stunden wusste jede Stelle, was sie als Nächstes tut."),
    (2, "Eine Stelle war nicht da; ihre Entscheide fehlten uns.", ""),
    (3, "Ein kürzeres Gespräch hätte auch genügt.", ""),
)
"""What offices say of a meeting afterwards: the mark, a text, and a sentence that may be quoted."""
CORRECTIONS = {
    "RAV": ("step.2", "Das hat die Person schon begonnen. Bitte ab sofort statt später."),
    "IV": ("goal.1", "Bitte ergänzen: mit Rücksicht auf das ärztliche Attest."),
}
"""What offices find wrong in a draft: who, the part, the words."""
STATUS = "Die Schritte laufen wie abgemacht, alle sind erreichbar."
"""What a case manager tells all of a Roundtable of the bulk loader."""
