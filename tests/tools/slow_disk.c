/* Loaded before a program: each sync of a file takes GOCUA_SLOW_SYNC_MS longer, as on a worn card.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int fsync(int fd);
int fdatasync(int fd);

static void dawdle(void)
{
    const char *ms = getenv("GOCUA_SLOW_SYNC_MS");
    usleep(ms ? (useconds_t)atoi(ms) * 1000 : 0);
}

int fsync(int fd)
{
    dawdle();
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    dawdle();
    return (int)syscall(SYS_fdatasync, fd);
}
