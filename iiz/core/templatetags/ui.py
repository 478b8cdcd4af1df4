"""The design system in templates: ``{% load ui %}``. See iiz/docs/design.md and /demo/bausteine/."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from stdnum import iban as iban_number

register = template.Library()

MARKS = ("ok", "wait", "stop", "rest")
NOTICES = ("info", "ok", "warn", "stop")


def _component(name: str, **context: Any) -> SafeString:
    """``templates/components/<name>.html`` with ``context`` alone: a part cannot lean on its page."""
    return render_to_string(f"components/{name}.html", context)


def _stripped(content: str) -> SafeString:
    """Content of a block tag without blank space around it; it was escaped where it was written."""
    return mark_safe(content.strip())  # noqa: S308 - see above


# Values -----------------------------------------------------------------------------------------------------


def _digits(number: object) -> str:
    return re.sub(r"\D", "", str(number or ""))


@register.filter
def ahv(number: object) -> str:
    """An AHV number as people write it: ``756.1234.5678.97``; anything else unchanged."""
    digits = _digits(number)
    if len(digits) != 13:
        return str(number or "")
    return f"{digits[:3]}.{digits[3:7]}.{digits[7:11]}.{digits[11:]}"


@register.filter
def ahv_masked(number: object) -> str:
    """An AHV number for lists: ``756.••••.••••.97``; nothing for anything that is none."""
    digits = _digits(number)
    return f"{digits[:3]}.••••.••••.{digits[11:]}" if len(digits) == 13 else ""


@register.filter
def chf(amount: Decimal | int | float | str | None) -> str:
    """An amount in francs: ``CHF 1'250.00``, with a space that does not break; nothing for nothing."""
    if amount is None or amount == "":
        return ""
    return f"CHF\u00a0{Decimal(amount):,.2f}".replace(",", "'")


@register.filter
def iban(number: str) -> str:
    """An IBAN in groups of four: ``CH93 0076 2011 6238 5295 7``."""
    return str(iban_number.format(number))


def _as_date(moment: dt.date | dt.datetime) -> dt.date:
    """The day in Swiss time."""
    if isinstance(moment, dt.datetime):
        return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
    return moment


@register.filter
def day(moment: dt.date | dt.datetime | None) -> str:
    """A day: ``22.11.2026``; nothing for nothing."""
    return f"{_as_date(moment):%d.%m.%Y}" if moment else ""


@register.filter
def when(planned: Any) -> str:
    """When something with ``starts_at`` and ``ends_at`` is: ``Mittwoch, 3. Dezember 2026, 9.00–10.00``."""
    begin, end = (timezone.localtime(moment) for moment in (planned.starts_at, planned.ends_at))
    return f"{date_format(begin, 'l, j. F Y')}, {begin:%-H.%M}–{end:%-H.%M}"


@register.filter
def since(moment: dt.date | dt.datetime | None) -> str:
    """How far a day lies from today, in words: ``seit 2 Tagen``, ``heute``, ``in 3 Tagen``."""
    if not moment:
        return ""
    days = (_as_date(moment) - timezone.localdate()).days
    near = {0: _("heute"), 1: _("morgen"), -1: _("seit gestern")}
    if days in near:
        return near[days]
    if days > 0:
        return ngettext("in %(n)s Tag", "in %(n)s Tagen", days) % {"n": days}
    return ngettext("seit %(n)s Tag", "seit %(n)s Tagen", -days) % {"n": -days}


@register.filter
def minutes(length: dt.timedelta) -> int:
    """A span in whole minutes, at least one."""
    return max(1, round(length.total_seconds() / 60))


@register.filter
def opens_at(length: dt.timedelta) -> str:
    """The time of day after ``length`` from now, for the page of a locked login: ``14:47``."""
    return f"{timezone.localtime() + length:%H:%M}"


@register.filter
def archived(url: str) -> str:
    """The address of a PDF in its variant for the file, PDF/A-3a."""
    return f"{url}{'&' if '?' in url else '?'}ablage=1"


# Small parts ------------------------------------------------------------------------------------------------


@register.simple_tag
def mark(kind: str, text: object) -> SafeString:
    """A status as word, shape and colour; ``kind`` is ok, wait, stop or rest."""
    if kind not in MARKS:
        raise ValueError(f"unknown mark {kind!r}, expected one of {MARKS}")
    return format_html('<span class="mark {}">{}</span>', kind, text)


@register.simple_tag(takes_context=True)
def acting_field(context: Context, next_url: str = "") -> SafeString:
    """The hidden fields of every POST form: CSRF token, the acting institution, and where to go afterwards.

    ``acting`` makes a form from another tab fail instead of acting for the wrong institution (ACT-12).
    """
    request = context.get("request")
    actor = context.get("actor")
    fields = [("csrfmiddlewaretoken", context.get("csrf_token"))]
    fields.append(("acting", actor.institution.pk if actor else None))
    fields.append(("next", next_url or (request.GET.get("next") if request else None)))
    return mark_safe(  # noqa: S308 - each part is escaped by format_html
        "".join(format_html('<input type="hidden" name="{}" value="{}">', *field) for field in fields if field[1])
    )


@register.simple_tag
def action(label: str, url: str = "", kind: str = "", reason: str = "", dialog: bool = False) -> SafeString:
    """A link as button; ``reason`` disables it and says why, ``dialog`` opens its page in a dialog."""
    return _component("action", label=label, url=url, kind=kind, reason=reason, dialog=dialog)


@register.simple_tag
def copy_button(target: str, label: str = "") -> SafeString:
    """A button that copies the text or value of the element with id ``target``; needs JavaScript."""
    return format_html(
        '<button class="btn small" type="button" data-copy="{}" data-done="{}" hidden>{}</button>',
        target,
        _("Kopiert"),
        label or _("Text kopieren"),
    )


