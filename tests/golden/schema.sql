CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");

CREATE TABLE appearance (
  site blob not null,
  seal blob not null,
  how text not null check (how = 'own' or how = 'pseudonym'),
  primary key (site, seal)
) strict, without rowid;

CREATE TABLE attachment (
  message_id integer not null references message (id),
  position integer not null,
  name text,
  media_type text,
  size integer,
  sha256 text references blob (sha256),
  state text not null check (state = 'present' or state = 'omitted' or state = 'missing'),
  primary key (message_id, position)
) strict, without rowid;

CREATE INDEX attachment_sha256 on attachment (sha256) where sha256 is not null;

CREATE TABLE audit (
  id integer primary key,
  event text not null,
  happened_at text not null,
  agent text not null,
  detail text not null                 -- JSON
) strict;

CREATE TABLE blob (
  sha256 text primary key,
  size integer not null,
  media_type text
) strict, without rowid;

CREATE TABLE conversation (
  id integer primary key,
  key text not null unique,            -- the same on every import
  source text not null,
  native_id text,
  title text not null,
  kind text not null,
  made_by integer not null references import (id)
) strict;

CREATE TABLE conversation_alias (
  key text primary key,
  conversation_id integer not null references conversation (id),
  import_id integer not null references import (id)
, title text, kind text, native_id text) strict, without rowid;

CREATE INDEX conversation_alias_conversation on conversation_alias (conversation_id);

CREATE TABLE conversation_title (
  conversation_id integer not null references conversation (id),
  import_id integer not null references import (id),
  title text not null,
  kind text not null,
  as_of integer not null,              -- UTC milliseconds; -1: what it was called before anybody said of when
  primary key (conversation_id, import_id)
) strict, without rowid;

CREATE INDEX conversation_title_import on conversation_title (import_id);

CREATE TABLE doomed (
  sha256 text primary key
) strict, without rowid;

CREATE TABLE duplicate (
  message_id integer not null references message (id),
  other_id integer not null references message (id),
  import_id integer references import (id),   -- which import suspected it; null: a person
  basis text not null check (basis = 'weak' or basis = 'manual'),
  verdict text not null check (verdict = 'open' or verdict = 'same' or verdict = 'different'),
  decided_at text,
  primary key (message_id, other_id)
) strict, without rowid;

CREATE INDEX duplicate_import on duplicate (import_id) where import_id is not null;

CREATE INDEX duplicate_other on duplicate (other_id);

CREATE TABLE guess (
  id integer primary key,
  source_file_id integer not null references source_file (id),
  what text not null,
  value text not null,
  because text not null,
  confidence real not null,
  option text not null default ''
) strict;

CREATE INDEX guess_source_file on guess (source_file_id);

CREATE TABLE identity (
  id integer primary key,
  scheme text not null,
  value text not null,
  scope text not null,
  name text not null,
  made_by integer not null references import (id),
  unique (scheme, value, scope)
) strict;

CREATE TABLE identity_link (
  id integer primary key,
  identity_id integer not null references identity (id),
  person_id integer not null references person (id),
  basis text not null check (basis = 'exact' or basis = 'aligned' or basis = 'manual'),
  evidence integer not null default 0,
  import_id integer references import (id)
) strict;

CREATE INDEX identity_link_identity on identity_link (identity_id);

CREATE INDEX identity_link_person on identity_link (person_id);

CREATE TABLE identity_name (
  identity_id integer not null references identity (id),
  import_id integer not null references import (id),
  name text not null,
  primary key (identity_id, import_id, name)
) strict, without rowid;

CREATE INDEX identity_name_import on identity_name (import_id);

CREATE TABLE import (
  id integer primary key,
  importer text not null,
  importer_version integer not null,
  program_version text not null,
  options text not null,               -- JSON: what the person told us (zone, date order, owner)
  dump text not null,                  -- SHA-256 over the digests of the files given: tells an interrupted run again
  given text not null,                 -- JSON: names of the files given
  counts text not null default '{}',   -- JSON: new, duplicate, enriched, revised, skipped, unreadable, problems
  state text not null default '{}',    -- JSON: how far a running import has come, so that the next run goes on from there
  status text not null check (status = 'running' or status = 'done' or status = 'undone'),
  started_at text not null,
  ended_at text
) strict;

CREATE TABLE label (
  message_id integer not null references message (id),
  name text not null,
  primary key (message_id, name)
) strict, without rowid;

CREATE INDEX label_name on label (name);

CREATE TABLE "member" (
  conversation_id integer not null references conversation (id),
  identity_id integer not null references identity (id),
  import_id integer not null references import (id),
  primary key (conversation_id, identity_id, import_id)
) strict, without rowid;

