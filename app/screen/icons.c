#include "app/screen/icons.h"

#include <string.h>

/* clang-format off */
static const struct {
    const char *name;
    unsigned code; /* in the Material Icons font */
} icons[] = {
    {"accessible", 0xe914},
    {"account_balance", 0xe84f},
    {"account_balance_wallet", 0xe850},
    {"assignment_ind", 0xe85e},
    {"badge", 0xea67},
    {"campaign", 0xef49},
    {"credit_card", 0xe870},
    {"description", 0xe873},
    {"dialpad", 0xe0bc},
    {"draw", 0xe746},
    {"edit", 0xe3c9},
    {"edit_note", 0xe745},
    {"elderly", 0xf21a},
    {"event", 0xe878},
    {"event_available", 0xe614},
    {"fact_check", 0xf0c5},
    {"favorite", 0xe87d},
    {"fingerprint", 0xe90d},
    {"flag", 0xe153},
    {"gavel", 0xe90e},
    {"get_app", 0xe884},
    {"groups", 0xf233},
    {"hearing", 0xe023},
    {"help", 0xe887},
    {"home", 0xe88a},
    {"info", 0xe88e},
    {"language", 0xe894},
    {"link", 0xe157},
    {"link_off", 0xe16f},
    {"list_alt", 0xe0ee},
    {"local_police", 0xef56},
    {"local_shipping", 0xe558},
    {"lock", 0xe897},
    {"login", 0xea77},
    {"medical_services", 0xf109},
    {"more_horiz", 0xe5d3},
    {"nfc", 0xe1bb},
    {"payments", 0xef63},
    {"phone_callback", 0xe649},
    {"phone_in_talk", 0xe61d},
    {"place", 0xe55f},
    {"qr_code", 0xef6b},
    {"qr_code_scanner", 0xf206},
    {"record_voice_over", 0xe91f},
    {"report", 0xe160},
    {"schedule", 0xe8b5},
    {"school", 0xe80c},
    {"search", 0xe8b6},
    {"security", 0xe32a},
    {"sell", 0xf05b},
    {"send", 0xe163},
    {"sentiment_dissatisfied", 0xe811},
    {"sentiment_neutral", 0xe812},
    {"sentiment_satisfied", 0xe813},
    {"sentiment_very_dissatisfied", 0xe814},
    {"sentiment_very_satisfied", 0xe815},
    {"shopping_cart", 0xe8cc},
    {"smartphone", 0xe32c},
    {"sms", 0xe625},
    {"storefront", 0xea12},
    {"thumb_up", 0xe8dc},
    {"touch_app", 0xe913},
    {"travel_explore", 0xe2db},
    {"verified_user", 0xe8e8},
    {"visibility", 0xe8f4},
    {"vpn_key", 0xe0da},
    {"warning", 0xe002},
};
/* clang-format on */

enum ui_icon icon_of(const char *name)
{
    for (size_t i = 0; i < sizeof(icons) / sizeof(*icons); i++) {
        if (strcmp(icons[i].name, name) == 0) {
            return (enum ui_icon)icons[i].code;
        }
    }
    return ICON_HELP;
}
