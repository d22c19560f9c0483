#!/usr/bin/env bash
# gocuactl shot walks every way of assets/shots.txt on an enrolled device: the screens at the ends of
# the ways look as they were kept, dark, lying, and in sun and large on a narrow window, in turn
# through the languages. KEEP=1 keeps new ones (look at them first).
. "$GOCUA_SOURCE/tests/visit/helper.bash"
[ "$(pkg-config --modversion pango)" = 1.50.12 ] || {
    echo "another Pango than the pictures were made with: skipped"
    exit 77
}
prepare
stop_hub
wrong=0 n=0
mkdir -p "$here/pictures/shots" "$work/shots"
langs=(vi en ar)
# the ends of all ways; each way between is walked by one of them
export GOCUA_STICKS= GOCUA_NEAR=
for screen in lock export drafts film_watch enrol scan visit procedure film_show stick near_give \
    near_receive; do
    look=(--theme dark --size 800x480)
    [ $((n % 2)) = 0 ] || look=(--theme sun --size 360x640 --text 130)
    got=$work/shots/$screen.png kept=$here/pictures/shots/$screen.png
    printf '%s\n' "$pin" | ctl shot --lang "${langs[n % 3]}" "${look[@]}" \
        --clock 2026-11-05T09:30:00 --camera fake:/nonexistent "$screen" "$got" || fail "$screen"
    n=$((n + 1))
    if [ -n "${KEEP:-}" ]; then
        cp "$got" "$kept"
    elif [ ! -f "$kept" ] || ! "$build/compare_pictures" "$got" "$kept"; then
        cp "$got" "${kept%.png}.got.png"
        wrong=$((wrong + 1))
    fi
done
printf '%s\n' "$pin" | ctl export visits >"$work/visits.csv"
[ "$(wc -l <"$work/visits.csv")" -le 1 ] || fail "a visit was left on the device"
[ $wrong = 0 ] || fail "$wrong pictures differ; see tests/visit/pictures/shots/*.got.png"
echo "every way leads to its screen"
