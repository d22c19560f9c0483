#include "app/form/entry.h"

#include <stdlib.h>
#include <strings.h>
#include "app/form/choices.h"

static double number_attribute(const struct control *control, const char *name)
{
    const char *text = control_attribute(control, name);
    return text ? strtod(text, NULL) : 0;
}

static const char *text_attribute(const struct control *control, const char *name)
{
    const char *text = control_attribute(control, name);
    return text ? text : "";
}

static void show_label(struct entry *entry, const struct label *label, struct node *node,
                       struct shown_text *to)
{
    struct arena *arena = &entry->shown;
    to->text = label_text(entry, label, node, arena);
    to->image = label_form(entry, label, FORM_IMAGE, node, arena);
    to->big_image = label_form(entry, label, FORM_BIG_IMAGE, node, arena);
    to->audio = label_form(entry, label, FORM_AUDIO, node, arena);
    to->video = label_form(entry, label, FORM_VIDEO, node, arena);
}

static void show_node(struct entry *entry, struct node *node, struct question_view *view)
{
    const struct node_def *def = node->def;
    view->ref = node_ref(&entry->shown, node);
    view->type = def->type;
    view->value = node_value(node);
    view->relevant = node_is_relevant(node);
    view->required = node->flags & NODE_REQUIRED;
    view->readonly = node_is_readonly(node);
    view->constraint_message = label_text(entry, &def->constraint_message, node, &entry->shown);
    view->required_message = label_text(entry, &def->required_message, node, &entry->shown);
    view->fill = def->fill ? def->fill : "";
    view->max_pixels = def->max_pixels;
}

static void show_control(struct entry *entry, const struct control *control, struct node *node,
                         struct question_view *view)
{
    view->kind = control->kind;
    show_label(entry, &control->label, node, &view->label);
    show_label(entry, &control->hint, node, &view->hint);
    const char *guidance = label_form(entry, &control->hint, FORM_GUIDANCE, node, &entry->shown);
    view->guidance = guidance ? guidance : "";
    view->appearance = control->appearance;
    view->has_choices = control->itemset || control->n_items;
    const char *media = control_attribute(control, "mediatype");
    view->media_type = media ? media : text_attribute(control, "accept");
    view->autoplay = text_attribute(control, "autoplay");
    view->start = control->start;
    view->end = control->end;
    view->step = control->step;
    view->tick_interval = text_attribute(control, "tick-interval");
    view->placeholder = text_attribute(control, "placeholder");
    view->rows = strtol(text_attribute(control, "rows"), NULL, 10);
    view->accuracy = number_attribute(control, "accuracyThreshold");
    view->accuracy_bad = number_attribute(control, "unacceptableAccuracyThreshold");
    view->reader = text_attribute(control, "reader");
    if (!view->reader[0] && node->def->reader) {
        view->reader = node->def->reader;
    }
    view->app = control->app ? control->app : "";
    view->control = control;
}

static void show_nothing(struct question_view *view)
{
    *view = (struct question_view){
        .ref = "",
        .value = STR(""),
        .guidance = "",
        .appearance = "",
        .constraint_message = "",
        .required_message = "",
        .media_type = "",
        .autoplay = "",
        .tick_interval = "",
        .placeholder = "",
        .reader = "",
        .fill = "",
        .app = "",
        .relevant = true,
    };
    view->label.text = view->hint.text = "";
}

bool question_view(struct entry *entry, struct stop stop, struct question_view *view,
                   struct err *err)
{
    show_nothing(view);
    xpath_env_reset(&entry->env);
    if (!stop.control) {
        return err_set(err, ERR_INPUT, 0, "there is no question at this place");
    }
    struct node *node = stop.node ? stop.node : stop.parent;
    if (stop.node && (stop.control->def || stop.kind == STOP_QUESTION)) {
        show_node(entry, stop.node, view);
    }
    show_control(entry, stop.control, node ? node : entry->root, view);
    if (!stop.control->def || !stop.node) {
        view->ref = stop_ref(entry, stop);
    }
    return true;
}

bool question_view_ref(struct entry *entry, const char *ref, struct question_view *view,
                       struct err *err)
{
    show_nothing(view);
    xpath_env_reset(&entry->env);
    struct node *node = node_at(entry, ref);
    if (!node || !node->def) {
        return err_set(err, ERR_INPUT, 0, "there is no node %.100s", ref);
    }
    const struct control *control =
        node->def->control ? node->def->control : node->def->repeat_control;
    show_node(entry, node, view);
    if (control) {
        show_control(entry, control, node, view);
    }
    return true;
}

bool question_has_appearance(const struct question_view *view, const char *word)
{
    struct str rest = str_of(view->appearance), one;
    size_t n = strlen(word);
    while (str_word(&rest, &one)) {
        if (one.n >= n && !strncasecmp(one.s, word, n) && (one.n == n || one.s[n] == '-')) {
            return true;
        }
    }
    return false;
}

