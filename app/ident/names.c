/* Kinds, problems and warnings by name, for output and tests, and as sentences for the screen. */
#include "app/ident/ident.h"

/* Marks a text for the catalogues; the screen translates it. */
#define SENTENCE(text) text

const char *ident_kind_name(enum ident_kind kind)
{
    static const char *const names[] = {
        "cccd",      "can-cuoc", "bhyt",      "mrz",   "number", "bad-card", "vneid", "dossier",
        "procedure", "receipt",  "enrolment", "frame", "odk",    "url",      "text",  "garbage"};
    return names[kind];
}

const char *ident_problem_name(enum ident_problem problem)
{
    static const char *const names[] = {"fine",     "too-few-fields", "number-digits",
                                        "no-name",  "too-long",       "garbled",
                                        "controls", "check-digit"};
    return names[problem];
}

const char *claim_field_name(enum claim_field field)
{
    static const char *const names[] = {"number",  "old-number", "name",    "birth",  "sex",
                                        "address", "issued",     "expires", "nation", "insurance",
                                        "clinic",  "valid-from", "valid-to"};
    return names[field];
}

const char *claim_source_name(enum claim_source source)
{
    static const char *const names[] = {"none", "camera", "picture", "scanner", "typed", "derived"};
    return names[source];
}

const char *claim_warning_name(enum claim_warning warning)
{
    static const char *const names[] = {"province", "year",    "sex",        "birth",
                                        "future",   "issued",  "old-number", "sex-text",
                                        "expired",  "letters", "age",        "plain"};
    for (unsigned bit = 0; bit < sizeof names / sizeof *names; bit++) {
        if ((unsigned)warning == 1U << bit) {
            return names[bit];
        }
    }
    return "";
}

static const char *problem_sentence(enum ident_problem problem)
{
    switch (problem) {
    case IDENT_TOO_FEW_FIELDS:
        return SENTENCE("Part of the card's code is missing. Scan it again, or type.");
    case IDENT_NUMBER_DIGITS:
        return SENTENCE("The number in this code does not have the right length. Type it.");
    case IDENT_NO_NAME:
        return SENTENCE("The code has no name in it. Type the name.");
    case IDENT_TOO_LONG:
        return SENTENCE("This code is longer than any card's. Type what the card shows.");
    case IDENT_GARBLED:
        return SENTENCE("The scanner loses Vietnamese letters. Use the camera instead.");
    case IDENT_CONTROLS:
        return SENTENCE("This code has hidden signs that no card has. Type what the card shows.");
    case IDENT_CHECK_DIGIT:
        return SENTENCE("A check digit is wrong. Compare the three lines with the card.");
    default:
        return "";
    }
}

const char *ident_sentence(const struct ident *ident)
{
    switch (ident->kind) {
    case IDENT_BAD_CARD:
        return problem_sentence(ident->problem);
    case IDENT_VNEID:
        return SENTENCE("This is a short-lived VNeID code. Ask for the card view, or type.");
    case IDENT_DOSSIER:
        return SENTENCE("This is the code of a dossier, not of a person.");
    case IDENT_PROCEDURE:
        return SENTENCE("This is the code of a public service, not of a person.");
    case IDENT_RECEIPT:
        return SENTENCE("This is a receipt of a visit, not a card.");
    case IDENT_ENROLMENT:
    case IDENT_ODK:
        return SENTENCE("This code joins a device to a server. Open it under Settings.");
    case IDENT_FRAME:
        return SENTENCE("This is a hand-over film. Open it under Hand over.");
    case IDENT_URL:
        return SENTENCE("This code holds a web address, not a person.");
    case IDENT_TEXT:
        return SENTENCE("This code holds other text, not a person.");
    case IDENT_GARBAGE:
        return SENTENCE("This code cannot be read. Scan the code on the card.");
    default:
        return "";
    }
}

const char *claim_warning_sentence(enum claim_warning warning)
{
    switch (warning) {
    case CLAIM_WARN_PROVINCE:
        return SENTENCE("No province has the first three digits of the number. Check the number.");
    case CLAIM_WARN_YEAR:
        return SENTENCE("Number and birth year do not agree. Check both.");
    case CLAIM_WARN_SEX:
        return SENTENCE("Number and sex do not agree. Check both.");
    case CLAIM_WARN_BIRTH:
        return SENTENCE("There is no such birth date. Type it as the person says.");
    case CLAIM_WARN_FUTURE:
        return SENTENCE(
            "The birth date is in the future. Check the date, also that of this device.");
    case CLAIM_WARN_ISSUED:
        return SENTENCE("The date of issue cannot be right.");
    case CLAIM_WARN_OLD_NUMBER:
        return SENTENCE("The old number does not have 9 digits.");
    case CLAIM_WARN_SEX_TEXT:
        return SENTENCE("The code does not say male or female. Choose it.");
    case CLAIM_WARN_EXPIRED:
        return SENTENCE("The card is past its date.");
    case CLAIM_WARN_LETTERS:
        return SENTENCE("A letter of the name was put right (Ð to Đ). Compare it with the card.");
    case CLAIM_WARN_AGE:
        return SENTENCE("This person would be older than 120. Check the birth date.");
    case CLAIM_WARN_PLAIN:
        return SENTENCE("These lines have no accents. Type the name as the card shows it.");
    default:
        return "";
    }
}
