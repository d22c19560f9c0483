/* Any bytes as XML: read, written, read again, made a tree of nodes. What was written must be read
 * back to the same text. */
#include <stdint.h>
#include <stdlib.h>

#include "app/form/node.h"
#include "platform/base/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_tree(struct xml_names *names, const struct xml *document, bool exact)
{
    struct node_tree tree;
    struct buf out = {.limit = 1 << 24};
    node_tree_init(&tree, names);
    struct node *root = node_from_xml(&tree, tree.document, xml_root(document), exact);
    node_write(&out, root, NULL, NULL);
    node_append(&tree, tree.document, node_copy(&tree, root));
    node_tree_number(&tree);
    node_remove(&tree, root);
    buf_finish(&out);
    node_tree_finish(&tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct xml_limits limits = {.keep_space = n % 2, .nodes = 20000};
    struct xml_names names = {0};
    struct arena arena = {0};
    struct buf once = {0}, twice = {0};
    struct xml *document =
        xml_parse((struct str){(const char *)bytes, n}, &names, &arena, &limits, NULL);
    if (document) {
        xml_write(&once, document);
        struct xml *again = xml_parse(buf_str(&once), &names, &arena, &limits, NULL);
        if (!again) {
            abort();
        }
        xml_write(&twice, again);
        if (!str_eq(buf_str(&once), buf_str(&twice))) {
            abort();
        }
        check_tree(&names, document, true);
        check_tree(&names, document, false);
    }
    buf_finish(&once);
    buf_finish(&twice);
    arena_finish(&arena);
    xml_names_finish(&names);
    return 0;
}
