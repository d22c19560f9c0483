#include "app/question/questions.h"

#define ROW(name) &question_##name,
const struct question *const questions[] = {QUESTIONS(ROW) NULL};
