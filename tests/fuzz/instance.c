/* Any bytes as a saved record of one form. What was opened must be written, opened and written
 * again to the same text. */
#include <stdint.h>
#include <stdlib.h>

#include "app/form/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char form_xml[] =
    "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml' "
    "xmlns:jr='http://openrosa.org/javarosa' xmlns:orx='http://openrosa.org/xforms'><h:head><model>"
    "<instance><data id='t'><a/><g><b x='1'/></g><r><c/><s jr:template=''><d/></s></r><sum/>"
    "<orx:meta><orx:instanceID/></orx:meta></data></instance>"
    "<bind nodeset='/data/a' type='int'/><bind nodeset='/data/g' relevant='/data/a &gt; 1'/>"
    "<bind nodeset='/data/sum' calculate='count(/data/r/s) + count(/data/r)'/>"
    "</model></h:head><h:body><input ref='/data/a'/><input ref='/data/g/b'/>"
    "<repeat nodeset='/data/r'><input ref='/data/r/c'/>"
    "<repeat nodeset='/data/r/s'><input ref='/data/r/s/d'/></repeat></repeat></h:body></h:html>";

static struct form *the_form(void)
{
    static struct form *form;
    if (!form) {
        form = form_load(str_of(form_xml), &(struct form_options){.max_nodes = 5000});
    }
    return form;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct form *form = the_form();
    struct entry *entry = NULL, *again = NULL;
    struct buf once = {0}, twice = {0};
    struct str text = {(const char *)bytes, n};
    if (entry_open(form, text, n % 2 ? ENTRY_RESUME : ENTRY_EDIT, NULL, &entry, NULL) &&
        entry_serialize(entry, SERIAL_DRAFT, &once, NULL)) {
        if (!entry_open(form, buf_str(&once), ENTRY_RESUME, NULL, &again, NULL) ||
            !entry_serialize(again, SERIAL_DRAFT, &twice, NULL) ||
            !str_eq(buf_str(&once), buf_str(&twice))) {
            abort();
        }
    }
    entry_destroy(entry);
    entry_destroy(again);
    buf_finish(&once);
    buf_finish(&twice);
    return 0;
}
