"""`python -m scraper` is `hkcnews`."""

from scraper.cli.app import main

main()
