"""`onsite rotate`: new keys for access tokens."""

import rich_click as click

from service.running.loading import loaded_commands


@click.command()
@click.option("--withdraw", is_flag=True, help="A key or a copy of the database is in wrong hands: refuse its tokens.")
def rotate(*, withdraw: bool) -> None:
    """Sign access tokens with new keys from now on, one for each organisation. Also while Onsite serves.

    The old keys verify until their last tokens are over, so nobody notices. With --withdraw they are forgotten within
    a minute, and every app refreshes its session or signs in again.

    \b
    Examples:
      onsite rotate
      onsite rotate --withdraw
      DATABASE_URL=postgresql://onsite_app@db.internal/onsite onsite rotate
    """
    with loaded_commands() as commands:
        commands.rotate(withdraw=withdraw)
