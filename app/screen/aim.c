#include "app/screen/aim.h"

#include "app/lang/lang.h"

const char *aim_sentence(enum barcode_hint hint, const char *nothing)
{
    switch (hint) {
    case BARCODE_HINT_NONE:
        return nothing;
    case BARCODE_HINT_CLOSER:
        return tr("Closer");
    case BARCODE_HINT_BACK:
        return tr("A little further away");
    case BARCODE_HINT_STILL:
        return tr("Hold still");
    case BARCODE_HINT_TILT:
        return tr("Tilt away from the light");
    case BARCODE_HINT_LIGHT:
        return tr("More light, please");
    case BARCODE_HINT_GOOD:
        return tr("Good, hold it so");
    }
    return "";
}
