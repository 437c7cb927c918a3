"""What the page says, in Chinese and English."""

from pathlib import Path

import msgspec

WORDS = msgspec.json.decode(Path(__file__).with_name("words.json").read_bytes(), type=dict[str, dict[str, str]])


def said(language: str, name: str, /, **values: object) -> str:
    """One text of `words.json`, its places filled."""
    return WORDS[name][language].format_map({key: str(value) for key, value in values.items()})
