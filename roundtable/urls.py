"""Addresses of Roundtable."""

from django.urls import path

from .views import enquiries, enquiries_office, perspective, side_by_side

app_name = "roundtable"
urlpatterns = [
    path("anmelden/", enquiries.write, name="desk"),
    path("anmelden/gesendet/", enquiries.sent, name="desk_sent"),
    path("anmelden/bestaetigen/<str:token>/", enquiries.confirm, name="desk_confirm"),
    path("koordination/anfragen/", enquiries_office.enquiries, name="enquiries"),
    path("koordination/anfragen/<int:pk>/", enquiries_office.enquiry, name="enquiry"),
    path("koordination/anfragen/<int:pk>/<slug:name>/", enquiries_office.step, name="enquiry_step"),
    path("roundtable/sicht/<int:pk>/", perspective.view, name="view"),
    path("roundtable/sicht/<int:pk>/<slug:name>/", perspective.view_step, name="view_step"),
    path("roundtable/<number:number>/sichten/text/", side_by_side.text, name="views_text"),
]
