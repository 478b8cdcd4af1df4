"""Who acts: a person *for one institution*, with the roles held there today (ACT-12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from django.db.models import Exists, QuerySet

from .enums import CASE_ROLES, WORKING_ROLES, Role
from .models import Institution, Membership, User


@dataclass(frozen=True)
class Actor:
    """A user acting for one institution. Carried in every form, so that two tabs cannot mix."""

    user: User
    institution: Institution
    roles: frozenset[str]
    has_app: bool | None = field(default=None, compare=False)
    """Whether the person has an app as second factor; ``None`` where nobody asked yet."""

    @property
    def group_id(self) -> int:
        """The auth group that the permission rows of cases name."""
        return self.institution.group_id

    @property
    def is_coordination(self) -> bool:
        """Whether this actor works for the coordination office *as a coordinator* (ACT-09)."""
        return self.institution.is_coordination and Role.COORDINATOR in self.roles

    @property
    def sees_cases(self) -> bool:
        """Whether any role opens case data; strategic staff and steering never do (ACT-10)."""
        return bool(self.roles & CASE_ROLES)

    @property
    def works_on_cases(self) -> bool:
        """Whether this actor may write in cases of the institution."""
        return bool(self.roles & WORKING_ROLES)


def apps_of(user: User) -> QuerySet[Authenticator]:
    """The authenticator apps of ``user``: the second factor that an institution may ask for (NFR-11)."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)


def actors_of(user: User) -> list[Actor]:
    """Every institution ``user`` may act for today, with the roles there; one query."""
    rows: dict[int, tuple[Institution, set[str]]] = {}
    live = Membership.objects.valid_on().filter(user=user, institution__is_active=True)
    live = live.annotate(has_app=Exists(apps_of(user)))
    has_app = False
    for membership in live.select_related("institution").order_by("institution__name", "role"):
        has_app = membership.has_app
        rows.setdefault(membership.institution_id, (membership.institution, set()))[1].add(membership.role)
    return [Actor(user, institution, frozenset(roles), has_app) for institution, roles in rows.values()]


def actor_for(user: User, institution: Institution) -> Actor | None:
    """``user`` acting for ``institution``, or ``None`` without a live membership there."""
    roles = Membership.objects.valid_on().filter(user=user, institution=institution)
    names = frozenset(roles.order_by().values_list("role", flat=True))
    if not names or not user.is_active or not institution.is_active:
        return None
    return Actor(user, institution, names)


def members(institution: Institution, roles: Iterable[str]) -> list[User]:
    """Active people who hold one of ``roles`` in ``institution`` today, by name."""
    live = Membership.objects.valid_on().filter(institution=institution, role__in=list(roles))
    return list(User.objects.filter(is_active=True, pk__in=live.values("user")))
