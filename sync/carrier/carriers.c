#include "sync/carrier/carriers.h"

#include <string.h>

#define CARRIER_ROW(name) &carrier_##name,

const struct carrier *carrier_find(const char *name)
{
    static const struct carrier *const carriers[] = {CARRIERS(CARRIER_ROW)};
    for (size_t i = 0; i < sizeof(carriers) / sizeof(*carriers); i++) {
        if (!strcmp(carriers[i]->name, name)) {
            return carriers[i];
        }
    }
    return NULL;
}
