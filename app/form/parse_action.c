#include "app/form/def.h"

static const char odk_uri[] = "http://www.opendatakit.org/xforms";

static const struct {
    const char *name;
    unsigned event;
} events[] = {
    {"odk-instance-first-load", EVENT_FIRST_LOAD},
    {"xforms-ready", EVENT_FIRST_LOAD},
    {"odk-instance-load", EVENT_LOAD},
    {"odk-new-repeat", EVENT_NEW_REPEAT},
    {"jr-insert", EVENT_NEW_REPEAT},
    {"xforms-value-changed", EVENT_VALUE_CHANGED},
    {"xforms-revalidate", EVENT_REVALIDATE},
};

static unsigned events_of(struct parse *parse, const struct xml *element)
{
    struct str rest = str_of(xml_attr(element, "event")), word;
    unsigned all = 0;
    struct buf unknown = {0};
    while (str_word(&rest, &word)) {
        unsigned event = 0;
        for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
            if (str_is(word, events[i].name)) {
                event = events[i].event;
            }
        }
        all |= event;
        if (!event) {
            buf_addf(&unknown, "%s" STR_FMT, unknown.n ? ", " : "", STR_ARG(word));
        }
    }
    if (unknown.n) {
        form_note(parse->form, PROBLEM_ERROR, element->name->local, element->line,
                  "An action was registered for unsupported events: %s", buf_text(&unknown));
    } else if (!all) {
        form_note(parse->form, PROBLEM_WARNING, element->name->local, element->line,
                  "the action has no event and never runs");
    }
    buf_finish(&unknown);
    return all;
}

static bool kind_of(struct parse *parse, const struct xml *element, enum action_kind *kind)
{
    if (xml_is(element, "setvalue")) {
        *kind = ACTION_SET_VALUE;
        return true;
    }
    if (!xml_is(element, "setgeopoint") && !xml_is(element, "recordaudio")) {
        return false;
    }
    *kind = xml_is(element, "setgeopoint") ? ACTION_SET_GEOPOINT : ACTION_RECORD_AUDIO;
    if (!str_starts(str_of(element->name->uri), str_of(odk_uri))) {
        form_note(parse->form, PROBLEM_ERROR, element->name->local, element->line,
                  "%s action must be in %s namespace", element->name->local, odk_uri);
        return false;
    }
    return true;
}

static struct node_def *action_target(struct parse *parse, const struct xml *element,
                                      struct node_def *context, struct action *action)
{
    const char *ref = xml_attr(element, "ref"), *bind = xml_attr(element, "bind");
    if (!ref && bind) {
        for (const struct xml *b = xml_child(parse->model, "bind"); b; b = xml_next(b, "bind")) {
            const char *id = xml_attr(b, "id");
            ref = id && !strcmp(id, bind) ? xml_attr(b, "nodeset") : ref;
        }
    }
    if (!ref || !ref[0]) {
        form_note(parse->form, PROBLEM_ERROR, element->name->local, element->line,
                  "<%s> without ref", element->name->local);
        return NULL;
    }
    struct node_def *def = form_ref(parse->form, context, str_of(ref));
    if (def && strchr(ref, '[')) { /* chosen instances: found when the action runs */
        action->ref = parse_expression(parse, element, ref, ref, "action ref");
    }
    if (!def) {
        form_note(parse->form, PROBLEM_ERROR, ref, element->line,
                  "the target of <%s> does not exist: [%s]", element->name->local, ref);
    }
    return def;
}

static void note_device(struct parse *parse, const struct xml *element, struct action *action)
{
    if (action->kind == ACTION_SET_GEOPOINT) {
        form_note(parse->form, PROBLEM_UNSUPPORTED, action->target->path, element->line,
                  "the position is taken from the device only where it has a receiver");
    } else if (action->kind == ACTION_RECORD_AUDIO) {
        form_note(parse->form, PROBLEM_UNSUPPORTED, action->target->path, element->line,
                  "background recording is not made: there is no microphone");
    }
}

