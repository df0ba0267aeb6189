"""`python -m sandbox.aws.runtime MODULE.HANDLER`: what runs a handler, as Lambda's own client does.

It speaks the runtime API at AWS_LAMBDA_RUNTIME_API and ends when that is gone. `awslambdaric` does
the same and more, where it is installed.

Source: "Using the Lambda runtime API" of the AWS Lambda developer guide.
"""

import http.client
import importlib
import json
import os
import sys
import time
import traceback
from dataclasses import dataclass
from typing import Any

VERSION = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Context:
    """What a handler sees of its invocation."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int
    function_name: str = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is broken off."""
        return max(self.deadline_ms - int(time.time() * 1000), 0)


def main() -> None:
    """Handles invocations, one after the other."""
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        module, _, name = sys.argv[1].rpartition(".")
        handler = getattr(importlib.import_module(module), name)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        traceback.print_exc()
        _post(api, f"{VERSION}/init/error", _told(error))
        sys.exit(1)
    try:
        while True:
            _one(api, handler)
    except (OSError, http.client.HTTPException):
        sys.exit(0)  # nobody is there any more to work for


def _one(api: http.client.HTTPConnection, handler: Any) -> None:
    api.request("GET", f"{VERSION}/invocation/next")
    answer = api.getresponse()
    event = json.loads(answer.read())
    request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    context = Context(
        request_id,
        answer.headers["Lambda-Runtime-Invoked-Function-Arn"],
        int(answer.headers["Lambda-Runtime-Deadline-Ms"]),
    )
    try:
        said = handler(event, context)
    except Exception as error:  # noqa: BLE001 - a handler's fault ends its invocation alone
        traceback.print_exc()
        _post(api, f"{VERSION}/invocation/{request_id}/error", _told(error))
    else:
        _post(api, f"{VERSION}/invocation/{request_id}/response", said)


def _told(error: Exception) -> dict[str, str]:
    return {"errorMessage": str(error), "errorType": type(error).__name__}


def _post(api: http.client.HTTPConnection, path: str, value: Any) -> None:
    api.request("POST", path, body=json.dumps(value), headers={"Content-Type": "application/json"})
    api.getresponse().read()


if __name__ == "__main__":
    main()
