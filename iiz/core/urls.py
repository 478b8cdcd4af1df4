"""Pages of the shared part."""

from django.urls import URLPattern, URLResolver

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = []
