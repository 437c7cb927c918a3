"""How each generated client spells what the contract says: where its models lie, its fields, its types."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

REF = "#/components/schemas/"
ANYTHING = "anything"


class Field(Struct, frozen=True):
    """A field of a generated model; `default` is what a client sends, or fills in, when nothing was said."""

    type: str
    default: str | None


class Language(Struct, frozen=True):
    """One client. `words` spells scalar types; `list`, `map` and `optional` are patterns around another type."""

    profile: str
    models: str
    operations: str
    suffix: str
    fields: Callable[[str], Iterator[tuple[str, Field]]]
    words: dict[str, str]
    list: str
    map: str
    optional: str
    unknown_value: str

    def file_of(self, name: str) -> str:
        """The model's file name, without its ending."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() if self.suffix == ".dart" else name

    def spelt(self, schema: dict[str, Any]) -> str:
        """The type of a value of this schema that is there and is not null."""
        if "anyOf" in schema:
            return self.spelt(schema["anyOf"][0])
        if "$ref" in schema:
            return str(schema["$ref"]).removeprefix(REF)
        kind = next(kind for kind in _kinds(schema) if kind != "null")
        if kind == "array":
            return self.list.format(self._inner(schema["items"]))
        if kind == "object" and isinstance(values := schema.get("additionalProperties"), dict):
            return self.map.format(self._inner(values))
        return self.words[ANYTHING if kind == "object" else str(schema.get("format", kind))]

    def _inner(self, schema: dict[str, Any]) -> str:
        spelt = self.spelt(schema)
        return self.optional.format(spelt) if is_nullable(schema) else spelt


def is_nullable(schema: dict[str, Any]) -> bool:
    return "anyOf" in schema or "null" in _kinds(schema)


def _kinds(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type")
    return kind if isinstance(kind, list) else [str(kind)]


def _kotlin(source: str) -> Iterator[tuple[str, Field]]:
    for name, kind, default in re.findall(
        r'@Json\(name = "(\w+)"\)\n    val `?\w+`?: ([^=\n]+?)(?: = (.+?))?,?\n', source
    ):
        yield name, Field(kind, None if default in {"", "null"} else default)


def _swift(source: str) -> Iterator[tuple[str, Field]]:
    named = dict(re.findall(r'^        case (`?\w+`?)(?: = "(\w+)")?$', source, re.MULTILINE))
    for name, kind, default in re.findall(r"^    public var (`?\w+`?): ([^={\n]+?)(?: = (.+))?$", source, re.MULTILINE):
        yield named[name] or name.strip("`"), Field(kind, default or None)


def _dart(source: str) -> Iterator[tuple[str, Field]]:
    defaults = dict(re.findall(r"^      \.\.(\w+) = ([^;\n]+?);?$", source, re.MULTILINE))
    for name, kind, own in re.findall(r"wireName: r'(\w+)'\)\n  ([^\n]+) get (\w+);", source):
        yield name, Field(kind, defaults.get(own))


KOTLIN = Language(
    profile="kotlin",
    models="src/main/kotlin/onsite/client/models",
    operations="src/main/kotlin/onsite/client/apis",
    suffix=".kt",
    fields=_kotlin,
    words={
        "int64": "kotlin.Long",
        "double": "kotlin.Double",
        "boolean": "kotlin.Boolean",
        "string": "kotlin.String",
        "uuid": "java.util.UUID",
        "date-time": "java.time.OffsetDateTime",
        "date": "java.time.LocalDate",
        ANYTHING: "kotlin.Any",
    },
    list="kotlin.collections.List<{}>",
    map="kotlin.collections.Map<kotlin.String, {}>",
    optional="{}?",
    unknown_value='UNKNOWN_DEFAULT_OPEN_API("unknown_default_open_api")',
)
SWIFT = Language(
    profile="swift6",
    models="Sources/OnsiteClient/Models",
    operations="Sources/OnsiteClient/APIs",
    suffix=".swift",
    fields=_swift,
    words={
        "int64": "Int64",
        "double": "Double",
        "boolean": "Bool",
        "string": "String",
        "uuid": "UUID",
        "date-time": "Date",
        "date": "OpenAPIDateWithoutTime",
        ANYTHING: "JSONValue",
    },
    list="[{}]",
    map="[String: {}]",
    optional="{}?",
    unknown_value='case unknownDefaultOpenApi = "unknown_default_open_api"',
)
DART = Language(
    profile="dart-dio",
    models="lib/src/model",
    operations="lib/src/api",
    suffix=".dart",
    fields=_dart,
    words={
        "int64": "int",
        "double": "double",
        "boolean": "bool",
        "string": "String",
        "uuid": "String",
        "date-time": "DateTime",
        "date": "Date",
        ANYTHING: "JsonObject",
    },
    list="BuiltList<{}>",
    map="BuiltMap<String, {}>",
    optional="{}?",
    unknown_value="@BuiltValueEnumConst(wireName: r'unknown_default_open_api', fallback: true)",
)
LANGUAGES = (KOTLIN, SWIFT, DART)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
