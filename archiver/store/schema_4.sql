-- The fourth step of the archive's tables: words of every script. Same house rules as in schema.sql.

-- From now on what the index holds of any message in place of its subject and text, where these are not what it is to
-- read: a letter without what it quotes, and texts in scripts that have to be spelled otherwise (see spelling.py).
-- Where the subject may stay as it is, it is null.
alter table passage add column subject text;

-- What a person chose for this archive, such as the languages whose endings a search looks through.
create table setting (
  name text primary key,
  value text not null
) strict, without rowid;

drop view message_indexed;
create view message_indexed as
select m.id, ifnull(p.subject, m.subject) as subject, ifnull(p.own, m.text) as text, p.quoted
from message m left join passage p on p.message_id = m.id where m.duplicate_of is null;

-- Marks and symbols are letters now, for vowel signs are in the words of many languages, and an emoji is a word.
drop table message_fts;
create virtual table message_fts using fts5 (
  subject, text, quoted,
  content = 'message_indexed', content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Mn Mc Co So' separators '{separators_4}'"
);

-- The index's own words, and how many messages they are in: `select * from message_word where term glob 'wat*'`.
create virtual table message_word using fts5vocab (message_fts, row);
