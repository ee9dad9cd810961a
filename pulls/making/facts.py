"""What a proposal tells besides its change: gathered from the graph, from upstream and from the
forge's rows. And what it tells of the bot, which follows from the settings of the moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.urls import reverse

from core.http import door
from graph.models import Dependency, Feedstock, Reading
from pulls.editing import Edited
from pulls.forges import can_open
from pulls.models import STANDING, OnForge, PullRequest
from pulls.upstream import Asking, Learned, Registries
from pulls.upstream.comparing import forge_links
from pulls.words import body
from pulls.words.body import Facts, Frame, Link, Pending, Reach
from versions.asking.configuration import lookup_config
from versions.models import Candidate
from versions.releases import RecipeUrl
from versions.sources import registry

MOST_PENDING = 40
SECONDS = 20.0  # that upstream has to tell of both versions

_REACHES = {"dir": Reach.PATCH, "git": Reach.BRANCH, "github": Reach.PULL_REQUEST}


def gather(feedstock: Feedstock, reading: Reading, edited: Edited) -> Facts:
    """Asks upstream, for a limited time; what it doesn't tell is told to be unknown."""
    learned = _learned(feedstock, reading, edited)
    source = feedstock.new_version_source
    titles = {each.name: each.title for each in registry(lookup_config())}
    return Facts(
        feedstock=feedstock.name,
        old_version=edited.old_version,
        new_version=edited.new_version,
        source=titles.get(source, source),
        source_url=feedstock.new_version_url,
        released_at=feedstock.released_at,
        links=_once(learned.links, feedstock.new_version_url),
        dependents=feedstock.dependents_count,
        edits=[f"Line {each.line}: {each.why}" for each in edited.edits],
        checked=_checked(reading, edited, learned),
        unchecked=_unchecked(learned),
        dependency_changes=learned.changes,
        compared=_in_a_sentence(learned.compared),
        pending=_pending(feedstock),
        supersedes=_supersedes(feedstock),
    )


def _learned(feedstock: Feedstock, reading: Reading, edited: Edited) -> Learned:
    """What upstream tells, with the links to its forge."""
    config = lookup_config()
    before = [
        RecipeUrl(each["rendered"], git_rev=each.get("git_rev", "")) for each in reading.watch_urls
    ]
    ask = Asking(door(), SECONDS)
    learned = Registries(config).learn(before, edited.old_version, edited.new_version, ask)
    after = [RecipeUrl(url) for url in edited.urls]
    links = forge_links(before, after, _tags(feedstock), registry(config))
    return replace(learned, links=(*learned.links, *links))


def whole_body(pull: PullRequest) -> str:
    """The body as people are to read it now, here or on the forge; "" for one that is not kept."""
    return body.framed(pull.body, frame(pull.feedstock)) if pull.body else ""


def frame(feedstock: Feedstock) -> Frame:
    reach = _reach(feedstock.channel.kind)
    return Frame(
        reach=reach,
        page=_page(feedstock),
        # A pull request shows whose it is.
        bot="" if reach is Reach.PULL_REQUEST else settings.GIT_AUTHOR.partition(" <")[0],
        most_open=settings.PULLS_MOST_OPEN,
    )


def _reach(kind: str) -> Reach:
    opens = settings.PULLS == "open" and can_open(kind)
    return _REACHES.get(kind, Reach.SITE) if opens else Reach.SITE


def _page(feedstock: Feedstock) -> str:
    """The package's page as others reach it; "" where the operator doesn't say how."""
    path = reverse("package", args=[feedstock.key])
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else ""


def _tags(feedstock: Feedstock) -> dict[str, str]:
    """The new version's tag by the source that saw it."""
    seen = Candidate.objects.filter(package__key=feedstock.key, version=feedstock.new_version)
    return dict(seen.filter(tagged=True).values_list("source", "tag"))


def _once(links: Iterable[Link], source_url: str) -> list[Link]:
    """Each page once, and not that on which the version was found."""
    by_url = {each.url: each for each in links if each.url != source_url}
    return list(by_url.values())


def _checked(reading: Reading, edited: Edited, learned: Learned) -> list[str]:
    platforms = ", ".join(sorted(reading.attributes.get("requirements_by_platform", {})))
    where = f" for {platforms}" if platforms else ""
    checked = [
        f"The edited recipe was read again{where}: it has the new version, and downloads "
        "what it should."
    ]
    if edited.urls:
        checked.append(
            "Each new hash is the one that the file's registry publishes, or was computed from "
            "the file."
        )
    if learned.compared and not learned.changes:
        whose = _in_a_sentence(learned.compared)
        checked.append(f"Upstream's dependencies are the same, as {whose} has them.")
    return checked


def _unchecked(learned: Learned) -> list[str]:
    unchecked = ["Whether it builds."]
    if not learned.compared:
        return [f"Upstream's dependencies ({learned.problem.rstrip('.')}).", *unchecked]
    return unchecked


def _in_a_sentence(title: str) -> str:
    return title.replace("The ", "the ", 1)


def _pending(feedstock: Feedstock) -> list[Pending]:
    edges = feedstock.dependencies.ordering_builds().filter(target__outdated=True)
    others = edges.exclude(target=feedstock).select_related("target").order_by("name")
    rows = list(others[:MOST_PENDING])
    urls = _urls(rows)
    return [
        Pending(
            each.name,
            each.target.version,
            each.target.new_version,
            urls.get(each.target.pk) or _page(each.target),
        )
        for each in rows
        if each.target
    ]


def _urls(edges: Iterable[Dependency]) -> dict[int, str]:
    """Where the pull requests of their targets are."""
    targets = {each.target_id for each in edges}
    pulls = PullRequest.objects.filter(feedstock__in=targets, state__in=STANDING).exclude(url="")
    return dict(pulls.order_by("made_at").values_list("feedstock_id", "url"))


def _supersedes(feedstock: Feedstock) -> list[int]:
    """Numbers of older ones that are open."""
    older = feedstock.pulls.filter(on_forge=OnForge.OPEN, number__gt=0)
    rows = older.exclude(version=feedstock.new_version).order_by("number")
    return list(rows.values_list("number", flat=True))
