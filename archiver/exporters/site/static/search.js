/* Search in these pages: no server, nothing from outside. Data come as classic scripts, so that file:// works, too. */
"use strict";
(() => {
const me = document.currentScript, root = me.getAttribute("src").replace(/search\.js$/, "");
const waiting = {}, loaded = {};
window.shelf = (name, data) => { waiting[name](data); };
const load = name => loaded[name] ||= new Promise((done, failed) => {
  const script = document.createElement("script");
  waiting[name] = done;
  script.onload = () => script.remove();
  script.onerror = () => { delete loaded[name]; failed(new Error(name)); };
  script.src = root + "search/" + name + ".js";
  document.head.append(script);
});

/* ---- words: the same as folding.py */
const dropped = /[DROPPED]+/gu, word = /[^BETWEEN]+/gu, alone = /([ALONE])/u;
const level = LEVEL;
const fold = text => text.replace(dropped, "").normalize("NFKD").toLowerCase().replace(dropped, "").replace(/[^\0-\x7f]/g, sign => level[sign] || sign);
const terms = text => (fold(text).match(word) || []).flatMap(run => run.split(alone)).filter(Boolean).map(term => [...term].slice(0, 40).join(""));

/* Parts of a question: {words, prefix}; what stands together or in quotes is a phrase, the last word may go on. */
const parse = question => {
  const parts = [];
  let last;
  for (const [, quoted, plain] of question.matchAll(/["“”„«»]([^"“”„«»]*)["“”„«»]?|([^\s"“”„«»]+)/g)) {
    const words = terms(quoted ?? plain);
    if (words.length) parts.push(last = { words, prefix: plain?.endsWith("*") || false, open: quoted === undefined });
  }
  if (last?.open && !/\s$/.test(question)) last.prefix = true;
  for (const part of parts) if (part.prefix && part.words.at(-1).length < 3) part.prefix = false;
  return parts;
};

/* ---- numbers and postings: the same as postings.py */
const value = code => code - 33 - (code > 34) - (code > 92);
const numbers = text => {
  const found = [];
  for (let i = 0, number = 0, scale = 1; i < text.length; i++) {
    const sign = value(text.charCodeAt(i));
    number += sign % 46 * scale;
    if (sign > 45) scale *= 46;
    else { found.push(number); number = 0; scale = 1; }
  }
  return found;
};
const unfold = words => {
  let last = "";
  return words.map(word => last = last.slice(0, value(word.charCodeAt())) + word.slice(1));
};
/* How many of a row in order are not beyond something. */
const upTo = (row, what) => {
  let low = 0, high = row.length;
  while (low < high) { const mid = (low + high) >> 1; if (row[mid] <= what) low = mid + 1; else high = mid; }
  return low;
};
const addPlaces = (places, text, exact) => {
  const all = numbers(text);
  for (let i = 0, message = -1, at = 0; i < all.length; i += 2) {
    at = all[i] ? all[i + 1] : at + all[i + 1];
    message += all[i];
    let entry = places.get(message);
    if (!entry) places.set(message, entry = { at: new Set(), exact: false });
    entry.at.add(at);
    entry.exact ||= exact;
  }
};
/* Which messages of a segment hold a term: Map of message → {at: places of the word, exact}. */
const lookUp = async (segment, term, prefix) => {
  const places = new Map(), heads = segment.shards, next = upTo(heads, term), wanted = [Math.max(next - 1, 0)];
  if (prefix) for (let i = next; i < heads.length && heads[i].startsWith(term); i++) wanted.push(i);
  for (const shard of await Promise.all(wanted.map(i => load(`${segment.name}/t${i}`)))) {
    const pairs = shard.split(" ");
    unfold(pairs.filter((_, i) => !(i & 1))).forEach((key, i) => {
      if (key === term || prefix && key.startsWith(term)) addPlaces(places, pairs[2 * i + 1], key === term);
    });
  }
  return places;
};
/* Places where the words stand in a row, as one entry for each message. */
const inARow = lists => lists.length === 1 ? lists[0] : new Map([...lists[0]].flatMap(([message, first]) => {
  const at = new Set([...first.at].filter(place => lists.every((list, i) => list.get(message)?.at.has(place + i))));
  return at.size ? [[message, { at, exact: lists.at(-1).get(message).exact }]] : [];
}));

