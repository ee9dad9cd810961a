"""The branch of a proposal on GitHub: fork, commit, ref. No clone: git's objects through the API.

Objects come first and are seen by nobody; then one request makes or moves the branch. So a branch
is never half made, and a crash before that leaves nothing behind.
"""

from __future__ import annotations

from time import sleep
from typing import Any

from core.github import GitHub, Refusal
from core.github.answers import understood
from core.http import DoorError
from pulls.forges.base import Proposal, blob_id
from pulls.forges.github_refusals import doing
from pulls.forges.github_survey import Head, Survey
from pulls.forges.outcomes import (
    BRANCH_MOVED,
    FORK_BEHIND,
    FORK_NOT_READY,
    NOT_PERMITTED,
    NOTHING_TO_CHANGE,
    RECIPE_MOVED,
)

# GitHub makes forks in the background; seconds between looks.
FORK_WAITS = (1.0, 2.0, 4.0, 8.0)
_FILE = "100644"

MOVE = """
mutation Move($repository: ID!, $refs: [RefUpdate!]!) {
  updateRefs(input: {repositoryId: $repository, refUpdates: $refs}) { clientMutationId }
}
"""


def check_base(survey: Survey, proposal: Proposal) -> None:
    """Raises OutcomeError: `pulls.recipe_moved`, `pulls.nothing_to_change`."""
    for path, change in proposal.files.items():
        if survey.blobs[path] != _blob(change.before):
            raise RECIPE_MOVED.error(path=path, repository=survey.repository)
    if all(change.before == change.after for change in proposal.files.values()):
        raise NOTHING_TO_CHANGE.error(repository=survey.repository)


def is_made(head: Head, proposal: Proposal) -> bool:
    """Whether the files at the branch's tip are those of the proposal."""
    return bool(head.oid) and all(
        head.blobs[path] == _blob(change.after) for path, change in proposal.files.items()
    )


def fork(github: GitHub, survey: Survey) -> Head:
    """The account's fork, made if need be, once git works in it. Raises OutcomeError."""
    with doing(github, "make a fork", survey.repository):
        made = github.send("POST", f"repos/{survey.repository}/forks")
    document = made.json()
    name, node = understood(github, lambda: (document["full_name"], document["node_id"]))
    for seconds in (*FORK_WAITS, 0.0):
        if _knows(github, name, survey.base_oid):
            return Head(name, node, "", {})
        sleep(seconds)
    raise FORK_NOT_READY.error(host=github.host, repository=survey.repository)


def _knows(github: GitHub, repository: str, commit: str) -> bool:
    """Whether a repository has a commit. A fork shares the objects of what it was forked from."""
    try:
        github.get(f"repos/{repository}/git/commits/{commit}", {})
    except DoorError as error:
        if error.status in (404, 409):
            return False
        raise
    return True


def commit(github: GitHub, survey: Survey, head: Head, proposal: Proposal) -> str:
    """One commit on top of the base, on no branch yet; returns its id."""
    files = [
        {"path": path, "mode": _FILE, "type": "blob"}
        | ({"sha": None} if change.after is None else {"content": change.after})
        for path, change in proposal.files.items()
    ]
    tree = _tree(github, survey, head, proposal, {"base_tree": survey.base_tree, "tree": files})
    document = {"message": proposal.message, "tree": tree, "parents": [survey.base_oid]}
    with doing(github, "write contents", head.repository):
        return _created(github, head, "commits", document)


def _tree(
    github: GitHub, survey: Survey, head: Head, proposal: Proposal, document: dict[str, Any]
) -> str:
    """A fork gets its parent's objects late, or not before it is brought up to date; until then
    GitHub says that there is no such tree."""
    with doing(github, "write contents", head.repository):
        try:
            return _created(github, head, "trees", document)
        except Refusal as refusal:
            if refusal.status not in (404, 422) or head.repository == survey.repository:
                raise
        _sync(github, survey, head, proposal.base)
        return _created(github, head, "trees", document)


def _sync(github: GitHub, survey: Survey, head: Head, branch: str) -> None:
    try:
        github.send("POST", f"repos/{head.repository}/merge-upstream", {"branch": branch})
    except Refusal as refusal:
        raise FORK_BEHIND.error(
            host=github.host,
            fork=head.repository,
            repository=survey.repository,
            said=refusal.said or f"status {refusal.status}",
        ) from None


def _created(github: GitHub, head: Head, kind: str, document: dict[str, Any]) -> str:
    answer = github.send("POST", f"repos/{head.repository}/git/{kind}", document).json()
    return understood(github, lambda: str(answer["sha"]))


def create(github: GitHub, head: Head, branch: str, oid: str) -> None:
    """Make the branch. Raises OutcomeError (`pulls.branch_moved`) if somebody just did."""
    document = {"ref": f"refs/heads/{branch}", "sha": oid}
    with doing(github, "make a branch", head.repository):
        try:
            github.send("POST", f"repos/{head.repository}/git/refs", document)
        except Refusal as refusal:
            if refusal.status == 422 and "already exists" in refusal.said:
                raise BRANCH_MOVED.error(branch=branch, repository=head.repository) from None
            raise


def move(github: GitHub, head: Head, branch: str, oid: str) -> None:
    """Move the branch away from `head.oid`, and from nothing else: what somebody pushed meanwhile
    stays. Raises OutcomeError (`pulls.branch_moved`)."""
    update = {
        "name": f"refs/heads/{branch}",
        "beforeOid": head.oid,
        "afterOid": oid,
        "force": True,
    }
    answer = github.query(MOVE, {"repository": head.id, "refs": [update]})
    for error in answer.errors:
        if error.type in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
            raise NOT_PERMITTED.error(
                host=github.host,
                action="move a branch",
                repository=head.repository,
                said=error.message[:200],
            )
        raise BRANCH_MOVED.error(branch=branch, repository=head.repository)


def delete(github: GitHub, repository: str, branch: str) -> None:
    """Done if it is gone already."""
    with doing(github, "delete a branch", repository):
        try:
            github.send("DELETE", f"repos/{repository}/git/refs/heads/{branch}")
        except Refusal as refusal:
            if refusal.status not in (404, 422):
                raise


def tip(github: GitHub, repository: str, branch: str) -> str:
    """The commit of a branch, empty if there is no such branch (or no such repository)."""
    try:
        answer = github.get(f"repos/{repository}/git/ref/heads/{branch}", {}).json()
    except DoorError as error:
        if error.status in (404, 409):
            return ""
        raise
    return understood(github, lambda: str(answer["object"]["sha"]))


def _blob(text: str | None) -> str:
    return "" if text is None else blob_id(text)
