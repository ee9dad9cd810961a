"""From what the network and a status say to a typed outcome."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPException, IncompleteRead

from requests.exceptions import ProxyError, RequestException
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

from core.http.outcomes import (
    FORBIDDEN,
    GONE,
    NOT_FOUND,
    NOT_HTTP,
    PROXY,
    RATE_LIMITED,
    SERVER_ERROR,
    TIMEOUT,
    TLS,
    TRUNCATED,
    UNEXPECTED_STATUS,
    UNKNOWN_HOST,
    UNREACHABLE,
    DoorError,
    door_error,
)
from core.outcomes import OutcomeKind

_BY_STATUS: dict[int, OutcomeKind] = {
    401: FORBIDDEN,
    403: FORBIDDEN,
    404: NOT_FOUND,
    408: SERVER_ERROR,
    410: GONE,
    425: SERVER_ERROR,
    429: RATE_LIMITED,
    451: FORBIDDEN,
}


def network_failure(error: OSError | HTTPError, host: str) -> DoorError:
    """What an exception of requests, or of what lies beneath it, means."""
    chain = list(_chain(error))
    cause = next(filter(_is_plain, reversed(chain)), error)
    if isinstance(error, ProxyError) and (reason := _refusal(chain, cause)):
        return door_error(PROXY, host=host, reason=reason)
    return _plain_failure(cause, host)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and, inwards, those that it was raised from or made of."""
    while error is not None:
        yield error
        made_of = (each for each in error.args if isinstance(each, BaseException))
        context = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or context or next(made_of, None)


def _refusal(chain: list[BaseException], cause: BaseException) -> str:
    """Why the proxy is to blame. It is not when it only passed on that a host hung up."""
    if any(isinstance(each, NewConnectionError) for each in chain):
        return "the proxy itself cannot be reached"
    return "" if isinstance(cause, ConnectionError | TimeoutError) else str(cause)


def _is_plain(error: BaseException) -> bool:
    """Whether it is of the standard library's network modules, or an heir of its IncompleteRead.
    Those of requests are OSErrors too."""
    return isinstance(error, OSError | HTTPException) and not isinstance(error, RequestException)


def _plain_failure(error: BaseException, host: str) -> DoorError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return door_error(TLS, host=host, reason=error.verify_message)
    if isinstance(error, TimeoutError):
        return door_error(TIMEOUT, host=host)
    if isinstance(error, ssl.SSLEOFError | ConnectionError):
        return door_error(UNREACHABLE, host=host, reason=_reason(error))
    if isinstance(error, ssl.SSLError):
        return door_error(TLS, host=host, reason=error.reason or "the handshake failed")
    if isinstance(error, IncompleteRead | ProtocolError):
        return door_error(TRUNCATED, host=host)
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME:
        return door_error(UNKNOWN_HOST, host=host)
    if isinstance(error, OSError) and not isinstance(error, RequestException):
        return door_error(UNREACHABLE, host=host, reason=_reason(error))
    return door_error(NOT_HTTP, host=host)


def status_failure(status: int, headers: Mapping[str, str], host: str) -> DoorError:
    """What a status that the caller does not accept means; names in `headers` are lower case."""
    wait = retry_after(headers)
    if status == 407:
        return door_error(PROXY, host=host, status=status, reason="it asks for a login")
    kind = _BY_STATUS.get(status) or (SERVER_ERROR if status >= 500 else UNEXPECTED_STATUS)
    if status == 403 and ("retry-after" in headers or _spent(headers)):
        kind = RATE_LIMITED
    return door_error(kind, host=host, status=status, retry_after=wait)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from Retry-After (seconds or a date, RFC 9110) or, when the limit is spent,
    from `x-ratelimit-reset` (seconds since 1970, as GitHub writes it)."""
    text = headers.get("retry-after", "").strip()
    if text:
        return _seconds(text) if text.isdigit() else _until(text)
    reset = headers.get("x-ratelimit-reset", "").strip()
    if _spent(headers) and (at := _seconds(reset)) is not None:
        return max(0.0, at - time.time())
    return None


def _spent(headers: Mapping[str, str]) -> bool:
    return headers.get("x-ratelimit-remaining", "").strip() == "0"


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _until(date: str) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return None


def _reason(error: BaseException) -> str:
    if isinstance(error, socket.gaierror):
        return "its name could not be looked up"
    if isinstance(error, ConnectionRefusedError):
        return "it refused the connection"
    if isinstance(error, ssl.SSLEOFError | ConnectionError):
        return "it closed the connection"
    return (getattr(error, "strerror", None) or str(error)).lower()
