"""The feedstocks: their names, recipes, and what each is built with. Pure."""

from __future__ import annotations

import random

OWNER = "bench"
RECIPE_PATH = "recipe/meta.yaml"
OLD, NEW = "1.0", "2.0"
MAINTAINERS = 50
MOST_NEEDS = 3
SLOPE = 3.3  # how much more often the first ones are needed than others
_IN_CYCLES = 0.02  # share that also needs a later one


def name_of(number: int) -> str:
    return f"p{number}"


def repository_of(number: int) -> str:
    return f"{OWNER}/{name_of(number)}-feedstock"


def needs(feedstocks: int, seed: int) -> list[set[str]]:
    """What each is built with: earlier ones, and now and then a later one, which closes a cycle."""
    draw = random.Random(seed)
    found = []
    for number in range(feedstocks):
        wanted = draw.randint(0, MOST_NEEDS) if number else 0
        earlier = {int(number * draw.random() ** SLOPE) for _ in range(wanted)}
        if number + 1 < feedstocks and draw.random() < _IN_CYCLES:
            earlier.add(draw.randrange(number + 1, feedstocks))
        found.append(set(map(name_of, earlier)))
    return found


def recipe(name: str, needed: set[str]) -> str:
    lines = [
        f'{{% set version = "{OLD}" %}}',
        "package:",
        f"  name: {name}",
        "  version: {{ version }}",
        "source:",
        f"  url: https://files.example/{name}-{{{{ version }}}}.tar.gz",
        f"  sha256: {'a' * 64}",
        "build:",
        "  number: 3",
    ]
    if needed:
        lines += ["requirements:", "  host:", *(f"    - {each}" for each in sorted(needed))]
    return "\n".join([*lines, ""])
