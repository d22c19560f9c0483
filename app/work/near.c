#include "app/work/near.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/mem.h"

static bool give(struct app *app, void *ctx, struct handover_options *options,
                 struct run_result *result, struct err *err)
{
    options->code = ctx;
    return handover_nearby(app, options, result, err);
}

static void forget(void *ctx)
{
    explicit_bzero(ctx, strlen(ctx));
    free(ctx);
}

struct giving *near_give(struct app *app, struct str code)
{
    return giving_begin(app, &(struct giving_way){give, forget, mem_strndup(code.s, code.n)});
}
