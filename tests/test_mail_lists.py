"""The lists that mails came by, and the labels of Gmail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.importers.mail.headers import Headers, read_headers
from archiver.importers.mail.labels import gmail
from archiver.importers.mail.lists import ListName, list_of, no_archive

KEY = "list:garden.lists.example.org"
ADDRESS = "garden@lists.example.org"


def headers(*lines: str | bytes) -> Headers:
    raw = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
    return read_headers(raw + b"\n")[0]


def test_a_list_is_known_by_its_id() -> None:
    found = list_of(headers("List-Id: Garden Club <Garden.Lists.example.org>", f"List-Post: <mailto:{ADDRESS}>"))
    assert found == ListName(KEY, "Garden Club", ADDRESS, surely=True)


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("Garden Club <garden.lists.example.org>", "Garden Club"),
        ('"Garden Club" <garden.lists.example.org>', "Garden Club"),
        ("<garden.lists.example.org>", "garden"),
        ("garden.lists.example.org", "garden"),
        ("Garden Club garden.lists.example.org", "Garden Club"),
        ("=?utf-8?Q?G=C3=A4rten?= <garden.lists.example.org>", "Gärten"),
        ("Garden\n\tClub\n <garden.lists.example.org>", "Garden Club"),
        ("<garden@lists.example.org>", "garden"),
    ],
)
def test_an_id_may_be_written_in_many_ways(value: str, title: str) -> None:
    assert list_of(headers(f"List-Id: {value}")) == ListName(KEY, title, None, surely=False)


@pytest.mark.parametrize(
    "lines",
    [
        (f"List-Post: <mailto:{ADDRESS}>",),
        (f"List-Post: <https://lists.example.org/post>, <mailto:{ADDRESS}?subject=x>",),
        (f"X-BeenThere: {ADDRESS}", "X-Mailman-Version: 2.1.39"),
        (f"X-Mailing-List: <{ADDRESS}> archive/latest/17",),
        (f"Mailing-List: list {ADDRESS}; contact garden-owner@lists.example.org",),
        ("Mailing-List: contact garden-help@lists.example.org; run by ezmlm",),
        (f"Delivered-To: mailing list {ADDRESS}",),
        (f"X-Loop: {ADDRESS}", "X-Sequence: 17", "Precedence: list"),
        ("X-Mailman-Version: 1.0", f"To: The Club <{ADDRESS}>"),
        ("X-Mailman-Version: 1.0", "Sender: garden-admin@lists.example.org"),
        ("X-List: garden", "Sender: robot@lists.example.org"),
    ],
)
def test_older_servers_name_the_list_in_their_own_way(lines: tuple[str, ...]) -> None:
    assert list_of(headers(*lines)) == ListName(KEY, "garden", ADDRESS, surely=True)


@pytest.mark.parametrize(
    "lines",
    [
        ("Sender: owner-garden@lists.example.org", "Precedence: bulk"),
        ("Sender: garden-request@lists.example.org", "Precedence: list"),
    ],
)
def test_a_robot_as_sender_is_a_hint_only(lines: tuple[str, ...]) -> None:
    assert list_of(headers(*lines)) == ListName(KEY, "garden", ADDRESS, surely=False)


def test_a_listserv_is_known_by_its_host() -> None:
    found = list_of(headers("Sender: Garden Club <GARDEN@LISTSERV.EXAMPLE.EDU>"))
    assert found == ListName("list:garden.listserv.example.edu", "GARDEN", "garden@listserv.example.edu", surely=False)


def test_google_groups_and_their_headers() -> None:
    found = list_of(
        headers(
            "Mailing-list: list garden-club@googlegroups.com; contact garden-club+owners@googlegroups.com",
            "List-ID: <garden-club.googlegroups.com>",
            "X-Google-Group-Id: 123456",
        )
    )
    assert found == ListName(
        "list:garden-club.googlegroups.com", "garden-club", "garden-club@googlegroups.com", surely=True
    )


@pytest.mark.parametrize(
    "more",
    [(), ("List-Post: NO",), ("List-Unsubscribe: <mailto:leave@shop.example>",), ("List-Post: <https://x.example>",)],
)
def test_what_companies_send_in_bulk_is_no_sure_list(more: tuple[str, ...]) -> None:
    found = list_of(headers("List-Id: Seeds Weekly <12345.news.shop.example>", *more))
    assert found is not None
    assert not found.surely
    assert found.address is None


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("Sender: ann@example.org",),
        ("List-Id: <>",),
        ("X-BeenThere: nobody",),
        ("Precedence: bulk", "Sender: ann@example.org"),
        ("List-Unsubscribe: <mailto:x@y.example>",),
        ("X-List: x",),
    ],
)
def test_an_ordinary_mail_is_of_no_list(lines: tuple[str, ...]) -> None:
    assert list_of(headers("From: ann@example.org", *lines)) is None


@pytest.mark.parametrize(
    ("line", "kept_out"),
    [
        ("X-No-Archive: yes", True),
        ("X-No-Archive: Yes (please)", True),
        ("X-No-Archive: no", False),
        ("Archive: no", True),
        ("Archive: yes", False),
        ("Archived-At: <https://lists.example.org/no>", False),
    ],
)
def test_a_wish_to_be_kept_out_of_archives_is_seen(line: str, kept_out: bool) -> None:
    assert no_archive(headers(line)) is kept_out


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "@", ".", "a", " ", "mailto:", "=?utf-8?q?", "?=", "\xff", "\0", ";", "mailing list "]
        ),
        max_size=12,
    ).map("".join),
    st.sampled_from(
        ["List-Id", "List-Post", "Sender", "X-BeenThere", "Delivered-To", "Mailing-List", "X-List", "X-Mailman-Version"]
    ),
)
def test_any_list_header_is_borne(value: str, name: str) -> None:
    line = name.encode() + b": " + value.encode("latin-1")
    found = list_of(headers(line, "Precedence: bulk", line, "Sender: owner-x@y"))
    if found:
        assert found.key.startswith("list:")
        assert found.title
        assert "\0" not in "".join(filter(None, found[:3]))


def test_long_and_hostile_list_headers_take_no_time() -> None:
    for unit in ("a", "<", "@", "mailto:", ".", " "):
        for name in ("List-Id", "List-Post", "Mailing-List", "Sender", "Delivered-To"):
            list_of(headers(f"{name}: {unit * 200_000}"))


# Labels


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        (b"Inbox,Important,Opened,Category Updates", ("inbox", "important", "opened", "category updates")),
        (
            b"Sent,Drafts,Spam,Trash,Starred,Unread,Archived,Chat",
            ("sent", "drafts", "spam", "trash", "starred", "unread", "archived", "chat"),
        ),
        (b'Inbox,"Roses, red",Shed/Tools', ("inbox", "Roses, red", "Shed/Tools")),
        (b'"The ""old"" shed",Inbox', ('The "old" shed', "inbox")),
        (
            "=?UTF-8?Q?Posteingang,Wichtig,Ungelesen,Kategorie:_=22Neuigkeiten=22?=",
            ("inbox", "important", "unread", "category updates"),
        ),
        ("=?UTF-8?Q?Archiviert,Ge=C3=B6ffnet,Entw=C3=BCrfe,Papierkorb?=", ("archived", "opened", "drafts", "trash")),
        ('Kategorie: ""Soziale Medien"",Gesendet', ("category social", "sent")),
        (
            (
                "=?UTF-8?Q?Messages_archiv=C3=A9s,Ouvert,Cat=C3=A9gorie=C2=A0:_E-mails_?=\r\n"
                ' =?UTF-8?Q?personnels,"Culture,_associations"?='
            ),
            ("archived", "opened", "category personal", "Culture, associations"),
        ),
        ("Boîte de réception,Non lus,Envoyé,Corbeille", ("inbox", "unread", "sent", "trash")),
        ("Recibidos,No leídos,Enviados,Destacados,Papelera", ("inbox", "unread", "sent", "starred", "trash")),
        ("Caixa de entrada,Não lidas,Rascunhos,Lixeira", ("inbox", "unread", "drafts", "trash")),
        ("Posta in arrivo,Da leggere,Bozze,Cestino", ("inbox", "unread", "drafts", "trash")),
        ("Postvak IN,Ongelezen,Verzonden,Prullenbak", ("inbox", "unread", "sent", "trash")),
        ("البريد الوارد,غير مقروءة", ("inbox", "unread")),
        ("Входящие,Непрочитанные,Отправленные,Корзина", ("inbox", "unread", "sent", "trash")),
        ("受信トレイ,未読,送信済み,カテゴリ: メイン", ("inbox", "unread", "sent", "category personal")),
        ("收件箱,未读,已发送,垃圾邮件", ("inbox", "unread", "sent", "spam")),
        ("Inbox,INBOX,Posteingang,roses,roses", ("inbox", "roses")),
        ("Category Compost", ("Category Compost",)),
        ("", ()),
        (",, ,", ()),
    ],
)
def test_labels_are_read(value: bytes | str, labels: tuple[str, ...]) -> None:
    assert gmail(value.encode() if isinstance(value, str) else value) == labels


def test_a_label_of_megabytes_is_borne() -> None:
    assert gmail(b"Inbox," + b"x" * 1_000_000)[0] == "inbox"
    assert gmail(b'"' * 200_001)


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_any_labels_are_borne(value: bytes) -> None:
    for label in gmail(value):
        label.encode()
        assert "\0" not in label
