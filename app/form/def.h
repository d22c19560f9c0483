/* The form definition, inner side: what the parser builds and the entry reads. A node_def stands
 * for all nodes of one generic path; a rule is one expression of a bind that the graph keeps up to
 * date; a control is an element of the body. All of it lives in the form's arena and never changes
 * after form_load. Not a header for other rooms. */
#ifndef FORM_DEF_H
#define FORM_DEF_H

#include "app/form/form.h"
#include "app/form/node.h"
#include "app/form/xpath.h"
#include "platform/base/map.h"
#include "platform/base/vec.h"
#include "platform/base/xml.h"

/* ---- texts ----------------------------------------------------------------------------------- */

struct text_part {
    struct str literal;         /* when output is NULL */
    const struct xpath *output; /* <output value="…"/> */
};

/* A text with its outputs in place. */
struct text {
    const struct text_part *parts;
    size_t n;
};

enum text_form {
    FORM_PLAIN,
    FORM_SHORT,
    FORM_GUIDANCE,
    FORM_IMAGE,
    FORM_BIG_IMAGE,
    FORM_AUDIO,
    FORM_VIDEO,
    FORM_COUNT,
};

/* One <text id>: the texts by language and form; NULL where there is none. */
struct itext {
    const char *id;
    const struct text **cells; /* language * FORM_COUNT + form */
};

enum label_kind { LABEL_NONE, LABEL_TEXT, LABEL_ITEXT, LABEL_VALUE };

/* A label, hint or message: inner text, one itext, or an expression that gives the text. */
struct label {
    enum label_kind kind;
    struct text text;
    const struct itext *itext; /* NULL with LABEL_ITEXT: the id is unknown */
    const char *id;
    const struct xpath *value;
};

/* An attribute of a bind or control, by its local name. */
struct attribute {
    const char *name;
    const char *value;
};

/* ---- rules and nodes ------------------------------------------------------------------------- */

enum rule_kind { RULE_CALCULATE, RULE_RELEVANT, RULE_READONLY, RULE_REQUIRED, RULE_KINDS };

struct rule {
    enum rule_kind kind;
    uint32_t rank; /* place in the order of evaluation */
    struct node_def *target;
    const struct xpath *x;
    bool is_constant;
    uint32_t waits; /* rules before it, while the order is made */
    long line;
};

/* "When this node changes, that rule must be looked at again." */
struct edge {
    struct rule *rule;
    struct node_def *shared; /* the deepest node whose instance both share; NULL: none, all */
    bool is_position;        /* reads where the node stands */
};

enum node_limits { DEF_DEPTH = 64 };

struct node_def {
    const struct xml_name *name;
    const char *prefix;
    const char *path; /* generic, "/data/rep/x" */
    struct node_def *parent, *first, *last, *next;
    struct xpath_name_step *steps;
    uint32_t depth;  /* steps from the root */
    uint32_t number; /* in the order of the model */
    long line;
    bool is_attribute;
    bool is_repeat;
    bool is_bound;
    enum value_type type;
    struct node_def *repeat; /* nearest repeat at or above, or NULL */
    struct rule *rules[RULE_KINDS];
    const struct xpath *constraint;
    struct label constraint_message, required_message;
    const char *preload, *preload_params;
    const char *fill;   /* gocua:fill */
    const char *reader; /* gocua:reader; may stand at the control too */
    const char *saveto; /* entities:saveto */
    long max_pixels;
    struct attribute *attributes; /* of the bind, by local name */
    size_t n_attributes;
    VEC(struct edge) edges;
    VEC(struct control *) readers;  /* counted repeats and itemsets that look at it */
    VEC(struct action *) actions;   /* xforms-value-changed */
    struct control *control;        /* the first question that shows it */
    struct control *repeat_control; /* of a repeat */
    struct node *template;          /* of a repeat: what a new instance is copied from */
};

/* ---- actions --------------------------------------------------------------------------------- */

enum event {
    EVENT_FIRST_LOAD = 1,
    EVENT_LOAD = 2,
    EVENT_NEW_REPEAT = 4,
    EVENT_VALUE_CHANGED = 8,
    EVENT_REVALIDATE = 16,
};

enum action_kind { ACTION_SET_VALUE, ACTION_SET_GEOPOINT, ACTION_RECORD_AUDIO };

struct action {
    enum action_kind kind;
    unsigned events; /* enum event, together */
    struct node_def *target;
    struct node_def *context;  /* of the control it stands in, else the root */
    const struct xpath *ref;   /* NULL: target in the context's own instance */
    const struct xpath *value; /* NULL: the literal */
    struct str literal;
    struct control *control;
    long line;
};

/* ---- body ------------------------------------------------------------------------------------ */

struct item {
    struct str value;
    struct label label;
};

struct itemset {
    const struct xpath *nodeset;
    const struct xpath *value, *label; /* relative to a row; label may be NULL */
    bool label_is_itext;               /* label holds jr:itext(id) */
    struct xpath_filter filter;
    bool has_filter;
    const char *value_column, *label_column; /* interned, when these are plain children */
    bool is_set_of_primary;                  /* select from a repeat */
};

struct control {
    enum control_kind kind;
    struct node_def *def;     /* what it shows; NULL: a group without ref */
    struct node_def *context; /* def, else that of the parent */
    struct control *parent, *first, *last, *next, *prev;
    struct label label, hint;
    const char *appearance; /* as written, small letters */
    struct attribute *attributes;
    size_t n_attributes;
    struct item *items;
    size_t n_items;
    struct itemset *itemset;
    const struct xpath *count;      /* repeat */
    struct node_def *count_context; /* where its relative paths start */
    bool is_fixed;                  /* repeat: noAddRemove */
    bool has_range;
    double start, end, step;
    const struct xpath **search; /* arguments of search() in the appearance */
    size_t n_search;
    const char *app; /* external app */
    struct app_argument *app_arguments;
    size_t n_app_arguments;
    uint32_t number;
    uint32_t n_inside; /* controls below */
    long line;
};

