"""Nobody is exposed who did not agree, and nothing is written before somebody has seen what it would be."""

import json
import os
import pty
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.__main__ import run as command
from archiver.privacy.nametokens import level, words
from archiver.store import archive as store
from archiver.store.people import people, strangers
from archiver.store.reads import conversations
from archiver.text import bare

CHAT = """01/05/2023, 09:00 - Ana Ruiz created group "Tram Choir"
01/05/2023, 09:01 - Ana Ruiz added Zebedee Quagmire
01/05/2023, 09:02 - Ana Ruiz: Good morning Kofi, has Rose seen the rose?
01/05/2023, 09:03 - Kofi Mensah: Ask Mei Lindqvist, or ana, or @Rose
01/05/2023, 09:04 - Rose Tamang: Ana's rose is by the tram
01/05/2023, 09:05 - Mei Lindqvist: RUIZ_verses.pdf (file attached)
01/05/2023, 09:06 - +44 20 7946 0417: Kofi, call +44 20 7946 0418
01/05/2023, 09:07 - Mei Lindqvist: Ana Ruiz.vcf (file attached)
01/05/2023, 09:08 - Kofi Mensah: The secret of the choir is that we breathe together slowly
"""
DIRECT = """02/05/2023, 09:00 - Kofi Mensah: Only for you
02/05/2023, 09:01 - Hugo Bell: And for you
"""
LETTERS = """From kofi@example.org Mon May  1 10:00:00 2023
From: Kofi Mensah <kofi@example.org>
To: choir@lists.example.org
List-Id: Choir letters <choir.lists.example.org>
Subject: Verses for Ana Ruiz
Message-ID: <one@example.org>
Date: Mon, 1 May 2023 10:00:00 +0000

The long verse about the yellow tram shall be sung by everybody at once.

From ana@example.org Mon May  1 11:00:00 2023
From: Ana Ruiz <ana@example.org>
To: choir@lists.example.org
List-Id: Choir letters <choir.lists.example.org>
Subject: Re: Verses for Ana Ruiz
Message-ID: <two@example.org>
In-Reply-To: <one@example.org>
Date: Mon, 1 May 2023 11:00:00 +0000

Gladly, Kofi.

On Mon, 1 May 2023, Kofi Mensah wrote:
> The long verse about the yellow tram shall be sung by everybody at once.

--\x20
Ana Ruiz

From mei@example.org Mon May  1 12:00:00 2023
From: Mei Lindqvist <mei@example.org>
To: choir@lists.example.org
List-Id: Choir letters <choir.lists.example.org>
Subject: Other verses
Message-ID: <three@example.org>
Date: Mon, 1 May 2023 12:00:00 +0000

I sing low.

"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An archive of a group, of talk between two, and of a list."""
    given = tmp_path / "given"
    given.mkdir()
    (given / "WhatsApp Chat with Tram Choir.txt").write_text(CHAT, encoding="utf-8")
    (given / "WhatsApp Chat with Hugo Bell.txt").write_text(DIRECT, encoding="utf-8")
    (given / "letters.mbox").write_text(LETTERS, encoding="utf-8")
    for file in sorted(given.iterdir()):
        told = ["--zone", "UTC", "--date-order", "dmy"] if file.suffix == ".txt" else []
        assert run(tmp_path / "home", "import", str(file), *told) == 0
    return tmp_path / "home"


def run(home: Path, *told: str) -> int:
    return command(["--archive", str(home), *told])


def published(home: Path, site: Path, *told: str, chats: tuple[str, ...] = ("Tram Choir",)) -> bytes:
    """All bytes of what a publish writes."""
    named = [word for chat in chats for word in ("--conversation", chat)]
    assert run(home, "publish", str(site), *named, *told) == 0
    return everything(site)


def everything(site: Path) -> bytes:
    return b"\0".join(
        file.name.encode() + b"\0" + file.read_bytes() for file in sorted(site.rglob("*")) if file.is_file()
    )


def previewed(home: Path, site: Path, capsys: pytest.CaptureFixture[str], *told: str) -> dict[str, object]:
    capsys.readouterr()
    assert run(home, "publish", str(site), "--preview", "--json", *told) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


