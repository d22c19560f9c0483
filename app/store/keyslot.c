#include "app/store/keyslot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOG_ROOM "store"
#include "platform/base/aside.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "platform/base/rand.h"
#include "platform/db/crypt.h"

const struct keyslot_cost keyslot_floor = {64u << 20, 3};

/* Two slots in two pages of the file; the valid one of the higher generation counts. A slot is
 * SLOT_SIZE bytes, little-endian, its last CRYPT_MAC bytes a digest keyed by the device secret. */
enum { SLOT_SIZE = 512, SLOT_STRIDE = 4096, SLOT_FILE = 2 * SLOT_STRIDE, BOOT_ID = 40 };
static const char magic[8] = {'g', 'o', 'c', 'u', 'a', 'k', 's', '1'};

struct slot {
    uint64_t generation; /* grows with each write */
    uint64_t wrap;       /* grows with each change of the secret */
    struct crypt_cost cost;
    unsigned char salt[CRYPT_SALT];
    unsigned char wrapped[CRYPT_WRAPPED];
    uint32_t failures;
    int64_t failed_mono; /* monotonic clock when the last try began */
    char boot[BOOT_ID];  /* run of the machine that this clock belongs to */
};

struct keyslot {
    int fd;
    int at; /* which slot counts */
    struct slot slot;
    struct key *device;
};

/* ---- bytes ---------------------------------------------------------------------------------- */

static void put(unsigned char **at, const void *bytes, size_t n)
{
    memcpy(*at, bytes, n);
    *at += n;
}

static void put_number(unsigned char **at, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        *(*at)++ = (unsigned char)(value >> (8 * i));
    }
}

static void get(const unsigned char **at, void *bytes, size_t n)
{
    memcpy(bytes, *at, n);
    *at += n;
}

static uint64_t get_number(const unsigned char **at)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value |= (uint64_t) * (*at)++ << (8 * i);
    }
    return value;
}

static void slot_write(const struct slot *slot, const struct key *device,
                       unsigned char out[SLOT_SIZE])
{
    unsigned char *at = out;
    memset(out, 0, SLOT_SIZE);
    put(&at, magic, sizeof(magic));
    put_number(&at, slot->generation);
    put_number(&at, slot->wrap);
    put_number(&at, slot->cost.memory);
    put_number(&at, slot->cost.passes);
    put(&at, slot->salt, CRYPT_SALT);
    put(&at, slot->wrapped, CRYPT_WRAPPED);
    put_number(&at, slot->failures);
    put_number(&at, (uint64_t)slot->failed_mono);
    put(&at, slot->boot, BOOT_ID);
    crypt_mac(device, out, SLOT_SIZE - CRYPT_MAC, out + SLOT_SIZE - CRYPT_MAC);
}

static bool slot_read(const unsigned char in[SLOT_SIZE], const struct key *device,
                      struct slot *slot)
{
    unsigned char mac[CRYPT_MAC];
    const unsigned char *at = in + sizeof(magic);
    crypt_mac(device, in, SLOT_SIZE - CRYPT_MAC, mac);
    if (memcmp(in, magic, sizeof(magic)) != 0 ||
        !hash_equal(mac, in + SLOT_SIZE - CRYPT_MAC, CRYPT_MAC)) {
        return false;
    }
    slot->generation = get_number(&at);
    slot->wrap = get_number(&at);
    slot->cost.memory = get_number(&at);
    slot->cost.passes = (uint32_t)get_number(&at);
    get(&at, slot->salt, CRYPT_SALT);
    get(&at, slot->wrapped, CRYPT_WRAPPED);
    slot->failures = (uint32_t)get_number(&at);
    slot->failed_mono = (int64_t)get_number(&at);
    get(&at, slot->boot, BOOT_ID);
    slot->boot[BOOT_ID - 1] = 0;
    return true;
}

/* What the wrapped key is bound to: its place in time and how it was made. */
static struct str slot_about(const struct slot *slot, char text[128])
{
    int n = snprintf(text, 128, "gocua keyslot %llu %llu %u ", (unsigned long long)slot->wrap,
                     (unsigned long long)slot->cost.memory, slot->cost.passes);
    memcpy(text + n, slot->salt, CRYPT_SALT);
    return (struct str){text, (size_t)n + CRYPT_SALT};
}

