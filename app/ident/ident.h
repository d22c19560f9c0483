/* What a card, a code or two typed lines say about a person: pure functions from bytes to claims.
 * Nothing here proves identity (a photocopy scans like the card), nothing refuses a person: what
 * does not agree is a warning. Raw text is never logged. Any thread. */
#ifndef IDENT_IDENT_H
#define IDENT_IDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/str.h"

/* What the bytes are. */
enum ident_kind {
    IDENT_CCCD,      /* citizen card with chip, 7 fields: a person */
    IDENT_CAN_CUOC,  /* identity card from July 2024, 11 fields: a person */
    IDENT_BHYT,      /* health-insurance card: a person (its name is a help, no more) */
    IDENT_MRZ,       /* three machine-readable lines of the back: a person */
    IDENT_NUMBER,    /* nothing but a 12-digit personal number (old card's bars, typed): a person */
    IDENT_BAD_CARD,  /* made like a card but not readable as one: problem says why; what could
                        be read all the same (the digits of a garbled card) stands in person */
    IDENT_VNEID,     /* temporary code of the VNeID app: ask for the card view, or type */
    IDENT_DOSSIER,   /* dossier code of the service portal; text holds it */
    IDENT_PROCEDURE, /* procedure code of the service portal; text holds it */
    IDENT_RECEIPT,   /* our own receipt; text holds it for the receipt's reader */
    IDENT_ENROLMENT, /* our own enrolment code; text holds it */
    IDENT_FRAME,     /* a piece of a film of codes (hand-over); bytes go to sync/handover */
    IDENT_ODK,       /* settings of ODK Collect (base64 of zlib of JSON); text holds it */
    IDENT_URL,       /* a web address; text holds it, nothing opens it */
    IDENT_TEXT,      /* some other text */
    IDENT_GARBAGE,   /* no text at all, or longer than any card */
};

/* Why IDENT_BAD_CARD. */
enum ident_problem {
    IDENT_FINE,
    IDENT_TOO_FEW_FIELDS,
    IDENT_NUMBER_DIGITS, /* the number is not 12 digits */
    IDENT_NO_NAME,
    IDENT_TOO_LONG, /* a field is longer than any card's */
    IDENT_GARBLED,  /* accents were lost on the way (keyboard scanner, old font): use the camera */
    IDENT_CONTROLS, /* hidden control characters inside */
    IDENT_CHECK_DIGIT, /* a check digit of the machine-readable lines is wrong: read them again */
};

/* Where a value comes from. */
enum claim_source {
    CLAIM_NONE,
    CLAIM_CAMERA,
    CLAIM_PICTURE,
    CLAIM_SCANNER,
    CLAIM_TYPED,
    CLAIM_DERIVED
};

enum claim_field {
    CLAIM_NUMBER,     /* 12 digits */
    CLAIM_OLD_NUMBER, /* 9 digits of the former CMND */
    CLAIM_NAME,
    CLAIM_BIRTH, /* "1990-05-08"; "1990" when only the year is known */
    CLAIM_SEX,   /* "male" or "female" */
    CLAIM_ADDRESS,
    CLAIM_ISSUED,     /* date */
    CLAIM_EXPIRES,    /* date */
    CLAIM_NATION,     /* ISO 3166 alpha-3 */
    CLAIM_INSURANCE,  /* number of the health-insurance card */
    CLAIM_CLINIC,     /* registered clinic "01-001" */
    CLAIM_VALID_FROM, /* of the insurance, date */
    CLAIM_VALID_TO,
    CLAIM_FIELDS,
};

enum { CLAIM_TEXT = 512, IDENT_BYTES = 4096 };

struct claim_value {
    char text[CLAIM_TEXT]; /* UTF-8, NFC; "" when the source does not say */
    enum claim_source source;
};

