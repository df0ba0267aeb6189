"""From a body to a wire model, or to the error that names what does not fit."""

from typing import TypeVar

from pydantic import ValidationError

from channels import jsontext
from channels.wiretypes import WireModel, contract_error, problems_of

Model = TypeVar("Model", bound=WireModel)


def read_as(model: type[Model], body: bytes, channel: str, account: str, operation: str) -> Model:
    """Reads a JSON body by its model.

    Raises:
        ContractError: Naming each field that does not fit, never its value.
    """
    try:
        return model.model_validate(jsontext.parse(body))
    except jsontext.NotJsonError as e:
        problems = [("", str(e))]
    except ValidationError as e:
        problems = problems_of(e)
    raise contract_error(channel, account, operation, problems)
