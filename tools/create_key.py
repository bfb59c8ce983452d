"""Create an API key in a deployed stack; its secrets are printed once.

    python -m tools.create_key --table TABLE --kms-key ARN --name admin --scope admin

Uses the AWS credentials and region of the environment.
"""

from typing import Annotated

import typer

from sluice.access import make_key
from sluice.keys import Scope


def main(
    table: Annotated[str, typer.Option(help="The stack's output `Table`.")],
    kms_key: Annotated[str, typer.Option(help="The stack's output `SecretsKey`.")],
    name: Annotated[str, typer.Option(help="Who will use it.")],
    scope: Annotated[Scope, typer.Option(help="read < submit < admin.")] = Scope.SUBMIT,
    tenant: Annotated[str, typer.Option(help="Whose tasks it sees.")] = "default",
) -> None:
    made = make_key(name, scope, tenant=tenant, table=table, kms_key=kms_key)
    print(
        f"SLUICE_KEY_ID={made.key.id}\nSLUICE_KEY_SECRET={made.secret}\nSLUICE_KEY_SIGNING_SECRET={made.signing_secret}"
    )


if __name__ == "__main__":
    typer.run(main)
