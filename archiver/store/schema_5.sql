-- The fifth step of the archive's tables: what readers keep. Same house rules as in schema.sql. (Tags that people
-- give are in `tag` since the first step, bound to the public id of a message; what it was filed under is in `label`.)

-- A query under a name: search @NAME asks it again.
create table saved_search (
  name text primary key,
  query text not null,                 -- as it was typed
  saved_at text not null
) strict, without rowid;

create index tag_name on tag (name);
