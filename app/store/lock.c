/* One process a folder: the kernel gives the lock back however the process ends. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/store/inner.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"

struct store_lock {
    int fd;
};

struct store_lock *store_lock(const char *folder, struct err *err)
{
    char path[STORE_PATH];
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(GOCUA_FUZZ)
    prctl(PR_SET_DUMPABLE, 0); /* the leak check of the sanitizers has to look in */
#endif
    /* Nothing that was entered goes to swap, and no page of the program, nor one of a library that
     * was used since the unlocking (code_let_go), has to be read again from a busy disk when a key
     * is pressed; where the limit for locked memory allows it. */
    mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
    if (!file_make_folder(folder, err) || !store_path(path, folder, "lock", err)) {
        return NULL;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool is_held = fd >= 0 && errno == EWOULDBLOCK;
        err_set(err, is_held ? ERR_DENIED : ERR_STORAGE, is_held ? EBUSY : errno,
                is_held ? "another program has the data folder open" : "cannot lock the folder");
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    struct store_lock *lock = mem_alloc(1, sizeof(*lock));
    lock->fd = fd;
    return lock;
}

void store_unlock(struct store_lock *lock)
{
    if (lock) {
        close(lock->fd);
        free(lock);
    }
}
