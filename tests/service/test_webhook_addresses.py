"""Addresses that an admin types must not open doors inside our own network."""

import ipaddress
import socket

import pytest

from service.http.errors import Refused
from service.webhooks.addresses import AddressForbidden, is_public, require_allowed, resolved

PRIVATE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
)
PUBLIC = ("1.1.1.1", "8.8.8.8", "223.5.5.5", "2606:4700:4700::1111", "64:ff9b::101:101")


@pytest.mark.parametrize("number", PRIVATE)
def test_numbers_of_our_own_network_are_told_from_strangers(number: str) -> None:
    assert not is_public(ipaddress.ip_address(number))


@pytest.mark.parametrize("number", PUBLIC)
def test_numbers_of_strangers_are_let_through(number: str) -> None:
    assert is_public(ipaddress.ip_address(number))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://erp.example.com/hook", "address_not_secure"),
        ("ftp://erp.example.com/hook", "address_malformed"),
        ("file:///etc/passwd", "address_malformed"),
        ("https://", "address_malformed"),
        ("https:///hook", "address_malformed"),
        ("https://user:word@erp.example.com/", "address_malformed"),
        ("https://erp.example.com@127.0.0.1/", "address_malformed"),
        ("https://erp.example.com\\@127.0.0.1/", "address_malformed"),
        ("https://erp.example.com:99999/", "address_malformed"),
        ("https://erp.example.com:x/", "address_malformed"),
        ("https://erp.example.com/#part", "address_malformed"),
        ("https://erp.example.com/\r\nHost: x", "address_malformed"),
        ("https://erp.example.com/\x00", "address_malformed"),
        ("https://[::1/", "address_malformed"),
        ("https://" + "x" * 300 + "/", "address_malformed"),
        ("https://127.0.0.1/", "address_not_public"),
        ("https://2130706433/", "address_not_public"),
        ("https://0x7f000001/", "address_not_public"),
        ("https://0177.0.0.1/", "address_not_public"),
        ("https://127.1/", "address_not_public"),
        ("https://[::1]/", "address_not_public"),
        ("https://[::ffff:169.254.169.254]/", "address_not_public"),
        ("https://169.254.169.254/latest/meta-data/", "address_not_public"),
        ("https://１２７.０.０.１/", "address_not_public"),
    ],
)
def test_a_hostile_address_is_refused_when_it_is_typed(url: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        require_allowed(url, private=False)

    assert [error.code for error in refused.value.errors] == [code]


@pytest.mark.parametrize(
    "url", ["https://erp.example.com/hook?a=1", "https://erp.example.com:8443/", "https://1.1.1.1/"]
)
def test_an_ordinary_address_is_taken(url: str) -> None:
    require_allowed(url, private=False)


async def test_a_name_is_refused_when_any_of_its_numbers_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*_: object, **__: object) -> list[object]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443)) for number in ("93.184.215.14", "192.168.0.7")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    with pytest.raises(AddressForbidden, match="address_not_public"):
        await resolved("https://erp.example.com/", private=False)


@pytest.mark.parametrize(
    "url", ["https://localhost/", "https://localhost.localdomain/", "https://no-such-name.invalid/"]
)
async def test_a_name_of_this_machine_is_found_out_when_it_is_looked_up(url: str) -> None:
    with pytest.raises(AddressForbidden, match=r"address_not_public|name_unknown"):
        await resolved(url, private=False)
