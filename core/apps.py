from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        # Outcome codes, job kinds, schedules, figures and events register themselves when imported.
        autodiscover_modules("outcomes", "tasks", "measures", "events")
        import core.api.outcomes
        import core.github.outcomes
        import core.http.outcomes
        import core.webhooks.outcomes
        import core.webhooks.tasks  # noqa: F401
