#!/usr/bin/env bash
# The screens of a visit in three languages look as they were kept. KEEP=1 keeps new ones (look at
# them first). Other versions of the text renderer draw letters a little differently: skipped there.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
[ "$(pkg-config --modversion pango)" = 1.50.12 ] || {
    echo "another Pango than the pictures were made with: skipped"
    exit 77
}
prepare
wrong=0
for lang in vi en ar; do
    mkdir "$work/shots"
    sed "s|@SHOTS@|$work/shots|" "$here/visit.script" >"$work/visit.script"
    handheld --lang $lang --clock 2026-11-05T09:30:00 --script "$work/visit.script"
    mkdir -p "$here/pictures/$lang"
    for got in "$work"/shots/*.png; do
        kept=$here/pictures/$lang/$(basename "$got")
        skip=()
        case $got in *29-receipt.png) skip=(0 800) ;; esac # the code is signed anew each time
        if [ -n "${KEEP:-}" ]; then
            cp "$got" "$kept"
        elif [ ! -f "$kept" ] || ! "$build/compare_pictures" "$got" "$kept" "${skip[@]}"; then
            cp "$got" "${kept%.png}.got.png"
            wrong=$((wrong + 1))
        fi
    done
    rm -rf "$work/shots" "$work/handheld" "$work/hub"
    stop_hub
    port=
    [ $lang = ar ] || prepare
done
[ $wrong = 0 ] || fail "$wrong pictures differ; see tests/visit/pictures/*/*.got.png"
echo "the pictures are as kept"
