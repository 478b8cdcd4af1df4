"""Optima in plain words, for the start page and the sheet for clients (UX-13, UX-16)."""

from django.utils.translation import gettext_lazy as _

from iiz.core.registry import Introduction

INTRODUCTION = Introduction(
    label=_("Optima"),
    words=_("Eine Stelle gibt die Fallführung für einige Monate an eine andere, die das Ziel besser erreichen kann."),
    points=(
        (_("Wann"), _("Zwei Stellen kennen die Person. Für den nächsten Schritt ist die andere besser eingerichtet.")),
        (
            _("Wie"),
            _("Ein Antrag auf einer Seite. Die andere Stelle nimmt an, fragt zurück oder sagt, warum nicht."),
        ),
        (_("Dauer"), _("Meist drei oder sechs Monate. Danach kehrt die Fallführung zurück.")),
        (_("Was bleibt"), _("Geld und Entscheide bleiben, wo sie sind. Es führt immer nur eine Stelle.")),
    ),
    story=(
        _(
            "Eine Frau, 38, lebt von der Sozialhilfe. Sie hat Verkäuferin gelernt, die Kinder sind betreut, sie will "
            "arbeiten. Ihr Sozialdienst kennt ihre Lage gut, den Stellenmarkt kennt das RAV besser."
        ),
        _(
            "Die Frau ist einverstanden, und der Sozialdienst fragt das RAV an. Nach vier Tagen kommt die Zusage. Beim "
            "Übergabegespräch sitzen alle drei am Tisch."
        ),
        _(
            "Sechs Monate lang führt das RAV. Die Sozialhilfe zahlt weiterhin der Sozialdienst. Im fünften Monat "
            "unterschreibt die Frau einen Arbeitsvertrag."
        ),
    ),
    plain=(
        _("Bei Optima ist eine Zeit lang eine andere Stelle für Sie da."),
        _("Zum Beispiel: Ihr Sozialdienst bittet das RAV, Ihnen bei der Stellensuche zu helfen."),
        _("Ihr Geld bekommen Sie weiterhin von der gleichen Stelle wie vorher."),
    ),
    gains=(
        _("Sie haben für dieses Ziel eine einzige Ansprechperson."),
        _(
            "Führt ein Sozialdienst statt des RAV, kann Sie das RAV von der Stellensuche und von den Gesprächen beim "
            "RAV befreien. Das gilt erst, wenn es schriftlich vereinbart ist."
        ),
    ),
    steps=(
        _("Ihre Stelle bespricht Optima mit Ihnen. Sie sagen Ja oder Nein."),
        _("Ihre Stelle fragt die andere Stelle an. Diese sagt zu oder ab."),
        _("Sie lernen Ihre neue Ansprechperson kennen. Ihre bisherige ist auch dabei."),
        _("Sie treffen sich regelmässig und schauen: Was ist erreicht? Wie geht es weiter?"),
        _("Am Ende ist wieder Ihre bisherige Stelle für Sie da."),
    ),
)
