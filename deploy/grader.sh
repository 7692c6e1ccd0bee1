#!/bin/sh
# The command samarkand in a container, for machines where student code cannot be confined:
#   deploy/grader.sh grade ex03
# Takes podman or docker, whichever is there (CONTAINERS=docker names one), and makes the image where it is missing.
# What each option is for, and how to do without this script: deploy/grader.md.
set -eu

tool=${CONTAINERS:-$(command -v podman || command -v docker || true)}
if [ -z "$tool" ]; then
  echo "Neither podman nor docker is here: install one of them." >&2
  exit 1
fi
course=$(cd "$(dirname "$0")/.." && pwd)
secret=${SAMARKAND_SECRET:-$HOME/.config/samarkand/secret}
mkdir -p "$(dirname "$secret")"
secrets=$(cd "$(dirname "$secret")" && pwd)

# Named after what it is made of: new requirements make a new image, a change in the course does not.
image=samarkand-grader:$(cat "$course/deploy/Containerfile" "$course/requirements-grading.lock" | cksum | cut -d ' ' -f 1)
"$tool" image inspect "$image" >/dev/null 2>&1 ||
  "$tool" build --tag "$image" --file "$course/deploy/Containerfile" "$course" >&2

# What is written shall belong to whoever calls. Where no daemon of root's is at work, that is who is root inside.
case $tool in
*podman) rootless=$("$tool" info --format '{{.Host.Security.Rootless}}') ;;
*) rootless=$("$tool" info --format '{{.SecurityOptions}}') ;;
esac
case $rootless in
*true* | *rootless*) user=0:0 ;;
*) user=$(id -u):$(id -g) ;;
esac
case $user in
0:*) rights=--cap-add=SYS_ADMIN ;; # root mounts what student code may read, and then gives root up
*) rights=--cap-drop=ALL ;;
esac
case $tool in
*podman) calls= ;; # what podman forbids is not needed
*) calls=--security-opt=seccomp=unconfined ;;
esac

# shellcheck disable=SC2086 # no word at all where $calls is empty
exec "$tool" run --rm --network=none --user="$user" "$rights" $calls \
  --security-opt=systempaths=unconfined --security-opt=apparmor=unconfined --security-opt=label=disable \
  --volume="$course:/course" --volume="$secrets:/secret" --env=SAMARKAND_SECRET="/secret/$(basename "$secret")" \
  "$image" "$@"
