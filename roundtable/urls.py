"""Addresses of Roundtable."""

from django.urls import path

from .views import (
    confirmations,
    enquiries,
    enquiries_office,
    feedback,
    papers,
    perspective,
    plan,
    plan_papers,
    registration,
    side_by_side,
    tour,
    vollmacht,
)

app_name = "roundtable"
urlpatterns = [
    path("anmelden/", enquiries.write, name="desk"),
    path("anmelden/gesendet/", enquiries.sent, name="desk_sent"),
    path("anmelden/bestaetigen/<str:token>/", enquiries.confirm, name="desk_confirm"),
    path("koordination/anfragen/", enquiries_office.enquiries, name="enquiries"),
    path("koordination/anfragen/<int:pk>/", enquiries_office.enquiry, name="enquiry"),
    path("koordination/anfragen/<int:pk>/<slug:name>/", enquiries_office.step, name="enquiry_step"),
    path("koordination/rueckmeldungen/", feedback.answers, name="feedback_answers"),
    path("roundtable/rueckmeldung/<int:pk>/", feedback.give, name="feedback"),
    path("rundgang/", tour.tour, name="tour"),
    path("rundgang/<int:place>/", tour.tour, name="tour_station"),
    path("vollmachten/", vollmacht.vollmacht_list, name="vollmacht_list"),
    path("vollmachten/neu/", vollmacht.vollmacht_new, name="vollmacht_new"),
    path("vollmachten/<int:pk>/", vollmacht.vollmacht, name="vollmacht"),
    path("vollmachten/<int:pk>/scan/", vollmacht.scan, name="vollmacht_scan"),
    path("vollmachten/<int:pk>/rueckzug/", vollmacht.vollmacht_withdraw, name="vollmacht_withdraw"),
    path("vollmachten/<int:pk>/einschraenken/", vollmacht.vollmacht_narrow, name="vollmacht_narrow"),
    path("roundtable/anmeldung/neu/", registration.new, name="new"),
    path("roundtable/anmeldung/person/", registration.person_search, name="person_search"),
    path("roundtable/anmeldung/<number:number>/", registration.registration, name="registration"),
    path("roundtable/anmeldung/<number:number>/entwurf/", registration.save, name="save"),
    path("roundtable/anmeldung/<number:number>/verwerfen/", registration.discard, name="discard"),
    path("roundtable/anmeldung/<number:number>/anmeldung.pdf", registration.registration_pdf, name="registration_pdf"),
    path("roundtable/anmeldung/<number:number>/text/", registration.registration_text, name="registration_text"),
    path("roundtable/bestaetigung/<int:pk>/", confirmations.confirmation, name="confirmation"),
    path("roundtable/bestaetigung/<int:pk>/nicht-mehr/", confirmations.cancel, name="confirm_cancel"),
    path("roundtable/<number:number>/dokumente/<int:pk>/bestaetigen/", confirmations.ask, name="confirm_ask"),
    path("roundtable/sicht/<int:pk>/", perspective.view, name="view"),
    path("roundtable/sicht/<int:pk>/<slug:name>/", perspective.view_step, name="view_step"),
    path("roundtable/<number:number>/sichten/", side_by_side.views, name="views"),
    path("roundtable/<number:number>/sichten/text/", side_by_side.text, name="views_text"),
    path("roundtable/<number:number>/traktanden.pdf", papers.agenda_pdf, name="agenda_pdf"),
    path("roundtable/<number:number>/traktanden/", papers.agenda_text, name="agenda_text"),
    path("roundtable/<number:number>/einladung/<int:pk>.pdf", papers.invitation_pdf, name="invitation_pdf"),
    path("roundtable/<number:number>/einladung/<int:pk>/", papers.invitation_text, name="invitation_text"),
    path("roundtable/<number:number>/plan/<int:version>/", plan.plan, name="plan"),
    path("roundtable/<number:number>/plan/<int:version>/plan.pdf", plan_papers.plan_pdf, name="plan_pdf"),
    path(
        "roundtable/<number:number>/plan/<int:version>/klartext.pdf", plan_papers.plan_plain_pdf, name="plan_plain_pdf"
    ),
    path("roundtable/<number:number>/plan/<int:version>/text/", plan_papers.plan_text, name="plan_text"),
    path("roundtable/<number:number>/plan/<int:version>/unterschied/", plan.plan_diff, name="plan_diff"),
]
