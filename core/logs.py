"""Log lines that say what they are about, and never hold a secret.

with bound(job=17, package="main/numpy"):
    log.warning("...")  # this line, and those of all that is called, carry both
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from json import dumps
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from pythonjsonlogger.json import JsonFormatter as PlainJsonFormatter

HIDDEN = "[hidden]"
LEAST = 6  # characters; hiding shorter ones would spoil every line
_NOTHING: Mapping[str, object] = MappingProxyType({})

_bound: ContextVar[Mapping[str, object]] = ContextVar("bound", default=_NOTHING)
_secrets: list[str] = []

# Those that nobody told us of: GitHub's tokens, ours, and passwords in URLs.
_LOOK_SECRET = re.compile(
    r"\bgh[a-z]_[A-Za-z0-9]{16,}|\bgithub_pat_\w{16,}|\bbotsite_[\w-]{40,}"
    r"|(?<=://)[^/?#@\s\"']*:[^/?#@\s\"']+(?=@)"
)


@contextmanager
def bound(**about: object) -> Iterator[None]:
    """What is logged within is about these, too."""
    token = _bound.set({**_bound.get(), **about})
    try:
        yield
    finally:
        _bound.reset(token)


def conceal(values: Iterable[str]) -> None:
    """Hide these in every line from now on; of a URL, its password."""
    spelt = {each for value in values for each in _spellings(_secret_of(value))}
    known = spelt.union(_secrets)
    # The longest first: one may be part of another.
    _secrets[:] = sorted((each for each in known if len(each) >= LEAST), key=len, reverse=True)


def _secret_of(value: str) -> str:
    return urlsplit(value).password or "" if "://" in value else value.strip()


def _spellings(secret: str) -> set[str]:
    """As it may stand in a URL, in JSON, or in what Python prints."""
    raw = unquote(secret)
    return {secret, raw, quote(raw, safe=""), dumps(raw)[1:-1], repr(raw)[1:-1]}


def masked(text: str) -> str:
    for secret in _secrets:
        text = text.replace(secret, HIDDEN)
    return _LOOK_SECRET.sub(HIDDEN, text)


class LineFormatter(logging.Formatter):
    """A line for people."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        line = super().formatMessage(record)
        about = " ".join(f"{name}={value}" for name, value in _bound.get().items())
        return f"{line} [{about}]" if about else line

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class JsonFormatter(PlainJsonFormatter):
    """A JSON object on one line, for whatever collects logs."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data.update((name, str(value)) for name, value in _bound.get().items())

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
