# For the scripts of this folder: a hub and a handheld with data folders of their own on loopback,
# a window under Xvfb, and everything ended and removed at the end.
set -euo pipefail
source_dir=${GOCUA_SOURCE:?} build=${GOCUA_BUILD:?}
here=$source_dir/tests/visit
work=$(mktemp -d)
pin=246813
hub_pid= xvfb_pid= handheld_pid=
export GOCUA_LANG_DIR=$build/lang GOCUA_ASSETS=$source_dir/assets HOME=$work XDG_DATA_HOME=$work/xdg
export SDL_AUDIODRIVER=dummy PYTHONDONTWRITEBYTECODE=1

finish() {
    local status=$?
    for pid in $handheld_pid $hub_pid $xvfb_pid; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    pkill -9 -f "$work/" 2>/dev/null || true
    [ $status = 0 ] || tail -n 20 "$work"/*.log 2>/dev/null || true
    rm -rf "$work"
    exit $status
}
trap finish EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# A free port of loopback; the hub takes it a moment later.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

hub() {
    "$build/gocua-hub" "$@" --data "$work/hub"
}

start_hub() {
    port=${port:-$(free_port)}
    # not by hub(): a shell between would take the kill and leave the server running
    "$build/gocua-hub" serve --listen "127.0.0.1:$port" --data "$work/hub" >>"$work/hub.log" 2>&1 &
    hub_pid=$!
    local i
    for i in $(seq 200); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        kill -0 "$hub_pid" 2>/dev/null || fail "the hub ended"
        sleep 0.05
    done
    fail "the hub does not answer"
}

stop_hub() {
    kill "$hub_pid"
    wait "$hub_pid" 2>/dev/null || true
    hub_pid=
}

# Publishes what ships, enrols the handheld with a code as a person would and fetches the forms.
prepare() {
    local code
    hub publish-list "$source_dir"/assets/lists/*.csv >"$work/publish.log"
    hub publish "$source_dir"/assets/forms/*.xml >>"$work/publish.log"
    start_hub
    code=$(hub device add handheld --url "http://127.0.0.1:$port" 2>/dev/null)
    printf '%s\n%s\n' "$pin" "$code" | ctl enrol >"$work/enrol.log"
    printf '%s\n' "$pin" | ctl settings "volunteer_name=Trần Văn Ví Dụ" \
        "volunteer_team=Đoàn xã Mẫu" "team_phone=0900000000"
    printf '%s\n' "$pin" | ctl sync --fetch-only >>"$work/enrol.log"
}

ctl() {
    "$build/gocuactl" "$@" --data "$work/handheld" --pin-stdin
}

start_display() {
    command -v Xvfb >/dev/null || {
        echo "no Xvfb: skipped"
        exit 77
    }
    exec 4<><(:)
    Xvfb -displayfd 4 -screen 0 1280x1400x24 -nolisten tcp >/dev/null 2>&1 &
    xvfb_pid=$!
    read -r -t 20 display <&4 || fail "no display"
    export DISPLAY=:$display
    unset WAYLAND_DISPLAY
}

# handheld ARGS…: the program with its PIN; in a real window where a display was started.
handheld() {
    local place=()
    [ -n "${DISPLAY:-}" ] && [ -n "$xvfb_pid" ] || place=(--headless)
    "$build/gocua" --data "$work/handheld" --size 480x800 --camera "fake:$here/card.jpg" --pin-fd 3 \
        --log "$work/handheld.log" "${place[@]}" "$@" 3< <(printf '%s\n' "$pin")
}
