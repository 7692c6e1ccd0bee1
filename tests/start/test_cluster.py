"""What a cluster is given for deploy/hub/values.yaml, as deploy/hub/render.py had Helm render it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HUB = Path(__file__).resolve().parents[2] / "deploy" / "hub"
RENDERED = (HUB / "rendered.yaml").read_text(encoding="utf-8")
VALUES = yaml.safe_load((HUB / "values.yaml").read_text(encoding="utf-8"))
OBJECTS = {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(RENDERED)}
IMAGE = "{name}:{tag}".format(**VALUES["singleuser"]["image"])


def find_pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the specification of each pod, with the kind and name of what starts it."""
    for (kind, name), one in OBJECTS.items():
        template = one.get("spec", {}).get("template")
        if template:
            yield f"{kind} {name}", template["spec"]


def find_containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", ()), *pod["containers"]]


def test_what_is_stored_was_made_of_the_values_that_are_there() -> None:
    assert (
        hashlib.sha256((HUB / "values.yaml").read_bytes()).hexdigest() in RENDERED.partition("\nmetadata")[0]
    )


def test_each_pod_with_the_image_of_the_class_takes_it_by_its_digest_and_may_pull_it() -> None:
    (secret,) = VALUES["imagePullSecrets"]
    with_our_image = set()
    for name, pod in find_pods():
        for container in find_containers(pod):
            if "samarkand" in container["image"]:
                assert container["image"] == IMAGE and "@sha256:" in IMAGE
                assert {"name": secret} in pod["imagePullSecrets"]
                with_our_image.add(name)
    assert with_our_image == {"DaemonSet continuous-image-puller", "DaemonSet hook-image-puller"}


def test_the_hub_sees_the_roster_and_keeps_nothing_on_a_disk_of_its_own() -> None:
    hub = OBJECTS["Deployment", "hub"]["spec"]["template"]["spec"]
    (mount,) = VALUES["hub"]["extraVolumeMounts"]
    assert mount in hub["containers"][0]["volumeMounts"]
    assert VALUES["hub"]["extraVolumes"][0] in hub["volumes"]
    assert not [name for kind, name in OBJECTS if kind == "PersistentVolumeClaim"]
    assert OBJECTS["Secret", "hub"]["data"].count("hub.db.password") == 1


def test_thirty_places_of_a_students_size_are_kept_free() -> None:
    places = OBJECTS["StatefulSet", "user-placeholder"]["spec"]
    assert places["replicas"] == 30
    asked = places["template"]["spec"]["containers"][0]["resources"]["requests"]
    student = VALUES["singleuser"]
    assert asked == {"cpu": student["cpu"]["guarantee"], "memory": student["memory"]["guarantee"]}


def test_a_students_server_reaches_the_hub_and_names_and_nothing_else() -> None:
    policy = OBJECTS["NetworkPolicy", "singleuser"]["spec"]
    assert policy["podSelector"]["matchLabels"]["component"] == "singleuser-server"
    assert {"Egress", "Ingress"} <= set(policy["policyTypes"])
    reached = set()
    for rule in policy["egress"]:
        for port in rule["ports"]:
            for to in rule["to"]:
                component = to.get("podSelector", {}).get("matchLabels", {}).get("component")
                reached.add((component or "a server of names", port["port"]))
    assert reached == {
        *(("hub", 8081), ("proxy", 8000), ("autohttps", 8080), ("autohttps", 8443)),
        ("a server of names", 53),
    }


def test_the_file_has_no_password_and_none_of_the_charts_code() -> None:
    for (kind, name), one in OBJECTS.items():
        if kind in ("Secret", "ConfigMap"):
            assert all(isinstance(key, str) and "\n" not in key for key in one["data"]), name
    assert "def " not in RENDERED
