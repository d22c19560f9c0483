#include "app/cli/same_xml.h"

#include <ctype.h>
#include <string.h>

#include "platform/base/xml.h"

/* "uuid:…" and moments change from run to run. */
static bool is_volatile(struct str text)
{
    if (str_starts(text, STR("uuid:"))) {
        return true;
    }
    size_t digits = 0;
    while (digits < text.n && isdigit((unsigned char)text.s[digits])) {
        digits++;
    }
    bool is_moment = text.n > 18 && digits == 4 && text.s[4] == '-' && text.s[10] == 'T';
    bool is_time = text.n > 7 && digits == 2 && text.s[2] == ':' && text.s[5] == ':';
    return is_moment || is_time;
}

static bool is_left_out(const struct xml *node)
{
    const char *local = node->name->local;
    return !strcmp(local, "instanceID") || !strcmp(local, "deprecatedID");
}

/* The next element to compare; a meta with nothing but left-out children is left out too. */
static const struct xml *element_from(const struct xml *node)
{
    while (node && (node->kind != XML_ELEMENT || is_left_out(node) ||
                    (!strcmp(node->name->local, "meta") && !element_from(node->first)))) {
        node = node->next;
    }
    return node;
}

static bool attributes_agree(const struct xml *wanted, const struct xml *got, struct buf *why)
{
    for (const struct xml_attribute *a = wanted->attributes; a; a = a->next) {
        const char *other = xml_attr(got, a->name->local);
        if (!other || (!is_volatile(a->value) && !texts_agree(a->value, str_of(other)))) {
            buf_addf(why, "@%s", a->name->local);
            return false;
        }
    }
    for (const struct xml_attribute *a = got->attributes; a; a = a->next) {
        if (!xml_attr(wanted, a->name->local)) {
            buf_addf(why, "@%s", a->name->local);
            return false;
        }
    }
    return true;
}

static bool elements_agree(const struct xml *wanted, const struct xml *got, struct buf *why)
{
    if (strcmp(wanted->name->local, got->name->local) != 0) {
        buf_addf(why, "<%s>", wanted->name->local);
        return false;
    }
    if (!attributes_agree(wanted, got, why)) {
        return false;
    }
    struct str a = str_trim(wanted->text), b = str_trim(got->text);
    if (!is_volatile(a) && !texts_agree(a, b)) {
        buf_addf(why, "<%s>", wanted->name->local);
        return false;
    }
    const struct xml *x = element_from(wanted->first), *y = element_from(got->first);
    for (; x && y; x = element_from(x->next), y = element_from(y->next)) {
        if (!elements_agree(x, y, why)) {
            return false;
        }
    }
    if (x || y) {
        buf_addf(why, "<%s> in <%s>", (x ? x : y)->name->local, wanted->name->local);
        return false;
    }
    return true;
}

bool xml_is_same(struct str wanted, struct str got, struct buf *why)
{
    struct xml_names names = {0};
    struct arena arena = {0};
    struct err err;
    struct xml *a = xml_parse(wanted, &names, &arena, NULL, &err);
    struct xml *b = a ? xml_parse(got, &names, &arena, NULL, &err) : NULL;
    bool same = false;
    if (!b) {
        buf_add_text(why, err.text);
    } else {
        same = elements_agree(xml_root(a), xml_root(b), why);
    }
    arena_finish(&arena);
    xml_names_finish(&names);
    return same;
}
