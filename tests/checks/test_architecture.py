"""How the pictures of the packages are drawn."""

from __future__ import annotations

import pytest
from checks import architecture
from checks.architecture import Contract, draw, read_contracts, reduce_arrows, replace_picture


def test_arrows_that_a_longer_way_replaces_are_left_out() -> None:
    arrows = {("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("b", "d"), ("e", "d")}
    assert reduce_arrows(arrows) == {("a", "b"), ("b", "c"), ("c", "d"), ("e", "d")}


def test_picture_has_a_row_for_each_layer_and_an_arrow_for_each_import() -> None:
    contract = Contract("x", (("x.cli",), ("x.a", "x.b")))
    assert draw(contract, {("x.cli", "x.b")}).splitlines() == [
        "flowchart TD",
        '  subgraph layer0[" "]',
        "    direction LR",
        '    x_cli["x.cli"]',
        "  end",
        '  subgraph layer1[" "]',
        "    direction LR",
        '    x_a["x.a"]',
        '    x_b["x.b"]',
        "  end",
        "  x_cli --> x_b",
    ]


def test_picture_is_replaced_behind_its_mark_alone() -> None:
    text = "a\n<!-- picture: x -->\n```mermaid\nold\n```\nb\n```mermaid\nother\n```\n"
    assert replace_picture(text, "x", "new") == text.replace("old", "new")
    with pytest.raises(SystemExit, match="0 places for the picture y"):
        replace_picture(text, "y", "new")


def test_contracts_of_the_project_name_packages_that_are_there() -> None:
    for contract in read_contracts():
        assert contract.packages
        assert len(contract.packages) == len(set(contract.packages))
        for package in contract.packages:
            path = architecture.ROOT.joinpath(*package.split("."))
            assert path.is_dir() or path.with_suffix(".py").is_file()