bool question_app_argument(struct entry *entry, const struct question_view *view, size_t i,
                           const char **name, const char **value)
{
    const struct control *control = view->control;
    struct node *node = node_at(entry, view->ref);
    if (!control || i >= control->n_app_arguments) {
        return false;
    }
    struct str text = STR("");
    xpath_env_reset(&entry->env);
    const struct xpath *x = control->app_arguments[i].value;
    if (x && !xpath_eval_text(x, &entry->env, node ? node : entry->root, &text, NULL)) {
        text = STR("");
    }
    *name = control->app_arguments[i].name;
    *value = arena_str(&entry->shown, text);
    return true;
}

/* ---- choices ------------------------------------------------------------------------- */

bool question_choices(struct entry *entry, const char *ref, struct choices **choices,
                      struct err *err)
{
    struct node *node = node_at(entry, ref);
    *choices = NULL;
    if (!node || !node->def || !node->def->control) {
        return err_set(err, ERR_INPUT, 0, "there is no question at %.100s", ref);
    }
    struct control *control = node->def->control;
    if (!control->itemset && !control->n_items && control->kind == CONTROL_INPUT) {
        return err_set(err, ERR_INPUT, 0, "%.100s offers no choices", ref);
    }
    if (entry->choices && entry->choices->control == control && entry->choices->node == node) {
        *choices = entry->choices;
        return true;
    }
    if (!choices_settle(entry, control, node, err)) {
        return false;
    }
    xpath_env_reset(&entry->env);
    choices_destroy(entry->choices);
    entry->choices = choices_build(entry, control, node, err);
    *choices = entry->choices;
    return entry->choices != NULL;
}

size_t choices_count(const struct choices *choices)
{
    return choices->n_shown;
}

bool choices_at(struct choices *choices, size_t i, struct choice *choice)
{
    if (i >= choices->n_shown) {
        return false;
    }
    arena_reset(&choices->one);
    xpath_env_reset(&choices->entry->env);
    i = choices->shown ? choices->shown[i] : i;
    choice->value = choices_value(choices, i);
    choices_shown(choices, i, &choice->label);
    return true;
}

ptrdiff_t choices_find(struct choices *choices, struct str value)
{
    ptrdiff_t index = choices_index(choices, value);
    for (size_t i = 0; index >= 0 && choices->shown && i < choices->n_shown; i++) {
        if (choices->shown[i] == (uint32_t)index) {
            return (ptrdiff_t)i;
        }
    }
    return choices->shown ? -1 : index;
}

/* ---- search in choices --------------------------------------------------------------- */

enum rank { RANK_EXACT_START, RANK_START, RANK_EXACT_INSIDE, RANK_WORD, RANK_INSIDE, RANK_NONE };

static bool is_word_start(struct str text, size_t at)
{
    return at == 0 || strchr(" -/(.,", text.s[at - 1]) != NULL;
}

static enum rank rank_of(struct str plain, struct str folded, struct str wanted, struct str want)
{
    ptrdiff_t at = str_find(folded, want);
    if (at < 0) {
        return RANK_NONE;
    }
    ptrdiff_t exact = str_find(plain, wanted);
    if (at == 0) {
        return exact == 0 ? RANK_EXACT_START : RANK_START;
    }
    if (exact >= 0) {
        return RANK_EXACT_INSIDE;
    }
    for (; at >= 0 && at < (ptrdiff_t)folded.n; at++) {
        if (is_word_start(folded, (size_t)at) &&
            str_starts((struct str){folded.s + at, folded.n - (size_t)at}, want)) {
            return RANK_WORD;
        }
    }
    return RANK_INSIDE;
}

struct finding {
    struct choices *choices;
    void (*fold)(void *ctx, struct str in, struct buf *out);
    void *ctx;
    struct str wanted;
    struct buf want, folded;
    VEC(uint32_t) found[RANK_NONE];
};

static void look_at(struct finding *finding, size_t i)
{
    struct choices *choices = finding->choices;
    struct shown_text shown;
    arena_reset(&choices->one);
    xpath_env_reset(&choices->entry->env);
    choices_shown(choices, i, &shown);
    struct str plain = str_of(shown.text);
    buf_clear(&finding->folded);
    finding->fold(finding->ctx, plain, &finding->folded);
    enum rank rank =
        rank_of(plain, buf_str(&finding->folded), finding->wanted, buf_str(&finding->want));
    if (rank != RANK_NONE) {
        vec_push(&finding->found[rank], (uint32_t)i);
    }
}

void choices_search(struct choices *choices, struct str text,
                    void (*fold)(void *ctx, struct str in, struct buf *out), void *ctx)
{
    free(choices->shown);
    choices->shown = NULL;
    choices->n_shown = choices->n;
    struct finding finding = {.choices = choices, .fold = fold, .ctx = ctx};
    finding.wanted = str_trim(text);
    if (finding.wanted.n == 0) {
        return;
    }
    fold(ctx, finding.wanted, &finding.want);
    for (size_t i = 0; i < choices->n; i++) {
        look_at(&finding, i);
    }
    choices->shown = mem_alloc(choices->n + 1, sizeof *choices->shown);
    choices->n_shown = 0;
    for (int rank = 0; rank < RANK_NONE; rank++) {
        for (size_t i = 0; i < finding.found[rank].n; i++) {
            choices->shown[choices->n_shown++] = finding.found[rank].v[i];
        }
        vec_finish(&finding.found[rank]);
    }
    buf_finish(&finding.want);
    buf_finish(&finding.folded);
}
