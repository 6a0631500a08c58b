"""`archive tag`, `archive searches` and `search @NAME` as their users meet them."""

import json
from pathlib import Path

import pytest

from tests.test_cli import TXT, ZIP, Archive, archive_in


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    run = archive_in(tmp_path / "home")
    assert run("import", ZIP).returncode == 0
    return run


def test_what_a_query_finds_is_tagged_listed_found_and_untagged(archive: Archive) -> None:
    found = archive("search", "frog", "--ids", "-n", "500").stdout.split()
    done = archive("tag", "add", "frog", "Pond life")
    assert f"{len(found)} messages are tagged “Pond life”" in done.stderr
    assert sorted(archive("search", 'tag:"pond life"', "--ids", "-n", "500").stdout.split()) == sorted(found)
    again = json.loads(archive("tag", "add", "frog", "pond life", "--json").stdout)
    assert again == {"tag": "Pond life", "found": len(found), "added": 0}
    listed = json.loads(archive("tag", "list", "--json").stdout)
    assert listed == [{"tag": "Pond life", "here": len(found), "waiting": 0, "source": 0}]
    assert archive("tag", "list").stdout.splitlines()[1] == f"Pond life\t{len(found)}\t0\t0"
    one = json.loads(archive("tag", "remove", found[0], "pond life", "--json").stdout)
    assert one["removed"] == 1
    assert json.loads(archive("tag", "drop", "pond life", "--json").stdout)["removed"] == len(found) - 1
    assert json.loads(archive("tag", "list", "--json").stdout) == []


def test_a_tag_is_shown_with_its_message(archive: Archive) -> None:
    (first, *_) = archive("search", "frog", "--ids").stdout.split()
    assert archive("tag", "add", first, "pond").returncode == 0
    assert "tags: pond" in archive("show", first).stdout
    assert json.loads(archive("show", first, "--json").stdout)["tags"] == ["pond"]


def test_nothing_found_tags_nothing_and_a_bad_name_is_refused(archive: Archive) -> None:
    nothing = archive("tag", "add", "xyzzyplugh nofield:x", "pond")
    assert nothing.returncode == 0
    assert "nothing is tagged" in nothing.stderr
    assert "nofield" in nothing.stderr
    bad = archive("tag", "add", "frog", " ")
    assert bad.returncode == 2
    assert "cannot be the name" in bad.stderr


def test_a_search_is_saved_asked_again_changed_and_forgotten(archive: Archive) -> None:
    first = archive("search", "frog OR tank", "--save", "water", "--ids", "-n", "500")
    assert "archive search @water" in first.stderr
    assert archive("search", "@water", "--ids", "-n", "500").stdout == first.stdout
    narrowed = archive("search", "@WATER from:kofi", "--ids", "-n", "500").stdout.split()
    assert set(narrowed) < set(first.stdout.split())
    assert json.loads(archive("stats", "overview", "@water", "--json").stdout)["messages"] == len(first.stdout.split())
    within = archive("search", "@water -rain", "--save", "dry")
    assert within.returncode == 0
    assert {one["name"]: one["query"] for one in json.loads(archive("searches", "--json").stdout)} == {
        "dry": "(frog OR tank) -rain",
        "water": "frog OR tank",
    }
    changed = archive("search", "rain", "--save", "water")
    assert "Before, it was: frog OR tank" in changed.stderr
    assert "@water\train" in archive("searches").stdout
    assert "It was: rain" in archive("searches", "forget", "@water").stderr
    gone = archive("searches", "forget", "water")
    assert (gone.returncode, "no saved search" in gone.stderr) == (2, True)


def test_tags_and_searches_outlive_an_undo_and_an_import(archive: Archive) -> None:
    archive("tag", "add", "frog", "pond")
    archive("search", "frog", "--save", "pond")
    before = archive("status", "--digest").stdout
    assert archive("imports", "undo", "1").returncode == 0
    assert json.loads(archive("tag", "list", "--json").stdout)[0]["waiting"] > 0
    assert archive("import", ZIP).returncode == 0
    assert archive("status", "--digest").stdout == before
    found = archive("search", "@pond", "--ids", "-n", "500").stdout.split()
    assert sorted(archive("search", "tag:pond", "--ids", "-n", "500").stdout.split()) == sorted(found)
    assert archive("import", TXT).returncode == 0
    assert sorted(archive("search", "tag:pond", "--ids", "-n", "500").stdout.split()) >= sorted(found)