/* Runs of something, and with which message each begins. */
const runs = text => {
  const all = numbers(text), found = { what: [], start: [] };
  for (let i = 0, start = 0; i < all.length; start += all[i + 1], i += 2) { found.what.push(all[i]); found.start.push(start); }
  found.of = message => found.what[upTo(found.start, message) - 1];
  return found;
};
let head;
const open = async () => head ||= load("head").then(([titles, all]) => ({ titles, segments: all.map(([name, key, slices, conversations, months, shards]) => {
  const starts = [];
  let messages = 0;
  for (const count of numbers(slices)) { starts.push(messages); messages += count; }
  return { name, messages, starts, conversations: runs(conversations), months: runs(months), shards: shards ? unfold(shards.split(" ")) : [] };
}) }));
const yearOf = month => Math.floor(month / 12);

/* Everything that fits, best first: [{segment, message, score, month}]. Rare words count more, words in a row and what is new a little more. */
const search = async (question, { conversation = "", year = "", person = "" } = {}) => {
  const parts = parse(question), { segments } = await open();
  const who = terms(person).map(term => "@" + term);
  if (!parts.length && !who.length) return { parts, hits: [] };
  const total = segments.reduce((sum, segment) => sum + segment.messages, 0), counts = parts.map(() => 0);
  const found = await Promise.all(segments.map(async segment => {
    if (year && !segment.months.what.some(one => yearOf(one) == year) || conversation && !segment.conversations.what.some(one => one == conversation)) return [segment, [], []];
    const people = await Promise.all(who.map(term => lookUp(segment, term, true)));
    const lists = await Promise.all(parts.map(async part => inARow(await Promise.all(part.words.map((term, i) => lookUp(segment, term, part.prefix && i === part.words.length - 1))))));
    lists.forEach((list, i) => { counts[i] += list.size; });
    return [segment, lists, [...lists, ...people]];
  }));
  const weights = counts.map(count => Math.log(1 + total / (count + 1)));
  const months = segments.flatMap(segment => segment.months.what).filter(Boolean), newest = Math.max(...months), oldest = Math.min(...months);
  const hits = [];
  for (const [segment, lists, all] of found) {
    if (!all.length) continue;
    const least = all.reduce((one, other) => other.size < one.size ? other : one);
    for (const message of least.keys()) {
      if (!all.every(list => list.has(message))) continue;
      const month = segment.months.of(message);
      if (year && yearOf(month) != year || conversation && segment.conversations.of(message) != conversation) continue;
      let score = month > oldest ? (month - oldest) / (newest - oldest || 1) : 0;
      lists.forEach((list, i) => {
        const entry = list.get(message), next = lists[i + 1]?.get(message);
        score += weights[i] * (entry.exact ? 1 : .6);
        if (next && [...entry.at].some(at => next.at.has(at + parts[i].words.length))) score += weights[i] / 2;
      });
      hits.push({ segment, message, score, month });
    }
  }
  return { parts, hits: hits.sort((a, b) => b.score - a.score || b.month - a.month || b.message - a.message) };
};
window.archiveSearch = async (question, filters) => (await search(question, filters)).hits.map(hit => [hit.segment.name, hit.message]);
window.archiveTerms = terms;

/* ---- the page */
const form = document.getElementById("search"), input = form && form.elements.q;
addEventListener("keydown", event => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  if (input) input.select(); else location.href = root + "search.html";
});
if (!form) return;
const list = document.getElementById("found"), status = document.getElementById("status"), more = document.getElementById("more");
const say = form.dataset, filters = form.elements, SHOWN = 8;
const make = (tag, text, parent) => { const made = document.createElement(tag); made.textContent = text; parent?.append(made); return made; };

