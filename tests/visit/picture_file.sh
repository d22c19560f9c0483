#!/usr/bin/env bash
# A card's picture that lies on the device: a pipe and noise get a sentence, the
# right one fills the person and says where the values came from.
. "$GOCUA_SOURCE/tests/visit/helper.bash"
prepare
sed -n "/^tap new-visit/,/07-who.png/p" "$here/visit.script" | grep -v "^shot " >"$work/file.script"
mkdir -p "$work/home/cards"
mkfifo "$work/home/cards/a-pipe.jpg"
head -c 3000 /dev/urandom >"$work/home/cards/b-noise.png"
cp "$here/card.jpg" "$work/home/cards/c-card.jpg"
choose() { # the home folder, the folder in it, a file of that
    printf '%s\n' 'tap menu' 'wait 300' 'tap kit-menu/picture' 'wait 300' \
        'tap file/files/file-0' 'wait 300' 'tap file/files/file-0' 'wait 300' "tap file/files/file-$1"
}
{
    for file in 0 1; do
        echo "tap scan"
        choose $file
        echo 'wait for "Không có tệp này hoặc không đọc được." 10000'
        echo "tap back"
    done
    echo "tap scan"
    choose 2
    echo 'wait for "từ thẻ, qua tệp ảnh" 20000'
    echo 'expect value name "Nguyễn Thị Thử Nghiệm"'
} >>"$work/file.script"
HOME=$work/home handheld --camera /dev/video99 --lang vi --script "$work/file.script"
echo "the picture file filled the person"
