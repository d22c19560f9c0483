#include "sync/run/retry.h"

#include "platform/base/rand.h"

int64_t retry_wait_ms(int attempts, int64_t asked_ms)
{
    if (asked_ms > 0) {
        int64_t least = asked_ms < RETRY_ASKED_LAST_MS ? asked_ms : RETRY_ASKED_LAST_MS;
        return least + rand_below((uint32_t)(least / 10) + 1);
    }
    int64_t wait = RETRY_FIRST_MS;
    for (int i = 1; i < attempts && wait < RETRY_LAST_MS; i++) {
        wait *= 2;
    }
    wait = wait < RETRY_LAST_MS ? wait : RETRY_LAST_MS;
    return wait / 2 + rand_below((uint32_t)(wait / 2) + 1);
}

bool retry_is_about_way(enum outbox_reason reason)
{
    switch (reason) {
    case OUTBOX_NO_NETWORK:
    case OUTBOX_NO_SERVER:
    case OUTBOX_CAPTIVE:
    case OUTBOX_TLS:
    case OUTBOX_TLS_EARLY:
    case OUTBOX_TLS_EXPIRED:
    case OUTBOX_TLS_NAME:
    case OUTBOX_TLS_UNKNOWN:
    case OUTBOX_TLS_PIN:
    case OUTBOX_TLS_OLD:
    case OUTBOX_TLS_CLEAR:
    case OUTBOX_WRONG_ADDRESS:
    case OUTBOX_NOT_ENROLLED:
    case OUTBOX_PROGRAM:
    case OUTBOX_HANDED_OVER: /* it waits for a way of its own as well */
    case OUTBOX_STICK_FULL:
    case OUTBOX_STICK_LOCKED:
    case OUTBOX_STICK_GONE:
    case OUTBOX_NEAR_GONE:
    case OUTBOX_NEAR_CODE:
    case OUTBOX_NEAR_FULL:
    case OUTBOX_NEAR_STRANGER:
        return true;
    default:
        return false;
    }
}

bool retry_is_about_network(enum outbox_reason reason)
{
    return retry_is_about_way(reason) || reason == OUTBOX_STALLED || reason == OUTBOX_BROKEN ||
           reason == OUTBOX_SUSPICIOUS || reason == OUTBOX_STOPPED;
}
