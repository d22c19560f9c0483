#define LOG_ROOM "library"
#include "platform/base/library.h"

#include <dlfcn.h>
#include <string.h>

#include "platform/base/code.h"
#include "platform/base/log.h"

static atomic_int from_start; /* objects before the first that was loaded late; 0: none was */

/* Lazily, as a linked library is bound too: every function of the list is looked for here. */
static bool load(struct library *library, struct err *err)
{
    int before = code_objects(), none = 0;
    void *handle = dlopen(library->file, RTLD_LAZY | RTLD_LOCAL);
    if (!handle) {
        return err_set(err, ERR_LIBRARY, 0, "%s", dlerror());
    }
    for (size_t i = 0; i < library->n; i++) {
        void *function = dlsym(handle, library->names[i]);
        if (!function) {
            return err_set(err, ERR_LIBRARY, 0, "%s has no %s", library->file, library->names[i]);
        }
        memcpy((char *)library->table + i * sizeof(function), &function, sizeof(function));
    }
    log_info("%s was loaded", library->file);
    atomic_compare_exchange_strong(&from_start, &none, before);
    return true;
}

bool library_need(struct library *library, struct err *err)
{
    if (atomic_load_explicit(&library->is_there, memory_order_acquire)) {
        return true;
    }
    pthread_mutex_lock(&library->lock);
    bool ok = atomic_load(&library->is_there) || load(library, err);
    if (ok) {
        atomic_store_explicit(&library->is_there, true, memory_order_release);
    }
    pthread_mutex_unlock(&library->lock);
    return ok;
}

void library_settle(void)
{
    int first = atomic_load(&from_start);
    if (first > 0) {
        code_let_go(first);
    }
}
