"""``python -m tests.bench whatsapp|search|overlap|mail|facebook|pages|all [--messages N] [--seed S] [--runs N] …``"""

import argparse
import sys

from tests.bench import facebook, finding, imports, mail, overlap, pages

BIG = 400_000


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure, beside a bare loop.")
    parser.add_argument("what", choices=["whatsapp", "search", "overlap", "mail", "facebook", "pages", "all"])
    parser.add_argument(
        "--messages", type=int, help="size of the export (1,000,000; overlap, mail: 20,000; facebook: 200,000)"
    )
    parser.add_argument("--seed", type=int, default=7, help="another export of the same size (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=1, help="take the cheapest of so many (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=7, help="cold starts of a command (default: %(default)s)")
    parser.add_argument("--seeds", type=int, default=10, help="conversations a scenario (default: %(default)s)")
    parser.add_argument("--big", type=int, nargs="?", const=BIG, help="the long pair of overlap (400,000); mail: 2 GB")
    parser.add_argument("--against", default="notmuch,mu", help="peers of mail, if installed (default: %(default)s)")
    parser.add_argument("--peer-python", default=sys.executable, help="the Python that has whatstk (default: this one)")
    asked = parser.parse_args(arguments)
    if asked.what in {"whatsapp", "all"}:
        imports.run(asked.messages or 1_000_000, asked.seed, asked.runs, asked.peer_python)
    if asked.what in {"search", "all"}:
        finding.run(asked.messages or 1_000_000, asked.seed, asked.starts)
    if asked.what in {"overlap", "all"}:
        overlap.run(asked.messages or 20_000, asked.seeds, asked.big or BIG)
    if asked.what in {"facebook", "all"}:
        facebook.run(asked.messages or 200_000, asked.seed, asked.runs)
    if asked.what in {"pages", "all"}:
        pages.run(asked.messages or 1_000_000, asked.seed)
    if asked.what in {"mail", "all"}:
        peers = [name for name in asked.against.split(",") if name]
        mail.run(asked.messages or 20_000, asked.seed, peers, big=asked.what == "mail" and asked.big is not None)


if __name__ == "__main__":
    main()
