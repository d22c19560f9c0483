/* Inside the kit: the language that drives a window by taps and keys, for `gocua --script FILE`,
 * for tests and for the inspection socket. One command a line; # starts a comment; texts stand in
 * double quotes with \" \\ \n \t; WHAT is the id of a widget ("visits/12/send", or its last part),
 * or its name.
 *
 *   tap WHAT · hold WHAT            scrolls it into view, then touches it (hold: long)
 *   key NAME [N]                    Up Down Left Right Enter Back Tab Space Home End PageUp
 * PageDown Menu Scan Backspace Delete F1…F12, or one letter; N times type TEXT as a keyboard would
 *   clear                           empties the field that has the focus
 *   scan TEXT                       a code as from a hardware scanner
 *   scroll WHAT N                   moves a list or part by N dp; WHAT may be screen
 *   draw WHAT X,Y X,Y …             a stroke, in percent of the widget
 *   wait idle                       no input, build, damage or job is left (always waited for
 * anyway) wait N                          milliseconds; a clock that stands is moved on wait for
 * TEXT [N]               until it is seen, at most N ms (10000) expect TEXT · expect no TEXT    is
 * it seen? expect id WHAT · expect no id WHAT expect value WHAT TEXT · expect state WHAT TEXT ·
 * expect focus WHAT · expect screen NAME shot FILE.png · dump FILE.json  what is seen now check
 * ui_check finds nothing lang CODE · theme light|dark|sun · text N · size W H quit closes the
 * program */
#ifndef UI_SCRIPT_H
#define UI_SCRIPT_H

#include "app/ui/ui.h"

/* Does one command and waits until nothing is left to do. answer (may be NULL) gets what the
 * command prints. */
bool script_do(struct ui *ui, struct str line, struct buf *answer, struct err *err);

#endif
