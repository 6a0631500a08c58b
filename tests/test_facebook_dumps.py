"""Generated exports of every vintage give back what was said, message by message; and in the archive, whatever is
imported in whatever order, once or twice, by one member or two, there is one set of messages."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers import facebook
from archiver.ingest import Request, ingest
from archiver.model import Conversation, ImportReport, Message, Problem, singly
from archiver.store.archive import Archive, open_archive, writing
from archiver.store.digest import digest
from archiver.store.undo import undo
from archiver.text import fold
from tests.bench import facebook_e2ee, facebook_html, facebook_posts
from tests.bench.facebook_dumps import TREES, Member, dyi_2024, e2ee, in_parts, lay, member, packed, seen_by
from tests.bench.facebook_json import DYI_2018, DYI_2021, DYI_2024, INSTAGRAM, Told, told, written
from tests.bench.facebook_talk import BEN, GONE, ME, Chat, Mark, Said, chats

VINTAGES = {"2018": DYI_2018, "2021": DYI_2021, "2024": DYI_2024, "instagram": INSTAGRAM}
QUIET = {"left-by-design", "encrypted-chats-missing"}
ANA = member(3, 900, 120)


def ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


def as_told(message: Message) -> Told:
    """A message in the terms of the truth."""
    return Told(
        message.sender.name if message.sender else "",
        ms(message.when.at) or 0,
        message.kind,
        message.text,
        tuple((one.value, one.by.name if one.by else "", ms(one.at)) for one in message.reactions),
        tuple((file.name or "", file.state) for file in message.attachments),
    )


class Read:
    """What the importer makes of some paths: the messages of each conversation, each key once."""

    def __init__(self, *paths: Path, owner: str | None = None) -> None:
        self.found: dict[str, list[Told]] = {}
        self.problems: list[Problem] = []
        self.conversations: dict[str, Conversation] = {}
        met: set[tuple[str, str | None]] = set()
        with Dump.open(list(paths)) as dump:
            for item in singly(facebook.read(dump, Hints(zone="UTC", owner=owner))):
                if isinstance(item, Conversation):
                    self.conversations.setdefault(item.key, item)
                elif isinstance(item, Problem):
                    self.problems += [item] if item.what not in QUIET else []
                elif isinstance(item, Message) and not (item.key and (item.conversation, item.key) in met):
                    met.add((item.conversation, item.key))
                    self.found.setdefault(item.conversation, []).append(as_told(item))


def truth(who: Member, vintage: str) -> dict[str, list[Told]]:
    """What an export of this vintage has to give, by the key of the conversation."""
    if vintage in VINTAGES:
        of = VINTAGES[vintage]
        found = {of.thread(chat): told(chat, of, who.name) for chat in who.chats}
        return found | (posts_of(who) if vintage != "instagram" else {})
    if vintage == "e2ee":
        return {f"facebook:e2ee:{fold(chat.title)}": facebook_e2ee.told(chat) for chat in who.chats}
    if vintage == "html 2015":
        shifted = [
            replace(chat, said=tuple(replace(said, at=said.at + 7 * 3_600_000) for said in chat.said))
            for chat in who.chats
        ]
        return {
            f"facebook:thread:{', '.join(sorted(map(fold, chat.people)))}": facebook_html.told(chat, "2015", who.name)
            for chat in shifted
        }
    age: facebook_html.Age = "2019" if vintage == "html 2019" else "2024"
    return {f"facebook:thread:{chat.native}": facebook_html.told(chat, age, who.name) for chat in who.chats}


def posts_of(who: Member) -> dict[str, list[Told]]:
    return {
        f"facebook:group:{fold(group)}" if group else f"facebook:wall:{fold(who.name)}": said
        for group, said in facebook_posts.told(who.posts).items()
    }


def by_time(said: Sequence[Told]) -> list[Told]:
    """Posts come file by file; messages of a thread come in the order they were sent in."""
    return sorted(said, key=lambda one: (one.at, one.text))


def agree(read: Read, expected: dict[str, list[Told]]) -> None:
    assert sorted(read.found) == sorted(expected)
    for key, said in expected.items():
        if ":thread:" in key or ":e2ee:" in key:
            assert read.found[key] == said, key
        else:
            assert by_time(read.found[key]) == by_time(said), key


# -- every vintage gives back what was said ---------------------------------------------------------------------


@pytest.mark.parametrize("vintage", sorted(TREES))
def test_an_export_of_this_vintage_gives_back_what_was_said(vintage: str, tmp_path: Path) -> None:
    part = 10_000 if vintage == "instagram" else 37
    read = Read(lay(TREES[vintage](ANA, part), tmp_path / "export"), owner=ME)
    agree(read, truth(ANA, vintage))
    assert [problem for problem in read.problems if problem.loss != "nothing"] == []


@pytest.mark.parametrize("vintage", sorted(TREES))
def test_a_zip_of_it_says_the_same_as_the_folder(vintage: str, tmp_path: Path) -> None:
    small = member(5, 120, 20)
    folder = lay(TREES[vintage](small, 37), tmp_path / "export")
    zipped = tmp_path / f"{'instagram' if vintage == 'instagram' else 'facebook'}-anaruiz.zip"
    zipped.write_bytes(packed(TREES[vintage](small, 37)))
    assert Read(zipped, owner=ME).found == Read(folder, owner=ME).found


def test_three_parts_are_one_export(tmp_path: Path) -> None:
    parts = in_parts(ANA, tmp_path, 37)
    agree(Read(*parts), truth(ANA, "2024"))
    agree(Read(*parts[::-1]), truth(ANA, "2024"))


def test_without_its_media_an_export_says_the_same_with_the_files_missing(tmp_path: Path) -> None:
    first, second, _ = in_parts(ANA, tmp_path, 37)
    bare = {key: [one._replace(files=tuple((name, "missing") for name, _ in one.files)) for one in said]
            for key, said in truth(ANA, "2024").items()}  # fmt: skip
    agree(Read(first, second), bare)


def test_reactions_told_in_a_sentence_of_the_next_part_are_told_once_all_the_same(tmp_path: Path) -> None:
    read = Read(lay(TREES["instagram"](ANA, 37), tmp_path))
    for key, said in truth(ANA, "instagram").items():
        found = read.found[key]
        assert [undated(one) for one in found] == [undated(one) for one in said]


def undated(said: Told) -> Told:
    """A message whose reactions have no time: the sentence with it may stand in a part that is read later."""
    return said._replace(marks=tuple((sign, who, None) for sign, who, _ in said.marks))


@pytest.mark.parametrize("seed", range(4))
def test_an_edited_copy_is_folded_into_its_message_however_fast_people_write(seed: int, tmp_path: Path) -> None:
    """Between a message and its edited copy there are others of the same person, short ones among them."""
    fast = Chat("1234567890123456", "Hort", (BEN, ME), _fast(seed), "direct")
    read = Read(lay(TREES["instagram"](Member(ME, (fast,)), 10_000), tmp_path))
    assert read.found["instagram:thread:1234567890123456"] == told(fast, INSTAGRAM, ME)


def _fast(seed: int) -> tuple[Said, ...]:
    spoken = [
        said
        for chat in chats(seed, 1200)
        if chat.title == BEN
        for said in chat.said
        if said.kind == "text" and not said.before
    ]
    edited = [said for chat in chats(seed, 3000) for said in chat.said if said.before][:12]
    every = len(spoken) // len(edited)
    for number, said in enumerate(edited):
        spoken.insert(number * (every + 1), replace(said, who=(BEN, ME)[number % 2]))
    return tuple(replace(said, at=1_714_557_600_000 + 20_000 * n, marks=()) for n, said in enumerate(spoken))


def test_chats_that_became_encrypted_go_on_in_their_thread(tmp_path: Path) -> None:
    (club, *_) = chats(4, 300)
    middle = club.said[len(club.said) // 2].at
    before = replace(club, said=tuple(said for said in club.said if said.at < middle), section="e2ee_cutover")
    after = replace(club, said=tuple(said for said in club.said if said.at >= middle))
    old = tmp_path / "facebook-anaruiz.zip"
    old.write_bytes(packed(dyi_2024(Member(ME, (before,)))))
    new = tmp_path / "messages.zip"
    new.write_bytes(packed(e2ee(Member(ME, (after,)))))
    expected = [*told(before, DYI_2024, ME), *facebook_e2ee.told(after)]
    for paths in ((old, new), (new, old)):
        found = Read(*paths).found[DYI_2024.thread(club)]
        assert sorted(found, key=lambda one: one.at) == expected


def test_a_deleted_account_is_somebody_else_in_every_thread(tmp_path: Path) -> None:
    read = Read(lay(dyi_2024(ANA), tmp_path))
    gone = {
        member.scope
        for conversation in read.conversations.values()
        for member in conversation.members
        if member.name == GONE
    }
    assert len(gone) == 1
    assert "" not in gone


# -- in the archive ---------------------------------------------------------------------------------------------


def bring(home: Path, *paths: Path) -> ImportReport:
    """One import."""
    (report,) = ingest(home, Request(paths=paths, hints=Hints(zone="UTC")))
    return report


def sum_of(home: Path) -> str:
    with open_archive(home) as archive:
        return digest(archive.connection)


def kept(archive: Archive) -> int:
    (count,) = archive.connection.execute("select count(*) from message").fetchone()
    return int(count)


def all_told(who: Member, vintage: str) -> int:
    return sum(map(len, truth(who, vintage).values()))


@pytest.fixture(scope="module")
def small() -> Member:
    return member(6, 240, 40)


def zipped(folder: Path, name: str, who: Member, vintage: str = "2024") -> Path:
    path = folder / f"{name}.zip"
    path.write_bytes(packed(TREES[vintage](who, 37)))
    return path


def test_what_was_read_is_what_is_kept(small: Member, tmp_path: Path) -> None:
    report = bring(tmp_path / "home", zipped(tmp_path, "facebook-ana", small))
    assert report.counts["new"] == all_told(small, "2024")
    with open_archive(tmp_path / "home") as archive:
        assert kept(archive) == all_told(small, "2024")


def test_twice_is_once_as_a_zip_and_as_a_folder(small: Member, tmp_path: Path) -> None:
    home = tmp_path / "home"
    bring(home, zipped(tmp_path, "facebook-ana", small))
    before = sum_of(home)
    again = bring(home, zipped(tmp_path, "facebook-ana", small))
    assert (again.import_id, len(again.known)) == (None, 1)
    folder = bring(home, lay(dyi_2024(small, 51), tmp_path / "unpacked"))
    assert folder.counts["new"] == 0
    assert sum_of(home) == before


def test_parts_imported_one_by_one_end_as_all_parts_together(small: Member, tmp_path: Path) -> None:
    parts = in_parts(small, tmp_path, 37)
    bring(tmp_path / "together", *parts)
    for order in itertools.permutations(parts):
        home = tmp_path / "-".join(part.stem[-8:] for part in order)
        for part in order[:1]:
            bring(home, part)
        bring(home, *order)
        assert sum_of(home) == sum_of(tmp_path / "together")


def test_a_narrower_later_export_takes_nothing_away(small: Member, tmp_path: Path) -> None:
    whole = zipped(tmp_path, "facebook-ana", small)
    times = sorted(said.at for chat in small.chats for said in chat.said)
    narrow = small.between(times[len(times) // 3], times[2 * len(times) // 3])
    later = zipped(tmp_path, "facebook-ana-later", narrow)
    bring(tmp_path / "home", whole)
    before = sum_of(tmp_path / "home")
    report = bring(tmp_path / "home", later)
    assert report.counts["new"] == 0
    assert sum_of(tmp_path / "home") == before
    bring(tmp_path / "other", later)
    bring(tmp_path / "other", whole)
    assert sum_of(tmp_path / "other") == before


def said_in(home: Path) -> set[tuple[object, ...]]:
    """Every message of an archive, as far as its own export tells it: not what it was taken to answer."""
    with open_archive(home) as archive:
        rows = archive.connection.execute(
            "select c.key, m.native_id, m.sent_at, m.kind, m.text, i.value from message m "
            "join conversation c on c.id = m.conversation_id left join identity i on i.id = m.sender_id"
        ).fetchall()
    assert len(rows) == len(set(rows))
    return set(rows)


def halves(small: Member) -> tuple[Member, Member]:
    """Two exports that have a third of it in common."""
    times = sorted(said.at for chat in small.chats for said in chat.said)
    return small.between(0, times[2 * len(times) // 3]), small.between(times[len(times) // 3], 1 << 60)


def test_exports_that_overlap_end_as_the_whole_in_any_order(small: Member, tmp_path: Path) -> None:
    chats_only = replace(small, posts=())
    early, late = (zipped(tmp_path, f"facebook-ana-{n}", half) for n, half in enumerate(halves(chats_only)))
    in_order(tmp_path / "a", early, late)
    in_order(tmp_path / "b", late, early)
    bring(tmp_path / "c", late, early)
    bring(tmp_path / "whole", zipped(tmp_path, "facebook-ana", chats_only))
    assert len({sum_of(tmp_path / home) for home in ("a", "b", "c", "whole")}) == 1


def test_posts_of_exports_that_overlap_are_those_of_the_whole(small: Member, tmp_path: Path) -> None:
    """What a comment is taken to answer may be another post where half of them are not there, and is a guess."""
    early, late = (zipped(tmp_path, f"facebook-ana-{n}", half) for n, half in enumerate(halves(small)))
    in_order(tmp_path / "a", early, late)
    in_order(tmp_path / "b", late, early)
    bring(tmp_path / "whole", zipped(tmp_path, "facebook-ana", small))
    assert sum_of(tmp_path / "a") == sum_of(tmp_path / "b")
    assert said_in(tmp_path / "a") == said_in(tmp_path / "whole")


def in_order(home: Path, *paths: Path) -> None:
    """One import after the other."""
    for path in paths:
        bring(home, path)


def test_two_members_exports_give_one_set_of_messages_in_any_order(small: Member, tmp_path: Path) -> None:
    ben = seen_by(BEN, small, 40)
    first, second = zipped(tmp_path, "facebook-ana", small), zipped(tmp_path, "facebook-ben", ben)
    bring(tmp_path / "a", first)
    added = bring(tmp_path / "a", second)
    in_order(tmp_path / "b", second, first)
    both = bring(tmp_path / "c", first, second)
    threads = {key: said for key, said in truth(ben, "2024").items() if ":thread:" in key}
    assert set(threads) <= set(truth(small, "2024"))
    assert added.counts["new"] == sum(map(len, posts_of(ben).values()))
    assert both.counts["new"] == all_told(small, "2024") + added.counts["new"]
    assert bare_of(tmp_path / "a") == bare_of(tmp_path / "b") == bare_of(tmp_path / "c")
    for home in ("a", "b", "c"):
        assert members_of(tmp_path / home, f"facebook:group:{fold(facebook_posts.GROUPS[0])}") == {ME, BEN}


def bare_of(home: Path) -> set[tuple[object, ...]]:
    """`said_in` without the texts of the app's sentences, which say “You” to whoever exported them."""
    kept = {"text", "post", "comment", "share"}
    return {(*row[:4], row[4] if row[3] in kept else "", *row[5:]) for row in said_in(home)}


