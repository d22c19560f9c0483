#include "helper_simimage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"

uint64_t sim_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t sim_below(uint64_t *state, uint64_t limit)
{
    return limit ? sim_random(state) % limit : 0;
}

/* ---- images --------------------------------------------------------------------------------- */

void image_begin(struct sim_image *image)
{
    *image = (struct sim_image){0};
    vec_push(&image->nodes, (struct sim_node){.is_folder = true});
}

static void let_go(struct sim_bytes *bytes)
{
    if (bytes && --bytes->users == 0) {
        buf_finish(&bytes->buf);
        free(bytes);
    }
}

void image_finish(struct sim_image *image)
{
    for (size_t i = 0; i < image->nodes.n; i++) {
        let_go(image->nodes.v[i].bytes);
        vec_finish(&image->nodes.v[i].entries);
    }
    vec_finish(&image->nodes);
}

void image_copy(struct sim_image *to, const struct sim_image *from)
{
    *to = (struct sim_image){0};
    for (size_t i = 0; i < from->nodes.n; i++) {
        const struct sim_node *node = &from->nodes.v[i];
        struct sim_node copy = {.is_folder = node->is_folder, .bytes = node->bytes};
        if (copy.bytes) {
            copy.bytes->users++;
        }
        for (size_t k = 0; k < node->entries.n; k++) {
            vec_push(&copy.entries, node->entries.v[k]);
        }
        vec_push(&to->nodes, copy);
    }
}

struct str image_bytes(const struct sim_image *image, int node)
{
    const struct sim_bytes *bytes = image->nodes.v[node].bytes;
    return bytes ? buf_str(&bytes->buf) : STR("");
}

struct buf *image_change(struct sim_image *image, int node)
{
    struct sim_bytes *old = image->nodes.v[node].bytes;
    if (!old || old->users > 1) {
        struct sim_bytes *own = mem_alloc(1, sizeof(*own));
        own->users = 1;
        if (old) {
            buf_add_str(&own->buf, buf_str(&old->buf));
            old->users--;
        }
        image->nodes.v[node].bytes = own;
    }
    return &image->nodes.v[node].bytes->buf;
}

static struct sim_entry *find_entry(const struct sim_image *image, int folder, const char *name)
{
    struct sim_node *node = &image->nodes.v[folder];
    for (size_t i = 0; i < node->entries.n; i++) {
        if (strcmp(node->entries.v[i].name, name) == 0) {
            return &node->entries.v[i];
        }
    }
    return NULL;
}

int image_find(const struct sim_image *image, int folder, const char *name)
{
    struct sim_entry *entry = find_entry(image, folder, name);
    return entry ? entry->node : -1;
}

int image_at(const struct sim_image *image, const char *path)
{
    int node = SIM_ROOT;
    struct str rest = str_of(path), part;
    while (node >= 0 && str_cut(&rest, '/', &part)) {
        char name[SIM_NAME];
        snprintf(name, sizeof(name), "%.*s", (int)part.n, part.s);
        node = part.n == 0 ? node : image_find(image, node, name);
    }
    return node;
}

static void set_entry(struct sim_image *image, int folder, const char *name, int node)
{
    struct sim_entry *entry = find_entry(image, folder, name);
    if (!entry) {
        entry = vec_add(&image->nodes.v[folder].entries);
        snprintf(entry->name, sizeof(entry->name), "%s", name);
    }
    entry->node = node;
}

static void drop_entry(struct sim_image *image, int folder, const char *name)
{
    struct sim_entry *entry = find_entry(image, folder, name);
    if (entry) {
        size_t i = (size_t)(entry - image->nodes.v[folder].entries.v);
        vec_remove(&image->nodes.v[folder].entries, i);
    }
}

/* Nodes are there as soon as their number is known, whether a name leads to them or not. */
static void need_node(struct sim_image *image, int node, bool is_folder)
{
    while (image->nodes.n <= (size_t)node) {
        vec_push(&image->nodes, (struct sim_node){0});
    }
    image->nodes.v[node].is_folder |= is_folder;
}

/* The room between the old end and the new one holds what the disk held there: zeroes, or noise. */
static void set_size(struct buf *file, size_t size, uint64_t *noise)
{
    size_t old = file->n;
    if (size > old) {
        memset(buf_reserve(file, size - old), 0, size - old);
        for (size_t i = old; noise && i < size; i++) {
            file->s[i] = (char)sim_random(noise);
        }
        file->n = size;
    }
}

static void put_bytes(struct buf *file, size_t at, const char *bytes, size_t n, uint64_t *noise)
{
    set_size(file, at, noise);
    set_size(file, at + n, NULL);
    memcpy(file->s + at, bytes, n);
}

static void cut(struct buf *file, size_t size)
{
    if (size < file->n) {
        file->n = size;
    } else {
        set_size(file, size, NULL);
    }
}

