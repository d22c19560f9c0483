/* The widgets there are, special ones above plain ones: the first that fits is taken. A new one is
 * a file app/question/NAME.c with `const struct question question_NAME` and a line here. */
#ifndef QUESTION_QUESTIONS_H
#define QUESTION_QUESTIONS_H

#include "app/question/question.h"

#define QUESTIONS(X)                                                                               \
    X(note)                                                                                        \
    X(acknowledge)                                                                                 \
    X(signature)                                                                                   \
    X(photo)                                                                                       \
    X(file)                                                                                        \
    X(barcode)                                                                                     \
    X(geopoint)                                                                                    \
    X(rank)                                                                                        \
    X(range)                                                                                       \
    X(select)                                                                                      \
    X(date)                                                                                        \
    X(time)                                                                                        \
    X(number)                                                                                      \
    X(text)

#define QUESTION_DECLARE(name) extern const struct question question_##name;
QUESTIONS(QUESTION_DECLARE)

/* All of them, ended by NULL. */
extern const struct question *const questions[];

#endif
