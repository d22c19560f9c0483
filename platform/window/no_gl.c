/* SDL before 2.28 (Debian 12 has 2.26) opens GL for every Wayland window that is not said to be
 * Vulkan's: 50 MB of Mesa for a window that only wants its surface. So it is said to be Vulkan's,
 * and the one question that SDL then asks of the Vulkan library, which surfaces it knows, is
 * answered here: SDL looks the library up in the program itself. */
#include <stdint.h>
#include <string.h>

#include "platform/window/machine.h"

#include <SDL_vulkan.h>

struct extension {
    char name[256];
    uint32_t version;
};

static int list_extensions(const char *layer, uint32_t *n, struct extension *to)
{
    static const struct extension known[] = {{"VK_KHR_surface", 25}, {"VK_KHR_wayland_surface", 6}};
    const uint32_t most = sizeof(known) / sizeof(*known);
    (void)layer;
    if (to) {
        memcpy(to, known, (*n < most ? *n : most) * sizeof(*known));
    }
    *n = most;
    return 0;
}

/* The name by which SDL finds it; exported from the program (CMakeLists.txt). */
void *vkGetInstanceProcAddr(void *instance, const char *name);
void *vkGetInstanceProcAddr(void *instance, const char *name)
{
    (void)instance;
    return strcmp(name, "vkEnumerateInstanceExtensionProperties") == 0
               ? (void *)(uintptr_t)list_extensions
               : NULL;
}

uint32_t no_gl_flag(void)
{
    SDL_version version;
    SDL_GetVersion(&version);
    bool is_cured = version.major > 2 || version.minor >= 28;
    bool is_found = vkGetInstanceProcAddr(NULL, "") == NULL; /* keeps it in the program */
    return !is_cured && is_found && SDL_Vulkan_LoadLibrary("") == 0 ? SDL_WINDOW_VULKAN : 0;
}
