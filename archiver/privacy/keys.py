"""Keys that programs open doors with, known by their shape: private keys, tokens, what a QR code for a network says."""

import re
from collections.abc import Collection, Iterator

from archiver.privacy.spans import Span

# A beginning that nothing else has, and what must follow.
_TOKENS = {
    "AWS": r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}",
    "GitHub": r"gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}",
    "GitLab": r"gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[\w-]{20,100}",
    "Slack": r"xox[abeoprs]-[\w-]{10,255}|xapp-[\w-]{10,255}",
    "Stripe": r"(?:[rs]k|pk|whsec)_(?:live|test)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9]{20,255}",
    "Google": r"AIza[\w-]{30,45}|ya29\.[\w-]{20,255}|GOCSPX-[\w-]{20,60}",
    "JWT": r"eyJ[\w-]{8,4096}\.[\w-]{4,4096}(?:\.[\w-]{0,4096})?",
    "OpenAI, Anthropic": r"sk-(?:proj-|ant-|svcacct-)?[A-Za-z0-9_-]{20,255}",
    "Telegram": r"\d{8,10}:AA[\w-]{30,40}",
    "Discord": r"[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,45}",
    "SendGrid, Mailgun": r"SG\.[\w-]{16,32}\.[\w-]{16,64}|key-[0-9a-f]{32}",
    "Twilio": r"(?:SK|AC)[0-9a-f]{32}",
    "npm, PyPI, Docker": r"npm_[A-Za-z0-9]{30,60}|pypi-[\w-]{50,255}|dckr_(?:pat|oat)_[\w-]{20,60}",
    "Hugging Face": r"hf_[A-Za-z0-9]{30,50}",
    "DigitalOcean, Shopify": r"do[por]_v1_[0-9a-f]{64}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    "Square": r"sq0[a-z]{3}-[\w-]{20,60}",
    "Facebook": r"EAA[A-Za-z0-9]{60,255}",
    "age, SSH, WIF": r"AGE-SECRET-KEY-1[A-Z0-9]{40,70}|[5KL][1-9A-HJ-NP-Za-km-z]{50,51}",
    "Azure": r"AccountKey=[A-Za-z0-9+/=]{40,100}",
}
_TOKEN = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_TOKENS.values())})")
_BEGIN = re.compile(r"-----BEGIN (?!PGP (?:SIGN|MESSAGE|PUBLIC))[A-Z0-9 ]{0,40}-----")
_BODY = re.compile(r"[A-Za-z0-9+/=\s>:.,-]*+")
_CLOSING = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")
_SHORTEST = 15  # signs of a key, or of the part of it after a colon
_NETWORK = re.compile(r"WIFI:(?:[A-Z]:(?:[^;\\\r\n]|\\.){0,128};){1,8};?")


def may_hold_keys(text: str, words: Collection[str]) -> bool:
    """Whether one of the *words* of a text is as long as few are, or a block begins."""
    return len(text) >= _SHORTEST and (
        max(map(len, words), default=0) >= _SHORTEST or "-----BEGIN" in text or "WIFI:" in text
    )


def keys(text: str) -> Iterator[Span]:
    """The keys of a text, as spans of kind ``secret``."""
    for found in _TOKEN.finditer(text):
        yield Span(*found.span(), "secret")
    for found in _NETWORK.finditer(text):
        yield Span(*found.span(), "secret")
    end = 0
    for found in _BEGIN.finditer(text):
        if found.start() >= end:
            end = _block_end(text, found.end())
            yield Span(found.start(), end, "secret")


def _block_end(text: str, start: int) -> int:
    """Where a key ends that begins before *start*: after its last line, or with what looks like one."""
    body = _BODY.match(text, start)
    end = body.end() if body is not None else start
    closing = _CLOSING.search(text, start, min(len(text), end + 60))
    return closing.end() if closing is not None else start + len(text[start:end].rstrip())
