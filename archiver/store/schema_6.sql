-- The step that lets words be taken out for good. Same house rules as in schema.sql. What was taken out is kept
-- nowhere; only digests keyed with the archive's secret tell it again when somebody imports it once more.

-- One row for every `archive redact` and `archive forget`; 'running' until the last byte of it is gone.
create table redaction (
  id integer primary key,
  what text not null check (what = 'message' or what = 'words' or what = 'person'),
  reason text not null,
  made_at text not null,
  status text not null check (status = 'running' or status = 'done'),
  counts text not null                 -- JSON: messages, parts, files, attachments
) strict;

-- Where words were. A message is known by what its row has: a sealed match key says nothing of its words.
create table tombstone (
  redaction_id integer not null references redaction (id),
  match_key integer not null,
  occurrence integer not null,
  local_minute integer not null,
  whole integer not null,              -- 1: all of its words are gone; 0: some
  permalink text not null,             -- where sites have it, which does not change
  primary key (match_key, occurrence, local_minute, redaction_id)
) strict, without rowid;

-- Keyed digests of what is never to come in again. Kinds: words (anywhere), name (anywhere, as a name is written),
-- within (near the redaction's messages), quote (where letters quote), text (a whole message, told at `minute`),
-- file (an attachment's content), handle (who somebody was). `size`: how many words stand in a row.
create table sealed (
  redaction_id integer not null references redaction (id),
  kind text not null,
  seal blob not null,
  size integer not null default 0,
  minute integer not null default -1,
  primary key (kind, seal, redaction_id, minute)
) strict, without rowid;

-- Contents that still have to be removed from blobs/.
create table doomed (
  sha256 text primary key
) strict, without rowid;

-- A kept original that was written anew without some of its words: what it was known by before, keyed, and when,
-- why and how many bytes (JSON). Ranges of bytes stay true: what was taken out is filled, not cut.
alter table source_file add column given_seal blob;
alter table source_file add column rewritten text;
create index source_file_given on source_file (given_seal) where given_seal is not null;
