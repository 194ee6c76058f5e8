# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Sourced by examples/run, tests/run and .ci/run: from a bare Debian 12 to a build.
# Everything here speaks on stderr, so that stdout is the program's own.

troupe_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "-- $*" >&2; }

# fail REASON REMEDY
fail() {
  printf '%s\n' "failed: $1" "remedy: $2" >&2
  exit 1
}

# Known to cmake too, so that builds inside tests keep to it.
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}

# The packages of the groups named, with the versions that will do: "name at-least below".
packages_of() {
  local groups=" $* " package at_least below group
  while read -r package at_least below group; do
    [[ $package == \#* || -z $package ]] && continue
    [[ $groups == *" $group "* ]] && printf '%s\n' "$package $at_least $below"
  done <"$troupe_root/.ci/packages"
  return 0
}

# version_fits INSTALLED AT_LEAST BELOW. Epochs do not count: 4:12.2 is 12.2.
version_fits() {
  local installed=${1#*:}
  dpkg --compare-versions "$installed" ge "$2" || return 1
  [[ $3 == - ]] || dpkg --compare-versions "$installed" lt "$3"
}

# The packages of the groups named that are missing or have a version that will not do.
missing_packages() {
  local package at_least below version
  local -A installed=()
  # shellcheck disable=SC2016 # the dollars are dpkg-query's
  while IFS=$'\t' read -r package version; do
    installed[$package]=$version
  done < <(packages_of "$@" | cut -d' ' -f1 |
    xargs dpkg-query -W -f '${Package}\t${db:Status-Status}\t${Version}\n' 2>/dev/null |
    awk -F'\t' '$2 == "installed" {print $1 "\t" $3}')
  while read -r package at_least below; do
    version=${installed[$package]:-}
    if [[ -z $version ]] || ! version_fits "$version" "$at_least" "$below"; then
      printf '%s\n' "$package"
    fi
  done < <(packages_of "$@")
}

# run_quietly COMMAND...: its output is shown only if it fails.
run_quietly() {
  local output
  if ! output=$("$@" </dev/null 2>&1); then
    printf '%s\n' "$output" | tail -n 30 >&2
    return 1
  fi
}

# need_packages GROUP...: installs what is missing. TROUPE_SKIP_PACKAGES=1 trusts the machine as it is.
need_packages() {
  [[ ${TROUPE_SKIP_PACKAGES:-} ]] && return 0
  if ! command -v dpkg-query >/dev/null; then
    fail "this is not Debian, so its packages cannot be checked" \
      "install these by other means, then set TROUPE_SKIP_PACKAGES=1: $(packages_of "$@" | tr '\n' ',')"
  fi
  local missing=()
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0

  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300)
  local remedy="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fail "packages are missing, and installing them takes root or sudo" "as root: $remedy"
    apt=(sudo "${apt[@]}")
  fi
  say "installing ${#missing[@]} missing Debian packages: ${missing[*]}"
  run_quietly "${apt[@]}" update || fail "apt-get update failed" "see above; then: $remedy"
  run_quietly "${apt[@]}" install --no-install-recommends "${missing[@]}" ||
    fail "apt-get install failed" "see above; then: $remedy"

  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || fail "too old or too new here: ${missing[*]} (see .ci/packages)" \
    "use Debian 12, or install fitting versions and set TROUPE_SKIP_PACKAGES=1"
}

# Configures only if it was never done or the presets have changed; ninja sees to the rest.
configure() {
  local preset=$1 dir="$troupe_root/build/$1"
  if [[ -f $dir/build.ninja && ! $troupe_root/CMakePresets.json -nt $dir/.configured ]]; then
    return 0
  fi
  say "configuring build/$preset"
  (cd "$troupe_root" && run_quietly cmake --preset "$preset" --log-level=NOTICE) ||
    fail "cmake does not accept the configuration" "see above; rm -r build/$preset starts afresh"
  touch "$dir/.configured"
}

# build PRESET [TARGET...]. One build at a time in a build directory: ninja does not see to that.
build() {
  local preset=$1 dir="$troupe_root/build/$1"
  shift
  mkdir -p "$dir"
  (
    flock 9
    configure "$preset" 9>&-
    if ninja -C "$dir" -n "$@" 9>&- | grep -q '^ninja: no work to do'; then
      exit 0
    fi
    say "building build/$preset"
    # On a terminal ninja shows how far it is, on one line; in a log that would be a line per file.
    [[ -t 2 ]] || set -- --quiet "$@"
    ninja -C "$dir" -j "$CMAKE_BUILD_PARALLEL_LEVEL" "$@" >&2 9>&- ||
      fail "the build failed" "see above; ninja -C build/$preset repeats it"
  ) 9>"$dir.lock"
}
