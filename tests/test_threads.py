"""Letters that belong together are one thread, whatever is missing, doubled, wrong or late."""

import random
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.knowledge.subjects import base, is_forward, is_generic, is_reply
from archiver.knowledge.threads import WINDOW, Node, Place, threads

DAY = 86_400_000


def letter(
    row: int,
    *references: str,
    key: str | None = None,
    thread: str | None = None,
    subject: str | None = None,
    at: int | None = -1,
    scope: int = 1,
) -> Node:
    """The letter ``k<row>``, a day later than the one before it."""
    when = row * DAY if at == -1 else at
    return Node(row, f"k{row}" if key is None else key, references, thread, subject, when, scope)


def told(*nodes: Node) -> dict[int, tuple[int, int | None, str]]:
    """row → (thread, parent, joined)."""
    return {place.row: place[1:] for place in threads(nodes)}


# -- references


def test_an_answer_stands_below_what_it_answers() -> None:
    assert told(letter(1), letter(2, "k1"), letter(3, "k1", "k2")) == {
        1: (1, None, "root"),
        2: (1, 1, "reference"),
        3: (1, 2, "reference"),
    }


def test_the_parent_is_the_last_reference_that_is_here() -> None:
    assert told(letter(1), letter(3, "k1", "k2"))[3] == (1, 1, "reference")


def test_letters_that_share_a_missing_one_are_one_thread() -> None:
    assert told(letter(2, "k1"), letter(3, "k1")) == {2: (2, None, "root"), 3: (2, None, "reference")}


def test_threads_grow_together_by_any_of_their_references() -> None:
    found = told(letter(1, "x"), letter(2, "y"), letter(3, "x", "y", "z"), letter(4, "z"), letter(5, "w"))
    assert {row: place[0] for row, place in found.items()} == {1: 1, 2: 1, 3: 1, 4: 1, 5: 5}


def test_the_missing_parent_may_come_later() -> None:
    late = [letter(2, "k1"), letter(3, "k1", "k2"), letter(4, "k1")]
    assert {place.thread for place in threads(late)} == {2}
    assert told(letter(1), *late) == {
        1: (1, None, "root"),
        2: (1, 1, "reference"),
        3: (1, 2, "reference"),
        4: (1, 1, "reference"),
    }


def test_the_only_letter_without_a_parent_is_the_first_even_if_its_clock_was_late() -> None:
    assert told(letter(9, key="a"), letter(2, "a"))[2] == (9, 9, "reference")


def test_letters_that_name_each_other_or_themselves_do_no_harm() -> None:
    assert told(letter(1, "k1")) == {1: (1, None, "root")}
    assert told(letter(1, "k2"), letter(2, "k1")) == {1: (1, None, "root"), 2: (1, 1, "reference")}
    ring = told(letter(5, key="a"), letter(1, "k3"), letter(2, "k1"), letter(3, "k2"), letter(4, "a", "k3"))
    assert ring[1] == (1, None, "root")
    assert ring[5] == (1, None, "reference")
    assert (ring[2][1], ring[3][1], ring[4][1]) == (1, 2, 3)


def test_a_circle_breaks_at_its_earliest_letter() -> None:
    found = told(letter(1, "k4"), letter(2, "k1"), letter(3, "k2"), letter(4, "k3"))
    assert [found[row][1] for row in (1, 2, 3, 4)] == [None, 1, 2, 3]


def test_of_two_letters_with_one_id_the_earlier_is_meant() -> None:
    assert told(letter(1, key="a"), letter(2, key="a"), letter(3, "a")) == {
        1: (1, None, "root"),
        2: (2, None, "root"),
        3: (1, 1, "reference"),
    }


def test_letters_without_an_id_are_not_one_letter() -> None:
    nameless = [letter(1, key=""), letter(2, key=""), letter(3, "k1", key="")]
    assert {place.thread for place in threads(nameless)} == {1, 2, 3}


def test_a_letter_without_a_date_comes_last() -> None:
    assert told(letter(1, "x", at=None), letter(2, "x")) == {1: (2, None, "reference"), 2: (2, None, "root")}


# -- native threads


def test_what_the_source_calls_one_thread_is_one() -> None:
    found = told(letter(1, thread="t"), letter(2, thread="t"), letter(3, "k2"), letter(4, thread="u"), letter(5))
    assert found == {
        1: (1, None, "root"),
        2: (1, None, "thread-id"),
        3: (1, 2, "reference"),
        4: (4, None, "root"),
        5: (5, None, "root"),
    }


