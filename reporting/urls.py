"""Pages of the reports."""

from django.urls import URLPattern, URLResolver, path

from .views import imports, reports

app_name = "reporting"
urlpatterns: list[URLPattern | URLResolver] = [
    path("berichte/", reports.index, name="index"),
    path("berichte/optima/", reports.optima, name="optima"),
    path("berichte/optima/<str:kind>/", reports.optima_file, name="optima_file"),
    path("berichte/roundtable/", reports.roundtable, name="roundtable"),
    path("berichte/roundtable/<str:kind>/", reports.roundtable_file, name="roundtable_file"),
    path("koordination/import/", imports.upload, name="import"),
    path("koordination/import/bestaetigen/", imports.confirm, name="import_confirm"),
]
