"""Which addresses we connect to: one that an admin typed must not lead into our own network."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from msgspec import Struct

from service.http.errors import Violation, invalid_body

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Public by their number, and not by what answers there: hosts that tell secrets to whoever runs on them; relays.
OURS = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24")))
# IPv6 that is another way of writing IPv4: what lies behind it is judged.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Address(Struct, frozen=True):
    """An address taken apart."""

    host: str
    port: int


class AddressForbidden(Exception):  # noqa: N818 (reads as what happened to the address)
    """Not connected; the text is a code."""


def require_allowed(url: str, *, private: bool) -> None:
    """Refuse what can be seen to be wrong without asking anybody."""
    try:
        address = _parsed(url, private=private)
        if (literal := _literal(address.host)) is not None:
            _require_public(literal, private=private)
    except AddressForbidden as refused:
        raise invalid_body(Violation("/url", str(refused))) from None


async def resolved(url: str, *, private: bool) -> tuple[Address, str]:
    """The IP address to connect to, looked up once: whoever asks again may be told another one.

    AddressForbidden unless every address of the name is one that anybody on the internet may have.
    """
    address = _parsed(url, private=private)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressForbidden("name_unknown") from None
    numbers = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for number in numbers:
        _require_public(number, private=private)
    if not numbers:
        raise AddressForbidden("name_unknown")
    return address, str(numbers[0])


def is_public(number: IpAddress) -> bool:
    """Whether a stranger's server may stand there."""
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if inner is None and number in NAT64:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if number.is_site_local:
            return False
    return (
        number.is_global
        and not number.is_multicast
        and not number.is_reserved
        and not any(number in ours for ours in OURS)
    )


def _parsed(url: str, *, private: bool) -> Address:
    """Host and port. AddressForbidden: no http address, one that names a user, or one that no host can have."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise AddressForbidden("address_malformed") from None
    printable = url.isprintable() and " " not in url and "\\" not in url
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or parts.fragment or not printable:
        raise AddressForbidden("address_malformed")
    if parts.scheme == "http" and not private:
        raise AddressForbidden("address_not_secure")
    return Address(host, port or (443 if parts.scheme == "https" else 80))


def _require_public(number: IpAddress, *, private: bool) -> None:
    if not private and not is_public(number):
        raise AddressForbidden("address_not_public")


def _literal(host: str) -> IpAddress | None:
    """The number that a host is, also in the spellings that old libraries read as one: 0x7f.1, 2130706433."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None
