"""Table of contents: the only module that sees every app."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from iiz.core.views import health

admin.autodiscover()
# The admin site has no login of its own: lockout and second factor would not apply to it.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("iiz.core.urls")),
    path("optima/", include("optima.urls")),
    path("", include("reporting.urls")),
    path("konto/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
