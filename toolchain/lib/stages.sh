# shellcheck shell=bash disable=SC2154,SC2034
# The stages, their keys, and how one is run. A stage is a file in stages/ with stage_run and stage_objects; it builds in
# $unfinished/NAME-KEY and ends as $cache/NAME-KEY, moved there in one step, so that what is there is complete.
#
# Everything is configured for the prefix $cache/prefix, a link that points at the tree of the running stage. The tools find
# their files relative to themselves, so a finished tree works from any place.

stage_names='binutils compiler newlib libraries'
prefix=$cache/prefix

# Programs built here link to the machine's libraries: another distribution has another key.
host_identity() {
    uname -m
    (. /etc/os-release && printf '%s %s\n' "${ID:-}" "${VERSION_ID:-}")
}

exported_symbols() { awk '/^[^#]/ && ($2 == "working" || $2 == "enosys") { print $1 }' "$here/symbols.txt"; }

digest() { (cd "$here" && find "$@" -type f | LC_ALL=C sort | xargs sha256sum); }

# Each key covers the stage's own inputs and the keys it builds on.
compute_keys() {
    binutils_key=$({ host_identity; source_version binutils; digest patches/binutils-2.44.patch stages/binutils.sh; } | hash)
    compiler_key=$({ echo "$binutils_key"; source_version gcc; digest patches/gcc-14.2.0.patch stages/compiler.sh; } | hash)
    newlib_key=$({ echo "$compiler_key"; source_version newlib
        digest patches/newlib-4.5.0.patch stages/newlib.sh from-rtems.txt include newlib; } | hash)
    libraries_key=$({ echo "$newlib_key"; exported_symbols | sort
        digest patches/gcc-14.2.0-libraries.patch stages/libraries.sh; } | hash)
    binutils_folder=$cache/binutils-$binutils_key
    compiler_folder=$cache/compiler-$compiler_key
    newlib_folder=$cache/newlib-$newlib_key
    libraries_folder=$cache/libraries-$libraries_key
    toolchain_folder=$cache/toolchain-$libraries_key
}

stage_folder() { local name=$1_folder; printf '%s\n' "${!name}"; }

# Helpers for the stages, which run with errexit in a shell of their own.

# once NAME COMMAND...: runs the command unless an earlier, interrupted run finished it.
once() {
    [ ! -f "$work/done-$1" ] || return 0
    "${@:2}"
    touch "$work/done-$1"
}

# unpack_source NAME PATCH... (and unpack_arguments for tar)
unpack_arguments=()
unpack_source() {
    rm -rf "$source"
    unpack "$1" "$source" "${unpack_arguments[@]}"
    local patch
    for patch in "${@:2}"; do
        # Patched files must not look newer than what was generated from them.
        patch -d "$source" -p1 --no-backup-if-mismatch --set-utc <"$here/patches/$patch"
    done
    find "$source" -newermt '2026-01-01' -type f -exec touch -d '2024-12-31 UTC' {} +
}

# unpack_gcc: both stages that build from GCC's source use one copy at one place, because the build tree that passes from the
# first to the second names it. The compiler does not depend on the libraries' patch.
unpack_gcc() {
    local id
    source=$unfinished/gcc-source
    # Tests and languages that are not built are most of GCC's files; kept are the tests' own library and the compiler's
    # self-tests, which its build runs.
    unpack_arguments=(--exclude='*/gcc/testsuite/[!ls]*' --exclude='*/libstdc++-v3/testsuite/[0-9e]*'
        --exclude='*/libgo' --exclude='*/libphobos' --exclude='*/libgm2')
    id=$({ source_version gcc; echo "${unpack_arguments[@]}"
        digest patches/gcc-14.2.0.patch patches/gcc-14.2.0-libraries.patch; } | hash)
    [ "$(cat "$source/.id" 2>/dev/null)" != "$id" ] || return 0
    unpack_source gcc gcc-14.2.0.patch gcc-14.2.0-libraries.patch
    echo "$id" >"$source/.id"
}

# start_from FOLDER...: the stage's tree begins as a copy (hard links) of these.
start_from() {
    local folder
    rm -rf "$out"
    mkdir -p "$out"
    for folder in "$@"; do
        cp -al "$folder/." "$out/"
    done
}

# in_folder FOLDER COMMAND...
in_folder() {
    rm -rf "$1"
    mkdir -p "$1"
    (cd "$1" && "${@:2}")
}

# finish TREE...: the stage's result is these folders of its work folder.
finish() {
    rm -rf "$work/result"
    mkdir "$work/result"
    mv "$@" "$work/result/"
}
