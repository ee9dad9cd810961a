"""The REST API, as far as it is used: routes named as GitHub's description names them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.forges.github_server.objects import login_of
from tests.forges.github_server.state import MAIN, PullRequest, Remark, Repository, State

# Parameters that may hold slashes; the description marks them so.
_LONG = frozenset({"ref"})
COMMITS = "/repos/{owner}/{repo}/git/commits"
REFS = "/repos/{owner}/{repo}/git/refs"
PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"


@dataclass(frozen=True)
class Call:
    """A request that found its route. `login` is whose token it had."""

    state: State
    url: str
    login: str
    arguments: Mapping[str, str]
    document: Any

    @property
    def repository(self) -> Repository:
        name = f"{self.arguments['owner']}/{self.arguments['repo']}"
        if name not in self.state.repositories:
            raise No(404, "Not Found")
        return self.state.repositories[name]

    @property
    def writable(self) -> Repository:
        found = self.repository
        if not found.may_write(self.login):
            raise No(403, "Resource not accessible by personal access token")
        if found.archived:
            raise No(403, "Repository was archived so is read-only.")
        return found

    @property
    def pull(self) -> PullRequest:
        number = int(self.arguments.get("pull_number") or self.arguments["issue_number"])
        for each in self.repository.pulls:
            if each.number == number:
                return each
        raise No(404, "Not Found")


class No(Exception):
    """GitHub's refusal: status and message, and the messages of its errors."""

    def __init__(self, status: int, message: str, *errors: str) -> None:
        super().__init__(message)
        self.status, self.message, self.errors = status, message, errors

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {"message": self.message, "documentation_url": "https://docs"}
        if self.errors:
            document["errors"] = [
                {"resource": "PullRequest", "code": "custom", "message": error}
                for error in self.errors
            ]
        return document


Result = tuple[int, Any]
Handler = Callable[[Call], Result]


def make_fork(call: Call) -> Result:
    if call.repository.archived:
        raise No(403, "Repository was archived so is read-only.")
    return 202, repository(call.state.fork(call.repository, call.login))


def make_tree(call: Call) -> Result:
    at, document = call.writable, call.document
    if document.get("base_tree") and document["base_tree"] not in at.objects:
        raise No(422, "base_tree is not a valid tree oid")
    if document.get("base_tree") and not at.knows_tree(document["base_tree"]):
        raise No(404, "Not Found")
    changes = {each["path"]: each.get("content") for each in document["tree"]}
    oid = at.objects.tree(document.get("base_tree"), changes)
    return 201, {"sha": oid, "url": call.url, "truncated": False, "tree": []}


def make_commit(call: Call) -> Result:
    at, document = call.writable, call.document
    for oid in (document["tree"], *document.get("parents", ())):
        if oid not in at.objects:
            raise No(422, "Object does not exist")
    parents = document.get("parents", ())
    oid = at.objects.commit(document["tree"], parents, document["message"], call.login)
    return 201, {"sha": oid, "message": document["message"]}


def read_commit(call: Call) -> Result:
    at = call.repository
    if at.looks_until_ready:
        at.looks_until_ready -= 1
        raise No(409, "Git Repository is empty.")
    found = at.objects.get_commit(call.arguments["commit_sha"])
    if found is None:
        raise No(404, "Not Found")
    return 200, {"sha": found.id.decode(), "message": found.message.decode()}


def make_ref(call: Call) -> Result:
    at, branch = call.writable, call.document["ref"].removeprefix("refs/heads/")
    if branch in at.refs:
        raise No(422, "Reference already exists")
    if at.objects.get_commit(call.document["sha"]) is None:
        raise No(422, "Object does not exist")
    call.state.set_ref(at, branch, call.document["sha"])
    return 201, reference(at, branch)


def read_ref(call: Call) -> Result:
    branch = call.arguments["ref"].removeprefix("heads/")
    if branch not in call.repository.refs:
        raise No(404, "Not Found")
    return 200, reference(call.repository, branch)


def delete_ref(call: Call) -> Result:
    branch = call.arguments["ref"].removeprefix("heads/")
    if branch not in call.writable.refs:
        raise No(422, "Reference does not exist")
    call.state.set_ref(call.repository, branch, None)
    return 204, None


def merge_upstream(call: Call) -> Result:
    at, branch = call.writable, call.document["branch"]
    if at.parent is None or branch not in at.refs or branch not in at.parent.refs:
        raise No(422, "The branch could not be synced")
    theirs = at.parent.refs[branch]
    if at.refs[branch] not in at.objects.history(theirs):
        raise No(409, "There are merge conflicts")
    call.state.set_ref(at, branch, theirs)
    return 200, {"message": "Successfully fetched", "merge_type": "fast-forward"}


def make_pull(call: Call) -> Result:
    into, document = call.repository, call.document
    if into.archived:
        raise No(403, "Repository was archived so is read-only.")
    owner, _, branch = document["head"].rpartition(":")
    among = [into, *call.state.forks(into, owner)]
    head = next((each for each in among if each.owner == owner and branch in each.refs), None)
    if head is None or document["base"] not in into.refs:
        raise No(422, "Validation Failed", "head is invalid")
    words = {"title": document["title"], "body": document.get("body", "")}
    try:
        made = call.state.open_pull(into, document["base"], head, branch, call.login, **words)
    except ValueError as error:
        raise No(422, "Validation Failed", str(error)) from None
    return 201, pull(made)


