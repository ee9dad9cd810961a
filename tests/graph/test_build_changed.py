"""Building only what changed leaves the same rows as building all."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from graph.build import build, neighbourhood, nodes, update
from graph.models import Channel, Dependency, Feedstock, GraphBuild, Output, Reading

pytestmark = pytest.mark.django_db

SECTIONS = ["build:linux-64", "host:linux-64 run:linux-64", "run:linux-64", "test:linux-64"]
KINDS = ["strong", "weak", "noarch"]


class World:
    """A few feedstocks in two channels, drawn and edited at random, so that all that can happen
    soon does: shared outputs, run exports, cycles, feedstocks that go, come back, or can't be
    read."""

    def __init__(self, seed):
        self.draw = random.Random(seed)  # noqa: S311 - the same draws each time
        self.homes = [
            Channel.objects.create(name=name, kind="dir", spec=f"dir:/{name}")
            for name in ("main", "other")
        ]
        self.names = [f"p{number}" for number in range(self.draw.randint(4, 14))]
        for name in self.names:
            self.add(name)

    def add(self, name):
        home = self.draw.choices(self.homes, [4, 1])[0]
        row = Feedstock.objects.create(
            channel=home, name=name, key=home.key_of(name), read_at=timezone.now()
        )
        Reading.objects.create(feedstock=row)
        self.write(row.pk)
        return row.pk

    def write(self, pk):
        """A recipe of its own, mostly builds what it is called."""
        row = Feedstock.objects.get(pk=pk)
        built = {row.name} | set(self.some(0.3))
        Output.objects.filter(feedstock=row).delete()
        if self.draw.random() < 0.9:
            Output.objects.bulk_create(Output(feedstock=row, name=name) for name in built)
        exports = {
            name: {self.draw.choice(KINDS): self.some(1.5)}
            for name in sorted(built)
            if self.draw.random() < 0.3
        }
        needs = {name: self.draw.choice(SECTIONS) for name in sorted(self.some(2.5))}
        Reading.objects.filter(pk=pk).update(requirements=needs, run_exports=exports)

    def some(self, mean):
        names = [*self.names, "nobody", "none"]
        return [name for name in names if self.draw.random() < mean / len(names)]

    def edit(self):
        """Change one to three feedstocks; returns their ids."""
        return {self.change() for _ in range(self.draw.randint(1, 3))}

    def change(self):
        ids = sorted(Feedstock.objects.values_list("pk", flat=True))
        match self.draw.randrange(6):
            case 0:
                name = f"new{len(ids)}"
                self.names.append(name)
                return self.add(name)
            case 1:
                pk = self.draw.choice(ids)
                Feedstock.objects.filter(pk=pk).update(gone_at=timezone.now())
                return pk
            case _:
                pk = self.draw.choice(ids)
                Feedstock.objects.filter(pk=pk).update(gone_at=None, read_at=timezone.now())
                self.write(pk)
                return pk


def said(built):
    return {**built.figures(), "layers": built.layers, "ambiguous": built.ambiguous} | {
        "changed": 0,
        "duration_s": 0,
    }


@pytest.mark.parametrize("seed", range(25))
def test_a_build_of_what_changed_leaves_nothing_to_a_build_of_all(seed):
    world = World(seed)
    build()
    for _ in range(6):
        if world.draw.random() < 0.3:
            world.edit()
            build()
        after_some = build(changed=world.edit())
        after_all = build()
        assert after_all.changed == 0
        assert said(after_some) == said(after_all)


@pytest.mark.parametrize("seed", range(40, 48))
def test_so_does_one_that_reaches_too_far_to_look_at_parts(seed, monkeypatch):
    monkeypatch.setattr(neighbourhood, "MOST", 2)
    monkeypatch.setattr(nodes, "MANY", 1)
    test_a_build_of_what_changed_leaves_nothing_to_a_build_of_all(seed)


def test_only_the_neighbourhood_is_read(feedstock, django_assert_max_num_queries):
    zlib = feedstock("zlib")
    for number in range(30):
        feedstock(f"user{number}", needs={"host": ["zlib"], "run": ["nobody"]})
    leaf = feedstock("leaf", needs={"host": ["user3"]})
    build()
    Reading.objects.filter(feedstock=leaf).update(requirements={"user4": "run:linux-64"})
    with django_assert_max_num_queries(45):
        assert build(changed={leaf.pk}).changed == 4
    zlib.refresh_from_db()
    assert zlib.dependents_count == 31


def test_users_are_looked_at_only_where_what_they_use_changed(feedstock):
    zlib = feedstock("zlib")
    users = {feedstock(f"user{number}", needs={"host": ["zlib"]}).pk for number in range(5)}
    wanting = feedstock("wanting", needs={"host": ["libzlib"]})
    build()
    Reading.objects.filter(feedstock=zlib).update(requirements={"gcc": "build:linux-64"})
    assert nodes.provided({zlib.pk}) == {}
    Reading.objects.filter(feedstock=zlib).update(run_exports={"zlib": {"weak": ["libzlib"]}})
    assert nodes.affected(nodes.provided({zlib.pk})) == users
    assert build(changed={zlib.pk}).changes["edges"]["new"]["count"] == 6
    Output.objects.create(feedstock=zlib, name="libzlib")
    assert nodes.affected(nodes.provided({zlib.pk})) == {*users, wanting.pk}
    assert build(changed={zlib.pk}).changed
    Feedstock.objects.filter(pk=zlib.pk).update(gone_at=timezone.now())
    assert nodes.provided({zlib.pk}) == {zlib.pk: ""}


def test_an_update_finds_what_was_read_or_is_gone_since_the_last_build(feedstock):
    zlib, user = feedstock("zlib"), feedstock("user", needs={"host": ["zlib"]})
    old = timezone.now() - timedelta(days=1)
    Feedstock.objects.update(read_at=old)
    assert update().changed == 3
    Reading.objects.filter(feedstock=user).update(requirements={})
    assert update().changed == 0
    Feedstock.objects.filter(pk=user.pk).update(read_at=timezone.now())
    assert update().changed == 3
    Feedstock.objects.filter(pk=zlib.pk).update(gone_at=timezone.now())
    assert update().feedstocks == 1


def test_after_a_build_that_stopped_halfway_all_is_built(feedstock):
    feedstock("user", needs={"host": ["zlib"]})
    build()
    GraphBuild.objects.create()
    Dependency.objects.all().delete()
    assert build(changed=set()).changed == 1


def test_a_failed_write_of_positions_takes_the_edges_back(feedstock, monkeypatch):
    feedstock("zlib")
    user = feedstock("user")
    build()
    Reading.objects.filter(feedstock=user).update(requirements={"zlib": "run:linux-64"})
    monkeypatch.setattr("graph.build.position_rows.write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build(changed={user.pk})
    assert not Dependency.objects.exists()
    assert not connection.needs_rollback