static void parse_action(struct parse *parse, const struct xml *element, struct control *control)
{
    struct form *form = parse->form;
    enum action_kind kind;
    if (!kind_of(parse, element, &kind)) {
        return;
    }
    struct action *action = arena_new(&form->arena, struct action);
    action->kind = kind;
    action->line = element->line;
    action->control = control;
    action->context = control ? control->context : form->root;
    action->events = events_of(parse, element);
    if (action->events == EVENT_NEW_REPEAT && (!control || control->kind != CONTROL_REPEAT)) {
        form_note(form, PROBLEM_ERROR, element->name->local, element->line,
                  "Actions triggered by odk-new-repeat must be nested in the repeat form control.");
    }
    action->target = action_target(parse, element, action->context, action);
    if (!action->target) {
        return;
    }
    const char *value = xml_attr(element, "value");
    if (value && str_trim(str_of(value)).n) {
        action->value = parse_expression(parse, element, value, action->target->path, "setvalue");
    } else if (!value) {
        struct str text = xml_text_of(element, &form->arena, false);
        action->literal = (struct str){arena_str(&form->arena, text), text.n};
    }
    note_device(parse, element, action);
    vec_push(&form->actions, action);
    if (action->events & EVENT_VALUE_CHANGED) {
        if (!control || !control->def) {
            form_note(form, PROBLEM_WARNING, action->target->path, element->line,
                      "xforms-value-changed stands outside a question and never happens");
        } else {
            vec_push(&control->def->actions, action);
        }
    }
}

void parse_control_actions(struct parse *parse, const struct xml *element, struct control *control)
{
    for (const struct xml *child = xml_child(element, NULL); child; child = xml_next(child, NULL)) {
        parse_action(parse, child, control);
    }
}

void parse_actions(struct parse *parse)
{
    for (const struct xml *child = xml_child(parse->model, NULL); child;
         child = xml_next(child, NULL)) {
        parse_action(parse, child, NULL);
    }
}

/* ---- external apps ------------------------------------------------------------------- */

/* Where the argument that starts at text ends: a comma or the last bracket outside quotes. */
static size_t argument_end(struct str text)
{
    char quote = 0;
    int depth = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '(') {
            depth++;
        } else if ((c == ')' && depth-- == 0) || (c == ',' && depth == 0)) {
            return i;
        }
    }
    return text.n;
}

static void parse_app_arguments(struct parse *parse, const struct xml *element,
                                struct control *control, struct str text)
{
    struct arena *arena = &parse->form->arena;
    size_t most = 1;
    for (size_t i = 0; i < text.n; i++) {
        most += text.s[i] == ',';
    }
    control->app_arguments = arena_array(arena, struct app_argument, most);
    while (text.n) {
        size_t end = argument_end(text);
        struct str one = str_trim((struct str){text.s, end});
        const char *equals = one.n ? memchr(one.s, '=', one.n) : NULL;
        if (equals) {
            struct app_argument *to = &control->app_arguments[control->n_app_arguments++];
            to->name = arena_str(arena, str_trim((struct str){one.s, (size_t)(equals - one.s)}));
            struct str value = {equals + 1, (size_t)(one.s + one.n - equals) - 1};
            to->value = parse_expression(parse, element, arena_str(arena, value),
                                         control->context->path, "app argument");
        }
        if (end >= text.n || text.s[end] == ')') {
            return;
        }
        text = (struct str){text.s + end + 1, text.n - end - 1};
    }
}

void parse_app(struct parse *parse, const struct xml *element, struct control *control)
{
    const char *intent = control_attribute(control, "intent");
    const char *ex = strstr(control->appearance, "ex:");
    const char *text = intent && intent[0] ? intent : ex ? ex + 3 : NULL;
    control->app = "";
    if (!text) {
        return;
    }
    size_t n = strcspn(text, "( ");
    control->app = arena_str(&parse->form->arena, (struct str){text, n});
    if (text[n] == '(') {
        parse_app_arguments(parse, element, control, str_of(text + n + 1));
    }
}

/* ---- search() in an appearance -----------------------------------------------------------------
 */

void parse_search(struct parse *parse, const struct xml *element, struct control *control)
{
    static const char name[] = "search(";
    enum { MOST_ARGUMENTS = 6 };
    const char *at = strstr(control->appearance, name);
    if (!at || !control->n_items) {
        return;
    }
    struct arena *arena = &parse->form->arena;
    struct str text = str_of(at + sizeof name - 1);
    control->search = arena_array(arena, const struct xpath *, MOST_ARGUMENTS);
    while (text.n && control->n_search < MOST_ARGUMENTS) {
        size_t end = argument_end(text);
        char *argument = arena_str(arena, str_trim((struct str){text.s, end}));
        const struct xpath *x =
            parse_expression(parse, element, argument, control->def->path, "search()");
        if (!x) {
            return;
        }
        control->search[control->n_search++] = x;
        if (argument[0] == '\'' && control->n_search == 1) {
            struct str file = {argument + 1, strcspn(argument + 1, "'")};
            form_add_media(parse->form, str_of(arena_printf(arena, STR_FMT ".csv", STR_ARG(file))));
        }
        if (end >= text.n || text.s[end] == ')') {
            return;
        }
        text = (struct str){text.s + end + 1, text.n - end - 1};
    }
}
