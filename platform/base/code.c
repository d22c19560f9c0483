#include "platform/base/code.h"

#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

/* An object whose code was changed at load time holds pages that no file has. */
static bool is_patched(const struct dl_phdr_info *object)
{
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_DYNAMIC) {
            continue;
        }
        uintptr_t at = (uintptr_t)object->dlpi_addr + segment->p_vaddr;
        for (const ElfW(Dyn) *d = (const ElfW(Dyn) *)at; d->d_tag != DT_NULL; d++) {
            if (d->d_tag == DT_TEXTREL || (d->d_tag == DT_FLAGS && (d->d_un.d_val & DF_TEXTREL))) {
                return true;
            }
        }
    }
    return false;
}

struct walk {
    uintptr_t page;
    int first, at;
};

/* Segments that were never writable are as their file is. */
static int let_go(struct dl_phdr_info *object, size_t size, void *ctx)
{
    struct walk *walk = ctx;
    const uintptr_t page = walk->page;
    if (walk->at++ < walk->first || object->dlpi_addr == getauxval(AT_SYSINFO_EHDR) ||
        is_patched(object)) {
        return 0;
    }
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) {
            continue;
        }
        uintptr_t from = ((uintptr_t)object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        uintptr_t to = (uintptr_t)object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
#ifdef MADV_DONTNEED_LOCKED /* Linux 5.18 */
        if (madvise((void *)from, to - from, MADV_DONTNEED_LOCKED) == 0) {
            continue;
        }
#endif
        madvise((void *)from, to - from, MADV_DONTNEED); /* refused when locked: then it stays */
    }
    return 0;
}

static int count(struct dl_phdr_info *object, size_t size, void *ctx)
{
    ++*(int *)ctx;
    return 0;
}

int code_objects(void)
{
    int n = 0;
    dl_iterate_phdr(count, &n);
    return n;
}

void code_let_go(int first)
{
    struct walk walk = {.page = (uintptr_t)sysconf(_SC_PAGESIZE), .first = first};
    dl_iterate_phdr(let_go, &walk);
}
