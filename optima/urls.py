"""Pages of Optima."""

from django.urls import URLPattern, URLResolver, path, register_converter

from iiz.core.converters import CaseNumber

from .views import antrag, documents, parts

register_converter(CaseNumber, "case_number")

app_name = "optima"
urlpatterns: list[URLPattern | URLResolver] = [
    path("antrag/neu/", antrag.new, name="new"),
    path("antrag/person/", parts.person_search, name="person_search"),
    path("antrag/stelle/", parts.office, name="office"),
    path("antrag/<case_number:number>/", antrag.antrag, name="antrag"),
    path("antrag/<case_number:number>/speichern/", antrag.save, name="save"),
    path("antrag/<case_number:number>/verwerfen/", antrag.discard, name="discard"),
    path("antrag/<case_number:number>/antrag.pdf", documents.antrag_pdf, name="pdf"),
    path("antrag/<case_number:number>/text/", documents.antrag_text, name="text"),
]
