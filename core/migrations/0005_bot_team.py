from __future__ import annotations

from django.db import migrations

TEAM = "bot team"


def form_team(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name=TEAM)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_people_and_webhooks"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(form_team, migrations.RunPython.noop)]