@register.simple_tag
def paper(label: str, pdf_url: str = "", text_url: str = "") -> SafeString:
    """The three ways to take a document along: to send, for the file, as text to copy; an empty address is left out."""
    return _component("paper", label=label, pdf_url=pdf_url, text_url=text_url)


@register.simple_tag
def autosave_status(saved_at: dt.datetime | None = None) -> SafeString:
    """The line that says when a draft was saved last; the script of the form keeps it true."""
    return _component("autosave_status", saved_at=saved_at)


# Parts with content -----------------------------------------------------------------------------------------


@register.simple_block_tag
def page_head(content: str, title: str, kicker: str = "", lead: str = "") -> SafeString:
    """The top of a page: kicker, h1, one sentence; the content is its actions."""
    return _component("page_head", title=title, kicker=kicker, lead=lead, actions=_stripped(content))


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """A row of short facts; put ``{% fact %}`` inside."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    """One fact, small label above its value; nothing at all when the value is empty."""
    if not content.strip():
        return SafeString("")
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, content)


@register.simple_block_tag
def definition(content: str, label: str) -> SafeString:
    """One row of a ``<dl class="defs">``: label left, value right; an empty value shows a dash."""
    return format_html("<dt>{}</dt><dd>{}</dd>", label, content if content.strip() else "–")


@register.simple_block_tag
def next_step(content: str, sentence: str, why: str = "") -> SafeString:
    """The box that says what happens next, whose turn it is and why; the content is the button, if any."""
    return _component("next_step", sentence=sentence, why=why, actions=_stripped(content))


@register.simple_block_tag
def card(content: str, title: str = "", aside: str = "", body: bool = False) -> SafeString:
    """A white card that holds a list or table together; ``body=True`` pads running text."""
    return _component("card", title=title, aside=aside, body=body, content=content)


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A calm remark in the page; ``kind`` is info, ok, warn or stop, told by title and text as well."""
    if kind not in NOTICES:
        raise ValueError(f"unknown notice {kind!r}, expected one of {NOTICES}")
    return _component("notice", kind=kind, title=title, content=content)


@register.simple_block_tag
def empty(content: str, sentence: str) -> SafeString:
    """What a list shows when there is nothing: one sentence, then what one can do."""
    return _component("empty", sentence=sentence, content=_stripped(content))


# Parts made from lists --------------------------------------------------------------------------------------


@register.inclusion_tag("components/road.html")
def road(steps: Iterable[Any]) -> dict[str, Any]:
    """Where a case stands; each step has ``label``, ``note`` and ``state`` (done, now, next or stopped)."""
    return {"steps": steps}


@register.inclusion_tag("components/todo.html")
def todo(item: Any, primary: bool = False) -> dict[str, Any]:
    """A row of Pendenzen: ``item`` has ``due``, ``title``, ``detail``, ``why``, ``url`` and ``button``."""
    due = item["due"] if isinstance(item, dict) else item.due
    late = bool(due) and _as_date(due) < timezone.localdate()
    near = bool(due) and abs((_as_date(due) - timezone.localdate()).days) <= 1
    return {"item": item, "late": late, "near": near, "primary": primary}


@register.inclusion_tag("components/log.html")
def log(entries: Iterable[Any]) -> dict[str, Any]:
    """A timeline, newest first; each entry has ``at`` (date or time), ``text`` and ``who``."""
    return {"entries": entries}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], label: str) -> dict[str, Any]:
    """Views of one object; each has ``label``, ``url``, ``current``, ``count``; ``label`` names them all."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/pager.html")
def pager(newer: str = "", older: str = "", note: str = "", back: str = "", more: str = "") -> dict[str, Any]:
    """Pages: addresses of the newer and the older page, empty when there is none; ``back`` and ``more`` rename them."""
    return {"newer": newer, "older": older, "note": note, "back": back or _("Neuere"), "more": more or _("Ältere")}


@register.inclusion_tag("components/filter_bar.html")
def filter_bar(form: BaseForm, reset_url: str = "") -> dict[str, Any]:
    """The filters of a list as one line of a GET form; ``reset_url`` shows a link that lifts them all."""
    return {"form": form, "reset_url": reset_url}


@register.inclusion_tag("components/contents.html")
def contents(sections: Sequence[Any], title: str = "") -> dict[str, Any]:
    """The sections of a long form, beside it on a desk; each has ``id``, ``label`` and ``note``."""
    return {"sections": sections, "title": title or _("Auf dieser Seite")}


@register.inclusion_tag("components/cost_box.html")
def cost_box(rows: Iterable[tuple[str, str]], title: str = "", note: str = "") -> dict[str, Any]:
    """Who pays what, before somebody submits (UX-10); ``rows`` are pairs of what and who or how much."""
    return {"rows": rows, "title": title or _("Was es kostet und wer bezahlt"), "note": note}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet) -> dict[str, Any]:
    """All errors of forms and formsets, each leading to its field. ``{{ form }}`` brings its own."""
    found: list[dict[str, object]] = []
    for form in forms:
        if isinstance(form, BaseFormSet):
            found += [{"id": "", "label": "", "text": text} for text in form.non_form_errors()]
            for part in form.forms:
                found += _errors(part)
        elif form:
            found += _errors(form)
    return {"found": found, "again": any(isinstance(form, BaseForm) and form.files for form in forms)}


def _errors(form: BaseForm) -> list[dict[str, object]]:
    """The errors of one form in the order of its fields; none as long as nothing was sent."""
    if not form.is_bound:
        return []
    found: list[dict[str, object]] = [{"id": "", "label": "", "text": text} for text in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden else field.auto_id
        found += [{"id": target, "label": str(field.label), "text": text} for text in field.errors]
    return found
