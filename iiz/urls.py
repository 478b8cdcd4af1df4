"""Table of contents: the only module that sees every app."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import include, path
from django.views.generic import RedirectView

from iiz.core.views import health

admin.autodiscover()
# Groups carry the access to cases, authenticators the secrets of second factors: nobody edits them by hand.
for _model in (Group, EmailAddress, Authenticator):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
# The admin site has no login of its own: lockout and second factor would not apply to it.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Nor a page for the password: it would be changed without the rules of the account pages, and unnoted.
admin.site.password_change = RedirectView.as_view(pattern_name="account_change_password")  # type: ignore[method-assign, assignment]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("iiz.core.urls")),
    path("", include("optima.urls")),
    path("", include("roundtable.urls")),
    path("", include("reporting.urls")),
    path("konto/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
