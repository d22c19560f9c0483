#!/usr/bin/env bash
# Forms that cannot be used come from the server (cut off, in a circle, a function that nobody knows,
# a list without its columns): each is refused with its reason, the others arrive, and what was here
# stays.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
prepare
stop_hub
odd=$work/odd
mkdir -p "$odd/files"
echo ok >"$odd/mode"
python3 "$here/odd_server.py" "$port" "$odd" 2>"$work/odd.log" &
hub_pid=$!
for i in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.05
done

form() { # ID BINDS: a small form
    cat <<XML
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>$1</h:title><model><instance><data id="$1" version="9"><a/><b/></data></instance>
${2}</model></h:head>
<h:body><input ref="/data/a"><label>a</label></input>${3:-}</h:body></h:html>
XML
}
form good '<bind nodeset="/data/a" type="string"/>' >"$odd/files/good.xml"
form circle '<bind nodeset="/data/a" calculate="/data/b + 1"/><bind nodeset="/data/b" calculate="/data/a + 1"/>' \
    >"$odd/files/circle.xml"
form unknown '<bind nodeset="/data/a" calculate="guess-my-mind(1)"/>' >"$odd/files/unknown.xml"
# a new version of a form that is here, cut off in the middle
head -c 3000 "$source_dir/assets/forms/feedback.xml" >"$odd/files/feedback.xml"
form lists '<instance id="l" src="jr://file-csv/poor.csv"/>' \
    '<select1 ref="/data/b"><label>b</label><itemset nodeset="instance('"'l'"')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>' \
    >"$odd/files/lists.xml"
printf 'somewhere,else\n1,2\n' >"$odd/files/poor.csv"

hash() { md5sum "$1" | cut -d' ' -f1; }
{
    echo '<xforms xmlns="http://openrosa.org/xforms/xformsList">'
    for id in circle unknown feedback lists good; do
        echo "<xform><formID>$id</formID><name>$id</name><version>9</version>"
        echo "<hash>md5:$(hash "$odd/files/$id.xml")</hash>"
        echo "<downloadUrl>http://127.0.0.1:$port/v1/forms/$id.xml</downloadUrl>"
        [ $id = lists ] && echo "<manifestUrl>http://127.0.0.1:$port/v1/manifest</manifestUrl>"
        echo "</xform>"
    done
    echo '</xforms>'
} >"$odd/forms"
cat >"$odd/files/manifest" <<XML
<manifest xmlns="http://openrosa.org/xforms/xformsManifest"><mediaFile><filename>poor.csv</filename>
<hash>md5:$(hash "$odd/files/poor.csv")</hash><downloadUrl>http://127.0.0.1:$port/v1/poor.csv</downloadUrl>
</mediaFile></manifest>
XML
status=0
printf '%s\n' "$pin" | ctl sync --fetch-only --verbose >"$work/said" 2>&1 || status=$?
[ $status = 1 ] || fail "status $status although forms were refused"
grep -qF "1 biểu mẫu mới hoặc thay đổi, 0 không đổi, 4 bị từ chối" "$work/said" || {
    cat "$work/said"
    fail "not just the good form was taken"
}
refused() { # ID REASON
    grep "form $1 is not taken over" "$work/said" | grep -qF "$2" || {
        cat "$work/said"
        fail "$1 is not refused because of: $2"
    }
}
refused circle "Cycle detected"
refused unknown "there is no function guess-my-mind()"
refused feedback "no proper XML"
refused lists "has no column"

# The one that was here can still be filled, the good new one too, and the screen says what happened.
{
    printf 'wait idle\ntap forms\nwait for "good" 10000\ntap refresh\n'
    printf 'wait for "Một biểu mẫu từ máy chủ không dùng được" 20000\n'
    [ -z "${SHOTS:-}" ] || echo "shot $SHOTS/forms-refused.png"
    printf 'expect "Phản ánh, kiến nghị"\nexpect no "unknown"\n'
    printf 'tap "Phản ánh, kiến nghị"\nwait for "Loại ý kiến" 10000\n'
} >"$work/forms.script"
handheld --lang vi --script "$work/forms.script"
echo "bad forms were refused, one by one"