/* ---- the file ------------------------------------------------------------------------------- */

static bool load_device(const struct keyslot_place *place, struct key **device, struct err *err)
{
    *device = NULL;
    if (!place->device) {
        return true;
    }
    struct buf bytes = {0};
    bool ok = file_read(place->device, CRYPT_KEY, &bytes, err) || err_prefix(err, "device secret");
    if (ok && bytes.n != CRYPT_KEY) {
        ok = err_set(err, ERR_DAMAGED, 0, "the device secret has another length");
    }
    if (ok) {
        *device = key_of((const unsigned char *)bytes.s);
    }
    buf_wipe(&bytes);
    return ok;
}

static bool make_device(const struct keyslot_place *place, struct err *err)
{
    if (!place->device || file_exists(place->device)) {
        return true;
    }
    struct key *secret = key_create();
    bool ok = file_write(place->device, key_bytes(secret), CRYPT_KEY, err);
    key_destroy(secret);
    return ok;
}

static void close_slots(struct keyslot *ks)
{
    if (ks->fd >= 0) {
        close(ks->fd);
    }
    key_destroy(ks->device);
    explicit_bzero(ks, sizeof(*ks));
}

/* A transfer may be a part only, and a signal may come. */
static bool write_at(int fd, const unsigned char *bytes, size_t n, off_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t part = pwrite(fd, bytes + done, n - done, at + (off_t)done);
        if (part < 0 && errno != EINTR) {
            return false;
        }
        done += part > 0 ? (size_t)part : 0;
    }
    return true;
}

/* The file may be shorter: what is behind its end stays as it is. */
static bool read_at(int fd, unsigned char *bytes, size_t n, off_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t part = pread(fd, bytes + done, n - done, at + (off_t)done);
        if (part == 0) {
            break;
        }
        if (part < 0 && errno != EINTR) {
            return false;
        }
        done += part > 0 ? (size_t)part : 0;
    }
    return true;
}

/* Writes the slot that does not count, makes sure it is there, and lets it count. */
static bool save(struct keyslot *ks, struct err *err)
{
    unsigned char bytes[SLOT_SIZE], found[SLOT_SIZE] = {0};
    int other = 1 - ks->at;
    off_t place = (off_t)other * SLOT_STRIDE;
    ks->slot.generation++;
    slot_write(&ks->slot, ks->device, bytes);
    if (!write_at(ks->fd, bytes, SLOT_SIZE, place) || aside_fdatasync(ks->fd) != 0 ||
        !read_at(ks->fd, found, SLOT_SIZE, place)) {
        return err_set(err, ERR_STORAGE, errno, "cannot write the keyslot: %s", strerror(errno));
    }
    if (memcmp(bytes, found, SLOT_SIZE) != 0) {
        return err_set(err, ERR_STORAGE, EIO, "the keyslot is not what was written");
    }
    ks->at = other;
    return true;
}

static bool read_slots(struct keyslot *ks, struct err *err)
{
    unsigned char bytes[SLOT_FILE] = {0};
    struct slot slots[2];
    bool valid[2];
    if (!read_at(ks->fd, bytes, sizeof(bytes), 0)) {
        return err_set(err, ERR_STORAGE, errno, "cannot read the keyslot: %s", strerror(errno));
    }
    for (int i = 0; i < 2; i++) {
        valid[i] = slot_read(bytes + (size_t)i * SLOT_STRIDE, ks->device, &slots[i]);
    }
    if (!valid[0] && !valid[1]) {
        return err_set(err, ERR_DAMAGED, 0, "the keyslot is damaged or of another device");
    }
    ks->at = !valid[0] || (valid[1] && slots[1].generation > slots[0].generation);
    ks->slot = slots[ks->at];
    /* A change of the secret that was cut off: the old secret's slot must not stay behind. */
    bool is_half = !valid[1 - ks->at] || slots[1 - ks->at].wrap != ks->slot.wrap;
    return !is_half || save(ks, err);
}

