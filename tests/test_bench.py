"""The benchmarks measure what they say: a truthful export, an honest loop, a run from end to end."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import peers
from tests.bench.baseline import parse, store
from tests.bench.measure import ROOT, cost, python, table
from tests.bench.whatsapp import Export, Phone


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


def test_a_cost_counts_the_childs_own_memory_and_time(tmp_path: Path) -> None:
    hungry = cost(python("-c", "x = b'x' * 400_000_000; print(len(x))"), log=tmp_path / "log")
    modest = cost(python("-c", "pass"), log=tmp_path / "log")
    assert hungry.output == "400000000\n"
    assert 400_000_000 < hungry.rss < 500_000_000
    assert modest.rss < hungry.rss - 100_000_000


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