def test_a_thread_id_joins_whole_threads() -> None:
    found = told(letter(1, "x"), letter(2, "x", thread="t"), letter(3, "y", thread="t"), letter(4, "y"))
    assert {place[0] for place in found.values()} == {1}
    assert [found[row][2] for row in (1, 2, 3, 4)] == ["root", "reference", "thread-id", "reference"]


# -- subjects


def test_an_answer_without_references_is_joined_by_its_subject() -> None:
    question, answer = letter(1, subject="[garden] The tank"), letter(2, subject="AW: The  tank")
    assert told(question, answer, letter(3, "k2", subject="x")) == {
        1: (1, None, "root"),
        2: (1, 1, "subject"),
        3: (1, 2, "reference"),
    }


def test_it_is_joined_to_the_latest_earlier_letter_of_that_subject() -> None:
    tanks = [letter(row, subject="Tank") for row in (1, 2, 4)]
    found = told(*tanks, letter(3, subject="Re: Tank"))
    assert found[3] == (2, 2, "subject")
    assert {found[1][0], found[2][0], found[4][0]} == {1, 2, 4}


def test_a_letter_that_answers_nothing_is_not_joined_by_its_subject() -> None:
    found = told(letter(1, subject="Tank"), letter(2, subject="Tank"), letter(3, subject="Fwd: Tank"))
    assert [found[row][0] for row in (1, 2, 3)] == [1, 2, 3]


def test_twenty_eight_days_are_the_limit_and_still_within() -> None:
    assert told(letter(1, subject="Tank", at=0), letter(2, subject="Re: Tank", at=WINDOW))[2] == (1, 1, "subject")
    assert told(letter(1, subject="Tank", at=0), letter(2, subject="Re: Tank", at=WINDOW + 1))[2] == (2, None, "root")


def test_subjects_join_within_one_conversation_only() -> None:
    assert told(letter(1, subject="Tank", scope=1), letter(2, subject="Re: Tank", scope=2))[2] == (2, None, "root")


def test_an_answer_that_leads_to_a_letter_is_left_where_it_is() -> None:
    found = told(letter(1, subject="Tank"), letter(2, subject="Roses"), letter(3, "k2", subject="Re: Tank"))
    assert found[3] == (2, 2, "reference")


def test_an_answer_to_a_missing_letter_is_joined_with_all_that_hangs_on_it() -> None:
    found = told(letter(1, subject="Tank"), letter(2, "x", subject="Re: Tank"), letter(3, "x", subject="Re: Tank"))
    assert found == {1: (1, None, "root"), 2: (1, 1, "subject"), 3: (1, None, "reference")}


def test_a_thread_is_not_joined_to_itself() -> None:
    own = [letter(1, "k9", subject="Re: Tank"), letter(9, subject="Re: Tank")]
    assert told(*own)[9] == (9, None, "root")
    assert told(letter(0, subject="Tank"), *own)[9] == (0, 0, "subject")


def test_two_threads_do_not_join_each_other_in_a_circle() -> None:
    found = told(
        letter(1, "k8", subject="Re: Tank"),
        letter(2, "k9", subject="Re: Tank"),
        letter(8, subject="Re: Tank"),
        letter(9, subject="Re: Tank"),
    )
    assert {place[0] for place in found.values()} == {9}
    assert found[8] == (9, 2, "subject")
    assert found[9] == (9, None, "root")


@pytest.mark.parametrize("subject", ["", "hi", "Test", "(no subject)", "Kein Betreff", "???", "[garden]", "无主题"])
def test_subjects_that_say_nothing_do_not_join(subject: str) -> None:
    assert told(letter(1, subject=subject), letter(2, subject=f"Re: {subject}"))[2] == (2, None, "root")


def test_without_a_date_nothing_is_joined_by_subject() -> None:
    assert told(letter(1, subject="Tank"), letter(2, subject="Re: Tank", at=None))[2] == (2, None, "root")
    assert told(letter(1, subject="Tank", at=None), letter(2, subject="Re: Tank"))[2] == (2, None, "root")
    assert told(letter(1), letter(2, subject=None))[2] == (2, None, "root")


# -- always


def shape(places: Iterable[Place], names: dict[int, int]) -> set[tuple[int, int, int | None, str]]:
    """The places by names that do not change with the rows."""
    return {
        (names[row], names[thread], None if parent is None else names[parent], joined)
        for row, thread, parent, joined in places
    }


