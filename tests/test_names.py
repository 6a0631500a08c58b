"""Names in other people's words are found however they are written, and everyday words are left alone."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.privacy.names import Called, Names, replaced
from archiver.privacy.nametokens import level, lexicon

HERON, FINCH, TERN = "Amber Heron", "Calm Finch", "Blue Tern"


def shown(text: str, *people: tuple[str, str | None]) -> str:
    names = Names([Called((name,), instead) for name, instead in people], "[name]")
    return replaced(text, names.find(text))[0]


ANA = ("Ana Ruiz", HERON)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Ruiz has the key", "Amber Heron has the key"),
        ("thanks ana!", "thanks Amber Heron!"),
        ("ANA RUIZ, please", "Amber Heron, please"),
        ("Ana's hose and Ruiz’s spade", "Amber Heron's hose and Amber Heron’s spade"),
        ("Anas Gießkanne", "Amber Heron Gießkanne"),
        ("Ruiz, Ana: present", "Amber Heron: present"),
        ("Ana M. Ruiz wrote", "Amber Heron wrote"),
        ("Ana\nRuiz", "Amber Heron"),
        ("(ana-ruiz) [Ana_Ruiz]", "(Amber Heron) [Amber Heron]"),
        ("@anaruiz77 and @Ana Ruiz", "@Amber Heron77 and @Amber Heron"),
        ("@\u2068Ana Ruiz\u2069 look", "@\u2068Amber Heron\u2069 look"),
        ("> On Monday, Ana Ruiz wrote:", "> On Monday, Amber Heron wrote:"),
        ("-- \nAna", "-- \nAmber Heron"),
        ("Ána Ruíz", "Amber Heron"),
        ("A\u200bna", "Amber Heron"),
        ("Ａｎａ", "Amber Heron"),
        ("IMG-ana-ruiz.jpg", "IMG-Amber Heron.jpg"),
        ("see https://pages.example/ana-ruiz/7?by=x", "see https://pages.example/[name]/7?by=x"),
        ("banana and Diana and ruizmo", "banana and Diana and ruizmo"),
        ("nothing here", "nothing here"),
        ("", ""),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, expected: str) -> None:
    assert shown(text, ANA) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("王小明", "昨天王小明来了，小明很高兴"),
        ("山田 太郎", "山田太郎さんと山田さん"),
        ("김민수", "김민수님이 왔어요 민수야"),
        ("สมชาย ใจดี", "วันนี้สมชายมาแล้ว"),
        ("محمد الأمين", "قال ومحمد وللأمين والأمين"),
        ("דוד כהן", "ודוד כהן ולכהן"),
        ("Анна Петрова", "Передай Анне Петровой, с Анной и Анну"),
        ("Иван Орлов", "у Ивана Орлова, Ивану"),
        ("Андрей", "с Андреем и Андрею"),
        ("Νίκος Παππάς", "ο ΝΙΚΟΣ και Παππας"),
        ("İpek Yılmaz", "ipek yilmaz ve IPEK"),
        ("Łukasz Żak", "lukasz zak"),
        ("अनिता शर्मा", "अनिता शर्मा आई"),
    ],
)
def test_names_of_every_script_are_found_with_what_clings_to_them(name: str, text: str) -> None:
    said = shown(text, (name, HERON))
    assert HERON in said
    for part in {name, *name.split(), *text.replace("，", " ").replace(",", " ").split()}:
        if level(part) in {level(word) for word in name.split()}:
            assert part not in said


@pytest.mark.parametrize("name", ["Rose", "May", "Will", "Grace", "Hope", "Mark Stone"])
def test_a_name_that_is_an_everyday_word_counts_where_it_has_a_capital(name: str) -> None:
    first = name.split(maxsplit=1)[0]
    assert shown(f"the {first.lower()} of spring", (name, HERON)) == f"the {first.lower()} of spring"
    assert shown(f"ask {first} and @{first.lower()}", (name, HERON)) == "ask Amber Heron and @Amber Heron"


def test_a_whole_name_counts_without_capitals_although_its_parts_are_everyday_words() -> None:
    assert shown("mark stone has a stone", ("Mark Stone", HERON)) == "Amber Heron has a stone"


def test_words_that_tell_nobody_apart_stay() -> None:
    people = (
        ("Ana van der Garden Club", HERON),
        ("Dr Ruiz", FINCH),
        ("Mum", TERN),
        ("Garden Committee", TERN),
        ("J", TERN),
    )
    text = "The garden club, Van der, a Dr, mum, the garden committee and J met Ana and Ruiz"
    assert shown(text, *people) == text.replace("Ana", HERON).replace("Ruiz", FINCH)


def test_a_short_name_counts_with_a_capital() -> None:
    assert shown("Bo, go to bo or Al", ("Bo", HERON), ("Al", FINCH)) == "Amber Heron, go to bo or Calm Finch"


def test_who_agreed_is_named_and_what_two_people_share_is_nobody_s() -> None:
    people = (("Ana Ruiz", None), ("Ben Ruiz", FINCH), ("Ana Gil", TERN))
    assert shown("Ana Ruiz; Ben; Ben Ruiz; Ruiz; Ana; Gil", *people) == (
        "Ana Ruiz; Calm Finch; Calm Finch; [name]; [name]; Blue Tern"
    )


def test_among_those_around_a_shared_name_may_be_one_s() -> None:
    ana, other, agreed = Called(("Ana Ruiz",), HERON), Called(("Ana Gil",), TERN), Called(("Ana Own",), None)
    names = Names([ana, other, agreed], "[name]")
    assert names.find("ask Ana", names.among([ana]))[0].instead == HERON
    assert names.find("ask Ana", names.among([ana, other]))[0].instead == "[name]"
    assert names.find("ask Ana", names.among([agreed]))[0].instead == "[name]"


def test_the_digest_tells_other_people_and_other_marks_apart() -> None:
    one = Names([Called(("Ana",), HERON)], "[name]")
    assert one.digest == Names([Called(("Ana",), HERON)], "[name]").digest
    others = (Names([Called(("Ana",), FINCH)], "[name]"), Names([Called(("王小明",), HERON)], "[name]"), Names([], "x"))
    assert len({one.digest, *(names.digest for names in others)}) == 4


def test_pieces_of_a_letter_are_still_known_after_names_were_replaced() -> None:
    names = Names([Called(("Ana Ruiz",), HERON)], "[name]")
    text = "Hi Ana Ruiz\n> Ana said\n"
    moved = replaced(text, names.find(text), [5, 12, len(text)])
    assert moved[0] == "Hi Amber Heron\n> Amber Heron said\n"
    assert [moved[0][start:end] for start, end in zip([0, *moved[1]], moved[1], strict=False)] == [
        "Hi Amber Heron", "\n", "> Amber Heron said\n"
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["ana ", "Ana Ruiz", "@", "王小", "http://", "ana\u0301", "ال", "a.", "İ"])
def test_a_hostile_text_does_not_hang(unit: str) -> None:
    names = Names([Called(("Ana Ruiz", "王小明", "محمد"), HERON)], "[name]")
    names.find(unit * 20_000)


@settings(deadline=None)
@given(st.text(alphabet="anAruizRUIZ王小明 .@'-\n7éа", max_size=60))
def test_what_is_found_is_in_order_apart_and_gone_afterwards(text: str) -> None:
    names = Names([Called(("Ana Ruiz", "王小明"), "[x]")], "[x]")
    found = names.find(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    said, _ = replaced(text, found)
    assert not names.find(said)


def test_a_thousand_people_cost_what_ten_do() -> None:
    draw = random.Random(3)
    syllables = ("ba", "ke", "lo", "mi", "nu", "ra", "sel", "tor")
    invented = sorted({"".join(draw.choices(syllables, k=4)).capitalize() for _ in range(3000)})
    names = Names([Called((name,), HERON) for name in invented], "[name]")
    for name in invented:
        assert replaced(f"ask {name.lower()}, please", names.find(f"ask {name.lower()}, please"))[0] == (
            "ask Amber Heron, please"
        )


def test_the_lists_of_words_do_not_contradict_each_other() -> None:
    known = lexicon()
    assert known["roles"].isdisjoint(known["words"])
    assert all(word for words in known.values() for word in words)
