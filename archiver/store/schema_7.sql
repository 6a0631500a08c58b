-- The step that lets a conversation have the newest of its names, and every import its say of who belongs to it. Same
-- house rules as in schema.sql.

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

-- Who belongs to a conversation, once for each import that says so: what one says does not go with another.
create table member_7 (
  conversation_id integer not null references conversation (id),
  identity_id integer not null references identity (id),
  import_id integer not null references import (id),
  primary key (conversation_id, identity_id, import_id)
) strict, without rowid;
insert into member_7 select conversation_id, identity_id, import_id from member;
drop table member;
alter table member_7 rename to member;
create index member_identity on member (identity_id);
create index member_import on member (import_id);
