"""What is said and written about Lea Brunner: invented, 26, three offices and a therapist, from nothing to the end.

The road that the tour shows (``tour``), told in full for whoever clicks through the demo. How it is played stands in
``demo_road``; days and names as in ``demo_papers``.
"""

from __future__ import annotations

from .demo_papers import PaperText, Row
from .demo_texts import Story
from .enums import StepState

NAME = ("Lea", "Brunner")
AGE = 26
EMAIL = "lea.brunner@post.example"
PAPER = PaperText(
    areas={
        "arbeit": {
            "state": "Lehre im Detailhandel im zweiten Jahr abgebrochen, danach Aushilfen im Service. Seit anderthalb "
            "Jahren ohne feste Stelle. Zwei Schnuppertage in einem Treuhandbüro sind gut gelaufen; sie möchte eine "
            "Lehre im Büro machen.",
            "difficulties": "Ohne Entscheid der IV sagt kein Betrieb zu. Der abgebrochene Lehrvertrag steht in jedem "
            "Dossier, und auf die Absagen folgt jedes Mal ein Einbruch.",
            "resources": "Pünktlich, gern am Telefon, sicher mit Zahlen. Zwei Betriebe haben Interesse gezeigt.",
            "questions": "Wie lange dauert die Abklärung noch? Zahlt das RAV einen Kurs, solange sie läuft?",
            "answers": "IV: Das Ergebnis liegt in rund sechs Wochen vor. RAV: Ein kurzer Kurs geht sofort, eine "
            "Lehre mit Unterstützung erst nach dem Entscheid.",
        },
        "finanzen": {
            "state": "Arbeitslosenentschädigung mit kleinem Verdienst, dazu ergänzend Sozialhilfe. Keine Ersparnisse. "
            "Eine Rechnung der Zahnärztin von CHF 1'250.00 wird in Raten bezahlt.",
            "difficulties": "Die Taggelder enden in zwei Monaten. Was danach kommt, hängt am Entscheid der IV.",
            "resources": "Sie führt ein Haushaltbuch und hat keine Betreibungen.",
            "questions": "Wovon lebt sie zwischen dem Ende der Taggelder und dem ersten Lehrlingslohn?",
            "answers": "Sozialdienst: Die Sozialhilfe deckt die Lücke, das Budget wird neu gerechnet.",
        },
        "gesundheit": {
            "state": "Seit zwei Jahren eingeschränkt arbeitsfähig. Am Morgen geht es ihr besser; vier Stunden am Tag "
            "sind gut zu leisten, mit Pausen auch fünf.",
            "difficulties": "Schlechte Nächte, dann fallen Termine am frühen Morgen schwer. Kurzfristige Wechsel "
            "sind eine grosse Belastung.",
            "resources": "Regelmässige Gespräche mit der Therapeutin, klare kleine Ziele, viel Bewegung.",
            "questions": "Mit welchem Pensum kann sie beginnen?",
            "answers": "Therapeutin: Eine Lehre mit 60 Prozent zu Beginn ist möglich, wenn die Woche planbar ist.",
        },
        "wohnen": {
            "state": "Einzimmerwohnung seit drei Jahren, Miete CHF 890.00. Sie fühlt sich dort wohl.",
            "resources": "Gutes Verhältnis zur Vermieterin, die im Haus wohnt.",
        },
        "familie": {
            "state": "Die Mutter lebt im gleichen Quartier, der Vater ist vor Jahren weggezogen. Ein Bruder, mit dem "
            "sie jede Woche kocht.",
            "difficulties": "Die Mutter macht sich Sorgen und ruft die Stellen selbst an. Das ist beiden unangenehm.",
            "resources": "Zwei enge Freundinnen aus der Schulzeit.",
        },
        "alltag": {
            "state": "Steht um sieben Uhr auf, geht viel zu Fuss, spricht Deutsch und gut Italienisch.",
            "difficulties": "Briefe der Ämter bleiben liegen, wenn mehrere am gleichen Tag kommen.",
            "resources": "Freitags öffnet sie die Post mit ihrer Freundin.",
        },
        "recht": {"state": "Schweizerin, keine Beistandschaft, keine laufenden Verfahren."},
    },
    incomes=(
        {"kind": "ale", "amount": "1'180", "since": -210, "until": 60, "note": "Rahmenfrist läuft aus"},
        {"kind": "wsh", "amount": "740", "since": -150, "until": 60, "note": "ergänzend, danach neu zu rechnen"},
        {"kind": "iv_taggeld", "since": 176, "note": "falls die IV die Ausbildung unterstützt"},
    ),
    sick=(
        {"percent": "100", "since": -400, "until": -180, "note": ""},
        {"percent": "50", "since": -179, "until": 90, "note": "sitzende Arbeit mit Wechsel"},
    ),
    decisions=(
        {"owner": "IV", "text": "Unterstützung einer erstmaligen beruflichen Ausbildung", "expected": 42},
        {"owner": "SH", "text": "Neues Budget für die Zeit nach den Taggeldern", "expected": 50, "threatens": ""},
    ),
    goals=(
        {
            "text": "Lea beginnt eine Lehre im Büro, mit 60 Prozent und Unterstützung.",
            "measure": "Der Lehrvertrag ist unterschrieben, und die Probezeit ist bestanden.",
        },
        {
            "text": "Bis dahin ist der Lebensunterhalt ohne Lücke gesichert.",
            "measure": "Jeden Monat liegt am ersten Tag ein gültiges Budget vor.",
        },
        {
            "text": "Die Woche hat eine Form, die auch in schlechten Zeiten hält.",
            "measure": "Vier von fünf Morgen beginnen wie geplant, über acht Wochen.",
        },
    ),
    steps=(
        {
            "what": "Abklärung abschliessen und den Entscheid allen mitteilen",
            "owner": "IV",
            "offer": "Eingliederungsberatung",
            "payer": "IV",
            "start": 1,
            "due": 42,
            "goal": "1",
        },
        {
            "what": "Kurs «Büro und Korrespondenz», acht Halbtage am Morgen",
            "owner": "RAV",
            "offer": "Arbeitsmarktliche Massnahmen",
            "payer": "RAV",
            "start": 10,
            "due": 50,
            "goal": "1",
            "despite": "Der Kurs nützt auf jeden Fall und ist kurz.",
        },
        {
            "what": "Bewerbungen für eine Lehre mit Unterstützung, zuerst bei den zwei Betrieben vom Schnuppern",
            "owner": "RAV",
            "offer": "Beratung und Vermittlung",
            "start": 43,
            "due": 110,
            "after": "1",
            "goal": "1",
            "note": "Die Reihenfolge zählt: Ohne Entscheid der IV sagt kein Betrieb zu.",
            "despite": "Die Bewerbungen beginnen erst nach dem Entscheid.",
        },
        {
            "what": "Bewerbungsdossier überarbeiten, den Abbruch in einem Satz erklären",
            "owner": "client",
            "start": 3,
            "due": 30,
            "goal": "1",
            "despite": "Das Dossier braucht sie in jedem Fall.",
        },
        {
            "what": "Budget für die Zeit nach den Taggeldern rechnen und die Sozialhilfe anpassen",
            "owner": "SH",
            "offer": "Wirtschaftliche Sozialhilfe",
            "payer": "SH",
            "start": 20,
            "due": 55,
            "goal": "2",
        },
        {
            "what": "Zwei Gespräche im Monat mit der Therapeutin",
            "owner": "client",
            "payer": "Krankenkasse",
            "start": 1,
            "due": 200,
            "health": "ja",
            "goal": "3",
            "despite": "Die Therapie geht weiter, wie auch immer die IV entscheidet.",
        },
        {
            "what": "Jeden Freitag die Post öffnen und zwei Fragen für das Case Management notieren",
            "owner": "client",
            "start": 4,
            "due": 120,
            "goal": "3",
            "despite": "",
        },
    ),
    plain="Liebe Frau Brunner. Sie müssen nicht mehr bei drei Ämtern nachfragen: Frau {manager} vom Sozialdienst ist "
    "für Sie da. Zuerst sagt die IV, ob sie Ihre Lehre unterstützt. Danach sucht das RAV mit Ihnen den Betrieb. Ihr "
    "Geld zum Leben ist bis dahin gesichert.",
)
STORY = Story(
    "Drei Stellen, und jede wartet auf die andere: Das RAV wartet auf die IV, die IV klärt seit neun Monaten ab, der "
    "Sozialdienst zahlt und weiss nicht, wie lange noch. Die Therapeutin fragt niemand.",
    "Ein gemeinsamer Plan mit einer Reihenfolge, die aufgeht: damit Lea Brunner im Sommer weiss, woran sie ist.",
    {
        "arbeit": "Schnuppertage gelungen. Ohne Entscheid der IV keine Zusage eines Betriebs.",
        "finanzen": "Die Taggelder enden in zwei Monaten, dann fehlt ein Teil des Einkommens.",
        "alltag": "Kommt zuverlässig, wenn Termine am späten Morgen liegen.",
    },
    PAPER,
)
OWN_WORDS = {
    "arbeit": "Ich möchte eine Lehre im Büro. Am Morgen geht es mir besser.",
    "finanzen": "Ich weiss nicht, wovon ich ab dem Frühling leben soll.",
    "alltag": "Wenn drei Briefe am gleichen Tag kommen, mache ich keinen auf.",
}
THERAPIST_WORDS = {
    "gesundheit": "Eine Lehre mit 60 Prozent zu Beginn ist möglich, wenn die Woche planbar ist.",
    "alltag": "Kleine, feste Schritte tragen. Kurzfristige Wechsel werfen sie zurück.",
}
CORRECTION = ("area.gesundheit", "Fünf Stunden sind nur mit Pausen möglich, bitte so schreiben.")
CORRECTED = {
    "area.gesundheit.state": "Seit zwei Jahren eingeschränkt arbeitsfähig. Am Morgen geht es ihr besser; vier Stunden "
    "am Tag sind gut zu leisten, fünf nur mit zwei längeren Pausen."
}
TAKEN = "Danke, so steht es jetzt im Plan."

