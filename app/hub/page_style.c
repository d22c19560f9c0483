/* The one style sheet, and a sign of life for monitors. */
#include "app/hub/page.h"

static const char sheet[] =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,'Noto Sans',sans-serif;margin:0}"
    "header{display:flex;flex-wrap:wrap;gap:1rem;align-items:center;padding:.6rem 1rem;"
    "border-bottom:1px solid #8888}"
    "nav{display:flex;flex-wrap:wrap;gap:1rem;align-items:center;flex:1}"
    "nav form{margin-inline-start:auto}"
    "main{max-width:75rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:start;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #8884;"
    "overflow-wrap:anywhere}"
    ".pairs th{width:35%;font-weight:500}"
    "small{display:block;opacity:.7}"
    ".warn{color:#b00020;font-weight:600}"
    "@media (prefers-color-scheme:dark){.warn{color:#ff8a80}}"
    "label{display:block;margin:.5rem 0}"
    "input{font:inherit;padding:.5rem;display:block;width:100%;max-width:30rem;"
    "box-sizing:border-box}"
    "button{font:inherit;padding:.5rem 1rem;min-height:2.75rem}"
    "code{overflow-wrap:anywhere;user-select:all}"
    ".code{max-width:22rem;background:#fff;display:block}";

static void serve_style(struct page_visit *visit)
{
    http_answer(visit->request, 200, "text/css; charset=utf-8",
                (struct str){sheet, sizeof(sheet) - 1});
}

static void serve_health(struct page_visit *visit)
{
    struct buf value = {0};
    if (archive_setting(visit->archive, "url", &value, NULL)) {
        http_answer(visit->request, 200, "text/plain; charset=utf-8", STR("ok\n"));
    } else {
        http_answer(visit->request, 503, "text/plain; charset=utf-8", STR("no storage\n"));
    }
    buf_finish(&value);
}

const struct page page_style = {.name = "style.css", .flags = PAGE_OPEN, .serve = serve_style};
const struct page page_health = {.name = "health", .flags = PAGE_OPEN, .serve = serve_health};
