"""The settings by which a university's own sign-in says who comes to a hub: OAuth 2 or LTI 1.3."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from samarkand.common.errors import CourseError

#: For each way to sign in, the environment variables that it needs, each with where its value is found.
NEEDED = {
    "oauth": {
        "HUB_ADDRESS": "the hub's address, as students type it: https://hub.example.edu",
        "STUDENT_ID_CLAIM": "what the sign-in calls the id that is on your roster: email, preferred_username",
        "OAUTH_CLIENT_ID": "given by those who run the sign-in",
        "OAUTH_CLIENT_SECRET": "given by those who run the sign-in",
        "OAUTH_AUTHORIZE_URL": "the sign-in's page, by its own documentation",
        "OAUTH_TOKEN_URL": "where the sign-in gives tokens, by its own documentation",
        "OAUTH_USERINFO_URL": "where the sign-in says who somebody is, by its own documentation",
    },
    "lti": {
        "STUDENT_ID_CLAIM": "what the platform calls the id that is on your roster: email, custom_number",
        "LTI_ISSUER": "the platform's own name, an address; Moodle: Platform ID",
        "LTI_CLIENT_ID": "given by the platform when the tool is registered",
        "LTI_AUTHORIZE_URL": "Moodle: Authentication request URL",
        "LTI_KEYS_URL": "Moodle: Public keyset URL",
    },
}


class SettingsMissing(CourseError):
    """Environment variables of a sign-in are not set.

    Attributes
    ----------
    names : tuple of str
        The variables.
    """

    def __init__(self, way: str, names: tuple[str, ...]) -> None:
        self.names = names
        lines = [f"  {name}: {NEEDED[way][name]}" for name in names]
        text = "\n".join(["The sign-in cannot work yet. Set these variables:", *lines])
        super().__init__(text, code="settings missing")


@dataclass(frozen=True)
class SignIn:
    """The settings of a way to sign in.

    Attributes
    ----------
    values : mapping of str to str
        The value of each variable, by its name.
    """

    values: Mapping[str, str]

    @property
    def student_id_claim(self) -> str:
        """What the sign-in calls the id that is on the roster."""
        return self.values["STUDENT_ID_CLAIM"]


def read_settings(way: str, environment: Mapping[str, str] = os.environ) -> SignIn:
    """Return the settings of a way to sign in.

    Parameters
    ----------
    way : {"oauth", "lti"}
    environment : mapping, optional
        Where they are.

    Raises
    ------
    SettingsMissing
        If variables are not set or empty; it names all of them.
    """
    values = {name: environment.get(name, "").strip() for name in NEEDED[way]}
    missing = tuple(name for name, value in values.items() if not value)
    if missing:
        raise SettingsMissing(way, missing)
    return SignIn(values)
