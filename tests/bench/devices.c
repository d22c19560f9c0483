/* Many handhelds at one hub at once:
 * devices [DEVICES [RECORDS [PHOTO_BYTES [BROKEN_PERCENT [SEED]]]]]. Prints the table of the
 * README; exit status 1 when a record was lost, doubled, damaged or never sent. */
#include <stdio.h>
#include <stdlib.h>

#include "../fault/helper_crowd.h"
#include "platform/base/log.h"

int main(int argc, char **argv)
{
    struct crowd crowd = {.devices = argc > 1 ? atoi(argv[1]) : 300,
                          .records = argc > 2 ? atoi(argv[2]) : 5,
                          .photos = 2,
                          .photo = argc > 3 ? (size_t)atol(argv[3]) : 40000,
                          .broken_percent = argc > 4 ? atoi(argv[4]) : 25,
                          .seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1};
    struct crowd_result result;
    if (crowd.devices < 1 || crowd.records < 1 || crowd.photo < 1) {
        fprintf(stderr,
                "usage: devices [DEVICES [RECORDS [PHOTO_BYTES [BROKEN_PERCENT [SEED]]]]]\n");
        return 2;
    }
    log_set_level(LOG_ERROR);
    int bad = crowd_play(&crowd, &result);
    crowd_print(&crowd, &result);
    return bad == 0 ? 0 : 1;
}
