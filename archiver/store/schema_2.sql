-- The second step of the archive's tables: the same conversation, exported twice, by anyone. Same house rules as in
-- schema.sql.

-- Not null: hidden, for it is probably the same message as that one (which is itself never hidden). Hidden is not
-- deleted: its records stay, it is found with is:duplicate, and a person may split the two again.
alter table message add column duplicate_of integer references message (id);
create index message_duplicate on message (duplicate_of) where duplicate_of is not null;

-- What the import that uses this key calls the conversation; null where it only goes by another key.
alter table conversation_alias add column title text;
alter table conversation_alias add column kind text;
alter table conversation_alias add column native_id text;

-- Whether the file has been compared with what others tell of the same conversation: once, when it has been read.
alter table source_file add column compared integer not null default 0;

-- Two messages that may be one. 'open': the program thinks so, and hides the first; 'same': a person says so;
-- 'different': a person says no, which is remembered so that nobody asks again. A message has at most one pair
-- that hides it; where a pair's other message is hidden in turn, the last one of the chain is the one shown.
create table duplicate (
  message_id integer not null references message (id),
  other_id integer not null references message (id),
  import_id integer references import (id),   -- which import suspected it; null: a person
  basis text not null check (basis = 'weak' or basis = 'manual'),
  verdict text not null check (verdict = 'open' or verdict = 'same' or verdict = 'different'),
  decided_at text,
  primary key (message_id, other_id)
) strict, without rowid;
create index duplicate_other on duplicate (other_id);
create index duplicate_import on duplicate (import_id) where import_id is not null;

-- What the full-text index holds: all messages but the hidden ones.
create view message_indexed as
select id, subject, text from message where duplicate_of is null;

-- As before, over that view.
drop table message_fts;
create virtual table message_fts using fts5 (
  subject, text,
  content = 'message_indexed', content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2 separators '{separators}'"
);

-- The views for people, without what is hidden.
drop view v_message;
create view v_message as
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

drop view v_conversation;
create view v_conversation as
select c.id, c.title, c.source, c.kind, count(m.id) as messages, count(distinct m.sender_id) as senders,
  min(m.sent_local) as first, max(m.sent_local) as last
from conversation c left join message m on m.conversation_id = c.id and m.duplicate_of is null
group by c.id;

-- Every name counts for the person it belongs to by its newest link.
drop view v_person;
create view v_person as
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
