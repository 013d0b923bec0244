# shellcheck shell=bash disable=SC2034
# What every script of the toolchain shares: places, messages, the lock. Sourced; expects $here, the toolchain folder.

target=x86_64-hermit
cache=${HERMIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hermitage}
unfinished=$cache/work

note() { printf 'toolchain: %s\n' "$*" >&2; }

# die MESSAGE [REMEDY...]: ends with a message that says what failed and, on further lines, what to do.
die() {
    printf 'toolchain: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/    /' >&2
    exit 1
}

# The compiler variables of the caller are meant for other programs; autoconf and make would take them.
clean_environment() {
    unset CC CXX CPP CXXCPP FC F77 LD AS AR NM RANLIB STRIP OBJCOPY CFLAGS CXXFLAGS CPPFLAGS FFLAGS FCFLAGS LDFLAGS LIBS \
        MAKEFLAGS MFLAGS MAKELEVEL GNUMAKEFLAGS CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH OBJC_INCLUDE_PATH LIBRARY_PATH \
        LD_LIBRARY_PATH LD_RUN_PATH LD_PRELOAD GCC_EXEC_PREFIX COMPILER_PATH CONFIG_SITE CDPATH TARGET DESTDIR
    # No manuals. Configure scripts put a program that is missing back in; a definition for make wins.
    export LC_ALL=C MAKEFLAGS='MAKEINFO=true'
}

# hash: the SHA-256 of standard input, as far as a key needs it.
hash() { sha256sum | cut -c1-16; }

# lock NAME: one process at a time, across checkouts. The lock ends with the last process that inherited it.
lock() {
    local fd
    mkdir -p "$cache" || die "cannot make the cache folder $cache" "Set HERMIT_CACHE to a folder that can be written."
    exec {fd}>"$cache/$1.lock"
    if ! flock -n "$fd"; then
        note "another build uses $cache; waiting for it"
        flock "$fd"
    fi
}

# need_space GIGABYTES: ends unless the cache's file system has that much free.
need_space() {
    local free
    free=$(df -Pk "$cache" | awk 'NR == 2 { print int($4 / 1048576) }')
    [ "$free" -ge "$1" ] || die "the disk of $cache has $free GB free, this step needs $1 GB" \
        "Free some space, or set HERMIT_CACHE to a folder on another disk."
}