struct app_argument {
    const char *name;
    const struct xpath *value;
};

/* ---- secondary instances --------------------------------------------------------------------- */

struct secondary {
    const char *id;
    const char *src; /* NULL: inline */
    struct node_tree tree;
    struct list_source list;
    struct form_list *rows; /* behind list, owned */
    bool is_list;
    bool is_loaded;
    long line;
};

/* ---- the form -------------------------------------------------------------------------------- */

struct form {
    struct arena arena;
    struct xml_names names;
    struct form_options options;
    const char *title, *id, *version;
    const char *primary_id; /* id of the primary <instance>, or NULL */
    char hash[33];
    struct form_submission submission;
    bool is_usable;
    VEC(struct form_problem) problems;
    const char **languages;
    size_t n_languages, default_language;
    struct map itexts;        /* id → struct itext */
    struct node_tree primary; /* the blank record, templates taken out */
    struct node_def *root;
    VEC(struct node_def *) defs; /* in the order of the model */
    VEC(struct rule *) rules;    /* in the order of evaluation once sorted */
    VEC(struct action *) actions;
    VEC(struct secondary *) secondaries;
    VEC(const char *) media;
    VEC(const char *) fill_keys;
    VEC(const char *) entity_lists;
    struct map pulldata; /* file → struct secondary */
    struct control *body;
    uint32_t n_controls;
    const char *xforms_version;
    const char *entities_version;
    struct node_def *instance_id, *instance_name, *audit;
    bool ignores_entities; /* of a version that is not known */
};

/* ---- what the files of the definition offer each other --------------------------------------- */

/* Notes a problem (an error makes the form unusable). node and text are copied. */
void form_note(struct form *form, enum problem_kind kind, const char *node, long line,
               const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* While the form's XML is still there: everything a parsing step may need. */
struct parse {
    struct form *form;
    const struct xml *document;
    const struct xml *model;
    const struct xml *body;
    const struct xml *scope; /* where prefixes are looked up */
    const struct xml *primary;
};

/* Parses an expression that stands at `at`; NULL after a note about node. */
struct xpath *parse_expression(struct parse *parse, const struct xml *at, const char *text,
                               const char *node, const char *what);

/* The def at a ref relative to context (NULL = the root), predicates left out; NULL when it leads
 * nowhere. */
struct node_def *form_ref(struct form *form, struct node_def *context, struct str ref);

/* The def below parent with this local name (interned); attributes when is_attribute. */
struct node_def *def_child(const struct node_def *parent, const char *local, bool is_attribute);

/* The def at a generic path as xpath_uses gives it; all that match are told. */
void def_match(struct form *form, const struct xpath_name_step *steps, size_t n,
               void (*each)(void *ctx, struct node_def *def), void *ctx);

/* The deepest def that is at or above both. */
struct node_def *def_common(struct node_def *a, struct node_def *b);

/* Reads the mixed content of a label, hint or value element. */
struct text parse_text(struct parse *parse, const struct xml *element, const char *node);

/* Reads a label or hint element (NULL gives LABEL_NONE). */
struct label parse_label(struct parse *parse, const struct xml *element, const char *node);

/* Reads a message attribute: a literal or jr:itext('…'). */
struct label parse_message(struct parse *parse, const struct xml *at, const char *text,
                           const char *node);

/* Notes a file that the form names, once. */
void form_add_media(struct form *form, struct str uri);

/* The stages of form_load; each notes what is wrong. */
void parse_itext(struct parse *parse);
void parse_primary(struct parse *parse);
void parse_secondaries(struct parse *parse);
void parse_binds(struct parse *parse);
void parse_body(struct parse *parse);
void parse_actions(struct parse *parse);
void parse_control_actions(struct parse *parse, const struct xml *element, struct control *control);
void parse_search(struct parse *parse, const struct xml *element, struct control *control);
void parse_app(struct parse *parse, const struct xml *element, struct control *control);
void parse_entities(struct parse *parse);
void check_body(struct parse *parse);

/* Brings default values into their stored form: trimmed, geo values written out, moments in
 * the zone of the device. */
void settle_defaults(struct form *form);

/* Builds edges and the order of the rules; notes cycles. */
void graph_build(struct form *form);

/* The secondary instance with that id, or NULL. */
struct secondary *form_secondary(struct form *form, struct str id);

/* The document of a secondary instance, read now if it was not before; false with err. */
bool secondary_open(struct form *form, struct secondary *secondary, struct err *err);

/* The file behind pulldata('name', …), read once; NULL with err when there is none. */
struct form_list *form_pulldata(struct form *form, struct str file, struct err *err);

/* Reads the record saved last again: another one may have been saved since. */
void secondaries_refresh(struct form *form);

/* Frees the lists and trees. */
void secondaries_finish(struct form *form);

/* The type for a bind's type attribute. */
enum value_type type_of_text(const char *text);

/* All attributes of an element in the form's arena. */
struct attribute *parse_attributes(struct parse *parse, const struct xml *element, size_t *n);

/* The value of an attribute, or NULL. */
const char *attribute_get(const struct attribute *attributes, size_t n, const char *name);

/* The value of a control's attribute, or NULL. */
const char *control_attribute(const struct control *control, const char *name);

#endif
