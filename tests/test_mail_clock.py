"""When a mail was written: the ladder of dates, and every way in which dates are written."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.importers.mail.clock import when
from archiver.model import When

RECEIVED = b"from mail.example.org by mx.example.org; Mon, 3 Feb 2003 10:00:05 +0100 (CET)"


def read(
    date: str | None, *received: bytes, envelope: bytes = b"", zone: str | None = None
) -> tuple[When, tuple[str, ...]]:
    return when(None if date is None else date.encode(), list(received), envelope, zone)


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Mon, 3 Feb 2003 10:00:00 +0100", "2003-02-03T10:00:00+01:00"),
        ("Mon, 03 Feb 2003 10:00:00 -0500 (EST)", "2003-02-03T10:00:00-05:00"),
        ("3 Feb 2003 10:00 +0530", "2003-02-03T10:00:00+05:30"),
        ("Mon,  3 Feb 2003 10:00:00 +0100", "2003-02-03T10:00:00+01:00"),
        ("Mon, 3 Feb 2003 10:00:00 -0000", "2003-02-03T10:00:00+00:00"),
        ("Mon, 3 Feb 2003 10:00:00 GMT", "2003-02-03T10:00:00+00:00"),
        ("Mon, 3 Feb 2003 10:00:00 EST", "2003-02-03T10:00:00-05:00"),
        ("Mon, 3 Feb 2003 10:00:00 CEST", "2003-02-03T10:00:00+02:00"),
        ("Mon, 3 Feb 2003 10:00:00 (EDT)", "2003-02-03T10:00:00-04:00"),
        ("Mon, 3 Feb 2003 (a comment) 10:00:00 (another) +0100", "2003-02-03T10:00:00+01:00"),
        ("Mon, 3 Feb 2003 10:00:00 +0100 (Mitteleuropäische Zeit)", "2003-02-03T10:00:00+01:00"),
        ("Mon, 3 Aug 1998 10:00:00 MET DST", "1998-08-03T10:00:00+02:00"),
        ("Mon, 3 Feb 2003 10:00:00 EST -0400", "2003-02-03T10:00:00-05:00"),
        ("Mon, 3 Feb 2003 10:00:00 GMT+1", "2003-02-03T10:00:00+01:00"),
        ("Mon, 3 Feb 2003 10:00:00 UTC-03:30", "2003-02-03T10:00:00-03:30"),
        ("Mon, 3 Feb 2003 10:00:00 +-0500", "2003-02-03T10:00:00-05:00"),
        ("Mon, 3 Feb 2003 10:00:00 -800", "2003-02-03T10:00:00-08:00"),
        ("Mon, 3 Feb 2003 10:00:00 PM +0100", "2003-02-03T22:00:00+01:00"),
        ("Mon, 3 Feb 2003 12:05:00 AM +0100", "2003-02-03T00:05:00+01:00"),
        ("Mon, 3 Feb 2003 24:00:00 +0100", "2003-02-04T00:00:00+01:00"),
        ("Mon, 3 Feb 2003 10:00:60 +0100", "2003-02-03T10:00:59+01:00"),
        ("Mon, 3 Feb 2003 10.00.00 +0100", "2003-02-03T10:00:00+01:00"),
        ("Tue May 11 21:14:05 CEST 2004", "2004-05-11T21:14:05+02:00"),
        ("Fri May 23 16:35:53 +0000 2025", "2025-05-23T16:35:53+00:00"),
        ("Tuesday, 11-May-04 21:14:05 GMT", "2004-05-11T21:14:05+00:00"),
        ("2 Aug 99 18:55:09 +0000", "1999-08-02T18:55:09+00:00"),
        ("2 Aug 49 18:55:09 +0000", "2049-08-02T18:55:09+00:00"),
        ("2 Aug 02 18:55:09 +0000", "2002-08-02T18:55:09+00:00"),
        ("2 Aug 102 18:55:09 +0000", "2002-08-02T18:55:09+00:00"),
        ("2 Aug 0102 18:55:09 +0000", "2002-08-02T18:55:09+00:00"),
        ("2 Aug 19102 18:55:09 +0000", "2002-08-02T18:55:09+00:00"),
        ("2004-05-11T21:14:05Z", "2004-05-11T21:14:05+00:00"),
        ("2004-05-11T21:14:05.123+02:00", "2004-05-11T21:14:05+02:00"),
        ("2004-05-11 21:14:05 -0700", "2004-05-11T21:14:05-07:00"),
        ("11.05.2004 21:14 +0200", "2004-05-11T21:14:00+02:00"),
        ("05/11/2004 09:14 PM -0400", "2004-05-11T21:14:00-04:00"),
        ("13/11/2004 09:14 GMT", "2004-11-13T09:14:00+00:00"),
        ("Di, 11 Mai 2004 21:14:05 +0200", "2004-05-11T21:14:05+02:00"),
        ("mar., 11 mai 2004 21:14:05 +0200", "2004-05-11T21:14:05+02:00"),
        ("mar, 11 mar 2004 21:14:05 +0200", "2004-03-11T21:14:05+02:00"),
        ("ven, 03 fév 2003 10:00:00 +0100", "2003-02-03T10:00:00+01:00"),
        ("火, 11 May 2004 21:14:05 +0900", "2004-05-11T21:14:05+09:00"),
        ("Sat, 01 Jan 2050 10:00:00 +0000", "2050-01-01T10:00:00+00:00"),
        ("Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00+00:00"),
    ],
)
def test_a_date_is_read_with_the_offset_it_carries(date: str, at: str) -> None:
    found, steps = read(date)
    assert found.at == datetime.fromisoformat(at)
    assert found.at.isoformat() == at
    assert found.written == date
    assert steps[0] == "date"
    assert "zone" not in found.assumed


@pytest.mark.parametrize(
    "date",
    [
        "Tue May 11 21:14:05 2004",
        "Tue, 11 May 2004 21:14:05",
        "Tuesday, May 11, 2004 9:14:05 PM",
        "2004-05-11 21:14:05",
        "Tue, 11 May 2004 21:14:05 +9900",
        "Tue, 11 May 2004 21:14:05 -2400",
        "Tue, 11 May 2004 21:14:05 Garden/Shed",
        "Tue, 11 May 2004 21:14:05 X",
    ],
)
def test_a_date_without_a_zone_to_believe_is_utc_and_says_so(date: str) -> None:
    found, steps = read(date)
    assert found.at == datetime.fromisoformat("2004-05-11T21:14:05+00:00")
    assert found.zone == "UTC"
    assert found.assumed == ("zone",)
    assert "zone-assumed" in steps


def test_a_missing_zone_is_that_of_the_hints() -> None:
    found, steps = read("Tue May 11 21:14:05 2004", zone="Europe/Berlin")
    assert found.at is not None
    assert found.at.isoformat() == "2004-05-11T21:14:05+02:00"
    assert (found.zone, found.assumed) == ("Europe/Berlin", ("zone",))
    assert steps == ("date", "asctime", "zone-assumed")


def test_an_absurd_offset_is_utc_whatever_the_hints_say() -> None:
    assert read("Tue, 11 May 2004 21:14:05 +9900", zone="Europe/Berlin")[0].zone == "UTC"


def test_precision_is_what_was_written() -> None:
    assert read("3 Feb 2003 10:00:00 +0100")[0].precision == "second"
    assert read("3 Feb 2003 10:00 +0100")[0].precision == "minute"
    assert read("1999/01/31")[0].precision == "day"
    assert read("1999/01/31")[0].at == datetime.fromisoformat("1999-01-31T00:00:00+00:00")


def test_a_month_that_may_be_a_day_is_said_to_be_assumed() -> None:
    found, steps = read("05/11/2004 09:14 GMT")
    assert found.assumed == ("date-order",)
    assert "date-order" in steps


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 3 Feb 2013 10:00:00 +0100",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "1 Jan 1904 00:00 GMT",
        "Mon, 3 Feb 2150 10:00:00 +0100",
        "Fri, 3 Feb 1995 10:00:00 +0100",
    ],
)
def test_a_date_that_cannot_be_gives_way_to_received(date: str) -> None:
    found, steps = read(date, RECEIVED)
    assert found.at == datetime.fromisoformat("2003-02-03T10:00:05+01:00")
    assert found.written == date
    assert "date" in found.assumed
    assert steps == ("received", "date-implausible")


@pytest.mark.parametrize(
    "date",
    [
        "yesterday",
        "Mon, 31 Feb 2003 10:00:00 +0100",
        "Mon, 3 Feb 2003 25:00:00 +0100",
        "Feb 2003",
        "2003 Feb 2004 10:00",
    ],
)
def test_a_date_that_is_none_gives_way_to_received(date: str) -> None:
    assert read(date, RECEIVED)[1] == ("received", "date-unread")


def test_no_date_at_all_is_that_of_the_topmost_received_that_has_one() -> None:
    older = b"from a by b; Sun, 2 Feb 2003 10:00:00 +0000"
    found, steps = read(None, b"from x by y; nonsense", RECEIVED, older)
    assert found.at == datetime.fromisoformat("2003-02-03T10:00:05+01:00")
    assert found.written == "Mon, 3 Feb 2003 10:00:05 +0100 (CET)"
    assert steps == ("received",)


def test_an_old_mail_that_was_moved_to_a_new_server_keeps_its_date() -> None:
    found, steps = read("Mon, 3 Feb 2003 10:00:00 +0100", b"from a by b; Fri, 3 Jan 2020 10:00:00 +0000", RECEIVED)
    assert found.at == datetime.fromisoformat("2003-02-03T10:00:00+01:00")
    assert steps == ("date",)


@pytest.mark.parametrize(
    ("envelope", "at"),
    [
        (b"From ann@example.org Mon Feb  3 10:00:00 2020", "2020-02-03T10:00:00+00:00"),
        (b"From ann at example.org  Mon Feb  3 10:00:00 2020", "2020-02-03T10:00:00+00:00"),
        (b"From - Mon Feb  3 10:00:00 2020", "2020-02-03T10:00:00+00:00"),
        (b"From Ann Lee Mon Feb  3 10:00:00 2020", "2020-02-03T10:00:00+00:00"),
        (b"From 1832929883591034824@xxx Fri May 23 16:35:53 +0000 2025", "2025-05-23T16:35:53+00:00"),
        (b"From ann@example.org Mon, 2 Aug 1999 18:55:09 -0400 (EDT)", "1999-08-02T18:55:09-04:00"),
    ],
)
def test_the_from_line_is_the_last_to_be_asked(envelope: bytes, at: str) -> None:
    found, steps = read(None, envelope=envelope)
    assert found.at == datetime.fromisoformat(at)
    assert steps[0] == "envelope"
    assert "date" in found.assumed


@pytest.mark.parametrize(
    "envelope", [b"From ", b"From -", b"", b"From ann@example.org sometime", b"From 0123abcd Mon Sep 17 00:00:00 2001"]
)
def test_where_nothing_tells_the_time_it_is_unknown(envelope: bytes) -> None:
    assert read(None, envelope=envelope) == (When(None, ""), ())
    assert read("soon", envelope=envelope) == (When(None, "soon"), ("date-unread",))
    assert read("1 Jan 1904 00:00 GMT", envelope=envelope)[1] == ("date-implausible",)


@settings(deadline=None)
@given(st.binary(max_size=60), st.lists(st.binary(max_size=60), max_size=3), st.binary(max_size=60))
def test_any_bytes_are_borne(date: bytes, received: list[bytes], envelope: bytes) -> None:
    found, _ = when(date, received, envelope, None)
    assert found.at is None or (found.at.tzinfo is not None and 1970 <= found.at.year <= 2100)
    assert "\0" not in found.written
    found.written.encode()


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Mon",
                ",",
                " ",
                "3",
                "Feb",
                "May",
                "2003",
                "99",
                "0102",
                "10:00",
                ":30",
                "+0100",
                "+-",
                "-9999",
                "GMT",
                "PM",
                "(",
                ")",
                "/",
                "-",
                ".",
                "T",
                "Z",
                "²",
                "٣",
            ]
        ),
        max_size=14,
    ).map("".join),
    st.sampled_from([None, "Europe/Berlin"]),
)
def test_any_pieces_of_dates_are_borne(date: str, zone: str | None) -> None:
    found, _ = read(date, zone=zone)
    assert found.at is None or 1970 <= found.at.year <= 2100


EARLY, LATE = datetime(1981, 1, 1), datetime(2099, 12, 31)  # noqa: DTZ001 - wall clocks


@settings(deadline=None)
@given(st.datetimes(EARLY, LATE), st.integers(-18 * 60, 18 * 60))
def test_every_ordinary_date_is_read_to_the_second(wall: datetime, minutes: int) -> None:
    sign, east = "-" if minutes < 0 else "+", abs(minutes)
    zone = f"{sign}{east // 60:02}{east % 60:02}"
    month = ("JanFebMarAprMayJunJulAugSepOctNovDec")[wall.month * 3 - 3 : wall.month * 3]
    for date in (
        f"{wall.day} {month} {wall.year} {wall:%H:%M:%S} {zone}",
        f"Mon {month} {wall.day:2} {wall:%H:%M:%S} {zone} {wall.year}",
    ):
        found, _ = read(date)
        assert found.at is not None
        assert found.at.replace(tzinfo=None) == wall.replace(microsecond=0)
        assert found.at.strftime("%z") == zone or zone == "-0000"


def test_long_and_hostile_dates_take_no_time() -> None:
    for unit in (b"1", b"(", b"+", b"Mon ", b"10:00 ", b"1/", b"1-a-", b";", b"Feb 1 "):
        when(unit * 200_000, [unit * 200_000] * 3, b"From " + unit * 200_000, None)
