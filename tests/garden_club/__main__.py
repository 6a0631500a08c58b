"""``python -m tests.garden_club`` writes examples/ anew."""

from pathlib import Path

from tests.garden_club import example_files

if __name__ == "__main__":
    folder = Path(__file__).parents[2] / "examples"
    for name, content in example_files().items():
        (folder / name).write_bytes(content)
        print(f"{len(content):8,} bytes  {name}")
