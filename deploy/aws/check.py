"""`make check-aws`: the template translated as SAM does, and both forms linted.

cfn-lint alone lets pass what only shows once it is translated: a visibility below the timeout, a
wrong response type, a circle.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cfnlint.decode import cfn_yaml  # type: ignore[import-not-found]
from samtranslator.translator.transform import transform  # type: ignore[import-not-found]

TEMPLATE = Path(__file__).with_name("template.yaml")
VALUES = {
    "Accounts": '[{"account": "riyadh", "owner": "A2KSATESTSELLR"}]',
    "BusSecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:bus-AbCdEf",
    "DocumentsBucket": "souk-documents-of-example",
    "ClaimsBucket": "souk-claims-of-example",
}


class _Policies:
    """The translator asks for managed policies; the template names none."""

    def load(self) -> dict[str, str]:
        return {}


def main() -> None:
    """Exits with 1 where something is found."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    template, problems = cfn_yaml.load(str(TEMPLATE)), []
    # What is deployed is in S3; the translator takes nothing else.
    template["Globals"]["Function"]["CodeUri"] = {"Bucket": "code", "Key": "lambda.zip"}
    translated = transform(template, VALUES, _Policies())
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(translated, file, default=str)
        file.flush()
        for path in (str(TEMPLATE), file.name):
            lint = Path(sys.executable).with_name("cfn-lint")
            words = [str(lint), "--regions", "eu-west-1", "--include-checks", "W", "--", path]
            if subprocess.run(words, check=False).returncode:  # noqa: S603 - of this environment
                problems.append(path)
    if problems:
        sys.exit(1)
    kinds = {resource["Type"] for resource in translated["Resources"].values()}
    print(  # noqa: T201 - what the target is for
        f"{TEMPLATE.name}: translated to {len(translated['Resources'])} resources"
        f" ({', '.join(sorted(kinds))}); both forms are clean."
    )


if __name__ == "__main__":
    main()
