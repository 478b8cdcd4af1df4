"""The page of an institution: its members and their roles, its entries, its second factor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import accounts, confirmations, institutions
from ..actor import Actor
from ..conflicts import conflict_page
from ..enums import Role
from ..forms.members import RolesForm, SecondFactorForm
from ..http import Request
from ..keeping import givable_roles, manages
from ..mfa import everywhere, required_roles
from ..models import ContactPerson, Institution, Invitation, Membership, ServiceOffer, Signatory, User
from ..workflow import NotAllowed
from .marks import reads, writes

PAGE = 25


# Which institution ----------------------------------------------------------------------------------------------


def seen_institution(request: Request, pk: int | None) -> tuple[Institution, Actor]:
    """The institution whose people this person may look at: the own one, for coordinators any; else 404."""
    actor = request.actor
    if actor is None:
        raise NotAllowed(_("Ihr Konto gehört zu keiner Institution. Bitte wenden Sie sich an die Koordinationsstelle."))
    if pk is None or pk == actor.institution.pk:
        if not actor.sees_cases:
            raise NotAllowed(_("Diese Seite gehört den Personen, die mit Fällen arbeiten."))
        return actor.institution, actor
    if not actor.is_coordination:
        raise Http404
    return get_object_or_404(Institution.objects.active(), pk=pk), actor


def kept_institution(request: Request, pk: int) -> tuple[Institution, Actor]:
    """The same for whoever changes something there; 403 with the reason for those who only look."""
    institution, actor = seen_institution(request, pk)
    if not manages(actor, institution):
        raise NotAllowed(_("Das dürfen nur die Ansprechpersonen Ihrer Institution und die Koordinationsstelle."))
    return institution, actor


def page_of(request: Request, institution: Institution) -> str:
    """The address of the people's page of ``institution``."""
    if request.actor is not None and request.actor.institution == institution:
        return reverse("core:members")
    return reverse("core:members_of", args=[institution.pk])


