"""The dates on Facebook's pages: of every generation, in every language, and the zones of their clocks."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from babel import Locale
from babel.dates import parse_pattern
from babel.localedata import locale_identifiers
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.contracts import Hints
from archiver.importers.facebook.page_dates import LONGEST, DateReader, may_be_date, without_zone
from archiver.importers.facebook.page_words import Tongue, begun, meaning, months
from archiver.importers.facebook.page_zones import (
    PageClock,
    PageZone,
    compared_zone,
    front_page_moments,
    page_zone,
    stated,
)
from archiver.model import Handle, Message, Origin, When
from tests import make_facebook_page_words
from tests.test_whatsapp_cldr import SCRIPTS, ZEROS

AFTERNOON = (2016, 12, 4, 13, 54)
# As exports of 2010-17 have them, a language each (the first fifteen as readers of that time list them).
OLD = """
Sunday, December 4, 2016 at 1:54pm PDT
Sunday, December 4, 2016 at 13:54 PDT
Sunday, 4 December 2016 at 13:54 PDT
dimanche 4 décembre 2016, 13:54 UTC-07
Sonntag, 4. Dezember 2016 um 13:54 UTC-07
4. desember 2016 kl. 13:54 UTC-07
domingo, 4 de diciembre de 2016 a las 13:54 UTC-07
Domenica 4 dicembre 2016 alle ore 13:54 UTC-07
2016. december 4., 13:54 UTC-07
den 4 december 2016 kl 13:54 UTC-07
zondag 4 december 2016 om 13:54 UTC-07
4. december 2016 kl. 13:54 UTC-07
4 decembrie 2016 la 13:54 UTC-07
4. december 2016 ob 13:54 UTC-07
4. prosinec 2016 v 13:54 UTC-07
domingo, 4 de dezembro de 2016 às 13:54 UTC-07
4 grudnia 2016 13:54 UTC-07
4. joulukuuta 2016 kello 13:54 UTC-07
4 Aralık 2016 Pazar, 13:54 UTC-07
Κυριακή, 4 Δεκεμβρίου 2016 στις 1:54 μ.μ. UTC-07
4 декабря 2016 г. в 13:54 UTC-07
4 грудня 2016 р. о 13:54 UTC-07
4 декември 2016 г. в 13:54 UTC-07
4. prosinca 2016. u 13:54 UTC-07
4. december 2016 o 13:54 UTC-07
2016年12月4日 13:54 UTC-07
2016年12月4日下午1:54 UTC-07
2016년 12월 4일 일요일 오후 1:54 UTC-07
Chủ Nhật, 4 tháng 12, 2016 lúc 13:54 UTC-07
4 Desember 2016 pukul 13:54 UTC-07
4 ธันวาคม 2559 เวลา 13:54 น. UTC-07
יום ראשון, 4 בדצמבר 2016 בשעה 13:54 UTC-07
الأحد، 4 ديسمبر، 2016 الساعة 01:54 مساءً UTC-07
diumenge, 4 de desembre de 2016 a les 13:54 UTC-07
2016 m. gruodžio 4 d. 13:54 UTC-07
""".strip().splitlines()

# As they were seen in exports of 2018 and later.
LATER = {
    "Oct 19, 2019, 2:37 PM": (2019, 10, 19, 14, 37, 0),
    "Oct 19, 2019 at 2:37 PM": (2019, 10, 19, 14, 37, 0),
    "19 Oct 2019, 14:37": (2019, 10, 19, 14, 37, 0),
    "Feb 16, 2018 10:17pm": (2018, 2, 16, 22, 17, 0),
    "Jun 07, 2024 10:44:05 am": (2024, 6, 7, 10, 44, 5),
    "Jan 02, 2024, 9:22 am": (2024, 1, 2, 9, 22, 0),
    "jun. 07, 2024 5:44 am": (2024, 6, 7, 5, 44, 0),
    "ene. 15, 2024 10:30 pm": (2024, 1, 15, 22, 30, 0),
    "dub 10, 2014 9:02:15 odpol.": (2014, 4, 10, 21, 2, 15),
    "juil 13, 2021 10:58:25 am": (2021, 7, 13, 10, 58, 25),
    "août 29, 2019 9:28:24 pm": (2019, 8, 29, 21, 28, 24),
    "7月 01, 2026 6:25:04 PM": (2026, 7, 1, 18, 25, 4),
    "Tháng 10 01, 2025 10:21:24 ch": (2025, 10, 1, 22, 21, 24),
    "Dec 31, 2026 12:00:00 am": (2026, 12, 31, 0, 0, 0),
    "Jan 01, 2026 12:30 pm": (2026, 1, 1, 12, 30, 0),
    "19.10.2019, 14:37": (2019, 10, 19, 14, 37, 0),
    "2019/10/09 14:37": (2019, 10, 9, 14, 37, 0),
    "9 oct. 2019 14 h 37 min 05 s": (2019, 10, 9, 14, 37, 5),
    "9. lokak. 2019 klo 14.37": (2019, 10, 9, 14, 37, 0),
    "14:37 9 thg 10, 2019": (2019, 10, 9, 14, 37, 0),
    "mar 10 dic 2013 10:05": (2013, 12, 10, 10, 5, 0),
    "Sept 3, 2019, 8:00 AM": (2019, 9, 3, 8, 0, 0),
}

TIMES = [
    *(datetime(2019, m, (3 + 7 * m) % 28 + 1, (5 * m) % 24, (13 * m) % 60, (7 * m) % 60) for m in range(1, 13)),  # noqa: DTZ001
    *(datetime(2019, 10, 9, hour, 5, 1) for hour in (0, 11, 12, 23)),  # noqa: DTZ001
]
EARLIEST_AND_LATEST = datetime(2008, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001 - wall clocks
ALL = sorted(locale_identifiers())
SAMPLE = [*sorted({identifier.partition("_")[0] for identifier in ALL})[::6], "cs", "en", "fr", "hr", "ja", "pl", "vi"]
# Months called "M01", which only stand where CLDR knows no name, and words that run into one another.
SELDOM = {"blo", "bo", "kkj", "ksf", "ltg", "mgo", "mni", "nds", "nmg", "syr", "tok", "ug", "vo", "yrl"}


def read(text: str, **more: object) -> tuple[int, ...] | None:
    fields = DateReader([text], **more).read(text)  # type: ignore[arg-type] # the reader's own
    return fields and tuple(fields[:6])


# -- layouts ----------------------------------------------------------------------------------------------------


def test_the_table_of_words_is_what_babel_gives() -> None:
    assert make_facebook_page_words.TARGET.read_text(encoding="utf-8") == make_facebook_page_words.render()


@pytest.mark.parametrize("text", OLD)
def test_a_date_of_2010_to_2017_is_read_in_this_language(text: str) -> None:
    fields = DateReader([text]).read(text, strict=True)
    assert fields is not None
    assert (fields[:5], fields.exact, fields.assumed) == (AFTERNOON, False, ())
    assert fields.zone in {"PDT", "UTC-07"}


def test_there_are_more_than_24_languages_of_2010_to_2017() -> None:
    assert len(OLD) > 30


@pytest.mark.parametrize(("text", "expected"), LATER.items())
def test_a_date_of_later_years_is_read_as_exports_write_it(text: str, expected: tuple[int, ...]) -> None:
    fields = DateReader([text]).read(text)
    assert fields is not None
    assert (fields[:6], fields.zone) == (expected, "")


def facebook(locale: Locale, context: str, at: datetime) -> str:
    """Facebook's and Instagram's own layout since 2022, with the language's words."""
    halves = locale.day_periods["format"].get("abbreviated") or locale.day_periods["format"]["wide"]
    month = locale.months[context]["abbreviated"][at.month]
    clock = f"{at.hour % 12 or 12}:{at.minute:02}:{at.second:02}"
    return f"{month} {at.day:02}, {at.year} {clock} {halves['am' if at.hour < 12 else 'pm']}"


