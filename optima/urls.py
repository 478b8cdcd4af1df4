"""Pages of Optima."""

from django.urls import URLPattern, URLResolver, path, register_converter

from iiz.core.converters import CaseNumber, Month

from .views import (
    abschluss,
    antrag,
    billing,
    documents,
    file,
    finances,
    kg_form,
    kg_list,
    kg_papers,
    kg_steps,
    kostengutsprache,
    law,
    parts,
    vereinbarung,
    wegweiser,
)

register_converter(CaseNumber, "case_number")
register_converter(Month, "month")

app_name = "optima"
urlpatterns: list[URLPattern | URLResolver] = [
    path("wegweiser/", wegweiser.wegweiser, name="wegweiser"),
    path("kostengutsprachen/", kg_list.kostengutsprachen, name="kg_list"),
    path("kostengutsprachen/neu/<case_number:number>/", kg_form.new, name="kg_new"),
    path("kostengutsprachen/<int:pk>/", kostengutsprache.page, name="kostengutsprache"),
    path("kostengutsprachen/<int:pk>/entwurf/", kg_form.edit, name="kg_edit"),
    path("kostengutsprachen/<int:pk>/schritt/<slug:name>/", kg_steps.step, name="kg_step"),
    path("kostengutsprachen/<int:pk>/datei/<int:document>/", kostengutsprache.file, name="kg_file"),
    path("kostengutsprachen/<int:pk>/kostengutsprache.pdf", kg_papers.kg_pdf, name="kg_pdf"),
    path("kostengutsprachen/<int:pk>/text/", kg_papers.kg_text, name="kg_text"),
    path("kostengutsprachen/<int:pk>/auftragsbestaetigung.pdf", kg_papers.order_pdf, name="order_pdf"),
    path("kostengutsprachen/<int:pk>/auftragsbestaetigung/", kg_papers.order_text, name="order_text"),
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
    path("optima/antrag/<case_number:number>/abschluss.pdf", abschluss.abschluss_pdf, name="abschluss"),
    path("optima/antrag/<case_number:number>/abschluss/", abschluss.abschluss_text, name="abschluss_text"),
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
    path("abrechnung/", billing.billing, name="billing"),
    path("abrechnung/<month:month>/", billing.month, name="billing_month"),
    path("abrechnung/<month:month>/<int:pk>/", billing.debtor, name="billing_debtor"),
    path("abrechnung/rechnung/<int:pk>/", billing.invoice, name="invoice"),
    path("abrechnung/rechnung/<int:pk>.pdf", billing.invoice_file, {"kind": "pdf"}, name="invoice_pdf"),
    path("abrechnung/rechnung/<int:pk>.csv", billing.invoice_file, {"kind": "csv"}, name="invoice_csv"),
    path("abrechnung/rechnung/<int:pk>.xlsx", billing.invoice_file, {"kind": "xlsx"}, name="invoice_xlsx"),
    path("koordination/finanzen/", finances.finances, name="finances"),
    path("koordination/finanzen/<int:year>.csv", finances.costs_file, {"kind": "csv"}, name="finances_csv"),
    path("koordination/finanzen/<int:year>.xlsx", finances.costs_file, {"kind": "xlsx"}, name="finances_xlsx"),
    path("koordination/finanzen/modell/<slug:pair>/", finances.model, name="finances_model"),
    path("koordination/rechtsgrundlagen/", law.law, name="law"),
    path("koordination/rechtsgrundlagen/<slug:code>/entscheid/", law.decision, name="law_decision"),
]
