# shellcheck shell=bash disable=SC2154
# One line on a terminal, updated; elsewhere a line every 20 seconds.

# progress TEXT FOLDER TOTAL PID: until the process ends, shows how long it runs and how many objects it has made.
progress() {
    local text=$1 folder=$2 total=$3 pid=$4 begin=$SECONDS interval=20 count line
    [ ! -t 2 ] || interval=1
    local next=$((SECONDS + interval))
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.5
        [ "$SECONDS" -ge "$next" ] || continue
        next=$((SECONDS + interval))
        count=$(find "$folder" -name '*.o' 2>/dev/null | wc -l) || count=0
        [ "$count" -le "$total" ] || count=$total
        line="$text: $(clock $((SECONDS - begin))), $count of about $total objects compiled"
        if [ -t 2 ]; then printf '\r\033[K%s' "$line" >&2; else printf '%s\n' "$line" >&2; fi
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }
