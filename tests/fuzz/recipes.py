"""Spoilt recipes through the reader pool: a Recipe or a typed outcome, in time, nothing else."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.outcomes import Outcome
from graph import outcomes
from graph.recipes.model import DEFAULT_PLATFORMS, Recipe, RecipeText
from graph.recipes.tree import find_recipes
from graph.recipes.wall import ReaderPool
from tests.fuzz.findings import Report
from tests.fuzz.mutation import Mutator
from tests.recipes.hostile import CASES

SAMPLE_CHANNEL = Path(__file__).resolve().parent.parent.parent / "sample_channel"
MAX_CORPUS = 2_000
SECONDS = 4.0
# Readers start, and a machine may be busy; more than that is a pool that doesn't keep its word.
SLACK_SECONDS = 6.0
INTERNAL = (outcomes.READER_FAILED.code, outcomes.UNREADABLE.code)

TOKENS = tuple(
    token.encode("utf-8", "surrogatepass")
    for token in (
        *("{{", "}}", "{%", "%}", "{#", "#}", "${{", "{%- ", " -%}", "# [win]", "# [", "]"),
        *("&a ", "*a", "<<: *a", "!!binary ", "!x ", "? ", ": ", "- ", "|\n", ">-\n", "---\n"),
        *("\0", "\t", "\r", "\x85", "\u2028", "\ufeff", "\ud800", "\x1b[2J", '"', "'", "\\", "%"),
        *("{% for i in range(9) %}", "{% endfor %}", "{% macro a(b) %}", "{% endmacro %}"),
        *("{% set a = a %}", "{{ a }}", "{{ name[9:] }}", "{{ version.split('.')[9] }}"),
        *("{% if a is defined %}", "{% endif %}", "{% do a.append(1) %}", "|replace('', 'aa')"),
        *("compiler(", "pin_subpackage(", "cdt('", "environ.get('HOME')", "load_file_regex("),
        *("if: ", "then: ", "else: ", "outputs:\n", "cache:\n", "staging:\n", "inherit: a\n"),
        *("requirements: ", "run_exports: ", "source: ", "url: ", "name: ", "skip: true\n"),
        *("[py>=36]", "[linux and (", "not ", " or ", "in (", "int(", "**", "~", "|", "(" * 90),
    )
)


def hunt(rng: random.Random, seconds: float, report: Report) -> None:
    """Read spoilt recipes for `seconds`."""
    end = time.monotonic() + seconds
    last = time.monotonic()
    with ReaderPool(2, seconds=SECONDS) as pool:
        for text, read in pool.read_all(_spoilt(rng, end), DEFAULT_PLATFORMS):
            now = time.monotonic()
            report.endings[read.code if isinstance(read, Outcome) else "ok"] += 1
            problem = _problem(text, read)
            if now - last > SECONDS + SLACK_SECONDS:
                problem = f"no answer for {now - last:.1f} seconds"
            if problem:
                report.finding(text.file, text.data, problem)
            last = now


def _spoilt(rng: random.Random, end: float) -> Iterator[RecipeText]:
    seeds = _seeds(rng)
    mutator = Mutator(rng, [each.data for each in seeds], TOKENS)
    while time.monotonic() < end:
        seed = rng.choice(seeds)
        beside = rng.choice(seeds).data if rng.random() < 0.1 else b""
        variants = b"target_platform:\n- linux-64\npython:\n- 3.12.* *_cpython\n"
        yield RecipeText(
            seed.file,
            mutator.spoil(seed.data),
            {"linux_64_.yaml": _text(mutator.spoil(variants))} if rng.random() < 0.1 else {},
            _text(mutator.spoil(seed.conda_forge_yml.encode() + beside)) if beside else "",
        )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _seeds(rng: random.Random) -> Sequence[RecipeText]:
    """The sample channel, the hostile set, and of the corpus, if there is one, a part."""
    trees = [list(find_recipes(SAMPLE_CHANNEL))]
    if corpus := os.environ.get("BOTSITE_CORPUS"):
        every = list(find_recipes(Path(corpus)))
        trees.append(rng.sample(every, min(len(every), MAX_CORPUS)))
    found = [each.text for tree in trees for each in tree]
    hostile = [(str(case.values[0]), case.values[1]) for case in CASES]
    return [
        *(each for each in found if isinstance(each, RecipeText)),
        *(RecipeText(file, text.encode()) for file, text in hostile if isinstance(text, str)),
    ]


def _problem(text: RecipeText, read: Recipe | Outcome) -> str:
    """What is wrong with an answer; '' if nothing is."""
    if isinstance(read, Recipe):
        same = Recipe.from_dict(json.loads(json.dumps(read.as_dict()))) == read
        return "" if read.name and same else f"an impossible recipe: {read}"
    lines = text.data.count(b"\n") + text.data.count(b"\r") + 1
    beside = read.file != text.file
    if read.code in INTERNAL or not read.code.startswith("recipe."):
        return f"{read.code}: {read.message}"
    if read.line < 1 or (read.line > lines and not beside):
        return f"{read.code} at line {read.line} of {lines}"
    return ""
