"""The tokens for GitHub: accepted, with the rights they need, and not spent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, fine, note, problem
from core.github import Budget, GitHub, github, writing_github
from core.outcomes import OutcomeError

READ, WRITE = "BOTSITE_GITHUB_TOKEN", "BOTSITE_GITHUB_WRITE_TOKEN"
SOON = timedelta(days=14)
SPENT = 0.1  # of the limit
# Either of these lets a classic token push to public repositories; finer ones tell no scopes.
MAY_WRITE = ("public_repo", "repo")


def are_set() -> Iterator[Finding]:
    if not settings.GITHUB_TOKEN:
        effect = "channels and tags on GitHub are read slowly, bit by bit"
        yield note(outcomes.TOKEN_MISSING, setting=READ, effect=effect)
    if not settings.GITHUB_WRITE_TOKEN:
        effect = "no pull requests are opened there"
        yield note(outcomes.TOKEN_MISSING, setting=WRITE, effect=effect)


def look() -> Iterator[Finding]:
    """One request for each token, which costs nothing of its budget."""
    if settings.GITHUB_TOKEN:
        yield from _tried(READ, github(patience=0), ())
    if settings.GITHUB_WRITE_TOKEN:
        yield from _tried(WRITE, writing_github(patience=0), MAY_WRITE)


def _tried(setting: str, account: GitHub, wanted: Iterable[str]) -> Iterator[Finding]:
    try:
        headers = account.get("rate_limit", {}).headers
    except OutcomeError as error:
        if error.outcome.code == "http.not_found":
            yield fine(f"{account.host} has no limits to tell of")
        else:
            yield problem(outcomes.TOKEN_UNUSABLE, setting=setting, why=error.outcome.message)
        return
    yield fine(f"{account.host} accepts {setting}")
    yield from _scopes(setting, headers, tuple(wanted))
    yield from _expiry(setting, headers)
    yield from _budget(setting, headers)


def _scopes(setting: str, headers: Mapping[str, str], wanted: tuple[str, ...]) -> Iterator[Finding]:
    told = headers.get("x-oauth-scopes")
    if told is None or not wanted:
        return
    scopes = {each.strip() for each in told.split(",")}
    if not scopes.intersection(wanted):
        yield problem(
            outcomes.TOKEN_SCOPES, setting=setting, scopes=told or "none", wanted=wanted[0]
        )


def _expiry(setting: str, headers: Mapping[str, str]) -> Iterator[Finding]:
    """GitHub writes `2026-12-31 23:59:59 UTC`, or an offset in place of UTC."""
    text = headers.get("github-authentication-token-expiration", "")
    try:
        day = datetime.strptime(text[:10], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return
    if day - datetime.now(UTC) < SOON:
        yield problem(outcomes.TOKEN_EXPIRES, setting=setting, day=f"{day:%Y-%m-%d}")


def _budget(setting: str, headers: Mapping[str, str]) -> Iterator[Finding]:
    budget = Budget.of_headers(headers)
    if budget and budget.remaining < budget.limit * SPENT:
        yield note(
            outcomes.TOKEN_SPENT,
            setting=setting,
            left=budget.remaining,
            limit=budget.limit,
            until=f"{budget.resets_at:%H:%M} UTC",
        )
