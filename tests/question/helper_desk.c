/* The window of the kit's own tests, with this folder's pictures. */
#define PICTURES "tests/question/pictures"
#include "../ui/helper_desk.c"
