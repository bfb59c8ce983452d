"""Create an API key in a deployed stack; its secret is printed once and kept nowhere.

    python -m tools.create_key --table TABLE --name admin --scope admin

Uses the AWS credentials and region of the environment.
"""

from typing import Annotated

import typer

from sluice.aws.keystore import KeyStore
from sluice.clock import now
from sluice.keys import Scope, new_key


def main(
    table: Annotated[str, typer.Option(help="The stack's output `Table`.")],
    name: Annotated[str, typer.Option(help="Who will use it.")],
    scope: Annotated[Scope, typer.Option(help="read < submit < admin.")] = Scope.SUBMIT,
    tenant: Annotated[str, typer.Option(help="Whose tasks it sees.")] = "default",
) -> None:
    key, secret = new_key(name, scope, tenant=tenant, at=now())
    KeyStore(table).put(key)
    print(f"SLUICE_KEY_ID={key.id}\nSLUICE_KEY_SECRET={secret}")


if __name__ == "__main__":
    typer.run(main)