CREATE INDEX member_identity on member (identity_id);

CREATE INDEX member_import on member (import_id);

CREATE TABLE message (
  id integer primary key,              -- a row number, not an identity: see local_minute, match_key, occurrence
  conversation_id integer not null references conversation (id),
  seq integer not null,                -- reading order within the conversation; gaps leave room for later finds
  local_minute integer not null,       -- wall-clock minutes since 1970-01-01 00:00; -1 when undated
  match_key integer not null,          -- 64 bits over conversation, sender and folded text, or over the native id
  occurrence integer not null default 1,         -- n-th such message in that minute: two genuine "ok" both survive
  kind text not null default 'text',
  sender_id integer references identity (id),
  sent_at integer,
  tz_offset integer,                   -- minutes east of UTC that sent_at was read with
  precision text,                      -- second, minute or day (no check: it would cost a tenth of the row)
  assumed text,                        -- what in the time was guessed: zone, date-order …
  subject text,
  text text not null,
  html text,
  native_id text,
  reply_to text,                       -- the native id of the message replied to
  edited_at integer,
  deleted_at integer,
  extra text,                          -- JSON: what the source says and the model does not
  sent_local text generated always as
    (strftime('%Y-%m-%dT%H:%M:%S', sent_at / 1000 + tz_offset * 60, 'unixepoch')) virtual
, duplicate_of integer references message (id), spans text, native_thread text, claim integer) strict;

CREATE INDEX message_claimed on message (match_key) where claim is not null;

CREATE INDEX message_duplicate on message (duplicate_of) where duplicate_of is not null;

CREATE UNIQUE INDEX message_match on message (local_minute, match_key, occurrence, conversation_id);

CREATE INDEX message_native on message (native_id) where native_id is not null;

CREATE INDEX message_native_thread on message (native_thread) where native_thread is not null;

CREATE UNIQUE INDEX message_order on message (conversation_id, seq);

CREATE INDEX message_reply on message (reply_to) where reply_to is not null;

CREATE INDEX message_sender on message (sender_id, local_minute);

CREATE VIRTUAL TABLE message_fts using fts5 (
  subject, text, quoted,
  content = 'message_indexed', content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Mn Mc Co So' separators '{separators_4}'"
);

CREATE TABLE message_revision (
  id integer primary key,
  message_id integer not null references message (id),
  import_id integer not null references import (id),
  changed_at text not null,
  what text not null,
  before text not null                 -- JSON
) strict;

CREATE INDEX message_revision_import on message_revision (import_id);

CREATE INDEX message_revision_message on message_revision (message_id);

CREATE VIRTUAL TABLE message_word using fts5vocab (message_fts, row);

CREATE TABLE passage (
  message_id integer primary key references message (id),
  own text not null,
  quoted text not null
, subject text) strict;

CREATE TABLE person (
  id integer primary key,
  name text not null
) strict;

CREATE TABLE problem (
  id integer primary key,
  import_id integer not null references import (id),
  source_file_id integer references source_file (id),
  byte_start integer,
  byte_end integer,
  what text not null,
  note text not null,
  loss text not null check (loss = 'nothing' or loss = 'detail' or loss = 'message' or loss = 'file')
) strict;

CREATE INDEX problem_import on problem (import_id);

CREATE INDEX problem_source_file on problem (source_file_id);

CREATE TABLE pseudonym (
  seal blob primary key,
  name text not null,
  position integer not null            -- in the order in which they were given
) strict, without rowid;

CREATE TABLE reaction (
  message_id integer not null references message (id),
  position integer not null,
  identity_id integer references identity (id),
  value text not null,
  reacted_at integer,
  primary key (message_id, position)
) strict, without rowid;

CREATE INDEX reaction_identity on reaction (identity_id) where identity_id is not null;

CREATE TABLE recipient (
  message_id integer not null references message (id),
  position integer not null,
  identity_id integer not null references identity (id),
  primary key (message_id, position)
) strict, without rowid;

CREATE INDEX recipient_identity on recipient (identity_id);

CREATE TABLE record (
  source_file_id integer not null references source_file (id),
  ordinal integer not null,
  byte_start integer not null,
  byte_end integer not null,
  status text not null check (status = 'read' or status = 'skipped' or status = 'unreadable'),
  message_id integer references message (id),
  role text check (role = 'first' or role = 'duplicate' or role = 'enriched' or role = 'edit' or role = 'conflict'),
  said text,
  note text,
  primary key (source_file_id, ordinal)
) strict, without rowid;

CREATE INDEX record_message on record (message_id) where message_id is not null;

