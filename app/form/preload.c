#include "app/form/entry.h"

#include <strings.h>
#include "platform/base/clock.h"
#include "platform/base/rand.h"

static bool property_of(const struct entry *entry, struct str name, const char **text)
{
    const struct {
        const char *name, *value;
    } known[] = {
        {"deviceid", entry->device.device_id},
        {"username", entry->device.username},
        {"email", entry->device.email},
        {"phonenumber", entry->device.phone_number},
        {"phone number", entry->device.phone_number},
        {"simserial", entry->device.sim_serial},
        {"subscriberid", entry->device.subscriber_id},
    };
    if (str_starts(name, STR("uri:"))) {
        name = (struct str){name.s + 4, name.n - 4};
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (name.n == strlen(known[i].name) && !strncasecmp(name.s, known[i].name, name.n)) {
            *text = known[i].value ? known[i].value : "";
            return true;
        }
    }
    return false;
}

bool device_property(void *ctx, struct str name, struct arena *scratch, struct str *text)
{
    const char *value;
    if (!property_of(ctx, name, &value)) {
        return false;
    }
    *text = str_of(value);
    return true;
}

static void set_now(struct entry *entry, struct node *node)
{
    char text[CLOCK_TEXT];
    clock_format_local(clock_now_ms(), text);
    change_value(entry, node, str_of(text));
}

static void preload_node(struct entry *entry, struct node *node)
{
    const struct node_def *def = node->def;
    const char *params = def->preload_params, *value;
    char text[CLOCK_TEXT];
    if (!strcmp(def->preload, "uid")) {
        char uuid[RAND_UUID_TEXT];
        rand_uuid(uuid);
        change_value(entry, node, str_of(arena_printf(&entry->arena, "uuid:%s", uuid)));
    } else if (!strcmp(def->preload, "timestamp") && !strcmp(params, "start")) {
        set_now(entry, node);
    } else if (!strcmp(def->preload, "date") && !strcmp(params, "today")) {
        clock_format_date(clock_now_ms(), text);
        change_value(entry, node, str_of(text));
    } else if (!strcmp(def->preload, "property") && property_of(entry, str_of(params), &value)) {
        change_value(entry, node, str_of(value));
    }
}

void preload(struct entry *entry, struct node *node)
{
    if (node->def && node->def->preload) {
        preload_node(entry, node);
    }
    for (struct node *child = node->first; child; child = child->next) {
        if (child->kind == NODE_ELEMENT) {
            preload(entry, child);
        }
    }
}

static void end_one(void *ctx, struct node *node)
{
    set_now(ctx, node);
}

void preload_end(struct entry *entry)
{
    for (size_t i = 0; i < entry->form->defs.n; i++) {
        struct node_def *def = entry->form->defs.v[i];
        if (def->preload && !strcmp(def->preload, "timestamp") &&
            !strcmp(def->preload_params, "end")) {
            each_instance(entry, entry->root, def, end_one, entry);
        }
    }
}
