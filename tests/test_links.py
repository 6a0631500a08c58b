"""Places on the web: found as they stand in a sentence, counted by site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.knowledge.links import Link, addresses, linked, site
from archiver.ui.links import linked as shown
from archiver.ui.links import supported


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://garden.example/seeds.", ["https://garden.example/seeds"]),
        ("(www.garden.example)", ["http://www.garden.example"]),
        ("https://wiki.example/Frog_(animal)", ["https://wiki.example/Frog_(animal)"]),
        (
            "<HTTPS://Garden.example/A?b=c#d>, “http://x.example/é”",
            ["HTTPS://Garden.example/A?b=c#d", "http://x.example/é"],
        ),
        ("http:// and https://… are none; awww.frog neither", []),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(text: str, found: list[str]) -> None:
    assert [one for one in addresses(text) if one != "https://…"] == found


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Garden.example:8080/x?y", "garden.example"),
        ("http://ana:secret@garden.example", "garden.example"),
        ("https://garden.example?x=https://evil.example", "garden.example"),
    ],
)
def test_a_site_is_the_host(address: str, host: str) -> None:
    assert site(address) == host


def test_the_most_given_come_first_with_where_they_were_given_first() -> None:
    texts = [
        (2, "2023-05-02T10:00:00", "https://a.example/x"),
        (1, "2023-05-01T10:00:00", "https://a.example/x and www.b.example"),
        (3, None, "https://a.example/y"),
    ]
    found = linked(texts)
    assert found.sites.most_common() == [("a.example", 3), ("b.example", 1)]
    assert found.top(2) == [
        Link("https://a.example/x", 2, "2023-05-01T10:00:00", 1),
        Link("http://www.b.example", 1, "2023-05-01T10:00:00", 1),
    ]


@given(st.text(alphabet=st.sampled_from("https://w.()<> é\x1b\x07"), max_size=60))
def test_a_terminal_link_holds_nothing_that_acts(text: str) -> None:
    import os
    from unittest import mock

    with mock.patch.dict(os.environ, {"FORCE_HYPERLINK": "1", "TERM": "xterm"}):
        pieces = list(shown(text, "dim"))
    assert "".join(words for words, _ in pieces) == text
    for _, style in pieces:
        _, _, address = style.partition("link ")
        assert all("!" <= sign <= "~" for sign in address)


def test_an_address_in_a_text_is_a_link_and_the_rest_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_HYPERLINK", "1")
    assert list(shown("see (https://garden.example/x), yes", "dim")) == [
        ("see (", "dim"),
        ("https://garden.example/x", "dim link https://garden.example/x"),
        ("), yes", "dim"),
    ]
    monkeypatch.setenv("FORCE_HYPERLINK", "0")
    assert list(shown("see https://garden.example", "")) == [("see https://garden.example", "")]


@pytest.mark.parametrize(
    ("environment", "opens"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "4600"}, False),
        ({"TERM": "xterm-256color", "WT_SESSION": "x"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "linux", "VTE_VERSION": "7200"}, False),
        ({"TERM": "dumb", "FORCE_HYPERLINK": "1"}, True),
        ({"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"}, False),
        ({}, False),
    ],
)
def test_only_a_terminal_that_is_known_to_open_links_gets_them(environment: dict[str, str], opens: bool) -> None:
    assert supported(environment) is opens
