"""Writing down what was read of feedstocks, a batch at a time: for `graph.intake.reading` alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.models import outcome_values
from core.outcomes import OK, Outcome, OutcomeError
from graph.beside import pack
from graph.intake import requirements, storable
from graph.intake.reader_version import reader_version
from graph.intake.storable import clean
from graph.models import Channel, Feedstock, Maintainer, Output, Reading
from graph.recipes.model import Recipe, RecipeText, as_line
from versions.watch import WatchUrl

# What a failed reading updates; the rest keeps what was last understood.
SEEN = ["path", "commit", "recipe_file", "content_hash", "reader_version", "read_at", "gone_at"]
SEEN += ["outcome_code", "outcome"]
UNDERSTOOD = ["schema_version", "recipe_name", "version"]
TEXTS = ["recipe_text", "conda_forge_yml", "beside"]
DERIVED = ["requirements", "run_exports", "watch_urls", "bot_settings", "attributes"]


@dataclass(frozen=True, slots=True)
class Read:
    """A feedstock as found in its channel, and how reading its recipe ended. `text` is None where
    there was none to read."""

    name: str
    path: str
    content_hash: str
    text: RecipeText | None
    result: Recipe | Outcome
    commit: str = ""

    @property
    def recipe(self) -> Recipe | None:
        return self.result if isinstance(self.result, Recipe) else None

    @property
    def outcome(self) -> Outcome:
        return self.result if isinstance(self.result, Outcome) else OK


def content_hash(content: RecipeText | Outcome) -> str:
    """A digest of all that a reading depends on, besides the reader itself; of the outcome where
    there is nothing to read."""
    if isinstance(content, Outcome):
        return _digest(map(str, content.as_dict().values()))
    files = {**content.ci_support, **content.variant_config}
    beside = [part for item in sorted(files.items()) for part in item]
    return _digest([content.file, content.conda_forge_yml, *beside], content.data)


def _digest(texts: Iterable[str], data: bytes = b"") -> str:
    digest = hashlib.sha256()
    for part in (data, *(text.encode("utf-8", "surrogatepass") for text in texts)):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def store(channel: Channel, batch: Sequence[Read]) -> int:
    """Write a batch in one short transaction; returns how many of them could be read."""
    if not batch:
        return 0
    batch = [_checked(each) for each in batch]
    understood = [each for each in batch if each.recipe]
    failed = [each for each in batch if not each.recipe]
    with transaction.atomic():
        _upsert(channel, understood, SEEN + UNDERSTOOD, TEXTS + DERIVED)
        _upsert(channel, failed, SEEN, TEXTS)
        Channel.objects.filter(pk=channel.pk).update(changed_at=timezone.now())
    return len(understood)


def _checked(read: Read) -> Read:
    if read.recipe is None:
        return read
    try:
        storable.check(read.recipe)
    except OutcomeError as error:
        return replace(
            read, result=replace(error.outcome, file=read.text.file if read.text else "")
        )
    return read


def _upsert(
    channel: Channel, batch: Sequence[Read], columns: list[str], reading_columns: list[str]
) -> None:
    if not batch:
        return
    Feedstock.objects.bulk_create(
        [_feedstock(channel, each) for each in batch],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=columns,
    )
    ids = _ids(channel, batch)
    Reading.objects.bulk_create(
        [_reading(ids[each.name], each) for each in batch],
        update_conflicts=True,
        unique_fields=["feedstock"],
        update_fields=reading_columns,
    )
    _replace_outputs({ids[each.name]: each.recipe for each in batch if each.recipe})
    _replace_maintainers({ids[each.name]: each.recipe for each in batch if each.recipe})


def _ids(channel: Channel, batch: Iterable[Read]) -> dict[str, int]:
    rows = Feedstock.objects.filter(channel=channel, name__in=[each.name for each in batch])
    return dict(rows.values_list("name", "pk"))


def _feedstock(channel: Channel, read: Read) -> Feedstock:
    recipe, outcome = read.recipe, storable.clean_outcome(read.outcome)
    return Feedstock(
        channel=channel,
        name=read.name,
        key=channel.key_of(read.name),
        path=read.path,
        commit=read.commit,
        recipe_file=clean(read.text.file if read.text else outcome.file),
        # What may pass by itself is not remembered, so that the next refresh tries again.
        content_hash="" if outcome.transient else read.content_hash,
        reader_version=reader_version(),
        read_at=timezone.now(),
        schema_version=recipe.schema_version if recipe else 0,
        recipe_name=recipe.name if recipe else "",
        version=recipe.version if recipe else "",
        **outcome_values(outcome),
    )


def _reading(feedstock: int, read: Read) -> Reading:
    reading = Reading(feedstock_id=feedstock)
    if read.text:
        reading.recipe_text = clean(read.text.data.decode("utf-8", "replace"))
        reading.conda_forge_yml = clean(read.text.conda_forge_yml)
        reading.beside = pack(read.text)
    if recipe := read.recipe:
        reading.requirements = requirements.labelled(recipe.requirements_by_platform)
        reading.run_exports = requirements.run_exports(recipe)
        reading.watch_urls = _watch_urls(recipe)
        reading.bot_settings = dict(recipe.bot)
        reading.attributes = _attributes(read.path, recipe)
    return reading


def _watch_urls(recipe: Recipe) -> list[dict[str, str]]:
    """All URLs of all sources, each once, with the text it was rendered from, if known."""
    urls: dict[str, WatchUrl] = {}
    for source in recipe.sources:
        # Templates may be fewer than URLs: then the rest is known without.
        templates = [*source.url_templates, *[""] * len(source.urls)]
        for rendered, template in zip(source.urls, templates, strict=False):
            urls.setdefault(rendered, WatchUrl(rendered, template))
        if source.git_url:
            urls.setdefault(source.git_url, WatchUrl(source.git_url, git_rev=source.git_rev))
    return [asdict(url) for url in urls.values()]


def _attributes(path: str, recipe: Recipe) -> dict[str, Any]:
    whole = recipe.as_dict()
    more = ("requirements_by_platform", "feedstock_name", "assumed", "remarks")
    return as_line(path, recipe) | {name: whole[name] for name in more}


def _replace_outputs(recipes: dict[int, Recipe]) -> None:
    """conda compares names in lower case; of outputs that share a name the first one counts."""
    wanted = {
        (feedstock, output.name.lower()): output.version
        for feedstock, recipe in recipes.items()
        for output in reversed(recipe.outputs)
    }
    rows = Output.objects.filter(feedstock__in=recipes)
    for pk, feedstock, name, version in rows.values_list("pk", "feedstock_id", "name", "version"):
        if wanted.get((feedstock, name)) == version:
            del wanted[feedstock, name]
        else:
            Output.objects.filter(pk=pk).delete()
    Output.objects.bulk_create(
        Output(feedstock_id=feedstock, name=name, version=version)
        for (feedstock, name), version in wanted.items()
    )


def _replace_maintainers(recipes: dict[int, Recipe]) -> None:
    wanted = {
        (feedstock, handle.strip().lower())
        for feedstock, recipe in recipes.items()
        for handle in recipe.maintainers
        if handle.strip()
    }
    rows = Maintainer.objects.filter(feedstock__in=recipes)
    known = {(row.feedstock_id, row.handle): row.pk for row in rows}
    Maintainer.objects.filter(pk__in=[known[each] for each in known.keys() - wanted]).delete()
    Maintainer.objects.bulk_create(
        Maintainer(feedstock_id=feedstock, handle=handle)
        for feedstock, handle in sorted(wanted - known.keys())
    )
