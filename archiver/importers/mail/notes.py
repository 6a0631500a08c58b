"""Parts that are not prose said in words, so that they can be read and found: invitations, address cards, what is
encrypted or signed, what lies elsewhere.

Sources: RFC 5545 (calendar), RFC 2426 and 6350 (cards), RFC 4880 section 7 (clear-signed text), RFC 3156 (PGP/MIME),
RFC 8551 (S/MIME), RFC 2046 section 5.2 (message/partial, message/external-body).
"""

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

_MANY = 20  # events or cards of one file that are told
_LONG = 300  # characters of one value

_FOLD = re.compile(r"\r?\n[ \t]")
_SOFT_FOLD = re.compile(r"=\r?\n[ \t]?")  # quoted-printable inside a vCard 2.1
_HEAD = re.compile(r'(?:[^":]++|"[^"]*+")*+(?=:)')
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_EVENTS = ("VEVENT", "VTODO", "VJOURNAL")
_TOLD = ("SUMMARY", "DTSTART", "LOCATION", "ORGANIZER")  # of an event, in this order
_CALLED = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Reply to an invitation",
    "COUNTER": "Counter-proposal",
}

PGP_MIME = "[This mail is encrypted (PGP/MIME); its text cannot be read here.]"
PGP_INLINE = "[This text is encrypted (PGP); it cannot be read here.]"
SMIME_ENCRYPTED = "[This mail is encrypted (S/MIME); its text cannot be read here.]"
SMIME_OPAQUE = "[This mail is signed (S/MIME) and its text is inside the signature; it cannot be read here.]"
TNEF = "winmail.dat: Outlook's own format (TNEF); files inside it are not unpacked"

_ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*+$", re.MULTILINE)
_SIGNED = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*+\n(?:[A-Za-z-]++: [^\n]*+\n)*+\n?", re.MULTILINE)
_SIGNATURE = re.compile(r"^-----BEGIN PGP SIGNATURE-----[ \t]*+$", re.MULTILINE)
_END_ENCRYPTED = "\n-----END PGP MESSAGE-----"
_END_SIGNATURE = "\n-----END PGP SIGNATURE-----"
_DASHED = re.compile(r"^- ", re.MULTILINE)


class Property(NamedTuple):
    """A line of a calendar or a card: name and parameters in capitals, the value without escapes."""

    name: str
    parameters: str
    value: str


def calendar(text: str) -> str:
    """A line for each event: ``Invitation: Planting day, 2024-03-02 10:00 (Europe/Vienna), the barn, organizer Bo``."""
    called = "Event"
    lines: list[str] = []
    event: dict[str, str] | None = None
    for name, parameters, value in _properties(text):
        if name == "METHOD":
            called = _CALLED.get(value.upper(), "Event")
        elif name == "BEGIN" and value.upper() in _EVENTS:
            event = {}
        elif name == "END" and event is not None and value.upper() in _EVENTS:
            lines.append(", ".join(event[key] for key in _TOLD if key in event))
            event = None
        elif event is not None and name in _TOLD and value.strip():
            event.setdefault(name, _event_value(name, parameters, value)[:_LONG])
    return _listed(called, lines)


def _event_value(name: str, parameters: str, value: str) -> str:
    if name == "DTSTART":
        return _moment(value, _parameter(parameters, "TZID"))
    if name == "ORGANIZER":
        address = value[7:] if value[:7].lower() == "mailto:" else value
        called = _parameter(parameters, "CN")
        return f"organizer {called} <{address}>" if called and called != address else f"organizer {address}"
    return " ".join(value.split())


def _moment(value: str, zone: str) -> str:
    found = _STAMP.match(value)
    if found is None:
        return value
    year, month, day, hour, minute, utc = found.groups()
    clock = f" {hour}:{minute}" if hour else ""
    named = " (UTC)" if utc else f" ({zone})" if zone and clock else ""
    return f"{year}-{month}-{day}{clock}{named}"


def card(text: str) -> str:
    """Address cards in one line each: ``Contact: Ana Lima, ana@garden.example, +44 20 7946 0018``."""
    lines: list[str] = []
    found: dict[str, list[str]] = {}
    for name, parameters, written in _properties(text):
        value = _plain_value(parameters, written)
        if name == "END" and found:
            lines.append(_card_line(found))
            found = {}
        elif name in {"FN", "N", "ORG", "EMAIL", "TEL"} and value:
            found.setdefault(name, []).append(value[:_LONG])
    if found:
        lines.append(_card_line(found))
    return _listed("Contact", lines)


