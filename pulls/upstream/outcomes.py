"""Outcomes of asking upstream about a new version (`pulls.*`)."""

from __future__ import annotations

from core.outcomes import Turn, declare

TOO_SLOW = declare(
    "pulls.upstream_too_slow",
    title="Upstream too slow",
    sentence="Upstream was not done answering within {seconds} seconds.",
    next="Nothing to do yet: it is tried again later.",
    transient=True,
    turn=Turn.UPSTREAM,
)
NOT_LISTED = declare(
    "pulls.upstream_not_listed",
    title="Version not listed upstream",
    sentence="{title} tells nothing about {project} {version}.",
    next="Look at upstream's own pages.",
    turn=Turn.UPSTREAM,
)
NO_METADATA = declare(
    "pulls.upstream_no_metadata",
    title="No metadata upstream",
    sentence="{title} has no metadata of {project} {version}.",
    next="Look into upstream's own files for what it depends on.",
    turn=Turn.UPSTREAM,
)
