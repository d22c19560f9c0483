#!/bin/bash
# The shipped forms filled as a volunteer would: what follows from the answers stands in the record, what does not belong there
# does not, and a wrong answer is refused with the form's own words.
set -u
source=${GOCUA_SOURCE:?}
build=${GOCUA_BUILD:?}
[ -x "$build/gocuactl" ] || { echo "gocuactl is not built"; exit 77; }
"$build/gocuactl" --help 2>&1 | grep -qw fill || { echo "gocuactl has no fill yet"; exit 77; }
bad=0
today=$(date +%F)

# fill FORM: answers on standard input, "ref TAB value" a line; the record goes to $got, its status to $status
fill() {
    got=$("$build/gocuactl" fill "$source/assets/forms/$1.xml" --media "$source/assets/lists" --script - 2>&1)
    status=$?
    form=$1
}
has() { grep -qF -- "$1" <<<"$got" || { echo "$form: no $1 in: $got" >&2; bad=1; }; }
lacks() { grep -qF -- "$1" <<<"$got" && { echo "$form: $1 in: $got" >&2; bad=1; }; }
ends() { [ "$status" = "$1" ] || { echo "$form: status $status, not $1: $got" >&2; bad=1; }; }

fill home_visit <<END
/data/household/shift	morning
/data/household/province	66
/data/household/commune	24133
/data/household/met	met
/data/person/first_or_again	first
/data/person/person_name	Nguyễn Thị Thử Nghiệm
/data/person/birth_year	1950
/data/work/topics	vneid public_service
/data/work/results	submitted
/data/work/dossier_code	H56.14-261105-0007
/data/work/outcome	done
/data/close/volunteer	Trần Văn Ví Dụ
END
ends 0
has "<person_name>Nguyễn Thị Thử Nghiệm</person_name>"
has "<instanceName>$today Nguyễn Thị Thử Nghiệm</instanceName>"
has "<visit_date>$today</visit_date>"
has "<dossier_code>H56.14-261105-0007</dossier_code>"
lacks "<reasons>"
lacks "<return_date>"

fill home_visit <<END
/data/household/shift	evening
/data/household/province	66
/data/household/commune	24133
/data/household/met	nobody
/data/household/return_date	2000-01-01
/data/close/volunteer	Trần Văn Ví Dụ
END
[ "$status" != 0 ] || { echo "home_visit: a return before the visit was taken" >&2; bad=1; }
has "Ngày hẹn phải từ ngày thăm trở đi."

fill vneid_support <<END
/data/person/birth_year	2015
/data/before/needs	install activate
/data/before/phone_kind	android
/data/before/own_sim	no
/data/before/card_state	valid
/data/before/level_before	none
/data/steps/step_install	done
/data/steps/step_number	not_done
/data/after/level_after	none
/data/after/reasons	sim_not_own
/data/after/volunteer	Trần Văn Ví Dụ
END
ends 0
has "<activated>no</activated>"
has "<reasons>sim_not_own</reasons>"
lacks "<step_otp>"

fill training_session <<END
/data/session/start_time	19:00:00.000+07:00
/data/session/province	38
/data/session/commune	16543
/data/session/place_name	Nhà văn hóa thôn 3
/data/session/skills	vneid safety
/data/session/trainers	Trần Văn Ví Dụ
+/data/attendees
/data/attendees[1]/attendee_name	Lê Thị Mẫu
/data/attendees[1]/birth_year	1950
/data/attendees[1]/sex	female
/data/attendees[1]/score_before	0
/data/attendees[1]/score_after	2
+/data/attendees
/data/attendees[2]/attendee_name	Phạm Văn Minh Họa
/data/attendees[2]/sex	male
/data/summary/all_agree	no
END
ends 0
has "<attendee_count>2</attendee_count>"
has "<women_count>1</women_count>"
has "<elderly_count>1</elderly_count>"
has "<able_after>1</able_after>"
has "<gained>2</gained>"
lacks "<room_photo>"

fill application <<END
/data/procedure/procedure_code	1.001193
/data/applicant/applicant_name	Nguyễn Thị Thử Nghiệm
/data/applicant/id_number	001190000001
+/data/papers
/data/papers[1]/paper_name	Giấy chứng sinh
/data/papers[1]/paper_state	missing
/data/outcome_group/outcome	not_possible
/data/outcome_group/reasons	papers_missing
/data/sign/read_back	OK
/data/sign/volunteer	Trần Văn Ví Dụ
END
ends 0
has "<procedure_name>Thủ tục đăng ký khai sinh</procedure_name>"
has "<papers_missing>1</papers_missing>"
lacks "<paper_photo>"
lacks "<dossier_code>"

fill satisfaction <<END
/data/rating/overall	2
/data/rating/unhappy	waited_long
/data/details/item_time	2
/data/details/item_clear	1
/data/details/answered_by	self
END
ends 0
has "<score>3</score>"
has "<unhappy>waited_long</unhappy>"
has "<answered_on>$today</answered_on>"

fill appointment <<END
/data/when/kind	ticket
/data/when/office	Trung tâm phục vụ hành chính công
/data/when/ticket	A 012
/data/when/meet_date	2199-12-31
/data/who/person_name	Lê Thị Mẫu
/data/who/volunteer	Trần Văn Ví Dụ
END
ends 0
has "<meet_day>31/12/2199</meet_day>"
has "<ticket>A 012</ticket>"

fill feedback <<END
/data/what/kind	proposal
/data/what/field	network
/data/what/subject	Sóng yếu ở xóm 5
/data/what/story	Không gọi được từ tối qua.
/data/reply/wants_reply	no
/data/reply/volunteer	Trần Văn Ví Dụ
END
ends 0
has "<noted_on>$today</noted_on>"
lacks "<phone>"
exit $bad
