"""When people talk: every message is counted once, in whatever step, and silences are real."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from archiver.knowledge import rhythm
from archiver.knowledge.rhythm import Gap

HOURS = st.lists(
    st.tuples(st.sampled_from(["mail", "whatsapp"]), st.integers(-200_000, 900_000), st.integers(1, 50)), max_size=60
)


def hour(day: str, clock: int = 0) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * 24 + clock


@given(HOURS, st.sampled_from(["year", "month"]))
def test_every_message_is_in_one_period_one_hour_of_the_week_and_one_source(
    hours: list[tuple[str, int, int]], step: rhythm.Step
) -> None:
    total = sum(count for _, _, count in hours)
    periods = rhythm.periods(hours, step)
    assert sum(count for _, count in periods) == total
    assert [name for name, _ in periods] == sorted({name for name, _ in periods})
    assert sum(map(sum, rhythm.week(hours))) == total
    assert sum(grown[-1][1] for grown in rhythm.growth(hours, step).values()) == total
    for grown in rhythm.growth(hours, step).values():
        counts = [count for _, count in grown]
        assert counts == sorted(counts)


@given(HOURS)
def test_nobody_spoke_in_a_silence_and_somebody_did_around_it(hours: list[tuple[str, int, int]]) -> None:
    days = {(source, date(1970, 1, 1).toordinal() + at // 24) for source, at, _ in hours}
    for gap in rhythm.gaps(hours):
        first, last = gap.first.toordinal(), gap.last.toordinal()
        assert gap.days == last - first + 1 >= 14
        assert not any(source == gap.source and first <= day <= last for source, day in days)
        assert {(gap.source, first - 1), (gap.source, last + 1)} <= days


def test_a_summer_without_a_word_is_a_gap_of_its_source() -> None:
    hours = [("mail", hour("2023-05-31", 20), 1), ("mail", hour("2023-09-01"), 2), ("whatsapp", hour("2023-07-01"), 9)]
    assert rhythm.gaps(hours) == [Gap("mail", date(2023, 6, 1), date(2023, 8, 31), 92)]
    assert rhythm.days_with_talk(hours) == 3
    assert rhythm.busiest(hours) == (date(2023, 7, 1), 9)


def test_empty_months_are_told_and_the_step_fits_the_time() -> None:
    hours = [("mail", hour("2023-11-30", 23), 1), ("mail", hour("2024-02-01"), 2)]
    assert rhythm.step_for(hours) == "month"
    assert rhythm.periods(hours, "month") == [("2023-11", 1), ("2023-12", 0), ("2024-01", 0), ("2024-02", 2)]
    assert rhythm.step_for(hours[:1]) == "day"
    assert rhythm.step_for([*hours, ("mail", hour("2031-01-01"), 1)]) == "year"
    assert rhythm.week([("mail", hour("2024-02-01", 7), 2)])[3][7] == 2, "a Thursday"


def test_nothing_has_no_rhythm() -> None:
    assert rhythm.periods([], "day") == []
    assert rhythm.gaps([]) == []
    assert rhythm.growth([], "year") == {}
    assert rhythm.busiest([]) is None
    assert rhythm.step_for([]) == "year"
