#include "platform/thread/mail.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "platform/base/mem.h"

struct letter {
    struct letter *next;
    struct mail mail;
};

struct mailbox {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct letter *first, *last;
    void (*wake)(void *ctx);
    void *ctx;
};

struct mailbox *mailbox_create(void (*wake)(void *ctx), void *ctx)
{
    struct mailbox *box = mem_alloc(1, sizeof(*box));
    pthread_condattr_t how;
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(&box->arrived, &how);
    pthread_condattr_destroy(&how);
    pthread_mutex_init(&box->lock, NULL);
    box->wake = wake;
    box->ctx = ctx;
    return box;
}

void mail_discard(struct mail *mail)
{
    if (mail->parcel) {
        (mail->discard ? mail->discard : free)(mail->parcel);
        mail->parcel = NULL;
    }
}

void mailbox_destroy(struct mailbox *box)
{
    struct mail mail;
    if (box) {
        while (mailbox_take(box, &mail)) {
            mail_discard(&mail);
        }
        pthread_cond_destroy(&box->arrived);
        pthread_mutex_destroy(&box->lock);
        free(box);
    }
}

void mailbox_post(struct mailbox *box, const struct mail *mail)
{
    struct letter *letter = mem_alloc(1, sizeof(*letter));
    letter->mail = *mail;
    pthread_mutex_lock(&box->lock);
    if (box->last) {
        box->last->next = letter;
    } else {
        box->first = letter;
    }
    box->last = letter;
    pthread_cond_signal(&box->arrived);
    pthread_mutex_unlock(&box->lock);
    if (box->wake) {
        box->wake(box->ctx);
    }
}

bool mailbox_take(struct mailbox *box, struct mail *mail)
{
    pthread_mutex_lock(&box->lock);
    struct letter *letter = box->first;
    if (letter) {
        box->first = letter->next;
        box->last = box->first ? box->last : NULL;
    }
    pthread_mutex_unlock(&box->lock);
    if (letter) {
        *mail = letter->mail;
        free(letter);
    }
    return letter != NULL;
}

bool mailbox_wait(struct mailbox *box, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&box->lock);
    int rc = 0;
    while (!box->first && rc != ETIMEDOUT) {
        rc = ms < 0 ? pthread_cond_wait(&box->arrived, &box->lock)
                    : pthread_cond_timedwait(&box->arrived, &box->lock, &until);
    }
    bool there = box->first != NULL;
    pthread_mutex_unlock(&box->lock);
    return there;
}
