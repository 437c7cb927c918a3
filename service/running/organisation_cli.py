"""`onsite organisation`: what a person types to begin."""

from typing import Any

import rich_click as click

from service.running.loading import loaded_commands


@click.command()
@click.argument("code")
@click.argument("name")
@click.option("--outlet", nargs=2, required=True, metavar="CODE NAME", help="The first outlet.")
@click.option("--city", required=True, help="Where the outlet is.")
@click.option(
    "--position",
    nargs=2,
    type=float,
    required=True,
    metavar="LATITUDE LONGITUDE",
    help="Of the outlet, in degrees (WGS84): where distances are counted from.",
)
@click.option("--complaint-line", required=True, metavar="PHONE", help="Where customers complain.")
@click.option("--admin", required=True, metavar="LOGIN", help="Who may add everybody and everything else.")
@click.option("--area", type=click.Choice(["city", "county"]), default="city", show_default=True, help="For fees.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of prose.")
@click.option("--time-zone", default="Asia/Shanghai", show_default=True, help="Of the organisation and the outlet.")
def organisation(**given: Any) -> None:  # noqa: ANN401 (handed on by name, and read in one place)
    """Begin an organisation: CODE, which its people type at sign-in, and NAME. With an outlet and an administrator.

    The administrator's password, twelve characters or more, is asked for; without a terminal it is the first line
    of standard input. All is stored at once, or nothing.

    \b
    Example:
      onsite organisation xilan 杭州溪澜家电服务有限公司 --outlet HZ01 西湖服务站 --city 杭州 \\
        --position 30.27 120.15 --complaint-line 100-0000-0001 --admin admin
    """
    with loaded_commands() as commands:
        commands.organisation(given)
