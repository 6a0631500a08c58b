"""``python -m tests.bench whatsapp|search|all [--messages N] [--seed S] [--runs N] [--starts N]``"""

import argparse

from tests.bench import finding, imports


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure, beside a bare loop.")
    parser.add_argument("what", choices=["whatsapp", "search", "all"])
    parser.add_argument("--messages", type=int, default=1_000_000, help="size of the export (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="another export of the same size (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=1, help="take the cheapest of so many (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=7, help="cold starts of a command (default: %(default)s)")
    asked = parser.parse_args(arguments)
    if asked.what in {"whatsapp", "all"}:
        imports.run(asked.messages, asked.seed, asked.runs)
    if asked.what in {"search", "all"}:
        finding.run(asked.messages, asked.seed, asked.starts)


if __name__ == "__main__":
    main()
