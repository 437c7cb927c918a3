"""`onsite restored`: what an operator types after an older state was put back."""

import rich_click as click

from service.running.loading import loaded_commands


@click.command()
def restored() -> None:
    """Say that an older state of the database was put back, from a backup or a copy.

    Every phone and desk then starts anew at its next sync, and pushes again what the database has lost. Nothing is
    recorded twice, and nothing that waits on a phone is touched.

    Onsite sees most restores by itself: another cluster, another timeline, a dump. A copy of the data directory looks
    like the original, so say it. Run it once, before the server is started or while it serves; saying it for nothing
    costs each phone one whole pull.

    \b
    Examples:
      onsite restored
      DATABASE_URL=postgresql://onsite@db.internal/onsite onsite restored
    """
    with loaded_commands() as commands:
        commands.restored()
