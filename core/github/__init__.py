"""GitHub for all of Botsite: token, budget, queries in batches."""

from __future__ import annotations

from hashlib import blake2b

from core.github.batches import in_batches
from core.github.budget import Budget
from core.github.budgets import SharedBudgets
from core.github.client import PATIENCE, Answer, GitHub, QueryError
from core.github.refusals import RateLimited, Refusal, seconds_to_wait

__all__ = [
    "Answer",
    "Budget",
    "GitHub",
    "QueryError",
    "RateLimited",
    "Refusal",
    "SharedBudgets",
    "github",
    "in_batches",
    "seconds_to_wait",
    "writing_github",
]


def github(patience: float = PATIENCE) -> GitHub:
    """The GitHub of the settings, asked through the door of this process."""
    from django.conf import settings

    return _github(settings.GITHUB_TOKEN, "BOTSITE_GITHUB_TOKEN", patience)


def writing_github(patience: float = PATIENCE) -> GitHub:
    """The same, as the account that may write."""
    from django.conf import settings

    return _github(settings.GITHUB_WRITE_TOKEN, "BOTSITE_GITHUB_WRITE_TOKEN", patience)


def _github(token: str, setting: str, patience: float) -> GitHub:
    from django.conf import settings

    from core.http import door

    api = settings.GITHUB_API
    account = blake2b(f"{api} {token}".encode(), digest_size=8).hexdigest()
    return GitHub(door(), api, token, setting, SharedBudgets(account), patience)