KEYS = [f"k{i}" for i in range(12)]
NODES = st.lists(
    st.builds(
        Node,
        st.just(0),
        st.sampled_from(KEYS),
        st.lists(st.sampled_from([*KEYS, "ghost", "spirit"]), max_size=4).map(tuple),
        st.sampled_from([None, None, "t", "u"]),
        st.sampled_from([None, "Tank", "Re: Tank", "AW: Roses", "Roses", "Re:"]),
        st.one_of(st.none(), st.integers(0, 40).map(lambda day: day * DAY)),
        st.integers(1, 2),
    ),
    max_size=14,
    unique_by=lambda node: (node.key, node.at, node.references, node.subject, node.thread, node.scope),
)


@given(NODES, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_or_the_rows(nodes: Sequence[Node], chance: random.Random) -> None:
    first = [node._replace(row=i) for i, node in enumerate(nodes)]
    order = chance.sample(range(len(nodes)), len(nodes))
    second = [nodes[i]._replace(row=100 - place) for place, i in enumerate(order)]
    names = {100 - place: i for place, i in enumerate(order)}
    assert shape(threads(second), names) == shape(threads(first), {i: i for i in range(len(nodes))})


@given(NODES)
def test_every_thread_is_a_forest_with_one_first_letter(nodes: Sequence[Node]) -> None:
    given_nodes = [node._replace(row=i) for i, node in enumerate(nodes)]
    places = threads(given_nodes)
    assert [place.row for place in places] == list(range(len(nodes)))
    assert all((place.joined == "root") == (place.thread == place.row) for place in places)
    assert all(places[place.thread].joined == "root" and place.parent != place.row for place in places)
    assert all(places[place.parent].thread == place.thread for place in places if place.parent is not None)
    assert all(place.parent is None for place in places if place.joined in {"root", "thread-id"})
    assert all(place.parent is not None for place in places if place.joined == "subject")
    for place in places:
        above, seen = place.parent, {place.row}
        while above is not None:
            assert above not in seen
            seen.add(above)
            above = places[above].parent


@given(NODES, NODES)
def test_more_letters_never_part_what_ids_have_joined(some: Sequence[Node], more: Sequence[Node]) -> None:
    ids_only = [node._replace(row=i, subject=None) for i, node in enumerate(dict.fromkeys([*some, *more]))]
    before = {place.row: place.thread for place in threads(ids_only[: len(some)])}
    after = {place.row: place.thread for place in threads(ids_only)}
    keys = [node.key for node in ids_only]
    if len(set(keys)) == len(keys):  # of several letters with one id another may now be meant
        assert all(after[row] == after[thread] for row, thread in before.items())


# Sizes at which anything that is not linear, or that recurs, comes to no end.
CHAIN = [letter(i, f"k{i - 1}", subject="Re: Tank") for i in range(50_000)]


def test_a_chain_of_fifty_thousand_answers_is_one_thread() -> None:
    assert {place.thread for place in threads(CHAIN)} == {0}
    assert {place.thread for place in threads([node._replace(at=-node.row) for node in CHAIN])} == {0}
    mixed = [
        node._replace(at=at) for node, at in zip(CHAIN, random.Random(3).sample(range(50_000), 50_000), strict=True)
    ]
    assert {place.thread for place in threads(mixed)} == {0}


def test_a_ring_of_fifty_thousand_answers_has_a_first() -> None:
    ring = [letter(0, f"k{len(CHAIN) - 1}"), *CHAIN[1:]]
    places = threads(ring)
    assert places[0] == Place(0, 0, None, "root")
    assert all(place.parent == place.row - 1 for place in places[1:])


def test_a_hundred_thousand_letters_may_be_one_thread() -> None:
    star = [letter(0), *(letter(i, "k0") for i in range(1, 100_000))]
    assert {place.thread for place in threads(star)} == {0}
    ghosts = [letter(i, "ghost") for i in range(20_000)]
    assert {place.thread for place in threads(ghosts)} == {0}
    alike = [letter(i, subject="Re: Tank", at=i) for i in range(20_000)]
    assert {place.joined for place in threads(alike)[1:]} == {"subject"}
    native = [letter(i, thread="t") for i in range(20_000)]
    assert {place.joined for place in threads(native)[1:]} == {"thread-id"}


def test_a_letter_may_have_twenty_thousand_references() -> None:
    many = tuple(f"k{i}" for i in range(20_000))
    places = threads([letter(5), letter(19_999), letter(20_000, *many)])
    assert {place.thread for place in places} == {5}
    assert places[2].parent == 19_999


# -- subjects by themselves


@pytest.mark.parametrize(
    "subject",
    [
        "Re: The Tank", "RE: the tank", "re:the tank", "Re : The tank", "Re[2]: The tank", "Re^3: The tank",
        "Re(4): The tank", "Re*2: The tank", "Re: Re: RE: The tank", "Re: AW: SV: The tank", "Re:\n\tThe  tank",
        "AW: The tank", "Antwort: The tank", "SV: The tank", "VS: The tank", "Antw: The tank", "RES: The tank",
        "RIF: The tank", "R: The tank", "Odp: The tank", "YNT: The tank", "ΑΠ: The tank", "Отв: The tank",
        "回复: The tank", "回复：The tank", "答复: The tank", "رد: The tank", "Ré: The tank", "RÉP : The tank",
        "Vá: The tank", "Răspuns: The tank", "Trả lời: The tank", "답장: The tank", "返信: The tank", "השב: The tank",
        "[garden] Re: The tank", "Re: [garden] The tank", "Re: [garden] Re: [shed 2] The tank", "Ｒｅ： The tank",
        "Re: The tank (fwd)", "Re: [Fwd: The tank]", "Re: [garden] [Fwd: [shed] The tank (fwd)]", "Re: Fwd: The tank",
    ],
)  # fmt: skip
def test_reply_prefixes_of_many_languages_are_taken_off(subject: str) -> None:
    assert base(subject) == "the tank"
    assert is_reply(subject)
    assert not is_forward(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "Fwd: The tank", "FW: The tank", "WG: The tank", "Doorst: The tank", "RV: The tank", "ENC: The tank",
        "TR: The tank", "I: The tank", "VB: The tank", "VL: The tank", "PD: The tank", "İLT: The tank",
        "转发: The tank", "轉寄: The tank", "転送: The tank", "전달: The tank",
        "Fwd: Re: The tank", "[Fwd: Re: The tank]",
        "[garden] Fwd[2]: The tank", "Továbbítás: The tank", "إعادة توجيه: The tank", "Пересл: The tank",
    ],
)  # fmt: skip
def test_forward_prefixes_are_taken_off_and_are_no_replies(subject: str) -> None:
    assert base(subject) == "the tank"
    assert is_forward(subject)
    assert not is_reply(subject)