FIRST_REPORTS = (
    (4, StepState.DONE, "Das Dossier ist neu, der Abbruch steht in einem Satz."),
    (2, StepState.RUNNING, "Der Kurs hat begonnen, sie war jedes Mal da."),
    (5, StepState.RUNNING, ""),
)
FIRST_NOTE = "Die Abklärung ist auf Kurs, das Dossier ist fertig, zwei weitere Schnuppertage sind vereinbart."
DECIDED = (
    (1, StepState.DONE, "Die IV unterstützt die Ausbildung, der Entscheid ist allen zugestellt."),
    (2, StepState.DONE, "Kurs abgeschlossen, mit guter Rückmeldung."),
    (5, StepState.DONE, "Das neue Budget gilt, es gibt keine Lücke."),
    (3, StepState.RUNNING, "Ein Betrieb will sie für eine Woche auf Probe."),
)
SECOND_NOTE = "Die IV sagt Ja. Ein Treuhandbüro nimmt Lea Brunner für eine Probewoche; wir treffen uns dazu."
CHANGED = {
    "area.arbeit.answers": "IV: Die Ausbildung ist bewilligt, ein Job-Coach kommt in den Betrieb. RAV: Die Probewoche "
    "ist vereinbart.",
    "area.arbeit.difficulties": "Der abgebrochene Lehrvertrag steht in jedem Dossier, und auf die Absagen folgt jedes "
    "Mal ein Einbruch.",
    "area.arbeit.questions": "Wer begleitet den Betrieb in den ersten Monaten?",
    "area.arbeit.resources": "Pünktlich, gern am Telefon, sicher mit Zahlen. Ein Treuhandbüro will sie kennenlernen.",
    "area.finanzen.difficulties": "Bis zum Lehrbeginn bleibt das Budget eng, es geht aber auf.",
    "decision.1.gone": "1",
    "decision.2.gone": "1",
    "income.3.note": "von der IV zugesprochen, ab Lehrbeginn",
    "step.3.what": "Lehrvertrag über 60 Prozent mit dem Treuhandbüro abschliessen",
    "step.2.despite": "",
    "step.3.despite": "",
    "step.3.note": "",
    "step.4.despite": "",
    "step.6.despite": "",
    "plain.text": "Liebe Frau Brunner. Die IV unterstützt Ihre Lehre. Jetzt geht es um den Vertrag mit dem Betrieb. "
    "Ab dem Lehrbeginn begleitet Sie ein Job-Coach, und Sie erhalten ein Taggeld.",
}
"""What the first follow-up meeting changes in the paper; ``NEW_STEPS`` and ``NEW_INCOMES`` come beside."""
NEW_STEPS: tuple[Row, ...] = (
    {
        "what": "Job-Coaching in den ersten drei Monaten der Lehre, alle zwei Wochen im Betrieb",
        "owner": "IV",
        "offer": "Job-Coaching",
        "payer": "IV",
        "after": "3",
        "goal": "1",
    },
)
NEW_INCOMES: tuple[Row, ...] = (
    {"kind": "wsh", "amount": "1'920", "since": -10, "note": "neues Budget, bis zum Lehrbeginn"},
)
COACHING = 84
"""How many days the coaching lasts."""
TOPICS = (3, 1)
"""The steps that the first follow-up meeting is about."""
HANDED_OVER = "Mit dem Entscheid liegt das meiste bei der IV: Sie begleitet Lehre und Betrieb."
CONTRACT = (
    (3, StepState.DONE, "Der Lehrvertrag ist unterschrieben."),
    (7, StepState.DONE, "Läuft von selbst."),
)
THIRD_NOTE = "Der Lehrvertrag ist unterschrieben. Der Job-Coach stellt sich nächste Woche im Betrieb vor."
SUMMER_NOTE = "Betrieb, Berufsschule und Budget sind geregelt. Lea Brunner hat ihre neuen Kolleginnen kennengelernt."
COACHED = ((8, StepState.RUNNING, "Der Einstieg ist gelungen, erste Berufsschultage sind geschafft."),)
FOURTH_NOTE = "Seit vier Wochen in der Lehre: Der Betrieb ist zufrieden, Lea Brunner auch."
LAST_REPORTS = (
    (8, StepState.DONE, "Probezeit bestanden, der Betrieb führt die Begleitung selbst weiter."),
    (6, StepState.RUNNING, "Noch ein Gespräch im Monat."),
)
MEETING_NOTES = (
    "Alle waren da. Zum ersten Mal liegt eine Reihenfolge auf dem Tisch, die für alle gilt.",
    "Die IV unterstützt die Ausbildung. Der Plan ist angepasst, das Case Management geht an die IV-Stelle.",
    "Die Probezeit ist bestanden. Alle sind einverstanden, den Roundtable abzuschliessen.",
)
CLOSING = "Lehre im Büro mit 60 Prozent, Probezeit bestanden. Die IV-Stelle begleitet weiter in ihrem Auftrag."
FEEDBACK = (
    (4, "Zehn Minuten Vorbereitung haben genügt.", "Zum ersten Mal wussten alle das Gleiche."),
    (3, "Die Reihenfolge der Schritte hat uns am meisten geholfen.", ""),
    (4, "Ich musste nicht alles dreimal erzählen.", "Ich wusste nachher, wen ich anrufen kann."),
)
"""Mark, text, and a sentence that may be quoted: two offices, then Lea Brunner herself."""
