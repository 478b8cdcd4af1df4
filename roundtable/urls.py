"""Addresses of Roundtable."""

from django.urls import path

from .views import enquiries, enquiries_office

app_name = "roundtable"
urlpatterns = [
    path("anmelden/", enquiries.write, name="desk"),
    path("anmelden/gesendet/", enquiries.sent, name="desk_sent"),
    path("anmelden/bestaetigen/<str:token>/", enquiries.confirm, name="desk_confirm"),
    path("koordination/anfragen/", enquiries_office.enquiries, name="enquiries"),
    path("koordination/anfragen/<int:pk>/", enquiries_office.enquiry, name="enquiry"),
    path("koordination/anfragen/<int:pk>/<slug:name>/", enquiries_office.step, name="enquiry_step"),
]
