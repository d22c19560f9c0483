#include "app/form/entry.h"

#include <inttypes.h>
#include <stdio.h>
#include "platform/base/clock.h"
#include "platform/base/mem.h"

struct row {
    const char *event, *node;
    int64_t start, end; /* ms; end -1: still open */
    const char *old_value, *new_value;
    const char *user, *reason, *latitude, *longitude, *accuracy;
};

struct audit {
    struct arena arena;
    VEC(struct row) rows;
    int64_t wall, mono; /* at the start: later times are counted from here */
    const char *user, *reason, *latitude, *longitude, *accuracy;
};

static const char *bind_attribute(const struct form *form, const char *name)
{
    return form->audit ? attribute_get(form->audit->attributes, form->audit->n_attributes, name)
                       : NULL;
}

static bool is_true(const char *text)
{
    return text && (!strcmp(text, "true") || !strcmp(text, "true()"));
}

void form_audit(const struct form *form, struct form_audit *audit)
{
    *audit = (struct form_audit){.wanted = form->audit != NULL};
    audit->identify_user = is_true(bind_attribute(form, "identify-user"));
    audit->track_changes = is_true(bind_attribute(form, "track-changes"));
    audit->ask_reasons = bind_attribute(form, "track-changes-reasons") != NULL;
    audit->location_priority = bind_attribute(form, "location-priority");
    audit->location = audit->location_priority != NULL;
    const char *seconds = bind_attribute(form, "location-min-interval");
    audit->location_min_interval_s = seconds ? strtol(seconds, NULL, 10) : 0;
    seconds = bind_attribute(form, "location-max-age");
    audit->location_max_age_s = seconds ? strtol(seconds, NULL, 10) : 0;
}

static struct audit *audit_of(struct entry *entry)
{
    if (!entry->audit) {
        entry->audit = mem_alloc(1, sizeof *entry->audit);
        entry->audit->wall = clock_now_ms();
        entry->audit->mono = clock_mono_ms();
        entry->audit->user = entry->audit->reason = entry->audit->latitude = "";
        entry->audit->longitude = entry->audit->accuracy = "";
    }
    return entry->audit;
}

static int64_t audit_now(const struct audit *audit)
{
    return audit->wall + (clock_mono_ms() - audit->mono);
}

static bool has_duration(const char *event)
{
    static const char *const events[] = {"question", "group questions", "jump", "add repeat",
                                         "end screen"};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        if (!strcmp(event, events[i])) {
            return true;
        }
    }
    return false;
}

static struct str value_at(struct entry *entry, const char *ref)
{
    return ref[0] ? entry_value(entry, ref) : STR("");
}

static void close_rows(struct entry *entry, struct audit *audit, int64_t now)
{
    for (size_t i = 0; i < audit->rows.n; i++) {
        struct row *row = &audit->rows.v[i];
        if (row->end < 0) {
            row->end = now;
            row->new_value = arena_str(&audit->arena, value_at(entry, row->node));
        }
    }
}

void audit_event(struct entry *entry, const char *event, const char *ref)
{
    if (!entry->form->audit) {
        return;
    }
    struct audit *audit = audit_of(entry);
    int64_t now = audit_now(audit);
    close_rows(entry, audit, now);
    struct row row = {
        .event = arena_strdup(&audit->arena, event),
        .node = arena_strdup(&audit->arena, ref ? ref : ""),
        .start = now,
        .end = has_duration(event) ? -1 : 0,
        .new_value = "",
        .user = audit->user,
        .reason = audit->reason,
        .latitude = audit->latitude,
        .longitude = audit->longitude,
        .accuracy = audit->accuracy,
    };
    row.old_value = arena_str(&audit->arena, value_at(entry, row.node));
    vec_push(&audit->rows, row);
}

static const char *kept(struct audit *audit, const char *text)
{
    return arena_strdup(&audit->arena, text ? text : "");
}