def cldr(locale: Locale, date: str, time: str, at: datetime) -> str:
    """CLDR's date and time, put together as the language does."""
    glue = str(locale.datetime_formats.get("medium") or locale.datetime_formats["short"])
    day, clock = (parse_pattern(pattern).apply(at, locale) for pattern in (date, time))
    return glue.replace("{1}", day).replace("{0}", clock).replace("'", "")


def wrong(identifier: str) -> list[str]:
    """The dates of a locale that are read wrong, in five layouts, of all months and all parts of the day."""
    locale = Locale.parse(identifier)
    dates, times, skeletons = locale.date_formats, locale.time_formats, locale.datetime_skeletons
    short = skeletons["yMMMd"].pattern if "yMMMd" in skeletons else dates["medium"].pattern
    layouts = [
        [facebook(locale, "format", at) for at in TIMES],
        [cldr(locale, short, times["short"].pattern, at) for at in TIMES],
        [cldr(locale, short, times["medium"].pattern, at) for at in TIMES],
        [cldr(locale, dates["medium"].pattern, times["medium"].pattern, at) for at in TIMES],
        [cldr(locale, dates["full"].pattern, times["short"].pattern, at) + " UTC+05:30" for at in TIMES],
    ]
    found = []
    for texts in layouts:
        reader = DateReader(texts)
        for text, at in zip(texts, TIMES, strict=True):
            fields = reader.read(text)
            shown = at if fields is not None and fields.exact else at.replace(second=0)
            if fields is None or datetime(*fields[:6]) != shown:  # noqa: DTZ001 - a wall clock
                found.append(text)
    return found


