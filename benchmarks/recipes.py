"""How fast the recipes of a corpus are read, how many can be, and in how much memory.

    BOTSITE_CORPUS=DIRECTORY python -m benchmarks.recipes [--processes N]

The directory holds unpacked recipes, NAME/meta.yaml or NAME/recipe.yaml each.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path

PROCESSES = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    options = parser.parse_args()
    corpus = os.environ.get("BOTSITE_CORPUS")
    if not corpus:
        sys.exit("BOTSITE_CORPUS does not name a directory of unpacked recipes.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "botsite.settings")
    import django

    django.setup()
    run(Path(corpus), options.processes)


def run(corpus: Path, processes: int) -> None:
    from graph.recipes.model import DEFAULT_PLATFORMS

    clock = time.perf_counter()
    outcomes = Counter(read(corpus, processes))
    seconds = time.perf_counter() - clock
    total = outcomes.total()
    if not total:
        sys.exit(f"No recipe was found below {corpus}.")
    print(f"recipes               {total:>10,}")
    print(f"platforms             {len(DEFAULT_PLATFORMS):>10}")
    print(f"processes             {processes:>10}")
    print(f"seconds               {seconds:>10.1f}")
    print(f"ms a recipe           {1000 * seconds / total:>10.1f}")
    print(f"read                  {100 * outcomes['ok'] / total:>9.2f}%")
    print(f"peak MB of a reader   {megabytes(resource.RUSAGE_CHILDREN):>10.0f}")
    print(f"peak MB of the parent {megabytes(resource.RUSAGE_SELF):>10.0f}")
    for code, count in outcomes.most_common():
        print(f"  {code:32}{count:>8,}")


def read(corpus: Path, processes: int) -> list[str]:
    """The outcome code of each recipe, on the default platforms."""
    from core.outcomes import Outcome
    from graph.recipes.model import DEFAULT_PLATFORMS, RecipeText
    from graph.recipes.tree import find_recipes
    from graph.recipes.wall import ReaderPool

    found = [each.text for each in find_recipes(corpus)]
    unread = [text.code for text in found if isinstance(text, Outcome)]
    texts = (text for text in found if isinstance(text, RecipeText))
    with ReaderPool(processes) as pool:
        results = pool.read_all(texts, DEFAULT_PLATFORMS)
        return unread + [
            result.code if isinstance(result, Outcome) else "ok" for _, result in results
        ]


def megabytes(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    main()
