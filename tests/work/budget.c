/* Data that may be used a day: counted by local day, over restarts and clocks that jump. */
#include "helper_app.h"

#include "app/store/setting.h"
#include "app/work/budget.h"
#include "platform/base/clock.h"

static const int64_t noon = 1793941200000; /* 2026-11-06, 12:00 in Vietnam */
static const int64_t hour = 3600000;

static int64_t left(struct app *app)
{
    struct run_settings settings = {0};
    budget_fill(app->store, &settings);
    return settings.has_budget ? settings.budget : -1;
}

static void a_day_has_its_data(void **state)
{
    char *folder = test_folder();
    struct app *app = test_app_open(folder);
    clock_fix(noon);
    assert_int_equal(left(app), -1); /* no limit unless one is set */
    budget_spend(app->store, 1500000);
    assert_true(settings_set(app, "data_budget", "5", NULL));
    assert_int_equal(left(app), 3500000);
    app_close(app);
    app = test_app_open(folder); /* a restart gives nothing back */
    assert_int_equal(left(app), 3500000);
    budget_spend(app->store, 4000000);
    assert_true(left(app) < 0);
    clock_fix(noon + 11 * hour); /* 23:00 here, still the same day though not in UTC */
    assert_true(left(app) < 0);
    assert_int_equal(budget_tomorrow_ms(), noon + 12 * hour);
    clock_fix(noon - 40 * 24 * hour); /* set back: the same data is still used */
    assert_true(left(app) < 0);
    budget_spend(app->store, 1);
    clock_fix(noon - 40 * 24 * hour + hour);
    assert_true(left(app) < 0);
    clock_fix(noon - 39 * 24 * hour); /* and that wrong calendar goes on by days like any other */
    assert_int_equal(left(app), 5000000);
    clock_fix(noon + 12 * hour); /* midnight */
    assert_int_equal(left(app), 5000000);
    assert_int_equal(budget_used(app->store), 0);
    clock_fix(-1);
    app_close(app);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_day_has_its_data)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
