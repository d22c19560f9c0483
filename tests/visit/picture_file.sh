#!/usr/bin/env bash
# A card's picture that lies on the device: a wrong path and a pipe get a
# sentence, the right one fills the person and says where the values came from.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
prepare
sed -n "/^tap new-visit/,/07-who.png/p" "$here/visit.script" | grep -v "^shot " >"$work/file.script"
mkfifo "$work/pipe.jpg"
choose() {
    printf '%s\n' 'tap menu' 'wait 300' 'tap kit-menu/picture' 'wait 300' "type \"$1\"" 'tap read-file'
}
{
    echo "tap scan"
    choose "$work/none.jpg"
    echo 'wait for "Không có tệp này hoặc không đọc được." 10000'
    echo "tap back"
    echo "tap scan"
    choose "$work/pipe.jpg"
    echo 'wait for "Không có tệp này hoặc không đọc được." 10000'
    echo "tap back"
    echo "tap scan"
    choose "$here/card.jpg"
    echo 'wait for "từ thẻ, qua tệp ảnh" 20000'
    echo 'expect value name "Nguyễn Thị Thử Nghiệm"'
} >>"$work/file.script"
handheld --camera /dev/video99 --lang vi --script "$work/file.script"
echo "the picture file filled the person"
