#include "app/ui/inspect.h"

#include "app/ui/node.h"

void inspect_close(struct inspect *inspect)
{
    (void)inspect;
}
