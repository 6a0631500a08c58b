"""Headers as mailers, servers and lists write them: two to four kilobytes that nobody reads."""

import binascii
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.bench.letter_people import Person
from tests.bench.letter_talk import Written

WORD = 45  # bytes of an encoded word's content, so that it stays under 75 characters
AGENTS = {
    "mutt": "User-Agent: Mutt/1.5.20 (2009-06-14)",
    "pine": "X-Mailer: none at all",
    "outlook": "X-Mailer: Microsoft Office Outlook 12.0",
    "dotnet": "X-Mailer: Community .NET Mailer 4.0",
    "thunderbird": "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:31.0) Gecko/20100101 Thunderbird/31.3.0",
    "gmail": "X-Google-Smtp-Source: {junk}",
    "apple": "X-Mailer: Apple Mail (2.1085)",
}
REPLIES = {"de": "AW: ", "fr": "Re : ", "en": "RE: "}


def encoded(text: str, charset: str, *, split: bool = False) -> str:
    """Encoded words (RFC 2047) of *text*, folded; *split*: cut through characters, as .NET does."""
    if text.isascii():
        return text
    try:
        content = text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
        content = text.encode()
    if split:
        pieces = [content[at : at + WORD] for at in range(0, len(content), WORD)]
    else:
        step = 40 if charset.startswith(("iso", "win", "koi")) else 14
        pieces = [text[at : at + step].encode(charset) for at in range(0, len(text), step)]
    if charset.startswith(("iso", "win")):
        return "\n ".join(f"=?{charset}?Q?{''.join(map(_q, piece))}?=" for piece in pieces)
    words = (binascii.b2a_base64(piece, newline=False).decode() for piece in pieces)
    return "\n ".join(f"=?{charset}?B?{word}?=" for word in words)


def _q(byte: int) -> str:
    character = chr(byte)
    if byte < 128 and character.isalnum():
        return character
    return "_" if character == " " else f"={byte:02X}"


def subject(letter: Written, *, by_list: bool) -> str:
    """The subject as a reader sees it."""
    tag = f"[{letter.room.name}] " if by_list else ""
    mark = REPLIES.get(letter.sender.tongue, "Re: ") if letter.sender.mailer == "outlook" else "Re: "
    return f"{mark if letter.parent else ''}{tag}{letter.subject}"


def charset_of_words(letter: Written) -> str:
    """The charset of the encoded words: what the writer writes in, where that is not US-ASCII."""
    old = letter.at.year < 2010 or letter.sender.stubborn
    return letter.sender.charset if old and letter.sender.charset != "us-ascii" else "utf-8"


def address(who: Person, charset: str) -> str:
    """Name and address in one of the ways there are."""
    if who.name_style == "bare":
        return who.address
    name = encoded(who.name, charset)
    if who.name_style == "comment":
        return f"{who.address} ({name})"
    if who.shown_name != who.name:
        return f'"{who.shown_name}" <{who.address}>'
    return f"{name} <{who.address}>"


def written_date(letter: Written, draw: random.Random) -> str:
    """The Date line, or nothing; one in a hundred in a shape that only old mailers know."""
    at, dice = letter.at.astimezone(letter.sender.zone), draw.random()
    usual = format_datetime(at)
    match int(dice * 1000):
        case 0:
            return ""
        case 1 | 2 | 3:
            return f"Date: {at.astimezone(UTC):%a %b %d %H:%M:%S %Y}\n"
        case 4:
            return f"Date: {at.astimezone(UTC):%d %b %y %H:%M:%S} GMT\n"
        case 5 | 6 | 7 | 8:
            return f"Date: {usual} (local time)\n"
        case _:
            return f"Date: {usual}\n"


def headers(letter: Written, draw: random.Random, *, by_list: bool) -> Iterator[str]:
    """Header lines up to MIME-Version, each with its line end. *by_list*: the copy that came by the list."""
    to = letter.to[0].address if letter.to else letter.room.address
    bounce = f"{letter.room.name}-bounces@lists.example.org" if by_list else letter.sender.address
    yield f"Return-Path: <{bounce}>\nX-Original-To: archive@example.org\nDelivered-To: archive@example.org\n"
    yield from _received(letter, draw, bounce)
    if letter.at.year >= 2008:
        yield _signed(letter, draw)
    if letter.at.year >= 2017:
        yield from (_sealed(draw, step) for step in (1, 2))
    if letter.at.year >= 2005:
        yield _judged(letter, draw)
    if by_list:
        yield _list(letter)
    yield from _written(letter, draw, to, by_list=by_list)


def _received(letter: Written, draw: random.Random, bounce: str) -> Iterator[str]:
    host = letter.sender.address.partition("@")[2]
    hosts = ["mx.example.org", "lists.example.org", f"smtp.{host}", f"relay{letter.number % 9}.{host}", f"desk.{host}"]
    for hop in range(draw.randrange(2, 5)):
        when = format_datetime(letter.at + timedelta(seconds=9 - 2 * hop))
        yield (
            f"Received: from {hosts[hop + 1]} ({hosts[hop + 1]} [192.0.2.{draw.randrange(1, 255)}])\n"
            f"\tby {hosts[hop]} (Postfix) with ESMTP id {draw.getrandbits(40):010X}\n"
            f"\tfor <archive@example.org>; {when}\n"
        )
    yield f"X-Envelope-From: <{bounce}>\n"


def _signature(draw: random.Random) -> str:
    """What RSA with 2048 bits looks like, folded."""
    sign = binascii.b2a_base64(draw.randbytes(256), newline=False).decode()
    return "\n\t ".join(sign[at : at + 64] for at in range(0, len(sign), 64))


