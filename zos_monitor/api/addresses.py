"""The addresses to answer on: what a host's name means, and sockets there."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple


class AddressError(Exception):
    """There can't be answered on an address; the message is a sentence that says why."""


class Address(NamedTuple):
    """An address of this machine: its family, and the number that a name was resolved to."""

    family: socket.AddressFamily
    number: str

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine itself gets there."""
        address = ip_address(self.number.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return address.is_loopback


def resolve(host: str) -> list[Address]:
    """Return the addresses that a host's name or number means. Raises AddressError for none."""
    host = host.removeprefix("[").removesuffix("]")  # as URLs have it
    if not host or host.isspace():
        raise AddressError("Name a host to answer on, such as 127.0.0.1.")
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        why = getattr(fault, "strerror", None) or "no such name can be"
        raise AddressError(f"There is no host {host!r} to answer on ({why}).") from fault
    return list(dict.fromkeys(Address(family, str(name[0])) for family, _, _, _, name in found))


def listening(addresses: list[Address], port: int) -> list[socket.socket]:
    """Return sockets that are bound to a port at these addresses; 0 means any port that is free.

    An address that this machine does not have is left out where it has another one. Raises
    AddressError where there are none, and where the port can't be had.
    """
    lacking: OSError | None = None
    sockets: list[socket.socket] = []
    with ExitStack() as undoing:
        for address in addresses:
            try:
                bound = _bound(address, port)
            except OSError as fault:
                if fault.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    raise AddressError(_words(address, port, fault)) from fault
                lacking = fault
                continue
            undoing.enter_context(bound)
            sockets.append(bound)
            port = bound.getsockname()[1]
        if not sockets:
            number = ", ".join(address.number for address in addresses)
            raise AddressError(f"This machine has no address {number}.") from lacking
        undoing.pop_all()
    return sockets


def _bound(address: Address, port: int) -> socket.socket:
    with ExitStack() as undoing:
        # Told of TCP, for asyncio turns off the delay of small packets nowhere else: 40 ms each.
        kind = address.family, socket.SOCK_STREAM, socket.IPPROTO_TCP
        bound = undoing.enter_context(socket.socket(*kind))
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if address.family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((address.number, port))
        bound.listen()  # now, for only this tells that another one listens there
        undoing.pop_all()
    return bound


def _words(address: Address, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"Port {port} of {address.number} is taken: name another one with --port."
    why = fault.strerror or type(fault).__name__
    return f"Port {port} of {address.number} can't be had ({why}): name another one with --port."


def url_of(listener: socket.socket) -> str:
    """Return the URL that a socket answers on."""
    number, port = listener.getsockname()[:2]
    return f"http://[{number}]:{port}" if ":" in number else f"http://{number}:{port}"
