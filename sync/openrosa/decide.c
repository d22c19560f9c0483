#include "sync/openrosa/decide.h"

static enum openrosa_verdict decide_known(const struct openrosa_facts *facts)
{
    if (facts->instance == OPENROSA_INSTANCE_DELETED) {
        return OPENROSA_WAS_DELETED;
    }
    if (!facts->same_bytes) {
        return OPENROSA_OTHER_BYTES;
    }
    if (facts->instance == OPENROSA_INSTANCE_SUPERSEDED) {
        return facts->is_edit ? OPENROSA_OUT_OF_DATE : OPENROSA_WAS_EDITED;
    }
    return OPENROSA_AGAIN;
}

static enum openrosa_verdict decide_edit(const struct openrosa_facts *facts)
{
    switch (facts->deprecated) {
    case OPENROSA_INSTANCE_CURRENT:
        return OPENROSA_EDIT;
    case OPENROSA_INSTANCE_SUPERSEDED:
        return OPENROSA_OUT_OF_DATE;
    case OPENROSA_INSTANCE_DELETED:
        return OPENROSA_WAS_DELETED;
    case OPENROSA_INSTANCE_NONE:
        break;
    }
    return OPENROSA_EDIT_OF_NOTHING;
}

enum openrosa_verdict openrosa_decide(const struct openrosa_facts *facts)
{
    if (facts->form == OPENROSA_FORM_UNKNOWN) {
        return OPENROSA_NO_FORM;
    }
    if (facts->form == OPENROSA_FORM_CLOSED) {
        return OPENROSA_FORM_IS_CLOSED;
    }
    if (!facts->has_version) {
        return OPENROSA_NO_VERSION;
    }
    if (facts->instance != OPENROSA_INSTANCE_NONE) {
        return decide_known(facts);
    }
    return facts->is_edit ? decide_edit(facts) : OPENROSA_NEW;
}

bool openrosa_is_accepted(enum openrosa_verdict verdict)
{
    return verdict == OPENROSA_NEW || verdict == OPENROSA_AGAIN || verdict == OPENROSA_EDIT;
}

int openrosa_status(enum openrosa_verdict verdict)
{
    if (openrosa_is_accepted(verdict)) {
        return 201;
    }
    bool is_missing = verdict == OPENROSA_NO_FORM || verdict == OPENROSA_NO_VERSION ||
                      verdict == OPENROSA_EDIT_OF_NOTHING;
    return is_missing ? 404 : 409;
}

static void add_out_of_date(struct buf *to, struct str about)
{
    buf_addf(to,
             "You tried to update a submission, but the copy you were editing (" STR_FMT
             ") is now out of date. Please get the new version that has been submitted, and make "
             "your edits again.",
             STR_ARG(about));
}

void openrosa_add_reason(struct buf *to, enum openrosa_verdict verdict, struct str about)
{
    switch (verdict) {
    case OPENROSA_NEW:
    case OPENROSA_AGAIN:
    case OPENROSA_EDIT:
        buf_add_text(to, "full submission upload was successful!");
        break;
    case OPENROSA_NO_FORM:
        buf_add_text(to, "Could not find the resource you were looking for.");
        break;
    case OPENROSA_NO_VERSION:
        buf_addf(to, "The form version specified in this submission '" STR_FMT "' does not exist.",
                 STR_ARG(about));
        break;
    case OPENROSA_FORM_IS_CLOSED:
        buf_add_text(to, "This form is not currently accepting submissions. Please talk to your "
                         "program staff if this is unexpected.");
        break;
    case OPENROSA_OTHER_BYTES:
        buf_add_text(to, "A submission already exists with this ID, but with different XML. "
                         "Resubmissions to attach additional multimedia must resubmit an identical "
                         "xml_submission_file.");
        break;
    case OPENROSA_WAS_DELETED:
        buf_add_text(to, "This submission has been deleted. You may not resubmit it.");
        break;
    case OPENROSA_OUT_OF_DATE:
        add_out_of_date(to, about);
        break;
    case OPENROSA_WAS_EDITED:
        add_out_of_date(to, STR("undefined"));
        break;
    case OPENROSA_EDIT_OF_NOTHING:
        buf_addf(to,
                 "You tried to update an existing submission, but we can't find that submission "
                 "to update (" STR_FMT ")",
                 STR_ARG(about));
        break;
    }
}
