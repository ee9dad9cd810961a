"""GitHub for all of Botsite: token, budget, queries in batches."""

from __future__ import annotations

from core.github.batches import in_batches
from core.github.budget import Budget
from core.github.client import Answer, GitHub, QueryError

__all__ = ["Answer", "Budget", "GitHub", "QueryError", "github", "in_batches"]


def github() -> GitHub:
    """The GitHub of the settings, asked through the door of this process."""
    from django.conf import settings

    from core.http import door

    return GitHub(door(), settings.GITHUB_API, settings.GITHUB_TOKEN)
