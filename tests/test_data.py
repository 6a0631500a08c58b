"""Open data beside the pages: files that other programs read without asking, masked as the pages are."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import bagit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.__main__ import run
from archiver.contracts import Page, Rendering
from archiver.errors import UsageError
from archiver.exporters import data
from archiver.exporters.data import feeds, heads, package, sitemap, tables
from archiver.exporters.data.address import Address
from archiver.exporters.data.columns import LINKS, MESSAGES, TABLES
from archiver.exporters.data.postings import postings
from archiver.exporters.data.shared import Overheard, Shared
from archiver.exporters.data.xml import Writer, storable
from archiver.keeping import bags
from archiver.model import Attachment, Handle, KeptMessage, Provenance, Reaction
from archiver.publish import MANIFEST, PublishReport, publish
from tests.browsers import Watched, chromium, served
from tests.libraries import Shelf, days, person, said

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ADDRESS = "https://letters.example.org/garden/"
ALL = "jsonl,csv,atom,sitemap,json-ld,bagit"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def garden() -> Shelf:
    mark = Reaction(Handle("test-name", "Mei", "Mei"), "👍", datetime(2023, 5, 4, 10, tzinfo=UTC))
    photo = Attachment("row one.jpg", "image/jpeg", 812, None, "ab" * 32, "present")
    talk = [
        said("=SUM(A1) is no greeting, \"Tomás\"\nsee https://example.org/beans?utm_source=x&q=1.", id="m1"),
        said("", "Tomás Rey", "2023-05-04T10:12:00", id="m2", attachments=(photo,), reactions=(mark,)),
        said("Bring the hose", "Ines Okoro", None, id="m3", reply_to="m1", origin=Provenance("_chat.txt", "cd", 3, 9)),
        said("Mei joined", None, "2023-05-05T08:00:00", id="m4", kind="event.joined"),
    ]  # fmt: skip
    return Shelf(("Garden Club", talk), ("Chess", [said("e4", "Mei", "2023-05-06T20:00:00", id="m5")]))


def out(target: Path, library: Shelf, **options: str) -> PublishReport:
    names = [str(one.id) for one in library.conversations()]
    return publish(library, target, conversations=names, options=options, secret=b"stays here")


def written(pages: Sequence[Page]) -> dict[str, bytes]:
    return {one.path: one.content if isinstance(one.content, bytes) else b"".join(one.content) for one in pages}


def csvs(library: Shelf) -> dict[str, bytes]:
    return {page.path: b"".join(page.content) for page in tables.pages(library) if not isinstance(page.content, bytes)}


def tree(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


# ---- tables


def test_the_tables_read_as_a_person_would_expect() -> None:
    found = {path: content.decode().replace("\r\n", "\n") for path, content in csvs(garden()).items()}
    assert list(found) == [table.path for table in TABLES]
    assert found["conversations.csv"] == (
        "conversation,key,title,source,kind,messages,people,first,last\n"
        "1,test:Garden Club,Garden Club,test,group,4,2,2023-05-04T10:11:12,2023-05-05T08:00:00\n"
        "2,test:Chess,Chess,test,group,1,1,2023-05-06T20:00:00,2023-05-06T20:00:00\n"
    )
    assert found["attachments.csv"] == (
        "message,name,media_type,size,sha256,path,state\nm2,row one.jpg,image/jpeg,812," + "ab" * 32 + ",,present\n"
    )
    assert found["reactions.csv"] == "message,by,value,at\nm2,Mei,👍,2023-05-04T10:00:00Z\n"
    assert found["links.csv"] == "message,address,domain\nm1,https://example.org/beans?utm_source=x&q=1,example.org\n"
    ines, tomas, mei = (person(name).person for name in ("Ines Okoro", "Tomás Rey", "Mei"))
    assert found["people.csv"] == (
        "person,name,messages,first,last\n"
        f"{ines},Ines Okoro,2,2023-05-04T10:11:12,2023-05-04T10:11:12\n"
        f"{tomas},Tomás Rey,1,2023-05-04T10:12:00,2023-05-04T10:12:00\n"
        f"{mei},Mei,1,2023-05-06T20:00:00,2023-05-06T20:00:00\n"
    )
    first, _, third, event, _ = rows(csvs(garden())["messages.csv"])
    assert first["text"].startswith('\'=SUM(A1) is no greeting, "Tomás"\nsee')
    assert (third["at"], third["at_local"], third["reply_to"]) == ("", "", "m1")
    assert (event["kind"], event["person"], event["sender"]) == ("event.joined", "", "")


@given(st.lists(st.text(), min_size=1, max_size=20))
def test_what_goes_into_a_table_comes_out_and_no_cell_is_calculated(texts: list[str]) -> None:
    talk = [said(text, text, id=f"m{n}", subject=text) for n, text in enumerate(texts)]
    content = csvs(Shelf(("Garden Club", talk)))["messages.csv"]
    assert content.count(b"\r\n") >= len(texts) + 1
    read = rows(content)
    assert len(read) == len(texts)
    for text, row in zip(texts, read, strict=True):
        kept = text.encode("utf-8", errors="replace").decode()
        for cell in (row["text"], row["subject"], row["sender"]):
            assert not cell.startswith(FORMULA)
            assert cell in {kept, "'" + kept}


def test_many_rows_flow_in_pieces_and_side_tables_wait_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_IN_MEMORY", 1000)
    talk = [said(f"https://example.org/{n}", id=f"m{n}") for n in range(1201)]
    found: dict[str, list[bytes]] = {
        page.path: list(page.content)
        for page in tables.pages(Shelf(("Garden Club", talk)))
        if not isinstance(page.content, bytes)
    }
    assert len(found["messages.csv"]) == 3
    assert len(rows(b"".join(found["links.csv"]))) == 1201


def test_tables_that_nobody_reads_to_the_end_leave_nothing_open() -> None:
    flow = tables.pages(garden())
    page = next(flow)
    assert page.path == "conversations.csv"
    next(flow)
    flow.close()  # type: ignore[attr-defined]  # it is a generator; a file left open would be an error here


# ---- datapackage.json


def described(library: Shelf, **options: str) -> tuple[dict[str, bytes], dict[str, object]]:
    flow = package.described(tables.pages(library), library, Rendering(options.pop("title", ""), options))
    found = {}
    for page in flow:
        found[page.path] = page.content if isinstance(page.content, bytes) else b"".join(page.content)
    return found, json.loads(found["datapackage.json"])


def test_the_package_describes_every_table_as_the_specification_asks() -> None:
    files, told = described(garden(), title="Letters", licence="CC BY 4.0", keeper="The club", address=ADDRESS)
    assert told["profile"] == "tabular-data-package"
    assert re.fullmatch(r"[-a-z0-9._/]+", str(told["name"]))
    assert told["licenses"] == [{"name": "CC-BY-4.0", "title": "CC BY 4.0"}]
    assert told["contributors"] == [{"title": "The club", "role": "publisher"}]
    assert told["sources"] == [{"title": "test"}]
    assert told["homepage"] == ADDRESS
    resources = told["resources"]
    assert isinstance(resources, list)
    assert [one["path"] for one in resources] == [table.path for table in TABLES]
    for one in resources:
        content = files[one["path"]]
        assert one["profile"] == "tabular-data-resource"
        assert re.fullmatch(r"[-a-z0-9._/]+", one["name"])
        assert one["bytes"] == len(content)
        assert one["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert one["encoding"] == "utf-8"
        check_table(one["schema"], content, {other["name"]: other["schema"] for other in resources})


def check_table(schema: Mapping[str, list[dict[str, object]]], content: bytes, others: Mapping[str, object]) -> None:
    """A table against its schema, by the rules of Table Schema 1."""
    header, *body = csv.reader(io.StringIO(content.decode(), newline=""))
    fields = schema["fields"]
    assert [field["name"] for field in fields] == header
    assert {str(field["type"]) for field in fields} <= {"string", "integer", "boolean", "datetime"}
    assert all(str(field["description"]).strip() for field in fields)
    for number, field in enumerate(fields):
        cells = [row[number] for row in body]
        constraints = field.get("constraints", {})
        assert isinstance(constraints, dict)
        if constraints.get("required"):
            assert all(cells), field["name"]
        if constraints.get("unique"):
            assert len(set(cells)) == len(cells)
        for cell in filter(None, cells):
            if field["type"] == "integer":
                int(cell)
            elif field["type"] == "datetime":
                datetime.fromisoformat(cell)
            elif field["format"] == "uri":
                assert re.match(r"https?://\S+\Z", cell)
    for key in schema.get("foreignKeys", []):
        assert key["fields"] in header
        reference = key["reference"]
        assert isinstance(reference, dict)
        other = others[reference["resource"]]
        assert isinstance(other, dict)
        assert reference["fields"] in [field["name"] for field in other["fields"]]


def test_a_licence_may_be_an_address_and_need_not_be_there() -> None:
    _, told = described(garden(), licence="https://example.org/terms")
    assert told["licenses"] == [{"path": "https://example.org/terms"}]
    _, told = described(garden())
    assert not {"licenses", "contributors", "homepage", "title"} & told.keys()
    assert told["description"]


# ---- what is asked for


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"data": "xlsx"}, "no open data called"),
        ({"data": "atom"}, "A feed needs"),
        ({"data": "sitemap", "public": "yes"}, "A sitemap needs"),
        ({"data": "csv", "address": "letters.example.org"}, "no address"),
        ({"data": "csv", "address": "https://"}, "no address"),
        ({"data": "csv", "address": "https://a b/"}, "no address"),
        ({"data": "csv", "address": "https://ana:secret@example.org/"}, "no address"),
        ({"data": "csv", "address": "https://example.org:port/"}, "no address"),
        ({"data": "csv", "address": "https://example.org/?page=1"}, "no address"),
    ],
)
def test_what_cannot_be_given_is_refused_before_anything_is_written(
    tmp_path: Path, options: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        out(tmp_path / "site", garden(), **options)
    assert refused.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_beside_the_pages_unless_it_was_asked_for(tmp_path: Path) -> None:
    out(tmp_path / "site", garden())
    assert not any(path.startswith(("data/", "bag/", "feed", "sitemap")) for path in tree(tmp_path / "site"))
    assert written(list(data.render(garden(), Rendering()))) == {}


@pytest.mark.parametrize(
    ("written_as", "root"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTPS://Example.org:8080/a/index.html", "https://example.org:8080/a/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4/"),
    ],
)
def test_an_address_is_a_folder(written_as: str, root: str) -> None:
    assert Address(written_as).root == root
    assert Address(written_as).of("c/a b.html#m-ü") == f"{root}c/a%20b.html#m-%C3%BC"


# ---- in the published folder


def test_lines_and_tables_lie_beside_the_pages_and_in_the_manifest(tmp_path: Path) -> None:
    out(tmp_path / "site", garden(), data="jsonl, csv")
    files = tree(tmp_path / "site")
    assert {path for path in files if path.startswith("data/")} == {
        "data/messages.jsonl", "data/datapackage.json", *(f"data/{table.path}" for table in TABLES),
    }  # fmt: skip
    assert files[MANIFEST].decode().count("  data/") == 8
    lines = [json.loads(line) for line in files["data/messages.jsonl"].splitlines()]
    assert lines[0] == {"type": "manifest", "version": 1}
    assert lines[-1] == {"type": "complete", "counts": {"conversations": 2, "messages": 5}}
    offered = [path for path, _ in data.downloads(Rendering("", {"data": "jsonl,csv"}))]
    assert set(offered) <= files.keys()


def test_nothing_tells_of_the_archive_behind_it(tmp_path: Path) -> None:
    known = [said("x", person(f"Somebody {n}")) for n in range(90)]
    ines = person("Ines Okoro", value="+44 20 7946 0417")
    talk = [
        said(
            "hello",
            ines,
            id="m1",
            row=47114711,
            origin=Provenance("WhatsApp with Ines.txt", "ef" * 32, 81508150, 90009000),
        )
    ]
    library = Shelf(("Hidden", known), ("Garden Club", talk))
    publish(
        library,
        tmp_path / "site",
        conversations=["Garden Club"],
        options={"data": "jsonl,csv,atom,bagit", "address": ADDRESS},
        secret=b"stays here",
    )
    everything = b"".join(tree(tmp_path / "site").values())
    for trace in (
        b"47114711",
        b"81508150",
        b"WhatsApp with",
        b"ef" * 32,
        b"7946",
        b"Somebody 1",
        b"Hidden",
        b"test:Garden",
    ):
        assert trace not in everything, trace
    (row,) = rows((tmp_path / "site/bag/data/messages.csv").read_bytes())
    assert (row["conversation"], row["person"]) == ("1", "1")


def test_phone_numbers_and_addresses_are_in_no_byte_of_the_data(tmp_path: Path) -> None:
    canaries = ["+44 20 7946 0417", "canary@example.org"]
    everywhere = " ".join(canaries)
    letter = said(
        f"{everywhere} https://wa.me/442079460417?mail=canary@example.org",
        person(everywhere, "phone", canaries[0]),
        subject=everywhere,
        attachments=(Attachment(f"{everywhere}.jpg", "image/jpeg", 5, everywhere, "ab" * 32),),
        reactions=(Reaction(Handle("phone", canaries[0], everywhere), everywhere),),
        labels=(everywhere,),
        extra={"x": everywhere},
    )
    out(tmp_path / "site", Shelf((everywhere, [letter])), data=ALL, address=ADDRESS, public="yes")
    for path, content in tree(tmp_path / "site").items():
        for canary in ("7946", "442079460417", "canary"):
            assert canary.encode() not in content, path
            assert canary not in path


def test_a_second_build_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    for name in ("one", "two"):
        out(tmp_path / name, garden(), data=ALL, address=ADDRESS, public="yes")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


# ---- a bag


def test_the_bag_is_valid_by_itself_and_the_site_around_it_stays_a_site(tmp_path: Path) -> None:
    out(tmp_path / "site", garden(), data="jsonl,csv,bagit", keeper="The club")
    bag = tmp_path / "site" / "bag"
    assert bagit.Bag(str(bag)).validate()
    assert bags.check(bag).sound
    assert bagit.Bag(str(bag)).info["Bagging-Date"] == "2023-05-06"
    assert bagit.Bag(str(bag)).info["Source-Organization"] == "The club"
    payload = list((bag / "data").iterdir())
    assert bagit.Bag(str(bag)).info["Payload-Oxum"] == f"{sum(f.stat().st_size for f in payload)}.{len(payload)}"
    assert not (tmp_path / "site" / "data").exists()
    assert (tmp_path / "site" / "index.html").exists()
    bag.rename(tmp_path / "elsewhere")
    assert bagit.Bag(str(tmp_path / "elsewhere")).validate()


def test_a_bag_alone_holds_the_messages_and_has_the_day_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    out(tmp_path / "site", garden(), data="bagit")
    bag = bagit.Bag(str(tmp_path / "site" / "bag"))
    assert list(bag.payload_files()) == ["data/messages.jsonl"]
    assert bag.info["Bagging-Date"] == "2023-11-14"
    assert data.downloads(Rendering("", {"data": "bagit"})) == [("bag/data/messages.jsonl", "application/x-ndjson")]


def test_a_date_that_is_none_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    out(tmp_path / "site", Shelf(("Garden Club", [said("x", at=None)])), data="bagit")
    assert bagit.Bag(str(tmp_path / "site" / "bag")).info["Bagging-Date"] == "1970-01-01"


# ---- feeds


def feed(content: bytes) -> ElementTree.Element:
    """A feed, held against what RFC 4287 asks of every feed and entry."""
    root = ElementTree.fromstring(content)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert str(element.findtext(f"{ATOM}id")).startswith("urn:uuid:")
        stamp = str(element.findtext(f"{ATOM}updated"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", stamp)
        assert all(str(link.get("href")).startswith("https://") for link in element.findall(f"{ATOM}link"))
    for entry in root.findall(f"{ATOM}entry"):
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        assert [link.get("rel", "alternate") for link in entry.findall(f"{ATOM}link")] == ["alternate"]
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return root


def test_a_feed_has_the_newest_words_first_and_leads_to_their_place(tmp_path: Path) -> None:
    library = Shelf(("Garden Club", list(days(20, 20))), ("Chess", [said("e4", "Mei", "2024-01-01T08:00:00", id="x")]))
    out(tmp_path / "site", library, data="atom", address=ADDRESS, title="Letters", licence="CC0-1.0")
    files = tree(tmp_path / "site")
    root = feed(files["feed.xml"])
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == feeds.NEWEST
    assert [entry.findtext(f"{ATOM}title") for entry in entries[:3]] == ["e4", "Watered row 399.", "Watered row 398."]
    assert root.findtext(f"{ATOM}updated") == "2024-01-01T08:00:00Z"
    assert root.findtext(f"{ATOM}rights") == "CC0-1.0"
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        path, _, anchor = str(link.get("href")).removeprefix(ADDRESS).partition("#")
        assert f' id="{anchor}"'.encode() in files[path]
    own = sorted(path for path in files if path.startswith("feeds/"))
    assert [len(feed(files[path]).findall(f"{ATOM}entry")) for path in own] in ([1, 50], [50, 1])


def test_a_whole_feed_reads_like_this(tmp_path: Path) -> None:
    letter = said("Bring the hose & <gloves>.\nCall +44 20 7946 0417", "Ines Okoro", id="m1", subject="Saturday")
    out(tmp_path / "site", Shelf(("Garden Club", [letter])), data="atom", address=ADDRESS, title="Letters")
    (page,) = (tmp_path / "site" / "c").rglob("*.html")
    anchor = page.read_text(encoding="utf-8").partition('id="m-')[2][:12]
    place = f"{ADDRESS}{page.relative_to(tmp_path / 'site').as_posix()}#m-{anchor}"
    written = re.sub(r"urn:uuid:[0-9a-f-]{36}", "urn:uuid:…", (tmp_path / "site/feed.xml").read_text(encoding="utf-8"))
    assert (
        written.replace(place, "PLACE")
        == """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <id>urn:uuid:…</id>
  <title>Letters</title>
  <updated>2023-05-04T10:11:12Z</updated>
  <link rel="self" href="https://letters.example.org/garden/feed.xml" type="application/atom+xml"/>
  <link href="https://letters.example.org/garden/index.html" type="text/html"/>
  <entry>
    <id>urn:uuid:…</id>
    <title>Saturday</title>
    <updated>2023-05-04T10:11:12Z</updated>
    <published>2023-05-04T10:11:12Z</published>
    <author>
      <name>Ines Okoro</name>
    </author>
    <link href="PLACE" type="text/html"/>
    <category term="Garden Club"/>
    <content type="text">Bring the hose &amp; &lt;gloves&gt;.
