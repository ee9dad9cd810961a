"""Channels that are read from another bot's data."""

from __future__ import annotations

from pathlib import Path

from django.db.models import QuerySet

from core.outcomes import OutcomeError
from graph.models import Channel, TheirAnswer
from graph.outcomes import NO_OTHER_BOT, NO_SUCH_CHANNEL

KIND = "cf-graph"


def beside() -> QuerySet[Channel]:
    return Channel.objects.filter(kind=KIND)


def named(text: str) -> Channel:
    """The channel of a name, or of the path of the checkout that it is read from.

    Raises OutcomeError `graph.no_such_channel`, or `graph.no_other_bot`.
    """
    found = Channel.objects.filter(name=text).first() or _at(Path(text).expanduser())
    if found is None:
        raise _unknown(text)
    if not TheirAnswer.objects.of_channel(found.name).exists():
        raise NO_OTHER_BOT.error(place=found.name)
    return found


def _at(path: Path) -> Channel | None:
    return Channel.objects.filter(spec=f"{KIND}:{path.resolve()}").first()


def _unknown(text: str) -> OutcomeError:
    if Path(text).expanduser().is_dir():
        return NO_OTHER_BOT.error(place=text)
    return NO_SUCH_CHANNEL.error(name=text)
