from datetime import timedelta

import pytest
from pydantic import ValidationError

from sluice.settings import settings
from tests.conftest import Change


def test_settings_are_the_environment_typed() -> None:
    found = settings()

    assert (found.table, found.media_bucket, found.output_bucket) == ("tasks", "media", "outputs")
    assert found.retention == timedelta(days=7)


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings()
    monkeypatch.setenv("SLUICE_TABLE", "other")

    assert settings() is first


def test_a_malformed_setting_is_said_by_name(change_settings: Change) -> None:
    change_settings(retention_days="a week")

    with pytest.raises(ValidationError, match="retention_days"):
        settings()


def test_a_missing_setting_is_said_by_name(change_settings: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLUICE_TABLE")

    with pytest.raises(ValidationError, match="table"):
        settings()