void audit_context(struct entry *entry, const char *user, const char *reason, const char *latitude,
                   const char *longitude, const char *accuracy)
{
    if (entry->form->audit) {
        struct audit *audit = audit_of(entry);
        audit->user = kept(audit, user);
        audit->reason = kept(audit, reason);
        audit->latitude = kept(audit, latitude);
        audit->longitude = kept(audit, longitude);
        audit->accuracy = kept(audit, accuracy);
    }
}

/* Quotes only where the cell needs it; a comma before it unless it is the first. */
static void add_cell(struct buf *to, const char *text, bool first)
{
    if (!first) {
        buf_add_char(to, ',');
    }
    if (!strpbrk(text, ",\"\n\r")) {
        buf_add_text(to, text);
        return;
    }
    buf_add_char(to, '"');
    for (; *text; text++) {
        if (*text == '"') {
            buf_add_char(to, '"');
        }
        buf_add_char(to, *text);
    }
    buf_add_char(to, '"');
}

static void add_row(struct buf *csv, const struct form_audit *wanted, const struct row *row)
{
    char time[32];
    bool changed = strcmp(row->old_value, row->new_value) != 0 && row->end;
    add_cell(csv, row->event, true);
    add_cell(csv, row->node, false);
    snprintf(time, sizeof time, "%" PRId64, row->start);
    add_cell(csv, time, false);
    snprintf(time, sizeof time, "%" PRId64, row->end);
    add_cell(csv, row->end > 0 ? time : "", false);
    if (wanted->location) {
        add_cell(csv, row->latitude, false);
        add_cell(csv, row->longitude, false);
        add_cell(csv, row->accuracy, false);
    }
    if (wanted->track_changes) {
        add_cell(csv, changed ? row->old_value : "", false);
        add_cell(csv, changed ? row->new_value : "", false);
    }
    if (wanted->identify_user) {
        add_cell(csv, row->user, false);
    }
    if (wanted->ask_reasons) {
        add_cell(csv, row->reason, false);
    }
    buf_add_char(csv, '\n');
}

void audit_take(struct entry *entry, bool header, struct buf *csv)
{
    struct form_audit wanted;
    form_audit(entry->form, &wanted);
    if (!wanted.wanted) {
        return;
    }
    struct audit *audit = audit_of(entry);
    close_rows(entry, audit, audit_now(audit));
    if (header) {
        buf_addf(csv, "event,node,start,end%s%s%s%s\n",
                 wanted.location ? ",latitude,longitude,accuracy" : "",
                 wanted.track_changes ? ",old-value,new-value" : "",
                 wanted.identify_user ? ",user" : "", wanted.ask_reasons ? ",change-reason" : "");
    }
    for (size_t i = 0; i < audit->rows.n; i++) {
        add_row(csv, &wanted, &audit->rows.v[i]);
    }
    audit->rows.n = 0;
}

void audit_take_ended(struct entry *entry, struct buf *csv)
{
    struct form_audit wanted;
    size_t left = 0;
    form_audit(entry->form, &wanted);
    for (size_t i = 0; entry->audit && i < entry->audit->rows.n; i++) {
        struct row *row = &entry->audit->rows.v[i];
        if (row->end < 0) {
            entry->audit->rows.v[left++] = *row;
        } else {
            add_row(csv, &wanted, row);
        }
    }
    if (entry->audit) {
        entry->audit->rows.n = left;
    }
}

static void name_file(void *ctx, struct node *node)
{
    change_value(ctx, node, STR("audit.csv"));
}

void audit_name_file(struct entry *entry)
{
    if (entry->form->audit) {
        each_instance(entry, entry->root, entry->form->audit, name_file, entry);
    }
}

void audit_finish(struct entry *entry)
{
    if (entry->audit) {
        vec_finish(&entry->audit->rows);
        arena_finish(&entry->audit->arena);
        free(entry->audit);
        entry->audit = NULL;
    }
}