CREATE TABLE redaction (
  id integer primary key,
  what text not null check (what = 'message' or what = 'words' or what = 'person'),
  reason text not null,
  made_at text not null,
  status text not null check (status = 'running' or status = 'done'),
  counts text not null                 -- JSON: messages, parts, files, attachments
) strict;

CREATE TABLE reference (
  message_id integer not null references message (id),
  position integer not null,
  key text not null,
  primary key (message_id, position)
) strict, without rowid;

CREATE INDEX reference_key on reference (key);

CREATE TABLE saved_search (
  name text primary key,
  query text not null,                 -- as it was typed
  saved_at text not null
) strict, without rowid;

CREATE TABLE sealed (
  redaction_id integer not null references redaction (id),
  kind text not null,
  seal blob not null,
  size integer not null default 0,
  minute integer not null default -1,
  primary key (kind, seal, redaction_id, minute)
) strict, without rowid;

CREATE TABLE setting (
  name text primary key,
  value text not null
) strict, without rowid;

CREATE TABLE source_file (
  id integer primary key,
  import_id integer not null references import (id),
  parent_id integer references source_file (id),
  path text not null,                  -- as it was called
  sha256 text not null references blob (sha256),
  size integer not null,
  zone text,
  date_order text
, compared integer not null default 0, given_seal blob, rewritten text) strict;

CREATE INDEX source_file_given on source_file (given_seal) where given_seal is not null;

CREATE INDEX source_file_import on source_file (import_id);

CREATE INDEX source_file_parent on source_file (parent_id) where parent_id is not null;

CREATE INDEX source_file_sha256 on source_file (sha256);

CREATE TABLE tag (
  public_id text not null,
  name text not null,
  tagged_at text not null,
  primary key (public_id, name)
) strict, without rowid;

CREATE INDEX tag_name on tag (name);

CREATE TABLE thread (
  message_id integer primary key references message (id),
  key text not null,                   -- its own Message-ID in normal form
  subject text not null,               -- without prefixes (Re:) and list tags
  thread_id integer references message (id),   -- the thread's first message
  parent_id integer references message (id),   -- the message it answers; null where that is not in the archive
  joined text check (joined = 'root' or joined = 'reference' or joined = 'thread-id' or joined = 'subject')
) strict;

CREATE INDEX thread_key on thread (key);

CREATE INDEX thread_parent on thread (parent_id) where parent_id is not null;

CREATE INDEX thread_subject on thread (subject);

CREATE INDEX thread_thread on thread (thread_id);

CREATE TABLE tombstone (
  redaction_id integer not null references redaction (id),
  match_key integer not null,
  occurrence integer not null,
  local_minute integer not null,
  whole integer not null,              -- 1: all of its words are gone; 0: some
  permalink text not null,             -- where sites have it, which does not change
  primary key (match_key, occurrence, local_minute, redaction_id)
) strict, without rowid;

CREATE VIEW message_indexed as
select m.id, ifnull(p.subject, m.subject) as subject, ifnull(p.own, m.text) as text, p.quoted
from message m left join passage p on p.message_id = m.id where m.duplicate_of is null;

CREATE VIEW message_record as
select message_id, source_file_id, ordinal, role, said from record where message_id is not null;

CREATE VIEW v_conversation as
select c.id, c.title, c.source, c.kind, count(m.id) as messages, count(distinct m.sender_id) as senders,
  min(m.sent_local) as first, max(m.sent_local) as last
from conversation c left join message m on m.conversation_id = c.id and m.duplicate_of is null
group by c.id;

CREATE VIEW v_message as
select m.id, c.title as conversation, c.source, m.kind, i.name as sender, i.scheme, i.value as handle,
  datetime(m.sent_at / 1000, 'unixepoch') as sent_utc, m.sent_local, m.precision, m.subject, m.text,
  (select count(*) from attachment a where a.message_id = m.id) as attachments,
  (select f.path || ' ' || r.byte_start || '-' || r.byte_end
   from record r join source_file f on f.id = r.source_file_id
   where r.message_id = m.id order by r.role <> 'first', r.source_file_id, r.ordinal limit 1) as origin
from message m
join conversation c on c.id = m.conversation_id
left join identity i on i.id = m.sender_id
where m.duplicate_of is null;

CREATE VIEW v_person as
with newest as (
  select identity_id, person_id from identity_link
  where id in (select max(id) from identity_link group by identity_id))
select p.id, p.name, group_concat(distinct i.scheme || ':' || i.value) as handles,
  (select count(*) from newest n2 join message m on m.sender_id = n2.identity_id
   where n2.person_id = p.id and m.duplicate_of is null) as messages
from person p
join newest l on l.person_id = p.id
join identity i on i.id = l.identity_id
group by p.id;
