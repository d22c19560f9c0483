#include "helper_diskbytes.h"

#include <string.h>

enum { PHOTO_BYTES = 9000, SCAN_BYTES = 70000 };

const char *world_pin(int n)
{
    return n ? "864202" : "246813";
}

const char *world_name(int n)
{
    return n ? "CanaryName Trần Thị Mới" : "CanaryName Nguyễn Văn Cũ";
}

void world_value(int n, char value[WORLD_VALUE])
{
    snprintf(value, WORLD_VALUE, "CanaryAnswer %d ở nhà số %d", n, n * 7919);
}

void world_add_answer(struct buf *xml, int n)
{
    char value[WORLD_VALUE];
    world_value(n, value);
    buf_addf(xml, "<a%d>%s</a%d>", n, value, n);
}

void world_picture(int n, struct buf *bytes)
{
    static char pictures[3][SCAN_BYTES + 64];
    static size_t sizes[3];
    size_t most = n == WORLD_SCAN ? SCAN_BYTES : PHOTO_BYTES;
    while (sizes[n] < most) {
        sizes[n] += (size_t)sprintf(pictures[n] + sizes[n], "CanaryPicture %d %zu;", n, sizes[n]);
    }
    buf_add(bytes, pictures[n], sizes[n]);
}

const char *world_picture_name(int n)
{
    return n == WORLD_SCAN ? "CanaryScan.jpg" : "CanaryPhoto.jpg";
}

const char *world_draft(void)
{
    return "<data><b>CanaryDraft</b></data>";
}

const char *world_kept(const char *instance_id)
{
    return strcmp(instance_id, "uuid:wait") == 0
               ? "<data><meta><instanceID>uuid:wait</instanceID></meta><c>CanaryKept 1</c></data>"
               : "<data><meta><instanceID>uuid:purged</instanceID></meta><c>CanaryKept 2</c>"
                 "</data>";
}
