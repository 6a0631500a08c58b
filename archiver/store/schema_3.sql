-- The third step of the archive's tables: letters. Same house rules as in schema.sql.

-- Whose words the pieces of a text are: JSON [[kind, start, end], …] over its characters, from the first to the last.
-- Kinds: own, quote, attribution, signature, disclaimer, footer. Null: all of it is the writer's own.
alter table message add column spans text;
-- What the source calls the thread a message belongs to.
alter table message add column native_thread text;
-- Not null: one message wherever it is found (a mail in two mailboxes), and how much its conversation claims it.
alter table message add column claim integer;
create index message_native_thread on message (native_thread) where native_thread is not null;
create index message_claimed on message (match_key) where claim is not null;

-- What a message was filed under in its source: Gmail's labels, a mailbox's flags. What people tag is in `tag`.
create table label (
  message_id integer not null references message (id),
  name text not null,
  primary key (message_id, name)
) strict, without rowid;
create index label_name on label (name);

-- The messages that a message goes back to, the oldest first; the archive need not have them. `key` is a Message-ID
-- in its normal form: without brackets and comments.
create table reference (
  message_id integer not null references message (id),
  position integer not null,
  key text not null,
  primary key (message_id, position)
) strict, without rowid;
create index reference_key on reference (key);

-- Which thread a letter belongs to. It follows from references, native threads and subjects alone and is worked out
-- anew whenever an import changes them; thread_id is null until then.
create table thread (
  message_id integer primary key references message (id),
  key text not null,                   -- its own Message-ID in normal form
  subject text not null,               -- without prefixes (Re:) and list tags
  thread_id integer references message (id),   -- the thread's first message
  parent_id integer references message (id),   -- the message it answers; null where that is not in the archive
  joined text check (joined = 'root' or joined = 'reference' or joined = 'thread-id' or joined = 'subject')
) strict;
create index thread_key on thread (key);
create index thread_thread on thread (thread_id);
create index thread_parent on thread (parent_id) where parent_id is not null;
create index thread_subject on thread (subject);

-- The names people give with an address; the most telling one is shown.
create table identity_name (
  identity_id integer not null references identity (id),
  import_id integer not null references import (id),
  name text not null,
  primary key (identity_id, import_id, name)
) strict, without rowid;
create index identity_name_import on identity_name (import_id);

-- What the index holds of a letter in place of its text, where that is not all the writer's own: what `spans` says,
-- spelled out, for a view that an index is made from may not take JSON apart.
create table passage (
  message_id integer primary key references message (id),
  own text not null,
  quoted text not null
) strict;

-- What the full-text index holds: all messages but the hidden ones, what they quote apart from what they say.
drop view message_indexed;
create view message_indexed as
select m.id, m.subject, ifnull(p.own, m.text) as text, p.quoted
from message m left join passage p on p.message_id = m.id where m.duplicate_of is null;

drop table message_fts;
create virtual table message_fts using fts5 (
  subject, text, quoted,
  content = 'message_indexed', content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2 separators '{separators}'"
);
