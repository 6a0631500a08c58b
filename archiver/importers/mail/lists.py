"""Which mailing list a mail came by: List-Id (RFC 2919), List-Post (RFC 2369), and what older list servers write."""

import re
from functools import lru_cache
from typing import NamedTuple

from archiver.importers.mail.addresses import folded
from archiver.importers.mail.headers import Headers
from archiver.importers.mail.words import decoded


class ListName(NamedTuple):
    """A list as its mails name it.

    *key* is the same for every mail of the list, ``list:garden.lists.example.org``. *title* is what to show,
    *address* (folded) where one writes to. *surely*: people write to each other there; False for what companies send in
    bulk, which carries a List-Id, too.
    """

    key: str
    title: str
    address: str | None
    surely: bool


_BRACKETED = re.compile(r"<([^<>]*)>")
_MAILTO = re.compile(r"mailto:([^\s<>?,;:@]++@[^\s<>?,;:@]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![^\s<>\"'(),;:@])[^\s<>\"'(),;:@]++@[^\s<>\"'(),;:@]+")
_NAME = re.compile(r"\w[\w.+-]*")
_ROLE = re.compile(r"^owner-|[-+](?:owners?|admin|bounces?|request|help|errors)$", re.IGNORECASE)
MAX_LENGTH = 2_000  # bytes of a header that are looked at

# Headers that only list servers for people write: Mailman, eGroups and Yahoo, ezmlm, the kernel's, Debian's, Google.
_SURELY = ("x-beenthere", "x-mailman-version", "mailing-list", "x-mailing-list", "x-google-group-id")


def list_of(headers: Headers) -> ListName | None:
    """The list a mail came by, or None."""
    post = _post(headers.first("list-post"))
    surely = post is not None or any(name in headers for name in _SURELY)
    if (given := headers.first("list-id")) and (named := _list_id(given[:MAX_LENGTH])):
        host, title = named
        address = post or _other_address(headers)
        return ListName(f"list:{host}", title, address and folded(address), surely)
    address = post or _other_address(headers)
    if address is None and "x-mailman-version" in headers:  # a Mailman too old for List-Id
        address = _role_less(_text(headers, "sender")) or _address(_text(headers, "to"))
    if address is None:
        address, certain = _by_custom(headers)
        surely = surely or certain
    if address is None:
        return None
    address, title = folded(address), address.partition("@")[0]
    return ListName(f"list:{address.replace('@', '.')}", title, address, surely)


def no_archive(headers: Headers) -> bool:
    """Whether the writer asked that the mail be kept out of archives."""
    for name in ("x-no-archive", "no-archive"):
        if (value := headers.first(name)) and value.lower().startswith((b"yes", b"true", b"1")):
            return True
    return (value := headers.first("archive")) is not None and value.lower().startswith(b"no")


def _text(headers: Headers, name: str) -> str:
    value = headers.first(name)
    return decoded(value[:MAX_LENGTH]) if value else ""


@lru_cache(maxsize=256)
def _post(value: bytes | None) -> str | None:
    """Where one writes to, by List-Post; None if one does not (``NO``)."""
    found = _MAILTO.search(decoded(value[:MAX_LENGTH])) if value else None
    return found[1] if found else None


@lru_cache(maxsize=256)
def _list_id(value: bytes) -> tuple[str, str] | None:
    """The host-like name of a list, and its title: ``Garden Club <garden.lists.example.org>``."""
    text = decoded(value)
    bracketed = _BRACKETED.findall(text)
    if bracketed:
        host, phrase = bracketed[-1], text[: text.rfind("<")]
    else:
        words = text.split()
        host = next((word for word in reversed(words) if "." in word.strip(".")), text)
        phrase = " ".join(word for word in words if word != host) if host in words else ""
    host = "".join(host.split()).strip("<>\"'").lower().replace("@", ".").strip(".")
    if not host:
        return None
    return host, " ".join(phrase.split()).strip("\"' ") or host.partition(".")[0]


def _other_address(headers: Headers) -> str | None:
    """A list's address, where List-Post does not tell it."""
    return (
        _address(_text(headers, "x-beenthere"))
        or _address(_text(headers, "x-mailing-list"))
        or _role_less(_text(headers, "mailing-list"))  # `list x@y; contact z`, `contact x-help@y; run by ezmlm`
    )


def _address(text: str) -> str | None:
    found = _ADDRESS.search(text)
    return found[0] if found else None


def _role_less(text: str) -> str | None:
    """The first address in the text, without what names a list's owner or its robot."""
    address = _address(text)
    if address is None:
        return None
    local, _, domain = address.partition("@")
    return f"{_ROLE.sub('', local) or local}@{domain}"


def _by_custom(headers: Headers) -> tuple[str | None, bool]:
    """Lists of servers that write no header of their own: what ezmlm, Sympa, ecartis, majordomo leave behind."""
    for value in headers.all("delivered-to")[:10]:
        if value[:13].lower() == b"mailing list ":
            return _address(decoded(value[13:MAX_LENGTH])), True
    sender = _text(headers, "sender")
    bulk = (headers.first("precedence") or b"").lower() in {b"list", b"bulk"}
    if bulk and "x-sequence" in headers and (address := _address(_text(headers, "x-loop"))):
        return address, True
    address = _address(sender)
    if address and (name := _NAME.match(_text(headers, "x-list"))):
        return f"{name[0]}@{address.partition('@')[2]}", True
    if address and bulk and _ROLE.search(address.partition("@")[0]):
        return _role_less(sender), False
    if address and address.partition("@")[2].lower().startswith("listserv."):
        return address, False
    return None, False
