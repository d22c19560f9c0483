#include "app/work/budget.h"

#define LOG_ROOM "work"
#include "app/store/setting.h"
#include "platform/base/clock.h"
#include "platform/base/log.h"

static const int64_t megabyte = 1000000, minute_ms = 60000, day_ms = 86400000;

static int64_t used_on(struct store *store, int64_t today)
{
    bool is_later = today > setting_number(store, "data.day", today);
    return is_later ? 0 : setting_number(store, "data.used", 0);
}

int64_t budget_used(struct store *store)
{
    return used_on(store, clock_today());
}

void budget_fill(struct store *store, struct run_settings *settings)
{
    int64_t most = setting_number(store, "data_budget", 0);
    settings->has_budget = most > 0;
    settings->budget = most * megabyte - budget_used(store);
}

void budget_spend(struct store *store, int64_t bytes)
{
    int64_t today = clock_today();
    struct err err = {0};
    if (bytes > 0 &&
        (!setting_set_number(store, "data.used", used_on(store, today) + bytes, &err) ||
         !setting_set_number(store, "data.day", today, &err))) {
        log_warn("data that was used is not counted: %s", err.text);
    }
}

int64_t budget_tomorrow_ms(void)
{
    int64_t now = clock_now_ms();
    int64_t local = now + clock_zone_minutes(now) * minute_ms;
    return now + day_ms - (local % day_ms + day_ms) % day_ms;
}
