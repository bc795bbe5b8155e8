"""The command `hkcnews`, also as `python -m scraper`."""


def main() -> None:
    """Run the command; ends the process with its exit code."""
    # Here, because each worker process imports what the script of the command does: 0.3 s less.
    from scraper.cli.app import main as run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
