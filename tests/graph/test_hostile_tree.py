"""Ten recipes that mean harm in one tree: each is a typed outcome on its row, others are read."""

from __future__ import annotations

import time

import pytest

from graph.build import build
from graph.conditions import conditions
from graph.intake.reading import track
from graph.models import Feedstock, Status

pytestmark = pytest.mark.django_db

SECRET = "swordfish-of-the-worker"
GOOD = "package:\n  name: good\n  version: '1.0'\nrequirements:\n  run:\n    - endless-loop\n"
LAUGHS = (
    "a0: &a0 [ha, ha]\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    + "package: {name: laughs, version: *a59}\n"
)
V1 = "package:\n  name: x\n  version: '1.0'\nabout:\n  summary: {}\n"

HOSTILE = {
    "broken-yaml/meta.yaml": b"package:\n  name: x\n version: [1\n",
    "undefined/meta.yaml": b"package:\n  name: {{ nmae }}\n",
    "unknown-selector/meta.yaml": GOOD.encode() + b"    - zlib  # [windwos]\n",
    "endless-loop/meta.yaml": b"{% for i in range(10**12) %}x{% endfor %}\n" + GOOD.encode(),
    "environment/recipe.yaml": V1.format("${{ env.get('BOTSITE_TEST_SECRET') }}").encode(),
    "multiplied/recipe.yaml": V1.format("${{ 'a' * 20000000000 }}").encode(),
    "laughs/meta.yaml": LAUGHS.encode(),
    "binary/meta.yaml": b"\x7fELF\0\0\1\2" * 100,
    "empty/meta.yaml": b"",
}
CODES = {
    "broken-yaml": "recipe.bad_yaml",
    "undefined": "recipe.undefined_variable",
    "unknown-selector": "recipe.unknown_selector",
    "environment": "recipe.environment_variable",
    "laughs": "recipe.too_complex",
    "huge": "recipe.too_large",
    "binary": "recipe.binary",
    "empty": "recipe.empty",
}


@pytest.fixture
def hostile(tmp_path, monkeypatch, settings):
    settings.READER_SECONDS = 1.0
    monkeypatch.setenv("BOTSITE_TEST_SECRET", SECRET)
    for path, data in {**HOSTILE, "good/meta.yaml": GOOD.encode()}.items():
        file = tmp_path / path
        file.parent.mkdir()
        file.write_bytes(data)
    (tmp_path / "huge").mkdir()
    with (tmp_path / "huge/meta.yaml").open("wb") as file:
        file.truncate(100_000_000)
    started = time.monotonic()
    report = track(f"dir:{tmp_path}", "hostile")
    assert time.monotonic() - started < 20
    return report


def test_each_ends_as_a_typed_outcome_with_file_and_line(hostile):
    assert (hostile.found, hostile.read, hostile.failed) == (11, 1, 10)
    bad = Feedstock.objects.exclude(name="good")
    for feedstock in bad:
        outcome = feedstock.get_outcome()
        assert outcome.code.startswith("recipe."), feedstock.name
        assert outcome.message, feedstock.name
        assert outcome.file == feedstock.path, feedstock.name
        assert outcome.line > 0, feedstock.name
        assert feedstock.status == Status.FAILING, feedstock.name
        assert conditions(feedstock.key)[0].code == outcome.code
    assert CODES.items() <= dict(bad.values_list("name", "outcome_code")).items()


def test_the_others_are_unaffected(hostile):
    good = Feedstock.objects.get(name="good")
    assert (good.outcome_code, good.version) == ("ok", "1.0")
    build()
    assert good.dependencies.get().target.name == "endless-loop"


def test_no_secret_is_kept(hostile):
    for feedstock in Feedstock.objects.select_related("reading"):
        assert SECRET not in str(feedstock.outcome)
        assert SECRET not in str(feedstock.reading.attributes)
