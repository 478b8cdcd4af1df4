"""Addresses of accounts, members and the directory."""

from django.urls import URLPattern, URLResolver, path

from .views import calendar, directory, entries, invitations, members, settings

urlpatterns: list[URLPattern | URLResolver] = [
    path("verzeichnis/", directory.directory, name="directory"),
    path("konto/einstellungen/", settings.settings, name="settings"),
    path("konto/kalender/", calendar.calendar, name="calendar"),
    path("konto/kalender/neu/", calendar.calendar_new, name="calendar_new"),
    path("konto/kalender/abschalten/", calendar.calendar_off, name="calendar_off"),
    path("kalender/<str:token>.ics", calendar.calendar_feed, name="calendar_feed"),
    path("einladung/<str:token>/", invitations.invitation, name="invitation"),
    path("institutionen/", members.institution_list, name="institutions"),
    path("institution/", members.members, name="members"),
    path("institution/<int:pk>/", members.members, name="members_of"),
    path("institution/<int:pk>/einladen/", invitations.invite, name="invite"),
    path(
        "institution/<int:pk>/einladung/<int:invitation>/<slug:name>/",
        invitations.invitation_action,
        name="invitation_action",
    ),
    path("institution/<int:pk>/person/<int:user>/", members.member, name="member"),
    path("institution/<int:pk>/person/<int:user>/beenden/", members.member_leave, name="member_leave"),
    path("institution/<int:pk>/anmeldung/", members.second_factor, name="second_factor"),
    path("institution/<int:pk>/adresse/", entries.address, name="address"),
    path("institution/<int:pk>/bestaetigen/", entries.confirm, name="confirm_directory"),
    path("institution/<int:pk>/<slug:kind>/neu/", entries.entry, name="entry_new"),
    path("institution/<int:pk>/<slug:kind>/<int:entry>/", entries.entry, name="entry"),
    path("institution/<int:pk>/<slug:kind>/<int:entry>/beenden/", entries.entry_end, name="entry_end"),
]
