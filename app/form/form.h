/* The XForms engine: a form (definition, read once), an entry (one filling of it), the walk through
 * its questions, and what a screen needs to show one. It knows no screen, no store and no network:
 * media come through struct form_media, long lists through struct form_list, and every change is
 * told to one hook. A form and its entries belong to one thread. Refs are absolute paths with
 * 1-based positions ("/data/rep[2]/x", "/data/meta/entity/@id"); [1] may be left out. Values are
 * the texts that stand in the XML. Texts given out are borrowed until the entry changes next, if
 * nothing else is said (they may still be arguments of that change). Sources: ODK XForms
 * specification; where forms in the field lean on JavaRosa, that. */
#ifndef FORM_FORM_H
#define FORM_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/str.h"

/* ---- lists and media ------------------------------------------------------------------------- */

/* A long list (CSV or entity list) that is asked, not held: rows are numbered from 0 in the order
 * of the file, columns in the order of the header. app/store answers from SQLite;
 * form_list_from_csv from the bytes of a file. Put this struct first in your own. */
struct form_list {
    const struct form_list_ops *ops;
};

struct form_list_ops {
    /* Number of rows. */
    uint32_t (*row_count)(struct form_list *list);
    /* Number of columns. */
    size_t (*column_count)(struct form_list *list);
    /* Name of the i-th column; borrowed for the life of the list. */
    struct str (*column_name)(struct form_list *list, size_t column);
    /* Writes up to cap numbers of the rows whose cell equals value into rows, in order, beginning
     * behind the first `skip` hits; returns how many were written. */
    size_t (*find)(struct form_list *list, size_t column, struct str value, size_t skip,
                   uint32_t *rows, size_t cap);
    /* The text of a cell (empty when the row is short); borrowed until the next call of cell. */
    struct str (*cell)(struct form_list *list, uint32_t row, size_t column);
    /* Frees the list; may be NULL for one that belongs to somebody else. */
    void (*destroy)(struct form_list *list);
};

/* A list over the bytes of a CSV file, which it takes over (buf is left empty). Rows are found by
 * an index that is built when a column is first asked for. Destroy through ops->destroy. */
bool form_list_from_csv(struct buf *bytes, struct form_list **list, struct err *err);

/* Where the form's files come from. `uri` is as it stands in the form: "jr://file-csv/wards.csv",
 * "jr://file/x.geojson", "jr://instance/last-saved", "x.csv" for pulldata. */
struct form_media {
    void *ctx;
    /* Appends the bytes; false with ERR_MISSING when there is no such file. */
    bool (*read)(void *ctx, const char *uri, struct buf *bytes, struct err *err);
    /* Gives a ready list for a CSV or entity list, destroyed with the form; false: use read. May be
     * NULL. */
    bool (*list)(void *ctx, const char *uri, struct form_list **list);
};

/* The file name behind the last slash of a jr: address or path; borrowed from uri. */
struct str form_media_name(struct str uri);

/* ---- the form -------------------------------------------------------------------------------- */

struct form;

enum problem_kind {
    PROBLEM_ERROR,       /* the form cannot be used */
    PROBLEM_WARNING,     /* it can, but this part will not work as meant */
    PROBLEM_UNSUPPORTED, /* it can; this device or app leaves this part out */
};

struct form_problem {
    enum problem_kind kind;
    const char *node; /* ref or element it concerns; "" for the whole form */
    long line;        /* in the form's XML, 0 unknown */
    const char *text; /* English sentence with expression and reason */
};

struct form_options {
    struct form_media media;
    uint32_t max_nodes;   /* of the form and of an entry; 0: 2,000,000 */
    uint32_t max_choices; /* that one question may show; 0: 1,000,000 */
};

/* Reads a form. Never returns NULL: a form that is no form has problems and form_is_usable() false.
 * The XML is not needed afterwards. Destroy with form_destroy. */
struct form *form_load(struct str xml, const struct form_options *options);

/* Reads a form from a file, else like form_load. */
struct form *form_load_file(const char *path, const struct form_options *options);

/* Frees the form and its lists; its entries must be gone. Takes NULL. */
void form_destroy(struct form *form);

