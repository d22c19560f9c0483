#include "app/form/xpath.h"

#include <math.h>
#include <string.h>

#include "app/form/fn.h"
#include "app/form/xpath_lex.h"
#include "app/form/xpath_shape.h"
#include "platform/base/vec.h"

static const char javarosa[] = "http://openrosa.org/javarosa";

struct parser {
    struct arena *arena;
    const struct xpath_setup *setup;
    struct lexer lexer;
    struct token token;
    struct str text;
    unsigned depth;
    const char *problem;
    VEC(const struct expr *) calls;
    VEC(struct item) items; /* stacks: what is being gathered at all levels */
    VEC(struct step) steps;
    VEC(struct predicate) predicates;
    struct err *err;
    bool failed;
};

static const struct expr *parse_expr(struct parser *p);

static void *fail(struct parser *p, size_t at, const char *reason)
{
    if (!p->failed) {
        p->failed = true;
        int n = p->text.n > 60 ? 60 : (int)p->text.n;
        err_set(p->err, ERR_INPUT, (int)at + 1, "%.*s%s: %s at position %zu", n, p->text.s,
                p->text.n > 60 ? "…" : "", reason, at + 1);
    }
    return NULL;
}

static void advance(struct parser *p)
{
    p->token = lex_next(&p->lexer);
    if (p->token.kind == TOKEN_BAD) {
        fail(p, p->token.at, p->token.text.s);
        p->token.kind = TOKEN_END;
    }
}

static bool accept(struct parser *p, enum token_kind kind)
{
    if (p->token.kind != kind) {
        return false;
    }
    advance(p);
    return true;
}

static bool expect(struct parser *p, enum token_kind kind, const char *reason)
{
    return accept(p, kind) || fail(p, p->token.at, reason);
}

static struct expr *new_expr(struct parser *p, enum expr_kind kind, size_t at)
{
    struct expr *expr = arena_new(p->arena, struct expr);
    expr->kind = kind;
    expr->at = (uint32_t)at;
    expr->text = STR("");
    return expr;
}

/* Takes what lies above `from` on a stack into the arena. */
#define TAKE(p, stack, from, type, into, count)                                                    \
    do {                                                                                           \
        (count) = (p)->stack.n - (from);                                                           \
        type *all = (count) ? arena_array((p)->arena, type, (count)) : NULL;                       \
        if (count) {                                                                               \
            memcpy(all, &(p)->stack.v[from], (count) * sizeof(type));                              \
        }                                                                                          \
        (into) = all;                                                                              \
        (p)->stack.n = (from);                                                                     \
    } while (0)

static const char *intern(struct parser *p, struct str text)
{
    return xml_intern(p->setup->names, text);
}

static const char *uri_of(struct parser *p, struct str prefix)
{
    const char *uri = p->setup->uri ? p->setup->uri(p->setup->ctx, prefix) : NULL;
    return uri ? uri : str_is(prefix, "jr") ? javarosa : NULL;
}

static bool parse_axis(struct str name, enum axis *axis)
{
    static const char *const names[] = {
        [AXIS_CHILD] = "child",
        [AXIS_PARENT] = "parent",
        [AXIS_SELF] = "self",
        [AXIS_ATTRIBUTE] = "attribute",
        [AXIS_DESCENDANT] = "descendant",
        [AXIS_DESCENDANT_OR_SELF] = "descendant-or-self",
        [AXIS_ANCESTOR] = "ancestor",
        [AXIS_ANCESTOR_OR_SELF] = "ancestor-or-self",
        [AXIS_FOLLOWING] = "following",
        [AXIS_FOLLOWING_SIBLING] = "following-sibling",
        [AXIS_PRECEDING] = "preceding",
        [AXIS_PRECEDING_SIBLING] = "preceding-sibling",
        [AXIS_NAMESPACE] = "namespace",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (str_is(name, names[i])) {
            *axis = (enum axis)i;
            return true;
        }
    }
    return false;
}

static bool parse_predicates(struct parser *p, const struct predicate **predicates, size_t *n)
{
    size_t from = p->predicates.n;
    while (p->token.kind == TOKEN_OPEN_SQUARE) {
        advance(p);
        const struct expr *expr = parse_expr(p);
        if (!expr || !expect(p, TOKEN_CLOSE_SQUARE, "] is missing")) {
            return false;
        }
        vec_push(&p->predicates, shape_predicate(expr, p->arena));
    }
    TAKE(p, predicates, from, struct predicate, *predicates, *n);
    return true;
}

