from __future__ import annotations

from django.apps import AppConfig


class BotsiteConfig(AppConfig):
    name = "botsite"
    verbose_name = "Botsite"

    def ready(self) -> None:
        # System checks, and what is told of people, register themselves when imported.
        from botsite import checks  # noqa: F401
        from botsite.accounts import joining  # noqa: F401
        from botsite.backup import outcomes as backup_outcomes  # noqa: F401
        from botsite.doctor import outcomes  # noqa: F401