/* May entries be made of it? */
bool form_is_usable(const struct form *form);

/* Number of problems found; errors come first. */
size_t form_problem_count(const struct form *form);

/* The i-th problem; borrowed from the form. */
const struct form_problem *form_problem_at(const struct form *form, size_t i);

/* h:title, or the id when there is none. */
const char *form_title(const struct form *form);

/* id of the primary instance (else its namespace). */
const char *form_id(const struct form *form);

/* version of the primary instance, "" when there is none. */
const char *form_version(const struct form *form);

/* MD5 of the XML in hex, as OpenRosa's form list has it without "md5:". */
const char *form_hash(const struct form *form);

/* Number of languages; 0 for a form without itext. */
size_t form_language_count(const struct form *form);

/* Name of the i-th language as it stands in the form, e.g. "Vietnamese (vi)". */
const char *form_language_at(const struct form *form, size_t i);

/* The language used when nobody chose: default="true()", else the first; NULL without itext. */
const char *form_default_language(const struct form *form);

/* What <submission> asks for; NULL or false where it says nothing. */
struct form_submission {
    const char *action, *method, *public_key; /* public_key: base64RsaPublicKey */
    bool has_auto_send, auto_send, has_auto_delete, auto_delete;
    bool client_editable; /* finalised and sent records may be edited */
};
void form_submission(const struct form *form, struct form_submission *submission);

/* Media and list files that the form names, as they stand there ("jr://…", pulldata files as plain
 * names), each once; the i-th or NULL behind the last. */
const char *form_media_at(const struct form *form, size_t i);

/* Keys named by gocua:fill, each once; the i-th or NULL behind the last. */
const char *form_fill_key_at(const struct form *form, size_t i);

/* Names of the entity lists that entries of this form may create in or update; i-th or NULL. */
const char *form_entity_list_at(const struct form *form, size_t i);

/* ---- the entry ------------------------------------------------------------------------------- */

struct entry;

/* What preloads and metadata ask about; NULL counts as "". Copied. */
struct entry_device {
    const char *device_id, *username, *email, *phone_number, *sim_serial, *subscriber_id;
    /* Where the device is, for setgeopoint: appends "lat lon altitude accuracy"; false when it does
     * not know (the node stays empty; answer it later when a fix comes). May be NULL. */
    bool (*position)(void *ctx, struct buf *geopoint);
    void *ctx;
};

/* What one change did; refs are those of entry_changed_at. */
struct entry_change {
    struct entry *entry;
    uint64_t revision; /* of the entry after it */
    const char *ref;   /* what the user changed: a node, or a repeat instance added or removed */
};

struct entry_hooks {
    void *ctx;
    /* Called after each answer, repeat or language change, when everything is up to date. */
    void (*on_change)(void *ctx, const struct entry_change *change);
};

/* A new entry: defaults, preloads, first-load events, all calculations. */
bool entry_create(struct form *form, const struct entry_device *device, struct entry **entry,
                  struct err *err);

enum entry_mode {
    ENTRY_RESUME, /* a draft goes on: same instanceID */
    ENTRY_EDIT,   /* a sent record is changed: new instanceID, the old one into deprecatedID */
};

/* An entry from saved XML. Nodes that the form does not know are left out;
 * missing ones are made. ERR_INPUT for another form's record or no XML. */
bool entry_open(struct form *form, struct str xml, enum entry_mode mode,
                const struct entry_device *device, struct entry **entry, struct err *err);

/* Frees the entry; takes NULL. */
void entry_destroy(struct entry *entry);

/* The form it fills. */
struct form *entry_form(const struct entry *entry);

/* Sets the hooks (copied); NULL takes them away. */
void entry_set_hooks(struct entry *entry, const struct entry_hooks *hooks);

/* uuid: text of meta/instanceID, "" when the form has none. */
const char *entry_instance_id(struct entry *entry);

/* meta/instanceName as it stands now, else the form's title. */
const char *entry_instance_name(struct entry *entry);

/* Appends the form's title in the language shown: its text `form:title` when the form has one, else
 * h:title, which can hold one language only. */
void entry_add_title(struct entry *entry, struct buf *to);

