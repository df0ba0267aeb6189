"""The index page of all marketplaces: what each can do, its queues and its Schedules."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from activities.bodies.polling import pace_of
from activities.signatures.start import (
    PollSubject,
    backfill_queue,
    bulk_task_queue,
    inbound_queue,
    task_queue,
)
from canonical.abilities import Abilities
from canonical.identity import poll_workflow_id, sweep_workflow_id
from workers.scaffold.errors import NoPageError

ACCOUNT = "ACCOUNT"
"""Stands for the name of each configured account."""

HEAD = """\
# Marketplaces

Made from `channels/registry.toml` and from what each package declares (`abilities.py`) by
`souk channel generate`; a test holds it current. A new one: [how to add a
marketplace](../add-a-marketplace.md).
"""


def index_page(known: Mapping[str, Abilities], pages: Path) -> str:
    """The page in Markdown.

    Args:
        known: Abilities by channel, in the registry's order.
        pages: The folder with a page for each channel.

    Raises:
        NoPageError: A channel has no page.
    """
    return "\n".join(
        [
            HEAD,
            "## What each can do\n",
            *_table(
                ("channel", "page", "an event carries", "actions", "orders polled every",
                 "returns polled every", "webhooks", "currencies", "quotas"),
                (_doing(name, each, pages) for name, each in known.items()),
            ),
            "\n## Queues and Schedules\n",
            *_table(
                ("channel", "bus queues", "task queues", "Schedules of each account"),
                (_running(name, each) for name, each in known.items()),
            ),
            "",
        ]
    )  # fmt: skip


def _doing(name: str, each: Abilities, pages: Path) -> tuple[str, ...]:
    returns = each.returns.polling.every if each.returns else None
    return (
        f"`{name}`",
        f"[{_title(name, pages)}]({name}.md)",
        each.event_carries.value,
        ", ".join(sorted(each.actions)) or "none",
        _span(each.polling.every if each.polling else None),
        _span(returns),
        "yes" if each.webhooks else "no",
        ", ".join(sorted(each.currencies)) or "none",
        str(len(each.quotas)),
    )


def _running(name: str, each: Abilities) -> tuple[str, ...]:
    polled = [subject for subject in PollSubject if pace_of(each, subject)]
    schedules = [poll_workflow_id(name, ACCOUNT, subject) for subject in polled]
    return (
        f"`{name}`",
        _listed((inbound_queue(name), backfill_queue(name))),
        _listed((task_queue(name), bulk_task_queue(name))),
        _listed((*schedules, sweep_workflow_id(name, ACCOUNT))),
    )


def _title(name: str, pages: Path) -> str:
    page = pages / f"{name}.md"
    if not page.is_file():
        raise NoPageError(
            f"Channel {name!r} has no page: write {page.as_posix()}, beginning with `# Its Name`."
        )
    first = page.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip() or name


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [_row(heads), _row(("---",) * len(heads)), *(_row(row) for row in rows)]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _span(every: timedelta | None) -> str:
    if every is None:
        return "never"
    minutes, seconds = divmod(int(every.total_seconds()), 60)
    return (
        f"{seconds} s" if not minutes else f"{minutes} min" + (f" {seconds} s" if seconds else "")
    )