static void read_name_test(struct parser *p, struct step *step)
{
    struct token *token = &p->token;
    bool any = str_is(token->text, "*");
    step->test = TEST_NAME;
    step->local = any ? NULL : intern(p, token->text);
    if (token->prefix.n) {
        step->prefix = intern(p, token->prefix);
        const char *uri = uri_of(p, token->prefix);
        if (!uri) {
            fail(p, token->at, "an unknown prefix");
            return;
        }
        step->uri = intern(p, str_of(uri));
    } else if (!any && (p->setup->is_strict || step->axis == AXIS_ATTRIBUTE)) {
        bool ask = p->setup->uri && step->axis != AXIS_ATTRIBUTE;
        step->uri = intern(p, str_of(ask ? p->setup->uri(p->setup->ctx, STR("")) : NULL));
    }
    advance(p);
}

static void read_type_test(struct parser *p, struct step *step)
{
    static const struct {
        const char *name;
        enum test_kind test;
    } types[] = {{"node", TEST_NODE},
                 {"text", TEST_TEXT},
                 {"comment", TEST_COMMENT},
                 {"processing-instruction", TEST_INSTRUCTION}};
    for (size_t i = 0; i < 4; i++) {
        if (str_is(p->token.text, types[i].name)) {
            step->test = types[i].test;
        }
    }
    advance(p);
    expect(p, TOKEN_OPEN, "( is missing");
    if (step->test == TEST_INSTRUCTION && p->token.kind == TOKEN_LITERAL) {
        step->local = intern(p, p->token.text);
        advance(p);
    }
    expect(p, TOKEN_CLOSE, ") is missing");
}

static bool parse_step(struct parser *p)
{
    struct step step = {.axis = AXIS_CHILD, .test = TEST_NODE};
    if (accept(p, TOKEN_DOT)) {
        step.axis = AXIS_SELF;
    } else if (accept(p, TOKEN_DOTS)) {
        step.axis = AXIS_PARENT;
    } else {
        if (p->token.kind == TOKEN_AXIS) {
            if (!parse_axis(p->token.text, &step.axis)) {
                return fail(p, p->token.at, "an unknown axis");
            }
            advance(p);
        } else if (accept(p, TOKEN_AT)) {
            step.axis = AXIS_ATTRIBUTE;
        }
        if (p->token.kind == TOKEN_NAME) {
            read_name_test(p, &step);
        } else if (p->token.kind == TOKEN_TYPE) {
            read_type_test(p, &step);
        } else {
            return fail(p, p->token.at, "a name or a path is missing");
        }
    }
    if (p->failed || !parse_predicates(p, &step.predicates, &step.n_predicates)) {
        return false;
    }
    vec_push(&p->steps, step);
    return true;
}

static void add_deep_step(struct parser *p)
{
    vec_push(&p->steps, (struct step){.axis = AXIS_DESCENDANT_OR_SELF, .test = TEST_NODE});
}

static bool starts_step(enum token_kind kind)
{
    return kind == TOKEN_NAME || kind == TOKEN_TYPE || kind == TOKEN_AXIS || kind == TOKEN_AT ||
           kind == TOKEN_DOT || kind == TOKEN_DOTS;
}

/* Further steps behind the one just read: /x //y. */
static bool parse_more_steps(struct parser *p)
{
    while (p->token.kind == TOKEN_SLASH || p->token.kind == TOKEN_SLASHES) {
        if (p->token.kind == TOKEN_SLASHES) {
            add_deep_step(p);
        }
        advance(p);
        if (!parse_step(p)) {
            return false;
        }
    }
    return true;
}

static const struct expr *parse_location(struct parser *p)
{
    struct expr *path = new_expr(p, EXPR_PATH, p->token.at);
    size_t from = p->steps.n;
    path->start = START_CONTEXT;
    bool has_step = true;
    if (p->token.kind == TOKEN_SLASH || p->token.kind == TOKEN_SLASHES) {
        path->start = START_ROOT;
        bool deep = p->token.kind == TOKEN_SLASHES;
        if (deep) {
            add_deep_step(p);
        }
        advance(p);
        has_step = deep || starts_step(p->token.kind);
    }
    if (has_step && (!parse_step(p) || !parse_more_steps(p))) {
        return NULL;
    }
    TAKE(p, steps, from, struct step, path->steps, path->n_steps);
    return shape_expr(path);
}

