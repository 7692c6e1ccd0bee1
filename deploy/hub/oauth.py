"""The class's hub with the university's own sign-in, by OAuth 2 or OpenID Connect.

    samarkand hub --students roster.csv --sign-in oauth

Who signs in is looked up on the roster, by the id that the sign-in says under STUDENT_ID_CLAIM; others are
refused. Settings are environment variables. Start it without them: it names each, and where it is found.
"""

from pathlib import Path

from samarkand_grading.classroom.hub import sign_in

settings = sign_in.read_settings("oauth")
# With its whole path: what is not found is passed over in silence, and with it the class and its boundary.
load_subconfig(str(Path(__file__).with_name("jupyterhub_config.py")))  # noqa: F821

c = get_config()  # noqa: F821
c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.username_claim = settings.student_id_claim
c.GenericOAuthenticator.client_id = settings.values["OAUTH_CLIENT_ID"]
c.GenericOAuthenticator.client_secret = settings.values["OAUTH_CLIENT_SECRET"]
c.GenericOAuthenticator.oauth_callback_url = f"{settings.values['HUB_ADDRESS']}/hub/oauth_callback"
c.GenericOAuthenticator.authorize_url = settings.values["OAUTH_AUTHORIZE_URL"]
c.GenericOAuthenticator.token_url = settings.values["OAUTH_TOKEN_URL"]
c.GenericOAuthenticator.userdata_url = settings.values["OAUTH_USERINFO_URL"]
c.GenericOAuthenticator.scope = ["openid", "email", "profile"]
