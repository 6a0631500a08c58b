"""What the first bytes tell: a separator of an mbox, the header of a mail. Facts: RFC 4155, RFC 5322 2.2 and 3.6.8."""

import re

BOM = b"\xef\xbb\xbf"
LOOKAHEAD = 8192  # bytes after the beginning of a separator that decide whether it is one
SNIFF = 65536  # bytes of a file that decide whether it begins with a mail

_LINE = re.compile(rb"From(?:[ \t\r][^\n]{0,998})?\n")
_BARE = re.compile(rb"From[ \t]*-?[ \t\r]*\n")

_TIME = rb"\d\d?:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?"
_ZONE = rb"(?:[+-]\d\d:?\d\d|[A-Z]{1,5}(?:[+-]\d{1,4})?|[A-Z][a-z]{1,20} (?:Standard|Daylight) Time|\([^()\n]{0,40}\))"
_DATED = re.compile(
    rb"(?:[ \t]%(time)s(?:[ \t]+%(zone)s)*[ \t]+\d{4}"  # … 10:00:00 2020, … 16:35:53 +0000 2025
    rb"|(?<![\d:+])\d{4}(?:[-/.]\d\d?[-/.]\d\d?)?[,T \t]{1,3}%(time)s)"  # … 2 Aug 1999 18:55:09, 2020-02-03T10:00
    rb"(?:[ \t]+%(zone)s)*(?:[ \t]+remote from [^ \n]+)?[ \t\r]*\n\Z" % {b"time": _TIME, b"zone": _ZONE}
)
_MOSTLY = re.compile(rb" \d\d:\d\d:\d\d \d{4}\n")  # the date's end as nearly all have it, which costs less to find
_DATE_LENGTH = 160  # the date ends the line: no more of it is searched, so a long line costs no more than a short one

# Mail that came over several machines has their separators too, quoted, before its header (RFC 976, 2.4).
_HEADER = re.compile(rb"(?:>From [^\n]{0,998}\n){0,5}([!-9;-~]{1,200})[ \t]*:")
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_KNOWN = frozenset(
    b"from date subject message-id received return-path delivered-to mime-version to".split()
)  # one of these has every mail; a text may have lines like "Note: …"
_FIRST = _KNOWN | frozenset(b"content-type status reply-to sender cc bcc in-reply-to references envelope-to".split())
_LINES = 500


def separator(data: bytes, at: int) -> int:
    """Where the mail begins whose separator begins at *at*, the beginning of a line; -1 when none does.

    A separator ends with a date that has a time and a year, or is nothing but ``From`` or ``From -`` (Thunderbird),
    and a header follows. *data* should go on for LOOKAHEAD bytes.
    """
    line = _LINE.match(data, at)
    if line is None:
        return -1
    header = _HEADER.match(data, line.end())
    if header is None:
        return -1
    if _MOSTLY.match(data, line.end() - 15) or _DATED.search(data, max(at, line.end() - _DATE_LENGTH), line.end()):
        return header.start(1)
    # "From" alone may be a line of a letter, so what follows has to be more than any word with a colon.
    name = header[1].lower()
    if _BARE.match(data, at) and (name in _FIRST or name.startswith(b"x-")):
        return header.start(1)
    return -1


def begins_like_mail(head: bytes) -> bool:
    """Whether there is a header first, perhaps after blank lines: two fields, one of them such as every mail has."""
    count, known = 0, False
    for line in head.removeprefix(BOM).lstrip(b" \t\r\n").split(b"\n", _LINES)[:_LINES]:
        if field := _FIELD.match(line):
            count += 1
            known = known or field[0][:-1].rstrip().lower() in _KNOWN
            if known and count > 1:
                return True
        elif not (count and line.startswith((b" ", b"\t")) and line.strip()):
            return False
    return False


def begins_like_mbox(head: bytes) -> bool:
    """Whether the first line that is not blank is a separator."""
    text = head.removeprefix(BOM).lstrip(b" \t\r\n")
    return separator(text, 0) >= 0
