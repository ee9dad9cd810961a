"""From a recipe and a version to the edited recipe, or the reason why there is none."""

from __future__ import annotations

import re
from dataclasses import replace

from core.outcomes import OK, Outcome, OutcomeError
from graph.recipes.model import Recipe, RecipeText
from pulls.editing import build_number, spelling, substitutions, versions
from pulls.editing.model import Edited, HashResolver, Read
from pulls.editing.relocation import cannot_relocate, relocate
from pulls.editing.renewal import Renewal, key_of, renew
from pulls.editing.substitutions import Substitution
from pulls.editing.urls import follow
from pulls.editing.workbench import Workbench
from pulls.outcomes import BAD_VERSION, NO_VERSION, NOT_AS_EXPECTED, SAME_VERSION

LONGEST_VERSION = 64
VERSION = re.compile(rf"[A-Za-z0-9._+!-]{{1,{LONGEST_VERSION}}}")


def edit(recipe: RecipeText, to_version: str, hashes: HashResolver, read: Read) -> Edited:
    """The recipe at `to_version`, with new hashes and build number 0, as far as it can be edited.

    `to_version` may be spelled as upstream does. Nothing is raised: what goes wrong is the
    outcome, and then `data` is what it was. Only `read` renders anything, so it decides how much
    time a hostile recipe gets; it is called at most `workbench.MAX_READS` times.
    """
    unchanged = Edited(recipe.file, recipe.data, new_version=spelling.conda_form(to_version))
    bench = Workbench(recipe, read)
    try:
        if not VERSION.fullmatch(to_version):
            raise BAD_VERSION.error(file=recipe.file, version=to_version[:80])
        before = bench.read()
        unchanged = replace(unchanged, old_version=before.version)
        return _edited(bench, before, unchanged, hashes)
    except OutcomeError as error:
        return replace(unchanged, outcome=error.outcome)


def _edited(bench: Workbench, before: Recipe, unchanged: Edited, hashes: HashResolver) -> Edited:
    old, new = before.version, unchanged.new_version
    if not old:
        raise NO_VERSION.error(file=bench.file, line=bench.line_of("package"), field="version")
    if len(old) > LONGEST_VERSION:
        raise BAD_VERSION.error(file=bench.file, line=bench.line_of("version"), version=old[:80])
    if spelling.conda_form(old) == new:
        return replace(unchanged, outcome=_same(bench, old))
    plan = versions.find(bench, old, new)
    changes = [*plan, *follow(bench, before, plan, new), *build_number.reset(bench)]
    changes, renewal = _with_hashes(bench, before, changes, new, hashes)
    changes += renewal.substitutions
    _check(bench, changes, renewal, new)
    after = substitutions.apply(bench.text, changes)
    return replace(
        unchanged,
        data=after.encode(),
        edits=substitutions.edits(bench.text, changes),
        outcome=OK,
        diff=substitutions.unified_diff(bench.file, bench.text, after),
        urls=renewal.urls,
    )


def _same(bench: Workbench, version: str) -> Outcome:
    line = bench.line_of("package", "version")
    return SAME_VERSION.outcome(file=bench.file, line=line, field="version", version=version)


def _with_hashes(
    bench: Workbench,
    before: Recipe,
    changes: list[Substitution],
    new: str,
    hashes: HashResolver,
) -> tuple[list[Substitution], Renewal]:
    """The changes with those of URLs whose files have moved, and the hashes they need."""
    renewal = renew(bench, before, changes, hashes)
    if renewal.moved:
        changes += [each for moved in renewal.moved for each in relocate(bench, moved, new)]
        renewal = renew(bench, before, changes, hashes)
        if renewal.moved:
            raise cannot_relocate(bench, renewal.moved[0])
    return changes, renewal


def _check(bench: Workbench, changes: list[Substitution], renewal: Renewal, new: str) -> None:
    """Read the edited recipe again: it must have the new version, and the sources expected."""
    for view, expected in renewal.expected:
        recipe = bench.read(changes, view)
        found = {key_of(source) for source in recipe.sources}
        if recipe.version != new:
            problem = f"its version is {recipe.version!r}"
        elif found != expected:
            urls, _, git_url, git_rev = min(found ^ expected, key=str)
            problem = (
                f"it downloads {', '.join(urls) or f'{git_url} {git_rev}'}, or has another hash"
            )
        else:
            continue
        raise NOT_AS_EXPECTED.error(file=bench.file, line=bench.line_of("source"), problem=problem)
