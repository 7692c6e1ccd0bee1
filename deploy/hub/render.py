"""Render what a cluster is given for values.yaml, hold it to Kubernetes' schemas, keep it as rendered.yaml.

    python deploy/hub/render.py             fetch the chart that values.yaml names
    python deploy/hub/render.py CHART       take it from a folder
    python deploy/hub/render.py --check     write nothing, and fail if rendered.yaml would change

It needs Helm, and the packages of requirements-cluster.lock. What Helm draws by lot at each run (passwords,
checksums), the chart's own program, and where its own images lie are left out: rendered.yaml has their names
alone.
"""

import argparse
import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
VALUES = HERE / "values.yaml"
RENDERED = HERE / "rendered.yaml"
#: The oldest and the newest Kubernetes whose schemas the objects have to fit; the chart asks for 1.32.
KUBERNETES = ("1.32.0", "1.37.0")
#: What values.yaml leaves to --set, since it belongs in no file.
GIVEN = ("hub.db.password=x", "hub.config.GenericOAuthenticator.client_id=x")
GIVEN += ("hub.config.GenericOAuthenticator.client_secret=x",)


def read_version() -> str:
    """Return the chart's version, which the first lines of values.yaml name."""
    found = re.search(r"--version (\S+)", VALUES.read_text(encoding="utf-8"))
    if not found:
        sys.exit("values.yaml does not say for which version of the chart it is.")
    return found[1]


def render_chart(chart: str | None) -> list[dict[str, Any]]:
    """Return the objects that Helm makes of the chart with our values, ordered by kind and name."""
    command = ["helm", "template", "samarkand", chart or "jupyterhub", "--namespace", "hub"]
    if chart is None:
        command += ["--repo", "https://hub.jupyter.org/helm-chart", "--version", read_version()]
    command += ["--kube-version", KUBERNETES[0], "--values", str(VALUES)]
    for one in GIVEN:
        command += ["--set", one]
    ran = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    if ran.returncode:
        sys.exit(ran.stderr)
    objects = [one for one in yaml.safe_load_all(ran.stdout) if one]
    return sorted(objects, key=lambda one: (one["kind"], one["metadata"]["name"]))


def validate_objects(objects: list[dict[str, Any]]) -> None:
    """End with a sentence if an object does not fit Kubernetes' schemas."""
    import kubernetes_validate

    for version in KUBERNETES:
        for one in objects:
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                sys.exit(f"{one['kind']} {one['metadata']['name']}, Kubernetes {version}: {error}")


def shorten_images(part: Any, ours: str) -> None:
    """Leave of each image that is the chart's its name alone, in an object or a part of one."""
    if isinstance(part, list):
        for inner in part:
            shorten_images(inner, ours)
    elif isinstance(part, dict):
        for inner in part.values():
            shorten_images(inner, ours)
        image = part.get("image")
        if isinstance(image, str) and not image.startswith(ours):
            part["image"] = image.rpartition("/")[2].partition(":")[0]


def leave_out_what_is_not_ours(one: dict[str, Any]) -> None:
    """Replace an object's data by their names; take out descriptions, and checksums of passwords."""
    one.pop("description", None)
    if one["kind"] in ("Secret", "ConfigMap"):
        for part in ("data", "stringData"):
            if part in one:
                one[part] = sorted(one[part])
    annotations = one.get("spec", {}).get("template", {}).get("metadata", {}).get("annotations", {})
    for name in list(annotations):
        if name.startswith("checksum/"):
            del annotations[name]


def write_text(objects: list[dict[str, Any]]) -> str:
    """Return the text of rendered.yaml; its first lines say of which values it was made."""
    digest = hashlib.sha256(VALUES.read_bytes()).hexdigest()
    head = f"# Made by render.py: chart {read_version()} with values.yaml, whose SHA-256 is\n# {digest}.\n"
    head += "# Not here: passwords and data of secrets, and the chart's program; of both only the names.\n"
    return head + yaml.safe_dump_all(objects, sort_keys=True, width=120)


def main() -> int:
    """Render, check and write; return 1 if the stored objects are not those that would be made."""
    options = argparse.ArgumentParser(description="Render values.yaml.")
    options.add_argument("chart", nargs="?", help="a folder with the chart; none: fetch it")
    options.add_argument("--check", action="store_true", help="write nothing")
    asked = options.parse_args()
    objects = render_chart(asked.chart)
    validate_objects(objects)
    ours = yaml.safe_load(VALUES.read_text(encoding="utf-8"))["singleuser"]["image"]["name"]
    for one in objects:
        leave_out_what_is_not_ours(one)
        shorten_images(one, ours)
    text = write_text(objects)
    if asked.check:
        same = RENDERED.is_file() and RENDERED.read_text(encoding="utf-8") == text
        print("rendered.yaml is what would be made." if same else "rendered.yaml is old: run render.py.")
        return 0 if same else 1
    RENDERED.write_text(text, encoding="utf-8")
    print(f"{RENDERED.name}: {len(objects)} objects that fit Kubernetes {' and '.join(KUBERNETES)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
