#!/bin/bash
# Forms, scripts of answers and the records that must come out: fill/NAME.xml, .script, .expected.
# Identities are made the same before the comparison.
set -u
ctl="$GOCUA_BUILD/gocuactl"
[ -x "$ctl" ] || exit 77
here="$GOCUA_SOURCE/tests/form/fill"
failed=0
for form in "$here"/*.xml; do
    name=$(basename "$form" .xml)
    got=$("$ctl" fill "$form" --script "$here/$name.script" 2>&1 |
          sed -E 's/uuid:[0-9a-f-]{36}/uuid:…/g; s/></>\n</g')
    if ! diff <(printf '%s\n' "$got") "$here/$name.expected"; then
        echo "$name: another record came out"
        failed=1
    fi
    "$ctl" check "$form" > /dev/null || { echo "$name: check complains"; failed=1; }
done
# what is wrong is said, and the status tells
printf '/household/member\t1\n/household/nowhere\t1\n' > "$GOCUA_BUILD/wrong.script"
said=$("$ctl" fill "$here/household.xml" --script "$GOCUA_BUILD/wrong.script" 2>&1 > /dev/null) && failed=1
case "$said" in *"line 2: /household/nowhere"*) ;; *) echo "wrong script: $said"; failed=1 ;; esac
case "$said" in *"/household/street: an answer is required"*) ;; *) echo "required: $said"; failed=1 ;; esac
# the line protocol: one request a line, one answer a line
answers=$(printf '%s\n' "{\"op\":\"load\",\"form\":\"$here/household.xml\"}" \
    '{"op":"answer","ref":"/household/street","value":"Hàng Gai"}' \
    '{"op":"addRepeat","ref":"/household/member"}' \
    '{"op":"answer","ref":"/household/member[1]/born","value":"1800"}' \
    '{"op":"get","what":"value","ref":"/household/members"}' \
    '{"op":"get","what":"choices","ref":"/household/nobody"}' \
    '{"op":"get","what":"relevant","ref":"/household/note"}' \
    '{"op":"validate"}' 'no json' '{"op":"dance"}' | "$ctl" xform-run)
wanted='{"ok":true}
{"result":"ok"}
{"ok":true}
{"result":"constraint"}
{"ok":true,"value":"1"}
{"ok":true,"value":[{"value":"yes","label":"Yes"},{"value":"no","label":"No"}]}
{"ok":true,"value":false}
{"ok":true,"problems":[]}'
if [ "$(printf '%s\n' "$answers" | head -8)" != "$wanted" ]; then
    printf 'line protocol:\n%s\n' "$answers"
    failed=1
fi
[ "$(printf '%s\n' "$answers" | tail -2 | grep -c '"error"')" = 2 ] || { echo "errors: $answers"; failed=1; }
exit $failed
