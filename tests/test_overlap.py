"""The same conversation, told twice: facts about small ones, and a simulated conversation of 24 members."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.store import anchors
from archiver.store.overlap import ANY, MEDIA, Alignment, Telling, align, token
from tests import twice
from tests.twice import SCENARIOS, Scenario, View
from tests.whatsapp_chats import held, messages

_LINE = re.compile(r"(\d\d):(\d\d)(?::(\d\d))? (\w*): (.*)", re.DOTALL)
_DAY = datetime(2024, 3, 1, tzinfo=UTC)
_OPENING = (  # what both sides tell alike, so that they are known to be one chat
    "08:00 ana: the tomatoes are ripe",
    "08:01 ben: who has the key to the shed",
    "08:02 ana: it hangs behind the door",
    "08:03 cleo: I bring the ladder on Sunday",
    "08:04 ben: the hose leaks again",
    "08:05 cleo: there is tape in the drawer",
    "08:06 ana: we are eleven for lunch",
    "08:07 ben: soup then",
    "08:08 cleo: and bread",
)
_OPENED = len(_OPENING)


def told(*lines: str, hours: int = 0, names: str = "", opened: bool = True, marks: bool = True) -> Telling:
    """``09:00 ana: text`` or ``09:00:31 …``, after the opening. ``<media>``, ``<deleted>``, ``<left>`` (an event) and
    a trailing ``<edited>`` are what they say. *names*: the labels in another address book, in this order."""
    found = [match for line in (*_OPENING * opened, *lines) if (match := _LINE.fullmatch(line))]
    labels = ["", *(names.split() or ("ana", "ben", "cleo"))]
    return Telling(
        [_seconds(match) + hours * 3600 for match in found],
        bytes(match[3] is not None for match in found),
        [labels.index(match[4]) for match in found],
        [_token(match[5]) for match in found],
        bytes(match[5].endswith("<edited>") for match in found) if marks else None,
    )


def _seconds(match: re.Match[str]) -> int:
    time = timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3] or 0))
    return int((_DAY + time).timestamp())


def _token(text: str) -> int:
    kinds = {"<media>": ("", "media", 1), "<deleted>": ("gone", "deleted", 0), "<left>": ("she left", "event.left", 0)}
    return token(*kinds.get(text, (text.removesuffix(" <edited>"), "text", 0)))


def matched(old: Telling, new: Telling) -> list[tuple[int, int]]:
    """The pairs behind the opening, counted from there."""
    found = align(old, new)
    assert found is not None
    return [(i - _OPENED, j - _OPENED) for i, j in found.pairs if i >= _OPENED or j >= _OPENED]


def weakly(old: Telling, new: Telling) -> list[tuple[int, int]]:
    found = align(old, new)
    assert found is not None
    return [(i - _OPENED, j - _OPENED) for i, j in found.weak]


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Hello  you", "text", 0), ("hello\r\nyou", "text", 0)),
        (("ﬁne ½", "text", 0), ("fine 1⁄2", "text", 0)),
        (("\u200eok\ufeff", "text", 0), ("OK", "text", 0)),
        (("ask @\u2068Ana Reed\u2069 first", "text", 0), ("ask @447700900123 first", "text", 0)),
        (("ask @\u2068~ Ana\u2069 first", "text", 0), ("ask @+44 7700 900123 first", "text", 0)),
        (("", "media", 1), ("", "contact", 1)),
        (("This message was deleted", "deleted", 0), ("", "unknown", 0)),
        (("null", "unknown", 0), ("Waiting for this message", "waiting", 0)),
        (("Ana left", "event.left", 0), ("Ana salió del grupo", "event.left", 0)),
        (("Missed voice call", "call.missed_voice", 0), ("Sprachanruf, 5 Min.", "call.voice", 0)),
        (("POLL:\nSoup?\nOPTION: Yes (1 vote)", "poll", 0), ("UMFRAGE:\nSoup?\nOPTION: Yes (2)", "poll", 0)),
        (("Location: https://maps.x/?q=1,2", "location", 0), ("Standort: https://maps.x/?q=1,2", "location", 0)),
    ],
)
def test_two_phones_spell_one_message_in_two_ways(one: tuple[str, str, int], other: tuple[str, str, int]) -> None:
    assert token(*one) == token(*other)


def test_tokens_of_different_things_differ() -> None:
    things = [("ok", "text", 0), ("ok", "text", 1), ("", "media", 1), ("ko", "text", 0), ("", "event.left", 0)]
    assert len({token(*thing) for thing in things}) == len(things)


def test_a_token_is_the_same_on_every_machine() -> None:
    assert token("ok", "text", 0) == TOKEN_OF_OK
    assert (token("", "media", 1), token("", "deleted", 0)) == (MEDIA, ANY)


TOKEN_OF_OK = 1633258444086873352


# ── small conversations ──────────────────────────────────────────────────────────────────────────────────────────────


def test_two_genuine_repetitions_in_one_minute_both_find_their_mate() -> None:
    both = told("09:00 ana: ok", "09:00 ana: ok")
    assert matched(both, both) == [(0, 0), (1, 1)]


@pytest.mark.parametrize(("here", "there"), [(1, 3), (3, 1), (2, 5), (4, 4)])
def test_of_equal_texts_in_a_minute_as_many_are_matched_as_the_fewer_side_has(here: int, there: int) -> None:
    old, new = told(*["09:00 ana: ok"] * here, "09:09 ben: bye"), told(*["09:00 ana: ok"] * there, "09:09 ben: bye")
    assert len(matched(old, new)) == min(here, there) + 1


def test_the_same_words_of_another_person_are_another_message() -> None:
    assert matched(told("09:00 ana: ok"), told("09:00 ben: ok")) == []


def test_the_same_words_at_another_time_are_another_message() -> None:
    assert matched(told("09:00 ana: ok"), told("09:05 ana: ok")) == []


def test_an_exact_time_is_some_second_of_its_minute() -> None:
    assert matched(told("09:00:59 ana: ok"), told("09:00 ana: ok")) == [(0, 0)]


def test_a_message_may_be_carried_over_the_border_of_a_minute() -> None:
    assert matched(told("09:00:58 ana: ok"), told("09:01 ana: ok")) == [(0, 0)]
    assert matched(told("09:00:20 ana: ok"), told("09:01 ana: ok")) == []


def test_repetitions_across_the_border_of_a_minute_find_the_mates_that_leave_nobody_over() -> None:
    old = told("09:00:03 ana: ok", "09:00:14 ana: yes", "09:00:25 ana: no", "09:00:27 ana: ok", "09:05:00 ben: x")
    new = told("08:59 ana: ok", "09:00 ana: yes", "09:00 ana: ok", "09:00 ana: no", "09:05 ben: x")
    swapped = told("08:59 ana: ok", "09:00 ana: yes", "09:00 ana: no", "09:00 ana: ok", "09:05 ben: x")
    assert len(matched(old, new)) == len(matched(old, swapped)) == 5


def test_other_names_and_another_zone_are_learned() -> None:
    old, new = told("09:00 ben: ok"), told("09:00 ben: ok", hours=7, names="cleo ana ben")
    found = align(old, new)
    assert found is not None
    assert found.shift == 7 * 3600
    assert found.senders == {1: (3, 3), 2: (1, 3), 3: (2, 4)}
    assert matched(old, new) == [(0, 0)]


def test_a_deleted_message_is_found_by_its_sender_and_place() -> None:
    old = told("09:00 ana: one", "09:00 ana: two", "09:00 ana: three", "09:00 ben: four")
    new = told("09:00 ana: one", "09:00 ana: <deleted>", "09:00 ana: three", "09:00 ben: <deleted>")
    assert matched(old, new) == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_an_edit_is_found_by_its_mark_and_an_unmarked_one_by_its_second() -> None:
    assert matched(told("09:00 ana: one"), told("09:00 ana: won <edited>")) == [(0, 0)]
    exact = told("09:00:07 ana: one", marks=False), told("09:00:07 ana: won", marks=False)
    assert matched(*exact) == [(0, 0)]


def test_what_may_be_an_edit_is_shown_for_review() -> None:
    old, new = told("09:00 ana: one", marks=False), told("09:00 ana: won", marks=False)
    assert matched(old, new) == []
    assert weakly(old, new) == [(0, 0)]


def test_without_its_mark_nothing_is_an_edit() -> None:
    old, new = told("09:00 ana: one"), told("09:00 ana: won")
    assert matched(old, new) == weakly(old, new) == []


def test_which_of_two_was_deleted_is_left_to_a_person() -> None:
    old, new = told("09:00 ana: one", "09:00 ana: two"), told("09:00 ana: <deleted>")
    assert matched(old, new) == []
    assert len(weakly(old, new)) == 1


def test_an_attachment_is_one_message_with_and_without_its_caption() -> None:
    captioned, bare = token("the harbour", "text", 1), token("", "media", 1)
    old, new = told("09:00 ana: x"), told("09:00 ana: x")
    with_caption = Telling(old.times, old.exact, old.senders, [*old.tokens[:-1], captioned], old.edited)
    without = Telling(new.times, new.exact, new.senders, [*new.tokens[:-1], bare], new.edited)
    assert matched(with_caption, without) == [(0, 0)]


def test_an_event_is_one_whoever_is_said_to_have_caused_it() -> None:
    assert matched(told("09:00 ana: <left>"), told("09:00 : <left>")) == [(0, 0)]


def test_who_caused_an_event_tells_two_of_them_apart() -> None:
    old = told("09:00 ana: <left>", "09:00 ben: <left>", "09:00 cleo: <left>")
    new = told("09:00 ben: <left>", "09:00 ana: <left>", "09:00 : <left>")
    assert matched(old, new) == [(0, 1), (1, 0), (2, 2)]


def test_an_event_nobody_understood_may_be_any() -> None:
    old, new = told("09:00 : <left>"), told("09:00 : x")
    unknown = Telling(new.times, new.exact, new.senders, [*new.tokens[:-1], token("?", "event.other", 0)], new.edited)
    assert matched(old, unknown) == [(0, 0)]


def test_an_undated_message_has_its_place_only() -> None:
    old = told("09:00 ana: ok", "09:01 ben: bye")
    times = [*old.times[:-2], -1, old.times[-1]]
    undated = Telling(times, old.exact, old.senders, old.tokens, old.edited)
    assert matched(undated, undated) == [(0, 0), (1, 1)]
    assert matched(old, undated) == [(1, 1)]


def test_nothing_is_matched_outside_the_time_that_both_tell_of() -> None:
    old, new = told("09:00 ana: ok"), told("09:00 ana: ok", "19:00 ana: ok", "19:01 ben: the hose leaks again")
    assert matched(old, new) == [(0, 0)]


def test_a_chat_of_twelve_messages_is_known_by_nearly_all_of_them() -> None:
    lines = [f"{9 + n}:00 ana: {text}" for n, text in enumerate(("ok", "yes", "ok", "see you at the pier"))]
    few = [f"0{line}" if line[1] == ":" else line for line in lines]
    whole = told(*few, *_OPENING[:0], opened=False)
    assert align(whole, whole) is None  # two texts told once are too little
    longer = told(*few, "17:00 ben: the tide is out", "18:00 ana: no", "19:00 ben: ok", opened=False)
    found = align(longer, longer)
    assert found is not None
    assert len(found.pairs) == 7
    other = told("09:00 ana: ok", "10:30 ana: yes", "17:00 ben: the tide is out", "18:20 ben: no", opened=False)
    assert align(longer, other) is None


def test_groups_that_share_announcements_are_different_chats() -> None:
    mine = [f"{9 + n // 30:02}:{n % 30 * 2:02} ana: our own talk {n}" for n in range(200)]
    theirs = [f"{9 + n // 30:02}:{n % 30 * 2:02} ana: other talk {n}" for n in range(200)]
    shared = [f"{9 + n:02}:59 ben: announcement {n}" for n in range(12)]
    old, new = told(*sorted(mine + shared), opened=False), told(*sorted(theirs + shared), opened=False)
    assert align(old, new) is None


def test_there_is_nothing_to_go_by_in_empty_tellings() -> None:
    empty = Telling([], b"", [], [])
    assert align(empty, empty) is None
    assert align(empty, told()) is None


# ── a simulated conversation ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_message_is_lost_or_doubled(scenario: Scenario, seed: int) -> None:
    pairing = twice.play(scenario, 2_000, seed)
    score = twice.score(pairing, align(*pairing.tellings))
    assert score.lost <= (0 if scenario.whole else 1)
    assert score.doubled <= (0 if scenario.whole else 2)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["other zone, other summer time", "summer against winter"])
def test_a_message_a_week_is_enough_to_know_when_summer_time_begins(name: str, seed: int) -> None:
    pairing = twice.play(next(one for one in SCENARIOS if one.name == name), 60, seed)
    score = twice.score(pairing, align(*pairing.tellings))
    assert (score.lost, score.doubled) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_message_is_lost_or_doubled_in_a_long_conversation(scenario: Scenario, seed: int) -> None:
    pairing = twice.play(scenario, 20_000, seed)
    score = twice.score(pairing, align(*pairing.tellings))
    assert score.lost <= (0 if scenario.whole else 10)
    assert score.doubled <= (scenario.open if scenario.whole else 15)
    assert score.doubled == score.reviewed or not scenario.whole


@pytest.mark.parametrize("seed", range(6))
def test_other_conversations_of_the_same_people_are_not_the_same(seed: int) -> None:
    assert align(*twice.strangers(2_000, seed)) is None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_long_conversations_of_the_same_people_are_not_the_same(seed: int) -> None:
    assert align(*twice.strangers(20_000, seed)) is None


def test_who_is_who_is_learned_from_what_they_say() -> None:
    scenario = next(one for one in SCENARIOS if one.name == "everything at once")
    pairing = twice.play(scenario, 2_000, 3)
    found = align(*pairing.tellings)
    assert found is not None
    old, new = (twice.labels(told) for told in pairing.told)
    books = [dict(zip(twice.address_book(view.book), range(24), strict=True)) for view in (scenario.old, scenario.new)]
    assert len(found.senders) > 20
    assert all(books[1][new[theirs]] == books[0][old[mine]] for theirs, (mine, _) in found.senders.items())


VIEWS = [
    View(),
    View(phone="android", book=1),
    View(later=True, media=True, language="es"),
    View(phone="android", later=True, media=True, language="de", zone="America/New_York"),
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.phone} {view.language}")
def test_the_simulated_export_reads_as_the_records_say(view: View) -> None:
    said = twice.tell(twice.truth(600, 4), view, 4)
    read = messages(held(twice.written(said, view), twice.name(view)))
    wanted = [(one.wall, token(one.text, one.kind, 1 if one.media else 0), one.edited) for one in said]
    got = [
        (
            message.when.at and int(message.when.at.timestamp()),
            token(message.text, message.kind, len(message.attachments)),
            message.edited,
        )
        for message in read
    ]
    assert got == wanted
    assert [message.sender and message.sender.name for message in read] == [one.label for one in said]


# ── whatever comes ───────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = ["ok", "yes", "no", "the boat is here", "who has the key", "rain", "soup", "bread", "come", "later"]
ROW = st.tuples(
    st.sampled_from([0, 0, 1, 20, 60, 600, 3_600]),
    st.integers(0, 3),
    st.sampled_from([ANY, MEDIA, token("", "event.left", 0), *(token(word, "text", 0) for word in WORDS)]),
    st.booleans(),
)


@st.composite
def tellings(draw: st.DrawFn) -> Telling:
    rows = draw(st.lists(ROW, max_size=30))
    exact = draw(st.booleans())
    time, times = 1_700_000_000 // 60 * 60 + draw(st.sampled_from([0, 0, 3_600, 900])), []
    for gap, *_ in rows:
        time += gap
        times.append(-1 if draw(st.integers(0, 20)) == 20 else time if exact else time // 60 * 60)
    edited = bytes(row[3] for row in rows) if draw(st.booleans()) else None
    return Telling(times, bytes([exact]) * len(rows), [row[1] for row in rows], [row[2] for row in rows], edited)


def one_to_one(found: Alignment) -> bool:
    both = found.pairs + found.weak
    return len({i for i, _ in both}) == len({j for _, j in both}) == len(both)


@given(tellings(), tellings())
@settings(max_examples=150, deadline=None)
def test_no_message_has_two_mates_and_the_order_of_asking_does_not_matter(old: Telling, new: Telling) -> None:
    found, turned = align(old, new), align(new, old)
    assert (found is None) == (turned is None)
    if found and turned:
        assert one_to_one(found)
        assert found.pairs == sorted((i, j) for j, i in turned.pairs)
        assert found.weak == sorted((i, j) for j, i in turned.weak)
        assert found.shift == -turned.shift


@given(tellings(), st.data())
@settings(max_examples=150, deadline=None)
def test_a_part_of_a_telling_finds_its_place_in_the_whole(whole: Telling, data: st.DataObject) -> None:
    kept = [n for n in range(len(whole.times)) if data.draw(st.integers(0, 9))]
    part = Telling(*(([field[n] for n in kept]) for field in (whole.times, whole.exact, whole.senders, whole.tokens)))
    found, turned = align(whole, part), align(part, whole)
    assert (found is None) == (turned is None)
    if found and turned:
        assert one_to_one(found)
        assert found.pairs == sorted((i, j) for j, i in turned.pairs)


@given(tellings())
@settings(max_examples=150, deadline=None)
def test_a_telling_is_wholly_itself(telling: Telling) -> None:
    found = align(telling, telling)
    once = [token for token in telling.tokens if telling.tokens.count(token) == 1 and token not in {ANY, MEDIA}]
    if found is None:
        assert len(once) <= 3 or -1 in telling.times
    else:
        assert found.pairs == [(n, n) for n in range(len(telling.times))]
        assert found.weak == []


# ── what nobody would write ──────────────────────────────────────────────────────────────────────────────────────────

MANY = 2_000


def crowd(tokens: list[int], times: list[int], *, exact: bool = False) -> Telling:
    """The opening, and many messages of one person."""
    opening = told()
    begin = int((_DAY + timedelta(hours=9)).timestamp())
    count = len(opening.times) + len(tokens)
    return Telling(
        [*opening.times, *(begin + time for time in times)],
        bytes([exact]) * count,
        [*opening.senders, *([1] * len(tokens))],
        [*opening.tokens, *tokens],
        bytes([1]) * count,
    )


def words(begin: int) -> list[int]:
    return [token(f"words {n}", "text", 0) for n in range(begin, begin + MANY)]


OK = [token("ok", "text", 0)] * MANY
ONE_MINUTE = [0] * MANY
ENDLESS = [n * 20 // 60 * 60 for n in range(MANY)]
CROWDS = {
    "one text in one minute": (crowd(OK, ONE_MINUTE), crowd(OK[:-7], ONE_MINUTE[:-7])),
    "one text at times that never meet": (
        crowd(OK, [n * 60 for n in range(MANY)], exact=True),
        crowd(OK, [n * 60 + 30 for n in range(MANY)], exact=True),
    ),
    "all deleted in one minute": (crowd([ANY] * MANY, ONE_MINUTE), crowd(words(0), ONE_MINUTE)),
    "all deleted": (crowd([ANY] * MANY, ENDLESS), crowd(words(0), ENDLESS)),
    "all edited": (crowd(words(0), ENDLESS), crowd(words(MANY), ENDLESS)),
    "one minute, shuffled": (crowd(words(0), ONE_MINUTE), crowd(words(0)[::-1], ONE_MINUTE)),
}


@pytest.mark.parametrize("name", CROWDS)
def test_crowds_cost_a_bounded_number_of_looks_a_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def counted(*asked: object) -> bool:
        nonlocal looks
        looks += 1
        return agree(*asked)  # type: ignore[arg-type]

    agree = anchors.agree
    monkeypatch.setattr(anchors, "agree", counted)
    align(*CROWDS[name])
    assert looks <= 200 * MANY