/* What does not agree; each is shown, none blocks. Bits of claim->warnings. */
enum claim_warning {
    CLAIM_WARN_PROVINCE = 1 << 0,   /* the number begins with no known province or country */
    CLAIM_WARN_YEAR = 1 << 1,       /* number and birth year differ */
    CLAIM_WARN_SEX = 1 << 2,        /* number and sex differ */
    CLAIM_WARN_BIRTH = 1 << 3,      /* there is no such birth date */
    CLAIM_WARN_FUTURE = 1 << 4,     /* born in the future */
    CLAIM_WARN_ISSUED = 1 << 5,     /* issued before birth, in the future, or on no such day */
    CLAIM_WARN_OLD_NUMBER = 1 << 6, /* the old number is not 9 digits */
    CLAIM_WARN_SEX_TEXT = 1 << 7,   /* sex is neither Nam nor Nữ */
    CLAIM_WARN_EXPIRED = 1 << 8,    /* card or insurance is past its date */
    CLAIM_WARN_LETTERS = 1 << 9,    /* look-alike letters in the name were put right */
    CLAIM_WARN_AGE = 1 << 10,       /* older than 120 years */
    CLAIM_WARN_PLAIN = 1 << 11,     /* the name comes without its accents (MRZ): type it anew */
};

struct person_claim {
    struct claim_value values[CLAIM_FIELDS];
    unsigned warnings; /* enum claim_warning */
    int fields;        /* how many the code had; further ones hold third persons' names, unread */
};

struct ident {
    enum ident_kind kind;
    enum ident_problem problem;
    struct person_claim person; /* for the kinds that are a person */
    char text[IDENT_BYTES];     /* for the kinds that say so, "" else */
};

/* Reads what a scan or a typed text holds; today (days since 1970, clock_days) judges dates. Every
 * field it fills has source. Never fails: the worst is IDENT_GARBAGE. */
void ident_read(struct str bytes, enum claim_source source, int64_t today, struct ident *ident);

/* Is it a person? (the first five kinds) */
bool ident_is_person(enum ident_kind kind);

/* The grammar a scan must keep before guessed modules count (barcode_options.accept): a card with
 * real dates, sex and a number that agrees with both, or a code of our own making. ctx is unused.
 */
bool ident_accepts(void *ctx, struct str bytes);

/* Puts number, birth and sex of a claim beside each other anew, after one of them was typed over.
 */
void claim_check(struct person_claim *claim, int64_t today);

/* Sets one value as typed or derived; false when it is longer than CLAIM_TEXT (nothing changed). */
bool claim_set(struct person_claim *claim, enum claim_field field, struct str text,
               enum claim_source source);

/* What the number says: sex, birth year, and the province (63 of before July 2025) where the birth
 * was registered; province NULL when unknown or abroad. False when it is not 12 digits. */
struct number_facts {
    const char *province; /* static, Vietnamese */
    int code;             /* its three digits */
    int year;
    bool is_male, is_abroad;
};
bool number_read(struct str number, struct number_facts *facts);

/* Appends the number as it may be shown: all but its last four digits as bullets. Anything that is
 * no number of at least nine digits becomes bullets altogether. */
void number_add_masked(struct buf *to, struct str number);

/* Appends the name with all but the first letter of each word hidden. */
void name_add_masked(struct buf *to, struct str name);

/* Names for output and tests (static): "cccd", "bad-card"; "number-digits"; "birth"; "camera";
 * the n-th warning bit "province". */
const char *ident_kind_name(enum ident_kind kind);
const char *ident_problem_name(enum ident_problem problem);
const char *claim_field_name(enum claim_field field);
const char *claim_source_name(enum claim_source source);
const char *claim_warning_name(enum claim_warning warning);

/* One sentence for the screen in the language set (a msgid for tr): what the kind, the problem or
 * the warning means and what to do; "" where nothing is to be said. Static. */
const char *ident_sentence(const struct ident *ident);
const char *claim_warning_sentence(enum claim_warning warning);

/* Does the text look like Vietnamese whose letters were broken on the way: UTF-8 read as Latin-1
 * ("Nguyá»…n"), TCVN3 ("NguyÔn V¨n"), VNI ("Nguyeãn"), question marks for letters? */
bool text_is_garbled(struct str text);

#endif
