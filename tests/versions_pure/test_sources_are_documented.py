from __future__ import annotations

from pathlib import Path

import pytest

from tests.versions_pure.test_every_source_fails_well import SAMPLES
from versions.choosing.policy import SOURCE_NAMES
from versions.sources import Source, registry
from versions.sources.protocol import Fact
from versions.sources.table import BEGIN, END, write_table

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sources.md"

each_source = pytest.mark.parametrize("source", registry(), ids=lambda source: source.name)


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text()
    assert page == write_table(page, registry()), "run manage.py write_reference"


@each_source
def test_each_source_has_its_row(source: Source) -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{source.name}`")]
    assert len(rows) == 1
    assert all(cell.strip() for cell in rows[0].strip("|").split("|"))
    assert rows[0].count("|") == 6


@each_source
def test_each_source_has_its_loopback_test(source: Source) -> None:
    assert (Path(__file__).parent / f"test_source_{source.name}.py").is_file()


@each_source
def test_each_source_is_in_the_failure_suite(source: Source) -> None:
    assert source.name in SAMPLES


def test_settings_can_name_every_source_and_no_other() -> None:
    names = {source.name for source in registry()}
    assert names <= SOURCE_NAMES.keys()
    assert {each for ours in SOURCE_NAMES.values() for each in ours} == names


def test_names_are_unique() -> None:
    names = [source.name for source in registry()]
    assert len(names) == len(set(names))


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no marks"):
        write_table("# Sources\n", registry())


def test_the_table_is_written_between_its_marks() -> None:
    page = write_table(f"# Sources\n{BEGIN}{END}", registry())
    assert page.count("\n| `") == len(registry())
    assert write_table(page, registry()) == page


def test_every_fact_is_known_to_some_source() -> None:
    assert frozenset().union(*(source.knows for source in registry())) == frozenset(Fact)
