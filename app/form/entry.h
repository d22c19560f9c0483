/* The entry, inner side: the record's tree, what must be recalculated, and how a change is taken
 * back when a calculation fails. Not a header for other rooms. */
#ifndef FORM_ENTRY_H
#define FORM_ENTRY_H

#include "app/form/def.h"

enum {
    NODE_REQUIRED = NODE_USER << 0,
    NODE_READONLY = NODE_USER << 1, /* by itself; node_is_readonly asks the ancestors too */
    NODE_QUEUED = NODE_USER << 2,   /* and the next RULE_KINDS - 1 bits: waits for that rule */
    NODE_TOUCHED = NODE_USER << 6,  /* its value changed in the change under way */
    NODE_LOGGED = NODE_USER << 7,   /* stands in the log of changes with the newest revision */
};

enum undo_kind { UNDO_VALUE, UNDO_RELEVANT, UNDO_FLAGS, UNDO_ADDED, UNDO_REMOVED };

struct undo {
    enum undo_kind kind;
    struct node *node;
    struct str value;    /* UNDO_VALUE */
    uint32_t flags;      /* UNDO_RELEVANT: NODE_OFF or 0; UNDO_FLAGS: as they were */
    struct node *parent; /* UNDO_REMOVED: where it stood */
    struct node *after;
};

struct node_list {
    struct node **v;
    size_t n, cap;
};

struct logged {
    struct node *node;
    uint64_t revision;
};

/* A counted repeat that grew under one parent within a change. */
struct growth {
    const struct control *control;
    const struct node *parent;
};

struct audit;
struct choices;

struct entry {
    struct form *form;
    struct entry_device device;
    struct entry_hooks hooks;
    struct node_tree tree;
    struct node *root; /* the record's element */
    struct xpath_env env;
    struct arena arena;        /* as long as the entry */
    struct arena shown;        /* texts given out; forgotten when the entry changes */
    struct arena shown_before; /* those from before the last change */
    size_t language;
    bool is_new;
    bool is_loading;    /* nothing is told to hooks yet */
    bool is_finalizing; /* values that choices no longer offer go */
    uint32_t seed;      /* of orders by chance */

    /* recalculation */
    struct node_list *queues; /* by rank of the rule */
    uint64_t *waiting;        /* one bit for each queue */
    VEC(struct growth) growths;
    VEC(struct control *) readers; /* counted repeats and itemsets to look at again */
    bool *is_waiting;              /* by number of the control: stands in readers */
    struct node_list touched;      /* whose value changed, for xforms-value-changed */
    VEC(struct undo) undo;
    struct arena undo_arena;
    struct err failure; /* the first one of the change under way */
    unsigned depth;     /* of actions that set off actions */

    /* the log of changes */
    uint64_t revision;
    uint64_t forgotten; /* changes up to here are no longer known one by one */
    VEC(struct logged) log;

    VEC(struct entry_problem) problems;
    struct arena problem_arena;
    const char **changed; /* refs that entry_changed_at counts through */
    size_t n_changed;
    uint64_t changed_since, changed_at;
    const char **attachments;
    size_t n_attachments;
    uint64_t attachments_at;
    struct choices *choices;
    struct audit *audit;
};

/* ---- making (entry.c) --------------------------------------------------------------------------
 */

/* An entry without a record yet. */
struct entry *entry_alloc(struct form *form, const struct entry_device *device);

/* Everything that happens when a record opens, in JavaRosa's order; on failure the entry is gone.
 */
bool entry_load(struct entry *entry, bool is_new, struct entry **to, struct err *err);

/* ---- nodes by def (places.c)
 * --------------------------------------------------------------------- */

/* Calls each for every node of def at or below scope. */
void each_instance(struct entry *entry, struct node *scope, struct node_def *def,
                   void (*each)(void *ctx, struct node *node), void *ctx);

/* The node of def that shares the most repeat instances with near (its own, else the first); NULL.
 */
struct node *instance_near(struct entry *entry, struct node *near, struct node_def *def);

/* The node at an absolute ref with positions; NULL. */
struct node *node_at(struct entry *entry, const char *ref);

/* The ancestor (or itself) with that def; NULL. */
struct node *node_above(struct node *node, const struct node_def *def);

/* The ref of a node, in the arena. */
const char *node_ref(struct arena *arena, const struct node *node);

/* Is it readonly by itself or by an ancestor? */
bool node_is_readonly(const struct node *node);

/* ---- changes (recalc.c)
 * -------------------------------------------------------------------------- */

/* Opens a change; change_end does all that follows from it, tells the hook, and returns true; or
 * takes everything back and returns false with the first failure. */
void change_begin(struct entry *entry);
bool change_end(struct entry *entry, const char *ref, struct err *err);

/* Sets the value (already in its stored form) and marks what reads it. */
void change_value(struct entry *entry, struct node *node, struct str value);

