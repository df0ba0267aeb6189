"""The handler of the queue that S3 tells of new files: `bridge.aws.objects.handler`."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from bridge.aws.config import CONFIG_VARIABLE, IngressConfig
from bridge.aws.function import Context, Function
from bridge.aws.placed import PlacedReader


@cache
def _function() -> Function:
    config = IngressConfig.of_environment()
    return Function(config, PlacedReader(config))


def handler(event: Mapping[str, Any], context: Context) -> PartialItemFailureResponse:
    """Takes a batch of messages; answers with those that are to come again."""
    return _function()(event, context)


if CONFIG_VARIABLE in os.environ:
    _function()  # while Lambda gives a starting function a whole processor
