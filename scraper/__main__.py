"""`python -m scraper` is `hkcnews`."""

from scraper.cli import main

main()