static bool open_slots(const struct keyslot_place *place, struct keyslot *ks, struct err *err)
{
    *ks = (struct keyslot){.fd = -1};
    if (!load_device(place, &ks->device, err)) {
        return false;
    }
    ks->fd = open(place->path, O_RDWR | O_CLOEXEC);
    if (ks->fd < 0) {
        err_set(err, errno == ENOENT ? ERR_MISSING : ERR_STORAGE, errno,
                "cannot open the keyslot: %s", strerror(errno));
    } else if (flock(ks->fd, LOCK_EX) == 0 && read_slots(ks, err)) {
        return true;
    }
    close_slots(ks);
    return false;
}

/* ---- resting -------------------------------------------------------------------------------- */

static void boot_id(char id[BOOT_ID])
{
    struct buf text = {0};
    memset(id, 0, BOOT_ID);
    if (file_read("/proc/sys/kernel/random/boot_id", BOOT_ID, &text, NULL)) {
        snprintf(id, BOOT_ID, "%.36s", buf_text(&text));
    }
    buf_finish(&text);
}

static int64_t rest_ms(uint32_t failures)
{
    static const int64_t rests[] = {30 * 1000, 2 * 60 * 1000, 10 * 60 * 1000, 60 * 60 * 1000};
    const uint32_t count = sizeof(rests) / sizeof(*rests), free_tries = 5;
    if (failures < free_tries) {
        return 0;
    }
    return rests[failures - free_tries < count ? failures - free_tries : count - 1];
}

/* A clock of another run of the machine says nothing: then the whole rest begins again. */
static bool wait_left(struct keyslot *ks, int64_t *wait, struct err *err)
{
    char boot[BOOT_ID];
    int64_t now = clock_mono_ms(), rest = rest_ms(ks->slot.failures);
    boot_id(boot);
    if (rest && (strcmp(boot, ks->slot.boot) != 0 || now < ks->slot.failed_mono)) {
        memcpy(ks->slot.boot, boot, BOOT_ID);
        ks->slot.failed_mono = now;
        if (!save(ks, err)) {
            return false;
        }
    }
    int64_t left = rest ? ks->slot.failed_mono + rest - now : 0;
    *wait = left > 0 ? left : 0;
    return true;
}

/* Counts the try before it is made, so that a kill in the middle gives no free one. */
static bool count_try(struct keyslot *ks, struct err *err)
{
    ks->slot.failures += ks->slot.failures < 1000;
    ks->slot.failed_mono = clock_mono_ms();
    boot_id(ks->slot.boot);
    return save(ks, err);
}

/* ---- the door ------------------------------------------------------------------------------- */

struct keyslot_cost keyslot_calibrate(int64_t target_ms, uint64_t max_memory)
{
    struct crypt_cost cost = {keyslot_floor.memory, keyslot_floor.passes};
    int64_t ms = crypt_measure(&cost);
    while (ms > 0 && ms * 2 <= target_ms && cost.memory * 2 <= max_memory) {
        struct crypt_cost larger = {cost.memory * 2, cost.passes};
        int64_t took = crypt_measure(&larger);
        if (took < 0) {
            break;
        }
        cost = larger;
        ms = took;
    }
    if (ms > 0 && ms < target_ms) {
        int64_t passes = target_ms * cost.passes / ms;
        cost.passes = passes > 20 ? 20 : (uint32_t)passes;
    }
    return (struct keyslot_cost){cost.memory, cost.passes};
}

bool keyslot_exists(const struct keyslot_place *place)
{
    return file_exists(place->path);
}

/* Wraps the key anew into the slot in memory. */
static bool wrap(struct slot *slot, const struct key *key, struct str secret,
                 const struct key *device, struct err *err)
{
    struct key *kek = NULL;
    char about[128];
    rand_bytes(slot->salt, CRYPT_SALT);
    slot->wrap++;
    if (!key_from_secret(secret, slot->salt, &slot->cost, device, &kek, err)) {
        return false;
    }
    key_wrap(key, kek, slot_about(slot, about), slot->wrapped);
    key_destroy(kek);
    return true;
}

