"""How Optima shows its cases on the shared pages."""

from iiz.core.registry import NewLink, ServicePages

PAGES = ServicePages(
    template="optima/overview.html",
    overview=lambda case, actor: {},
    facts=lambda case: [],
    road=lambda case: [],
    edit_url=lambda case: "",
    pdf_url=lambda case, actor: None,
    next_step=lambda case, actor: None,
)
NEW = NewLink("Antrag", "optima:new", lambda actor: actor.works_on_cases)
