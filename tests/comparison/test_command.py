from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from graph.models import Channel
from tests.factories import make_channel

pytestmark = pytest.mark.django_db


def compare(*arguments: str) -> dict:
    out = StringIO()
    call_command("compare", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def rows(beside):
    beside("agreed")
    beside("ahead", theirs="1.9")
    beside("behind", theirs="2.1")


def test_it_works(rows):
    document = compare("forge")
    assert (document["channel"], document["counts"]["same"]) == ("forge", 1)
    assert [each["name"] for each in document["packages"]] == ["ahead", "behind"]


def test_one_kind_or_all(rows):
    assert [each["name"] for each in compare("forge", "--only", "same")["packages"]] == ["agreed"]
    assert len(compare("forge", "--only", "all")["packages"]) == 3


def test_a_table_for_people(rows, capsys):
    call_command("compare", "forge")
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split() == ["ours_newer", "1"] for line in lines)
    assert "behind   theirs_newer  2.0   2.1     pypi does not list 2.1." in lines


def test_by_the_path_of_the_checkout(rows, tmp_path):
    Channel.objects.filter(name="forge").update(spec=f"cf-graph:{tmp_path}")
    assert compare(str(tmp_path))["channel"] == "forge"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "No channel is named 'nowhere'"),
        (["plain"], "No answers of another bot are known for plain"),
        (["/"], "No answers of another bot are known for /"),
        (["forge", "--only", "better"], "don't compare as 'better'"),
    ],
)
def test_what_it_refuses(rows, arguments, message):
    make_channel("plain")
    with pytest.raises(CommandError, match=message) as caught:
        compare(*arguments)
    assert caught.value.returncode == 2