@pytest.mark.parametrize("identifier", SAMPLE)
def test_the_dates_of_this_language_are_read(identifier: str) -> None:
    assert identifier in SELDOM or wrong(identifier) == []


@pytest.mark.slow
def test_the_dates_of_every_locale_of_cldr_are_read() -> None:
    failed = {identifier: found for identifier in ALL if (found := wrong(identifier))}
    languages = {name.partition("_")[0] for name in failed} - SELDOM
    languages -= {
        name.partition("_")[0] for name, found in failed.items() if all("M0" in t or "M1" in t for t in found)
    }
    assert languages == set(), {name: failed[name][:2] for name in failed if name.partition("_")[0] in languages}


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_the_digits_of_this_script_are_read(script: str) -> None:
    figures = str.maketrans({str(n): chr(ZEROS[SCRIPTS[script]] + n) for n in range(10)})
    assert read("Jun 07, 2024 10:44:05 pm".translate(figures)) == (2024, 6, 7, 22, 44, 5)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("9 окт. 2019, 2:37 ночи", 2),
        ("9 окт. 2019, 2:37 дня", 14),
        ("2019年10月9日清晨5:37", 5),
        ("2019年10月9日晚上9:37", 21),
        ("9 अक्टू 2019, 2:37 दोपहर", 14),
        ("9 okt. 2019 2:37 e.m.", 14),
        ("9 oct 2019 2:37 p. m.", 14),
        ("9 Οκτ 2019, 12:37 π.μ.", 0),
        ("2019. okt. 9. 2:37 du.", 14),
        ("9 oct. 2019 23:37 AM", 23),
    ],
)
def test_the_part_of_the_day_is_told_in_words(text: str, hour: int) -> None:
    found = read(text)
    assert found is not None
    assert found[3] == hour


# -- what the words leave open ------------------------------------------------------------------------------------


