"""Several institutions agree on one plan with the person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoundtableConfig(AppConfig):
    """The service Roundtable."""

    name = "roundtable"
    verbose_name = _("Roundtable")

    def ready(self) -> None:
        """Tell the core of the service."""
        from iiz.core import notify, registry

        from . import demo, demo_desk, desk, introduction
        from .views import enquiries, enquiries_office, tour

        registry.introductions.append(introduction.INTRODUCTION)
        registry.guides.insert(0, enquiries.GUIDE)
        registry.guides.append(tour.GUIDE)
        registry.nav_items += [enquiries.NAVIGATION, enquiries_office.NAVIGATION]
        registry.office_links.insert(0, (enquiries_office.NAVIGATION.label, enquiries_office.NAVIGATION.url_name))
        registry.sweeps.append(desk.sweep)
        registry.demos.append(registry.Demo(demo.play, demo.load, weight=len(demo.SCENES)))
        registry.demos.append(registry.Demo(demo_desk.play))
        notify.register(*desk.MAILS)

        from . import (
            agenda,
            confirmations,
            dispatching,
            drafts,
            guest_answers,
            minutes,
            pages,
            perspectives,
            reviewing,
            seed,
            signing,
            steps,
            words,
            workflow,
        )
        from .views import confirmations as confirming
        from .views import feedback, guest_meeting, guest_note, perspective_guest, plan_guest, plan_review, vollmacht

        registry.register_service(workflow.ROUNDTABLE, pages.PAGES)
        registry.register_meetings(*agenda.KINDS)
        notify.register(*workflow.MAILS)
        registry.register_guests(*guest_meeting.PURPOSES, perspective_guest.PURPOSE, confirming.PURPOSE)
        registry.register_guests(guest_note.PURPOSE, feedback.PURPOSE, plan_review.PURPOSE, plan_guest.PURPOSE)
        registry.verbs.update(words.VERBS | guest_answers.WORDS | perspectives.VERBS | confirmations.VERBS)
        registry.verbs.update(minutes.VERBS | steps.VERBS | reviewing.VERBS | signing.VERBS | dispatching.VERBS)
        registry.seeds.append(seed.seed)
        registry.new_links.append(pages.NEW)
        registry.successors.append(pages.SUCCESSOR)
        registry.nav_items.append(vollmacht.NAVIGATION)
        registry.office_links += [vollmacht.OFFICE_LINK, feedback.OFFICE_LINK]
        registry.sweeps.append(drafts.sweep)
