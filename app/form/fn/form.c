/* What the form and the device know: asked of the host. */
#include "app/form/functions.h"

static bool call_itext(struct fn_call *call, struct xpath_value *result)
{
    const struct xpath_host *host = call->run->env->host;
    void *ctx = call->run->env->host_ctx;
    struct str id, text;
    if (!fn_text(call, 0, &id)) {
        return false;
    }
    if (host && host->itext_node) {
        struct node **v = arena_alloc(fn_scratch(call), sizeof(*v));
        if (host->itext_node(ctx, id, v)) {
            return fn_give_nodes(result, (struct xpath_nodes){v, 1, false});
        }
    }
    if (host && host->itext && host->itext(ctx, id, fn_scratch(call), &text)) {
        return fn_give_text(result, text);
    }
    return fn_give_text(result,
                        str_of(arena_printf(fn_scratch(call), "[itext:" STR_FMT "]", STR_ARG(id))));
}

static bool call_choice_name(struct fn_call *call, struct xpath_value *result)
{
    const struct xpath_host *host = call->run->env->host;
    struct str value, path, label;
    if (!fn_text(call, 0, &value) || !fn_text(call, 1, &path)) {
        return false;
    }
    bool found = host && host->choice_name &&
                 host->choice_name(call->run->env->host_ctx, call->at->node, value, path,
                                   fn_scratch(call), &label);
    return fn_give_text(result, found ? label : STR(""));
}

static bool call_pulldata(struct fn_call *call, struct xpath_value *result)
{
    const struct xpath_host *host = call->run->env->host;
    struct str args[4], text;
    for (size_t i = 0; i < 4; i++) {
        if (!fn_text(call, i, &args[i])) {
            return false;
        }
    }
    bool found = host && host->pulldata &&
                 host->pulldata(call->run->env->host_ctx, args, fn_scratch(call), &text);
    return fn_give_text(result, found ? text : STR(""));
}

static bool call_property(struct fn_call *call, struct xpath_value *result)
{
    const struct xpath_host *host = call->run->env->host;
    struct str name, text;
    if (!fn_text(call, 0, &name)) {
        return false;
    }
    bool found = host && host->property &&
                 host->property(call->run->env->host_ctx, name, fn_scratch(call), &text);
    return fn_give_text(result, found ? text : STR(""));
}

static bool call_version(struct fn_call *call, struct xpath_value *result)
{
    const struct xpath_host *host = call->run->env->host;
    return fn_give_text(result,
                        host && host->version ? host->version(call->run->env->host_ctx) : STR(""));
}

const struct fn fn_form_family[] = {
    {"jr:itext", 1, 1, FN_CLOCK, call_itext},
    {"jr:choice-name", 2, 2, FN_CONTEXT | FN_CLOCK, call_choice_name},
    {"pulldata", 4, 4, FN_CLOCK, call_pulldata},
    {"property", 1, 1, FN_CLOCK, call_property},
    {"version", 0, 0, FN_CLOCK, call_version},
    {0},
};
