"""The class's hub with the university's own sign-in, by OAuth 2.

    samarkand hub --students roster.csv --config deploy/hub/oauth.py

Students sign in with their id on the roster, here the e-mail address; others are refused. The hub's client id
and secret, issued by those who run the sign-in, are read from environment variables.
"""

import os

load_subconfig("jupyterhub_config.py")  # noqa: F821

c = get_config()  # noqa: F821
c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.client_id = os.environ.get("OAUTH_CLIENT_ID", "")
c.GenericOAuthenticator.client_secret = os.environ.get("OAUTH_CLIENT_SECRET", "")
c.GenericOAuthenticator.oauth_callback_url = "https://hub.example.edu/hub/oauth_callback"
c.GenericOAuthenticator.authorize_url = "https://login.example.edu/oauth2/authorize"
c.GenericOAuthenticator.token_url = "https://login.example.edu/oauth2/token"
c.GenericOAuthenticator.userdata_url = "https://login.example.edu/oauth2/userinfo"
c.GenericOAuthenticator.scope = ["openid", "email"]
c.GenericOAuthenticator.username_claim = "email"
