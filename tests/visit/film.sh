#!/usr/bin/env bash
# A recorded hand-held film in the viewfinder: the advice follows the picture, and the person's
# values arrive on the screen. KEEP=1 keeps the pictures.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
prepare
mkdir "$work/shots" "$work/film"
# The hand shakes for three seconds before it is still: time to see the advice.
for i in $(seq 10 39); do cp "$source_dir/tests/data/scan/film/$((i % 3)).jpg" "$work/film/$i.jpg"; done
for i in $(seq 40 99); do cp "$source_dir/tests/data/scan/film/$((i % 3 + 3)).jpg" "$work/film/$i.jpg"; done
sed -n "/^tap new-visit/,/07-who.png/p" "$here/visit.script" | grep -v "^shot " >"$work/film.script"
cat >>"$work/film.script" <<END
tap scan
wait for "Giữ yên" 20000
shot $work/shots/film-advice.png
wait for "Nguyễn Thị Thử Nghiệm" 30000
shot $work/shots/film-person.png
expect value name "Nguyễn Thị Thử Nghiệm"
END
"$build/gocua" --data "$work/handheld" --size 480x800 --lang vi --headless --pin-fd 3 \
    --camera "fake:$work/film" --script "$work/film.script" 3< <(echo "$pin")
for got in "$work"/shots/*.png; do
    [ -z "${KEEP:-}" ] || cp "$got" "$here/pictures/$(basename "$got")"
    [ -f "$here/pictures/$(basename "$got")" ] || fail "no picture of it is kept"
done
echo "the film filled the person"
