"""Einstellungen, Mail: each person chooses how it comes."""

import pytest

from iiz.core.enums import MailMode, MailTopic
from iiz.core.models import AuditEntry, MailPreference
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db
PAGE = "/konto/einstellungen/"


@pytest.fixture
def nora():
    return optima.nora()


def values(somebody, **modes: str) -> dict[str, str]:
    """The form as sent, with some choices changed."""
    user = somebody.user
    sent = {"first_name": user.first_name, "last_name": user.last_name, "phone": user.phone}
    defaults = {"decision": "at_once", "deadline": "at_once", "meeting": "at_once", "news": "digest"}
    return sent | {f"mail-{topic}": mode for topic, mode in (defaults | modes).items()}


def test_a_choice_is_kept_shown_and_audited(nora, client_of):
    client = client_of(nora)
    assert client.post(PAGE, values(nora, decision="digest", news="never")).status_code == 302
    chosen = dict(MailPreference.objects.filter(user=nora.user).values_list("topic", "mode"))
    assert chosen == {MailTopic.DECISION: MailMode.DIGEST, MailTopic.NEWS: MailMode.NEVER}
    page = client.get(PAGE).content.decode()
    assert page.count("checked") == 4
    entry = AuditEntry.objects.get(verb="mail_preferences_changed")
    assert entry.changes == {"decision": ["at_once", "digest"], "news": ["digest", "never"]}


def test_what_stays_as_it_was_leaves_no_trace(nora, client_of):
    client_of(nora).post(PAGE, values(nora))
    assert not MailPreference.objects.exists()
    assert not AuditEntry.objects.filter(verb__in=["mail_preferences_changed", "account_changed"]).exists()


@pytest.mark.parametrize("modes", [{"decision": "never"}, {"deadline": "x"}, {"meeting": ""}], ids=str)
def test_a_choice_that_is_not_offered_is_refused_and_nothing_is_saved(nora, client_of, modes):
    response = client_of(nora).post(PAGE, values(nora, news="never", **modes) | {"first_name": "Nele"})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'class="errorlist"' in page
    assert 'value="Nele"' in page
    assert not MailPreference.objects.exists()
    nora.user.refresh_from_db()
    assert nora.user.first_name == "Nora"


def test_a_wrong_name_keeps_the_choice_typed(nora, client_of):
    page = client_of(nora).post(PAGE, values(nora, news="never") | {"last_name": ""}).content.decode()
    assert 'value="never"' in page.split("checked")[-2].split("<input")[-1]
    assert not MailPreference.objects.exists()
