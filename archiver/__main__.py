"""`archive`, also `python -m archiver`: errors become words and exit codes here, and nowhere else."""

import io
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """The exit code of the command *arguments* (default: those of the process); see errors.py."""
    import typer

    from archiver.errors import EXIT_FAILED, EXIT_USAGE, ArchiveError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = _run(arguments)
    except ArchiveError as error:
        from archiver import ui

        ui.error(error)
        code = error.exit_code
    except typer.TyperException as error:
        show = getattr(error, "show", None)  # what a wrong command line raises can show itself, usage line and all
        show() if show else sys.stderr.write(f"Error: {error.format_message()}\n")
        code = EXIT_USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = _interrupted()
    except BrokenPipeError:
        code = _unheard()
    except OSError as error:
        sys.stderr.write(f"Error: {error.strerror or error}{f': {error.filename}' if error.filename else ''}\n")
        code = EXIT_FAILED
    return code


def _run(arguments: list[str] | None) -> int:
    """The command's own exit code. Typer turns two things into numbers that have a meaning of their own here."""
    from archiver.cli import app
    from archiver.errors import EXIT_INTERRUPTED, EXIT_OK

    try:
        result = app(arguments, standalone_mode=False, prog_name="archive")
        sys.stdout.flush()
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError):
            return _unheard()
        raise
    if result == EXIT_INTERRUPTED:
        return _interrupted()
    return result if isinstance(result, int) else EXIT_OK


def _interrupted() -> int:
    from archiver.errors import EXIT_INTERRUPTED

    sys.stderr.write("Interrupted. Nothing is lost; the same command goes on from here.\n")
    return EXIT_INTERRUPTED


def _unheard() -> int:
    """The reader (`head`, a closed pager) has had enough: no failure. Python would complain when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    main()
