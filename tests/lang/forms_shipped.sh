#!/bin/bash
# The shipped forms are what their sources say, their texts stand in every language, and the engine accepts them with the
# shipped lists.
set -u
source=${GOCUA_SOURCE:?}
build=${GOCUA_BUILD:?}
bad=0
say() { echo "forms_shipped: $*" >&2; bad=1; }

for form in "$source"/assets/forms/*.xml; do
    name=$(basename "$form")
    for lang in vi en ar; do
        grep -q "<translation lang=\"$lang\"" "$form" || say "$name has no texts in $lang"
    done
    grep -q '<meta><instanceID/><instanceName/>' "$form" || say "$name has no meta block"
    counts=$(awk '/<translation /{n=0} /<text id=/{n++} /<\/translation>/{print n}' "$form" | sort -u | wc -l)
    [ "$counts" = 1 ] || say "$name: the languages have different numbers of texts"
    missing=$(comm -23 <(grep -o "jr:itext('[^']*')" "$form" | cut -d"'" -f2 | sort -u) \
                       <(grep -o '<text id="[^"]*"' "$form" | cut -d'"' -f2 | sort -u))
    [ -z "$missing" ] || say "$name: no text for $missing"
    for list in $(grep -o 'jr://file-csv/[a-z_]*.csv' "$form" | cut -d/ -f4); do
        [ -f "$source/assets/lists/$list" ] || say "$name wants a list that is not shipped: $list"
    done
done

if command -v python3 >/dev/null; then
    again=$(mktemp -d)
    trap 'rm -rf "$again"' EXIT
    cp -r "$source/assets/forms" "$source/assets/lists" "$again"
    python3 "$again/forms/make" >/dev/null || say "assets/forms/make failed"
    for form in "$source"/assets/forms/*.xml; do
        cmp -s "$form" "$again/forms/$(basename "$form")" || say "$(basename "$form") is not what make writes"
    done
fi
[ $bad = 0 ] || exit 1

[ -x "$build/gocuactl" ] || { echo "gocuactl is not built"; exit 77; }
"$build/gocuactl" --help 2>&1 | grep -qw check || { echo "gocuactl has no check yet"; exit 77; }
for form in "$source"/assets/forms/*.xml; do
    said=$("$build/gocuactl" check "$form" --media "$source/assets/lists" 2>&1) || say "$(basename "$form") does not pass the check"
    grep -E ': (error|warning|unsupported): ' <<<"$said" && say "$(basename "$form") is not clean"
done
exit $bad