class InstitutionFilter(forms.Form):
    """What a coordinator looks for."""

    q = forms.CharField(
        label=gettext_lazy("Name oder Ort"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    ohne = forms.BooleanField(label=gettext_lazy("nur ohne Ansprechperson"), required=False)


@reads
def institution_list(request: Request) -> HttpResponse:
    """All institutions for the coordination office, to pick one."""
    if request.actor is None or not request.actor.is_coordination:
        raise NotAllowed(_("Diese Seite gehört der IIZ-Koordinationsstelle."))
    form = InstitutionFilter(request.GET)
    form.is_valid()
    found = getattr(form, "cleaned_data", {})
    offices = Institution.objects.active()
    for word in (found.get("q") or "").split():
        offices = offices.filter(Q(name__icontains=word) | Q(place__icontains=word))
    live = Membership.objects.valid_on().filter(institution=OuterRef("pk"), user__is_active=True)
    offices = offices.annotate(
        people=_count(live, "user"),
        contacts_now=_count(live.filter(role__in=[Role.CONTACT, Role.COORDINATOR]), "user"),
        invited=_count(_open_invitations(), "pk"),
    )
    if found.get("ohne"):
        offices = offices.filter(contacts_now=None)
    page = Paginator(offices.order_by("name"), PAGE).get_page(request.GET.get("seite"))
    rest = request.GET.copy()
    rest.pop("seite", None)
    context = {
        "form": form,
        "page": page,
        "filtered": any(found.values()),
        "newer": _address(rest.urlencode(), page.previous_page_number()) if page.has_previous() else "",
        "older": _address(rest.urlencode(), page.next_page_number()) if page.has_next() else "",
    }
    return render(request, "core/members_institutions.html", context)


def _open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(institution=OuterRef("pk"), accepted_at=None, revoked_at=None)


def _count(rows: QuerySet[Any], field: str) -> Subquery:
    """How many distinct ``field`` there are per institution; none is ``None``."""
    counted = rows.order_by().values("institution").annotate(n=Count(field, distinct=True)).values("n")
    return Subquery(counted)


def _address(rest: str, number: int) -> str:
    return "?" + "&".join(part for part in (rest, f"seite={number}") if part)


# Members --------------------------------------------------------------------------------------------------------


@reads
def members(request: Request, pk: int | None = None) -> HttpResponse:
    """Who belongs to the institution in which role since when; whoever keeps them finds the buttons here."""
    institution, actor = seen_institution(request, pk)
    keeps = manages(actor, institution)
    contacts = ContactPerson.objects.valid_on().filter(institution=institution).select_related("deputy", "user")
    signatories = Signatory.objects.valid_on().filter(institution=institution).select_related("user")
    context = {
        "institution": institution,
        "people": people_of(institution),
        "contacts": contacts.order_by("-purpose", "name", "pk"),
        "offers": ServiceOffer.objects.valid_on().filter(institution=institution).order_by("label", "pk"),
        "confirmation_due": confirmations.is_due(institution),
        "signatories": signatories.order_by("name", "pk"),
        "invitations": _invited(institution) if keeps else [],
        "mfa_roles": role_labels(required_roles(institution) & set(_offered(institution))),
        "keeps": keeps,
        "own": actor.institution == institution,
    }
    return render(request, "core/members.html", context)


def people_of(institution: Institution) -> list[dict[str, Any]]:
    """Each member with roles and the day of the first of them, by name; switched-off accounts too."""
    rows: dict[int, dict[str, Any]] = {}
    live = Membership.objects.valid_on().filter(institution=institution).select_related("user")
    for row in live.order_by("user__last_name", "user__first_name", "user_id", "role"):
        person = rows.setdefault(row.user_id, {"user": row.user, "roles": []})
        person["roles"].append({"label": Role(row.role).label, "since": row.valid_from})
    return list(rows.values())


def role_labels(roles: Iterable[str]) -> list[str]:
    """The words for roles, in the order of the list."""
    return [str(role.label) for role in Role if role in set(roles)]


def _invited(institution: Institution) -> list[dict[str, Any]]:
    rows = accounts.open_invitations(institution)
    return [{"row": row, "roles": role_labels(row.roles)} for row in rows]


def _member(institution: Institution, user: int) -> User:
    live = Membership.objects.valid_on().filter(institution=institution)
    return get_object_or_404(User.objects.filter(pk__in=live.values("user")), pk=user)


@writes
def member(request: Request, pk: int, user: int) -> HttpResponse:
    """Change what somebody may do from now on; what they may do today ends with its date."""
    institution, actor = kept_institution(request, pk)
    person = _member(institution, user)
    roles, held = givable_roles(actor, institution), accounts.held_roles(institution, person)
    seen = ",".join(sorted(held))
    fixed = role_labels(held - set(roles))
    form = RolesForm(request.POST or None, roles=roles, initial={"roles": sorted(held), "version": seen})
    work: accounts.OpenWork | None = None
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["version"] != seen:
            return _overtaken(request, institution, role_labels(form.cleaned_data["roles"]), role_labels(held))
        try:
            changed = accounts.change_roles(actor, institution, person, form.cleaned_data["roles"])
        except ValidationError as error:
            form.add_error("roles", error)
        except accounts.OpenWork as found:
            work = found
        else:
            if changed:
                messages.success(request, _("Die Rollen von %(name)s sind geändert.") % {"name": person})
            return HttpResponseRedirect(page_of(request, institution))
    context = {
        "institution": institution,
        "title": _("Rollen von %(name)s") % {"name": person},
        "lead": _("Die Änderung gilt sofort. Was bisher galt, bleibt mit seinen Daten festgehalten."),
        "fixed": fixed,
        "form": form,
        "work": work,
        "button": _("Rollen speichern"),
        "back": page_of(request, institution),
        "leave_url": "" if person == actor.user else reverse("core:member_leave", args=[institution.pk, person.pk]),
    }
    return render(request, "core/members_form.html", context)


def _overtaken(request: Request, institution: Institution, mine: list[str], theirs: list[str]) -> HttpResponse:
    """Somebody else changed the same roles while the page was open."""
    sentence = _("Die Rollen wurden geändert, während Ihre Seite offen war. Es ist nichts gespeichert.")
    return conflict_page(
        request,
        sentence,
        mine=[(_("Rollen"), ", ".join(mine) or "–")],
        theirs=[(_("Rollen"), ", ".join(theirs) or "–")],
        url=page_of(request, institution),
    )


@writes
def member_leave(request: Request, pk: int, user: int) -> HttpResponse:
    """End everything somebody does for the institution; refused while cases wait for them (ACT-08)."""
    institution, actor = kept_institution(request, pk)
    person = _member(institution, user)
    work: accounts.OpenWork | None = None
    reason = ""
    if request.method == "POST":
        try:
            accounts.leave(actor, institution, person)
        except ValidationError as error:
            reason = str(error.message)
        except accounts.OpenWork as found:
            work = found
        else:
            sentence = _("%(name)s gehört nicht mehr zu %(institution)s.")
            messages.success(request, sentence % {"name": person, "institution": institution})
            return HttpResponseRedirect(page_of(request, institution))
    context = {
        "institution": institution,
        "title": _("Mitarbeit von %(name)s beenden?") % {"name": person},
        "lead": _(
            "Alle Rollen in dieser Institution enden sofort. Das Konto und alles, was die Person "
            "geschrieben hat, bleiben."
        ),
        "work": work,
        "reason": reason,
        "button": _("Mitarbeit beenden"),
        "danger": True,
        "back": page_of(request, institution),
    }
    return render(request, "core/members_form.html", context)


# Second factor --------------------------------------------------------------------------------------------------------


def _offered(institution: Institution) -> list[Role]:
    """The roles that mean something in ``institution``."""
    return [role for role in Role if role != Role.COORDINATOR or institution.is_coordination]


@writes
def second_factor(request: Request, pk: int) -> HttpResponse:
    """For which roles the institution asks for a second factor, beside those that need one everywhere."""
    institution, actor = kept_institution(request, pk)
    always = everywhere()
    labels = role_labels(always & set(_offered(institution)))
    roles = [role for role in _offered(institution) if role not in always]
    seen = ",".join(institution.mfa_roles)
    initial = {"roles": institution.mfa_roles, "version": seen}
    form = SecondFactorForm(request.POST or None, roles=roles, initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["roles"]
        if form.cleaned_data["version"] != seen:
            return _overtaken(request, institution, role_labels(wanted), role_labels(institution.mfa_roles))
        institutions.require_mfa(actor, institution, {*wanted, *(always & set(institution.mfa_roles))})
        messages.success(request, _("Die Regel für die Anmeldung ist gespeichert."))
        return HttpResponseRedirect(page_of(request, institution))
    context = {
        "institution": institution,
        "title": _("Zwei-Faktor-Anmeldung"),
        "lead": _(
            "Ein Passwort kann man erraten oder stehlen. Mit dem Code aus einer App reicht es allein nicht mehr."
        ),
        "note": _("Überall Pflicht: %(roles)s.") % {"roles": ", ".join(labels)} if labels else "",
        "form": form,
        "button": _("Speichern"),
        "back": page_of(request, institution),
    }
    return render(request, "core/members_form.html", context)
