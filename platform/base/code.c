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

/* Segments that were never writable are as their file is. */
static int let_go(struct dl_phdr_info *object, size_t size, void *ctx)
{
    const uintptr_t page = *(const uintptr_t *)ctx;
    (void)size;
    bool is_program = !object->dlpi_name || !object->dlpi_name[0];
    if (is_program || object->dlpi_addr == getauxval(AT_SYSINFO_EHDR) || is_patched(object)) {
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

void code_let_go(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    dl_iterate_phdr(let_go, &page);
}
