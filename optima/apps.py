"""Lending the lead of a case to a more competent institution."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OptimaConfig(AppConfig):
    """The service Optima."""

    name = "optima"
    verbose_name = _("Optima")

    def ready(self) -> None:
        """Tell the core of the workflow, the pages and the mails."""
        from iiz.core import notify, registry, triggers

        from . import demo, introduction, minutes, pages, seed, workflow
        from .kostengutsprache import gate, proof, steps, table
        from .views import kg_guest, kg_list, wegweiser

        registry.register_service(workflow.OPTIMA, pages.PAGES)
        registry.register_meetings(*minutes.KINDS)
        registry.new_links.append(pages.NEW)
        registry.successors.append(pages.SUCCESSOR)
        registry.guides.append(wegweiser.GUIDE)
        registry.introductions.append(introduction.INTRODUCTION)
        registry.nav_items += [wegweiser.NAVIGATION, kg_list.NAVIGATION]
        registry.office_links += [(_("Rechtsgrundlagen"), "optima:law"), (_("Kostengutsprachen"), "optima:kg_list")]
        notify.register(*workflow.MAILS)
        registry.verbs.update({step.verb: step.told for step in steps.STEPS})
        registry.verbs.update({gate.APPROVED: _("hat eine Kostengutsprache unterschrieben")})
        registry.verbs.update({"kg_lapsed": _("hat eine Kostengutsprache verfallen lassen")})
        triggers.register(*gate.REFUSALS)
        registry.proofs.append(proof.breaks)
        registry.workflow_sections.append(table.section)
        registry.guest_purposes.update({purpose.name: purpose for purpose in kg_guest.PURPOSES})
        registry.seeds.append(seed.seed)
        registry.demos.append(registry.Demo(demo.play, demo.load, weight=len(demo.SCENES)))

        from . import demo_money
        from .billing import registration
        from .views import billing

        registration.register()
        registry.nav_items.append(billing.NAVIGATION)
        registry.demos.append(registry.Demo(demo_money.play))