NAMES = ("ana", "ruiz", "kofi", "mensah", "rose tamang", "tamang", "mei", "lindqvist", "zebedee", "quagmire")


def named(content: bytes) -> set[str]:
    """Which of the people are named in it, however they are spelled."""
    told = {word for _, _, word in words(content.decode("utf-8", "replace"))}
    return {name for name in NAMES if name in told}


# ---- names


def test_nobody_is_named_unless_they_agreed(home: Path, tmp_path: Path) -> None:
    content = published(home, tmp_path / "site", chats=("Tram Choir", "Choir letters"))
    assert named(content) == set()
    assert b"has Rose" not in content
    assert b"seen the rose?" in content
    assert b".vcf" in content
    assert b"[name]" in content


def test_real_names_are_shown_on_request_and_numbers_even_then_are_not(home: Path, tmp_path: Path) -> None:
    content = published(home, tmp_path / "site", "--names", "real")
    assert named(content) == set(NAMES) - {"rose tamang"}
    assert b"Rose Tamang" in content
    assert b"Member 1" in content
    assert b"7946" not in content


def test_who_agreed_is_named_and_nobody_else(home: Path, tmp_path: Path) -> None:
    content = published(home, tmp_path / "site", "--consent", "kofi mensah", "--consent", "+44 20 7946 0417")
    assert named(content) == {"kofi", "mensah"}
    assert b"<bdi>Kofi Mensah</bdi>" in content
    assert b'data-i="KM"' in content
    assert b"Member 1" in content


def test_an_allowed_kind_is_not_masked(home: Path, tmp_path: Path) -> None:
    content = published(home, tmp_path / "site", "--allow", "phone")
    assert b"7946 0418" in content
    assert named(content) == set()


