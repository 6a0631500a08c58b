"""Cutting an mbox: what is a separator, what is a letter's own, and that no byte is lost or read twice."""

import tempfile
import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import pairwise, repeat

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiver.errors import DumpError
from archiver.importers.mail.letter import BIG
from archiver.importers.mail.sniff import begins_like_mail, begins_like_mbox, separator
from archiver.importers.mail.split import HEAD, STEP, Cut, Gap, split

SEPARATOR = b"From ana@garden.example Mon Feb  3 10:00:00 2020\n"
ROSES = b"From: Ana <ana@garden.example>\nSubject: Roses\n\nThe roses want water.\n"
PEAS = b"Subject: Peas\nFrom: Bo <bo@garden.example>\n\nThe peas are up.\n"


def pieces(data: bytes, *, step: int = STEP, big: int = BIG) -> list[Cut | Gap]:
    block = min(step, 1 << 18)
    return list(split((data[at : at + block] for at in range(0, len(data), block)), step=step, big=big))


def cuts(data: bytes, *, step: int = STEP, big: int = BIG) -> list[Cut]:
    return [piece for piece in pieces(data, step=step, big=big) if isinstance(piece, Cut)]


def raws(data: bytes, *, step: int = STEP, big: int = BIG) -> list[bytes]:
    return [content(cut) for cut in cuts(data, step=step, big=big)]


def content(cut: Cut) -> bytes:
    if cut.whole is None:
        return cut.raw
    with cut.whole as file:
        found = file.read()
    assert found.startswith(cut.raw)
    return found


def covered(data: bytes, found: Iterable[Cut | Gap]) -> bool:
    """Whether each byte lies in one piece, and in one only."""
    places = [(piece.start, piece.end) for piece in found]
    ends = [(0, 0), *places, (len(data), len(data))]
    return all(before[1] == after[0] for before, after in pairwise(ends)) and all(a < b for a, b in places)


def written(*mails: bytes) -> bytes:
    """An mbox of them as mboxrd has it, were there anything to quote."""
    return b"".join(SEPARATOR + mail + b"\n" for mail in mails)


def saying(body: bytes) -> bytes:
    return b"From: Ana <ana@garden.example>\nSubject: Roses\n\n" + body


# What is a separator


@pytest.mark.parametrize(
    "line",
    [
        b"From ana@garden.example Mon Feb  3 10:00:00 2020",
        b"From ana at garden.example  Mon Feb  3 10:00:00 2020",
        b"From 1832929883591034824@xxx Fri May 23 16:35:53 +0000 2025",
        b"From ana@garden.example Mon, 2 Aug 1999 18:55:09 -0400 (EDT)",
        b"From - Mon Feb 03 10:00:00 2020",
        b"From ???@??? Mon Feb 03 10:00:00 2020",
        b"From Ana of the Garden Club Mon Feb  3 10:00:00 2020",
        b'From "Ana Lee"@garden.example Mon Feb  3 10:00:00 2020',
        b"From uucp Wed Jan  1 12:00 1986",
        b"From ana@garden.example Wed Jan  1 12:00:00 PST 1986",
        b"From ana@garden.example Wed Jan  1 12:00:00 MET DST 1992",
        b"From ana Wed Jan  1 12:00:00 1992 remote from potting-shed",
        b"From ana@garden.example 2020-02-03 10:00:00",
        b"From ana@garden.example 2020-02-03T10:00:00Z",
        b"From ana@garden.example Mon Feb  3 10:00:00 2020 +0100",
        b"From " + b"a" * 700 + b"@garden.example Mon Feb  3 10:00:00 2020",
        b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970",
        b"From",
        b"From ",
        b"From -",
        b"From - ",
    ],
)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_every_shape_of_separator_that_was_seen_is_one(line: bytes, newline: bytes) -> None:
    data = b"".join((line + b"\n" + mail + b"\n") for mail in (ROSES, PEAS)).replace(b"\n", newline)
    found = cuts(data)
    assert [cut.envelope for cut in found] == [line, line]
    assert [cut.raw for cut in found] == [mail.replace(b"\n", newline) for mail in (ROSES, PEAS)]
    assert covered(data, found)


