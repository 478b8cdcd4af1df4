"""What is written at the meetings of the demo: analysis, goals and steps of invented people.

A number stands for a day, counted from the meeting; ``SH``, ``RAV``, ``IV`` for the office of that group at the table,
``client`` for the client. Whoever pays and is no office stands there by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Row = dict[str, str | int]
"""Field → text, or days from the meeting."""


@dataclass(frozen=True)
class PaperText:
    """A working paper: rows of each part in their order, and life areas by their code beside what the views say."""

    goals: tuple[Row, ...]
    steps: tuple[Row, ...]
    decisions: tuple[Row, ...] = ()
    incomes: tuple[Row, ...] = ()
    sick: tuple[Row, ...] = ()
    areas: dict[str, dict[str, str]] = field(default_factory=dict)
    plain: str = ""


RETRAINING = PaperText(
    goals=(
        {
            "text": "Eine Stelle oder Ausbildung im kaufmännischen Bereich",
            "measure": "Ein Vertrag über mindestens 60 Prozent ist unterschrieben.",
        },
    ),
    steps=(
        {
            "what": "Eignung für das Büro abklären und den Entscheid mitteilen",
            "owner": "IV",
            "offer": "Eingliederungsberatung",
            "payer": "IV",
            "start": 7,
            "due": 45,
            "goal": "1",
        },
        {
            "what": "Bewerbungsdossier auf Stellen im Büro ausrichten",
            "owner": "client",
            "start": 3,
            "due": 30,
            "goal": "1",
        },
        {
            "what": "Kurs «Büro und Korrespondenz» bewilligen und die Anmeldung begleiten",
            "owner": "RAV",
            "offer": "Arbeitsmarktliche Massnahmen",
            "payer": "RAV",
            "start": 46,
            "due": 110,
            "after": "1",
            "goal": "1",
            "despite": "Der Kurs beginnt erst nach dem Entscheid der IV.",
        },
        {
            "what": "Budget für die Zeit nach den Taggeldern aufstellen",
            "owner": "SH",
            "offer": "Sozialberatung",
            "start": 5,
            "due": 40,
        },
    ),
    decisions=({"owner": "IV", "text": "Kostengutsprache für eine Umschulung", "expected": 45},),
    incomes=(
        {"kind": "ale", "amount": "3'420", "since": -300, "until": 70},
        {"kind": "iv_taggeld", "since": 110, "note": "falls die IV die Umschulung bewilligt"},
    ),
    plain="Zuerst sagt die IV, ob eine Umschulung möglich ist. Bis dahin sorgen alle dafür, dass Sie leben können.",
)
BUILDER = PaperText(
    goals=(
        {
            "text": "Ein Arbeitsversuch in der Arbeitsvorbereitung noch in diesem Jahr",
            "measure": "Vier Wochen mit halbem Pensum sind geschafft, der Betrieb gibt eine Rückmeldung.",
        },
        {"text": "Die Wohnung ist gesichert", "measure": "Ein Mietvertrag liegt vor."},
    ),
    steps=(
        {
            "what": "Betrieb für den Arbeitsversuch suchen und die Ziele festlegen",
            "owner": "IV",
            "offer": "Arbeitsvermittlung",
            "payer": "IV",
            "start": 5,
            "due": 48,
            "goal": "1",
        },
        {
            "what": "Stellenprofil und Zeugnisse zusammentragen",
            "owner": "client",
            "start": 2,
            "due": 25,
            "goal": "1",
        },
        {
            "what": "Einführung in die Planungssoftware organisieren",
            "owner": "RAV",
            "offer": "Arbeitsmarktliche Massnahmen",
            "payer": "RAV",
            "start": 20,
            "due": 60,
            "after": "2",
            "goal": "1",
        },
        {
            "what": "Mit der Verwaltung über die Kündigung sprechen und Wohnungen suchen",
            "owner": "SH",
            "offer": "Sozialberatung",
            "start": 3,
            "due": 52,
            "goal": "2",
        },
    ),
    incomes=({"kind": "unfalltaggeld", "amount": "4'180", "since": -200, "until": 120},),
    sick=({"percent": "50", "since": -120, "until": 60, "note": "kein Heben über 10 Kilo"},),
    plain="Sie probieren eine Arbeit aus, die Ihr Rücken aushält. Wir kümmern uns zusammen um die Wohnung.",
)
KITCHEN = PaperText(
    goals=(
        {
            "text": "Eine Anstellung in einer Küche mit geregelten Zeiten",
            "measure": "Ein Vertrag über mindestens 50 Prozent ist unterschrieben.",
        },
    ),
    steps=(
        {
            "what": "Betreuung der Kinder am Nachmittag regeln",
            "owner": "SH",
            "offer": "Sozialberatung",
            "payer": "SH",
            "start": 2,
            "due": 35,
            "goal": "1",
        },
        {
            "what": "Deutschkurs am Vormittag abschliessen",
            "owner": "client",
            "payer": "RAV",
            "start": 1,
            "due": 75,
            "goal": "1",
        },
        {
            "what": "Drei Küchen mit Mittagsbetrieb anfragen und Schnuppertage vereinbaren",
            "owner": "RAV",
            "offer": "Beratung und Vermittlung",
            "start": 36,
            "due": 65,
            "after": "1",
            "goal": "1",
        },
        {
            "what": "Rückmelden, welche Arbeiten gesundheitlich möglich sind",
            "owner": "IV",
            "offer": "Eingliederungsberatung",
            "start": 4,
            "due": 50,
            "health": "ja",
            "goal": "1",
        },
    ),
    incomes=({"kind": "wsh", "amount": "2'310", "since": -400},),
    plain="Wenn am Nachmittag jemand für die Kinder da ist, können Sie in einer Küche arbeiten.",
)
DRIVER = PaperText(
    goals=(
        {
            "text": "Wieder im Transport arbeiten, am Steuer oder in der Disposition",
            "measure": "Ein Einsatz von drei Monaten ist vereinbart.",
        },
    ),
    steps=(
        {
            "what": "Fahreignung abklären lassen und das Ergebnis mitteilen",
            "owner": "IV",
            "offer": "Eingliederungsberatung",
            "payer": "IV",
            "start": 6,
            "due": 49,
            "health": "ja",
            "goal": "1",
        },
        {
            "what": "Einsatz in der Disposition suchen",
            "owner": "RAV",
            "offer": "Beratung und Vermittlung",
            "start": 8,
            "due": 56,
            "goal": "1",
            "despite": "Für die Disposition braucht es die Fahreignung nicht.",
        },
        {
            "what": "Budgetplan mit dem Betreibungsamt absprechen",
            "owner": "SH",
            "offer": "Sozialberatung",
            "start": 4,
            "due": 38,
        },
    ),
    decisions=({"owner": "IV", "text": "Fahreignung", "expected": 49, "health": "ja"},),
    incomes=(
        {"kind": "krankentaggeld", "amount": "3'050", "since": -250, "until": 45},
        {"kind": "wsh", "since": 60, "note": "Gesuch läuft"},
    ),
    plain="Die IV klärt ab, ob Sie wieder fahren dürfen. Gleichzeitig sucht das RAV einen Platz in der Disposition.",
)
