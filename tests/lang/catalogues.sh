#!/bin/bash
# Every English text in the code is translated in every catalogue, with the same placeholders, and nothing is marked fuzzy.
set -u
source=${GOCUA_SOURCE:?}
command -v xgettext >/dev/null || { echo "gettext's tools are not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
say() { echo "catalogues: $*" >&2; bad=1; }

"$source/assets/lang/update" --template "$work/gocua.pot" || exit 1
total=$(msgattrib --no-wrap "$work/gocua.pot" | grep -c '^msgid "')
[ "$total" -gt 20 ] || say "only $total texts found in the code"

# placeholders in braces, one line a text, sorted: {team} {days}
braces() { grep -o '{[a-z_]*}' <<<"$1" | LC_ALL=C sort -u | tr '\n' ' '; }

for po in "$source"/assets/lang/*.po; do
    name=$(basename "$po")
    msgmerge --quiet --no-fuzzy-matching --no-wrap --output-file="$work/$name" "$po" "$work/gocua.pot"
    missing=$(msgattrib --untranslated --no-obsolete --no-wrap "$work/$name" | grep '^msgid "..*"')
    [ -z "$missing" ] || say "$name lacks $(wc -l <<<"$missing") texts:"$'\n'"$missing"
    fuzzy=$(msgattrib --only-fuzzy --no-obsolete --no-wrap "$po" | grep '^msgid "..*"')
    [ -z "$fuzzy" ] || say "$name has fuzzy texts:"$'\n'"$fuzzy"
    msgfmt -c -o /dev/null "$work/$name" || say "$name: a placeholder differs from the English one"
    while IFS=$'\t' read -r id text; do
        [ "$(braces "$id")" = "$(braces "$text")" ] || say "$name: other {placeholders} in: $text"
    done < <(msgattrib --translated --no-wrap --no-obsolete "$work/$name" |
             awk '/^msgid "/{id=$0} /^msgstr(\[[0-9]\])? "/{print id "\t" $0}' | grep '{[a-z_]*}')
done
exit $bad
