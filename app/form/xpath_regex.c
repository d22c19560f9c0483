#include "app/form/xpath_regex.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "platform/base/mem.h"

enum { SLOTS = 16, MATCH_LIMIT = 2000000, DEPTH_LIMIT = 5000, HEAP_KIB = 16 * 1024 };

struct pattern {
    char *text;
    size_t n;
    bool is_whole;
    pcre2_code *code;
};

struct xpath_regex {
    struct pattern slots[SLOTS];
    size_t next; /* the one that is replaced next */
    pcre2_match_context *limits;
    pcre2_match_data *data;
};

static struct xpath_regex *create(void)
{
    struct xpath_regex *cache = mem_alloc(1, sizeof(*cache));
    cache->limits = pcre2_match_context_create(NULL);
    cache->data = pcre2_match_data_create(1, NULL);
    if (cache->limits) {
        pcre2_set_match_limit(cache->limits, MATCH_LIMIT);
        pcre2_set_depth_limit(cache->limits, DEPTH_LIMIT);
        pcre2_set_heap_limit(cache->limits, HEAP_KIB);
    }
    return cache;
}

static void forget(struct pattern *pattern)
{
    pcre2_code_free(pattern->code);
    free(pattern->text);
    *pattern = (struct pattern){0};
}

void regexes_destroy(struct xpath_regex *cache)
{
    if (!cache) {
        return;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        forget(&cache->slots[i]);
    }
    pcre2_match_data_free(cache->data);
    pcre2_match_context_free(cache->limits);
    free(cache);
}

static struct pattern *find(struct xpath_regex *cache, struct str pattern, bool is_whole)
{
    for (size_t i = 0; i < SLOTS; i++) {
        struct pattern *slot = &cache->slots[i];
        if (slot->code && slot->is_whole == is_whole &&
            str_eq((struct str){slot->text, slot->n}, pattern)) {
            return slot;
        }
    }
    return NULL;
}

static struct pattern *compile(struct xpath_regex *cache, struct str pattern, bool is_whole)
{
    struct pattern *slot = &cache->slots[cache->next++ % SLOTS];
    uint32_t options =
        PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | (is_whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0u);
    int code;
    PCRE2_SIZE at;
    forget(slot);
    slot->code = pcre2_compile((PCRE2_SPTR)pattern.s, pattern.n, options, &code, &at, NULL);
    if (!slot->code) {
        return NULL;
    }
    slot->text = mem_strndup(pattern.s, pattern.n);
    slot->n = pattern.n;
    slot->is_whole = is_whole;
    return slot;
}

bool regex_matches(struct xpath_regex **cache, struct str pattern, struct str text, bool is_whole,
                   bool *matches, const char **problem)
{
    if (!*cache) {
        *cache = create();
    }
    struct pattern *slot = find(*cache, pattern, is_whole);
    slot = slot ? slot : compile(*cache, pattern, is_whole);
    if (!slot) {
        *problem = "the pattern is not right";
        return false;
    }
    int got =
        pcre2_match(slot->code, (PCRE2_SPTR)text.s, text.n, 0, 0, (*cache)->data, (*cache)->limits);
    *matches = got >= 0;
    if (got < 0 && got != PCRE2_ERROR_NOMATCH) {
        *problem = got == PCRE2_ERROR_MATCHLIMIT || got == PCRE2_ERROR_DEPTHLIMIT
                       ? "the pattern takes too long"
                       : "the text cannot be matched";
        return false;
    }
    return true;
}
