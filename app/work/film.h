/* Hand-over from screen to camera: what goes as a film of codes (sync/handover/frames), and what a
 * film that was watched to its end means here. Three kinds of films: sealed records, which are kept
 * to be carried on; "I have it" from whoever watched ours, after which our records say so and still
 * wait; the organisation's list of arrivals, the only thing that makes a record sent. On the
 * calling thread. */
#ifndef WORK_FILM_H
#define WORK_FILM_H

#include "platform/base/buf.h"
#include "platform/base/err.h"

struct app;
struct frames_film;

/* What goes and what does not. */
struct film_load {
    struct buf bytes; /* the sealed bundle; empty when nothing can go */
    int going;        /* records in it */
    int staying;      /* have photos or other files, or are too large */
    int later;        /* fit into the next film */
    bool is_repeat;   /* all of them were handed over before */
};

/* Seals the waiting records without files, first those that nobody was given yet, and notes what
 * the film holds for the answer. ERR_MISSING when the device belongs to no organisation of ours.
 * buf_finish(&load->bytes) frees it. */
bool film_pack(struct app *app, struct film_load *load, struct err *err);

/* Modules a side, quiet zone not counted, of the largest code that a film is shown in: 846 bytes
 * each, still read by a camera of 640x480. */
enum { FILM_MODULES = 97 };

/* Cuts bytes into a film of codes of at most `modules` modules a side, all of one size. The caller
 * destroys it. ERR_INPUT when they are too many. */
bool film_cut(struct str bytes, int modules, struct frames_film **film, struct err *err);

enum film_kind {
    FILM_RECORDS,  /* sealed records: kept, to be carried on */
    FILM_TAKEN,    /* somebody has a film of ours */
    FILM_ARRIVALS, /* the organisation's word */
};

/* What a whole film meant. */
struct film_word {
    enum film_kind kind;
    bool is_known;     /* RECORDS: it was here already; TAKEN: one of our last films */
    int records;       /* TAKEN: that say so and wait; ARRIVALS: now sent */
    struct buf answer; /* RECORDS: to be shown back as one code; buf_finish frees */
};

/* Takes the content of a film. ERR_INPUT: none of these; ERR_DENIED: not signed by our
 * organisation. Taking the same again changes nothing more. */
bool film_take(struct app *app, struct str bytes, struct film_word *word, struct err *err);

#endif