@pytest.mark.parametrize(
    "subject", ["The tank", "Reservoir: the tank", "Re", "Restart the tank", "AW", "Result: ok", "", ":"]
)
def test_other_subjects_are_left_as_they_are(subject: str) -> None:
    assert base(subject) == subject.lower()
    assert not is_reply(subject)
    assert not is_forward(subject)


def test_tags_may_stay() -> None:
    assert base("Re: [garden] AW: The tank", tags=False) == "[garden] the tank"
    assert base("[garden]", tags=False) == "[garden]"
    assert base("[garden]") == ""
    assert base("The tank [garden]") == "the tank [garden]"


def test_generic_subjects_say_nothing() -> None:
    assert all(map(is_generic, ["", "hi", "test", "no subject", "...", "\u2026", "hallo"]))
    assert not any(map(is_generic, ["tank", "水箱", "hi all", "5"]))


@given(st.text())
def test_the_base_of_a_base_is_itself_folded(subject: str) -> None:
    found = base(subject)
    assert found == found.strip()
    assert base(f"Re: {found}") == base(found)


HOSTILE = {
    "replies": "Re: " * 10_000 + "tank",
    "tags": "[a] " * 10_000 + "tank",
    "open brackets": "[" * 1_000_000,
    "blanks": "re" + " " * 1_000_000 + "tank",
    "numbers": "Re[" + "1" * 1_000_000,
    "tails": "tank" + "(fwd)" * 20_000,
    "wraps": "[fwd: " * 10_000 + "tank" + "]" * 10_000,
    "accents": "tank" + "\u0301\u0316" * 500_000,
}


@pytest.mark.parametrize("subject", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_subjects_are_read_in_linear_time(subject: str) -> None:
    assert len(base(subject)) <= len(subject)
    assert not is_reply(subject) or subject.startswith("Re: ")


def test_ten_thousand_prefixes_are_taken_off() -> None:
    assert (
        base(HOSTILE["replies"]) == base(HOSTILE["tags"]) == base(HOSTILE["tails"]) == base(HOSTILE["wraps"]) == "tank"
    )