@pytest.mark.parametrize(
    "line",
    [
        b"From now on ...",
        b"From the desk of Bob",
        b"From 2004 on we met at 10:30 in the shed",
        b"From 10:30 until noon in 2004 we dug",
        b"From Mon Feb 3 to Tue Feb 4 2020",
        b"From 10:00 to 11:00",
        b"From: Ana <ana@garden.example> Mon Feb  3 10:00:00 2020",
        b"Fromage, Mon Feb  3 10:00:00 2020",
        b">From ana@garden.example Mon Feb  3 10:00:00 2020",
        b" From ana@garden.example Mon Feb  3 10:00:00 2020",
        b"from ana@garden.example Mon Feb  3 10:00:00 2020",
        b"From " + b"a" * 2000 + b" Mon Feb  3 10:00:00 2020",
    ],
)
def test_a_body_line_that_begins_with_from_is_no_separator(line: bytes) -> None:
    data = written(saying(b"Dear all,\n\n" + line + b"\nNote: bring a spade\n"), PEAS)
    assert len(cuts(data)) == 2


@pytest.mark.parametrize(
    "after", [b"", b"\n", b"Dear all,\n", b"we meet at 10: bring tea\n", b" Subject: no\n", b": no\n"]
)
def test_a_line_like_a_separator_without_a_header_after_it_is_the_bodys(after: bytes) -> None:
    data = written(saying(b"\n" + SEPARATOR + after), PEAS)
    assert len(cuts(data)) == 2
    assert after in cuts(data)[0].raw


def test_a_bare_from_needs_a_field_after_it_that_mails_begin_with() -> None:
    assert separator(b"From\nNote: bring a spade\n", 0) < 0
    assert separator(b"From \nX-Mozilla-Status: 0001\n", 0) == 6
    assert separator(b"From -\nMessage-ID : <1@garden.example>\n", 0) == 7


def test_a_separator_needs_no_blank_line_before_it() -> None:
    assert raws(SEPARATOR + ROSES + SEPARATOR + PEAS) == [ROSES, PEAS]


def test_separators_of_machines_on_the_way_are_not_the_mails_own() -> None:
    data = SEPARATOR + b">From ana Mon Feb  3 09:59:00 2020 remote from shed\n" + ROSES
    (cut,) = cuts(data)
    assert (cut.raw, cut.envelope) == (ROSES, SEPARATOR.rstrip())


# What stands around the mails


def test_a_mark_for_byte_order_and_blank_lines_before_the_first_mail_are_a_gap() -> None:
    data = b"\xef\xbb\xbf\r\n \n" + written(ROSES)
    gap, cut = pieces(data)
    assert gap == Gap(0, 7, blank=True)
    assert (cut.start, cut.end) == (7, len(data))


def test_prose_before_the_first_mail_is_a_gap_that_is_not_blank() -> None:
    data = b"Letters of the garden club, 2020\n\n" + written(ROSES, PEAS)
    assert pieces(data)[0] == Gap(0, 34, blank=False)
    assert raws(data) == [ROSES, PEAS]
    assert pieces(b"Roses.\n" * 50_000 + data, step=500)[0] == Gap(0, 350_034, blank=False)


def test_prose_holds_no_mail() -> None:
    data = b"Once upon a time, From now on: nobody knew\n" * 100
    assert pieces(data) == [Gap(0, len(data), blank=False)]


def test_of_nothing_come_no_pieces_and_of_blank_lines_comes_a_gap() -> None:
    assert pieces(b"") == []
    assert pieces(b"\n" * 70_000) == [Gap(0, 70_000, blank=True)]
    assert pieces(b"\xef\xbb\xbf") == [Gap(0, 3, blank=True)]


def test_a_file_that_begins_with_a_header_is_a_mail_of_its_own() -> None:
    (cut,) = pieces(b"From: Ana\n" + ROSES + b">From here\n\n")
    assert cut == Cut(0, cut.end, b"", b"From: Ana\n" + ROSES + b">From here\n\n", "eml")


def test_a_first_mail_that_lost_its_separator_is_kept() -> None:
    data = b"\n" + ROSES + b"\n" + written(PEAS)
    gap, first, second = pieces(data)
    assert gap == Gap(0, 1, blank=True)
    assert first == Cut(1, 2 + len(ROSES), b"", ROSES, "mbox")
    assert second.end == len(data)