def _card_line(found: dict[str, list[str]]) -> str:
    family = [" ".join(reversed([piece for piece in name.split(";")[:2] if piece])) for name in found.get("N", ())]
    organisation = [", ".join(filter(None, name.split(";"))) for name in found.get("ORG", ())]
    names = found.get("FN") or family
    said = [*names[:1], *organisation[:1], *found.get("EMAIL", ())[:_MANY], *found.get("TEL", ())[:_MANY]]
    return ", ".join(filter(None, dict.fromkeys(said)))


def _plain_value(parameters: str, value: str) -> str:
    if "QUOTED-PRINTABLE" in parameters.upper():
        value = binascii.a2b_qp(value.encode("utf-8", "replace")).decode("utf-8", "replace")
    if value[:4].lower() == "tel:":
        value = value[4:]
    return " ".join(value.split())


def _properties(text: str) -> Iterator[Property]:
    """The lines of a calendar or a card, unfolded."""
    if "QUOTED-PRINTABLE" in text.upper():
        text = _SOFT_FOLD.sub("", text)
    for line in _FOLD.sub("", text).splitlines():
        head, colon, value = _split(line)
        if colon:
            name, _, parameters = head.partition(";")
            yield Property(name.rpartition(".")[2].strip().upper(), parameters, _ESCAPED.sub(_unescaped, value))


def _split(line: str) -> tuple[str, str, str]:
    """A line at its first colon outside quotes."""
    if head := _HEAD.match(line):
        return head[0], ":", line[head.end() + 1 :]
    return line.partition(":")


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in {"n", "N"} else found[1]


def _parameter(parameters: str, wanted: str) -> str:
    at = f";{parameters.upper()}".find(f";{wanted}=")
    if at < 0:
        return ""
    value = parameters[at + len(wanted) + 1 :]
    return value[1:].partition('"')[0] if value[:1] == '"' else value.partition(";")[0]


def _listed(called: str, lines: list[str]) -> str:
    told = [f"{called}: {line}" for line in lines[:_MANY] if line]
    if len(lines) > _MANY:
        told.append(f"{called}: and {len(lines) - _MANY} more")
    return "\n".join(told)


class Opened(NamedTuple):
    """A text without its armour, and what was said by it: any of ``encrypted: PGP``, ``signed: PGP``."""

    text: str
    said: tuple[str, ...]


def without_armour(text: str) -> Opened:
    """Clear-signed text as it was before it was signed, encrypted text replaced by words that say so."""
    said: list[str] = []
    if "-----BEGIN PGP MESSAGE-----" in text:
        opened = _encrypted(text)
        if opened != text:
            text = opened
            said.append("encrypted: PGP")
    if "-----BEGIN PGP SIGNED MESSAGE-----" in text:
        opened = _signed(text)
        if opened != text:
            text = opened
            said.append("signed: PGP")
    return Opened(text, tuple(said))


def _encrypted(text: str) -> str:
    kept: list[str] = []
    at = 0
    while begin := _ENCRYPTED.search(text, at):
        kept += [text[at : begin.start()], PGP_INLINE]
        end = text.find(_END_ENCRYPTED, begin.end())
        at = end + len(_END_ENCRYPTED) if end >= 0 else len(text)
    return "".join([*kept, text[at:]])


def _signed(text: str) -> str:
    kept: list[str] = []
    at = 0
    while begin := _SIGNED.search(text, at):
        kept.append(text[at : begin.start()])
        signature = _SIGNATURE.search(text, begin.end())
        stop = signature.start() if signature else len(text)
        kept.append(_DASHED.sub("", text[begin.end() : stop]))
        end = text.find(_END_SIGNATURE, stop) if signature else -1
        at = end + len(_END_SIGNATURE) if end >= 0 else len(text)
        at += text[at : at + 1] == "\n"
    return "".join([*kept, text[at:]])


def external(parameters: dict[str, str]) -> str:
    """Where a message/external-body says its content is."""
    where = ", ".join(f"{name} {parameters[name]}" for name in _EXTERNAL if parameters.get(name))
    return f"[A part of this mail was not sent with it but lies elsewhere: {where or 'it is not said where'}]"


_EXTERNAL = ("access-type", "url", "site", "server", "directory", "name", "subject", "size", "expiration")


def partial(parameters: dict[str, str]) -> str:
    """Which piece of a message sent in pieces (message/partial) this is."""
    number, total = parameters.get("number", "?"), parameters.get("total")
    of = f" of {total}" if total else ""
    return f"[This is piece {number}{of} of a mail that was sent in pieces (id {parameters.get('id', 'unknown')})]"
