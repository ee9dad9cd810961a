"""GitHub as a forge, by REST and GraphQL, without a clone.

What exists is asked for in one question (`github_survey`), so a retry after a crash at any point
finds how far the last try came. Reading costs the read token's budget, acting that of the account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from core.github import GitHub, Refusal
from core.github.answers import understood
from core.http import DoorError, Response
from pulls.forges import github_branch as branches
from pulls.forges import github_timeline as timeline
from pulls.forges.base import Proposal, Pull, PullRef, Request, State
from pulls.forges.github_people import COMPANIONS, is_branch_by, is_pull_by, may_write
from pulls.forges.github_refusals import doing
from pulls.forges.github_survey import Existing, Head, Survey, survey
from pulls.forges.outcomes import ARCHIVED, BRANCH_NOT_OURS, NO_PULL, STILL_OPEN
from pulls.words import message


class GitHubForge:
    """`read` looks, `write` acts; the account is the one that `write` has a token of.

    With `forks` branches are made in the account's fork, else in the repository itself. Not for
    several threads at once.
    """

    kind = "github"

    def __init__(
        self,
        read: GitHub,
        write: GitHub,
        *,
        forks: bool = True,
        companions: Collection[str] = COMPANIONS,
    ) -> None:
        self._read, self._write = read, write
        self._forks = forks
        self._companions = frozenset(each.lower() for each in companions)
        self._login = ""

    @property
    def login(self) -> str:
        """The account that acts."""
        if not self._login:
            self._login = timeline.login(self._write)
        return self._login

    # Publishing

    def publish(self, proposal: Proposal) -> Pull:
        message.checked_branch(proposal.branch)
        found = survey(self._write, proposal)
        self._login = found.login
        if found.is_archived:
            raise ARCHIVED.error(repository=found.repository)
        head = self._head(found)
        existing = found.pull_from(head) if head else None
        if existing and existing.pull.state is not State.OPEN:
            return existing.pull
        branches.check_base(found, proposal)
        head = head or branches.fork(self._write, found)
        sha = self._bring_branch(found, head, existing, proposal)
        if existing:
            return self._bring_words(existing, proposal, sha)
        return self._open(found, head, proposal)

    def _head(self, found: Survey) -> Head | None:
        return found.fork if self._forks else found.inside

    def _bring_branch(
        self, found: Survey, head: Head, existing: Existing | None, proposal: Proposal
    ) -> str:
        """Make the branch hold the proposal; returns its tip."""
        conflicts = existing is not None and existing.pull.mergeable is False
        if branches.is_made(head, proposal) and not conflicts:
            return head.oid
        if head.oid and not is_branch_by(self._write, found.repository, head, proposal, self._ours):
            raise BRANCH_NOT_OURS.error(branch=proposal.branch, repository=head.repository)
        oid = branches.commit(self._write, found, head, proposal)
        if head.oid:
            branches.move(self._write, head, proposal.branch, oid)
        else:
            branches.create(self._write, head, proposal.branch, oid)
        return oid

    def _bring_words(self, existing: Existing, proposal: Proposal, sha: str) -> Pull:
        words = {"title": proposal.title, "body": proposal.body}
        pull = existing.pull if words == _words(existing) else self._edit(existing.pull.ref, words)
        return replace(pull, head_sha=sha)

    def _open(self, found: Survey, head: Head, proposal: Proposal) -> Pull:
        owner = head.repository.partition("/")[0]
        document = {
            "title": proposal.title,
            "body": proposal.body,
            "base": proposal.base,
            "head": f"{owner}:{proposal.branch}",
            "maintainer_can_modify": self._forks,
        }
        with doing(self._write, "open a pull request", found.repository):
            try:
                made = self._write.send("POST", f"repos/{found.repository}/pulls", document)
            except Refusal as refusal:
                if refusal.status == 422 and "already exists" in refusal.said:
                    return self._just_opened(proposal)
                raise
        return self._pull(made, proposal.branch)

    def _just_opened(self, proposal: Proposal) -> Pull:
        """The one that another worker, or a request whose answer was lost, opened meanwhile."""
        found = survey(self._write, proposal)
        head = self._head(found)
        if existing := found.pull_from(head) if head else None:
            return existing.pull
        raise NO_PULL.error(repository=found.repository, number=0)

    # Looking

    def look(self, ref: PullRef, etag: str = "") -> Pull | None:
        try:
            response = self._read.get(f"repos/{ref.repository}/pulls/{ref.number}", {}, etag)
        except DoorError as error:
            if error.status in (404, 410):
                raise NO_PULL.error(repository=ref.repository, number=ref.number) from None
            raise
        return None if response.status == 304 else self._pull(response, ref.branch)

    def requests(
        self, ref: PullRef, since: datetime, maintainers: Collection[str]
    ) -> list[Request]:
        asked = timeline.requests(self._read, ref, since)
        may = {name: self._may_ask(ref, name, maintainers) for name in {each.by for each in asked}}
        return [each for each in asked if may[each.by]]

    def _may_ask(self, ref: PullRef, login: str, maintainers: Collection[str]) -> bool:
        if login.lower() == self.login.lower():
            return False  # what the bot says may quote how to ask it
        return login.lower() in maintainers or may_write(self._write, ref.repository, login)

    def is_ours_alone(self, ref: PullRef) -> bool:
        return is_pull_by(self._read, ref, self._ours)

    @property
    def _ours(self) -> Collection[str]:
        return self._companions | {self.login.lower()}

    # Acting

    def comment(self, ref: PullRef, text: str, *, key: str) -> None:
        marker = timeline.marker(key)
        if timeline.has_said(self._write, ref, marker, self.login):
            return
        path = f"repos/{ref.repository}/issues/{ref.number}/comments"
        with doing(self._write, "comment", ref.repository):
            self._write.send("POST", path, {"body": f"{text}\n\n{marker}"})

    def unlabel(self, ref: PullRef, label: str) -> None:
        path = f"repos/{ref.repository}/issues/{ref.number}/labels/{quote(label, safe='')}"
        with doing(self._write, "take off a label", ref.repository):
            try:
                self._write.send("DELETE", path)
            except Refusal as refusal:
                if refusal.status not in (404, 410):
                    raise

    def close(self, ref: PullRef, comment: str, *, key: str) -> Pull:
        pull = self._now(ref)
        if pull.state is not State.OPEN:
            return pull
        if not self.is_ours_alone(pull.ref):
            raise BRANCH_NOT_OURS.error(branch=ref.branch, repository=ref.repository)
        self.comment(pull.ref, comment, key=key)
        return self._edit(pull.ref, {"state": "closed"})

    def delete_branch(self, ref: PullRef) -> None:
        branch = message.checked_branch(ref.branch)
        pull = self._now(ref)
        if pull.state is State.OPEN:
            raise STILL_OPEN.error(branch=branch)
        repository = pull.ref.head_repository
        tip = branches.tip(self._write, repository, branch) if repository else ""
        if not tip:
            return
        # A pull request that has ended does not follow its branch any more.
        kept = pull.state is State.MERGED or self.is_ours_alone(pull.ref)
        if tip != pull.head_sha or not kept:
            raise BRANCH_NOT_OURS.error(branch=branch, repository=repository)
        branches.delete(self._write, repository, branch)

    def _now(self, ref: PullRef) -> Pull:
        pull = self.look(ref)
        if pull is None:  # only an etag can bring that about
            raise NO_PULL.error(repository=ref.repository, number=ref.number)
        return pull

    def _edit(self, ref: PullRef, document: Mapping[str, str]) -> Pull:
        with doing(self._write, "edit a pull request", ref.repository):
            path = f"repos/{ref.repository}/pulls/{ref.number}"
            return self._pull(self._write.send("PATCH", path, document), ref.branch)

    def _pull(self, response: Response, branch: str) -> Pull:
        document = response.json()
        return understood(self._read, partial(_pull, document, response, branch))


def repository_of(forge_url: str) -> str:
    """OWNER/NAME of a feedstock's page, empty if it is no such page."""
    parts = urlsplit(forge_url).path.strip("/").split("/")
    return "/".join(parts[:2]) if len(parts) >= 2 else ""


def _words(existing: Existing) -> dict[str, str]:
    # GitHub keeps bodies with the line ends of web forms.
    return {"title": existing.pull.title, "body": existing.body.replace("\r\n", "\n")}


def _pull(document: Mapping[str, Any], response: Response, branch: str) -> Pull:
    head = document["head"]["repo"]
    merged = document.get("merged") or document.get("merged_at")
    return Pull(
        ref=PullRef(
            document["base"]["repo"]["full_name"],
            int(document["number"]),
            branch or document["head"]["ref"],
            head["full_name"] if head else "",
            document["base"]["ref"],
        ),
        url=document["html_url"],
        state=State.MERGED if merged else State(document["state"]),
        title=document["title"],
        head_sha=document["head"]["sha"],
        updated_at=datetime.fromisoformat(document["updated_at"]).astimezone(UTC),
        labels=tuple(label["name"] for label in document["labels"]),
        mergeable=document.get("mergeable"),
        etag=response.headers.get("etag", ""),
    )