/* Takes a repeat instance out; kept aside until the change ends well. */
void change_remove(struct entry *entry, struct node *node);

/* Queues a counted repeat or itemset to be looked at again. */
void queue_control(struct entry *entry, struct control *control);

/* Queues what reads the value of the node. */
void queue_readers(struct entry *entry, struct node *node);

/* As change_value, by a user or an action: xforms-value-changed follows when it is another value.
 */
void change_touched(struct entry *entry, struct node *node, struct str value);

/* A failure inside the change: the first one counts. */
void change_fail(struct entry *entry, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Queues a rule at a node. */
void queue_rule(struct entry *entry, struct rule *rule, struct node *node);

/* Queues all rules of all nodes at and below. */
void queue_all(struct entry *entry, struct node *node);

/* Queues what reads instances of the repeat under parent, or anything in them, because one comes or
 * goes; moves_others: the others have new positions. */
void queue_readers_below(struct entry *entry, struct node_def *repeat, struct node *parent,
                         bool moves_others);

/* Evaluates until nothing waits: rules, counted repeats, choices. */
void recalculate(struct entry *entry);

/* Runs the xforms-value-changed actions of what was touched. */
void run_changed_actions(struct entry *entry);

/* ---- values (value.c)
 * ---------------------------------------------------------------------------- */

/* The stored form of what an expression gave, for a node of this type; in env.scratch. */
struct str value_of_result(struct entry *entry, const struct node_def *def,
                           const struct xpath_value *value);

/* The stored form of what a user gave; false when it does not fit the type. */
bool value_of_answer(struct entry *entry, const struct node_def *def, struct str text,
                     struct str *value, struct err *err);

/* ---- repeats (repeat.c)
 * -------------------------------------------------------------------------- */

/* Adds an instance to the repeat under parent, runs its events, queues what follows. Within a
 * change. */
struct node *repeat_add(struct entry *entry, struct node_def *def, struct node *parent);

/* Brings a counted repeat to its number, wherever it stands. */
void repeat_fill(struct entry *entry, struct control *control);

/* Would an instance under parent be relevant? Asked where there may be none yet. */
bool repeat_is_relevant(struct entry *entry, struct node_def *def, struct node *parent);

/* ---- actions and preloads (action.c, preload.c)
 * -------------------------------------------------- */

/* Runs the actions of this event: those of the whole form (near NULL), or those whose control
 * stands at the def of near. */
void run_event(struct entry *entry, enum event event, struct node *near);

/* Runs one action; near is the node it hangs on, or NULL. */
void run_action(struct entry *entry, const struct action *action, struct node *near);

/* Fills the preloaded nodes at and below: a new record or instance. */
void preload(struct entry *entry, struct node *node);

/* The `end` times. */
void preload_end(struct entry *entry);

/* A property of the device by name; ctx is the entry. What XPath's property() asks. */
bool device_property(void *ctx, struct str name, struct arena *scratch, struct str *text);

/* ---- texts (shown.c) ------------------------------------------------------------------------- */

/* The text of a label at a node, in the language of the moment; "" when there is none. Memory from
 * the arena. */
const char *label_text(struct entry *entry, const struct label *label, struct node *node,
                       struct arena *arena);

/* One form of a label's itext (image, audio …), or NULL. */
const char *label_form(struct entry *entry, const struct label *label, enum text_form form,
                       struct node *node, struct arena *arena);

/* One form of an itext; NULL when it has none. */
const char *itext_form(struct entry *entry, const struct itext *itext, enum text_form form,
                       struct node *node, struct arena *arena);

/* What XPath asks the form. */
extern const struct xpath_host entry_host;

/* ---- choices (choices.c)
 * ------------------------------------------------------------------------- */

/* The choices of a control at a node; NULL with err. Destroy with choices_destroy. */
struct choices *choices_build(struct entry *entry, struct control *control, struct node *node,
                              struct err *err);
void choices_destroy(struct choices *choices);

/* Takes values out of the control's nodes that their choices no longer have. Within a change. */
void choices_clear_gone(struct entry *entry, struct control *control);

/* Takes out of one node what its choices no longer have, as a change of its own. */
bool choices_settle(struct entry *entry, struct control *control, struct node *node,
                    struct err *err);

/* The label of the choice with that value; false when there is none. */
bool choices_label(struct entry *entry, struct control *control, struct node *node,
                   struct str value, struct arena *arena, struct str *label);

/* ---- the rest
 * ------------------------------------------------------------------------------------ */

/* Gives the record its identity when it has none yet. */
void ensure_id(struct entry *entry);

/* Is the answer allowed by the constraint? Evaluated with the value in place. */
bool constraint_holds(struct entry *entry, struct node *node, bool *holds, struct err *err);

/* Ends the log of an entry. */
void audit_finish(struct entry *entry);

/* Gives meta/audit, where the form has it, the name of its file; between change_begin and _end. */
void audit_name_file(struct entry *entry);

#endif