def test_the_other_months_of_a_file_tell_the_language_of_a_doubtful_one() -> None:
    czech = DateReader(["lis 05, 2019 9:00 dop.", "pro 05, 2019 9:00 dop."])
    croatian = DateReader(["lis 05, 2019 9:00 AM", "pro 05, 2019 9:00 AM", "ožu 05, 2019 9:00 AM"])
    assert [reader.read("lis 07, 2019 9:00 AM")[1] for reader in (czech, croatian)] == [11, 10]  # type: ignore[index]


def test_a_doubtful_month_that_nothing_decides_is_flagged() -> None:
    fields = DateReader(["srp 05, 2019 9:00 AM"]).read("srp 05, 2019 9:00 AM")
    assert fields is not None
    assert fields.assumed == ("month",)


def test_a_month_that_is_another_one_in_a_rare_language_only_is_certain() -> None:
    fields = DateReader(["Jan 05, 2019 9:00 AM"]).read("Jan 05, 2019 9:00 AM")
    assert fields is not None
    assert (fields.month, fields.assumed) == (1, ())


def test_a_language_that_was_said_decides() -> None:
    assert DateReader(language="hr-HR").read("srp 05, 2019 9:00 AM")[1] == 7  # type: ignore[index]
    assert DateReader(language="cs").read("srp 05, 2019 9:00 AM")[1] == 8  # type: ignore[index]


def test_dates_in_figures_are_read_in_the_order_that_makes_all_of_them_possible() -> None:
    assert DateReader(["9/25/2019 2:37 PM", "9/4/2019 2:37 PM"]).read("9/4/2019 2:37 PM")[:3] == (2019, 9, 4)  # type: ignore[index]
    assert DateReader(["25/9/2019 14:37", "9/4/2019 14:37"]).read("9/4/2019 14:37")[:3] == (2019, 4, 9)  # type: ignore[index]


def test_dates_in_figures_that_do_not_tell_their_order_are_flagged_unless_it_was_said() -> None:
    text = "9/4/2019 14:37"
    undecided, told = DateReader([text]).read(text), DateReader([text], order="mdy").read(text)
    assert undecided is not None
    assert told is not None
    assert (undecided.assumed, undecided[:3]) == (("date-order",), (2019, 4, 9))
    assert (told.assumed, told[:3]) == ((), (2019, 9, 4))


