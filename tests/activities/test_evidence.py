"""The file that came with an answer is put in when the call leaves, from the inbox."""

from datetime import UTC, datetime

from temporalio.testing import ActivityEnvironment

from activities.bodies.acting import Acting
from activities.signatures.orders import ActInput, ActResult
from canonical.actions import AnswerReturn
from canonical.commands import AnswerReturn as AnswerCommand
from canonical.effects import EffectState
from canonical.evidence import EvidenceFile
from canonical.identity import OrderRef
from canonical.plan import Act, next_step
from canonical.returns import ReturnState
from tests.fixtures.toy import LATE_ABILITIES, order_of
from tests.fixtures.world import World

PHOTO = EvidenceFile(name="photo.jpg", media_type="image/jpeg", content="/9j/4A==")
REQUESTED = "publish/order.return_requested/r1"


async def _rejection(world: World, order_id: str) -> tuple[OrderRef, Act]:
    """A delivered order whose return is to be rejected with a photo."""
    world.channel.abilities = LATE_ABILITIES
    ref = world.ref(order_id)
    await world.receive(ref, world.channel.put(order_of(ref)))
    await world.receive(ref, world.channel.bring(order_id, ReturnState.WAITING_FOR_ANSWER, 1))
    await world.record(ref)
    await world.keep(
        AnswerCommand(
            command_id=f"no-{order_id}",
            ref=ref,
            at=datetime.now(UTC),
            return_id="r1",
            answer="reject",
            evidence=PHOTO,
        )
    )
    await world.record(ref)
    for effect in ("publish/order.received", REQUESTED):
        await world.store.effects.begin(ref, effect, 1)
        await world.store.effects.finish(ref, effect, EffectState.DONE)
    step = next_step(await world.store.orders.view(ref), LATE_ABILITIES)
    assert isinstance(step, Act)
    return ref, step


async def _act(world: World, ref: OrderRef, step: Act) -> ActResult:
    arg = ActInput(
        ref=ref,
        action=step.action,
        effect=step.effect,
        order_version=1,
        abilities=world.channel.abilities,
    )
    result: ActResult = await ActivityEnvironment().run(
        Acting(world.platform).act_at_marketplace, arg
    )
    return result


async def test_the_call_leaves_with_the_file(world: World) -> None:
    ref, step = await _rejection(world, "1")
    result = await _act(world, ref, step)
    assert result.effect and result.effect.state is EffectState.DONE
    (sent,) = world.channel.performed
    assert isinstance(sent, AnswerReturn) and sent.evidence == PHOTO
    assert "/9j/" not in result.view.model_dump_json()


async def test_a_file_that_is_not_kept_any_more_is_asked_for_again(world: World) -> None:
    ref, step = await _rejection(world, "2")
    assert isinstance(step.action, AnswerReturn)
    erased = step.action.model_copy(update={"evidence_command": "erased"})
    result = await _act(world, ref, Act(erased, step.effect))
    assert result.effect and result.effect.state is EffectState.REFUSED
    assert "not kept any more" in result.effect.answer
    assert world.channel.performed == []
