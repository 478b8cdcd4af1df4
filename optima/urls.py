"""Pages of Optima."""

from django.urls import URLPattern, URLResolver, path, register_converter

from iiz.core.converters import CaseNumber

from .views import antrag, documents, file, law, parts, vereinbarung, wegweiser

register_converter(CaseNumber, "case_number")

app_name = "optima"
urlpatterns: list[URLPattern | URLResolver] = [
    path("wegweiser/", wegweiser.wegweiser, name="wegweiser"),
    path("optima/antrag/neu/", antrag.new, name="new"),
    path("optima/antrag/person/", parts.person_search, name="person_search"),
    path("optima/antrag/stelle/", parts.office, name="office"),
    path("optima/antrag/<case_number:number>/", antrag.antrag, name="antrag"),
    path("optima/antrag/<case_number:number>/speichern/", antrag.save, name="save"),
    path("optima/antrag/<case_number:number>/verwerfen/", antrag.discard, name="discard"),
    path("optima/antrag/<case_number:number>/antrag.pdf", documents.antrag_pdf, name="pdf"),
    path("optima/antrag/<case_number:number>/text/", documents.antrag_text, name="text"),
    path("optima/antrag/<case_number:number>/fallakte.pdf", file.file_pdf, name="file"),
    path("optima/antrag/<case_number:number>/fallakte/", file.file_text, name="file_text"),
    path("optima/antrag/<case_number:number>/notiz/", file.note_text, name="note"),
    path(
        "optima/antrag/<case_number:number>/vereinbarung/<int:pk>.pdf",
        vereinbarung.vereinbarung_pdf,
        name="vereinbarung",
    ),
    path(
        "optima/antrag/<case_number:number>/vereinbarung/<int:pk>/text/",
        vereinbarung.vereinbarung_text,
        name="vereinbarung_text",
    ),
    path("koordination/rechtsgrundlagen/", law.law, name="law"),
    path("koordination/rechtsgrundlagen/<slug:code>/entscheid/", law.decision, name="law_decision"),
]
