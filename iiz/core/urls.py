"""Pages of the shared part."""

from django.urls import URLPattern, URLResolver, path

from .views.gallery import gallery

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/bausteine/", gallery, name="gallery"),
]