def test_a_mail_alone_is_not_searched_for_separators() -> None:
    data = saying(b"\n" + SEPARATOR + PEAS + b"\n>From here\n")
    assert list(split([data], alone=True)) == [Cut(0, len(data), b"", data, "eml")]
    assert len(list(split([data]))) == 2
    assert [piece.start for piece in split([SEPARATOR + data], alone=True)] == [0, len(SEPARATOR + saying(b"\n"))]


def test_one_blank_line_after_a_mail_is_the_mboxes_and_the_others_its_own() -> None:
    assert raws(written(ROSES + b"\n\n", PEAS)) == [ROSES + b"\n\n", PEAS]
    assert raws(SEPARATOR + ROSES.rstrip(b"\n")) == [ROSES.rstrip(b"\n")]


# Quoting


def test_one_mark_of_quoting_is_taken_off_and_only_where_there_is_one() -> None:
    data = written(saying(b">From here\n>>From there\n> From\n x >From y\n>From: z\n>From \n>From a\n"))
    assert raws(data) == [saying(b"From here\n>From there\n> From\n x >From y\n>From: z\nFrom \nFrom a\n")]


# Content-Length


def measured(body: bytes, length: int | None = None) -> bytes:
    told = len(body) if length is None else length
    return b"From: Ana <ana@garden.example>\nContent-Length: %d\nSubject: Roses\n\n" % told + body


def test_a_content_length_with_a_separator_or_the_end_behind_it_is_believed() -> None:
    inner = b"The letter said:\n\n" + SEPARATOR + PEAS + b"\n>From here on\n"
    data = written(measured(inner), measured(inner), PEAS, measured(inner))
    found = cuts(data)
    assert [cut.raw for cut in found] == [measured(inner), measured(inner), PEAS, measured(inner)]
    assert [cut.style for cut in found] == ["mboxcl2", "mboxcl2", "mbox", "mboxcl2"]
    assert covered(data, found)


def test_a_content_length_need_not_be_followed_by_a_blank_line_and_may_be_crlf() -> None:
    body = b"one\n\n" + SEPARATOR + PEAS
    assert raws(SEPARATOR + measured(body) + SEPARATOR + PEAS) == [measured(body), PEAS]
    crlf = written(measured(body, len(body.replace(b"\n", b"\r\n"))), PEAS).replace(b"\n", b"\r\n")
    assert len(cuts(crlf)) == 2


@pytest.mark.parametrize("off", [-100, -5, 5, 60, 100, 200, 5_000, 10**9, 10**14])
def test_a_content_length_that_is_wrong_is_not_believed(off: int) -> None:
    body = b"The roses want water, and the peas, and the beans, and the tree that Bo planted; but not today.\n" * 2
    data = written(measured(body, len(body) + off), ROSES, PEAS)
    assert raws(data) == [measured(body, len(body) + off), ROSES, PEAS]
    assert raws(data, step=100, big=50) == [measured(body, len(body) + off), ROSES, PEAS]


def test_the_content_length_of_the_next_mail_is_not_that_of_a_mail_without_a_body() -> None:
    bare = b"From: Ana\nSubject: No body\n"
    assert raws(SEPARATOR + bare + SEPARATOR + measured(b"x\n") + b"\n" + written(PEAS)) == [
        bare,
        measured(b"x\n"),
        PEAS,
    ]


def test_a_content_length_is_only_looked_for_in_the_header() -> None:
    data = written(saying(b"x\nContent-Length: 5\n\n" + ROSES), PEAS)
    assert [cut.style for cut in cuts(data)] == ["mbox", "mbox"]


def test_a_far_content_length_is_believed_when_right() -> None:
    body = (b"Beans and roses.\n" * 20 + b"\n" + SEPARATOR + PEAS) * 90
    assert raws(written(ROSES, measured(body), PEAS), step=512, big=200) == [ROSES, measured(body), PEAS]
    data = SEPARATOR + measured(body)
    assert raws(data, step=512, big=200) == [measured(body)]