def test_pseudonyms_stay_when_others_come_and_when_an_import_is_made_again(home: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    before = faces(published(home, site))
    more = tmp_path / "WhatsApp Chat with Tram Choir.txt"
    more.write_text(CHAT + "01/05/2023, 09:20 - Abel Anders: new here\n", encoding="utf-8")
    assert run(home, "import", str(more), "--zone", "UTC", "--date-order", "dmy") == 0
    after = faces(published(home, site))
    assert before < after
    assert len(after) == len(before) + 1
    for number in ("4", "1"):
        assert run(home, "imports", "undo", number) == 0
    assert run(home, "import", str(more), "--zone", "UTC", "--date-order", "dmy") == 0
    assert faces(published(home, site)) == after


def faces(content: bytes) -> set[bytes]:
    return set(re.findall(rb"<h3[^>]*><bdi>([^<]+)</bdi>", content))


def test_the_same_archive_and_options_give_the_same_bytes(home: Path, tmp_path: Path) -> None:
    told = ("--consent", "Kofi Mensah")
    published(home, tmp_path / "one", *told)
    first = everything(tmp_path / "one")
    assert published(home, tmp_path / "one", *told) == first
    assert published(home, tmp_path / "two", *told) == first
    assert published(home, tmp_path / "two") != first


def test_hundreds_of_names_of_many_scripts_are_in_no_byte(tmp_path: Path) -> None:
    draw = random.Random(11)
    parts = (("Bar", "Kel", "Lom", "Nur", "Rav", "Tos", "Vid", "Zet"), ("anek", "dur", "ilo", "mund", "orz", "ulla"))
    first, last = parts
    latin = [
        f"{draw.choice(first)}{draw.choice(last)}{n % 7 * 'e'}a {draw.choice(first)}ö{draw.choice(last)}"
        for n in range(200)
    ]
    given, family = "伟芳娜敏静丽强磊军洋", "王李张刘陈杨赵黄周吴"
    chinese = [f"{a}{b}{c}" for a in family for b, c in zip(given, given[3:] + given[:3], strict=True)][:60]
    cyrillic = [
        f"{a}{b} {c}ов" for a in ("Бор", "Крес", "Мил") for b in ("ислав", "енат") for c in ("Дубр", "Жар", "Лыс")
    ]
    arabic = [f"{a} {b}" for a in ("زكريا", "بلقيس", "طارق") for b in ("القرطبي", "الدباغ", "خزعل")]
    people = [*dict.fromkeys([*latin, *chinese, *cyrillic, *arabic])]
    lines = []
    for n, name in enumerate(people):
        other = draw.choice(people)
        way = (
            other,
            other.lower(),
            other.upper(),
            f"@{other}",
            f"{other}'s",
            other.replace(" ", "_") + ".jpg",
            f"({other})",
        )
        said = f"says {draw.choice(way)}, and {draw.choice(way)}: hello {other.split()[0]}"
        lines.append(f"01/06/2023, {9 + n // 60:02}:{n % 60:02} - {name}: {said}\n")
    chat = tmp_path / "WhatsApp Chat with Canaries.txt"
    chat.write_text("".join(lines), encoding="utf-8")
    home = tmp_path / "home"
    assert run(home, "import", str(chat), "--zone", "UTC", "--date-order", "dmy") == 0
    text = published(home, tmp_path / "site", chats=("Canaries",)).decode("utf-8", "replace")
    told = {word for _, _, word in words(text)}
    assert len(people) > 250
    assert "hello" in told
    assert [name for name in people if any(level(part) in told for part in name.split())] == []
    whole = bare(text)
    assert [name for name in people if name in text or bare(name) in whole] == []


# ---- who is left out


def test_who_wants_to_be_left_out_is_a_gap_without_a_name_and_is_quoted_nowhere(home: Path, tmp_path: Path) -> None:
    with store.open_archive(home) as archive:
        sql = archive.connection
        (choir,) = [one.id for one in conversations(sql) if one.title == "Tram Choir"]
        (kofi,) = [one.id for one in people(sql, [choir]) if one.name == "Kofi Mensah"]
    told = ("--opt-out", str(kofi), "--opt-out", "kofi@example.org", "--names", "real")
    content = published(home, tmp_path / "site", *told, chats=("Tram Choir", "Choir letters"))
    assert {"kofi", "mensah"}.isdisjoint(named(content))
    assert b"breathe together" not in content
    assert b"yellow tram" not in content
    assert b"A message that its writer keeps to themselves." in content
    assert b"Good morning [name]" in content
    assert b"Ana Ruiz" in content
    assert b"Gladly, [name]." in content


# ---- which conversations


def test_all_leaves_out_talk_between_two_and_says_so(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "publish", str(tmp_path / "site"), "--all") == 0
    assert "Left out, for it is talk between two people: " in capsys.readouterr().err
    assert b"Only for you" not in everything(tmp_path / "site")
    assert run(home, "publish", str(tmp_path / "site"), "--all", "--conversation", "Hugo Bell") == 0
    assert b"Only for you" in everything(tmp_path / "site")
    assert "Left out" not in capsys.readouterr().err


def test_an_archive_of_nothing_but_talk_between_two_has_no_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = tmp_path / "WhatsApp Chat with Hugo Bell.txt"
    chat.write_text(DIRECT, encoding="utf-8")
    assert run(tmp_path / "home", "import", str(chat), "--zone", "UTC", "--date-order", "dmy") == 0
    assert run(tmp_path / "home", "publish", str(tmp_path / "site"), "--all") == 2
    assert "named one by one" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


# ---- the file


def test_a_file_decides_and_options_win(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "publish.toml"
    file.write_text(
        'conversations = ["Tram Choir"]\nnames = "real"\ntitle = "Verses"\npublic = true\n', encoding="utf-8"
    )
    assert run(home, "publish", str(tmp_path / "site"), "--config", str(file)) == 0
    content = everything(tmp_path / "site")
    assert b"Kofi Mensah" in content
    assert b"<title>Verses</title>" in content
    assert b"noindex" not in content
    assert not (tmp_path / "site" / "robots.txt").exists()
    assert (
        run(home, "publish", str(tmp_path / "site"), "--config", str(file), "--names", "pseudonyms", "--not-public")
        == 0
    )
    content = everything(tmp_path / "site")
    assert named(content) == set()
    assert b'name="robots" content="noindex, nofollow' in content
    assert (tmp_path / "site" / "robots.txt").read_text() == "User-agent: *\nDisallow: /\n"


def test_a_first_file_is_written_and_then_understood(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "publish.toml"
    assert run(home, "publish", str(tmp_path / "site"), "--config", str(file)) == 2
    assert "--write-config" in capsys.readouterr().err
    assert run(home, "publish", str(tmp_path / "site"), "--config", str(file), "--write-config") == 0
    text = file.read_text("utf-8")
    assert '#  "Tram Choir",\n' in text
    file.write_text(text.replace('#  "Tram Choir"', '"Tram Choir"'), encoding="utf-8")
    assert run(home, "publish", str(tmp_path / "site"), "--config", str(file)) == 0
    assert (tmp_path / "site" / "index.html").exists()


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("consent", "Kofi Mensa", "Did you mean “Kofi Mensah”"),
        ("opt_out", "Zaphod", "archive stats people"),
        ("consent", "Ana Ruiz", "Name each you mean by number"),
    ],
)
def test_whom_nobody_or_several_go_by_is_refused_with_the_line(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, value: str, remedy: str
) -> None:
    file = tmp_path / "publish.toml"
    file.write_text(f'conversations = ["*"]\n{key} = [\n  "{value}",\n]\n', encoding="utf-8")
    assert run(home, "publish", str(tmp_path / "site"), "--config", str(file)) == 2
    said = capsys.readouterr().err
    assert remedy in said
    assert "publish.toml, line 3" in said
    assert not (tmp_path / "site").exists()


# ---- seen before it is written


def test_a_preview_writes_nothing_and_tells_all(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site"
    told = ("--conversation", "Tram Choir", "--consent", "Kofi Mensah")
    found = previewed(home, site, capsys, *told)
    before = everything(home)
    assert previewed(home, site, capsys, *told) == found
    assert everything(home) == before
    assert not site.exists()
    assert found["messages"] == 9
    assert found["people"] == {"own": 1, "pseudonym": 4, "member": 0, "left_out": 0}
    assert found["own"] == ["Kofi Mensah"]
    assert found["first"] is True
    assert ["Kofi Mensah", "own"] in found["new"]  # type: ignore[operator]
    assert found["hidden"]["phone"] == 1  # type: ignore[index]
    assert found["hidden"]["name"] > 5  # type: ignore[index]
    assert found["risks"] == []
    assert "7946" not in json.dumps(found)
    assert "Ruiz" not in json.dumps(found)
    assert previewed(home, site, capsys, *told) == found


def test_a_preview_names_who_is_new_since_the_last_time(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, chat = tmp_path / "site", ("--conversation", "Tram Choir")
    published(home, site)
    assert previewed(home, site, capsys, *chat)["new"] == []
    assert previewed(home, site, capsys, *chat, "--consent", "Kofi Mensah")["new"] == [["Kofi Mensah", "own"]]
    assert len(previewed(home, tmp_path / "elsewhere", capsys, *chat)["new"]) == 5  # type: ignore[arg-type]
    published(home, site, "--consent", "Kofi Mensah")
    assert previewed(home, site, capsys, *chat, "--consent", "Kofi Mensah")["new"] == []


def test_a_preview_on_the_terminal_and_as_a_page(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, page = tmp_path / "site", tmp_path / "report.html"
    told = ("publish", str(site), "--all", "--preview", "--page", str(page), "--title", "<b>Choir & Co</b>")
    assert run(home, *told) == 0
    said = capsys.readouterr()
    report = re.search(r"Report ([0-9a-f]{12})", said.out)
    assert report is not None
    assert "under a pseudonym" in said.out
    assert "Nothing was written to" in said.err
    html = page.read_text("utf-8")
    assert report[1] in html
    assert "&lt;b&gt;Choir &amp; Co" in html
    assert "default-src 'none'; style-src 'sha256-" in html
    assert "<script" not in html
    assert named(page.read_bytes()) == set()
    assert run(home, *told) == 2
    assert run(home, *told, "--yes") == 0
    assert page.read_text("utf-8") == html
    site.mkdir()
    assert run(home, "publish", str(site), "--all", "--preview", "--page", str(site / "r.html")) == 2
    assert run(home, "publish", str(site), "--all", "--preview", "--page", str(tmp_path / "no" / "r.html")) == 1
    assert list(site.iterdir()) == []


CARD = "09/05/2023, 09:00 - Kofi Mensah: my card is 4111 1111 1111 1111, the rest you know\n"


@pytest.fixture
def risky(home: Path, tmp_path: Path) -> Path:
    more = tmp_path / "WhatsApp Chat with Tram Choir.txt"
    more.write_text(CHAT + CARD, encoding="utf-8")
    assert run(home, "import", str(more), "--zone", "UTC", "--date-order", "dmy") == 0
    return home


def test_what_does_harm_at_once_blocks_until_its_report_is_accepted(
    risky: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, told = tmp_path / "site", ("--conversation", "Tram Choir")
    found = previewed(risky, site, capsys, *told)
    assert [kinds for _, kinds in found["risks"]] == [["card"]]  # type: ignore[attr-defined]
    assert "4111" not in json.dumps(found)
    assert run(risky, "publish", str(site), *told, "--yes") == 1
    said = capsys.readouterr().err
    assert "card numbers in 1 message" in said
    assert f"--accept {found['hash']}" in said
    assert not site.exists()
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".site")] == []
    assert run(risky, "publish", str(site), *told, "--accept", "0" * 12) == 1
    assert "another report" in capsys.readouterr().err
    assert run(risky, "publish", str(site), *told, "--title", "Other", "--accept", str(found["hash"])) == 1
    assert not site.exists()
    assert run(risky, "publish", str(site), *told, "--accept", str(found["hash"])) == 0
    assert b"4111" not in everything(site)
    assert run(risky, "publish", str(site), *told) == 0


def test_an_allowed_number_of_a_card_blocks_as_well(
    risky: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, told = tmp_path / "site", ("--conversation", "Tram Choir", "--allow", "card", "--allow", "phone")
    assert run(risky, "publish", str(site), *told) == 1
    report = re.search(r"--accept ([0-9a-f]+)", capsys.readouterr().err)
    assert report is not None
    assert run(risky, "publish", str(site), *told, "--accept", report[1]) == 0
    assert b"4111 1111 1111 1111" in everything(site)


def test_an_import_at_the_same_time_lets_pages_be_published_but_gives_no_new_names(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, told = tmp_path / "site", ("--conversation", "Tram Choir")
    with store.locked(home):
        assert run(home, "publish", str(site), *told) == 11
    assert not site.exists()
    published(home, tmp_path / "other")
    with store.locked(home):
        assert run(home, "publish", str(site), *told) == 0
    assert "Somebody else writes" in capsys.readouterr().err
    assert named(everything(site)) == set()


def test_a_refusal_leaves_the_old_pages(risky: Path, home: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    before = published(home, site, chats=("Choir letters",))
    assert run(risky, "publish", str(site), "--conversation", "Tram Choir") == 1
    assert everything(site) == before


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1)])
def test_a_person_at_a_terminal_is_asked_the_first_time(home: Path, tmp_path: Path, answer: str, code: int) -> None:
    site = tmp_path / "site"
    words_ = [
        sys.executable,
        "-m",
        "archiver",
        "--archive",
        str(home),
        "publish",
        str(site),
        "--conversation",
        "Tram Choir",
    ]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(Path(__file__).parent.parent), "COLUMNS": "60"}
    with subprocess.Popen(words_, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        os.write(ours, answer.encode())
        said = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            said += piece
        assert process.wait() == code
    os.close(ours)
    assert b"Publish it? [y/N]" in said
    assert b"under a pseudonym" in said
    assert site.exists() == (code == 0)


def test_strangers_are_told_of_and_people_are_whole(home: Path) -> None:
    with store.open_archive(home) as archive:
        sql = archive.connection
        assert "Zebedee Quagmire" in strangers(sql, [1, 2, 3])
        found = {one.name for one in people(sql)}
        assert {"Ana Ruiz", "Kofi Mensah", "Mei Lindqvist", "Hugo Bell"} <= found
        assert "Hugo Bell" not in {one.name for one in people(sql, [1])} & {one.name for one in people(sql, [3])}
