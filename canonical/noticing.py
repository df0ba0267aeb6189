"""Reading an order of which the marketplace only said that it changed.

A read settles all notices that were drained before it began. One that shows an older order than
the notice tells of came before the change could be seen, and is made once more after the channel's
visibility lag; what even that does not show is left to the poll. An order that is not shown at all
is looked for in growing steps, then by a person.
"""

from collections.abc import Iterator
from datetime import datetime

from canonical.abilities import Abilities
from canonical.attention import Attention, AttentionWord
from canonical.effects import EffectState
from canonical.steps import Reread
from canonical.view import OrderView

STALE_READS = 2
"""Of a known order: at once, and after the lag."""
UNSEEN_READS = 6
"""Of one that the marketplace does not show: the last comes 31 lags after the notice."""


def notice_reads(
    view: OrderView, abilities: Abilities, now: datetime
) -> Iterator[tuple[datetime, Reread]]:
    """The read that the newest notices ask for, and when it is due."""
    if view.noticed_at is None:
        return
    for number in range(1, _reads(view) + 1):
        effect = view.effect(_name(view, number))
        if effect is None or effect.state is EffectState.SENT:
            due = view.noticed_at + (2 ** (number - 1) - 1) * abilities.visibility_lag
            why = "the marketplace says that it changed" if number == 1 else "it was not shown yet"
            yield (
                now if number == 1 else due,
                Reread(why, _name(view, number), first=number == 1),
            )
            return
        if _is_shown(view):
            return


def never_shown(view: OrderView) -> Attention | None:
    """The marketplace tells of an order, and shows none."""
    if view.exists or view.noticed_at is None:
        return None
    last = view.effect(_name(view, UNSEEN_READS))
    if last is None or last.state is EffectState.SENT:
        return None
    return Attention.of(
        AttentionWord.CONTRACT,
        f"The marketplace said at {view.noticed_at:%Y-%m-%d %H:%M:%S} UTC that the order changed,"
        f" and does not show it: it was asked {UNSEEN_READS} times.",
        "the order in a poll, or `resync`",
        "Look the order up in the marketplace's panel; check that the account may read it.",
    )


def _reads(view: OrderView) -> int:
    return STALE_READS if view.exists else UNSEEN_READS


def _is_shown(view: OrderView) -> bool:
    if view.changed_at is None or view.noticed_at is None:
        return view.exists
    return view.changed_at >= view.noticed_at


def _name(view: OrderView, number: int) -> str:
    """By how many notices there were: whatever comes during a read asks for another one."""
    return f"read/notice/{view.notices}" + (f"/{number}" if number > 1 else "")
