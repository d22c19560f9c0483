#include "tests/bench/link.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BYTES = 16 << 10, PLACES = 64, EVERY_MS = 500 };

struct link_disk {
    int fd;
    atomic_bool stop;
    pthread_t thread;
    struct link_keys syncs;
};

static void *probe(void *ctx)
{
    struct link_disk *disk = ctx;
    static char bytes[BYTES];
    for (int i = 0; !atomic_load(&disk->stop); i++) {
        bytes[i % BYTES]++;
        ssize_t n = pwrite(disk->fd, bytes, BYTES, (off_t)(i % PLACES) * BYTES);
        double begin = now_ms();
        if (n != BYTES || fdatasync(disk->fd) != 0) {
            break;
        }
        link_note(&disk->syncs, "disk", &(struct link_time){.ms = now_ms() - begin});
        usleep(EVERY_MS * 1000);
    }
    return NULL;
}

struct link_disk *link_disk_watch(const char *folder)
{
    static const char bytes[BYTES];
    struct link_disk *disk = calloc(1, sizeof(*disk));
    char path[HANDHELD_PATH];
    snprintf(path, sizeof(path), "%s/probe", folder);
    disk->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    for (int i = 0; i < PLACES; i++) {
        if (pwrite(disk->fd, bytes, BYTES, (off_t)i * BYTES) != BYTES) {
            perror("link: probe");
            exit(1);
        }
    }
    fsync(disk->fd);
    if (pthread_create(&disk->thread, NULL, probe, disk) != 0) {
        abort();
    }
    return disk;
}

void link_disk_print(struct link_disk *disk)
{
    atomic_store(&disk->stop, true);
    pthread_join(disk->thread, NULL);
    link_print_times("the disk alone: 16 KiB overwritten and synced, twice a second",
                     disk->syncs.ms, disk->syncs.n);
    close(disk->fd);
    link_keys_finish(&disk->syncs);
    free(disk);
}
