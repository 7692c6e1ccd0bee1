"""The class's hub, opened from a course in Moodle, Canvas or another learning platform, by LTI 1.3.

    samarkand hub --students roster.csv --sign-in lti

Register the hub on the platform as an external tool: its page for the start of a sign-in is
https://HUB/hub/lti13/oauth_login, its redirect address https://HUB/hub/lti13/oauth_callback, and
https://HUB/hub/lti13/config has both for platforms that read them. A link in the course opens a lesson if its
target is https://HUB/hub/user-redirect/lab/tree/lessons/03_the_sco.ipynb.

Who comes is looked up on the roster, by the id that the platform says under STUDENT_ID_CLAIM; others are
refused. Settings are environment variables. Start it without them: it names each, and where it is found.
"""

from pathlib import Path

from samarkand_grading.classroom.hub import sign_in

settings = sign_in.read_settings("lti")
# With its whole path: what is not found is passed over in silence, and with it the class and its boundary.
load_subconfig(str(Path(__file__).with_name("jupyterhub_config.py")))  # noqa: F821

c = get_config()  # noqa: F821
c.JupyterHub.authenticator_class = "ltiauthenticator.lti13.auth.LTI13Authenticator"
c.LTI13Authenticator.username_key = settings.student_id_claim
c.LTI13Authenticator.issuer = settings.values["LTI_ISSUER"]
c.LTI13Authenticator.client_id = {settings.values["LTI_CLIENT_ID"]}
c.LTI13Authenticator.authorize_url = settings.values["LTI_AUTHORIZE_URL"]
c.LTI13Authenticator.jwks_endpoint = settings.values["LTI_KEYS_URL"]
c.LTI13Authenticator.tool_name = "Samarkand 2022"
c.LTI13Authenticator.tool_description = "A course of notebooks on reading a summit with data"
# The platform's page sends the browser back by a form: browsers then leave out cookies that are not for that.
c.JupyterHub.tornado_settings = {"cookie_options": {"SameSite": "None", "Secure": True}}
