#include "platform/system/battery.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOW_PERCENT = 20 };

/* One line of a file below /sys; false when it is not there. */
static bool line_of(const char *folder, const char *supply, const char *what, char line[32])
{
    char path[1024];
    if (snprintf(path, sizeof(path), "%s/%s/%s", folder, supply, what) >= (int)sizeof(path)) {
        return false;
    }
    FILE *file = fopen(path, "re");
    bool ok = file && fgets(line, 32, file);
    if (file) {
        fclose(file);
    }
    line[ok ? strcspn(line, "\n") : 0] = 0;
    return ok;
}

static int percent_of(const char *folder, const char *supply)
{
    char line[32], *end;
    if (!line_of(folder, supply, "type", line) || strcmp(line, "Battery") != 0 ||
        (line_of(folder, supply, "scope", line) && strcmp(line, "Device") == 0) ||
        !line_of(folder, supply, "capacity", line)) {
        return -1;
    }
    long percent = strtol(line, &end, 10);
    return end != line && *end == 0 && percent >= 0 && percent <= 100 ? (int)percent : -1;
}

int battery_percent(const char *folder)
{
    int most = -1;
    folder = folder ? folder : "/sys/class/power_supply";
    DIR *supplies = opendir(folder);
    for (struct dirent *entry; supplies && (entry = readdir(supplies));) {
        int percent = entry->d_name[0] == '.' ? -1 : percent_of(folder, entry->d_name);
        most = percent > most ? percent : most;
    }
    if (supplies) {
        closedir(supplies);
    }
    return most;
}

bool battery_is_low(const char *folder)
{
    int percent = battery_percent(folder);
    return percent >= 0 && percent < LOW_PERCENT;
}
