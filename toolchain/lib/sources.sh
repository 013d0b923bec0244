# shellcheck shell=bash disable=SC2154
# Brings the source tarballs of sources.txt: from a folder the user names, or from the distribution's source packages through
# an apt state of our own that never touches the system's. Every tarball is checked by its SHA-256.

source_folder=

# take_sources_from FOLDER: what the cache lacks comes from there instead of the distribution.
take_sources_from() {
    [ -d "$1" ] || die "'$1' is no folder to take sources from"
    source_folder=$(cd "$1" && pwd)
}

[ -z "${HERMIT_SOURCES:-}" ] || take_sources_from "$HERMIT_SOURCES"

# source_lines NAME: the accepted tarballs, as "version suite package file sha256".
source_lines() {
    awk -v name="$1" '$1 == name { print $2, $3, $4, $5, $6 }' "$here/sources.txt"
}

source_version() { source_lines "$1" | awk 'NR == 1 { print $1 }'; }

checksum() { sha256sum <"$1" | cut -d' ' -f1; }

accepted() { source_lines "$1" | awk -v sum="$2" '$5 == sum { found = 1 } END { exit !found }'; }

# reject NAME FILE: ends with what was expected and what the file has.
reject() {
    die "step sources: $2 has the wrong checksum" \
        "found     $(checksum "$2")" "$(source_lines "$1" | awk '{ print "expected  " $5 "  " $4 }')" \
        "Delete the file and try again; if it stays so, do not trust this copy."
}

# tarball NAME: prints the path of the checked tarball, bringing it first if it is not in the cache.
tarball() {
    local name=$1 file found
    [ -n "$(source_version "$name")" ] || die "sources.txt names no source '$name'"
    for file in $(source_lines "$name" | awk '{ print $4 }'); do
        found=$cache/sources/$file
        [ -f "$found" ] || continue
        accepted "$name" "$(checksum "$found")" || reject "$name" "$found"
        printf '%s\n' "$found"
        return
    done
    if [ -n "$source_folder" ]; then
        tarball_from_folder "$name"
        return
    fi
    mkdir -p "$cache/sources"
    tarball_from_distribution "$name"
}

tarball_from_folder() {
    local name=$1 file first=
    for file in $(source_lines "$name" | awk '{ print $4 }'); do
        file=$source_folder/$file
        [ -f "$file" ] || continue
        if accepted "$name" "$(checksum "$file")"; then
            printf '%s\n' "$file"
            return
        fi
        first=${first:-$file}
    done
    [ -z "$first" ] || reject "$name" "$first"
    die "step sources: $source_folder has no tarball of $name $(source_version "$name")" \
        "Any of these will do: $(source_lines "$name" | awk '{ printf "%s ", $4 }')"
}

# archive_entry: prints "URI keyring" of the distribution's main archive as the machine's own apt is configured (keyring may be
# "-"). Understands deb822 files and one-line lists.
archive_entry() {
    local etc=${HERMIT_APT_ETC:-/etc/apt} codename
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    {
        # One line per entry: URI, suite, components, keyring.
        cat "$etc/sources.list" "$etc"/sources.list.d/*.list 2>/dev/null | awk '
            $1 == "deb" {
                key = "-"
                line = $0
                if (match(line, /\[[^]]*\]/)) {
                    options = substr(line, RSTART + 1, RLENGTH - 2)
                    line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
                    if (match(options, /signed-by=[^ ]*/)) key = substr(options, RSTART + 10, RLENGTH - 10)
                }
                n = split(line, word, " ")
                components = ""
                for (i = 4; i <= n; ++i) components = components "," word[i]
                print word[2], word[3], components ",", key
            }'
        for file in "$etc"/sources.list.d/*.sources; do
            [ -f "$file" ] || continue
            awk '
                function flush(  u, s, i, j, nu, ns) {
                    nu = split(uris, u, " "); ns = split(suites, s, " ")
                    gsub(/[ \t]+/, ",", components)
                    if (types ~ /(^| )deb( |$)/ && enabled != "no")
                        for (i = 1; i <= nu; ++i) for (j = 1; j <= ns; ++j) print u[i], s[j], "," components ",", key
                    types = uris = suites = components = enabled = ""; key = "-"
                }
                BEGIN { key = "-" }
                /^#/ { next }
                /^[ \t]*$/ { flush(); next }
                { value = $0; sub(/^[^:]*:[ \t]*/, "", value) }
                tolower($1) == "types:" { types = value }
                tolower($1) == "uris:" { uris = value }
                tolower($1) == "suites:" { suites = value }
                tolower($1) == "components:" { components = value }
                tolower($1) == "enabled:" { enabled = value }
                tolower($1) == "signed-by:" && value ~ /^\// { key = value }
                END { flush() }' "$file"
        done
    } | awk -v codename="$codename" '
        $1 !~ /^(https?|mirror|file|copy)/ || $3 !~ /,main,/ { next }
        $2 == codename { print $1, $4; done = 1; exit }
        $2 ~ /^(oldstable|stable|testing|bookworm|trixie)$/ && other == "" { other = $1 " " $4 }
        END { if (!done && other != "") print other }'
}

