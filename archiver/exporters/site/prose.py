"""From what somebody typed to HTML that shows it: links and WhatsApp's marks, and nothing else, come alive.

WhatsApp's marks are *bold*, _italic_, ~struck~ and ```fixed width```; they count only next to characters that
are not part of a word, so that snake_case stays as it is.
"""

import re
from collections.abc import Iterator
from html import escape

# Controls that no page should hold, and the bidi embeddings, overrides and isolates that reach past their text.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_HELD = "\x00"  # stands for finished HTML while the text around it is worked on; never in cleaned text
_FINISHED = re.compile(r"```(?P<code>.+?)```|(?P<url>\bhttps?://[^\s<>\"“”«»|\\^`]+)", re.DOTALL | re.IGNORECASE)
_MARK = re.compile(r"(?<!\w)([*_~])(?!\s|\1)([^\n]{1,1000}?)(?<!\s)\1(?!\w)")
_TAGS = {"*": "strong", "_": "em", "~": "s"}
_TRAILING = ".,;:!?'*_~…。，、؟،"
_SNIPPET = 110


def clean(text: str) -> str:
    """The text without controls that could harm a page, or turn the direction of what follows."""
    if not text.isprintable():
        text = _HARMFUL.sub("", text).lstrip("\u200e")
    return text


def prose(text: str) -> str:
    """A message's text as HTML. Escaped first; only http and https become links."""
    text = clean(text)
    finished: list[str] = []
    if "://" in text or "```" in text:
        text = _FINISHED.sub(lambda found: _hold(found, finished), text)
    if "&" in text or "<" in text or ">" in text:
        text = escape(text, quote=False)
    if "*" in text or "_" in text or "~" in text:
        text = _marked(text)
    return _released(text, iter(finished)) if finished else text


def snippet(text: str) -> str:
    """The beginning of a text on one line, not yet escaped; for the quoted line of a reply."""
    line = " ".join(clean(text[: _SNIPPET * 4]).split())
    return line if len(line) <= _SNIPPET else line[:_SNIPPET].rstrip() + "…"


def _hold(found: re.Match[str], finished: list[str]) -> str:
    code, url = found["code"], found["url"]
    if code is not None:
        block = ' class="c"' if "\n" in code.strip() else ""
        finished.append(f"<code{block}>{escape(code, quote=False)}</code>")
        return _HELD
    url, rest = _without_trailing(url)
    if not _leads(url):
        return found[0]
    safe = escape(url)
    finished.append(f'<a href="{safe}" rel="nofollow noopener noreferrer ugc">{safe}</a>')
    return _HELD + rest


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """The addresses of a cleaned text that become links, as (start, end, address)."""
    for found in _FINISHED.finditer(text):
        if found["url"] is not None:
            url, _ = _without_trailing(found["url"])
            if _leads(url):
                yield found.start(), found.start() + len(url), url


def _leads(url: str) -> bool:
    """A masked address leads nowhere, nor does one without a host."""
    return "[" not in url and "]" not in url and len(url) > len("https://")


def _without_trailing(url: str) -> tuple[str, str]:
    """The address, and the punctuation after it that belongs to the sentence."""
    kept = url.rstrip(_TRAILING)
    while kept.endswith(")") and kept.count(")") > kept.count("("):
        kept = kept[:-1].rstrip(_TRAILING)
    return kept, url[len(kept) :]


def _marked(text: str) -> str:
    return _MARK.sub(lambda found: _tagged(_TAGS[found[1]], found[2]), text)


def _tagged(tag: str, inner: str) -> str:
    return f"<{tag}>{_marked(inner)}</{tag}>"


def _released(text: str, finished: Iterator[str]) -> str:
    return "".join(next(finished) if piece == _HELD else piece for piece in re.split(f"({_HELD})", text))
