"""A query in the language of FTS5: what of it the index can answer, with every string in quotation marks."""

from collections.abc import Iterable

from archiver import query, spelling, text
from archiver.query import And, Filter, Near, Node, Not, Or, Prefix, Word


def substance(asked: query.Query) -> Node | None:
    """The query without words that are mere punctuation; if it is nothing else, the whole as one literal."""
    root = _without_punctuation(asked.root)
    if root is None and asked.text.strip():
        return Word(asked.text.strip())
    return root


def _without_punctuation(node: Node | None) -> Node | None:
    if isinstance(node, And | Or):
        kept = [part for each in node.parts if (part := _without_punctuation(each)) is not None]
        return query.both(kept) if isinstance(node, And) else query.either(kept)
    if isinstance(node, Not):
        part = _without_punctuation(node.part)
        return None if part is None else Not(part)
    if node is None or isinstance(node, Filter):
        return node
    return node if spelling.has_words(node.text) or spelling.has_signs(node.text) else None


def match_of(node: Node) -> str | None:
    """The node in the language of FTS5, every string quoted; None when the index cannot answer it."""
    if isinstance(node, And):
        answered = all(settled_by_index(part, "any") for part in node.parts)
        return subtracted(node.parts) or None if answered else None
    if isinstance(node, Or):
        ways = [match_of(part) for part in node.parts]
        return "(" + " OR ".join(way for way in ways if way) + ")" if all(ways) else None
    return None if isinstance(node, Not) else leaf_match(node)


def leaf_match(node: query.Leaf) -> str | None:
    if isinstance(node, Filter):
        subject = node.field.meaning == "subject" and spelling.has_words(node.value)
        return f"subject : {as_phrase(node.value)}" if subject else None
    if not spelling.has_words(node.text):
        return None
    if isinstance(node, Near):
        words = [as_phrase(word) for word in node.text.split() if spelling.has_words(word)]
        return f"NEAR({' '.join(words)}, {node.distance})"
    return as_phrase(node.text) + ("*" if isinstance(node, Prefix) else "")


def settled_by_index(part: Node, match: str) -> bool:
    """Whether *match*, the index's share of the query, has taken care of this part."""
    return match_of(part) is not None or bool(match and isinstance(part, Not) and match_of(part.part) is not None)


def subtracted(parts: Iterable[Node]) -> str:
    """What the index can do for parts that all have to hold; "" when it has nothing to start from."""
    wanted = [match for part in parts if (match := match_of(part)) is not None]
    unwanted = [match for part in parts if isinstance(part, Not) and (match := match_of(part.part)) is not None]
    if not wanted:
        return ""
    joined = "(" + " AND ".join(wanted) + ")"
    return f"({joined} NOT ({' OR '.join(unwanted)}))" if unwanted else joined


def as_phrase(words: str) -> str:
    """A string of FTS5: its tokenizer cuts it as it cut the messages; several words are a phrase."""
    return '"' + spelling.spelled(text.storable(words)[0].replace("\0", " ")).replace('"', '""') + '"'
