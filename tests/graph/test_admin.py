"""The admin: everything can be looked at, and done again by those who may."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from core.models import Job
from graph.build import build
from graph.models import Feedstock

MODELS = [model for model in admin.site._registry if model._meta.app_label == "graph"]


@pytest.fixture
def chief(db, client):
    """A superuser, logged in; without a password, which takes a second to hash."""
    person = User.objects.create_superuser("chief")
    client.force_login(person)
    return person


@pytest.fixture
def feedstocks(feedstock):
    rows = [feedstock("zlib"), feedstock("python", needs={"host": ["zlib"]})]
    Feedstock.objects.update(content_hash="x")
    build()
    return rows


def act(client, action, rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(reverse("admin:graph_feedstock_changelist"), data)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_can_be_looked_at(client, chief, feedstocks, model):
    page = reverse(f"admin:graph_{model._meta.model_name}_changelist")
    assert client.get(page).status_code == 200
    if row := model.objects.first():
        page = reverse(f"admin:graph_{model._meta.model_name}_change", args=[row.pk])
        assert client.get(page).status_code == 200


def test_a_recipe_is_read_again(client, chief, feedstocks):
    act(client, "reread", feedstocks[:1])
    job = Job.objects.get()
    assert (job.kind, job.target, job.requested_by) == ("graph.refresh", "main", chief)
    assert Feedstock.objects.get(name="zlib").content_hash == ""
    assert Feedstock.objects.get(name="python").content_hash == "x"


def test_the_graph_is_rebuilt(client, chief, feedstocks):
    act(client, "rebuild_graph", feedstocks[:1])
    assert Job.objects.get().kind == "graph.build"


def test_looking_is_not_enough_to_act(client, feedstocks):
    person = User.objects.create_user("looker", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_feedstock"))
    client.force_login(person)
    act(client, "reread", feedstocks[:1])
    assert not Job.objects.exists()