def test_an_unknown_word_beside_the_time_is_flagged_and_elsewhere_passed_by() -> None:
    beside = DateReader().read("Oct 19, 2019 2:37 blorp")
    before = DateReader().read("Blorpday, Oct 19, 2019 2:37 PM")
    assert beside is not None
    assert before is not None
    assert (beside.assumed, before.assumed) == (("clock",), ())
    assert DateReader().read("Oct 19, 2019 14:37 blorp").assumed == ()  # type: ignore[union-attr]
    assert DateReader().read("Oct 19, 2019 2:37 blorp", strict=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "not a real timestamp", "wat 1, 2019 1:00:00 am", "Feb 2019", "Oct 19, 2019", "2:37 PM",
        "Oct 32, 2019 2:37 PM", "Oct 19, 2019 2:77 PM", "Oct 19, 1019 2:37 PM", "call me at 0171 2345678 9:30",
        "1 2 3 4 5 6 7 8", "12345 1 1 1 1",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert DateReader([text]).read(text) is None


def test_words_of_talk_around_a_date_make_it_none() -> None:
    assert DateReader().read("the party is Oct 19, 2019 at 2:37 PM bring beans", strict=True) is None


@given(st.text(max_size=LONGEST + 5) | st.from_regex(r"[\w ,.:年月日/-]{0,60}\d{4}[ ,.]{1,3}\d{1,2}:\d\d.{0,20}"))
@settings(max_examples=300)
def test_reading_never_raises_and_gives_only_dates_that_exist_or_nearly(text: str) -> None:
    may_be_date(text)
    fields = DateReader([text]).read(text)
    if fields is not None:
        year, month, day, hour, minute, second = fields[:6]
        assert 1990 <= year <= 2100
        assert (1 <= month <= 12, 1 <= day <= 31, hour < 24, minute < 60, second < 60) == (True,) * 5


def test_long_hostile_texts_cost_no_more_than_their_length() -> None:
    reader = DateReader()
    for text in ("1 " * 200_000, "年" * 300_000, "a" * 500_000, "12:" * 100_000, "UTC" * 100_000):
        assert reader.read(text) is None
        without_zone(text)
        meaning(text)


def test_words_are_known_by_their_beginning_and_with_an_ending() -> None:
    assert set(begun("octob")) == {10}
    assert set(begun("rêbendana")) == {1}
    assert not begun("zz")
    assert Tongue(["rujan", "listopad"]).month(months()["listopad"]) == (10, True)


# -- zones ------------------------------------------------------------------------------------------------------


def clock(zone: str = "UTC", *, assumed: bool = False, samples: tuple[str, ...] = ()) -> PageClock:
    return PageClock(DateReader(samples), PageZone(zone, "the test says so", 1, assumed=assumed))


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("PDT", -7),
        ("PST", -8),
        ("UTC+02", 2),
        ("UTC-07", -7),
        ("UTC+05:30", 5.5),
        ("+0530", 5.5),
        ("GMT+3", 3),
        ("UTC", 0),
    ],
)
def test_a_stated_zone_is_taken_at_its_word(zone: str, hours: float) -> None:
    when = clock("Europe/Berlin").when(f"Sunday, 4 December 2016 at 13:54 {zone}")
    expected = datetime(2016, 12, 4, 13, 54, tzinfo=timezone(timedelta(hours=hours)))
    assert (when.at, when.zone, when.precision, when.assumed) == (expected, zone, "minute", ())


def test_an_abbreviation_of_several_zones_is_the_one_of_the_persons_zone() -> None:
    text = "Sunday, 4 December 2016 at 13:54 CST"
    assert clock("Asia/Shanghai", assumed=True).when(text).at == datetime(2016, 12, 4, 5, 54, tzinfo=UTC)
    elsewhere = clock("Europe/Berlin").when(text)
    assert (elsewhere.at, elsewhere.assumed) == (datetime(2016, 12, 4, 19, 54, tzinfo=UTC), ("zone",))


def test_a_zone_that_nobody_knows_leaves_the_clock_and_is_flagged() -> None:
    when = clock().when("Sunday, 4 December 2016 at 13:54 XQT")
    assert (when.at, when.assumed) == (datetime(2016, 12, 4, 13, 54, tzinfo=UTC), ("zone",))
    assert stated("+99:00") == ()


def test_a_page_without_zone_shows_the_persons_wall_clock_with_its_summer_time() -> None:
    berlin = clock("Europe/Berlin")
    texts = ("Jul 07, 2024 10:44:05 am", "Jan 07, 2024 10:44:05 am", "Jul 07, 2024 10:44:59 am")
    times = [berlin.when(text) for text in texts]
    assert [str(when.at) for when in times] == [
        "2024-07-07 10:44:05+02:00",
        "2024-01-07 10:44:05+01:00",
        "2024-07-07 10:44:59+02:00",
    ]
    assert {(when.zone, when.precision, when.assumed) for when in times} == {("Europe/Berlin", "second", ())}


def test_on_the_day_of_a_change_of_the_clock_each_time_has_its_own_offset() -> None:
    berlin = clock("Europe/Berlin")
    hours = [berlin.when(f"Mar 31, 2024 {hour}:30 am").at for hour in (1, 4, 1, 4)]
    assert [at and at.utcoffset() for at in hours] == [timedelta(hours=1), timedelta(hours=2)] * 2