def read_pull(call: Call) -> Result:
    return 200, pull(call.pull)


def edit_pull(call: Call) -> Result:
    found = call.pull
    if call.login != found.by and not found.into.may_write(call.login):
        raise No(403, "Resource not accessible by personal access token")
    if found.into.archived:
        raise No(403, "Repository was archived so is read-only.")
    found.title = call.document.get("title", found.title)
    found.body = call.document.get("body", found.body)
    found.state = call.document.get("state", found.state)
    found.updated_at = call.state.now()
    return 200, pull(found)


def pull_commits(call: Call) -> Result:
    found = call.pull
    return 200, [commit(call.state, found.into, oid) for oid in found.commits]


def compare(call: Call) -> Result:
    into = call.repository
    base, _, there = call.arguments["basehead"].partition("...")
    owner, _, branch = there.rpartition(":")
    heads = [into, *call.state.forks(into, owner)]
    head = next(each for each in heads if each.owner == owner and branch in each.refs)
    oids = into.objects.only_in(head.refs[branch], into.refs[base])
    commits = [commit(call.state, into, oid) for oid in oids]
    return 200, {"total_commits": len(commits), "commits": commits}


def make_comment(call: Call) -> Result:
    made = call.state.remark(call.pull, call.login, text=call.document["body"])
    return 201, comment(made)


def remove_label(call: Call) -> Result:
    found, label = call.pull, call.arguments["name"]
    if label not in found.labels:
        raise No(404, "Label does not exist")
    if not found.into.may_write(call.login):
        raise No(403, "Resource not accessible by personal access token")
    found.labels.remove(label)
    found.updated_at = call.state.now()
    return 200, [{"name": each} for each in found.labels]


def permission(call: Call) -> Result:
    username = call.arguments["username"]
    if username not in call.state.accounts:
        raise No(404, "Not Found")
    role = call.repository.role(username)
    return 200, {"permission": role, "role_name": role, "user": None}


ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", "/repos/{owner}/{repo}/forks"): make_fork,
    ("POST", "/repos/{owner}/{repo}/git/trees"): make_tree,
    ("POST", COMMITS): make_commit,
    ("GET", COMMITS + "/{commit_sha}"): read_commit,
    ("POST", REFS): make_ref,
    ("DELETE", REFS + "/{ref}"): delete_ref,
    ("GET", "/repos/{owner}/{repo}/git/ref/{ref}"): read_ref,
    ("POST", "/repos/{owner}/{repo}/merge-upstream"): merge_upstream,
    ("POST", "/repos/{owner}/{repo}/pulls"): make_pull,
    ("GET", PULL): read_pull,
    ("PATCH", PULL): edit_pull,
    ("GET", PULL + "/commits"): pull_commits,
    ("GET", "/repos/{owner}/{repo}/compare/{basehead}"): compare,
    ("POST", ISSUE + "/comments"): make_comment,
    ("DELETE", ISSUE + "/labels/{name}"): remove_label,
    ("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission"): permission,
}


def find_route(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The description's name of a path, and its arguments."""
    for known, template in ROUTES:
        pattern = re.sub(r"\{(\w+)\}", _group, template)
        if known == method and (found := re.fullmatch(pattern, path)):
            return template, {key: unquote(value) for key, value in found.groupdict().items()}
    return None


def _group(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{'.+' if found[1] in _LONG else '[^/]+'})"


# Shapes of answers: of each, the part that anybody here reads


def repository(at: Repository) -> dict[str, Any]:
    return {
        "node_id": at.id,
        "name": at.name,
        "full_name": at.full_name,
        "archived": at.archived,
        "default_branch": MAIN,
        "fork": at.parent is not None,
    }


def reference(at: Repository, branch: str) -> dict[str, Any]:
    target = {"type": "commit", "sha": at.refs[branch]}
    return {"ref": f"refs/heads/{branch}", "object": target}


def pull(found: PullRequest) -> dict[str, Any]:
    return {
        "number": found.number,
        "html_url": f"https://forge.example/{found.into.full_name}/pull/{found.number}",
        "state": found.state,
        "merged": found.merged,
        "mergeable": not found.conflicts if found.is_open else None,
        "title": found.title,
        "body": found.body,
        "labels": [{"name": each} for each in found.labels],
        "created_at": _at(found.at),
        "updated_at": _at(found.updated_at),
        "base": {"ref": found.base, "repo": {"full_name": found.into.full_name}},
        "head": {
            "ref": found.branch,
            "sha": found.head_oid,
            "repo": {"full_name": found.head.full_name},
        },
    }


def commit(state: State, at: Repository, oid: str) -> dict[str, Any]:
    found = at.objects.get_commit(oid)
    assert found
    return {
        "sha": oid,
        "author": _account(login_of(found.author, state.accounts)),
        "committer": _account(login_of(found.committer, state.accounts)),
    }


def comment(made: Remark) -> dict[str, Any]:
    return {"node_id": made.id, "body": made.text, "created_at": _at(made.at)}


def _account(login: str | None) -> dict[str, Any] | None:
    return {"login": login} if login else None


def _at(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
