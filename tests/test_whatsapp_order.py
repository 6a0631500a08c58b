"""Day or month first: each kind of evidence decides, says so, and says how sure it is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.contracts import DateOrder, Hints
from archiver.importers.whatsapp import order
from archiver.importers.whatsapp.clock import gregorian_year, solar_hijri
from archiver.importers.whatsapp.heads import find_head
from archiver.importers.whatsapp.order import Evidence, Numbers, decide
from tests.whatsapp_chats import MARK, guess, messages, problems, walls


def evidence(form: str, *dates: Numbers, **more: object) -> Evidence:
    head = find_head(form)
    assert head is not None
    return Evidence(head.shape, dates, **more)  # type: ignore[arg-type]


TWO = "3/4/22, 09:00 - "
FOUR = "3/4/2022, 09:00 - "


@pytest.mark.parametrize(
    ("found", "expected", "sure", "because"),
    [
        (evidence("2022/3/4, 09:00 - ", (2022, 3, 4)), "ymd", True, "year comes first"),
        (evidence("9:41, 5 Oct 2014 - ", (5, 2014)), "dmy", True, "months have names"),
        (evidence(FOUR, (18, 3, 2022)), "dmy", True, "cannot be read otherwise"),
        (evidence(FOUR, (3, 18, 2022)), "mdy", True, "cannot be read otherwise"),
        (evidence(TWO, (22, 3, 18), (22, 3, 19)), "ymd", False, "closest together"),
        (evidence(TWO, (22, 3, 4), (22, 3, 5), (22, 3, 6), (22, 4, 1)), "ymd", True, "cannot be read otherwise"),
        (
            evidence("24. 1. 16. 15:45 - ", (24, 1, 30), (24, 1, 31), (24, 2, 1)),
            "ymd", True, "cannot be read otherwise",
        ),
        (evidence("3.4.2022, 09:00 - ", (3, 4, 2022)), "dmy", True, "“.”"),
        (evidence("3-4-2022, 09:00 - ", (3, 4, 2022)), "dmy", True, "“-”"),
        (evidence(FOUR, (3, 4, 2022), stamped=[((3, 4, 2022), date(2022, 4, 3))]), "dmy", True, "names of attachments"),
        (evidence(FOUR, (3, 4, 2022), stamped=[((3, 4, 2022), date(2022, 3, 4))]), "mdy", True, "names of attachments"),
        (evidence(FOUR, *((d, m, 2022) for m in range(3, 10) for d in range(1, 12))), "dmy", True, "backwards 0 times"),
        (evidence(FOUR, *((m, d, 2022) for m in range(3, 10) for d in range(1, 12))), "mdy", True, "backwards 0 times"),
        (evidence(FOUR, (3, 4, 2022), marked=True), "dmy", True, "right-to-left marks"),
        (evidence(FOUR, (3, 4, 2022), lower_case=True), "dmy", False, "written small"),
        (evidence(FOUR, (3, 4, 2022), language="de"), "dmy", False, "another language"),
        (evidence(TWO, (3, 4, 22), language="en", padded=9), "dmy", False, "padded with zeros"),
        (evidence(TWO, (3, 4, 22), unpadded=9), "mdy", False, "not padded"),
        (evidence(FOUR, (3, 4, 2022), unpadded=9), "dmy", False, "four digits"),
        (evidence(FOUR, (3, 4, 2022)), "dmy", False, "nothing in the file tells"),
        (evidence(TWO, (9, 8, 10), unpadded=3), "mdy", False, "not padded"),
        (evidence(TWO, (9, 8, 10), padded=3), "dmy", False, "padded with zeros"),
        (evidence("[۱۲/۲۸/۱۴۰۰ ۱۴:۵۶:۰۱]", (12, 28, 1400)), "mdy", True, "cannot be read otherwise"),
        (evidence("10:35 PM, 07 20 - ", (7, 20)), "mdy", True, "cannot be read otherwise"),
        (evidence("10:35 PM, 20 07 - ", (20, 7)), "dmy", True, "cannot be read otherwise"),
    ],
)  # fmt: skip
def test_evidence_decides_and_says_why(found: Evidence, expected: DateOrder, sure: bool, because: str) -> None:
    verdict = decide(found)
    assert (verdict.order, verdict.confidence >= order.SURE) == (expected, sure), verdict
    assert because in verdict.because


def test_what_a_person_says_beats_everything() -> None:
    verdict = decide(evidence(FOUR, (18, 3, 2022)), "mdy")
    assert (verdict.order, verdict.confidence, verdict.impossible) == ("mdy", 1.0, 1)


def test_two_orders_in_one_file_lower_the_confidence() -> None:
    verdict = decide(evidence(FOUR, (18, 3, 2022), (19, 3, 2022), (20, 3, 2022), (3, 18, 2022)))
    assert (verdict.order, verdict.impossible) == ("dmy", 1)
    assert 0.5 < verdict.confidence < order.SURE


def test_a_few_steps_back_decide_nothing() -> None:
    verdict = decide(evidence(FOUR, (1, 2, 2022), (2, 1, 2022), (3, 3, 2022), unpadded=1))
    assert "backwards" not in verdict.because


def test_attachments_that_disagree_about_everything_decide_nothing() -> None:
    found = evidence(FOUR, (3, 4, 2022), stamped=[((3, 4, 2022), date(2022, 4, 3)), ((3, 4, 2022), date(2022, 3, 4))])
    assert "attachments" not in decide(found).because


def test_a_sticker_that_is_a_day_older_is_outvoted() -> None:
    lines = [
        f"{MARK}[10/7/2024, 10:51:13] Ila: {MARK}<attached: 00000004-STICKER-2024-07-10-10-51-12.webp>\r\n",
        f"{MARK}[10/7/2024, 10:52:48] Ila: {MARK}<attached: 00000007-STICKER-2024-07-09-10-52-47.webp>\r\n",
    ]
    assert guess("".join(lines), "date-order").value == "dmy"


def test_the_order_is_taken_from_the_whole_file_where_its_beginning_does_not_tell() -> None:
    line = "reed " * 20
    undecided = "".join(f"05/06/2022, 09:{n % 60:02} - Ila: {line}{n}\n" for n in range(12_000))
    decided = "".join(f"06/{day}/2022, 09:00 - Ila: {line}\n" for day in range(13, 31))
    chat = undecided + decided
    assert guess(chat, "date-order").value == "mdy"
    assert walls(chat)[0] == "2022-05-06 09:00:00"


def test_a_guessed_order_is_said_in_every_time_and_aloud() -> None:
    chat = "05/06/2022, 09:00 - Ila: a\n05/06/2022, 09:01 - Jon: b\n"
    assert messages(chat)[0].when.assumed == ("date-order",)
    assert guess(chat, "date-order").option == "--date-order"


def test_the_order_a_person_gives_is_used_and_not_guessed() -> None:
    hints = Hints(zone="UTC", date_order="mdy")
    chat = "05/06/2022, 09:00 - Ila: a\n05/06/2022, 09:01 - Jon: b\n"
    assert walls(chat, hints) == ["2022-05-06 09:00:00", "2022-05-06 09:01:00"]
    assert messages(chat, hints)[0].when.assumed == ()


def test_dates_that_do_not_exist_in_the_files_order_are_read_the_other_way_and_told() -> None:
    chat = "".join(f"{day}/03/2022, 09:00 - Ila: {day}\n" for day in range(13, 20)) + "03/25/2022, 09:00 - Jon: x\n"
    read = messages(chat)
    assert walls(chat)[-1] == "2022-03-25 09:00:00"
    assert "date-order" in read[-1].when.assumed
    assert "date-order-mixed" in [problem.what for problem in problems(chat)]


@given(st.dates(date(2009, 2, 24), date(2045, 1, 1)), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_a_date_written_in_an_order_is_read_back_in_it(day: date, written: DateOrder) -> None:
    parts = {"dmy": (day.day, day.month, day.year), "mdy": (day.month, day.day, day.year)}
    numbers = parts.get(written, (day.year, day.month, day.day))
    form = "2022/3/4 09:00 - " if written == "ymd" else FOUR
    assert order.as_date(evidence(form).shape, numbers, written) == day


@given(st.dates(date(1925, 1, 1), date(2090, 1, 1)))
def test_every_day_of_the_persian_calendar_follows_the_one_before(day: date) -> None:
    year = day.year - 621
    months = [31] * 6 + [30] * 5
    first = solar_hijri(year, 1, 1)
    assert abs((first - date(day.year, 3, 21)).days) <= 1
    assert (solar_hijri(year, 12, 29) - first).days == sum(months) + 28
    assert (solar_hijri(year + 1, 1, 1) - solar_hijri(year, 12, 29)).days in {1, 2}


@pytest.mark.parametrize(("month", "day"), [(13, 1), (7, 31), (0, 1), (1, 0), (1, 32)])
def test_there_are_days_the_persian_calendar_does_not_have(month: int, day: int) -> None:
    with pytest.raises(ValueError, match="no such day"):
        solar_hijri(1400, month, day)


def test_a_persian_date_that_does_not_exist_is_a_problem() -> None:
    chat = "".join(f"[۱۴۰۰/{month}/۳۱،\u200f ۱۴:۵۶:۰۱] Ila: a\r\n" for month in ("۱", "۸"))
    assert [problem.loss for problem in problems(chat)] == ["message"]


@pytest.mark.parametrize(("written", "year"), [(22, 2022), (9, 2009), (65, 2022), (2565, 2022), (2022, 2022)])
def test_years_are_of_our_era(written: int, year: int) -> None:
    assert gregorian_year(written) == year
