"""Rows beside the case work: Vereinbarung ALV and release, registration at the RAV, procedure of the IV.

SH-05 to SH-07, RED-03, RED-05, ALV-07.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from iiz.core.enums import MailTopic, Role
from iiz.core.notify import MailKind
from iiz.core.workflow import CONTRIBUTING, LEADING, Party, Tell, Transition, Waiting

from ..effects import release as effects
from ..effects import work_offer
from ..effects.application import not_withdrawn
from ..effects.handover import day_of
from ..enums import MeetingKind
from ..enums import OptimaState as S
from .application import CONTRACTOR, PRINCIPAL, UNDER_WAY
from .casework import VIEWING

FROM_THE_HANDOVER_ON = (S.HANDOVER_PLANNED, S.HANDOVER_HELD, S.AGREED, S.RUNNING)

ROWS = (
    Transition(
        "make_vereinbarung",
        label=_("Vereinbarung ALV ausfüllen"),
        told=_("hat die Vereinbarung ALV ausgefüllt"),
        sources=UNDER_WAY,
        target=None,
        parties=PRINCIPAL,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.from_rav_to_social, work_offer.release_wanted, effects.none_made),
        effect=effects.make,
        passing=True,
    ),
    Transition(
        "sign_vereinbarung",
        label=_("Unterschrift festhalten"),
        told=_("hat die Unterschrift der Vereinbarung ALV festgehalten"),
        sources=UNDER_WAY,
        target=None,
        parties=PRINCIPAL,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.from_rav_to_social, work_offer.release_wanted, effects.one_unsigned),
        effect=effects.sign,
        tells=(Tell("optima_release_changed", Party.CONTRACTOR),),
        passing=True,
    ),
    Transition(
        "renew_vereinbarung",
        label=_("Vereinbarung ALV ändern oder verlängern"),
        told=_("hat eine neue Vereinbarung ALV an Stelle der bisherigen ausgefüllt"),
        sources=UNDER_WAY,
        target=None,
        parties=PRINCIPAL,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.from_rav_to_social, work_offer.release_wanted, effects.one_made),
        effect=effects.make,
        passing=True,
        rare=True,
    ),
    Transition(
        "end_release",
        label=_("Ende der Befreiung festhalten"),
        told=_("hat das Ende der Befreiung festgehalten"),
        sources=(*UNDER_WAY, S.CLOSED),
        target=None,
        parties=PRINCIPAL,
        levels=VIEWING,
        guards=(not_withdrawn, effects.from_rav_to_social, effects.one_open),
        effect=effects.end,
        tells=(Tell("optima_release_changed", Party.CONTRACTOR),),
        passing=True,
        rare=True,
    ),
    Transition(
        "report_work_offer",
        label=_("Arbeitsangebot wieder intakt melden"),
        told=_("hat gemeldet, dass das Arbeitsangebot wieder intakt ist"),
        sources=(S.RUNNING,),
        target=None,
        parties=CONTRACTOR,
        levels=LEADING,
        guards=(not_withdrawn, effects.from_rav_to_social, work_offer.not_reported),
        effect=work_offer.report,
        tells=(Tell("optima_work_offer", Party.PRINCIPAL),),
        passing=True,
    ),
    Transition(
        "take_back_report",
        label=_("Meldung zurücknehmen"),
        told=_("hat die Meldung zurückgenommen, dass das Arbeitsangebot wieder intakt ist"),
        sources=(S.RUNNING,),
        target=None,
        parties=CONTRACTOR,
        levels=LEADING,
        guards=(not_withdrawn, effects.from_rav_to_social, work_offer.is_reported),
        effect=work_offer.take_back,
        tells=(Tell("optima_work_offer_taken_back", Party.PRINCIPAL),),
        passing=True,
        rare=True,
    ),
    Transition(
        "record_registration",
        label=_("Anmeldung beim RAV festhalten"),
        told=_("hat die Anmeldung beim RAV festgehalten"),
        sources=UNDER_WAY,
        target=None,
        parties=CONTRACTOR,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.registration_waits),
        effect=effects.register,
        passing=True,
        rare=True,
    ),
    Transition(
        "record_iv_rest",
        label=_("Sistierung oder Abschluss des IV-Verfahrens festhalten"),
        told=_("hat festgehalten, was mit dem IV-Verfahren geschieht"),
        sources=(S.AGREED, S.RUNNING),
        target=None,
        parties=PRINCIPAL,
        levels=CONTRIBUTING,
        guards=(not_withdrawn, effects.from_iv_to_social),
        effect=effects.rest,
        passing=True,
        rare=True,
    ),
)

MAILS = (
    MailKind(
        "optima_release_changed",
        _("Fall %(number)s: Befreiung neu festgehalten"),
        _("Der Auftraggeber hat festgehalten, von wann bis wann die Befreiung gilt."),
        _("Fall ansehen"),
    ),
    MailKind(
        "optima_work_offer",
        _("Fall %(number)s: Arbeitsangebot wieder intakt"),
        _(
            "Der Auftragnehmer meldet, dass das Arbeitsangebot wieder intakt ist. Was das für die Befreiung heisst und "
            "was Sie jetzt tun, steht im Fall."
        ),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_work_offer_taken_back",
        _("Fall %(number)s: Meldung zurückgenommen"),
        _(
            "Der Auftragnehmer hat die Meldung zurückgenommen, dass das Arbeitsangebot wieder intakt ist. Es gilt "
            "wieder, was vorher galt; was Sie jetzt tun, steht im Fall."
        ),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
)

WAITS = (
    *(
        Waiting(
            "make_vereinbarung",
            state,
            Party.PRINCIPAL,
            label=_("Vereinbarung ALV ausfüllen"),
            why=_("Ohne unterschriebene Vereinbarung gelten Kontrollpflicht und Stellensuche weiter."),
            button=_("Ausfüllen"),
            transition="make_vereinbarung",
            days=7,
            role=Role.CASEWORKER,
            when=effects.not_made,
        )
        for state in FROM_THE_HANDOVER_ON
    ),
    *(
        Waiting(
            "sign_vereinbarung",
            state,
            Party.PRINCIPAL,
            label=_("Unterschrift der Vereinbarung ALV festhalten"),
            why=_("Erst mit der Unterschrift der Klientin oder des Klienten gilt die Befreiung."),
            button=_("Unterschrift festhalten"),
            transition="sign_vereinbarung",
            role=Role.CASEWORKER,
            when=effects.not_signed,
            due=effects.signed_by,
            due_label=_("Beginn ohne Unterschrift"),
        )
        for state in FROM_THE_HANDOVER_ON
    ),
    *(
        Waiting(
            "release_ends",
            state,
            Party.PRINCIPAL,
            label=_("Befreiung verlängern oder ihr Ende festhalten"),
            why=_(
                "Vor dem letzten Tag erinnert Sie das Portal. Danach gelten Kontrollpflicht und Stellensuche wieder."
            ),
            button=_("Verlängern"),
            transition="renew_vereinbarung",
            role=Role.CASEWORKER,
            when=effects.runs_out,
            due=effects.last_day,
            due_label=_("letzter Tag der Befreiung"),
        )
        for state in UNDER_WAY
    ),
    Waiting(
        "end_release",
        S.CLOSED,
        Party.PRINCIPAL,
        label=_("Ende der Befreiung festhalten"),
        why=_(
            "Der Fall ist abgeschlossen, die Befreiung läuft noch: Mit der Sozialberatung im Auftrag endet auch sie."
        ),
        button=_("Ende festhalten"),
        transition="end_release",
        days=10,
        role=Role.CASEWORKER,
        when=effects.outlasts,
    ),
    Waiting(
        "hold_closing",
        S.RUNNING,
        Party.CONTRACTOR,
        label=_("Abschliessendes Standortgespräch führen und festhalten"),
        why=_(
            "Das Arbeitsangebot ist wieder intakt: Der Optima-Fall wird abgeschlossen. Die Sozialberatung kann "
            "bilateral weitergehen."
        ),
        button=_("Notiz schreiben"),
        transition="hold_standortgespraech",
        role=Role.CASEWORKER,
        when=work_offer.closing_planned,
        due=day_of(MeetingKind.STANDORTGESPRAECH),
        due_label=_("Tag des Gesprächs"),
    ),
    Waiting(
        "plan_closing",
        S.RUNNING,
        Party.CONTRACTOR,
        label=_("Abschliessendes Standortgespräch vereinbaren"),
        why=_(
            "Das Arbeitsangebot ist wieder intakt: Der Optima-Fall wird im Standortgespräch abgeschlossen. Zurzeit ist "
            "keines geplant."
        ),
        button=_("Termin festlegen"),
        transition="plan_meeting",
        days=7,
        role=Role.CASEWORKER,
        when=work_offer.closing_unplanned,
    ),
    *(
        Waiting(
            "record_registration",
            state,
            Party.CONTRACTOR,
            label=_("Anmeldung beim RAV festhalten"),
            why=_(
                "Die Person ist noch nicht als stellensuchend angemeldet. Übergabe und Fallarbeit warten nicht darauf."
            ),
            button=_("Datum festhalten"),
            transition="record_registration",
            days=14,
            role=Role.CASEWORKER,
            when=effects.not_registered,
        )
        for state in UNDER_WAY
    ),
    *(
        Waiting(
            "record_iv_rest",
            state,
            Party.PRINCIPAL,
            label=_("Festhalten, ob das IV-Verfahren sistiert oder abgeschlossen ist"),
            why=_("Der Auftragnehmer muss wissen, was nach dem Auftrag wieder aufgenommen wird und was nicht."),
            button=_("Festhalten"),
            transition="record_iv_rest",
            days=10,
            role=Role.CASEWORKER,
            when=effects.iv_says_nothing,
        )
        for state in (S.AGREED, S.RUNNING)
    ),
)