static bool create_file(const struct keyslot_place *place, const struct slot *slot,
                        const struct key *device, struct err *err)
{
    unsigned char bytes[SLOT_FILE] = {0};
    slot_write(slot, device, bytes);
    slot_write(slot, device, bytes + SLOT_STRIDE);
    return file_write(place->path, bytes, sizeof(bytes), err);
}

bool keyslot_create(const struct keyslot_place *place, struct str secret,
                    const struct keyslot_cost *cost, struct key **key, struct err *err)
{
    *key = NULL;
    if (secret.n == 0 || keyslot_exists(place)) {
        return err_set(err, ERR_INPUT, 0, secret.n ? "there is a keyslot already" : "no secret");
    }
    struct slot slot = {.generation = 1, .cost = {cost->memory, cost->passes}};
    struct key *device = NULL, *made = key_create();
    bool ok = make_device(place, err) && load_device(place, &device, err) &&
              wrap(&slot, made, secret, device, err) && create_file(place, &slot, device, err);
    key_destroy(device);
    if (!ok) {
        key_destroy(made);
        return false;
    }
    *key = made;
    return true;
}

static bool try_secret(struct keyslot *ks, struct str secret, struct key **key, struct err *err)
{
    int64_t wait;
    char about[128];
    struct key *kek = NULL;
    *key = NULL;
    if (!wait_left(ks, &wait, err)) {
        return false;
    }
    if (wait > 0) {
        return err_set(err, ERR_DENIED, EAGAIN, "too many wrong tries; still resting");
    }
    if (!count_try(ks, err) ||
        !key_from_secret(secret, ks->slot.salt, &ks->slot.cost, ks->device, &kek, err)) {
        return false;
    }
    *key = key_unwrap(ks->slot.wrapped, kek, slot_about(&ks->slot, about));
    key_destroy(kek);
    if (!*key) {
        return err_set(err, ERR_DENIED, 0, "wrong PIN or passphrase");
    }
    ks->slot.failures = 0;
    struct err why;
    if (!save(ks, &why)) {
        log_warn("the count of wrong tries stays: %s", why.text);
    }
    return true;
}

bool keyslot_open(const struct keyslot_place *place, struct str secret, struct key **key,
                  struct err *err)
{
    struct keyslot ks;
    *key = NULL;
    if (!open_slots(place, &ks, err)) {
        return false;
    }
    bool ok = try_secret(&ks, secret, key, err);
    close_slots(&ks);
    return ok;
}

bool keyslot_state(const struct keyslot_place *place, struct keyslot_state *state, struct err *err)
{
    struct keyslot ks;
    *state = (struct keyslot_state){0};
    if (!open_slots(place, &ks, err)) {
        return false;
    }
    bool ok = wait_left(&ks, &state->wait_ms, err);
    state->failures = (int)ks.slot.failures;
    state->cost = (struct keyslot_cost){ks.slot.cost.memory, ks.slot.cost.passes};
    close_slots(&ks);
    return ok;
}

bool keyslot_change(const struct keyslot_place *place, struct str old_secret, struct str new_secret,
                    const struct keyslot_cost *cost, struct err *err)
{
    struct keyslot ks;
    struct key *key = NULL;
    if (new_secret.n == 0) {
        return err_set(err, ERR_INPUT, 0, "no secret");
    }
    if (!open_slots(place, &ks, err)) {
        return false;
    }
    bool ok = try_secret(&ks, old_secret, &key, err);
    ks.slot.cost = ok ? (struct crypt_cost){cost->memory, cost->passes} : ks.slot.cost;
    ok = ok && wrap(&ks.slot, key, new_secret, ks.device, err) && save(&ks, err);
    /* The new secret is in force. The second save takes the place of the slot that the old one
     * opens; if it fails, the next opening makes up for it. */
    struct err why;
    if (ok && !save(&ks, &why)) {
        log_warn("the old slot stays for the next opening: %s", why.text);
    }
    key_destroy(key);
    close_slots(&ks);
    return ok;
}

struct key *keyslot_copy(const struct key *key)
{
    return key_of(key_bytes(key));
}

void keyslot_forget(struct key *key)
{
    key_destroy(key);
}
