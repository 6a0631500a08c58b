"""Zones, wall clocks, and the dates people type."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.dates import WallClock, local_zone_name, named_zone, span
from archiver.errors import UsageError

TODAY = date(2024, 2, 28)  # a Wednesday


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("2019", "2019-01-01", "2020-01-01"),
        ("2019-05", "2019-05-01", "2019-06-01"),
        ("2019-12", "2019-12-01", "2020-01-01"),
        ("2019-5-14", "2019-05-14", "2019-05-15"),
        ("2019/05/14", "2019-05-14", "2019-05-15"),
        ("14.05.2019", "2019-05-14", "2019-05-15"),
        ("5/4/2019", "2019-04-05", "2019-04-06"),
        ("05/14/2019", "2019-05-14", "2019-05-15"),
        ("14.05.19", "2019-05-14", "2019-05-15"),
        ("May 2019", "2019-05-01", "2019-06-01"),
        ("14 May 2019", "2019-05-14", "2019-05-15"),
        ("May 14th, 2019", "2019-05-14", "2019-05-15"),
        ("Tue, 14 may 2019", "2019-05-14", "2019-05-15"),
        ("2019-05-14T12:30", "2019-05-14T12:30", "2019-05-14T12:31"),
        ("2018..2020", "2018-01-01", "2021-01-01"),
        ("2019-05 .. june 2019", "2019-05-01", "2019-07-01"),
        ("today", "2024-02-28", "2024-02-29"),
        ("yesterday", "2024-02-27", "2024-02-28"),
        ("this week", "2024-02-26", "2024-03-04"),
        ("last week", "2024-02-19", "2024-02-26"),
        ("this month", "2024-02-01", "2024-03-01"),
        ("last month", "2024-01-01", "2024-02-01"),
        ("last year", "2023-01-01", "2024-01-01"),
        ("3 days ago", "2024-02-25", "2024-02-26"),
        ("3 weeks ago", "2024-02-05", "2024-02-12"),
        ("a month ago", "2024-01-01", "2024-02-01"),
        ("two years ago", "2022-01-01", "2023-01-01"),
        ("last march", "2023-03-01", "2023-04-01"),
        ("february", "2024-02-01", "2024-03-01"),
        ("1 Feb", "2024-02-01", "2024-02-02"),
        ("24 december", "2023-12-24", "2023-12-25"),
        ("monday", "2024-02-26", "2024-02-27"),
        ("last night", "2024-02-27", "2024-02-28"),
        ("last 3 days", "2024-02-25", "2024-02-29"),
        ("the past two weeks", "2024-02-12", "2024-02-29"),
        ("last 6 months", "2023-08-01", "2024-02-29"),
        ("twelve years ago", "2012-01-01", "2013-01-01"),
        ("2019-W01", "2018-12-31", "2019-01-07"),
        ("2019w20", "2019-05-13", "2019-05-20"),
        ("2019-Q2", "2019-04-01", "2019-07-01"),
        ("Q4 2019", "2019-10-01", "2020-01-01"),
        ("1990s", "1990-01-01", "2000-01-01"),
        ("the 2010s", "2010-01-01", "2020-01-01"),
        ("2019-Q4..2020-Q1", "2019-10-01", "2020-04-01"),
    ],
)
def test_a_written_date_is_a_stretch_of_wall_clock_time(written: str, start: str, end: str) -> None:
    assert span(written, today=TODAY) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    "written",
    [
        "2019-W54", "2019-Q5", "0000s", "last 3", "last 3 fortnights",
        "", "soon", "10", "5pm", "2019-02-30", "31.11.2019", "0000", "9999", "99999 may", "may june", "monday tuesday",
        "1 2 may", "0 may", "2019 2020 may", "29 feb 2023", "mon 2019", "2020..2018", "..", "2019..", "..soon",
        "2019-05-14 99:30", "14.05/2019", "²", "900 years ago of long ago and far away in the past may",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(written: str) -> None:
    assert span(written, today=TODAY) is None


@given(st.text(st.sampled_from("0123456789-./: .th,maydecjunlastgow'T²"), max_size=24) | st.text(max_size=12))
def test_whatever_is_written_a_span_begins_before_it_ends(written: str) -> None:
    found = span(written, today=TODAY)
    assert found is None or found[0] < found[1]


def test_without_being_told_today_is_the_computers() -> None:
    found = span("today")
    assert found is not None
    assert abs(found[0] - datetime.now()) < timedelta(days=2)  # noqa: DTZ005 - wall clock against wall clock


@pytest.mark.parametrize("name", ["UTC", "utc", "Z", "GMT"])
def test_utc_has_several_names(name: str) -> None:
    assert named_zone(name) is UTC


@pytest.mark.parametrize(
    ("name", "minutes"),
    [("+02:00", 120), ("-03", -180), ("+05:45", 345), ("Europe/Berlin", 60), ("America/Bogota", -300)],
)
def test_zones_have_names_or_offsets(name: str, minutes: int) -> None:
    assert datetime(2019, 1, 1, tzinfo=named_zone(name)).utcoffset() == timedelta(minutes=minutes)


@pytest.mark.parametrize("name", ["Berlin", "Europe/Nowhere", "+25", "+1x", "+02:xx", "+", ""])
def test_a_zone_that_is_none_is_told_with_a_remedy(name: str) -> None:
    with pytest.raises(UsageError) as told:
        named_zone(name)
    assert "Europe/Berlin" in told.value.remedy


def test_a_wall_clock_knows_summer_time() -> None:
    berlin = WallClock("Europe/Berlin")
    assert berlin.at(2019, 1, 1, 12, 0).isoformat() == "2019-01-01T12:00:00+01:00"
    assert berlin.at(2019, 7, 1, 12, 0, 30).isoformat() == "2019-07-01T12:00:30+02:00"


def test_the_hour_that_comes_twice_is_read_the_first_time() -> None:
    assert WallClock("Europe/Berlin").at(2019, 10, 27, 2, 30).isoformat() == "2019-10-27T02:30:00+02:00"


def test_the_hour_that_is_skipped_is_read_with_the_offset_before_it() -> None:
    assert WallClock("Europe/Berlin").at(2019, 3, 31, 2, 30).isoformat() == "2019-03-31T02:30:00+01:00"


def test_there_is_no_thirtieth_of_february() -> None:
    with pytest.raises(ValueError, match="day"):
        WallClock("UTC").at(2019, 2, 30, 0, 0)


@pytest.mark.parametrize(
    ("variable", "name"), [("Asia/Tokyo", "Asia/Tokyo"), (":Asia/Tokyo", "Asia/Tokyo"), ("UTC", "UTC")]
)
def test_the_environment_may_name_the_zone(variable: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", variable)
    assert local_zone_name() == name


@pytest.mark.parametrize(("target", "name"), [("Asia/Tokyo", "Asia/Tokyo"), ("Etc/UTC", "UTC")])
def test_else_the_link_to_the_zone_files_names_it(target: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(Path, "is_symlink", lambda self: True)
    monkeypatch.setattr(Path, "resolve", lambda self: Path("/usr/share/zoneinfo") / target)
    assert local_zone_name() == name


@pytest.mark.parametrize("linked", [True, False])
def test_else_todays_offset_stands_for_the_zone(linked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(Path, "is_symlink", lambda self: linked)
    monkeypatch.setattr(Path, "resolve", lambda self: Path("/somewhere/else"))
    told = local_zone_name()
    assert told == "UTC" or named_zone(told) is not None