def test_on_the_day_of_a_change_halves_met_before_have_the_offset_of_their_time() -> None:
    berlin = clock("Europe/Berlin")
    for text in ("Mar 31, 2024 1:30 am", "Apr 01, 2024 4:30 am"):
        berlin.when(text)
    late = berlin.met("Mar 31, 2024 4:30 am")
    assert late is not None
    assert str(late.at) == "2024-03-31 04:30:00+02:00"


def test_an_offset_may_stand_apart_from_utc() -> None:
    assert without_zone("4 Dec 2016 at 13:54 UTC +02") == ("4 Dec 2016 at 13:54", "UTC+02")


def test_halves_met_before_read_as_the_whole_does() -> None:
    """A day and a time of the day are remembered; together they are read without reading again."""
    days, times = ("Oct 9, 2019, ", "Oct 31, 2019, ", "Dec 9, 2019, "), ("2:37 PM", "12:37 AM", "2:37 AM")
    once = clock("Europe/Berlin")
    for day, time in zip(days, times, strict=True):
        once.when(day + time)
    for text in (day + time for day in days for time in times):
        assert once.met(text) == clock("Europe/Berlin").when(text), text


@given(st.datetimes(*EARLIEST_AND_LATEST), st.sampled_from(["Jun {d}, {y} {t}", "{d} Jun {y}, {t}"]))
@settings(max_examples=100)
def test_times_to_the_second_are_read_the_same_the_second_time(at: datetime, layout: str) -> None:
    reader = clock("America/New_York")
    time = at.strftime("%I:%M:%S %p")
    first = layout.format(d=at.day if at.day < 31 else 30, y=at.year, t=time)
    second = layout.format(d=at.day if at.day < 31 else 30, y=at.year, t=at.strftime("%I:%M:07 %p"))
    assert (reader.when(first).at, reader.when(second).at) == (
        clock("America/New_York").when(first).at,
        clock("America/New_York").when(second).at,
    )


def test_dates_that_cannot_be_read_are_counted_and_kept_as_written() -> None:
    reader = clock()
    times = [reader.when(text) for text in ("wat 1, 2019 1:00:00 am", "Feb 30, 2019 1:00 am", "Feb 3, 2019 1:00 am")]
    for when in times:
        reader.note(when)
    assert times[:2] == [When(None, "wat 1, 2019 1:00:00 am"), When(None, "Feb 30, 2019 1:00 am")]
    assert (reader.unread, reader.example) == (2, "wat 1, 2019 1:00:00 am")


def test_instagram_is_eight_hours_behind_utc_all_year() -> None:
    zone = page_zone(Hints(local_zone="Europe/Berlin"), instagram=True)
    reader = PageClock(DateReader(), zone)
    july, december = (reader.when(f"{month} 09, 2026 9:49 am") for month in ("Jul", "Dec"))
    assert july.at == datetime(2026, 7, 9, 17, 49, tzinfo=UTC)
    assert december.at == datetime(2026, 12, 9, 17, 49, tzinfo=UTC)
    assert july.assumed == ()


def test_a_zone_that_was_said_wins_over_all_others() -> None:
    found = PageZone("Asia/Tokyo", "found", 0.9)
    zone = page_zone(Hints(zone="Europe/Paris"), instagram=True, compared=found, front_page=FRONT)
    assert (zone.name, zone.assumed) == ("Europe/Paris", False)
    assert page_zone(Hints(), compared=found, front_page=FRONT) == found


def test_without_any_word_about_it_this_computers_zone_is_assumed() -> None:
    zone = page_zone(Hints(local_zone="Europe/Lisbon"))
    assert (zone.name, zone.assumed) == ("Europe/Lisbon", True)
    guess = zone.guess(Origin("facebook", "0", None, 0, 0))
    assert (guess.what, guess.value, guess.option) == ("zone", "Europe/Lisbon", "--zone")


