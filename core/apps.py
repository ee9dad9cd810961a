from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from core import logs


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        # Outcome codes, job kinds, schedules, figures and events register themselves when imported.
        autodiscover_modules("outcomes", "tasks", "measures", "events", "retention")
        autodiscover_modules("decision_kinds")
        import core.api.outcomes
        import core.decisions.outcomes
        import core.github.outcomes
        import core.http.outcomes
        import core.webhooks.outcomes
        import core.webhooks.tasks  # noqa: F401

        logs.conceal(settings.SECRETS)