/* Shows texts in that language from now on; ERR_INPUT when the form has no such one. */
bool entry_set_language(struct entry *entry, const char *language, struct err *err);

/* The language shown; NULL without itext. */
const char *entry_language(const struct entry *entry);

enum answer_state { ANSWER_OK, ANSWER_REQUIRED, ANSWER_CONSTRAINT };

struct answer_result {
    enum answer_state state;
    const char *message; /* the form's own words, resolved; "" when it has none */
};

/* Stores a value ("" clears). When required or constraint refuses it nothing changes and
 * *result says so (result may be NULL). False with err for an unknown ref, a value that does not
 * fit the type, or a calculation that failed: then the entry stands as before. */
bool entry_answer(struct entry *entry, const char *ref, struct str value,
                  struct answer_result *result, struct err *err);

/* The value now stored, also of a node that is not relevant; empty when there is none. */
struct str entry_value(struct entry *entry, const char *ref);

/* Is there such a node? */
bool entry_has(struct entry *entry, const char *ref);

/* Adds an instance: "/data/rep" behind the last, "/data/rep[3]" only if that is the next one (it
 * may stand inside another instance). *made, if asked for, is its ref. */
bool entry_repeat_add(struct entry *entry, const char *ref, const char **made, struct err *err);

/* Removes an instance; the following ones move up. */
bool entry_repeat_remove(struct entry *entry, const char *ref, struct err *err);

/* Number of instances of a repeat. */
size_t entry_repeat_count(struct entry *entry, const char *ref);

/* Fills every relevant node whose bind says gocua:fill="key" (constraints apply); returns how many
 * took the value. */
size_t entry_fill(struct entry *entry, const char *key, struct str value, struct err *err);

/* The same for nodes in the group (or repeat instance) of ref only: what a card says belongs to the
 * person whose card question it is. */
size_t entry_fill_beside(struct entry *entry, const char *ref, const char *key, struct str value,
                         struct err *err);

/* The value of the first relevant node with that fill key; empty when there is none. */
struct str entry_filled(struct entry *entry, const char *key);

/* Counts changes; grows with each. */
uint64_t entry_revision(const struct entry *entry);

/* Refs whose value, relevance, required or readonly state changed after revision `since`, each
 * once, i-th or NULL behind the last. When that is too long ago *all becomes true: everything may
 * have. */
const char *entry_changed_at(struct entry *entry, uint64_t since, size_t i, bool *all);

struct entry_problem {
    const char *ref;
    enum answer_state state; /* ANSWER_REQUIRED or ANSWER_CONSTRAINT */
    const char *message;     /* the form's own words; "" when it has none */
    const char *label;       /* of the question */
};

/* Checks all relevant questions, in order. Count of what is wrong; 0: fine. */
size_t entry_validate(struct entry *entry);

/* The i-th problem of the last entry_validate. */
const struct entry_problem *entry_problem_at(const struct entry *entry, size_t i);

/* Completes the record for sending: `end` times, revalidate events, recalculation, validation.
 * False with ERR_INPUT when entry_validate found something (look there). */
bool entry_finalize(struct entry *entry, struct err *err);

enum serial_kind {
    SERIAL_DRAFT,      /* everything, also what is not relevant */
    SERIAL_SUBMISSION, /* what is relevant, in the bytes that are sent */
};

/* Appends the record as XML. */
bool entry_serialize(struct entry *entry, enum serial_kind kind, struct buf *xml, struct err *err);

/* File names that relevant uploads of the entry hold (what goes along), i-th or NULL. */
const char *entry_attachment_at(struct entry *entry, size_t i);

/* ---- what a finished entry does to entity lists ------------------------------------------------
 */

struct entity_change {
    const char *list, *id, *label; /* label "" : unchanged */
    bool creates, updates;         /* both: whichever fits */
    const char *base_version, *trunk_version, *branch_id;
    size_t property_count;
    const char *const *names, *const *values;
};

/* The i-th entity that the entry creates or updates as it stands; false behind the last. */
bool entry_entity_at(struct entry *entry, size_t i, struct entity_change *change);

/* ---- the walk ----------------------------------------------------------------------------------
 */

