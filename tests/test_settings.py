"""Wrong settings are refused before anything is done, all at once."""

import pytest

from contactsgroups.settings import InvalidSettings, from_mapping


@pytest.mark.parametrize("name", ["session_lifetime", "session_idle_time"])
@pytest.mark.parametrize("value", ["599", "2592001", "-1", "soon"])
def test_sessions_last_between_ten_minutes_and_a_month(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=name):
        from_mapping({name: value})


@pytest.mark.parametrize("name", ["secret_key", "former_secret_key"])
def test_a_secret_key_is_long_and_never_in_a_message(name: str) -> None:
    with pytest.raises(InvalidSettings, match=f"{name}: shorter than 32") as caught:
        from_mapping({name: "too short to be secret"})
    assert "too short to be" not in str(caught.value)
    settings = from_mapping({name: "k" * 32})
    assert "kkk" not in repr(settings)


def test_without_a_former_secret_key_there_is_no_key_of_it() -> None:
    settings = from_mapping({"secret_key": "k" * 32})
    assert settings.former_token_secret == settings.former_session_key == ""
    renewed = from_mapping({"secret_key": "n" * 32, "former_secret_key": "k" * 32})
    assert renewed.former_token_secret == settings.read_token_secret()
    assert renewed.former_session_key == settings.read_session_key()
