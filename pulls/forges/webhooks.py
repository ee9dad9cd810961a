"""What GitHub sends by itself: whether it is GitHub's, and what it is about. Pure.

https://docs.github.com/webhooks: the body is signed with a shared secret, and each delivery has an
id, which stays the same when it is delivered again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulls.forges.outcomes import BAD_DELIVERY

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_WORD = re.compile(r"[a-z_]{1,64}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """`event` is `pull_request`, `issue_comment`, `push`, `ping` ...; `action` what happened,
    where the event has kinds. `repository` is OWNER/NAME, `number` that of the pull request; empty
    and 0 where it is about none. It says where to look, not what is there: that the forge is asked.
    """

    id: str
    event: str
    action: str
    repository: str
    number: int


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether `X-Hub-Signature-256` is that of the body. Without a secret nothing is signed."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = signature.encode("ascii", "replace")
    return bool(secret) and hmac.compare_digest(f"sha256={digest}".encode(), given)


def read(headers: Mapping[str, str], body: bytes) -> Delivery:
    """A delivery whose signature is right. `headers` may be Django's `request.headers`.

    Raises OutcomeError (`pulls.bad_delivery`).
    """
    delivery, event = headers.get("X-GitHub-Delivery", ""), headers.get("X-GitHub-Event", "")
    if not (_ID.fullmatch(delivery) and _WORD.fullmatch(event)):
        raise BAD_DELIVERY.error(problem="it has no id, or names no event")
    try:
        document = json.loads(body)
        return Delivery(
            delivery, event, _action(document), _repository(document), _number(document)
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise BAD_DELIVERY.error(problem="its JSON has another shape") from None


def _action(document: Mapping[str, Any]) -> str:
    action = document.get("action") or ""
    return action if _WORD.fullmatch(action) else ""


def _repository(document: Mapping[str, Any]) -> str:
    name = (document.get("repository") or {}).get("full_name", "")
    return name if _NAME.fullmatch(name) else ""


def _number(document: Mapping[str, Any]) -> int:
    """Comments on issues have an `issue`, which says if it is a pull request."""
    issue = document.get("issue") or {}
    about = document.get("pull_request") or (issue if "pull_request" in issue else {})
    return int(about.get("number", 0))