/* How a call is named in the table: jr:itext under any prefix that means JavaRosa. */
static void name_call(struct parser *p, struct expr *call)
{
    struct token *token = &p->token;
    call->text = (struct str){arena_str(p->arena, token->text), token->text.n};
    bool known_space = true;
    if (token->prefix.n) {
        const char *uri = uri_of(p, token->prefix);
        known_space = uri && strcmp(uri, javarosa) == 0;
        call->text.s = arena_printf(p->arena, known_space ? "jr:" STR_FMT : "?:" STR_FMT,
                                    STR_ARG(token->text));
        call->text.n = strlen(call->text.s);
    }
    call->fn = known_space ? fn_find(call->text) : NULL;
}

static void check_call(struct parser *p, struct expr *call)
{
    const struct fn *fn = call->fn;
    if (!fn) {
        call->problem =
            arena_printf(p->arena, "there is no function " STR_FMT "()", STR_ARG(call->text));
    } else if (call->n_items < fn->min_args || call->n_items > fn->max_args) {
        call->problem =
            arena_printf(p->arena, "%s() does not take %zu arguments", fn->name, call->n_items);
    }
    if (call->problem && !p->problem) {
        p->problem = call->problem;
    }
}

static const struct expr *parse_call(struct parser *p)
{
    struct expr *call = new_expr(p, EXPR_CALL, p->token.at);
    name_call(p, call);
    advance(p);
    expect(p, TOKEN_OPEN, "( is missing");
    size_t from = p->items.n;
    if (p->token.kind != TOKEN_CLOSE) {
        do {
            const struct expr *argument = parse_expr(p);
            if (!argument) {
                return NULL;
            }
            vec_push(&p->items, (struct item){OP_NONE, argument});
        } while (accept(p, TOKEN_COMMA));
    }
    if (!expect(p, TOKEN_CLOSE, ") is missing")) {
        return NULL;
    }
    TAKE(p, items, from, struct item, call->items, call->n_items);
    check_call(p, call);
    vec_push(&p->calls, call);
    return shape_expr(call);
}

static const struct expr *parse_primary(struct parser *p)
{
    struct token token = p->token;
    struct expr *expr;
    switch (token.kind) {
    case TOKEN_NUMBER:
        expr = new_expr(p, EXPR_NUMBER, token.at);
        expr->number = token.number;
        advance(p);
        return shape_expr(expr);
    case TOKEN_LITERAL:
        expr = new_expr(p, EXPR_TEXT, token.at);
        expr->text = (struct str){arena_str(p->arena, token.text), token.text.n};
        advance(p);
        return shape_expr(expr);
    case TOKEN_OPEN: {
        advance(p);
        const struct expr *inner = parse_expr(p);
        return inner && expect(p, TOKEN_CLOSE, ") is missing") ? inner : NULL;
    }
    case TOKEN_FUNCTION:
        return parse_call(p);
    case TOKEN_VARIABLE:
        return fail(p, token.at, "variables are not known here");
    default:
        return fail(p, token.at,
                    token.kind == TOKEN_END ? "the expression ends too early"
                                            : "a value is missing");
    }
}

static void set_start(struct parser *p, struct expr *path, const struct expr *start)
{
    path->start = START_EXPR;
    if (start->kind == EXPR_CALL && !start->problem) {
        bool is_literal = start->n_items == 1 && start->items[0].expr->kind == EXPR_TEXT;
        if (str_is(start->text, "current")) {
            path->start = START_CURRENT;
        } else if (str_is(start->text, "instance") && is_literal) {
            path->start = START_INSTANCE;
            path->text = start->items[0].expr->text;
        }
    }
    struct item *item = arena_new(p->arena, struct item);
    item->expr = start;
    path->items = item;
    path->n_items = 1;
}

/* A primary with predicates or steps behind it is a path that starts there. */
static const struct expr *parse_filter(struct parser *p)
{
    size_t at = p->token.at;
    const struct expr *primary = parse_primary(p);
    if (!primary) {
        return NULL;
    }
    bool is_path = p->token.kind == TOKEN_OPEN_SQUARE || p->token.kind == TOKEN_SLASH ||
                   p->token.kind == TOKEN_SLASHES;
    bool is_start = primary->kind == EXPR_CALL &&
                    (str_is(primary->text, "current") || str_is(primary->text, "instance"));
    if (!is_path && !is_start) {
        return primary;
    }
    struct expr *path = new_expr(p, EXPR_PATH, at);
    set_start(p, path, primary);
    size_t from = p->steps.n;
    if (!parse_predicates(p, &path->predicates, &path->n_predicates) || !parse_more_steps(p)) {
        return NULL;
    }
    TAKE(p, steps, from, struct step, path->steps, path->n_steps);
    return shape_expr(path);
}

