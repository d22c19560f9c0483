#!/usr/bin/env bash
# The disk is full while a visit is typed: the screen says so, and when there is space again nothing
# that was typed is lost.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
disk=$work/disk
mkdir "$disk"
mount -t tmpfs -o size=24m tmpfs "$disk" 2>/dev/null || {
    echo "no small disk without root: skipped"
    exit 77
}
cleanup() {
    local status=$?
    kill -9 $handheld_pid 2>/dev/null || true
    umount -l "$disk" || true
    (exit $status) || true
    finish
}
trap cleanup EXIT
prepare
stop_hub
cp -a "$work/handheld" "$disk/handheld"
printf '%s\n' "$pin" >"$work/pin"
GOCUA=$build/gocua python3 "$here/full_disk.py" "$disk" "$work"
echo "a full disk cost nothing that was typed"
