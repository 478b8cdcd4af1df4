"""The pages of the steps about views before the meeting."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from iiz.core.registry import ActionPage

from .forms import asking

VIEWS = {
    "request_views": ActionPage(
        asking.RequestViewsForm,
        gettext_lazy("Sichten einholen"),
        gettext_lazy(
            "Alle am Tisch sagen vor dem Gespräch, wie es aus ihrer Sicht steht. Lesen darf das nur, für wen die "
            "Vollmacht gilt."
        ),
        gettext_lazy("Um Sichten bitten"),
        done=gettext_lazy("Die Bitte ist unterwegs. Unter «Sichten» sehen Sie, wessen Sicht noch fehlt."),
    ),
}
