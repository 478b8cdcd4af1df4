"""The pages of the steps from the working paper to the Handlungsplan (RT-14 to RT-18)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from iiz.core.registry import ActionPage

from .forms import plan

PLAN = {
    "circulate_plan": ActionPage(
        plan.CirculateForm,
        gettext_lazy("Entwurf zur Durchsicht senden"),
        gettext_lazy(
            "Was im Arbeitspapier steht, geht an alle, die es lesen dürfen. Stellen sagen ihre Schritte zu, und alle "
            "schreiben, was nicht stimmt. Verbindlich ist noch nichts."
        ),
        gettext_lazy("Entwurf senden"),
        done=gettext_lazy("Der Entwurf ist unterwegs. Hier sehen Sie, wer geantwortet hat."),
    ),
    "finalise_plan": ActionPage(
        plan.FinaliseForm,
        gettext_lazy("Verabschieden und versenden"),
        gettext_lazy(
            "Der Handlungsplan gilt ab sofort und geht heute an alle, die ihn lesen dürfen. Ändert sich später etwas, "
            "so gibt es eine neue Fassung; diese bleibt lesbar."
        ),
        gettext_lazy("Verabschieden und versenden"),
        done=gettext_lazy("Der Handlungsplan gilt und ist versandt. Es fehlt noch die Unterschrift."),
    ),
    "drop_plan": ActionPage(
        plan.DropForm,
        gettext_lazy("Entwurf zurückziehen"),
        gettext_lazy(
            "Um Rückmeldungen wird nicht mehr gebeten, Links dazu enden. Das Arbeitspapier und ein verbindlicher "
            "Handlungsplan bleiben, wie sie sind; der Entwurf bleibt lesbar."
        ),
        gettext_lazy("Zurückziehen"),
        danger=True,
        done=gettext_lazy("Der Entwurf ist zurückgezogen."),
    ),
}