enum stop_kind {
    STOP_BEGIN,
    STOP_QUESTION,
    STOP_GROUP,      /* a group; with field_list all inside belongs on one screen */
    STOP_REPEAT,     /* one instance of a repeat begins */
    STOP_NEW_REPEAT, /* ask: one more? ref is that of the instance that would come */
    STOP_END,
};

/* A place in the form, in the order of its body. A value; good until a repeat is removed. */
struct stop {
    enum stop_kind kind;
    const struct control *control; /* inner */
    struct node *node;             /* inner */
    struct node *parent;           /* inner */
    uint32_t position;             /* of the repeat instance, 1-based */
};

/* The beginning. */
struct stop stop_begin(struct entry *entry);

/* The next place that is relevant; counted repeats get their instances on the way. STOP_END stays.
 * Groups without a label and without field-list are stops too, as in JavaRosa: skip them. */
struct stop stop_next(struct entry *entry, struct stop at);

/* The place before; STOP_BEGIN stays. */
struct stop stop_prev(struct entry *entry, struct stop at);

/* Behind the end of this group or repeat instance: where to go from a field-list. */
struct stop stop_skip(struct entry *entry, struct stop at);

/* The place of a ref; false when no control shows it. */
bool stop_find(struct entry *entry, const char *ref, struct stop *stop);

/* The ref of a place; "" for begin and end. */
const char *stop_ref(struct entry *entry, struct stop stop);

/* Same place? */
bool stop_equal(struct stop a, struct stop b);

/* Is it a group (or repeat instance) whose questions belong on one screen? */
bool stop_is_field_list(struct entry *entry, struct stop stop);

/* Is `inner` inside the group or repeat instance `outer`? */
bool stop_is_inside(struct entry *entry, struct stop inner, struct stop outer);

/* How many groups and repeat instances stand around it. */
int stop_depth(struct entry *entry, struct stop stop);

/* May instances be removed here (not with jr:count or noAddRemove)? For STOP_REPEAT. */
bool stop_can_remove(struct entry *entry, struct stop stop);

/* Screens passed (n) of all that are relevant now (of); a field-list counts once. */
void stop_progress(struct entry *entry, struct stop stop, int *n, int *of);

enum jump_state { JUMP_EMPTY, JUMP_ANSWERED, JUMP_MISSING, JUMP_WRONG };

/* State of a question for the jump list: MISSING = required and empty, WRONG = against its
 * constraint. Groups: the worst inside. */
enum jump_state stop_state(struct entry *entry, struct stop stop);

/* ---- one question ------------------------------------------------------------------------------
 */

enum control_kind {
    CONTROL_INPUT,
    CONTROL_SELECT_ONE,
    CONTROL_SELECT_MANY,
    CONTROL_RANK,
    CONTROL_RANGE,
    CONTROL_TRIGGER,
    CONTROL_UPLOAD,
    CONTROL_GROUP,
    CONTROL_REPEAT,
};

enum value_type {
    TYPE_STRING,
    TYPE_INT,
    TYPE_DECIMAL,
    TYPE_BOOLEAN,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_DATETIME,
    TYPE_GEOPOINT,
    TYPE_GEOTRACE,
    TYPE_GEOSHAPE,
    TYPE_BARCODE,
    TYPE_BINARY,
};

/* A text with its media; each NULL when there is none. Texts keep their markdown. */
struct shown_text {
    const char *text, *image, *big_image, *audio, *video;
};

struct question_view {
    const char *ref;
    enum control_kind kind;
    enum value_type type;
    struct str value;
    bool relevant, required, readonly;
    bool has_choices;
    struct shown_text label, hint;
    const char *guidance;                    /* "" without */
    const char *appearance;                  /* as written; question_has_appearance asks */
    const char *constraint_message;          /* resolved; "" without */
    const char *required_message;            /* resolved; "" without */
    const char *media_type;                  /* upload: "image/ *" and so on, without the blank */
    const char *autoplay;                    /* "audio", "video" or "" */
    double start, end, step;                 /* range; step 0 where it is none */
    const char *tick_interval, *placeholder; /* range; "" without */
    long max_pixels;                         /* image; 0 without */
    long rows;                               /* text; 0 without */
    double accuracy, accuracy_bad;           /* geo thresholds in metres, 0 without */
    const char *reader;                      /* gocua:reader, "" without */
    const char *fill;                        /* gocua:fill, "" without */
    const char *app;               /* external app ("ex:" or intent) without arguments; "" */
    const struct control *control; /* inner */
};

