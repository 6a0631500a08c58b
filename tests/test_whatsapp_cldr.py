"""Every language of Unicode CLDR, on both platforms, both clocks, both kinds of digits: all read right.

The sweep makes files as a phone would, by CLDR's patterns through Babel, and compares every message and time.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from babel import Locale
from babel.dates import parse_pattern
from babel.localedata import locale_identifiers

from tests import make_whatsapp_clock
from tests.whatsapp_chats import MARK, UTC, guess, messages

PEOPLE = ("Wanda", "Omo", "Ines")
START = datetime(2018, 3, 5, 9, 5, 7)  # noqa: DTZ001 - wall time
ALL = sorted(locale_identifiers())
SAMPLE = [
    *sorted({identifier.partition("_")[0] for identifier in ALL})[::16],
    *("ar_EG", "bg", "en", "en_CA", "es_CO", "eu", "fa", "fi", "fr_CA", "hu", "ja", "ko", "sl", "smn", "th", "vi"),
    *("zh_Hant", "zh_Hant_HK"),
]
ZEROS = {
    unicodedata.name(chr(code)).removesuffix(" DIGIT ZERO"): code
    for code in range(0x110000)
    if unicodedata.decimal(chr(code), None) == 0 and unicodedata.name(chr(code)).endswith(" DIGIT ZERO")
}
SCRIPTS = {
    "adlm": "ADLAM",
    "arab": "ARABIC-INDIC",
    "arabext": "EXTENDED ARABIC-INDIC",
    "beng": "BENGALI",
    "cakm": "CHAKMA",
    "deva": "DEVANAGARI",
    "gujr": "GUJARATI",
    "guru": "GURMUKHI",
    "hmnp": "NYIAKENG PUACHUE HMONG",
    "java": "JAVANESE",
    "khmr": "KHMER",
    "knda": "KANNADA",
    "laoo": "LAO",
    "mlym": "MALAYALAM",
    "mong": "MONGOLIAN",
    "mtei": "MEETEI MAYEK",
    "mymr": "MYANMAR",
    "nkoo": "NKO",
    "olck": "OL CHIKI",
    "orya": "ORIYA",
    "tamldec": "TAMIL",
    "telu": "TELUGU",
    "thai": "THAI",
    "tibt": "TIBETAN",
    "vaii": "VAI",
}


def moments() -> list[datetime]:
    """Sixty times over two years: every hour of the day, noon and midnight, days below and above twelve."""
    hourly = [START + timedelta(days=day, hours=day, minutes=7 * day % 60, seconds=13 * day % 60) for day in range(28)]
    later = [datetime(2019, 11, day, 5 * day % 24, day, 17 * day % 60) for day in range(1, 29)]  # noqa: DTZ001
    noons = [datetime(2019, 12, 1, 0, 3), datetime(2019, 12, 1, 12), datetime(2020, 1, 2, 23, 59, 59)]  # noqa: DTZ001
    return hourly + later + noons


def clocks(locale: Locale, *, ios: bool) -> Iterator[tuple[str, str]]:
    """(name, time pattern) of the locale's own clock and of those a phone's settings can force."""
    yield "own", locale.time_formats["medium" if ios else "short"].pattern
    for name, skeleton in (("12 h", "hm"), ("24 h", "Hm"), ("day periods", "Bhm")):
        wanted = skeleton + "s" * ios
        if wanted in locale.datetime_skeletons:
            yield name, locale.datetime_skeletons[wanted].pattern


def tells_the_time(pattern: str, locale: Locale) -> bool:
    """Whether noon and midnight differ: some patterns of CLDR lack their am and pm, some locales their words."""
    try:
        return rendered(pattern, START, locale) != rendered(pattern, START + timedelta(hours=12), locale)
    except ValueError:
        return False


def rendered(pattern: str, moment: datetime, locale: Locale) -> str:
    """The pattern filled in, digits as ASCII."""
    filled = parse_pattern(pattern).apply(moment, locale)
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in filled)


def digits(locale: Locale) -> Iterator[tuple[str, int]]:
    yield "latn", ord("0")
    native = str(locale.default_numbering_system)
    native = native if native != "latn" else str(locale.other_numbering_systems.get("native"))
    if native in SCRIPTS:
        yield native, ZEROS[SCRIPTS[native]]


def heads(locale: Locale, pattern: str, zero: int, *, ios: bool) -> list[str]:
    glue = re.sub("'([^']*)'", r"\1", str(locale.datetime_formats["medium" if ios else "short"]))
    native = {ord("0") + digit: zero + digit for digit in range(10)}
    return [
        glue.replace("{1}", rendered(locale.date_formats["short"].pattern, moment, locale).translate(native)).replace(
            "{0}", rendered(pattern, moment, locale).translate(native)
        )
        for moment in moments()
    ]


def misread(identifier: str) -> Iterator[str]:
    """What is read wrong of one locale."""
    locale = Locale.parse(identifier)
    for ios in (True, False):
        wanted = [moment if ios else moment.replace(second=0) for moment in moments()]
        for clock, pattern in clocks(locale, ios=ios):
            if not tells_the_time(pattern, locale):
                continue
            for script, zero in digits(locale):
                form = "[{}] {}: {}\r\n" if ios else "{} - {}: {}\n"
                stamps = heads(locale, pattern, zero, ios=ios)
                chat = "".join(form.format(stamp, PEOPLE[i % 3], i) for i, stamp in enumerate(stamps))
                read = messages(chat, UTC)
                if [message.when.at and message.when.at.replace(tzinfo=None) for message in read] != wanted or [
                    message.sender and message.sender.value for message in read
                ] != [PEOPLE[i % 3] for i in range(len(stamps))]:
                    yield f"{identifier} ios={ios} {clock} {script}: {stamps[0]}"


@pytest.mark.parametrize("identifier", SAMPLE)
def test_a_locale_reads_right_on_both_platforms_and_every_clock(identifier: str) -> None:
    assert list(misread(identifier)) == []


@pytest.mark.slow
def test_all_locales_read_right_on_both_platforms_and_every_clock() -> None:
    assert [fault for identifier in ALL for fault in misread(identifier)] == []


def test_the_table_of_words_is_what_cldr_says() -> None:
    assert json.loads(make_whatsapp_clock.TARGET.read_text(encoding="utf-8")) == json.loads(
        make_whatsapp_clock.render()
    )


def test_a_word_nobody_knows_in_the_time_is_a_problem_and_never_ignored() -> None:
    chat = "3/18/22, 2:56 PM - Wanda: tea\n3/18/22, 3:10 QM - Omo: cake\n3/18/22, 4:00 PM - Wanda: more\n"
    assert [message.text for message in messages(chat)] == ["tea", "more"]


def test_a_clock_without_afternoons_is_told() -> None:
    chat = "".join(f"{day}/3/22, {1 + day % 12}:05 - Wanda: {day}\n" for day in range(1, 29))
    assert guess(chat, "clock").confidence < 0.5


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009"])
@pytest.mark.parametrize("glue", [", ", " ", "\u060c ", " à "])
def test_every_space_and_every_glue_will_do(space: str, glue: str) -> None:
    chat = "".join(f"{day}/3/22{glue}3:10{space}PM - Wanda: {day}\n" for day in (14, 15))
    assert [message.when.at.hour for message in messages(chat) if message.when.at] == [15, 15]


@pytest.mark.parametrize("mark", [MARK, "\u200f", "\u202a", "\u2068", "\ufeff"])
def test_marks_before_a_head_do_not_hide_it(mark: str) -> None:
    chat = f"{mark}[14/03/22, 15:10:00] Wanda: tea\r\n{mark}[{mark}14/03/22, 15:11:00] Omo: cake\r\n"
    assert [message.text for message in messages(chat)] == ["tea", "cake"]


def test_where_words_could_be_two_languages_the_other_words_of_the_file_decide() -> None:
    finnish = "18.3.2022 1.00 ap. - Wanda: a\n18.3.2022 1.00 ip. - Omo: b\n"
    inari_sami = "18.3.2022 1.00 ip. - Wanda: a\n18.3.2022 1.00 ep. - Omo: b\n"
    assert [message.when.at.hour for message in messages(finnish) if message.when.at] == [1, 13]
    assert [message.when.at.hour for message in messages(inari_sami) if message.when.at] == [1, 13]


def test_mornings_and_afternoons_of_one_day_stay_apart() -> None:
    lines = [
        f"[28/5/2024 {word}{hour}:0{second}:45] Wanda: a\r\n"
        for word in ("上午", "下午")
        for hour in (6, 9)
        for second in (1, 2)
    ]
    hours = [message.when.at.hour for message in messages("".join(lines)) if message.when.at]
    assert hours == [6, 6, 9, 9, 18, 18, 21, 21]


def test_heads_of_different_kinds_in_one_file_keep_their_own_times() -> None:
    lines = []
    for minute in range(10, 50):
        lines += [f"13/03/2022, 9:{minute} PM - Wanda: a\n", f"[13/03/2022, 21:{minute}:07] Omo: b\n"]
    found = [message.when.at.strftime("%H:%M:%S") for message in messages("".join(lines)) if message.when.at]
    assert found == [f"21:{minute}:{second}" for minute in range(10, 50) for second in ("00", "07")]


@pytest.mark.parametrize(("stamp", "hour"), [("0:04 AM", 0), ("23:59 PM", 23), ("13:00 AM", 13), ("12:00 AM", 0)])
def test_an_hour_above_twelve_or_nought_wins_over_the_marker(stamp: str, hour: int) -> None:
    chat = f"14/03/2022, 1:00 PM - Wanda: a\n14/03/2022, {stamp} - Omo: b\n"
    at = messages(chat)[1].when.at
    assert at is not None
    assert at.hour == hour


@pytest.mark.parametrize(
    ("head", "wall"),
    [
        ("[3/18/2565 BE, 14:56:01]", "2022-03-18 14:56:01"),
        ("[18/3/65 14:56:01]", "2022-03-18 14:56:01"),
        ("[3/18/R4, 14:56:01]", "2022-03-18 14:56:01"),
        ("[H31/3/18 14:56:01]", "2019-03-18 14:56:01"),
        ("[۱۴۰۰/۱۲/۲۷،\u200f ۱۴:۵۶:۰۱]", "2022-03-18 14:56:01"),
        ("[۱۳۹۹/۱۲/۳۰،\u200f ۱۴:۵۶:۰۱]", "2021-03-20 14:56:01"),
        ("[民國111年3月18日 14:56:01]", "2022-03-18 14:56:01"),
    ],
)
def test_calendars_other_than_ours_are_read(head: str, wall: str) -> None:
    read = messages(f"{head} Wanda: a\r\n{head} Omo: b\r\n")
    assert [message.when.at and message.when.at.replace(tzinfo=None).isoformat(" ") for message in read] == [wall] * 2
