"""The live table of `souk up`."""

from rich import box
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from canonical.states import OrderState
from store.results import InboxState
from workers.stack.board import Board
from workers.stack.stack import Addresses

STATES = tuple(OrderState)


def table(board: Board, addresses: Addresses) -> RenderableType:
    """One frame."""
    return Group(_orders(board), Columns([_figures(board), _recent(board)]), links(addresses))


def line(board: Board) -> str:
    """The same in one line, for a log."""
    states: dict[OrderState, int] = {}
    for of_account in board.orders.values():
        for state, count in of_account.items():
            states[state] = states.get(state, 0) + count
    words = " ".join(f"{state}={states[state]}" for state in STATES if states.get(state))
    return (
        f"placed={board.traffic.placed} recorded={board.recorded} {words}"
        f" attention={sum(board.attention.values())} on_the_bus={sum(board.waiting.values())}"
        f" dead_letters={board.dead_letters} throttled={board.throttled_calls}"
    )


def links(addresses: Addresses) -> RenderableType:
    """The addresses to open."""
    grid = Table.grid(padding=(0, 2))
    for name, url in named(addresses):
        grid.add_row(Text(name, style="bold"), Text(url, style=f"cyan link {url}", overflow="fold"))
    return Panel(grid, title="Open", box=box.ROUNDED, expand=False)


def named(addresses: Addresses) -> list[tuple[str, str]]:
    """Address by address, what it is."""
    return [
        ("Workflows", addresses.temporal_ui),
        ("Needs a person", addresses.attention),
        ("ERP's book", f"{addresses.erp}/book"),
        ("Webhook receiver", f"{addresses.receiver}/health"),
        ("Bus", f"{addresses.bus_admin}/entities"),
        *((f"Marketplace {name}", f"{url}/ledger") for name, url in addresses.marketplaces.items()),
    ]


def _orders(board: Board) -> Table:
    shown = [s for s in STATES if any(states.get(s) for states in board.orders.values())]
    grid = Table(title="Orders by state", box=box.SIMPLE_HEAD, title_justify="left")
    grid.add_column("channel")
    grid.add_column("account")
    for state in shown:
        grid.add_column(state.value, justify="right")
    grid.add_column("all", justify="right", style="bold")
    for (channel, account), states in sorted(board.orders.items()):
        counts = (str(states.get(state, 0) or "") for state in shown)
        grid.add_row(channel, account, *counts, str(sum(states.values())))
    return grid


def _figures(board: Board) -> Table:
    inbox = board.inbox
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    words = ", ".join(f"{word} {count}" for word, count in sorted(board.attention.items()))
    waiting = ", ".join(f"{name} {count}" for name, count in sorted(board.waiting.items()))
    for name, value in (
        ("orders placed", board.traffic.placed),
        ("orders finished there", board.traffic.finished),
        ("events received", sum(inbox.values())),
        ("events applied", inbox.get(InboxState.APPLIED, 0)),
        ("events superseded", inbox.get(InboxState.SUPERSEDED, 0)),
        ("dead letters", board.dead_letters),
        ("on the bus", waiting or 0),
        ("throttled calls", board.throttled_calls),
        ("needs a person", words or 0),
        ("parts restarted", board.restarts),
    ):
        grid.add_row(name, str(value))
    return grid


def _recent(board: Board) -> Table:
    grid = Table(title="Newest orders", box=box.SIMPLE_HEAD, title_justify="left")
    for heading in ("account", "order", "state", "version", "changed"):
        grid.add_column(heading)
    for order in board.recent:
        grid.add_row(
            order.ref.account,
            order.ref.order_id,
            Text(order.state, style="red" if order.attention else ""),
            str(order.version),
            f"{order.updated_at:%H:%M:%S}",
        )
    return grid
