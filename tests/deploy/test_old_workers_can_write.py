"""While a new version migrates the database, workers of the released one go on: the tables they
know must take the rows they write, and keep the columns they read."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.fields import NOT_PROVIDED

# The last migrations of v0.1.0, the newest release. Moved on with each release.
RELEASED = [
    ("core", "0002_hosts"),
    ("graph", "0001_initial"),
    ("versions", "0002_problems_and_tags"),
]
OURS = {"core", "graph", "pulls", "versions"}


@pytest.fixture(scope="module")
def states() -> tuple[ProjectState, ProjectState]:
    """The models of the release, and those of now, as the migrations tell them."""
    loader = MigrationLoader(None)
    return loader.project_state(RELEASED), loader.project_state()


def shared(states) -> list[tuple[ModelState, ModelState]]:
    released, now = states
    return [(model, now.models[key]) for key, model in released.models.items() if key[0] in OURS]


def columns(model: ModelState) -> dict[str, models.Field]:
    return {name: field for name, field in model.fields.items() if not field.many_to_many}


def test_no_table_of_the_release_is_gone(states):
    released, now = states
    assert {key for key in released.models if key[0] in OURS} <= now.models.keys()
    assert len(shared(states)) >= 12


def test_no_column_of_the_release_is_gone(states):
    for then, now in shared(states):
        assert columns(then).keys() <= columns(now).keys(), then.name


def test_new_columns_need_no_value(states):
    for then, now in shared(states):
        for name in columns(now).keys() - columns(then).keys():
            field = columns(now)[name]
            filled = field.null or field.db_default is not NOT_PROVIDED
            assert filled, f"{now.name}.{name} has no db_default: inserts of old workers fail"


@pytest.mark.django_db
def test_the_database_fills_in_what_old_workers_leave_out(states):
    released, _ = states
    Sweep = released.apps.get_model("versions", "Sweep")
    row = Sweep.objects.create(trigger="command")

    with connection.cursor() as cursor:
        cursor.execute("SELECT saved, unchanged, lanes FROM versions_sweep WHERE id = %s", [row.pk])
        saved, unchanged, lanes = cursor.fetchone()
    assert (saved, unchanged, lanes) == (0, 0, "{}")
