"""Who did what on GitHub: whose commits are on a branch, and who may ask the bot for something."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from core.github import GitHub
from core.github.answers import understood
from core.github.outcomes import FORBIDDEN
from core.outcomes import OutcomeError
from pulls.forges.base import Proposal, PullRef
from pulls.forges.github_survey import Head

# Accounts that commit to pull requests because the bot asked them to, or as every feedstock has it.
COMPANIONS = frozenset({"conda-forge-admin", "conda-forge-webservices[bot]", "pre-commit-ci[bot]"})
_MERGING = frozenset({"web-flow"})  # commits in the name of whoever pressed a button
_MOST = 100


def is_pull_by(github: GitHub, ref: PullRef, accounts: Collection[str]) -> bool:
    """Whether all commits of a pull request are by these accounts, in lower case."""
    path = f"repos/{ref.repository}/pulls/{ref.number}/commits"
    commits = github.get(path, {"per_page": _MOST}).json()
    return understood(github, partial(_are_by, commits, accounts))


def is_branch_by(
    github: GitHub, repository: str, head: Head, proposal: Proposal, accounts: Collection[str]
) -> bool:
    """Whether all commits that a branch is ahead of its base are."""
    owner = head.repository.partition("/")[0]
    between = f"{quote(proposal.base, safe='')}...{owner}:{quote(proposal.branch, safe='')}"
    answer = github.get(f"repos/{repository}/compare/{between}", {"per_page": _MOST}).json()
    return understood(github, lambda: _are_by(answer["commits"], accounts))


def _are_by(commits: Any, accounts: Collection[str]) -> bool:
    """Those that don't fit on a page are nobody's."""
    if not isinstance(commits, list):
        raise TypeError("commits are no list")
    return len(commits) < _MOST and all(_is_by(each, accounts) for each in commits)


def _is_by(commit: Mapping[str, Any], accounts: Collection[str]) -> bool:
    """Written and committed: who amends a commit is its committer alone."""
    author, committer = _login(commit["author"]), _login(commit["committer"])
    return author in accounts and (committer in accounts or committer in _MERGING)


def _login(account: Mapping[str, Any] | None) -> str:
    """In lower case; empty for an address that is no account's."""
    return str(account.get("login", "")).lower() if account else ""


def may_write(github: GitHub, repository: str, login: str) -> bool:
    """Whether an account may write to a repository; nobody, if we may not know."""
    path = f"repos/{repository}/collaborators/{quote(login, safe='')}/permission"
    try:
        answer = github.get(path, {}).json()
    except OutcomeError as error:
        if getattr(error, "status", 0) == 404 or error.outcome.code == FORBIDDEN.code:
            return False
        raise
    return understood(github, lambda: answer["permission"] in ("admin", "write"))
