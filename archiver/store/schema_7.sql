-- The step that lets a conversation have the newest of its names. Same house rules as in schema.sql.

-- What an import calls a conversation, and of when that is: the newest is shown, whichever import came first, and an
-- import that is undone takes its own along. Sources that do not say of when they speak have no row.
create table conversation_title (
  conversation_id integer not null references conversation (id),
  import_id integer not null references import (id),
  title text not null,
  kind text not null,
  as_of integer not null,              -- UTC milliseconds; -1: what it was called before anybody said of when
  primary key (conversation_id, import_id)
) strict, without rowid;
create index conversation_title_import on conversation_title (import_id);
