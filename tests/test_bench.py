"""The benchmarks measure what they say: a truthful export, an honest loop, a run from end to end."""

import hashlib
import html
import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from itertools import islice
from pathlib import Path

import pytest

from tests.bench import mail_files, mail_peers, peers
from tests.bench.baseline import parse, store
from tests.bench.letters import SIZE, Mail, Style, jsonl, letters, maildir, mbox, months, stream
from tests.bench.measure import ROOT, cost, python, table
from tests.bench.whatsapp import Export, Phone
from tests.nasty import hostile, nasty


def lines(export: Export) -> list[str]:
    return "".join(export.texts()).splitlines(keepends=True)


@pytest.mark.parametrize("phone", ["android", "ios"])
def test_an_export_holds_as_many_messages_as_it_says(phone: Phone) -> None:
    assert sum(1 for _ in parse(lines(Export(3_000, phone=phone)))) == 3_000


def test_the_same_parameters_give_the_same_bytes() -> None:
    assert list(Export(300).texts()) == list(Export(300).texts())


def test_another_seed_gives_another_talk() -> None:
    assert list(Export(300, seed=1).texts()) != list(Export(300, seed=2).texts())


def test_a_smaller_export_is_the_beginning_of_a_larger_one() -> None:
    assert list(Export(400).texts())[:300] == list(Export(300).texts())


def test_a_message_is_about_a_hundred_bytes_and_six_in_a_hundred_have_several_lines() -> None:
    texts = list(Export(10_000).texts())
    assert 90 < sum(len(text.encode()) for text in texts) / len(texts) < 115
    assert 0.05 < sum(text.count("\n") > 1 for text in texts) / len(texts) < 0.075


def test_the_bare_loop_keeps_every_message_and_finds_its_words(tmp_path: Path) -> None:
    export = Export(2_000)
    assert store(parse(lines(export)), tmp_path / "bare.db") == 2_000
    word = export.words[0]
    ((found,),) = sqlite3.connect(tmp_path / "bare.db").execute(
        "select count(*) from message_fts where message_fts match ?", (f'"{word}"',)
    )
    wanted = sum(bool(re.search(rf"\b{word}\b", text, re.IGNORECASE)) for _, _, text in parse(lines(export)))
    assert found == wanted > 0


_MEASURE = """
import sys
from pathlib import Path
from tests.bench.measure import cost, python
for code in sys.argv[2:]:
    spent = cost(python("-c", code), log=Path(sys.argv[1]))
    print(spent.rss, spent.output.strip())
"""


