#include "app/hub/formdef.h"

enum { DEPTH = 256 };

/* Where the walk is: one level for each open element. */
struct level {
    size_t path, name;           /* lengths before this element was added */
    const struct xml_name *last; /* name of the child before, and how many in a row had it */
    int count;
};

static bool has_elements(const struct xml *node)
{
    return xml_child(node, NULL) != NULL;
}

static void cut(struct buf *b, size_t n)
{
    if (b->n > n) {
        b->n = n;
        b->s[n] = '\0';
    }
}

void formdef_walk(const struct xml *root,
                  void (*each)(void *ctx, struct str path, struct str name, struct str value),
                  void *ctx)
{
    struct level levels[DEPTH] = {{0}};
    struct buf path = {0}, name = {0};
    const struct xml *at = xml_child(root, NULL);
    size_t depth = 0;
    buf_addf(&path, "/%s", root->name->local);
    buf_reserve(&name, 0);
    levels[0].path = path.n;
    while (at) {
        struct level *level = &levels[depth];
        level->count = level->last == at->name ? level->count + 1 : 1;
        level->last = at->name;
        cut(&path, level->path);
        cut(&name, level->name);
        buf_addf(&path, "/%s", at->name->local);
        buf_addf(&name, "%s%s", name.n ? "/" : "", at->name->local);
        if (level->count > 1) {
            buf_addf(&name, "[%d]", level->count);
        }
        if (has_elements(at) && depth + 1 < DEPTH) {
            depth++;
            levels[depth] = (struct level){.path = path.n, .name = name.n};
            at = xml_child(at, NULL);
            continue;
        }
        each(ctx, buf_str(&path), buf_str(&name), at->text);
        while (at && !xml_next(at, NULL) && depth > 0) {
            at = at->parent;
            depth--;
        }
        at = xml_next(at, NULL);
    }
    buf_finish(&path);
    buf_finish(&name);
}
