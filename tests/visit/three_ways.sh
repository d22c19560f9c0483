#!/usr/bin/env bash
# A whole visit three times: by touch alone (every letter on the on-screen keyboard), by keys alone
# (letters from a keyboard, no drawing), and with the largest text in the colours for glare, checked
# on every screen. All arrive whole; pictures of the last two are compared as in pictures.sh.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
some="01-home 02-door 04-door-filled 05-consent 08-who-scanned 10-guide 14-procedure-one 16-form-choice
      18-form-repeat 19-form-photo 22-outcome 24-rating-face 25-rating-reason 28-review 31-outbox 37-settings"
wrong=0

# The pictures kept of a way; other versions of the text renderer draw a little differently.
compare() {
    local way=$1 name kept got
    [ "$(pkg-config --modversion pango)" = 1.50.12 ] || return 0
    mkdir -p "$here/pictures/$way"
    for name in $some; do
        kept=$here/pictures/$way/$name.png got=$work/shots/$name.png
        if [ -n "${KEEP:-}" ]; then
            cp "$got" "$kept"
        elif [ ! -f "$kept" ] || ! "$build/compare_pictures" "$got" "$kept"; then
            cp "$got" "${kept%.png}.got.png"
            wrong=$((wrong + 1))
        fi
    done
}

arrived() {
    [ "$(hub status | awk '/^records\t/ {print $2}')" = 3 ] || fail "the hub has not three records"
    hub export submissions --format zip-folder --full --reason "the test of a visit" \
        --out "$work/out" >/dev/null
    python3 "$here/check_arrived.py" "$work/out" "$work/handheld" "$work/shots" "$@"
}

begin() {
    prepare
    mkdir "$work/shots"
    sed "s|@SHOTS@|$work/shots|" "$here/visit.script" >"$work/visit.script"
}

end() {
    [ -z "${SHOTS:-}" ] || cp -r "$work/shots" "$SHOTS/$1"
    rm -rf "$work/shots" "$work/handheld" "$work/hub" "$work/out"
    stop_hub
    port=
    echo "$1: done"
}

by_touch() {
    python3 "$here/by_touch.py" "$work/visit.script" >"$work/touch.script"
    ! grep -Eq "^(type|key) " "$work/touch.script" || fail "not by touch alone"
    handheld --lang vi --clock 2026-11-05T09:30:00 --script "$work/touch.script"
    arrived
}

by_keys() {
    handheld --lang vi --clock 2026-11-05T09:30:00 --inspect "$work/socket" &
    handheld_pid=$!
    python3 "$here/by_keys.py" "$work/visit.script" "$work/socket" || fail "not by keys alone"
    wait "$handheld_pid" || fail "the handheld failed"
    handheld_pid=
    arrived unsigned
    compare keys
}

large() {
    printf '%s\n' "$pin" | ctl settings text_size=150 theme=sun
    sed -i 's/^shot .*/&\ncheck/' "$work/visit.script"
    handheld --lang vi --clock 2026-11-05T09:30:00 --script "$work/visit.script"
    arrived
    compare large
}

for way in ${WAYS:-touch keys large}; do
    begin
    case $way in
    touch) by_touch ;;
    keys) by_keys ;;
    large) large ;;
    esac
    end "$way"
done
[ $wrong = 0 ] || fail "$wrong pictures differ; see tests/visit/pictures/*/*.got.png"
echo "three ways through a visit"
