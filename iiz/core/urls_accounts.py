"""Addresses of accounts, members and the directory."""

from django.urls import URLPattern, URLResolver, path

from .views import directory, settings

urlpatterns: list[URLPattern | URLResolver] = [
    path("verzeichnis/", directory.directory, name="directory"),
    path("konto/einstellungen/", settings.settings, name="settings"),
]
