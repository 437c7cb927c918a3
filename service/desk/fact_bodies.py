"""Bodies of operations that record one fact: the fact's own fields, with those of an envelope beside them."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, defstruct


def body_type(operation_id: str, kind: type[Struct], envelope: Sequence[Any]) -> type[Struct]:
    """The type of the body, named after the operation; `envelope` are fields as `defstruct` takes them."""
    return defstruct(
        "".join(word.title() for word in operation_id.split("_")),
        envelope,
        bases=(kind,),
        module=__name__,
        namespace={"__doc__": kind.__doc__},
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )


def fact_of(kind: type[Struct], body: Any) -> Struct:  # noqa: ANN401 (a type that `body_type` made)
    """The fact's own fields out of the body."""
    return kind(**{name: getattr(body, name) for name in kind.__struct_fields__})
