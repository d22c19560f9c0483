#include "sync/run/outbox.h"

#include <string.h>

/* As in app/lang: marks a text for translation, which whoever shows it asks for. */
#define tr_later(text) text

static const struct {
    const char *name, *text, *remedy;
} words[OUTBOX_REASONS] = {
    [OUTBOX_NO_REASON] = {"none", tr_later("Waiting to be sent."), ""},
    [OUTBOX_NO_NETWORK] = {"no-network", tr_later("There is no network."),
                           tr_later("It is sent by itself when the network is back.")},
    [OUTBOX_NO_SERVER] = {"no-server", tr_later("The server cannot be reached."),
                          tr_later("It is tried again by itself.")},
    [OUTBOX_CAPTIVE] = {"captive", tr_later("This network asks you to log in first."),
                        tr_later("Log in to this network, or use another one.")},
    [OUTBOX_TLS] = {"tls", tr_later("No safe connection to the server came about."),
                    tr_later("Check the date and time of this device, or use another network.")},
    [OUTBOX_TLS_EARLY] = {"tls-early",
                          tr_later(
                              "The clock of this device is behind: the server's certificate is "
                              "not valid yet on this date."),
                          tr_later("Set the date and time of this device, then send again.")},
    [OUTBOX_TLS_EXPIRED] =
        {"tls-expired",
         tr_later("The server's certificate has expired, or the clock of this "
                  "device is ahead."),
         tr_later("Check the date and time of this device. If they are right, tell your "
                  "supervisor.")},
    [OUTBOX_TLS_NAME] = {"tls-name", tr_later("What answers is another server, not ours."),
                         tr_later("Use another network. If it stays so, tell your supervisor.")},
    [OUTBOX_TLS_UNKNOWN] = {"tls-unknown",
                            tr_later("Nobody whom this device trusts vouches for this server."),
                            tr_later("Use another network. If it stays so, tell your supervisor.")},
    [OUTBOX_TLS_PIN] =
        {"tls-pin",
         tr_later("The server shows another key than the one your organisation gave: "
                  "somebody may be listening."),
         tr_later("Use another network. If the server was renewed, scan its new key code.")},
    [OUTBOX_TLS_OLD] = {"tls-old",
                        tr_later("The server offers only old encryption that is no longer safe."),
                        tr_later("Use another network. If it stays so, tell your supervisor.")},
    [OUTBOX_TLS_CLEAR] = {"tls-clear",
                          tr_later("What answers does not encrypt: it is not the real server."),
                          tr_later("Use another network. If it stays so, tell your supervisor.")},
    [OUTBOX_STALLED] = {"stalled", tr_later("The network is too slow; sending was cut off."),
                        tr_later("It is tried again by itself.")},
    [OUTBOX_BROKEN] = {"broken", tr_later("The connection broke while sending."),
                       tr_later("It is tried again by itself.")},
    [OUTBOX_BUSY] = {"busy", tr_later("The server is busy."),
                     tr_later("It is tried again by itself.")},
    [OUTBOX_IN_PROCESS] = {"in-process", tr_later("The server is still working on it."),
                           tr_later("It is tried again by itself.")},
    [OUTBOX_SERVER_ERROR] = {"server-error", tr_later("The server has a fault."),
                             tr_later("It is tried again by itself.")},
    [OUTBOX_SUSPICIOUS] = {"suspicious", tr_later("The answer did not come from the real server."),
                           tr_later("It is tried again by itself.")},
    [OUTBOX_WRONG_ADDRESS] = {"wrong-address", tr_later("No portal was found at this address."),
                              tr_later("Ask your supervisor for a new enrolment code.")},
    [OUTBOX_TOKEN] = {"token", tr_later("This device is no longer admitted to the server."),
                      tr_later("Ask your supervisor for a new enrolment code.")},
    [OUTBOX_FORM_ACCESS] = {"form-access", tr_later("This device may not send this form."),
                            tr_later("Ask your supervisor.")},
    [OUTBOX_FORM_CLOSED] = {"form-closed", tr_later("The server takes no more of this form."),
                            tr_later("Ask your supervisor.")},
    [OUTBOX_FORM_GONE] = {"form-gone", tr_later("The server does not know this form."),
                          tr_later("Ask your supervisor.")},
    [OUTBOX_VERSION_GONE] = {"version-gone",
                             tr_later("The server does not know this version of the form."),
                             tr_later("Ask your supervisor.")},
    [OUTBOX_ORIGINAL_GONE] = {"original-gone",
                              tr_later("The server no longer has the record that was changed."),
                              tr_later("Ask your supervisor.")},
    [OUTBOX_QUOTA] = {"quota", tr_later("The server's account is full."),
                      tr_later("Tell your supervisor.")},
    [OUTBOX_TOO_LARGE] = {"too-large", tr_later("A file is too large for the server."),
                          tr_later("Hand it over on a USB stick.")},
    [OUTBOX_DIFFERENT] = {"different",
                          tr_later("The server has another record with the same number."),
                          tr_later("It is kept here. Show it to your supervisor.")},
    [OUTBOX_EDIT_LATE] = {"edit-late", tr_later("Somebody else changed this record meanwhile."),
                          tr_later("Compare both versions and decide.")},
    [OUTBOX_SUPERSEDED] = {"superseded",
                           tr_later("It arrived, and was changed on the server since."), ""},
    [OUTBOX_DELETED] = {"deleted", tr_later("This record was removed on the server."),
                        tr_later("It is kept here. Ask your supervisor.")},
    [OUTBOX_FILE_DIFFERS] = {"file-differs",
                             tr_later("The server has another file with the same name."),
                             tr_later("It is kept here. Show it to your supervisor.")},
    [OUTBOX_CONFLICT] = {"conflict", tr_later("The server refuses this record."),
                         tr_later("It is kept here. Show it to your supervisor.")},
    [OUTBOX_BAD_REQUEST] = {"bad-request", tr_later("The server cannot read this record."),
                            tr_later("It is kept here. Show it to your supervisor.")},
    [OUTBOX_DAMAGED] = {"damaged", tr_later("A stored file is damaged."),
                        tr_later("It is kept here. Show it to your supervisor.")},
    [OUTBOX_STORAGE] = {"storage", tr_later("The storage of this device does not answer."),
                        tr_later("Free some space, then try again.")},
    [OUTBOX_STOPPED] = {"stopped", tr_later("Sending was stopped."), ""},
    [OUTBOX_WAIT_WIFI] = {"wait-wifi", tr_later("Its files wait for Wi-Fi."),
                          tr_later("It is sent by itself when Wi-Fi is there.")},
    [OUTBOX_BUDGET] = {"budget", tr_later("Today's data is used up."),
                       tr_later("It is sent tomorrow, or over Wi-Fi.")},
    [OUTBOX_NOT_ENROLLED] = {"not-enrolled", tr_later("This device belongs to no server yet."),
                             tr_later("Scan the enrolment code.")},
    [OUTBOX_HANDED_OVER] = {"handed-over", tr_later("It was handed over and has not arrived yet."),
                            tr_later("It is also sent by itself when there is a network.")},
    [OUTBOX_STICK_FULL] = {"stick-full", tr_later("The USB stick is full."),
                           tr_later("Free some space on it or take another one; nothing is lost.")},
    [OUTBOX_STICK_LOCKED] = {"stick-locked", tr_later("Nothing can be written to the USB stick."),
                             tr_later(
                                 "Take off its write protection or take another one; nothing is "
                                 "lost.")},
    [OUTBOX_STICK_GONE] = {"stick-gone",
                           tr_later("The USB stick was pulled out or does not answer."),
                           tr_later("Plug it in and hand over once more; nothing is lost.")},
    [OUTBOX_NEAR_GONE] =
        {"near-gone", tr_later("The other device does not answer, or no longer."),
         tr_later("Are both in the same Wi-Fi, and does the other one still show its code? Then go "
                  "on: what it has already does not go again, and nothing is lost.")},
    [OUTBOX_NEAR_CODE] = {"near-code", tr_later("This code is no longer good."),
                          tr_later(
                              "Scan the code that the other device shows now; nothing is lost.")},
    [OUTBOX_NEAR_FULL] = {"near-full", tr_later("The other device has no room for more."),
                          tr_later("Hand over to another one or to a USB stick; nothing is lost.")},
    [OUTBOX_NEAR_STRANGER] = {"near-stranger",
                              tr_later("The other device belongs to another organisation."),
                              tr_later("Hand over to a colleague of your own organisation.")},
    [OUTBOX_PROGRAM] = {"program", tr_later("A part of the program is missing on this device."),
                        tr_later("Ask your supervisor to install Gõ Cửa anew; nothing is lost.")},
};

const char *outbox_reason_name(enum outbox_reason reason)
{
    return words[reason].name;
}

enum outbox_reason outbox_reason_of(const char *name)
{
    for (int i = 0; name && i < OUTBOX_REASONS; i++) {
        if (!strcmp(words[i].name, name)) {
            return (enum outbox_reason)i;
        }
    }
    return OUTBOX_NO_REASON;
}

const char *outbox_reason_text(enum outbox_reason reason)
{
    return words[reason].text;
}

const char *outbox_reason_remedy(enum outbox_reason reason)
{
    return words[reason].remedy;
}
