"""What a GitHub knows: accounts, repositories, pull requests; and what people do there."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.forges.github_server.objects import Objects

MAIN = "main"


@dataclass
class Remark:
    """A comment, or a label that was put on."""

    id: str
    by: str
    at: datetime
    text: str = ""
    label: str = ""


@dataclass(eq=False)
class Repository:
    """`roles` maps logins to `admin`, `write` or `read`. A fork knows nothing of its parent's
    objects for as many looks as `looks_until_ready` says; an isolated one, of those made since it
    was last synced."""

    id: str
    full_name: str
    objects: Objects
    parent: Repository | None = None
    refs: dict[str, str] = field(default_factory=dict)
    archived: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    pulls: list[PullRequest] = field(default_factory=list)
    looks_until_ready: int = 0
    is_isolated: bool = False

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        return self.full_name.partition("/")[2]

    def knows_tree(self, oid: str) -> bool:
        tips = list(self.refs.values())
        commits = {each for tip in tips for each in self.objects.history(tip)}
        return not self.is_isolated or oid in map(self.objects.tree_of, commits)

    def role(self, login: str) -> str:
        """What an account may do; the repositories are public."""
        return "admin" if login == self.owner else self.roles.get(login, "read")

    def may_write(self, login: str) -> bool:
        return self.role(login) in ("admin", "write")

    def text(self, path: str, branch: str = MAIN) -> str:
        return self.objects.text(self.objects.files(self.refs[branch])[path])


@dataclass(eq=False)
class PullRequest:
    number: int
    by: str
    title: str
    body: str
    into: Repository
    base: str
    head: Repository
    branch: str
    last_head: str
    at: datetime
    updated_at: datetime
    state: str = "open"
    merged: bool = False
    labels: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def head_oid(self) -> str:
        """Its branch's tip; of a closed one, what it was then."""
        return self.last_head

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def conflicts(self) -> bool:
        return self.into.objects.conflict(self.into.refs[self.base], self.head_oid)

    @property
    def commits(self) -> list[str]:
        return self.into.objects.only_in(self.head_oid, self.into.refs[self.base])


class State:
    """One GitHub. Methods without `by` are what the API does, the others what people do."""

    def __init__(self) -> None:
        self.accounts: set[str] = set()
        self.repositories: dict[str, Repository] = {}
        self.new_names: dict[str, str] = {}
        self.fork_looks = 0
        self.isolates_forks = False
        self._numbers = itertools.count(1)
        self._last = datetime.now(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        """A second later than the last time and than any moment until now: all have an order."""
        until_now = datetime.now(UTC).replace(microsecond=0)
        self._last = max(self._last, until_now) + timedelta(seconds=1)
        return self._last

    def new_id(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers)}"

    def account(self, login: str) -> str:
        self.accounts.add(login)
        return login

    def repository(self, full_name: str, files: Mapping[str, str], **roles: str) -> Repository:
        self.account(full_name.partition("/")[0])
        for login in roles:
            self.account(login)
        made = Repository(self.new_id("R"), full_name, Objects(), roles=dict(roles))
        tree = made.objects.tree(None, files)
        made.refs[MAIN] = made.objects.commit(tree, [], "Start", made.owner)
        self.repositories[full_name] = made
        return made

    def fork(self, parent: Repository, login: str) -> Repository:
        """The fork that the account has, or a new one."""
        for each in self.repositories.values():
            if each.parent is parent and each.owner == login:
                return each
        name = f"{login}/{parent.name}"
        if name in self.repositories:
            name += "-1"
        made = Repository(
            self.new_id("R"),
            name,
            parent.objects,
            parent,
            refs={MAIN: parent.refs[MAIN]},
            looks_until_ready=self.fork_looks,
            is_isolated=self.isolates_forks,
        )
        self.repositories[name] = made
        return made

    def forks(self, parent: Repository, login: str) -> list[Repository]:
        return [
            each
            for each in self.repositories.values()
            if each.parent is parent and each.owner == login
        ]

    def by_id(self, node_id: str) -> Repository | None:
        return next((each for each in self.repositories.values() if each.id == node_id), None)

    def find(self, full_name: str) -> Repository | None:
        return self.repositories.get(self.new_names.get(full_name, full_name))

    # References

    def set_ref(self, repository: Repository, branch: str, oid: str | None) -> None:
        """Make, move or (None) delete a branch, and have its pull requests follow."""
        if oid is None:
            del repository.refs[branch]
        else:
            repository.refs[branch] = oid
        for pull in self._pulls_from(repository, branch):
            pull.updated_at = self.now()
            if oid is None:
                pull.state = "closed"
            else:
                pull.last_head = oid

    def _pulls_from(self, head: Repository, branch: str) -> list[PullRequest]:
        into = head.parent or head
        return [
            each
            for each in into.pulls
            if each.is_open and each.head is head and each.branch == branch
        ]

    # Pull requests

    def open_pull(
        self, into: Repository, base: str, head: Repository, branch: str, by: str, **words: str
    ) -> PullRequest:
        """Raises ValueError with what GitHub says where it would not."""
        if self._pulls_from(head, branch):
            raise ValueError(f"A pull request already exists for {head.owner}:{branch}.")
        if not into.objects.only_in(head.refs[branch], into.refs[base]):
            raise ValueError(f"No commits between {into.owner}:{base} and {head.owner}:{branch}")
        at = self.now()
        pull = PullRequest(
            number=len(into.pulls) + 1,
            by=by,
            into=into,
            base=base,
            head=head,
            branch=branch,
            last_head=head.refs[branch],
            at=at,
            updated_at=at,
            **words,
        )
        into.pulls.append(pull)
        return pull

    def remark(self, pull: PullRequest, by: str, *, text: str = "", label: str = "") -> Remark:
        pull.updated_at = self.now()
        made = Remark(self.new_id("IC" if text else "LE"), by, pull.updated_at, text, label)
        pull.remarks.append(made)
        if label and label not in pull.labels:
            pull.labels.append(label)
        return made

    def close(self, pull: PullRequest) -> None:
        pull.state = "closed"
        pull.updated_at = self.now()

    # What people do

    def rename(self, repository: Repository, full_name: str) -> None:
        del self.repositories[repository.full_name]
        self.new_names[repository.full_name] = full_name
        repository.full_name = full_name
        self.repositories[full_name] = repository

    def push(
        self,
        repository: Repository,
        files: Mapping[str, str | None],
        by: str,
        *,
        branch: str = MAIN,
        committer: str = "",
    ) -> str:
        """A commit on top of a branch."""
        self.account(by)
        parent = repository.refs[branch]
        objects = repository.objects
        tree = objects.tree(objects.tree_of(parent), files)
        oid = objects.commit(tree, [parent], "Change", by, committer)
        self.set_ref(repository, branch, oid)
        return oid

    def merge(self, pull: PullRequest, by: str) -> None:
        """Raises ValueError if it conflicts."""
        if pull.conflicts:
            raise ValueError("it conflicts")
        objects, base = pull.into.objects, pull.into.refs[pull.base]
        parted = objects.merge_base(base, pull.head_oid)
        changes = objects.changes(parted, pull.head_oid)
        texts = {path: oid and objects.text(oid) for path, oid in changes.items()}
        tree = objects.tree(objects.tree_of(base), texts)
        oid = objects.commit(tree, [base, pull.head_oid], f"Merge #{pull.number}", by)
        pull.merged = True
        self.close(pull)
        self.set_ref(pull.into, pull.base, oid)
