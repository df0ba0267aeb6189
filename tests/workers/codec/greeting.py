"""A workflow that hears a name by a signal, and has an activity greet it."""

from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def greet(name: str) -> str:
    return f"Hello {name}"


@workflow.defn
class Greeting:
    def __init__(self) -> None:
        self._names: list[str] = []

    @workflow.signal
    def named(self, name: str) -> None:
        self._names.append(name)

    @workflow.run
    async def run(self, queue: str) -> list[str]:
        await workflow.wait_condition(lambda: len(self._names) == 2)
        return [
            await workflow.execute_activity(
                greet, name, task_queue=queue, start_to_close_timeout=timedelta(seconds=10)
            )
            for name in self._names
        ]
