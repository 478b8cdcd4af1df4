"""What waits for whom on the way, until when (principle 2, NFR-06)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from iiz.core.enums import Role, Seat
from iiz.core.workflow import Party, Waiting

from ..effects import application, casework, handover
from ..enums import MeetingKind
from ..enums import OptimaState as S
from .application import UNSTARTED

LOOKS_AT = ("antrag", "participations", "meetings__invitees", "meetings__uebergabegespraech", "meeting_requests")
"""What the conditions and dates below read: fetched once before they are asked."""

WAITS = (
    Waiting(
        "finish_draft",
        S.DRAFT,
        Party.PRINCIPAL,
        label=_("Antrag fertigstellen"),
        why=_("Ihr Entwurf ist noch nicht eingereicht. Bis dahin sieht ihn nur Ihre Institution."),
        button=_("Weiterschreiben"),
        transition="submit",
        role=Role.CASEWORKER,
    ),
    Waiting(
        "decide",
        S.SUBMITTED,
        Party.CONTRACTOR,
        label=_("Antrag prüfen und entscheiden"),
        why=_("Die andere Stelle wartet auf Ihre Antwort. Ohne Entscheid bleibt die Person ohne klare Fallführung."),
        button=_("Ansehen und entscheiden"),
        transition="accept",
        days=14,
    ),
    Waiting(
        "forward",
        S.SUBMITTED,
        Party.COORDINATION,
        label=_("Antrag zuteilen"),
        why=_("Anträge an diese Stelle laufen über die IIZ-Koordinationsstelle."),
        button=_("Ansehen und zuteilen"),
        transition="assign",
        days=3,
        role=Role.COORDINATOR,
        when=application.via_coordination,
    ),
    Waiting(
        "answer",
        S.QUERIED,
        Party.PRINCIPAL,
        label=_("Rückfrage beantworten"),
        why=_("Die angefragte Stelle braucht eine Auskunft. Die Frist für den Entscheid ruht, bis Sie antworten."),
        button=_("Antworten"),
        transition="answer",
        days=7,
        role=Role.CASEWORKER,
    ),
    Waiting(
        "arrange_handover",
        S.ACCEPTED,
        Party.PRINCIPAL,
        label=_("Übergabegespräch vereinbaren"),
        why=_("Der Antrag ist angenommen. Sie wissen am besten, wo sich die Klientin oder der Klient wohl fühlt."),
        button=_("Termin festlegen"),
        transition="plan_handover",
        days=10,
        role=Role.CASEWORKER,
        when=lambda case: case.withdrawn_at is None,
    ),
    Waiting(
        "reply_handover",
        S.HANDOVER_PLANNED,
        Party.CONTRACTOR,
        label=_("Zum Übergabegespräch zu- oder absagen"),
        why=_("Der Auftraggeber hat einen Termin festgelegt und weiss noch nicht, ob er Ihnen passt."),
        button=_("Antworten"),
        transition="reply_meeting",
        days=3,
        role=Role.CASEWORKER,
        when=handover.invited_open(MeetingKind.UEBERGABEGESPRAECH, Seat.CONTRACTOR),
    ),
    Waiting(
        "reply_handover_moved",
        S.HANDOVER_PLANNED,
        Party.PRINCIPAL,
        label=_("Zum verschobenen Übergabegespräch zu- oder absagen"),
        why=_("Der Termin ist verschoben worden, und noch ist offen, ob er Ihnen passt."),
        button=_("Antworten"),
        transition="reply_meeting",
        days=3,
        role=Role.CASEWORKER,
        when=handover.invited_open(MeetingKind.UEBERGABEGESPRAECH, Seat.PRINCIPAL),
    ),
    Waiting(
        "hold_handover",
        S.HANDOVER_PLANNED,
        Party.CONTRACTOR,
        label=_("Übergabegespräch führen und festhalten"),
        why=_(
            "Sie führen das Gespräch und schreiben die Notiz. Erst mit dem Einverständnis aller beginnt die Fallarbeit."
        ),
        button=_("Notiz schreiben"),
        transition="hold_handover",
        role=Role.CASEWORKER,
        due=handover.day_of(MeetingKind.UEBERGABEGESPRAECH),
    ),
    Waiting(
        "agree_note",
        S.HANDOVER_HELD,
        Party.PRINCIPAL,
        label=_("Notiz des Übergabegesprächs lesen und zustimmen"),
        why=_("Die Fallarbeit beginnt erst, wenn alle einverstanden sind. Ein Nein beendet den Auftrag."),
        button=_("Lesen und antworten"),
        transition="agree_note",
        days=5,
        role=Role.CASEWORKER,
        when=handover.seat_open(Seat.PRINCIPAL),
    ),
    Waiting(
        "record_agreements",
        S.HANDOVER_HELD,
        Party.CONTRACTOR,
        label=_("Einverständnis nachtragen"),
        why=_("Von der Klientin, dem Klienten oder Ihnen fehlt noch das Einverständnis zur Notiz."),
        button=_("Nachtragen"),
        transition="record_agreements",
        days=5,
        role=Role.CASEWORKER,
        when=lambda case: handover.seat_open(Seat.CLIENT)(case) or handover.seat_open(Seat.CONTRACTOR)(case),
    ),
    *(
        Waiting(
            "end_withdrawn",
            state,
            Party.PRINCIPAL,
            label=_("Fall nach dem Rückzug beenden"),
            why=_(
                "Das Einverständnis ist zurückgezogen. Der Austausch ist gestoppt, der Fall muss noch beendet werden."
            ),
            button=_("Fall beenden"),
            transition="end_unestablished",
            days=7,
            role=Role.CASEWORKER,
            when=lambda case: case.withdrawn_at is not None,
        )
        for state in UNSTARTED
    ),
    Waiting(
        "close_withdrawn",
        S.RUNNING,
        Party.CONTRACTOR,
        label=_("Fall nach dem Rückzug abschliessen"),
        why=_("Das Einverständnis ist zurückgezogen. Der Austausch ist gestoppt, der Fall muss noch beendet werden."),
        button=_("Fall abschliessen"),
        transition="close_exceptionally",
        days=7,
        role=Role.CASEWORKER,
        when=lambda case: case.withdrawn_at is not None,
    ),
    Waiting(
        "reply_standort",
        S.RUNNING,
        Party.PRINCIPAL,
        label=_("Zum Gespräch zu- oder absagen"),
        why=_("Der Auftragnehmer hat zu einem Gespräch eingeladen und braucht Ihre Antwort."),
        button=_("Antworten"),
        transition="reply_meeting",
        days=3,
        role=Role.CASEWORKER,
        when=lambda case: any(
            handover.invited_open(kind, Seat.PRINCIPAL)(case)
            for kind in (MeetingKind.STANDORTGESPRAECH, MeetingKind.EXTRA)
        ),
    ),
    Waiting(
        "hold_standortgespraech",
        S.RUNNING,
        Party.CONTRACTOR,
        label=_("Standortgespräch führen und festhalten"),
        why=_(
            "Dort entscheiden Sie gemeinsam, ob es weitergeht. Ohne Notiz weiss der Auftraggeber nicht, woran er ist."
        ),
        button=_("Notiz schreiben"),
        transition="hold_standortgespraech",
        role=Role.CASEWORKER,
        when=casework.standort_planned,
        due=handover.day_of(MeetingKind.STANDORTGESPRAECH),
    ),
    Waiting(
        "hold_extra",
        S.RUNNING,
        Party.CONTRACTOR,
        label=_("Zusätzliches Gespräch führen und festhalten"),
        why=_("Der Auftraggeber hat aus wichtigem Grund um das Gespräch gebeten."),
        button=_("Notiz schreiben"),
        transition="hold_extra",
        role=Role.CASEWORKER,
        when=casework.extra_waits,
        due=handover.day_of(MeetingKind.EXTRA),
    ),
    Waiting(
        "plan_standortgespraech",
        S.RUNNING,
        Party.CONTRACTOR,
        label=_("Standortgespräch vereinbaren"),
        why=_("Zurzeit ist kein Standortgespräch geplant. Ohne Termin verliert der Auftraggeber den Anschluss."),
        button=_("Termin festlegen"),
        transition="plan_meeting",
        days=7,
        role=Role.CASEWORKER,
        when=casework.nothing_planned,
    ),
    Waiting(
        "answer_request",
        S.RUNNING,
        Party.CONTRACTOR,
        label=_("Gesprächswunsch beantworten"),
        why=_("Der Auftraggeber bittet aus wichtigem Grund um ein Gespräch und wartet auf Ihre Antwort."),
        button=_("Ansehen und antworten"),
        transition="plan_meeting",
        days=5,
        role=Role.CASEWORKER,
        when=casework.is_wanted,
    ),
    Waiting(
        "planned_end",
        S.RUNNING,
        Party.CONTRACTOR,
        label=_("Geplantes Ende: verlängern oder abschliessen"),
        why=_("Vor dem geplanten Ende ist kein Standortgespräch mehr angesetzt. Verlängert wird nur dort."),
        button=_("Termin festlegen"),
        transition="plan_meeting",
        role=Role.CASEWORKER,
        when=casework.ends_before_next,
        due=lambda case: case.antrag.planned_until,
    ),
    Waiting(
        "resume",
        S.CLOSED,
        Party.PRINCIPAL,
        label=_("Eigene Arbeit wieder aufnehmen"),
        why=_("Die Fallführung liegt wieder bei Ihnen. Was geruht hat, nehmen Sie jetzt wieder auf."),
        button=_("Ansehen und bestätigen"),
        transition="resume",
        days=10,
        role=Role.CASEWORKER,
        when=casework.not_resumed,
    ),
)
