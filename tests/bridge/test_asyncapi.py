"""The published bus contract is the models' own, and whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner

from bridge.bus.asyncapi import document
from workers.cli.app import app

PUBLISHED = Path(__file__).parents[2] / "docs" / "asyncapi.yaml"


def test_the_published_document_is_current() -> None:
    result = CliRunner().invoke(app, ["bus", "asyncapi"])
    assert result.exit_code == 0, result.output
    assert result.stdout == PUBLISHED.read_text(encoding="utf-8"), (
        "the models have changed: run `souk bus asyncapi > docs/asyncapi.yaml`"
    )


def test_every_reference_leads_somewhere() -> None:
    whole = yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))
    references = set(_references(whole))
    assert references
    for reference in references:
        place: Any = whole
        for part in reference.removeprefix("#/").split("/"):
            assert part in place, f"{reference} leads nowhere"
            place = place[part]


def test_what_may_be_asked_and_what_is_told_stand_in_it() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["OrderEvent"]["properties"]["schema"]["const"] == "souk.event/1"
    ship = schemas["Ship"]
    assert {"command_id", "ref", "at"} <= set(ship["required"])
    assert ship["properties"]["kind"]["const"] == "ship"
    assert "number" not in str(schemas["Money"]["properties"]["amount"].get("type")), (
        "money is text, never a JSON number"
    )


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for item in part:
            yield from _references(item)
