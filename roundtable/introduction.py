"""Roundtable in plain words, for the start page and the sheet for clients (UX-13, UX-16)."""

from django.utils.translation import gettext_lazy as _

from iiz.core.registry import Introduction

INTRODUCTION = Introduction(
    label=_("Roundtable"),
    words=_(
        "Drei oder mehr Stellen setzen sich mit der Person an einen Tisch, klären die Lage und vereinbaren einen "
        "gemeinsamen Plan."
    ),
    points=(
        (_("Wann"), _("Mehrere Stellen sind beteiligt, und keine kommt allein weiter.")),
        (_("Wie"), _("Die Koordinationsstelle holt die Sicht aller Stellen ein, lädt ein und leitet das Gespräch.")),
        (
            _("Dauer"),
            _("Ein Gespräch von etwa zweieinhalb Stunden. Dann wird der Plan verfolgt, bis er umgesetzt ist."),
        ),
        (_("Was bleibt"), _("Jede Stelle entscheidet und zahlt selbst. Verbindlich ist, was sie zugesagt hat.")),
    ),
    story=(
        _(
            "Ein Mann, 52, ist seit einem Unfall krankgeschrieben. Die IV klärt noch ab, das RAV wartet auf die IV, "
            "die Gemeinde zahlt Sozialhilfe. Er erzählt überall dasselbe und weiss nicht, wer was zuerst tut."
        ),
        _(
            "Seine Beraterin bei der Unfallversicherung meldet den Fall, mit seiner Vollmacht. Die Koordinationsstelle "
            "lädt ein. Er bringt seine Schwester mit."
        ),
        _(
            "Am Ende steht ein Plan: zuerst die Abklärung, dann ein Kurs, dann die Stellensuche. Bei jedem Schritt "
            "steht, wer ihn macht und bis wann. Der Mann unterschreibt, nach drei Monaten schauen alle nach."
        ),
    ),
    plain=(
        _("Beim Roundtable sitzen alle zusammen an einem Tisch: Sie und die Stellen, die mit Ihnen zu tun haben."),
        _("Zusammen machen Sie einen Plan. Im Plan steht, wer was bis wann macht."),
        _("Der Plan gilt erst, wenn Sie ihn unterschrieben haben."),
    ),
    gains=(
        _("Ein Gespräch statt fünf: Sie müssen Ihre Geschichte nicht an jedem Ort neu erzählen."),
        _("Alle haben den gleichen Plan. Sie wissen, wer was macht."),
    ),
    steps=(
        _("Sie unterschreiben eine Vollmacht. Darin steht, welche Stellen miteinander reden dürfen und worüber."),
        _("Die Koordinationsstelle fragt die Stellen, wie sie die Lage sehen. Sie dürfen auch Ihre Sicht sagen."),
        _("Sie bekommen eine Einladung mit Tag, Zeit und Ort."),
        _("Das Gespräch dauert etwa zweieinhalb Stunden. Zuerst reden die Fachleute kurz allein, dann mit Ihnen."),
        _("Sie entscheiden, ob Sie den Plan unterschreiben. Später schauen alle: Was ist gemacht? Was fehlt noch?"),
    ),
)
