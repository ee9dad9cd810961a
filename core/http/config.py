"""What the operator says about the network, checked once at the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from core.http.connections import tls_context
from core.http.credentials import Credentials, CredentialsError, read_credentials
from core.http.limits import DEFAULT_LIMITS, INDEX_LIMITS, HostLimits
from core.http.mirrors import Mirrors
from core.http.origins import Origin, parse_origin, parse_url
from core.http.outcomes import DoorError
from core.http.proxies import Proxies

_Value = TypeVar("_Value")


class ConfigError(ValueError):
    """A setting is unusable; the message names its key."""


@dataclass(frozen=True, slots=True)
class DoorConfig:
    """Everything the door needs to know. The defaults are those of an open network."""

    mirrors: Mirrors = field(default_factory=lambda: Mirrors({}))
    trusted_origins: frozenset[Origin] = frozenset()
    index_origin: Origin | None = None
    ca_bundle: str | None = None
    proxies: Proxies = field(default_factory=lambda: Proxies({}, ""))
    credentials: Credentials = field(default_factory=lambda: Credentials({}))
    host_limits: Mapping[Origin, HostLimits] = field(default_factory=dict)
    user_agent: str = "botsite"
    pages_folder: Path | None = None

    @property
    def exempt(self) -> frozenset[Origin]:
        """The origins that may be at an address of any kind: exactly those the operator named.

        Proxies are not among them: they are connected to as proxies, never for a URL's sake.
        """
        index = {self.index_origin} if self.index_origin else set()
        return self.mirrors.origins | self.trusted_origins | index

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> DoorConfig:
        """Read `BOTSITE_HTTP`. Raises `ConfigError` for an unknown key or a bad value."""
        if unknown := set(settings) - {f.name for f in fields(_Settings)}:
            raise ConfigError(f"BOTSITE_HTTP has unknown keys: {', '.join(sorted(unknown))}")
        return _Settings(**settings).config()


@dataclass(frozen=True, slots=True)
class _Settings:
    """The keys of `BOTSITE_HTTP`."""

    mirrors: Mapping[str, str] = field(default_factory=dict)
    trusted_origins: list[str] = field(default_factory=list)
    index_endpoint: str = ""
    ca_bundle: str | None = None
    proxies: Mapping[str, str] = field(default_factory=dict)
    no_proxy: str = ""
    credentials_file: str | None = None
    host_limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    contact: str = ""
    version: str = ""
    pages_folder: str = ""

    def config(self) -> DoorConfig:
        index = _read("index_endpoint", self._index)
        return DoorConfig(
            mirrors=_read("mirrors", lambda: Mirrors(self.mirrors)),
            trusted_origins=_read("trusted_origins", self._trusted),
            index_origin=index,
            ca_bundle=_read("ca_bundle", self._bundle),
            proxies=_read("proxies", self._proxies),
            credentials=_read("credentials_file", self._credentials),
            host_limits=_read("host_limits", lambda: self._limits(index)),
            user_agent=_read("contact", self._user_agent),
            pages_folder=Path(self.pages_folder) if self.pages_folder else None,
        )

    def _trusted(self) -> frozenset[Origin]:
        return frozenset(parse_origin(text) for text in self.trusted_origins)

    def _index(self) -> Origin | None:
        return parse_url(self.index_endpoint).origin if self.index_endpoint else None

    def _bundle(self) -> str | None:
        if not self.ca_bundle:
            return None
        try:
            tls_context(self.ca_bundle)
        except OSError as error:
            raise ValueError(f"{self.ca_bundle}: {error.strerror}") from None
        return self.ca_bundle

    def _proxies(self) -> Proxies:
        if unknown := set(self.proxies) - {"http", "https"}:
            raise ValueError(f"{', '.join(sorted(unknown))} is neither http nor https")
        return Proxies({key: url for key, url in self.proxies.items() if url}, self.no_proxy)

    def _credentials(self) -> Credentials:
        if not self.credentials_file:
            return Credentials({})
        return read_credentials(Path(self.credentials_file))

    def _limits(self, index: Origin | None) -> dict[Origin, HostLimits]:
        limits = {index: INDEX_LIMITS} if index else {}
        named = {parse_origin(key): _limit(key, each) for key, each in self.host_limits.items()}
        return limits | named

    def _user_agent(self) -> str:
        name = f"botsite/{self.version}" if self.version else "botsite"
        agent = f"{name} (+{self.contact})" if self.contact else name
        if not (agent.isascii() and agent.isprintable()):
            raise ValueError("it must be one line of ASCII")
        return agent


def _read(key: str, read: Callable[[], _Value]) -> _Value:
    try:
        return read()
    except (DoorError, CredentialsError, ValueError, TypeError, AttributeError) as error:
        raise ConfigError(f"BOTSITE_HTTP[{key!r}] is unusable: {error}") from None


def _limit(key: str, entry: Mapping[str, float]) -> HostLimits:
    if set(entry) - {"in_flight", "rate"}:
        raise ValueError(f"{key} may have only `in_flight` and `rate`")
    in_flight = int(entry.get("in_flight", DEFAULT_LIMITS.in_flight))
    rate = float(entry.get("rate", DEFAULT_LIMITS.rate))
    if in_flight < 1 or not 0 < rate < 1e6:
        raise ValueError(f"{key}: `in_flight` and `rate` must be more than 0")
    return HostLimits(in_flight, rate)
