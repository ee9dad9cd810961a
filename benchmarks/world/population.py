"""The projects of a world: where each lives, what it released, and how its recipe downloads it.

Shares of hosts are those of conda-forge's recipes: 57 % the package index, 21 % GitHub, 14 % CRAN,
and a long tail over some 340 hosts. Two registries stand for all that answer one request for each
package, npm on five hosts; of the tail they, hosts with listings and hosts without have the shares
that `source_coverage` finds among conda-forge's recipes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from benchmarks.world.histories import (
    Form,
    Habits,
    Release,
    following,
    history,
    lognormal,
)

LISTING_HOSTS = 340
CROWDED_HOST = "crowded.world.example"
_GONE = 0.005  # of all projects: moved or deleted since the recipe was written
_REGISTRIES = (32, 24, 20, 16, 8)  # shares of what is on npm
_BEHIND = 0.2  # of all recipes
_WORDS = (
    *("py", "lib", "data", "json", "fast", "geo", "num", "web", "test", "core", "async", "micro"),
    *("open", "tiny", "graph", "quantum", "stat", "bio", "astro", "image", "text", "time", "net"),
)


class Kind(StrEnum):
    INDEX = "index"
    GITHUB = "github"
    CRAN = "cran"
    NPM = "npm"
    GEMS = "gems"
    LISTING = "listing"
    UNLISTED = "unlisted"


SHARES: dict[Kind, float] = {
    Kind.INDEX: 0.57,
    Kind.GITHUB: 0.21,
    Kind.CRAN: 0.14,
    Kind.NPM: 0.026,
    Kind.GEMS: 0.008,
    Kind.LISTING: 0.045,
    Kind.UNLISTED: 0.001,
}
HOSTS: dict[Kind, str] = {
    Kind.INDEX: "index",
    Kind.GITHUB: "github.com",
    Kind.CRAN: "cran.r-project.org",
    Kind.GEMS: "rubygems.org",
}
_HABITS: dict[Kind, Habits] = {
    Kind.INDEX: Habits(Form.THREE, lambda version: f"{version}rc1", flawed=True),
    Kind.GITHUB: Habits(Form.THREE, lambda version: f"{version}-rc1"),
    Kind.CRAN: Habits(Form.R),
    Kind.NPM: Habits(Form.THREE, lambda version: f"{version}-beta.1"),
    Kind.GEMS: Habits(Form.THREE, lambda version: f"{version}.rc1"),
    Kind.LISTING: Habits(Form.THREE, lambda version: f"{version}-rc1"),
    Kind.UNLISTED: Habits(Form.THREE),
}
_TAGS = {"v": 60, "": 25, "{name}-": 10, "release-": 5}


@dataclass(slots=True)
class Project:
    """`number` is its place in the population, `serial` that of its last change. `habit` is a
    number from 0 to 1 that settles whatever else about it varies."""

    number: int
    kind: Kind
    name: str
    host: str
    habits: Habits
    releases: list[Release]
    recipe_version: str
    serial: int
    files_each: int
    tag_prefix: str
    gone: bool
    habit: float
    draw: random.Random = field(repr=False)

    @property
    def latest(self) -> Release | None:
        """The newest release that a recipe may take."""
        if self.gone:
            return None
        return next(each for each in reversed(self.releases) if each.good)

    @property
    def conda_version(self) -> str:
        return self.latest.version.replace("-", "_") if self.latest else ""

    def publish(self, serial: int) -> None:
        self.releases.append(following(self.draw, self.habits, self.releases))
        self.serial = serial


def population(seed: int, packages: int, crowd: int = 0) -> Iterator[Project]:
    """The projects in order; the first of a larger population are those of a smaller one. So many
    more crowd one host, a registry that answers one request for each."""
    for number in range(packages):
        yield project(seed, number)
    for number in range(packages, packages + crowd):
        yield project(seed, number, Kind.NPM, CROWDED_HOST)


def project(seed: int, number: int, only: Kind | None = None, host: str = "") -> Project:
    """The project of a number; of a certain kind, at a certain host, if these are given."""
    draw = random.Random(f"{seed}/{number}")
    kind = only or draw.choices(list(SHARES), list(SHARES.values()))[0]
    habits = _habits(draw, kind)
    releases = history(draw, habits)
    name = f"{draw.choice(_WORDS)}-{draw.choice(_WORDS)}-{number}"
    return Project(
        number=number,
        kind=kind,
        name=name.replace("-", ".") if kind is Kind.CRAN else name,
        host=host or HOSTS.get(kind) or _host(draw, kind),
        habits=habits,
        releases=releases,
        recipe_version=_recipe_version(draw, releases),
        serial=draw.randrange(1_000_000, 30_000_000),
        files_each=lognormal(draw, 4, 34, 60),
        tag_prefix=draw.choices(list(_TAGS), list(_TAGS.values()))[0].format(name=name),
        gone=draw.random() < _GONE,
        habit=draw.random(),
        draw=draw,
    )


def _habits(draw: random.Random, kind: Kind) -> Habits:
    usual = _HABITS[kind]
    if usual.form is Form.R and draw.random() < 0.6:
        return Habits(Form.THREE)
    if kind is Kind.UNLISTED or draw.random() < 0.85:
        return usual
    return Habits(draw.choice([Form.TWO, Form.DATE]), None, usual.flawed)


def _host(draw: random.Random, kind: Kind) -> str:
    """A few hosts have many projects, most have one or two."""
    if kind is Kind.NPM:
        return f"npm{draw.choices(range(len(_REGISTRIES)), _REGISTRIES)[0]}.world.example"
    place = int(LISTING_HOSTS * draw.random() ** 2)
    return f"ftp{place}.world.example"


def _recipe_version(draw: random.Random, releases: list[Release]) -> str:
    good = [each.version for each in releases if each.good]
    behind = draw.randrange(1, 4) if draw.random() < _BEHIND else 0
    return good[max(0, len(good) - 1 - behind)]
