/* The children of wide elements by name (node.c and node_index.c share it). */
#ifndef FORM_NODE_INDEX_H
#define FORM_NODE_INDEX_H

#include "app/form/node.h"

/* A node came among the children of its parent. */
void node_index_added(struct node_tree *tree, struct node *node);

/* A node is about to leave the children of its parent. */
void node_index_removed(struct node *node);

#endif