/* What a screen needs to show the question, group or repeat at this place. Borrowed until the entry
 * changes. */
bool question_view(struct entry *entry, struct stop stop, struct question_view *view,
                   struct err *err);

/* The same by ref; nodes without a control have kind CONTROL_INPUT and no label. */
bool question_view_ref(struct entry *entry, const char *ref, struct question_view *view,
                       struct err *err);

/* Is the word among the appearances (w1, minimal, …)? "columns" also finds "columns-3". */
bool question_has_appearance(const struct question_view *view, const char *word);

/* The i-th argument that the external app gets: name and its value as computed now; false behind
 * the last. */
bool question_app_argument(struct entry *entry, const struct question_view *view, size_t i,
                           const char **name, const char **value);

/* ---- choices -----------------------------------------------------------------------------------
 */

struct choices; /* a cursor; belongs to the entry, good until it changes */

struct choice {
    struct str value;
    struct shown_text label;
};

/* The choices that the question offers now, in order (shuffled where the form says so). What the
 * answer holds and they no longer offer is taken out of it, as a change of its own. */
bool question_choices(struct entry *entry, const char *ref, struct choices **choices,
                      struct err *err);

/* How many. */
size_t choices_count(const struct choices *choices);

/* The i-th; borrowed until the next call on these choices. */
bool choices_at(struct choices *choices, size_t i, struct choice *choice);

/* Index of the choice with that value, or -1. */
ptrdiff_t choices_find(struct choices *choices, struct str value);

/* Narrows to those whose label has the text in it after both went through fold (which appends the
 * folded form; ctx is yours); where the marks are the same too comes first, then word beginnings.
 * An empty text shows all again. */
void choices_search(struct choices *choices, struct str text,
                    void (*fold)(void *ctx, struct str in, struct buf *out), void *ctx);

/* ---- audit log ---------------------------------------------------------------------------------
 */

struct form_audit {
    bool wanted; /* the form has meta/audit */
    bool identify_user, track_changes, ask_reasons, location;
    const char *location_priority;
    long location_min_interval_s, location_max_age_s;
};

/* What the form wants logged. */
void form_audit(const struct form *form, struct form_audit *audit);

/* Notes an event ("form start", "question", "end screen", "form save" …) at ref ("" for the form).
 * Questions end at the next event. Does nothing in a form without audit. */
void audit_event(struct entry *entry, const char *event, const char *ref);

/* Adds to later rows who is at work, why (change reason), and where; NULL leaves the column empty.
 */
void audit_context(struct entry *entry, const char *user, const char *reason, const char *latitude,
                   const char *longitude, const char *accuracy);

/* Appends the rows noted since the last call as CSV; with the header when `header`. The store keeps
 * them and sends all as audit.csv. */
void audit_take(struct entry *entry, bool header, struct buf *csv);

/* The same without header and without the question that is shown now: for each save on the way. */
void audit_take_ended(struct entry *entry, struct buf *csv);

/* ---- markdown ----------------------------------------------------------------------------------
 */

enum span_flag { SPAN_BOLD = 1, SPAN_ITALIC = 2, SPAN_LINK = 4, SPAN_HEADING = 8, SPAN_BREAK = 16 };

struct span {
    struct str text; /* plain; empty with SPAN_BREAK */
    unsigned flags;
    int heading;      /* 1–6 with SPAN_HEADING */
    struct str link;  /* with SPAN_LINK */
    struct str color; /* "" or as written, e.g. "red", "#f58a1f" */
};

/* Cuts a label into spans of one look; calls each in order until it returns false. Unknown markup
 * is shown as text; "\*" is a star. */
void markdown_each(struct str text, bool (*each)(void *ctx, const struct span *span), void *ctx);

/* Appends the label without its markup, lines kept: for lists, speech and search. */
void markdown_plain(struct str text, struct buf *plain);

#endif