def members_of(home: Path, key: str) -> set[str]:
    with open_archive(home) as archive:
        rows = archive.connection.execute(
            "select i.name from member m join conversation c on c.id = m.conversation_id "
            "join identity i on i.id = m.identity_id where c.key = ?",
            (key,),
        )
        return {name for (name,) in rows}


@pytest.mark.parametrize("posts_too", [False, True], ids=["chats", "posts too"])
def test_two_members_archives_have_one_digest_whoever_comes_first(posts_too: bool, tmp_path: Path) -> None:
    ana = member(6, 240, 40 if posts_too else 0)
    ben = seen_by(BEN, ana, 40 if posts_too else 0)
    first, second = zipped(tmp_path, "facebook-ana", ana), zipped(tmp_path, "facebook-ben", ben)
    in_order(tmp_path / "a", first, second)
    in_order(tmp_path / "b", second, first)
    assert sum_of(tmp_path / "a") == sum_of(tmp_path / "b")
    if not posts_too:  # in one run, comments find the posts they are under in each other's exports
        bring(tmp_path / "c", first, second)
        assert sum_of(tmp_path / "c") == sum_of(tmp_path / "a")


def test_a_group_that_was_renamed_has_its_newest_name_whichever_export_comes_first(tmp_path: Path) -> None:
    (club, *_) = chats(8, 80)
    half = len(club.said) // 2
    before = replace(club, title="Hort", said=club.said[:half])
    old, new = (
        zipped(tmp_path, "facebook-old", Member(ME, (before,))),
        zipped(tmp_path, "facebook-new", Member(ME, (club,))),
    )
    in_order(tmp_path / "a", old, new)
    in_order(tmp_path / "b", new, old)
    assert sum_of(tmp_path / "a") == sum_of(tmp_path / "b")
    assert title_of(tmp_path / "a", DYI_2024.thread(club)) == club.title