static void apply_names(struct sim_image *image, const struct sim_op *op)
{
    int node;
    switch (op->kind) {
    case SIM_LINK:
        set_entry(image, op->node, op->name, op->other);
        break;
    case SIM_UNLINK:
        drop_entry(image, op->node, op->name);
        break;
    case SIM_MOVE:
        node = image_find(image, op->node, op->name);
        if (node >= 0) {
            drop_entry(image, op->node, op->name);
            set_entry(image, op->other, op->to, node);
        }
        break;
    default:
        break;
    }
}

void image_apply(struct sim_image *image, const struct sim_op *op)
{
    if (op->kind == SIM_LINK) {
        need_node(image, op->other, op->is_folder);
    }
    if (op->kind == SIM_WRITE) {
        put_bytes(image_change(image, op->node), (size_t)op->at, op->bytes, op->n, NULL);
    } else if (op->kind == SIM_CUT) {
        cut(image_change(image, op->node), (size_t)op->at);
    } else {
        apply_names(image, op);
    }
}

/* ---- crashes -------------------------------------------------------------------------------- */

/* How a crash treats what was not certain; everything follows from the seed. */
struct crash {
    struct sim_image *image;
    struct sim_loss loss;
    uint64_t state;
    unsigned keep;    /* of 16 */
    size_t sector;    /* 0: a beginning of each write */
    bool is_noisy;    /* room that was given but not written holds noise */
    bool is_in_order; /* names: the first so many, as a journal of the file system leaves them */
    bool is_over;     /* in order: the first one was left out */
};

static bool keeps(struct crash *c)
{
    return sim_below(&c->state, 16) < c->keep;
}

static void tear(struct crash *c, const struct sim_op *op)
{
    struct buf *node = image_change(c->image, op->node);
    uint64_t *noise = c->is_noisy ? &c->state : NULL;
    size_t at = (size_t)op->at, end = at + op->n;
    if (c->sector == 0) {
        size_t n = sim_below(&c->state, op->n + 1);
        if (n) {
            put_bytes(node, at, op->bytes, n, noise);
        }
        return;
    }
    while (at < end) {
        size_t next = (at / c->sector + 1) * c->sector;
        next = next < end ? next : end;
        if (keeps(c)) {
            put_bytes(node, at, op->bytes + (at - (size_t)op->at), next - at, noise);
        } else if (sim_below(&c->state, 4) == 0) {
            set_size(node, next, noise); /* the size was written, the bytes were not */
        }
        at = next;
    }
}

static void apply_uncertain(struct crash *c, const struct sim_op *op)
{
    bool is_name = op->kind != SIM_WRITE && op->kind != SIM_CUT;
    if (is_name && c->is_in_order) {
        c->is_over |= !keeps(c);
        if (!c->is_over) {
            image_apply(c->image, op);
        }
    } else if (op->kind == SIM_WRITE && c->loss.kind == LOSS_TORN) {
        tear(c, op);
    } else if (keeps(c)) {
        image_apply(c->image, op);
    }
}

static void draw(struct crash *c)
{
    static const unsigned keeps_of_16[] = {2, 8, 14};
    static const size_t sectors[] = {0, 512, 4096};
    c->state = c->loss.seed;
    c->keep = keeps_of_16[sim_below(&c->state, 3)];
    c->sector = sectors[sim_below(&c->state, 3)];
    c->is_noisy = sim_below(&c->state, 4) == 0;
    c->is_in_order = sim_below(&c->state, 2) == 0;
}

void run_crash(const struct sim_run *run, size_t at, struct sim_loss loss, struct sim_image *out)
{
    struct crash c = {.image = out, .loss = loss};
    VEC(size_t) synced = {0}; /* by node: changes before this one are certain */
    size_t end = at < run->ops.n ? at + 1 : run->ops.n;
    draw(&c);
    image_copy(out, &run->base);
    for (size_t i = 0; i < end && i < at; i++) {
        const struct sim_op *op = &run->ops.v[i];
        int most = op->kind == SIM_LINK && op->other > op->node ? op->other : op->node;
        while (synced.n <= (size_t)most) {
            vec_push(&synced, 0);
        }
        if (op->kind == SIM_SYNC) {
            synced.v[op->node] = i;
        }
    }
    for (size_t i = 0; i < end; i++) {
        const struct sim_op *op = &run->ops.v[i];
        if (op->kind == SIM_LINK) {
            need_node(out, op->other, op->is_folder);
        }
        bool is_known = (size_t)op->node < synced.n;
        bool is_certain = !op->is_lost && is_known && i < synced.v[op->node];
        if (op->kind == SIM_MOVE && (size_t)op->other < synced.n) {
            is_certain |= i < synced.v[op->other];
        }
        if (is_certain || (loss.kind == LOSS_NOTHING && i < at)) {
            image_apply(out, op);
        } else if (!op->is_lost && loss.kind != LOSS_ALL && op->kind != SIM_SYNC) {
            apply_uncertain(&c, op);
        }
    }
    vec_finish(&synced);
}

void run_finish(struct sim_run *run)
{
    image_finish(&run->base);
    for (size_t i = 0; i < run->ops.n; i++) {
        free(run->ops.v[i].bytes);
    }
    vec_finish(&run->ops);
}
