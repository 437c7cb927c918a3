"""What a decoder says of a value that a person typed, in a person's words."""

import re

_RULES = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Expected `\w+` of length >= (\d+)", "at least {} characters are needed"),
        (r"Expected `\w+` of length <= (\d+)", "more than {} characters"),
        (r"Expected `\w+` >= (\S+?)(\.0)?$", "it has to be {} or more"),
        (r"Expected `\w+` <= (\S+?)(\.0)?$", "it has to be {} or less"),
        (r"Expected `\w+` > (\S+?)(\.0)?$", "it has to be more than {}"),
        (r"Expected `int\b", "a whole number is needed"),
        (r"Expected `float\b", "a number is needed"),
        (r"Expected `bool\b", "1 or 0 is needed"),
    )
)


def plain(complaint: str) -> str:
    """The complaint of a decoder without its types; as it was where nothing plainer is known."""
    for pattern, words in _RULES:
        if found := pattern.match(complaint):
            return words.format(*found.groups())
    return complaint