@pytest.mark.parametrize("told_before", [True, False], ids=["told", "of before schema 7"])
def test_a_name_goes_with_the_import_that_told_it(told_before: bool, tmp_path: Path) -> None:
    (club, *_) = chats(8, 80)
    before = replace(club, title="Hort", said=club.said[: len(club.said) // 2])
    bring(tmp_path / "a", zipped(tmp_path, "facebook-old", Member(ME, (before,))))
    with writing(tmp_path / "a") as archive:
        if not told_before:
            archive.connection.execute("delete from conversation_title")
    alone = sum_of(tmp_path / "a")
    bring(tmp_path / "a", zipped(tmp_path, "facebook-new", Member(ME, (club,))))
    assert title_of(tmp_path / "a", DYI_2024.thread(club)) == club.title
    with writing(tmp_path / "a") as archive:
        undo(archive, 2)
    assert title_of(tmp_path / "a", DYI_2024.thread(club)) == "Hort"
    assert sum_of(tmp_path / "a") == alone


def test_undoing_the_older_of_two_exports_leaves_the_name_of_the_newer(tmp_path: Path) -> None:
    (club, *_) = chats(8, 80)
    before = replace(club, title="Hort", said=club.said[: len(club.said) // 2])
    old = zipped(tmp_path, "facebook-old", Member(ME, (before,)))
    new = zipped(tmp_path, "facebook-new", Member(ME, (club,)))
    for first, second in ((old, new), (new, old)):
        home = tmp_path / first.stem
        in_order(home, first, second)
        with writing(home) as archive:
            undo(archive, 1 if first is old else 2)
        assert title_of(home, DYI_2024.thread(club)) == club.title
        with writing(home) as archive:
            undo(archive, 2 if first is old else 1)
            assert archive.connection.execute("select count(*) from conversation_title").fetchone() == (0,)


def title_of(home: Path, key: str) -> str:
    with open_archive(home) as archive:
        (title,) = archive.connection.execute("select title from conversation where key = ?", (key,)).fetchone()
        return str(title)


def test_messages_that_gained_reactions_and_were_taken_back_since_are_one_with_what_they_were(tmp_path: Path) -> None:
    (club, *_) = chats(8, 80)
    texts = [place for place, said in enumerate(club.said) if said.kind == "text" and not said.marks]
    said = list(club.said)
    said[texts[0]] = replace(said[texts[0]], marks=(Mark("🍅", BEN, said[texts[0]].at // 1000 + 60),))
    later = replace(club, said=tuple(said))
    old = zipped(tmp_path, "facebook-old", Member(ME, (club,)))
    new = zipped(tmp_path, "facebook-new", Member(ME, (later,)))
    sums = set()
    for number, order in enumerate(((old, new), (new, old))):
        for path in order:
            bring(tmp_path / str(number), path)
        sums.add(sum_of(tmp_path / str(number)))
        with open_archive(tmp_path / str(number)) as archive:
            assert kept(archive) == len(club.said)
    bring(tmp_path / "new", new)
    assert sums == {sum_of(tmp_path / "new")}


def test_what_is_left_alone_by_design_is_said_once_and_counted(tmp_path: Path) -> None:
    tree = {path: content for path, content in TREES["2024"](member(3, 40), 30) if path.endswith(".json")}
    tree["security_and_login_information/where_you're_logged_in.json"] = b'{"active_sessions_v2": []}'
    tree["ads_information/advertisers.json"] = b"[1]"
    tree["notes.txt"] = b"of somebody"
    report = bring(tmp_path / "home", lay(tree.items(), tmp_path / "facebook-ana"))
    told = [problem.note for problem in report.problems if "left alone" in problem.note]
    assert sum("logins, sessions" in note for note in told) == 1
    assert not any("where_you" in note or "advertisers" in note for note in told)
    (other,) = (problem.note for problem in report.problems if problem.what == "left-alone")
    assert "notes.txt" in other
    assert report.counts["skipped"] >= 3


# -- the generator says what it says ----------------------------------------------------------------------------


def test_a_member_says_the_same_again_and_other_things_with_another_seed() -> None:
    assert member(3, 200) == member(3, 200)
    assert member(3, 200) != member(4, 200)
    assert dict(dyi_2024(member(3, 200))) == dict(dyi_2024(member(3, 200)))


def test_talk_has_every_kind_of_message_and_what_makes_it_hard() -> None:
    said = [one for chat in member(7, 4_000).chats for one in chat.said]
    kinds = {one.kind.partition(".")[0] for one in said}
    assert kinds == {
        "text",
        "media",
        "sticker",
        "share",
        "location",
        "live_location",
        "deleted",
        "unknown",
        "event",
        "call",
    }
    assert {file.key for one in said for file in one.files} >= {
        "photos",
        "videos",
        "audio_files",
        "gifs",
        "files",
        "sticker",
    }
    assert sum(one.before != "" for one in said) > 5
    times = [one.at for chat in member(7, 4_000).chats for one in chat.said]
    assert sum(one == other for one, other in itertools.pairwise(times)) > 50


def test_json_is_written_as_meta_writes_it() -> None:
    assert written({"é": ["Я 🌱", "plain"]}) == (
        b'{\n  "\\u00c3\\u00a9": [\n    "\\u00d0\\u00af \\u00f0\\u009f\\u008c\\u00b1",\n    "plain"\n  ]\n}'
    )