@pytest.mark.parametrize("length", [30_000, 60_000, 200_000])
@pytest.mark.parametrize("words", [b"A line.\n", b"A line.\n>From here\n" * 500])
def test_a_far_content_length_that_is_wrong_costs_one_look_ahead(words: bytes, length: int) -> None:
    mails = [measured(words, length) for _ in range(20)]
    data = written(*mails, ROSES, saying(b"peas\n" * 60_000), PEAS)
    unquoted = [mail.replace(b">From", b"From") for mail in mails]
    assert raws(data, step=512, big=1_000) == [*unquoted, ROSES, saying(b"peas\n" * 60_000), PEAS]
    assert covered(data, pieces(data, step=512, big=1_000))


def test_a_big_mail_ends_where_its_content_length_says_or_where_the_next_begins() -> None:
    body = b"Beans and roses.\n" * 2_000
    for length in (len(body), len(body) - 50, len(body) - 1_700, 10**12):
        data = written(ROSES, measured(body, length), PEAS)
        assert raws(data, step=512, big=200) == [ROSES, measured(body, length), PEAS]


# Size


def test_a_big_mail_comes_as_a_file_and_its_beginning() -> None:
    body = b"".join(b"%d beans, and\n>From the shed %d more\n" % (n, n) for n in range(9_000))
    data = written(ROSES, saying(body), PEAS)
    small, big, last = cuts(data, big=100_000, step=30_000)
    assert big.whole is not None
    assert len(big.raw) == HEAD
    assert big.whole.tell() == 0
    assert [content(cut) for cut in (small, big, last)] == [ROSES, saying(body.replace(b">From", b"From")), PEAS]
    assert covered(data, [small, big, last])


@pytest.mark.parametrize("step", [1, 7, 100, 10_000])
def test_the_size_of_the_window_changes_nothing(step: int) -> None:
    inner = b"A\n>From b\n" + SEPARATOR + PEAS
    long = saying(b">From\n" + b"\n>From " * 3_000)
    data = written(ROSES, measured(inner), long, measured(inner, 9_999), PEAS) * 2
    assert raws(data, step=step, big=300) == raws(data)
    places = [(piece.start, piece.end) for piece in pieces(data)]
    assert [(piece.start, piece.end) for piece in pieces(data, step=step, big=300)] == places


@pytest.mark.parametrize("block", range(1, 12))
def test_a_quoted_line_is_found_wherever_the_window_ends(block: int) -> None:
    beans, peas = b"beans\n" * 200, b"peas\n" * 2_000
    data = written(saying(beans + b">From here\n" + peas))
    for big in range(1_000, 1_003):
        (piece,) = pieces(data, step=block, big=big)
        assert isinstance(piece, Cut)
        assert content(piece) == saying(beans + b"From here\n" + peas)


def test_a_big_mail_alone_comes_as_a_file_too() -> None:
    data = saying(b"beans\n" * 50_000)
    (cut,) = split([data], alone=True, big=1000, step=1000)
    assert isinstance(cut, Cut)
    assert cut.whole is not None
    assert content(cut) == data


