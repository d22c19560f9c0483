#!/usr/bin/env bash
# The configure step refuses an include that the table of rooms does not allow.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$GOCUA_SOURCE"/{CMakeLists.txt,CMakePresets.json,app,assets,platform,sync,tests} "$work/"

refused() { # refused FILE HEADER: planting the include must stop the configure step by name
    cp "$work/$1" "$work/kept"
    printf '#include "%s"\n' "$2" >>"$work/$1"
    if cmake -S "$work" -B "$work/b" >"$work/log" 2>&1; then
        echo "$1 could include $2"
        exit 1
    fi
    tr -s ' \n' ' ' <"$work/log" | grep -q "$1: the room .* may not include $2" || {
        echo "the refusal of $2 in $1 does not name them"
        cat "$work/log"
        exit 1
    }
    mv "$work/kept" "$work/$1"
}
# The tree as it stands: an old build folder does not look at the includes of a changed file again.
cmake -S "$work" -B "$work/b" >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
}
refused platform/base/err.c app/store/migration.h
refused platform/thread/mail.c platform/system/path.h
refused platform/base/buf.c platform/thread/mail.h
echo "three planted includes were refused"