def test_a_cost_counts_the_childs_own_memory_and_time(tmp_path: Path) -> None:
    """Measured from a small process, as benchmarks are: this one may have grown in other tests."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(tmp_path / "log"), "x = b'x' * 400_000_000; print(len(x))", "pass"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    (hungry, told), (modest, *_) = (line.split() for line in done.stdout.splitlines())
    assert told == "400000000"
    assert 400_000_000 < int(hungry) < 500_000_000
    assert int(modest) < int(hungry) - 100_000_000


def test_a_command_that_fails_is_not_a_fast_command(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such tank"):
        cost(python("-c", "raise SystemExit('no such tank')"), log=tmp_path / "log")


def test_a_table_is_aligned() -> None:
    assert table([("what", "n"), ("tanks", "1"), ("frogs", "100")]).splitlines() == [
        "what     n",
        "──────────",
        "tanks    1",
        "frogs  100",
    ]


@pytest.mark.slow
def test_the_benchmarks_run_from_end_to_end() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.bench",
            "all",
            "--messages",
            "2000",
            "--starts",
            "2",
            "--seeds",
            "1",
            "--big",
            "2000",
            "--against",
            "",
        ],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for row in (
        "importers.whatsapp.read",
        "archive import ",
        "the same again",
        "imports undo",
        "rare word",
        "archive --help",
        "the splitter alone",
        "orjson.loads alone",
        "the same of pages",
    ):
        assert re.search(rf"^{row}.* \d", done.stdout, re.MULTILINE), done.stdout


def test_a_peer_that_is_not_installed_is_left_out_with_the_reason(tmp_path: Path) -> None:
    reason = "whatstk: not installed (pip install whatstk"
    assert peers.compare(str(tmp_path / "no-python"), 7, 1, 200).startswith(reason)
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    assert peers.compare(str(bare), 7, 1, 200).startswith(reason)


def test_a_peer_is_measured_on_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "whatstk.py").write_text("def df_from_whatsapp(path, **_):\n    return open(path).readlines()\n")
    peer = tmp_path / "python"
    peer.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    peer.chmod(0o755)
    head, _, ours, finds, told = peers.compare(str(peer), 7, 1, 200).splitlines()
    assert head.startswith("parse + classify")
    assert re.search(r"^importers.whatsapp.read +200 ", ours)
    assert finds.endswith("× its speed, by CPU")
    assert told.startswith("whatstk, told the format")


@pytest.fixture(scope="module")
def mails() -> list[Mail]:
    """Three thousand letters, drawn once."""
    return list(letters(7, 3_000))


def bare(text: str) -> str:
    """Without white space, which flowed text and pages break anew."""
    return re.sub(r"[\s\u00a0]", "", text)


def leaves(mail: Mail) -> list[Message]:
    return [part for part in message_from_bytes(mail.raw).walk() if not part.is_multipart()]


def content(part: Message) -> bytes:
    decoded = part.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    return decoded


def readable(mail: Mail) -> str:
    """All its text parts, tags taken out."""
    texts = [
        content(part).decode(part.get_content_charset() or "ascii")
        for part in leaves(mail)
        if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment"
    ]
    return "".join(html.unescape(re.sub("<[^>]*>", "", text)) for text in texts)


def test_letters_say_what_their_truth_says(mails: list[Mail]) -> None:
    for mail in mails[:800]:
        message, truth = message_from_bytes(mail.raw), mail.truth
        subject = str(make_header(decode_header(re.sub(r"\n[ \t]", " ", message["Subject"]))))
        assert bare(subject) == bare(truth.subject)
        assert parseaddr(message["From"].replace("\n", ""))[1] == truth.sender
        assert (message["Message-ID"] or "").strip("<>") == (truth.id or "")
        assert (truth.parent or "") in (message["In-Reply-To"] or message["References"] or "")
        assert ("garden" in (message["List-Id"] or "").lower()) == ("garden" in (truth.list or ""))
        assert bare(truth.text) in bare(readable(mail)) or all(
            bare(line) in bare(readable(mail)) for line in truth.text.splitlines()
        )


def test_the_date_of_a_letter_is_its_truth_where_the_standard_library_can_read_it(mails: list[Mail]) -> None:
    read = [mail for mail in mails[:800] if (message_from_bytes(mail.raw)["Date"] or "").endswith("0")]
    assert len(read) > 700
    for mail in read:
        assert parsedate_to_datetime(message_from_bytes(mail.raw)["Date"]) == mail.truth.date


def test_the_files_of_a_letter_are_its_truth_and_never_come_twice(mails: list[Mail]) -> None:
    seen: Counter[str] = Counter()
    for mail in mails[:800]:
        files = [part for part in leaves(mail) if part.get_content_disposition() == "attachment"]
        digests = [hashlib.sha256(content(part)).hexdigest() for part in files]
        assert digests == [file.sha256 for file in mail.truth.attachments]
        assert [len(content(part)) for part in files] == [file.size for file in mail.truth.attachments]
        seen.update([] if mail.truth.copy else digests)
    assert len(seen) > 100
    assert max(seen.values()) == 1


def test_letters_are_the_same_again_and_others_with_another_seed(mails: list[Mail]) -> None:
    assert mails[:200] == list(islice(letters(7, 3_000), 200))
    assert [mail.raw for mail in letters(7, 30)] != [mail.raw for mail in letters(8, 30)]


def test_a_letter_is_about_as_large_as_in_life_and_half_of_a_lists_text_is_quoted(mails: list[Mail]) -> None:
    total = quoted = text = 0
    for mail in mails:
        total += len(mail.raw)
        if mail.truth.list and mail.truth.shape == "plain" and not mail.truth.attachments:
            rows = readable(mail).splitlines()
            quoted += sum(len(row) for row in rows if row.startswith(">"))
            text += sum(map(len, rows))
    assert 0.85 * SIZE < total / len(mails) < 1.15 * SIZE
    assert 0.38 < quoted / text < 0.6


def test_letters_have_every_habit_that_makes_mail_hard(mails: list[Mail]) -> None:
    raws = b"".join(mail.raw for mail in mails)
    for charset in (b"us-ascii", b"utf-8", b"iso-8859-1", b"iso-8859-15", b"windows-1252", b"koi8-r", b"shift_jis"):
        assert re.search(rb"charset=\"?" + charset, raws), charset
        assert charset == b"us-ascii" or b"=?" + charset + b"?" in raws
    assert b"gb2312" in raws
    truths = [mail.truth for mail in mails]
    assert {truth.shape for truth in truths} == {"plain", "flowed", "alternative", "html"}
    assert {truth.copy for truth in truths} == {"", "exact", "variant"}
    assert len({truth.list for truth in truths}) == 6
    assert sum(truth.id is None for truth in truths) > 0
    ids = {truth.id for truth in truths}
    assert sum(bool(truth.parent) and truth.parent not in ids for truth in truths) > 20
    parents = {truth.id: truth.parent for truth in truths}
    assert any(parent in parents and parents[parent] == mail for mail, parent in parents.items() if parent)


@pytest.mark.parametrize("style", ["mboxrd", "mboxo", "mboxcl2", "takeout"])
def test_a_box_holds_every_letter_under_a_separator_of_its_own(style: Style, mails: list[Mail]) -> None:
    assert any(re.search(rb"^From ", mail.raw, re.MULTILINE) for mail in mails)
    for mail, wrapped in zip(mails, mbox(mails, style), strict=True):
        first, _, rest = wrapped.replace(b"\r\n", b"\n").partition(b"\n")
        assert re.fullmatch(rb"From \S+ \w{3} \w{3} [\d ]\d \d\d:\d\d:\d\d (\+0000 )?\d{4}", first)
        if style == "mboxcl2":
            told = re.search(rb"^Content-Length: (\d+)$", rest, re.MULTILINE)
            assert told
            assert len(rest.partition(b"\n\n")[2]) == int(told[1]) + 1
        else:
            assert not re.search(rb"^From ", rest, re.MULTILINE)
            undone = re.sub(rb"^>(?=From )" if style == "mboxo" else rb"^>(?=>*From )", b"", rest, flags=re.MULTILINE)
            body = undone.partition(b"\n\n")[2]
            assert style == "mboxo" or body == mail.raw.partition(b"\n\n")[2] + b"\n"


def test_a_stream_is_as_long_as_asked_and_ends_with_a_whole_letter() -> None:
    blocks = list(stream(3_000_000))
    whole = b"".join(blocks)
    assert 3_000_000 <= len(whole) < 6_000_000
    assert len(blocks) > 1
    count = len(re.findall(rb"^From ", whole, re.MULTILINE))
    assert whole.endswith(b"\n\n")
    assert count == sum(1 for mail in letters(7, count) if mail)


def test_pipermail_keeps_a_months_letters_in_a_file_and_masks_who_wrote_them(tmp_path: Path) -> None:
    found = list(months(letters(7, 600, "pipermail")))
    assert sum(len(month.truths) for month in found) == 600
    for month in found:
        assert re.fullmatch(r"[a-z-]+/20\d\d-[A-Z][a-z]+\.txt", month.path)
        assert len(re.findall(rb"^From \S+ at \S+  ", month.content, re.MULTILINE)) == len(month.truths)
        assert b"Content-Type" not in month.content
    assert any(b"-------------- next part --------------" in month.content for month in found)
    (first, *_), (twice, *_) = found, months(letters(7, 600, "pipermail"), twice=True)
    assert len(twice.content) == 2 * len(first.content)


def test_a_maildir_and_the_truth_hold_as_many_letters(tmp_path: Path) -> None:
    assert maildir(letters(7, 50), tmp_path / "Mail") == 50
    assert sorted(file.read_bytes() for file in (tmp_path / "Mail" / "cur").iterdir()) == sorted(
        mail.raw for mail in letters(7, 50)
    )
    assert jsonl((mail.truth for mail in letters(7, 50)), tmp_path / "truth.jsonl") == 50
    lines = (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [mail.truth.id for mail in letters(7, 50)]


def test_facebook_is_measured_beside_a_bare_parse_with_the_bars_it_has_to_keep() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "facebook", "--messages", "300"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for row in (
        r"archive import +300 .*\(at most 100\) .* × the parse \(at most 11\)",
        r"the same again +300 .* × faster \(at least 10\)",
        r"the same zip again +300 .* × faster \(at least 10\)",
        r"importers.facebook.read +300 .* × the parse",
        r"the same of pages \(HTML\) .* at least 30,000 messages/CPU s",
    ):
        assert re.search(rf"^{row}", done.stdout, re.MULTILINE), done.stdout


def test_mail_is_measured_beside_each_peer_that_is_there_and_the_others_are_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "mail", "--messages", "60", "--against", "notmuch,mu,pigeon"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "pigeon: not known here, only notmuch and mu" in done.stdout
    for name in mail_peers.PEERS:
        row = re.search(rf"^{name} +60 .* × its speed", done.stdout, re.MULTILINE)
        assert row or mail_peers.absent(name) in done.stdout.splitlines(), done.stdout


def test_a_peer_of_mail_that_is_not_installed_is_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert mail_peers.absent("mu") == "mu: not installed (Debian: apt install maildir-utils)"


def test_one_heavy_letter_carries_a_file_as_large_as_asked() -> None:
    message = message_from_bytes(b"".join(mail_files.heavy(1_000_000)).partition(b"\n")[2])
    film = [part for part in message.walk() if part.get_filename() == "tank.mp4"]
    assert [len(content(part)) >= 1_000_000 for part in film] == [True]


def test_nasty_mails_are_the_same_again_and_the_hostile_ones_come_last() -> None:
    mails = list(nasty(3, 60))
    assert mails == list(nasty(3, 60))
    assert all(mails)
    assert mails[60:] == [mail for _, mail in hostile()]
    assert mails[:60] != list(islice(nasty(4, 60), 60))


def test_every_case_of_mail_says_what_must_happen() -> None:
    cases = sorted((Path(__file__).parent / "dumps" / "mail").iterdir())
    assert len(cases) > 90
    for case in cases:
        assert (case / "what.txt").read_text(encoding="utf-8").strip().endswith((".", ")."))
        assert any(file.is_file() for file in (case / "dump").rglob("*")), case.name