Call [phone]</content>
  </entry>
</feed>
"""
    )


def test_a_feed_tells_nothing_that_was_taken_back_or_has_no_time_or_words() -> None:
    newest = feeds.Newest()
    for letter in (
        said("gone", id="m1", deleted_at="2023-05-04T11:00:00Z"),
        said("Mei joined", id="m2", kind="event.joined"),
        said("", id="m3"),
        said("undated", at=None, id="m4"),
        said("kept", id="m5"),
        said("", id="m6", subject="A subject alone"),
    ):
        newest.add(letter)
    assert newest.ids() == {"m5", "m6"}


def test_a_change_is_news_and_an_empty_feed_is_one_too(tmp_path: Path) -> None:
    later = said("Beans", id="m1", edited_at="2023-06-01T00:00:00Z")
    out(tmp_path / "site", Shelf(("A", [later]), ("B", [said("", at=None)])), data="atom", address=ADDRESS)
    root = feed((tmp_path / "site/feed.xml").read_bytes())
    assert root.findtext(f"{ATOM}entry/{ATOM}updated") == "2023-06-01T00:00:00Z"
    assert root.findtext(f"{ATOM}entry/{ATOM}published") == "2023-05-04T10:11:12Z"
    stamps = {feed(file.read_bytes()).findtext(f"{ATOM}updated") for file in (tmp_path / "site" / "feeds").iterdir()}
    assert stamps == {"2023-06-01T00:00:00Z", "1970-01-01T00:00:00Z"}


HOSTILE = "]]><script>alert(1)</script>&lt;\x00\x0b\ud800￾ &#0; <!-- \u202e é\r\n"


def test_foreign_text_never_acts_in_a_feed(tmp_path: Path) -> None:
    letter = said(HOSTILE, person(HOSTILE), subject=HOSTILE, id='m"><x>')
    out(tmp_path / "site", Shelf((HOSTILE, [letter])), data="atom", address=ADDRESS, title=HOSTILE, licence=HOSTILE)
    root = feed((tmp_path / "site/feed.xml").read_bytes())
    known = {"feed", "id", "title", "updated", "published", "link", "rights", "entry", "author", "name", "category"}
    assert {element.tag.removeprefix(ATOM) for element in root.iter()} == known | {"content"}
    assert "<script>" in str(root.findtext(f"{ATOM}entry/{ATOM}content"))


@given(st.text(), st.text())
def test_any_text_can_be_written_as_xml_and_read_again(text: str, value: str) -> None:
    xml = Writer()
    with xml.element("a", {"b": value}):
        xml.leaf("c", text)
    root = ElementTree.fromstring(xml.taken(end=True))
    assert (root[0].text or "") == storable(text)
    assert root.get("b") == storable(value)


# ---- sitemap


def test_the_sitemap_lists_every_page_but_the_one_to_search(tmp_path: Path) -> None:
    out(tmp_path / "site", Shelf(("Garden Club", list(days(20, 20)))), data="sitemap", address=ADDRESS, public="yes")
    pages = {path for path in tree(tmp_path / "site") if path.endswith(".html")} - {"search.html"}
    root = ElementTree.fromstring((tmp_path / "site/sitemap.xml").read_bytes())
    assert root.tag == f"{MAP}urlset"
    found = {str(url.findtext(f"{MAP}loc")): url.findtext(f"{MAP}lastmod") for url in root}
    assert found.keys() == {ADDRESS + page for page in pages}
    assert found[f"{ADDRESS}index.html"] == "2023-03-20"


def test_there_is_no_sitemap_of_pages_that_ask_search_engines_to_stay_away(tmp_path: Path) -> None:
    out(tmp_path / "site", garden(), data="sitemap,csv", address=ADDRESS)
    files = tree(tmp_path / "site")
    assert "sitemap.xml" not in files
    assert "data/messages.csv" in files


def test_a_big_site_has_an_index_of_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "FULL", 3)
    monkeypatch.setattr(sitemap, "_AT_ONCE", 2)
    days_of = {f"c/{n}.html": f"2023-05-{n:02}" for n in range(1, 8)}
    files = written(list(sitemap.pages(days_of, Address(ADDRESS))))
    assert list(files) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
    index = ElementTree.fromstring(files["sitemap.xml"])
    assert index.tag == f"{MAP}sitemapindex"
    assert [one.findtext(f"{MAP}lastmod") for one in index] == ["2023-05-03", "2023-05-06", "2023-05-07"]
    assert [len(ElementTree.fromstring(files[f"sitemap-{n}.xml"])) for n in (1, 2, 3)] == [3, 3, 1]
    assert ElementTree.fromstring(written(list(sitemap.pages({}, Address(ADDRESS))))["sitemap.xml"]).tag


def test_every_column_is_described_once() -> None:
    for table in TABLES:
        assert len(set(table.names)) == len(table.names)
        assert table.help.endswith(".")
        assert all(column.help.endswith(".") for column in table.columns)
    assert "text" in MESSAGES.names
    assert LINKS.path == "links.csv"


def test_people_are_the_same_person_under_all_their_names(tmp_path: Path) -> None:
    one = person("Ana")
    talk: list[KeptMessage] = [said("a", one), said("b", replace(one, name="Ana R.", identity=99)), said("c", "Mei")]
    out(tmp_path / "site", Shelf(("Garden Club", talk)), data="csv")
    found = rows((tmp_path / "site/data/people.csv").read_bytes())
    assert [(row["person"], row["name"], row["messages"]) for row in found] == [("1", "Ana", "2"), ("2", "Mei", "1")]


# ---- for the archive's owner


def test_the_owner_gets_the_tables_unmasked_in_a_folder_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = tmp_path / "WhatsApp Chat with Garden Club.txt"
    chat.write_text("14.05.23, 10:11 - Ines: call +44 20 7946 0417\n14.05.23, 10:12 - Mei: ok\n", encoding="utf-8")
    at = ["--archive", str(tmp_path / "archive")]
    assert run([*at, "import", str(chat)]) == 0
    assert run([*at, "export", "csv", str(tmp_path / "tables")]) == 0
    assert str(tmp_path / "tables") in capsys.readouterr().out
    files = tree(tmp_path / "tables")
    assert set(files) == {"datapackage.json", *(table.path for table in TABLES)}
    assert [row["text"] for row in rows(files["messages.csv"])] == ["call +44 20 7946 0417", "ok"]
    assert run([*at, "export", "csv", str(tmp_path / "tables")]) == 2
    assert "is there already" in capsys.readouterr().err
    assert tree(tmp_path / "tables") == files


def test_the_command_line_asks_for_data_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chat = tmp_path / "WhatsApp Chat with Garden Club.txt"
    chat.write_text("14.05.23, 10:11 - Ines: call +44 20 7946 0417\n14.05.23, 10:12 - Mei: ok\n", encoding="utf-8")
    at = ["--archive", str(tmp_path / "archive")]
    assert run([*at, "import", str(chat)]) == 0
    more = [str(tmp_path / "site"), "--conversation", "Garden Club", "--data", "csv", "--data", "atom", "--yes"]
    assert run([*at, "publish", *more]) == 2
    assert "--address" in capsys.readouterr().err
    assert run([*at, "publish", *more, "--address", ADDRESS]) == 0
    files = tree(tmp_path / "site")
    assert "call [phone]" in files["data/messages.csv"].decode()
    assert "call [phone]" in files["feed.xml"].decode()


# ---- for search engines


def blocks_of(page: bytes) -> list[object]:
    found = re.findall(rb'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(one) for one in found]


def test_a_page_tells_search_engines_who_said_what_where_and_when(tmp_path: Path) -> None:
    talk = list(days(20, 20))
    out(tmp_path / "site", Shelf(("Garden Club", talk)), data="json-ld,csv", address=ADDRESS, licence="CC0-1.0")
    files = tree(tmp_path / "site")
    (path,) = (path for path in files if path.endswith("2023-03-08.html"))
    (told,) = blocks_of(files[path])
    assert isinstance(told, dict)
    comments = told.pop("comment")
    place = str(told.pop("url"))
    assert place.startswith(f"{ADDRESS}{path}#m-")
    assert f'id="{place.partition("#")[2]}"'.encode() in files[path]
    assert told == {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "headline": "Garden Club",
        "author": {"@type": "Person", "name": "Mei Lindqvist"},
        "datePublished": "2023-03-08T08:00",
        "text": "Watered row 140.",
        "commentCount": 139,
    }
    assert [(one["@type"], one["author"]["name"], one["text"]) for one in comments] == [
        ("Comment", "Ines Okoro", "Watered row 141."),
        ("Comment", "Tomás Rey", "Watered row 142."),
        ("Comment", "Mei Lindqvist", "Watered row 143."),
    ]
    (about,) = blocks_of(files["index.html"])
    assert isinstance(about, dict)
    assert about["@type"] == "Dataset"
    assert about["license"] == {"@type": "CreativeWork", "name": "CC0-1.0"}
    assert about["temporalCoverage"] == "2023-03-01/2023-03-20"
    assert 50 <= len(about["description"]) <= 5000
    urls = [one["contentUrl"].removeprefix(ADDRESS) for one in about["distribution"]]
    assert set(urls) <= files.keys()
    assert "data/datapackage.json" in urls
    assert blocks_of(files["search.html"]) == []


def test_the_block_stays_small_and_the_page_within_its_bar(tmp_path: Path) -> None:
    talk = list(days(1, 150, "The tank by the gate is half full again, so please water the *beans* first. Bed {n}."))
    out(tmp_path / "with", Shelf(("Garden Club", talk)), data="json-ld,atom", address=ADDRESS)
    out(tmp_path / "without", Shelf(("Garden Club", talk)))
    (page,) = (tmp_path / "with" / "c").rglob("*.html")
    (plain,) = (tmp_path / "without" / "c").rglob("*.html")
    assert 0 < page.stat().st_size - plain.stat().st_size < 2000
    assert page.stat().st_size <= 60_000


def test_several_discussions_on_a_page_are_told_by_how_they_began() -> None:
    def article(n: int, more: str = "") -> str:
        return (
            f'<article id="m-{n}"><h3><bdi>Ines</bdi></h3><a href="#m-{n}"><time datetime="2023-05-0{n}T10:00">10:00'
            f'</time></a><blockquote><p>quoted</p></blockquote><p class="s">Subject</p><p dir="auto">Words {n}</p>'
            f"<details><p>folded</p></details>{more}</article>"
        )

    page = (
        '<h1>May</h1><main id="text"><h2 id="t-1">Beans</h2>' + article(1) + article(2) + '<h2 id="t-2">Hose</h2>'
        '<p class="e">moved</p><h2 id="d-1"><time datetime="2023-05-03">3 May</time></h2>' + article(3) + "</main>"
    )
    found = postings(page.encode(), lambda fragment: f"x{fragment}")
    assert [(one["headline"], one["text"], one["url"], one["commentCount"]) for one in found] == [
        ("Beans", "Words 1", "x#m-1", 1),
        ("Hose", "Words 3", "x#m-3", 0),
    ]
    assert not any("comment" in one for one in found)


def test_who_goes_on_talking_is_still_the_author_and_what_has_no_time_or_words_is_not_told() -> None:
    def article(text: str, stamp: str = "2023-05-04", head: str = "") -> str:
        return f'<article id="m-1">{head}<time datetime="{stamp}">x</time><p>{text}</p></article>'

    page = f"<main>{article('a', head='<h3>Mei</h3>')}{article('')}{article('b', '')}{article('c')}</main>"
    (one,) = postings(page.encode(), str)
    assert [answer["author"] for answer in one["comment"]] == [{"@type": "Person", "name": "Mei"}]  # type: ignore[attr-defined]  # a list
    assert postings(b"<main><p>nothing</p></main>", str) == []
    assert postings(b"<main><article id='m-1'><p>x</p></article></main>", str) == []
    long = postings(article("w" * 1000).join(("<main>", "</main>")).encode(), str)
    assert len(str(long[0]["text"])) == 201


@given(st.text())
def test_no_text_ends_its_block(text: str) -> None:
    written = heads.block({"x": text, "y": "</script><script>alert(1)</script>"})
    assert written.count("<") == 2
    inner = written.removeprefix('<script type="application/ld+json">').removesuffix("</script>\n")
    assert json.loads(inner)["x"] == text


def test_heads_are_not_added_twice_to_a_page_from_before() -> None:
    once = [Page("a.html", iter([b"<head>", b"</head><p></head>"])), Page("a.css", b"</head>")]
    first = list(heads.with_heads(iter(once), [heads.feed_link, lambda path, content: heads.block({"a": path})]))
    again = list(heads.with_heads(iter(first), [heads.feed_link, lambda path, content: heads.block({"a": path})]))
    assert first == again
    assert isinstance(first[0].content, bytes)
    assert first[0].content.count(b"application/ld+json") == first[0].content.count(b"feed.xml") == 1
    assert first[1].content == b"</head>"


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["http", "file"])
def test_a_browser_takes_the_blocks_for_data_and_runs_nothing(tmp_path: Path, kind: str) -> None:
    letter = said("</script><script>alert(1)</script><!-- <script>", person(HOSTILE), id="x")
    out(tmp_path / "site", Shelf((HOSTILE, [letter])), data="json-ld,atom", address=ADDRESS, title=HOSTILE)
    with chromium() as browser, served(tmp_path / "site") as address:
        watched = Watched(browser, address if kind == "http" else f"{(tmp_path / 'site').as_uri()}/")
        for file in sorted((tmp_path / "site").rglob("*.html")):
            page = watched.go(file.relative_to(tmp_path / "site").as_posix())
            told = page.locator('script[type="application/ld+json"]').all_text_contents()
            assert all(json.loads(one) for one in told)
            if file.parent.parent.name == "c" or (file.name == "index.html" and file.parent.name == "site"):
                assert len(told) == 1
        watched.close()
    assert watched.outside == watched.complaints == watched.dialogs == []


def test_a_shared_library_is_a_library_whose_numbers_begin_with_one() -> None:
    library = Shelf(("Chess", [said("e4")]), ("Garden Club", [said("Beans", "Mei"), said("Hose", "Ines", at=None)]))
    shared = Shared(library)
    heard: list[str] = []
    overheard = Overheard(shared, [Ear(heard)])
    assert [one.id for one in overheard.conversations()] == [1, 2]
    assert [line.length for line in overheard.outline(2)] == [5, 4]
    assert [(one.name, one.person, one.identity) for one in overheard.people(2)] == [("Mei", 1, 0), ("Ines", 2, 0)]
    assert overheard.attachment("ab").read() == b"ab"
    for _ in range(2):
        assert [message.text for message in overheard.messages(2)] == ["Beans", "Hose"]
    overheard.finish()
    overheard.finish()
    assert heard == ["Beans", "Hose", "e4"]


class Ear:
    """Writes down what it hears."""

    def __init__(self, heard: list[str]) -> None:
        self._heard = heard

    def add(self, message: KeptMessage) -> None:
        self._heard.append(message.text)
