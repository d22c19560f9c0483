/* How much data a day may cost: what went over a network that is not free is counted by local day
 * and kept in the store, so that a restart forgets nothing. A new day begins when the calendar says
 * a later one; a clock that is set back gives nothing back. Thread of the session. */
#ifndef WORK_BUDGET_H
#define WORK_BUDGET_H

#include "app/store/store.h"
#include "sync/run/run.h"

/* Sets what is left today, when the setting data_budget limits it. */
void budget_fill(struct store *store, struct run_settings *settings);

/* Counts bytes that were moved. */
void budget_spend(struct store *store, int64_t bytes);

/* Bytes of today's that are used. */
int64_t budget_used(struct store *store);

/* When the next day begins (wall clock ms). */
int64_t budget_tomorrow_ms(void);

#endif