static const struct expr *parse_path(struct parser *p)
{
    enum token_kind kind = p->token.kind;
    if (kind == TOKEN_SLASH || kind == TOKEN_SLASHES || starts_step(kind)) {
        return parse_location(p);
    }
    return parse_filter(p);
}

static int level_of(const struct token *token)
{
    static const int levels[] = {
        [OP_NONE] = -1, [OP_OR] = 0,  [OP_AND] = 1, [OP_EQ] = 2,  [OP_NE] = 2,
        [OP_LT] = 3,    [OP_LE] = 3,  [OP_GT] = 3,  [OP_GE] = 3,  [OP_ADD] = 4,
        [OP_SUB] = 4,   [OP_MUL] = 5, [OP_DIV] = 5, [OP_MOD] = 5, [OP_UNION] = 7,
    };
    return token->kind == TOKEN_OPERATOR ? levels[token->op] : -1;
}

static const struct expr *parse_level(struct parser *p, int level);

/* Level 6: signs bind tighter than * and looser than |. */
static const struct expr *parse_minus(struct parser *p)
{
    size_t at = p->token.at, n = 0;
    while (p->token.kind == TOKEN_OPERATOR && p->token.op == OP_SUB) {
        n++;
        advance(p);
    }
    const struct expr *inner = parse_level(p, 7);
    if (!inner || n == 0) {
        return inner;
    }
    for (size_t i = 0; i < 2 - n % 2; i++) { /* an even number still makes a number */
        struct expr *minus = new_expr(p, EXPR_MINUS, at);
        struct item *item = arena_new(p->arena, struct item);
        item->expr = inner;
        minus->items = item;
        minus->n_items = 1;
        inner = shape_expr(minus);
    }
    return inner;
}

static const struct expr *parse_level(struct parser *p, int level)
{
    if (level == 6) {
        return parse_minus(p);
    }
    if (level == 8) {
        return parse_path(p);
    }
    size_t at = p->token.at;
    const struct expr *first = parse_level(p, level + 1);
    if (!first || level_of(&p->token) != level) {
        return first;
    }
    size_t from = p->items.n;
    vec_push(&p->items, (struct item){OP_NONE, first});
    while (level_of(&p->token) == level) {
        enum operator_kind op = p->token.op;
        advance(p);
        const struct expr *next = parse_level(p, level + 1);
        if (!next) {
            return NULL;
        }
        vec_push(&p->items, (struct item){op, next});
    }
    struct expr *chain = new_expr(p, EXPR_CHAIN, at);
    TAKE(p, items, from, struct item, chain->items, chain->n_items);
    return shape_expr(chain);
}

static const struct expr *parse_expr(struct parser *p)
{
    if (++p->depth > XPATH_MOST_DEPTH) {
        return fail(p, p->token.at, "brackets are nested too deep");
    }
    const struct expr *expr = parse_level(p, 0);
    p->depth--;
    return expr;
}

static const struct expr *parse_all(struct parser *p)
{
    if (p->text.n > XPATH_MOST_TEXT) {
        return fail(p, 0, "the expression is too long");
    }
    advance(p);
    const struct expr *expr = parse_expr(p);
    if (expr && p->token.kind != TOKEN_END) {
        return fail(p, p->token.at, "something is left over");
    }
    return p->failed ? NULL : expr;
}

struct xpath *xpath_parse(struct arena *arena, const struct xpath_setup *setup, struct str text,
                          struct err *err)
{
    struct str copy = {arena_str(arena, text), text.n};
    struct parser p = {.arena = arena, .setup = setup, .text = copy, .err = err};
    p.lexer.all = copy;
    struct xpath *x = NULL;
    const struct expr *expr = parse_all(&p);
    if (expr) {
        x = arena_new(arena, struct xpath);
        x->expr = expr;
        x->text = copy;
        x->problem = p.problem;
        x->names = setup->names;
        TAKE(&p, calls, 0, const struct expr *, x->calls, x->n_calls);
    }
    vec_finish(&p.calls);
    vec_finish(&p.items);
    vec_finish(&p.steps);
    vec_finish(&p.predicates);
    return x;
}

const char *xpath_problem(const struct xpath *x)
{
    return x->problem;
}

struct str xpath_text(const struct xpath *x)
{
    return x->text;
}
