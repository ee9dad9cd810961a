"""Whether a pull request may be merged by itself, which its title then says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from graph.models import Feedstock
from versions.choosing.policy import read_policy


def wanted(
    feedstock: Feedstock,
    bot_settings: Mapping[str, Any],
    released_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether maintainers want it (`automerge` of the `bot:` section), somebody merges (that is
    conda-forge's action, on GitHub), and the release is older than `cooldown_days`.

    A release of an unknown date has not cooled down: a person shall look at it.
    """
    setting = bot_settings.get("automerge")
    if feedstock.channel.kind != "github" or not (setting is True or setting == "version"):
        return False
    policy, _ = read_policy(bot_settings)
    if not policy.cooldown_days:
        return True
    cooling = timedelta(days=policy.cooldown_days)
    return released_at is not None and released_at + cooling <= now