/* Where the parts stand in a text, as [start, end], by folding word after word. */
const marks = (text, parts) => {
  const cut = [], found = [];
  for (const piece of text.matchAll(/[\p{L}\p{N}\p{M}\p{Cf}]+/gu)) {
    const inner = terms(piece[0]);
    if (inner.length === 1) cut.push([piece.index, piece.index + piece[0].length, inner[0]]);
    else { let at = piece.index; for (const sign of piece[0]) { const one = terms(sign)[0]; if (one) cut.push([at, at + sign.length, one]); at += sign.length; } }
  }
  cut.forEach((_, i) => { for (const { words, prefix } of parts) {
    if (words.every((term, n) => { const here = cut[i + n]?.[2]; return here === term || prefix && n === words.length - 1 && here?.startsWith(term); }))
      found.push([cut[i][0], cut[i + words.length - 1][1]]);
  } });
  return found;
};
const snippet = (text, parts, parent) => {
  const found = marks(text, parts), from = Math.max(0, (found[0]?.[0] ?? 0) - 70);
  let start = from && text.indexOf(" ", from) + 1 || from, end = Math.min(text.length, start + 240);
  if (found.length && start > found[0][0]) start = from;
  if (end < text.length) end = text.lastIndexOf(" ", end) > start + 120 ? text.lastIndexOf(" ", end) : end;
  if (start) parent.append("…");
  let at = start;
  for (const [a, b] of found) {
    if (a < at || b > end) continue;
    parent.append(text.slice(at, a));
    make("mark", text.slice(a, b), parent);
    at = b;
  }
  parent.append(text.slice(at, end) + (end < text.length ? "…" : ""));
};

let turn = 0, answer = { hits: [], parts: [] };
const show = async () => {
  const mine = turn, from = list.children.length, page = answer.hits.slice(from, from + SHOWN), { titles } = await open();
  const slices = await Promise.all(page.map(({ segment, message }) => load(`${segment.name}/x${upTo(segment.starts, message) - 1}`)));
  if (mine !== turn) return;
  page.forEach(({ segment, message }, i) => {
    const [path, names, days] = slices[i], rows = days.flatMap(([day, ...rows]) => rows.map(row => [day, row])), first = 4 * (message - segment.starts[upTo(segment.starts, message) - 1]);
    const [[day, anchor], [, name], [, time], [, text]] = rows.slice(first, first + 4);
    const item = make("li", "", list), link = make("a", "", item);
    link.href = root + path + "#m-" + anchor;
    make("bdi", names[name] || say.somebody, make("b", "", link));
    make("small", `${day} ${time}`.trim() + " · ", link).dir = "auto";
    make("bdi", titles[segment.conversations.of(message)], link.lastChild);
    const line = make("p", "", item);
    line.dir = "auto";
    snippet(text, answer.parts, line);
  });
  more.hidden = list.children.length >= answer.hits.length;
};
const run = async () => {
  const mine = ++turn, question = input.value;
  const chosen = { conversation: filters.conversation.value, year: filters.year.value, person: filters.person.value };
  history.replaceState(null, "", "#" + new URLSearchParams({ q: question, ...chosen }));
  try {
    const found = await search(question, chosen);
    if (mine !== turn) return;
    answer = found;
    list.replaceChildren();
    const count = answer.hits.length, asked = answer.parts.length || chosen.person.trim();
    status.textContent = !asked ? "" : !count ? say.none : (count === 1 ? say.one : say.many).replace("{n}", count);
    await show();
    list.dataset.asked = question;
  } catch { if (mine === turn) status.textContent = say.failed; }
};
let timer;
const soon = () => { clearTimeout(timer); timer = setTimeout(run, 150); };
form.addEventListener("input", soon);
form.addEventListener("submit", event => { event.preventDefault(); run(); });
more.addEventListener("click", async () => { const at = list.children.length; await show(); list.children[at]?.firstChild.focus(); });
addEventListener("keydown", event => {
  const links = [...list.querySelectorAll("a")], at = links.indexOf(document.activeElement);
  if (event.target !== input && at < 0) return;
  if (event.key === "ArrowDown") (links[at + 1] || (more.hidden ? links[at] : more))?.focus();
  else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] || input).focus();
  else if (event.key === "Escape") { if (at < 0) { input.value = ""; run(); } input.focus(); }
  else return;
  event.preventDefault();
});
open().then(({ titles, segments }) => {
  titles.forEach((title, i) => { make("option", title, filters.conversation).value = i; });
  new Set(segments.flatMap(segment => segment.months.what.map(yearOf)).filter(Boolean).sort()).forEach(year => { make("option", year, filters.year).value = year; });
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const name of ["q", "conversation", "year", "person"]) if (asked.get(name)) filters[name].value = asked.get(name);
  form.hidden = false;
  input.focus();
  if (input.value || filters.person.value) run();
}, () => { status.textContent = say.failed; });
})();
