#include "app/screen/outcomes.h"

#include <string.h>

#include "app/lang/lang.h"

const char *outcome_text(const char *name)
{
    static const struct {
        const char *name, *text;
    } words[] = {
        {"submitted", tr_later("Submitted")},       {"centre", tr_later("For the centre")},
        {"appointment", tr_later("Appointment")},   {"guided", tr_later("Explained")},
        {"not_possible", tr_later("Not possible")}, {"nobody_home", tr_later("Nobody home")},
        {"refused", tr_later("Refused")},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (strcmp(words[i].name, name) == 0) {
            return tr(words[i].text);
        }
    }
    return name;
}
