import pytest

from service.database import sqlalchemy_url
from service.settings import VARIABLES, Settings, SettingsError, read_settings


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_an_empty_variable_counts_as_absent() -> None:
    assert read_settings({"DATABASE_URL": "", "ONSITE_PORT": ""}) == Settings()


def test_numbers_are_read_from_text() -> None:
    assert read_settings({"ONSITE_PORT": "9000", "ONSITE_LOCK_SECONDS": "0.5"}) == Settings(port=9000, lock_seconds=0.5)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ONSITE_PORT", "eighty"),
        ("ONSITE_PORT", "0"),
        ("ONSITE_PORT", "65536"),
        ("ONSITE_WORKERS", "-1"),
        ("ONSITE_WORKERS", "1.5"),
        ("ONSITE_LANGUAGE", "fr"),
        ("ONSITE_STATEMENT_SECONDS", "nan"),
        ("ONSITE_STATEMENT_SECONDS", "inf"),
        ("DATABASE_URL", "mysql://db/onsite"),
        ("DATABASE_URL", "not a url"),
        ("DATABASE_URL", "postgresql://db:port/onsite"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        read_settings({variable: value})


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("ONSITE_WORKERS", "many", "ONSITE_WORKERS: a whole number is needed."),
        ("ONSITE_PORT", "65536", "ONSITE_PORT: it has to be 65535 or less."),
        ("ONSITE_PORT", "0", "ONSITE_PORT: it has to be 1 or more."),
        ("ONSITE_LOCK_SECONDS", "0", "ONSITE_LOCK_SECONDS: it has to be more than 0."),
        ("ONSITE_LOCK_SECONDS", "600.5", "ONSITE_LOCK_SECONDS: it has to be 600 or less."),
        ("ONSITE_LOCK_SECONDS", "soon", "ONSITE_LOCK_SECONDS: a number is needed."),
        ("ONSITE_FAULTS", "maybe", "ONSITE_FAULTS: 1 or 0 is needed."),
        ("ONSITE_LANGUAGE", "fr", "ONSITE_LANGUAGE: not of the form zh or en."),
        ("ONSITE_ATTACHMENTS", "photos", "not of the form /a/folder/from/the/root or s3://bucket/prefix."),
        ("DATABASE_URL", "mysql://db", "not of the form postgresql://account:password@host:5432/database."),
    ],
)
def test_what_is_wrong_with_a_setting_is_told_to_people(variable: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({variable: value})

    assert told in str(caught.value)


def test_a_wrong_database_url_is_not_repeated_with_its_password() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"DATABASE_URL": "mysql://onsite:secret@db/onsite"})

    assert "secret" not in str(caught.value)


def test_variables_of_others_are_left_alone() -> None:
    assert read_settings({"PATH": "/bin", "PORT": "1"}) == Settings()


def test_every_setting_has_a_variable_and_every_variable_a_setting() -> None:
    assert set(VARIABLES) == set(Settings.__struct_fields__)


def test_clients_are_pointed_to_the_public_url_when_there_is_one() -> None:
    assert Settings().base_url == "http://127.0.0.1:8000"
    assert Settings(public_url="https://onsite.example/").base_url == "https://onsite.example"


def test_a_url_may_ask_for_encryption_in_the_words_of_libpq() -> None:
    url = sqlalchemy_url("postgres://onsite@db/onsite?sslmode=require")

    assert url.render_as_string() == "postgresql+asyncpg://onsite@db/onsite?ssl=require"
