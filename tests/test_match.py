"""Match keys: the same for the same words, whether one text is looked at or many."""

from hypothesis import example, given
from hypothesis import strategies as st

from archiver.model import Handle
from archiver.spelling import all_respelt, respelt
from archiver.store.match import Keys, Occurrences, level, levels

_SOME = st.text(alphabet="ab \u00a0\u200e\u2066\u2028…½é\u0301e\u0327\0\r\n水🌻\ufb01\ud800\x85", max_size=12)


@given(st.lists(_SOME, max_size=8))
@example(["a\0b", "c"])
@example(["\u0301", "e"])
@example(["\x85a\x85", "水"])
@example(["é" + "\u0301\u0323" * 600])
def test_many_texts_are_levelled_as_each_of_them_is(texts: list[str]) -> None:
    assert levels(texts) == [level(text) for text in texts]


@given(st.lists(_SOME, max_size=8))
def test_keys_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    keys = Keys("whatsapp:garden")
    ana = keys.said_by(Handle("whatsapp-name", "Ana", "Ana"))
    assert keys.of_texts([ana] * len(texts), texts) == [keys.of_parts(ana, text, 0) for text in texts]


@given(st.lists(_SOME, max_size=8))
@example(["a\0水", "🌻🌻"])
def test_many_texts_are_spelled_as_each_of_them_is(texts: list[str]) -> None:
    assert dict(all_respelt(texts)) == {
        n: spelt for n, text in enumerate(texts) if (spelt := respelt(text)) is not None
    }


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), max_size=40), st.integers(1, 7))
def test_messages_are_counted_alike_in_any_stretches(rows: list[tuple[int, int]], size: int) -> None:
    one, many = Occurrences(), Occurrences()
    found: list[int] = []
    for start in range(0, len(rows), size):
        piece = rows[start : start + size]
        found += many.count_all([minute for minute, _ in piece], [key for _, key in piece])
    assert found == [one.count(minute, key) for minute, key in rows]
    assert one.uncertain == many.uncertain