def test_memory_stays_flat_however_big_a_mail_or_a_file_is() -> None:
    block = (b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg==\n" * 3500)[:262_144]

    def flow() -> Iterator[bytes]:
        yield SEPARATOR + saying(b"")
        yield from repeat(block, 200)
        yield b"\n"
        yield from repeat(written(ROSES, saying(block[:20_000])) * 20, 100)

    tracemalloc.start()
    count = 0
    for piece in split(flow()):
        count += 1
        if isinstance(piece, Cut) and piece.whole is not None:
            piece.whole.close()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_001
    assert peak < 40 << 20


@pytest.mark.parametrize(
    "body",
    [
        b"x" * 3_000_000,
        b">" * 3_000_000,
        b"From " * 200_000,
        b"From\n" * 100_000,
        b"\n>" * 1_500_000,
        b"From x 10:00" + b" AAAAA" * 500_000,
        b"From x 10:00:00 2020\n" * 50_000,
        b"From x 10:00:00 2020\n>From y\n" * 30_000,
        b"\r" * 3_000_000,
        b"\n" * 3_000_000,
        b"a:" * 1_500_000,
    ],
)
def test_long_and_hostile_bodies_take_no_time_to_speak_of(body: bytes) -> None:
    # Were any step quadratic in the line or the mail, this would take hours.
    assert len(raws(written(saying(body), PEAS))) == 2
    assert len(raws(written(saying(body), PEAS), big=1000, step=65_536)) == 2


def test_a_full_disk_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    with pytest.raises(DumpError, match="temporary file") as caught:
        cuts(written(saying(b"x" * 1000)), big=100, step=100)
    assert "TMPDIR" in caught.value.remedy


# The first bytes


@pytest.mark.parametrize(
    "head",
    [
        ROSES,
        b" " + ROSES,
        b"\n\n" + ROSES,
        b"\xef\xbb\xbf" + ROSES,
        b"Received: from shed\n\tby house; Mon, 3 Feb 2020 10:00:00 +0000\nX-Note: x\n",
        b"RETURN-PATH : <ana@garden.example>\r\nX: y\r\n",
    ],
)
def test_two_fields_of_which_mails_have_one_begin_a_mail(head: bytes) -> None:
    assert begins_like_mail(head)
    assert not begins_like_mbox(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"Subject: alone\n\nText",
        b"Name: roses\nVersion: 1\nSummary: a flower\n\nFrom: x\nTo: y\n",
        b"12/05/2020, 10:00 - Ana: hello\n12/05/2020, 10:01 - Bo: hi\n",
        b"[12/05/2020, 10:00:00] Ana: hello\n",
        b'{"From": "Ana",\n"To": "Bo"}\n',
        b"<html><body>From: Ana<br>To: Bo</body></html>",
        b"From: Ana\nDear all,\nTo: no\n",
        b"From: Ana\n\t\nTo: no\n",
        b"\tFrom\n",
    ],
)
def test_other_texts_do_not_begin_like_mails(head: bytes) -> None:
    assert not begins_like_mail(head)
    assert not begins_like_mbox(head)


# Whatever comes


LINES = st.sampled_from(
    [
        b"From the desk of Bob", b"Note: water", b">From here", b">>From there", b"", b"", b"roses", b"\xff\x00", b"\r",
        SEPARATOR.rstrip(), b"From", b"From -", b"Content-Length: 20", b"Content-Length: 99999", b"Subject: x",
        b">From ", b"From: Ana", b"x" * 5_000, b"\xef\xbb\xbf",
    ]
)  # fmt: skip
BODIES = st.lists(LINES, max_size=12).map(lambda lines: b"".join(line + b"\n" for line in lines))


def quoted(mail: bytes) -> bytes:
    lines = mail.split(b"\n")
    return b"\n".join(
        b">" + line if line.lstrip(b">").startswith(b"From ") or line == b"From" else line for line in lines
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from([SEPARATOR, b"From ana at x  Mon Feb  3 10:00:00 2020\n", b"From \n", b"From - \n"]), BODIES
        ),
        max_size=6,
    ),
    st.sampled_from([1, 50, 1 << 20]),
)
@settings(deadline=None)
def test_mails_come_out_as_they_went_in(mails: list[tuple[bytes, bytes]], step: int) -> None:
    letters = [(line, saying(body)) for line, body in mails if b"\nFrom\n" not in b"\n" + body]
    data = b"".join(line + quoted(mail) + b"\n" for line, mail in letters)
    found = pieces(data, step=step, big=400)
    assert [content(piece) for piece in found if isinstance(piece, Cut)] == [mail for _, mail in letters]
    assert covered(data, found)


@given(
    st.lists(BODIES | st.binary(max_size=40), max_size=6).map(b"".join), st.integers(1, 60), st.sampled_from([1, 100])
)
@example(b"\xef\xbb\xbf\n\nFrom", 1, 1)
@settings(deadline=None)
def test_any_bytes_are_covered_once_and_never_raise(data: bytes, block: int, step: int) -> None:
    for alone in (False, True):
        found = list(
            split((data[at : at + block] for at in range(0, len(data), block)), alone=alone, step=step, big=60)
        )
        assert covered(data, found)
        for piece in found:
            if isinstance(piece, Cut):
                content(piece)
