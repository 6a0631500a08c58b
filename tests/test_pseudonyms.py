"""Pseudonyms are calm, secret, one a person, and never change once they are given."""

import json
from importlib.resources import files

from hypothesis import given as when
from hypothesis import settings
from hypothesis import strategies as st

from archiver.model import Handle
from archiver.privacy.people import Person, ask_for
from archiver.privacy.pseudonyms import Given, name_them, seal_of
from archiver.privacy.seals import Seals

SECRET = b"a secret that stays in the archive"


def somebody(number: int, *names: str) -> Person:
    handles = tuple(Handle("test-name", name, name, "garden") for name in names or (f"n{number}",))
    return Person(number, handles[0].name, handles, tuple(range(number * 10, number * 10 + len(handles))))


def test_ten_thousand_people_have_names_of_two_plain_words_and_no_two_the_same() -> None:
    book = name_them([somebody(n) for n in range(1, 10_001)], {}, SECRET)
    names = list(book.names.values())
    assert len(set(names)) == 10_000
    assert all(len(name.split()) == 2 and name.replace(" ", "").isalpha() for name in names)


def test_more_people_than_names_are_numbered_and_still_told_apart() -> None:
    told = json.loads((files("archiver.privacy") / "pseudonyms.json").read_text("utf-8"))
    all_of_them = [f"{one} {two}" for one in told["adjectives"] for two in told["nouns"]]
    given = {name.encode(): Given(name, n) for n, name in enumerate(all_of_them, 1)}
    book = name_them([somebody(1), somebody(2)], given, SECRET)
    assert len(set(book.names.values())) == 2
    assert all(name.endswith(" 2") for name in book.names.values())


def test_names_follow_from_the_secret() -> None:
    people = [somebody(n) for n in range(1, 50)]
    assert name_them(people, {}, SECRET).names == name_them(people, {}, SECRET).names
    assert name_them(people, {}, SECRET).names != name_them(people, {}, b"another").names


def test_a_pseudonym_holds_no_word_of_anybody_s_own_name() -> None:
    told = json.loads((files("archiver.privacy") / "pseudonyms.json").read_text("utf-8"))
    people = [somebody(n, f"{word} Ruiz") for n, word in enumerate(told["adjectives"][1:] + told["nouns"][1:], 1)]
    for name in name_them(people, {}, SECRET).names.values():
        assert name == f"{told['adjectives'][0]} {told['nouns'][0]}" or name.split()[-1].isdigit()


@settings(deadline=None)
@when(st.lists(st.integers(1, 40), min_size=1, max_size=40, unique=True), st.integers(0, 40))
def test_once_given_a_name_stays_whoever_comes_later(numbers: list[int], cut: int) -> None:
    people = [somebody(n) for n in numbers]
    first = name_them(people[:cut], {}, SECRET)
    later = name_them(people[::-1], first.fresh, SECRET)
    assert {n: later.names[n] for n in first.names} == first.names
    assert set(later.fresh).isdisjoint(first.fresh)


def test_linked_identities_are_one_person_with_the_name_given_first() -> None:
    one, other = somebody(1, "Ana"), somebody(2, "Ana Ruiz")
    book = name_them([one, other], {}, SECRET)
    linked = Person(7, "Ana", other.handles + one.handles, (20, 10))
    again = name_them([linked], book.fresh, SECRET)
    assert again.names == {7: book.names[1]}
    known = dict(book.fresh) | dict(again.fresh)
    apart = name_them([other, one], known, SECRET)
    assert apart.names[1] != apart.names[2]
    assert book.names[1] in apart.names.values()


def test_a_new_address_of_somebody_known_is_remembered_under_the_same_name() -> None:
    book = name_them([somebody(1, "Ana")], {}, SECRET)
    more = name_them([somebody(1, "Ana", "ana@example.org")], book.fresh, SECRET)
    assert more.names == book.names
    assert list(more.fresh) == [seal_of(Seals(SECRET), Handle("test-name", "ana@example.org", "", "garden"))]


def test_seals_say_nothing_of_whom_they_are() -> None:
    handle = Handle("email", "ana@example.org", "Ana", "")
    assert seal_of(Seals(b"one"), handle) != seal_of(Seals(b"two"), handle)


# ---- whom a name means


PEOPLE = [
    Person(1, "Ana Ruiz", (Handle("phone", "+442079460417", "Ana Ruiz"),), (1,), ("Anita",)),
    Person(2, "Kofi Mensah", (Handle("email", "kofi@example.org", "Kofi Mensah"),), (2,)),
    Person(3, "Ana Gil", (Handle("whatsapp-name", "Ana Gil", "Ana Gil", "garden"),), (3,)),
]


def test_somebody_is_meant_by_name_address_or_number_however_it_is_spelled() -> None:
    for wanted in ("Ana Ruiz", "ana ruíz", "anita", "+44 20 7946 0417", "1"):
        assert [one.id for one in ask_for(PEOPLE, wanted).found] == [1], wanted
    assert [one.id for one in ask_for(PEOPLE, "kofi@example.org").found] == [2]


def test_nobody_and_near_misses_are_told() -> None:
    assert ask_for(PEOPLE, "Kofi Mensa").near == ("Kofi Mensah",)
    assert ask_for(PEOPLE, "Ana").near == ("Ana Ruiz", "Ana Gil")
    assert ask_for(PEOPLE, "Zebedee").near == ()
    assert ask_for(PEOPLE, "12").found == ()


def test_what_somebody_is_called_has_no_number_and_no_host() -> None:
    assert PEOPLE[0].called() == ("Ana Ruiz", "Anita")
    assert PEOPLE[1].called() == ("Kofi Mensah", "kofi")
