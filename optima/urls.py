"""Pages of Optima."""

from django.urls import URLPattern, URLResolver

app_name = "optima"
urlpatterns: list[URLPattern | URLResolver] = []
