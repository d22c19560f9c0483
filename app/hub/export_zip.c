#include "app/hub/export.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "platform/base/clock.h"

/* Stored, not packed: photos do not get smaller, and the bytes stay easy to get at. Sizes of 4 GiB
 * and more than 65,535 entries would need ZIP64, which many office tools cannot read: the export is
 * refused then and asks for a shorter time. Source: PKWARE APPNOTE 6.3. */
enum { ENTRIES_MAX = 65535, BLOCK = 65536, VERSION = 20, UTF8_FLAG = 1 << 11 };

static const uint64_t size_max = 0xffffffffu;

struct zip_entry {
    char *name;
    uint32_t crc, size, offset;
};

struct zip {
    FILE *to;
    uint64_t at;
    uint32_t table[256];
    VEC(struct zip_entry) entries;
    uint16_t date, time;
    struct archive *archive;
    const char *folder; /* of the record being written */
    int64_t count, seq;
    struct err *err;
    bool ok;
};

static void make_table(uint32_t table[256])
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) {
            c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        }
        table[i] = c;
    }
}

static uint32_t crc_more(const struct zip *zip, uint32_t crc, struct str bytes)
{
    crc = ~crc;
    for (size_t i = 0; i < bytes.n; i++) {
        crc = zip->table[(crc ^ (unsigned char)bytes.s[i]) & 0xff] ^ (crc >> 8);
    }
    return ~crc;
}

static void put16(struct buf *to, uint32_t v)
{
    buf_add_char(to, (char)(v & 0xff));
    buf_add_char(to, (char)(v >> 8 & 0xff));
}

static void put32(struct buf *to, uint32_t v)
{
    put16(to, v & 0xffff);
    put16(to, v >> 16);
}

static bool put(struct zip *zip, struct str bytes)
{
    if (fwrite(bytes.s, 1, bytes.n, zip->to) != bytes.n) {
        return err_set(zip->err, ERR_STORAGE, errno, "cannot write the export");
    }
    zip->at += bytes.n;
    return zip->at <= size_max || err_set(zip->err, ERR_INPUT, 0,
                                          "more than 4 GiB: export a shorter time with --from "
                                          "and --to");
}

/* What local header and directory entry have in common, from "version needed" on. */
static void add_common(struct buf *to, const struct zip *zip, const struct zip_entry *entry)
{
    put16(to, VERSION);
    put16(to, UTF8_FLAG);
    put16(to, 0);
    put16(to, zip->time);
    put16(to, zip->date);
    put32(to, entry->crc);
    put32(to, entry->size);
    put32(to, entry->size);
    put16(to, (uint32_t)strlen(entry->name));
    put16(to, 0);
}

static bool begin_entry(struct zip *zip, const char *name, uint64_t size, uint32_t crc)
{
    struct buf head = {0}, path = {0};
    struct zip_entry entry = {.crc = crc, .size = (uint32_t)size, .offset = (uint32_t)zip->at};
    if (size > size_max || zip->entries.n >= ENTRIES_MAX) {
        return err_set(zip->err, ERR_INPUT, 0,
                       "too much for one ZIP: export a shorter time with --from and --to");
    }
    buf_addf(&path, "%s/%s", zip->folder, name);
    entry.name = buf_take(&path);
    vec_push(&zip->entries, entry);
    put32(&head, 0x04034b50);
    add_common(&head, zip, &entry);
    buf_add_text(&head, entry.name);
    bool ok = put(zip, buf_str(&head));
    buf_finish(&head);
    return ok;
}

/* Copies size bytes of a file, or only looks at them (crc) when out is not set. */
static bool pass_file(struct zip *zip, int fd, uint64_t size, bool out, uint32_t *crc)
{
    char block[BLOCK];
    *crc = 0;
    if (lseek(fd, 0, SEEK_SET) < 0) {
        return err_set(zip->err, ERR_STORAGE, errno, "cannot read a kept file");
    }
    while (size > 0) {
        ssize_t n = read(fd, block, size < BLOCK ? (size_t)size : BLOCK);
        if (n <= 0) {
            return err_set(zip->err, ERR_STORAGE, errno, "cannot read a kept file");
        }
        struct str bytes = {block, (size_t)n};
        *crc = crc_more(zip, *crc, bytes);
        if (out && !put(zip, bytes)) {
            return false;
        }
        size -= (uint64_t)n;
    }
    return true;
}

static void add_file(void *ctx, const struct archive_file *file)
{
    struct zip *zip = ctx;
    int fd = -1;
    uint64_t size = 0;
    uint32_t crc = 0;
    if (!zip->ok || !file->is_here) {
        return;
    }
    zip->ok = archive_record_open(zip->archive, zip->seq, file->name, &fd, &size, zip->err) &&
              pass_file(zip, fd, size, false, &crc) && begin_entry(zip, file->name, size, crc) &&
              pass_file(zip, fd, size, true, &crc);
    if (fd >= 0) {
        close(fd);
    }
}

/* A name that every file system takes. */
static void add_plain(struct buf *to, const char *text)
{
    for (const char *c = text; *c; c++) {
        bool is_odd = (unsigned char)*c < 0x20 || strchr("/\\:*?\"<>|", *c);
        bool is_dot = *c == '.' && c == text;
        buf_add_char(to, is_odd || is_dot ? '_' : *c);
    }
}

static bool add_record(void *ctx, const struct archive_record *record)
{
    struct zip *zip = ctx;
    struct buf folder = {0};
    add_plain(&folder, record->form);
    buf_add_char(&folder, '/');
    add_plain(&folder, record->instance);
    zip->folder = buf_text(&folder);
    zip->seq = record->seq;
    zip->ok = begin_entry(zip, "submission.xml", record->xml.n, crc_more(zip, 0, record->xml)) &&
              put(zip, record->xml) &&
              archive_record_files(zip->archive, record->seq, add_file, zip, zip->err) && zip->ok;
    zip->count++;
    buf_finish(&folder);
    return zip->ok;
}

static bool add_directory(struct zip *zip)
{
    struct buf head = {0};
    uint32_t start = (uint32_t)zip->at;
    bool ok = true;
    for (size_t i = 0; ok && i < zip->entries.n; i++) {
        const struct zip_entry *entry = &zip->entries.v[i];
        buf_clear(&head);
        put32(&head, 0x02014b50);
        put16(&head, VERSION);
        add_common(&head, zip, entry);
        put16(&head, 0); /* comment */
        put16(&head, 0); /* disk */
        put16(&head, 0);
        put32(&head, 0);
        put32(&head, entry->offset);
        buf_add_text(&head, entry->name);
        ok = put(zip, buf_str(&head));
    }
    uint32_t size = (uint32_t)zip->at - start;
    buf_clear(&head);
    put32(&head, 0x06054b50);
    put32(&head, 0);
    put16(&head, (uint32_t)zip->entries.n);
    put16(&head, (uint32_t)zip->entries.n);
    put32(&head, size);
    put32(&head, start);
    put16(&head, 0);
    ok = ok && put(zip, buf_str(&head));
    buf_finish(&head);
    return ok;
}

static void set_time(struct zip *zip)
{
    int64_t now = clock_now_ms(), local = now / 60000 + clock_zone_minutes(now);
    int y, m, d;
    clock_date(local / 1440, &y, &m, &d);
    zip->date = (uint16_t)((y - 1980) << 9 | m << 5 | d);
    zip->time = (uint16_t)(local % 1440 / 60 << 11 | local % 60 << 5);
}

bool export_zip(struct archive *archive, const struct export_options *options, FILE *to,
                int64_t *count, struct err *err)
{
    struct zip zip = {.to = to, .archive = archive, .err = err, .ok = true};
    struct archive_filter filter = {
        .form = options->form,
        .from_ms = options->from_ms,
        .until_ms = options->until_ms,
        .oldest_first = true,
        .wants_xml = true,
    };
    make_table(zip.table);
    set_time(&zip);
    bool ok = archive_record_list(archive, &filter, add_record, &zip, err) && zip.ok &&
              add_directory(&zip);
    if (ok && fflush(to) != 0) {
        ok = err_set(err, ERR_STORAGE, errno, "cannot write the export");
    }
    for (size_t i = 0; i < zip.entries.n; i++) {
        free(zip.entries.v[i].name);
    }
    vec_finish(&zip.entries);
    *count = zip.count;
    return ok;
}
