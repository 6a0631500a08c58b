-- The step that lets pages be published under other names. Same house rules as in schema.sql.

-- What people are called in published pages, by a keyed digest of each handle of theirs: once given, a name stays,
-- whichever handles turn out to be one person's, and when an import is undone and made again.
create table pseudonym (
  seal blob primary key,
  name text not null,
  position integer not null            -- in the order in which they were given
) strict, without rowid;

-- Who appeared in a published folder the last time, so that it can be said who is new; both are keyed digests.
create table appearance (
  site blob not null,
  seal blob not null,
  how text not null check (how = 'own' or how = 'pseudonym'),
  primary key (site, seal)
) strict, without rowid;
