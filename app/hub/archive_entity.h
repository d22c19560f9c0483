/* Inner header of the archive's entities: one change to one entity, from a submission or a CSV. */
#ifndef HUB_ARCHIVE_ENTITY_H
#define HUB_ARCHIVE_ENTITY_H

#include "app/hub/archive_sqlite.h"

struct entity_value {
    const char *name;
    struct str value;
};

struct entity_change {
    int64_t list, record; /* record 0: made here */
    const char *id, *label, *branch;
    int base, trunk;
    VEC(struct entity_value) values;
    struct arena arena; /* of what the values point to */
};

enum entity_outcome { ENTITY_DONE, ENTITY_EXISTS, ENTITY_UNKNOWN, ENTITY_HELD };

/* Makes the entity; ENTITY_EXISTS when it is there. */
bool entity_create(struct archive *archive, const struct entity_change *change,
                   enum entity_outcome *outcome, struct err *err);

/* Changes the entity after the order rules of offline branches; ENTITY_HELD when its base is not
 * there yet (with a branch), ENTITY_UNKNOWN when it never can be. force: on whatever is current. */
bool entity_update(struct archive *archive, const struct entity_change *change, bool force,
                   enum entity_outcome *outcome, struct err *err);

/* Works in held updates of this entity for which the gap has closed. */
bool entity_release(struct archive *archive, int64_t list, const char *id, struct err *err);

/* Frees a change. */
void entity_change_finish(struct entity_change *change);

/* Marks the list as changed. */
bool entity_list_changed(struct archive *archive, int64_t list, struct err *err);

/* Is it a UUID? */
bool entity_is_id(const char *id);

/* The number of a list, 0 when there is none. */
bool entity_list_find(struct archive *archive, const char *name, int64_t *list, struct err *err);

#endif
