"""What languages look like in writing."""

import unicodedata
from collections import Counter

from archiver.languages import LANGUAGES, alphabet, codes, language
from archiver.spelling import tokens, unspaced


def test_a_language_goes_by_its_code_and_its_names_in_any_case() -> None:
    for one in LANGUAGES:
        for name in (one.code, *one.names):
            assert language(name.upper()) is one
    assert language("pt-BR") is language("Portuguese")
    assert language("de_AT") is language("deutsch")
    assert language("klingon") is None
    assert len(set(codes())) == len(LANGUAGES)


def test_no_word_is_in_two_languages_accents_left_out() -> None:
    words = Counter(tuple(word for *_, word in tokens(word)) for one in LANGUAGES for word in set(one.words.split()))
    assert {word: count for word, count in words.items() if count > 1 or not word} == {}


def test_a_language_is_told_by_words_or_by_letters() -> None:
    for each in LANGUAGES:
        assert bool(each.words) != bool(each.letters)


def test_letters_are_ranges() -> None:
    assert "".join(alphabet("a-cx-z")) == "abcxyz"
    for one in LANGUAGES:
        letters = list(alphabet(one.letters))
        assert all(letter.isalpha() or unicodedata.category(letter) == "Cn" for letter in letters)
        assert len({unspaced(letter) for letter in letters}) <= 1
