"""The base of every form behind a transition: one action of one actor on one case."""

from __future__ import annotations

from typing import Any

from django import forms

from ..actor import Actor
from ..models import Case


class ActionForm(forms.Form):
    """A form for one action of one actor on one case; with ``nothing`` there is nothing to choose, and no button."""

    nothing = False

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.actor = case, actor

    def also(self) -> str:
        """What else follows from the action in this case, beside what its page says of every one."""
        return ""

    def now(self) -> list[tuple[Any, str]]:
        """What holds now, as label and value, beside what was typed when somebody else was faster (409)."""
        return []
