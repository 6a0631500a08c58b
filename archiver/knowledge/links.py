"""Which places on the web people point to. Pure counting."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

_ADDRESS = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"“”«»]{1,2000}", re.IGNORECASE)
_AFTER = ".,;:!?'’)]}*_~"
_MOST = 200_000  # addresses that are kept in mind


@dataclass(frozen=True, slots=True)
class Link:
    """An address, how often it was given, and when and where (a message's row) first."""

    address: str
    times: int
    first: str | None
    row: int


@dataclass(slots=True)
class Links:
    """Addresses and the sites they are on."""

    sites: Counter[str] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[str | None, int]] = field(default_factory=dict)

    def top(self, most: int) -> list[Link]:
        """The addresses that were given most often, then the earliest."""
        order = sorted(self.times.items(), key=lambda one: (-one[1], self.first[one[0]][0] or "~", one[0]))
        return [Link(address, times, *self.first[address]) for address, times in order[:most]]


def addresses(text: str) -> list[str]:
    """The web addresses in a text, without the punctuation that ends a sentence; a bracket it opened itself stays."""
    found = []
    for hit in _ADDRESS.finditer(text):
        address = hit[0].rstrip(_AFTER)
        if "(" in address and hit[0][len(address) :].startswith(")"):
            address += ")"
        if len(address) > len("http://x"):
            found.append(address if "://" in address else f"http://{address}")
    return found


def site(address: str) -> str:
    """The host that an address is on, in lower case, without ``www.`` and port."""
    host = re.split(r"[/?#]", address.partition("://")[2], maxsplit=1)[0].rpartition("@")[2].lower()
    return re.sub(r":\d*$", "", host).removeprefix("www.")


def linked(texts: Iterable[tuple[int, str | None, str]]) -> Links:
    """The links of (row, local time, text) triples."""
    links = Links()
    for row, at, text in texts:
        for address in addresses(text):
            links.sites[site(address)] += 1
            if address in links.times or len(links.times) < _MOST:
                links.times[address] += 1
                first = links.first.get(address)
                if first is None or (at or "~") < (first[0] or "~"):
                    links.first[address] = (at, row)
    return links