def _sealed(draw: random.Random, step: int) -> str:
    """One station's ARC headers (RFC 8617)."""
    return (
        f"ARC-Seal: i={step}; a=rsa-sha256; t={draw.getrandbits(31)}; cv={'pass' if step > 1 else 'none'};\n"
        f"\td=example.org; s=arc;\n\tb={_signature(draw)}\n"
        f"ARC-Message-Signature: i={step}; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=arc;\n"
        f"\th=from:to:subject:date:message-id:list-id;\n\tb={_signature(draw)}\n"
    )


def _signed(letter: Written, draw: random.Random) -> str:
    host = letter.sender.address.partition("@")[2]
    rows = _signature(draw)
    digest = binascii.b2a_base64(draw.randbytes(32), newline=False).decode()
    return (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\n\td={host}; s=garden{letter.at.year};\n"
        "\th=from:to:subject:date:message-id:in-reply-to:references:mime-version:content-type;\n"
        f"\tbh={digest};\n\tb={rows}\n"
    )


def _judged(letter: Written, draw: random.Random) -> str:
    score = draw.randrange(-59, 30) / 10
    host = letter.sender.address.partition("@")[2]
    return (
        f"Authentication-Results: mx.example.org; dkim=pass header.d={host};\n\tspf=pass smtp.mailfrom={host}\n"
        f"X-Virus-Scanned: by the scanner of mx.example.org\nX-Spam-Score: {score}\n"
        f"X-Spam-Status: No, score={score} tagged_above=-999 required=5\n"
        "\ttests=[BAYES_00=-1.9, DKIM_SIGNED=0.1, DKIM_VALID=-0.1, HTML_MESSAGE=0.001,\n"
        "\tSPF_PASS=-0.001, T_RP_MATCHES_RCVD=-0.01] autolearn=ham\n"
        f"X-Message-Token: {draw.getrandbits(512):0128x}\n"
    )


def _list(letter: Written) -> str:
    room, at = letter.room, letter.room.address
    page = f"http://lists.example.org/mailman/listinfo/{room.name}"
    ask = f"mailto:{room.name}-request@lists.example.org"
    return (
        f"X-BeenThere: {at}\nX-Mailman-Version: {'2.1.9' if letter.at.year < 2016 else '3.2.1'}\nPrecedence: list\n"
        f"List-Id: {room.title} <{room.id}>\nList-Unsubscribe: <{page}>,\n\t<{ask}?subject=unsubscribe>\n"
        f"List-Archive: <http://lists.example.org/pipermail/{room.name}>\nList-Post: <mailto:{at}>\n"
        f"List-Help: <{ask}?subject=help>\nList-Subscribe: <{page}>,\n\t<{ask}?subject=subscribe>\n"
        f"Errors-To: {room.name}-bounces@lists.example.org\nSender: {room.name}-bounces@lists.example.org\n"
    )


def _written(letter: Written, draw: random.Random, to: str, *, by_list: bool) -> Iterator[str]:
    """What the writer's own program wrote."""
    charset = charset_of_words(letter)
    yield f"From: {address(letter.sender, charset)}\n"
    yield f"To: {', '.join(address(who, charset) for who in letter.to[:1]) or to}\n"
    if letter.to[1:]:
        yield "Cc: " + ",\n\t".join(address(who, charset) for who in letter.to[1:]) + "\n"
    yield f"Subject: {written_subject(letter, charset, by_list=by_list)}\n"
    yield written_date(letter, draw)
    if not letter.nameless:
        yield f"Message-ID: <{letter.id}>\n"
    yield linked(letter)
    yield AGENTS[letter.sender.mailer].format(junk=f"{draw.getrandbits(400):0100x}") + "\nMIME-Version: 1.0\n"


def written_subject(letter: Written, charset: str, *, by_list: bool) -> str:
    """The subject as it stands in the header, folded."""
    whole = subject(letter, by_list=by_list)
    at = len(whole) - len(letter.subject)
    if letter.subject.isascii():
        words = whole.split(" ")
        return " ".join(words[:9]) + ("\n " + " ".join(words[9:]) if words[9:] else "")
    split = letter.sender.mailer == "dotnet"
    return (
        whole[:at].rstrip(" ") + ("\n " if at > 20 else " " * bool(at)) + encoded(letter.subject, charset, split=split)
    )


def linked(letter: Written, fold: str = "\n\t") -> str:
    """In-Reply-To and References, as far as the writer's program kept them."""
    if letter.ahead:
        return f"In-Reply-To: <{letter.ahead}>\n"
    if not letter.parent or letter.link == "none":
        return ""
    line = letter.references
    ids = (line[0], *line[-9:]) if len(line) > 10 else line
    match letter.link:
        case "reply only":
            return f"In-Reply-To: <{letter.parent}>\n"
        case "prose":
            return f'In-Reply-To: Your message of "a fine morning"\n\t<{letter.parent}>\n'
        case "lost":
            return f"In-Reply-To: <lost.{letter.parent}>\nReferences: <lost.{letter.parent}>\n"
        case "self":
            ids = (*ids, letter.id)
    references = f"References: {fold.join(f'<{one}>' for one in ids)}\n"
    return references if letter.link == "references only" else f"In-Reply-To: <{letter.parent}>\n{references}"


def envelope_date(at: datetime) -> str:
    """The time of a ``From `` line, asctime in UTC."""
    at = at.astimezone(UTC)
    return f"{at:%a %b} {at.day:2} {at:%H:%M:%S %Y}"
