"""What the product says to people, in both languages at once."""

from collections.abc import Mapping

from msgspec import Struct


class Sentence(Struct, frozen=True):
    """The same in both languages."""

    zh: str
    en: str


def filled(template: Sentence, parameters: Mapping[str, "Sentence | str"]) -> Sentence:
    """The sentence with its `{names}` filled, by words of its own language where there are such."""
    zh = {name: value.zh if isinstance(value, Sentence) else value for name, value in parameters.items()}
    en = {name: value.en if isinstance(value, Sentence) else value for name, value in parameters.items()}
    return Sentence(template.zh.format_map(zh), template.en.format_map(en))


def joined(*sentences: Sentence) -> Sentence:
    """One after the other."""
    return Sentence("".join(each.zh for each in sentences), " ".join(each.en for each in sentences))
