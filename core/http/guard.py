"""Which addresses may be contacted at all.

Recipes and upstream servers are written by strangers, and Botsite runs inside someone's network:
only globally routable addresses are contacted. Exempt are the exact origins that the operator
named; what such an origin redirects to is judged like anything else.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

from core.http.origins import Address, Origin
from core.http.outcomes import REFUSED_ADDRESS, door_error

# Names that mean something only inside a network (RFC 6761, 6762, 8375; ICANN for `internal`).
_LOCAL_SUFFIXES = (
    ".localhost",
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".home.arpa",
)
# Special by the registries of IANA, but global for `ipaddress` in some supported Pythons.
_SPECIAL = tuple(
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
)
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


class Guard:
    """Judges names before, and addresses at, connecting."""

    def __init__(self, exempt: frozenset[Origin]) -> None:
        self._exempt = exempt

    def judge_name(self, origin: Origin) -> None:
        """Refuse what can be refused by its name alone, for it may be a proxy that connects.

        Raises `DoorError` (`http.refused_address`).
        """
        if origin in self._exempt:
            return
        if (address := origin.address) is not None:
            self.judge_address(origin, address)
        elif "." not in origin.host or origin.host.endswith(_LOCAL_SUFFIXES):
            raise door_error(REFUSED_ADDRESS, host=origin.host, reason="its name is a local one")

    def judge_address(self, origin: Origin, address: Address) -> None:
        """Refuse an address that is about to be connected to for `origin`.

        Raises `DoorError` (`http.refused_address`).
        """
        if origin not in self._exempt and not is_public(address):
            reason = "its address is not a public one"
            raise door_error(REFUSED_ADDRESS, host=origin.host, reason=reason)


def is_public(address: Address) -> bool:
    """Whether the address is globally routable unicast. IPv6 forms that carry an IPv4 address are
    judged by that (mapped, NAT64) or refused (6to4, Teredo)."""
    if isinstance(address, IPv6Address):
        if (carried := _carried(address)) is not None:
            return is_public(carried)
        if address not in _UNICAST or address.scope_id:
            return False
    special = any(address in network for network in _SPECIAL)
    return address.is_global and not address.is_multicast and not special


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped
