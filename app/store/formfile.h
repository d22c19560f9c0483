/* Forms at rest: XML, media and hash by form id and version. A new version takes its place in one
 * step when everything of it is there; an old one stays while a record needs it. Lists (CSV, entity
 * lists) that forms name are kept once, in list.h. */
#ifndef STORE_FORMFILE_H
#define STORE_FORMFILE_H

#include "app/form/form.h"
#include "app/store/store.h"

struct formfile {
    int64_t id;
    const char *form_id, *version, *title;
    const char *hash;       /* MD5 of the XML in hex */
    const char *media_hash; /* digest of names and hashes of its media: tells a changed manifest */
    const char *source;     /* "shipped", or the server's address */
    bool is_current;        /* offered for new entries */
    int64_t added_ms;
};

struct formfiles {
    struct formfile *v;
    size_t n;
};

enum formfile_kind {
    FORMFILE_BYTES = 1, /* kept with formfile_keep under its hash */
    FORMFILE_LIST,      /* a CSV kept with list_import under its name, the hash as version */
    FORMFILE_ENTITIES,  /* an entity list of that name, whatever its version */
};

struct formfile_media {
    const char *name;
    const char *hash; /* MD5 in hex; of an entity list the server's change token */
    enum formfile_kind kind;
};

struct formfile_new {
    const char *form_id, *version, *title, *source;
    struct str xml;
    const struct formfile_media *media;
    size_t media_count;
};

/* Keeps the bytes of a media file under their hash (MD5 in hex, written to hash when not NULL); the
 * same bytes are kept once. ERR_INPUT above 64 MiB. */
bool formfile_keep(struct store *store, struct str bytes, char hash[33], struct err *err);

/* Are bytes with that hash here? */
bool formfile_has(struct store *store, const char *hash);

/* Appends the bytes with that hash; ERR_MISSING. */
bool formfile_bytes(struct store *store, const char *hash, struct buf *bytes, struct err *err);

/* Puts a form in place in one step: ERR_MISSING, and nothing changed, while one of its media is not
 * kept yet. The same XML and media again change nothing but source and currency. */
bool formfile_put(struct store *store, const struct formfile_new *what, int64_t *id,
                  struct err *err);

/* No longer offered for new entries (closed or gone on the server); everything of it stays. */
bool formfile_retire(struct store *store, const char *form_id, struct err *err);

/* One, texts in the arena; ERR_MISSING. */
bool formfile_get(struct store *store, int64_t id, struct arena *arena, struct formfile *form,
                  struct err *err);

/* The one offered for new entries of that form id; ERR_MISSING. */
bool formfile_current(struct store *store, const char *form_id, int64_t *id, struct err *err);

/* All current forms by title (also old ones with all). */
bool formfile_list(struct store *store, bool all, struct arena *arena, struct formfiles *out,
                   struct err *err);

/* Appends the XML. */
bool formfile_xml(struct store *store, int64_t id, struct buf *xml, struct err *err);

/* Appends a media file of the form; ERR_MISSING. */
bool formfile_media(struct store *store, int64_t id, const char *name, struct buf *bytes,
                    struct err *err);

/* Opens a list that the form names, in the version it names (what form_media.list gives);
 * ERR_MISSING. It must go before the store. */
bool formfile_open_list(struct store *store, int64_t id, const char *name, struct form_list **list,
                        struct err *err);

/* Drops old versions that no unsent record uses, and bytes that no form names or waits for. */
bool formfile_prune(struct store *store, struct err *err);

#endif