# private_apt SUITE: makes the apt state for that suite; apt_get then uses it.
private_apt() {
    local suite=$1 entry uri key options=
    command -v apt-get >/dev/null || die "step sources: this machine has no apt-get" \
        "Pass a folder with the upstream tarballs: toolchain/build --sources FOLDER (names and checksums in toolchain/sources.txt)."
    entry=$(archive_entry)
    [ -n "$entry" ] || die "step sources: found no Debian archive in the machine's apt configuration" \
        "Pass a folder with the upstream tarballs: toolchain/build --sources FOLDER."
    read -r uri key <<<"$entry"
    [ "$key" != - ] || key=/usr/share/keyrings/debian-archive-keyring.gpg
    [ ! -r "$key" ] || options="[signed-by=$key] "
    apt=$unfinished/apt-$suite
    [ ! -f "$apt/updated" ] || return 0
    mkdir -p "$apt/lists/partial" "$apt/archives/partial"
    printf '%s\n' "deb $options$uri $suite main" "deb-src $options$uri $suite main" >"$apt/sources.list"
    apt_get update
    touch "$apt/updated"
}

# forget_apt: the package lists are large and soon old.
forget_apt() { rm -rf "$unfinished"/apt-*; }

apt_get() {
    (cd "$apt" && apt-get -q -y -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" \
        -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any -o Acquire::Languages=none -o Acquire::Retries=2 \
        "$@") >>"$cache/log/sources.log" 2>&1 </dev/null ||
        { tail -n 5 "$cache/log/sources.log" >&2
          die "step sources: apt-get $1 failed (log: $cache/log/sources.log)" "Is there a network, and does 'apt-get update' work?" \
              "Without one: toolchain/build --sources FOLDER, with the tarballs named in toolchain/sources.txt."; }
}

tarball_from_distribution() {
    local name=$1 version suite package file sum new
    read -r version suite package file sum <<<"$(source_lines "$name")"
    note "bringing $name $version from the distribution ($suite)"
    mkdir -p "$cache/log"
    private_apt "$suite"
    new=$apt/$file
    case $package in
    src:*)
        apt_get source --download-only --only-source "${package#src:}" ;;
    *)
        apt_get download "$package"
        dpkg-deb --fsys-tarfile "$apt/$package"_*.deb | tar -x -C "$apt" --wildcards --transform 's,.*/,,' "*/$file" ;;
    esac
    [ -f "$new" ] || die "step sources: the package ${package#src:} of $suite no longer contains $file" \
        "Pass a folder with the upstream tarballs: toolchain/build --sources FOLDER."
    [ "$(checksum "$new")" = "$sum" ] || reject "$name" "$new"
    mv "$new" "$cache/sources/$file"
    printf '%s\n' "$cache/sources/$file"
}

# unpacked_folder NAME [PATH...]: where the cache has that source unpacked, or what is at these paths of it.
unpacked_folder() {
    local key
    key=$({ source_lines "$1"; [ $# -eq 1 ] || printf '%s\n' "${@:2}"; } | hash)
    printf '%s\n' "$cache/sources/$1-$(source_version "$1")-$key"
}

# unpack NAME FOLDER [TAR-ARGUMENTS]: the checked tarball's content, without its top folder.
unpack() {
    local archive
    archive=$(tarball "$1") || exit 1
    mkdir -p "$2"
    tar -xf "$archive" -C "$2" --strip-components=1 "${@:3}"
}