FRONT = (
    b'<aside>Generated by Ana Gardner on <time datetime="2026-08-19T14:33Z">Wednesday, August 19, 2026 at 4:33 PM '
    b'UTC+02:00</time><div>from <time datetime="2023-01-16T23:00Z">January 17, 2023 at 12:00 AM</time></div></aside>'
)


def test_the_front_page_tells_the_clock_of_the_export() -> None:
    assert [seen.offset for seen in front_page_moments(FRONT)] == [timedelta(hours=2), timedelta(hours=1)]
    here = page_zone(Hints(local_zone="Europe/Berlin"), front_page=FRONT)
    abroad = page_zone(Hints(local_zone="America/Bogota"), front_page=FRONT)
    assert (here.name, here.assumed) == ("Europe/Berlin", True)
    assert (abroad.name, abroad.assumed) == ("+02:00", True)
    assert here.confidence > abroad.confidence > page_zone(Hints()).confidence


def test_a_front_page_that_tells_nothing_is_passed_by() -> None:
    odd = (
        b'<time datetime="2026-08-19T14:33Z">soon</time><time datetime="2026-08-19T14:33Z">Aug 01, 2026 4:33 PM</time>'
    )
    assert front_page_moments(odd) == []
    assert page_zone(Hints(), front_page=odd).name == "UTC"


def said(text: str, at: datetime | None, who: str = "Ana") -> Message:
    handle = Handle("facebook-name", who.lower(), who)
    return Message("c", handle, When(at, ""), text, Origin("facebook", "0", None, 0, 0))


def both(zone: timezone | None, months: tuple[int, ...], apart: int = 0) -> tuple[list[Message], list[Message]]:
    """The same talk as JSON tells it, in UTC, and as pages show it on the clock of Berlin, or of a fixed offset."""
    told = [datetime(2023, month, day, 10, 5, 33, tzinfo=UTC) for month in months for day in (3, 9, 20)]
    shown = []
    for at in told:
        offset = zone or timezone(timedelta(hours=2 if 4 <= at.month <= 10 else 1))
        shown.append(at.astimezone(offset).replace(second=0, tzinfo=UTC) + timedelta(hours=apart))
    return (
        [said(f"text {number}", at) for number, at in enumerate(told)],
        [said(f"text {number}", at) for number, at in enumerate(shown)],
    )


def test_messages_that_json_has_too_tell_the_zone() -> None:
    found = compared_zone(*both(None, (1, 4, 7, 11)))
    assert found is not None
    assert (found.name, found.assumed) == ("Europe/Berlin", False)


def test_the_computers_own_zone_comes_first_where_several_fit() -> None:
    found = compared_zone(*both(None, (1, 4, 7, 11)), "Europe/Vienna")
    assert found is not None
    assert found.name == "Europe/Vienna"


def test_messages_of_one_season_tell_an_offset_that_is_flagged() -> None:
    found = compared_zone(*both(timezone(timedelta(hours=5, minutes=45)), (6, 7)))
    assert found is not None
    assert (found.name, found.assumed) == ("+05:45", True)


def test_look_alikes_and_too_few_messages_tell_nothing() -> None:
    told, shown = both(None, (1, 4, 7, 11))
    assert compared_zone(told[:2], shown) is None
    assert compared_zone(told * 2, shown) is None
    assert compared_zone(told, [message._replace(text="ok") for message in shown]) is None
    mixed = [*shown[:6], *(m._replace(when=When(m.when.at and m.when.at + timedelta(hours=5), "")) for m in shown[6:])]
    assert compared_zone(told, mixed) is None


def test_the_zone_of_this_computer_may_be_no_zone() -> None:
    found = compared_zone(*both(None, (1, 4, 7, 11)), "Nowhere/Atall")
    assert found is not None
    assert found.name == "Europe/Berlin"


def test_no_word_of_the_table_is_spelt_with_a_digit_or_a_capital() -> None:
    for word in months():
        assert re.fullmatch(r"[^\d\s]+", word), word
        assert word == word.casefold()
