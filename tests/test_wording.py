"""Words: counted as the index cuts them, and set apart by how much more a year has them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from archiver.knowledge import wording
from archiver.knowledge.wording import counted


def test_words_are_counted_folded_and_addresses_numbers_and_letters_are_none() -> None:
    words = counted([("2023", "Café, CAFÉ! a 12 https://tank.example/frog mail@frog.example www.frog.example b2")])
    assert words.total() == Counter({"cafe": 2, "b2": 1})
    assert (words.messages, words.words) == (1, 3)


def test_what_sets_a_year_apart_is_what_the_others_lack() -> None:
    texts = [("2023", "the frog and the rain"), ("2024", "the lease and the rain")] * 20
    telling = counted(texts).telling()
    assert telling["2023"][0] == ("frog", 20)
    assert telling["2024"][0] == ("lease", 20)
    assert "rain" not in dict(telling["2023"] + telling["2024"])


def test_rare_words_tell_nothing_and_one_year_cannot_differ_from_itself() -> None:
    assert counted([("2023", "frog frog rain")]).telling() == {"2023": []}
    assert counted([("2023", "frog " * 50)]).telling() == {"2023": []}


def test_memory_is_bounded_by_letting_the_rarest_words_go(monkeypatch: object) -> None:
    words = wording.Vocabulary()
    kept, wording._KEPT = wording._KEPT, 100
    try:
        words.add("2023", "frog " * 5)
        for number in range(150):
            words.add("2023", f"word{number}")
    finally:
        wording._KEPT = kept
    assert len(words.groups["2023"]) <= 101
    assert words.total()["frog"] == 5


@given(st.lists(st.tuples(st.sampled_from(["2022", "2023", "undated"]), st.text(max_size=60)), max_size=20))
def test_any_text_is_counted_and_no_word_twice(texts: list[tuple[str, str]]) -> None:
    words = counted(texts)
    assert sum(words.total().values()) == words.words
    for group, found in words.telling().items():
        assert all(words.groups[group][word] == times for word, times in found)
