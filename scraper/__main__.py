"""Lets `python -m scraper` run the command `hkcnews`."""

from scraper.cli.app import main

main()
