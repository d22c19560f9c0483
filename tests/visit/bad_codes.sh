#!/usr/bin/env bash
# Codes that are no card, scanned in the window by scanner and by camera: each gets its sentence in
# the language set and the visit stays. A birthday that does not exist is a warning, not a wall.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
command -v qrencode >/dev/null || {
    echo "no qrencode: skipped"
    exit 77
}
prepare
huge=$(head -c 900 /dev/zero | tr '\0' 'x')
picture() { # NAME: standard input as a picture of a QR code
    mkdir -p "$work/$1"
    qrencode -8 -s 6 -o "$work/$1/code.png"
}
head -c 300 /dev/urandom | picture garbage
printf 'https://example.org/menu' | picture foreign
head -c 2900 /dev/zero | tr '\0' 'x' | picture huge
printf '001190000001||Nguyễn Thị Thử Nghiệm|31021990|Nữ|Số 5 Ngõ 12, Ba Đình, Hà Nội|05052021' |
    picture wrong_day

to_who() {
    cat <<'SCRIPT'
wait idle
tap new-visit
tap commune
type "ba dinh"
tap communes/0
tap address
type "Số 5 Ngõ 12"
tap next
tap consent.record
tap consent.giver.self
tap consent.channel.voice
tap next
expect screen who
SCRIPT
}

SHOT() { [ -z "${SHOTS:-}" ] || echo "shot $SHOTS/$1.png"; }
[ -z "${SHOTS:-}" ] || mkdir -p "$SHOTS"

{
    to_who
    while IFS=$'\t' read -r code sentence; do
        printf 'scan "%s"\nwait for "%s"\n' "$code" "$sentence"
        SHOT "scanned-${#code}"
        printf 'tap notice-ok\nexpect screen who\n'
    done <<LIST
hello	Mã này là nội dung khác
https://example.org/menu	Mã này là địa chỉ web
${huge}	Mã này là nội dung khác
001190000001||Nguyễn|01011990	Mã của thẻ bị thiếu một phần
LIST
    # what was typed stays, and the visit goes on
    printf 'tap name\ntype "Nguyễn Thị Thử Nghiệm"\n'
    printf 'scan "001190000001|012345678|Nguyễn Thị Thử Nghiệm|31021990|Nữ|Số 5 Ngõ 12, Hà Nội|05052021"\n'
    printf 'wait for "Không có ngày sinh này"\n'
    SHOT wrong-day
    printf 'tap next\nexpect screen topics\n'
    printf 'scan "hello"\nwait for "Màn hình này không cần quét mã."\n'
    SHOT no-code-needed
} >"$work/scanner.script"
handheld --lang vi --script "$work/scanner.script"

for seen in "huge|Mã này là nội dung khác" "garbage|Không đọc được mã này" "foreign|Mã này là địa chỉ web"; do
    {
        printf 'tap resume\ntap back\nexpect screen who\ntap scan\nwait for "%s" 20000\n' "${seen#*|}"
        SHOT "camera-${seen%%|*}"
        printf 'tap type\nexpect screen who\nexpect "Nguyễn Thị Thử Nghiệm"\ntap next\n'
    } >"$work/camera.script"
    handheld --lang vi --camera "fake:$work/${seen%%|*}" --script "$work/camera.script"
done
echo "no code stopped the visit"
