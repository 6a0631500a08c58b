"""What the tables of the open data hold: one row for each column, which the CSV files and their description share."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "integer", "boolean", "datetime", "uri"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its *name*, the *kind* of its values, and what it says. *of*: the table and column it points into;
    *required*: no cell of it is empty."""

    name: str
    kind: Kind
    help: str
    of: tuple[str, str] | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table, which is the file ``NAME.csv``. *key* is the column that tells its rows apart, "" where none does."""

    name: str
    help: str
    key: str
    columns: tuple[Column, ...]

    @property
    def path(self) -> str:
        return f"{self.name}.csv"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


_IN = Column("message", "string", "Id of the message.", ("messages", "id"), required=True)

CONVERSATIONS = Table(
    "conversations", "Chats, mailing lists, groups: one row each.", "conversation",
    (
        Column("conversation", "integer", "Number of the conversation in these files.", required=True),
        Column("key", "string", "A name that stays the same from one snapshot to the next.", required=True),
        Column("title", "string", "What it is called."),
        Column("source", "string", "Where it comes from: whatsapp, mail, facebook."),
        Column("kind", "string", "direct, group, list, page, feed or unknown."),
        Column("messages", "integer", "How many messages it holds.", required=True),
        Column("people", "integer", "How many people wrote in it.", required=True),
        Column("first", "datetime", "Time of its first message, on the wall clock of whoever exported it."),
        Column("last", "datetime", "Time of its last message, on the same clock."),
    ),
)  # fmt: skip

MESSAGES = Table(
    "messages", "What was said: one row for each message, in the order of reading.", "id",
    (
        Column("id", "string", "Id of the message; the same in every snapshot.", required=True),
        Column("conversation", "integer", "The conversation it belongs to.", ("conversations", "conversation"),
               required=True),
        Column("kind", "string", "text, media, event.…, call.…, poll, deleted, redacted and others.", required=True),
        Column("person", "integer", "Who said it; empty for what the platform said.", ("people", "person")),
        Column("sender", "string", "The name it was said under."),
        Column("at", "datetime", "When, in UTC; empty when that cannot be told."),
        Column("at_local", "datetime", "When, on the wall clock of whoever exported it."),
        Column("precision", "string", "How exact the time is: second, minute or day."),
        Column("subject", "string", "Subject of a letter, title of a post."),
        Column("text", "string", "The words."),
        Column("reply_to", "string", "Id of the message it answers, which need not be here."),
        Column("attachments", "integer", "How many files came with it.", required=True),
        Column("reactions", "integer", "How many reactions it got.", required=True),
        Column("edited_at", "datetime", "When its writer changed it."),
        Column("deleted_at", "datetime", "When its writer took it back."),
    ),
)  # fmt: skip

PEOPLE = Table(
    "people", "Who said it: one row for each person, in the order of their first words.", "person",
    (
        Column("person", "integer", "Number of the person in these files.", required=True),
        Column("name", "string", "The name they first wrote under."),
        Column("messages", "integer", "How many messages are theirs.", required=True),
        Column("first", "datetime", "Time of the first of them, on the wall clock."),
        Column("last", "datetime", "Time of the last of them, on the wall clock."),
    ),
)  # fmt: skip

ATTACHMENTS = Table(
    "attachments", "The files that came with messages: one row for each.", "",
    (
        _IN,
        Column("name", "string", "What the file is called."),
        Column("media_type", "string", "What it is: image/jpeg, or image/* when only the kind is known."),
        Column("size", "integer", "Its size in bytes."),
        Column("sha256", "string", "SHA-256 of the file, where it is kept."),
        Column("path", "string", "Where it lies below the site's first page; empty where it is not published."),
        Column("state", "string", "present, omitted (left out of the export) or missing (not among its files).",
               required=True),
    ),
)  # fmt: skip

REACTIONS = Table(
    "reactions", "What people marked messages with: one row for each mark.", "",
    (
        _IN,
        Column("by", "string", "Who it is from."),
        Column("value", "string", "The mark, mostly an emoji."),
        Column("at", "datetime", "When, in UTC."),
    ),
)  # fmt: skip

LINKS = Table(
    "links", "The addresses that people shared: one row each time.", "",
    (
        _IN,
        Column("address", "uri", "The address as it was written.", required=True),
        Column("domain", "string", "The domain it leads to.", required=True),
    ),
)  # fmt: skip

TABLES = (CONVERSATIONS, MESSAGES, PEOPLE, ATTACHMENTS, REACTIONS, LINKS)
