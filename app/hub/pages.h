/* The pages of the hub: one line each. Only the page mechanics takes this list. */
#ifndef HUB_PAGES_H
#define HUB_PAGES_H

#include "app/hub/page.h"

#define PAGES(X)                                                                                   \
    X(front)                                                                                       \
    X(record)                                                                                      \
    X(file)                                                                                        \
    X(csv)                                                                                         \
    X(forms)                                                                                       \
    X(devices)                                                                                     \
    X(counts)                                                                                      \
    X(audit)                                                                                       \
    X(login)                                                                                       \
    X(logout)                                                                                      \
    X(style)                                                                                       \
    X(enrol)                                                                                       \
    X(health)

#define DECLARE_PAGE(name) extern const struct page page_##name;
PAGES(DECLARE_PAGE)
#undef DECLARE_PAGE

#endif
