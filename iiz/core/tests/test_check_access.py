"""``manage.py check_access`` finds every place where table and policy disagree (ACT-12)."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from iiz.core import access
from iiz.core.enums import Level
from iiz.core.models import CasePermission
from iiz.core.tests.factories import InstitutionFactory
from optima.tests.factories import draft, ended, submitted

pytestmark = pytest.mark.django_db


def check():
    """What the command prints to standard error, and whether it failed."""
    err = StringIO()
    try:
        call_command("check_access", stdout=StringIO(), stderr=err)
    except CommandError as error:
        return err.getvalue(), str(error)
    return err.getvalue(), ""


def test_it_agrees_with_what_the_workflow_wrote():
    draft()
    submitted()
    ended()

    assert check() == ("", "")


def test_a_missing_row_is_found():
    case = submitted()
    CasePermission.objects.filter(content_object=case).first().delete()

    printed, failed = check()

    assert f"{case.number}: missing" in printed
    assert "1 difference" in failed


def test_a_row_too_many_is_found():
    case = submitted()
    CasePermission.objects.create(
        content_object=case,
        group=InstitutionFactory.create().group,
        permission=access.level_permissions()[Level.VIEW],
    )

    assert f"{case.number}: surplus" in check()[0]


@pytest.mark.parametrize("change", [{"valid_until": dt.date(2030, 1, 1)}, {"level": Level.VIEW}])
def test_another_level_or_end_is_found(change):
    case = submitted()
    row = CasePermission.objects.filter(content_object=case).first()
    if "level" in change:
        change = {"permission": access.level_permissions()[change["level"]]}
    CasePermission.objects.filter(pk=row.pk).update(**change)

    assert f"{case.number}: other level or end" in check()[0]
