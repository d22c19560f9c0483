#!/usr/bin/env bash
# A hub with a certificate of its own: the device believes its key and no other. A key that was
# announced is taken without a word; one that was not is refused in plain words, nothing is lost,
# and the signed key code of the hub brings the device back.
set -euo pipefail
hub=$GOCUA_BUILD/gocua-hub
ctl=$GOCUA_BUILD/gocuactl
[ -x "$hub" ] && [ -x "$ctl" ] || exit 77
command -v openssl >/dev/null || exit 77
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
export GOCUA_HUB_DATA=$work/hub
pin=135790

# identity NAME: a key and a certificate that it signs itself.
identity() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
}

port=0
# serve NAME NEXT: the hub with that identity, announcing the next one's key.
serve() {
    if [ -n "$server" ]; then
        kill "$server"
        wait "$server" 2>/dev/null || true
    fi
    "$hub" serve --listen "127.0.0.1:$port" --tls-cert "$work/$1.pem" --tls-key "$work/$1.key" \
        ${2:+--tls-next "$work/$2.key"} >"$work/log" 2>&1 &
    server=$!
    for _ in $(seq 100); do
        grep -q listening "$work/log" && break
        kill -0 "$server" || { cat "$work/log" >&2; exit 1; }
        sleep 0.1
    done
    port=$(sed -n 's/.*listening on https:.*:\([0-9]*\)\/$/\1/p' "$work/log")
}

# sync LANGUAGE: a session; what it says is in $work/said.
sync() {
    printf '%s\n' "$pin" | "$ctl" sync --data "$work/device" --pin-stdin --lang "$1" --verbose \
        >"$work/said" 2>&1
}

# refused WORDS: a session that ends with this sentence.
refused() {
    if sync "$1"; then
        echo "a stranger was believed" >&2
        exit 1
    fi
    grep -qF "$2" "$work/said" || { cat "$work/said" >&2; exit 1; }
}

for name in first second third fourth; do
    identity $name
done
serve first second
code=$("$hub" device add one 2>/dev/null)
printf '%s\n%s\n' "$pin" "$code" | "$ctl" enrol --data "$work/device" --pin-stdin >"$work/said" 2>&1 ||
    { cat "$work/said" >&2; exit 1; }
sync en || { cat "$work/said" >&2; exit 1; } # nobody vouches for it but the code

serve second third # announced: the device learns of the third one on the way
sync en || { cat "$work/said" >&2; exit 1; }
serve third
sync en || { cat "$work/said" >&2; exit 1; }

serve fourth # announced to nobody
refused en "The server shows another key than the one your organisation gave"
refused vi "Khóa của máy chủ khác với khóa mà tổ chức đã cấp"
key_code=$("$hub" admin pins)
other=$work/other
GOCUA_HUB_DATA=$other "$hub" admin organisation Other >/dev/null
if printf '%s\n%s\n' "$pin" "${key_code%?????}AAAAA" |
    "$ctl" enrol --data "$work/device" --pin-stdin >"$work/said" 2>&1; then
    echo "a changed key code was taken" >&2
    exit 1
fi
refused en "The server shows another key"
printf '%s\n%s\n' "$pin" "$key_code" | "$ctl" enrol --data "$work/device" --pin-stdin \
    >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
sync vi || { cat "$work/said" >&2; exit 1; }
echo "keys come and go, strangers stay out"
