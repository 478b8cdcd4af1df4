"""Pages of the shared part."""

from django.urls import URLPattern, URLResolver, path, register_converter

from .converters import CaseNumber
from .urls_accounts import urlpatterns as accounts
from .views import (
    absences,
    action,
    case,
    case_list,
    coordination,
    demo,
    documents,
    guests,
    inbox,
    mails,
    meetings,
    put_off,
    sheet,
    start,
    work,
)
from .views.gallery import gallery

register_converter(CaseNumber, "number")

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("merkblatt/", sheet.sheet, name="sheet"),
    path("merkblatt.pdf", sheet.sheet_pdf, name="sheet_pdf"),
    path("pendenzen/", work.work, name="tasks"),
    path("pendenzen/<int:pk>/zurueckstellen/", put_off.put_off, name="put_off"),
    path("pendenzen/<int:pk>/zeigen/", put_off.take_up, name="take_up"),
    path("eingang/", inbox.inbox, name="inbox"),
    path("abwesenheit/neu/", absences.absence_new, name="absence_new"),
    path("abwesenheit/<int:pk>/beenden/", absences.absence_end, name="absence_end"),
    path("faelle/", case_list.case_list, name="cases"),
    path("faelle/<number:number>/", case.case_page, name="case"),
    path("faelle/<number:number>/aktion/<slug:name>/", action.action, name="action"),
    path("faelle/<number:number>/dokumente/neu/", documents.upload, name="upload"),
    path("faelle/<number:number>/dokumente/<int:pk>/", documents.download, name="document"),
    path("faelle/<number:number>/gespraech/<int:pk>.ics", meetings.meeting_calendar, name="meeting_calendar"),
    path("faelle/<number:number>/gespraech/<int:pk>/notiz.pdf", meetings.minutes_pdf, name="minutes_pdf"),
    path("faelle/<number:number>/gespraech/<int:pk>/notiz/", meetings.minutes_text, name="minutes_text"),
    path("faelle/<number:number>/zugang/<int:pk>/sperren/", guests.guest_block, name="guest_block"),
    path("faelle/<number:number>/<slug:tab>/", case.case_tab, name="case_tab"),
    path("gast/<str:token>/", guests.guest, name="guest"),
    path("koordination/", coordination.coordination, name="coordination"),
    path("koordination/mails/", mails.mails, name="mails"),
    path("konto/institution/", start.switch, name="switch"),
    path("demo/post/", demo.post, name="demo_post"),
    path("demo/bausteine/", gallery, name="gallery"),
    *accounts,
]
