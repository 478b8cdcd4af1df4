"""The mail of the demo canton, as a page."""

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

pytestmark = pytest.mark.django_db
ADDRESS = "/demo/post/"


@pytest.fixture
def folder(settings, tmp_path):
    settings.IIZ_DEMO, settings.EMAIL_FILE_PATH = True, str(tmp_path)
    return tmp_path


def write(folder, subject, body, to="jan@test.example"):
    EmailMessage(subject, body, None, [to], connection=EmailBackend(file_path=str(folder))).send()


def test_a_mail_is_readable_with_its_umlauts_and_a_link_to_click(client, folder):
    write(folder, "IIZ: Rückfrage", "Grüezi\n\nhttp://testserver/faelle/O-2026-0001/\n<b>kein Markup</b>")
    page = client.get(ADDRESS).content.decode()
    assert "IIZ: Rückfrage" in page
    assert "Grüezi" in page
    assert '<a href="http://testserver/faelle/O-2026-0001/"' in page
    assert "<b>kein Markup</b>" not in page


def test_one_can_look_at_the_mail_of_one_address(client, folder):
    write(folder, "Für Jan", "eins")
    write(folder, "Für Nora", "zwei", "nora@test.example")
    page = client.get(ADDRESS, {"an": "nora@"}).content.decode()
    assert "Für Nora" in page
    assert "Für Jan" not in page


def test_without_mail_the_page_says_so(client, folder):
    assert "Noch keine Mail" in client.get(ADDRESS).content.decode()


def test_outside_the_demo_there_is_no_such_page(client, settings, tmp_path):
    settings.IIZ_DEMO, settings.EMAIL_FILE_PATH = False, str(tmp_path)
    assert client.get(ADDRESS).status_code == 404
