/* The words of XPath (XPath 1.0 §3.7, with its rules for * and for operator names). */
#ifndef FORM_XPATH_LEX_H
#define FORM_XPATH_LEX_H

#include "app/form/xpath_ast.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_LITERAL,
    TOKEN_NAME,     /* prefix:local, * and prefix:* too */
    TOKEN_FUNCTION, /* a name before ( that is no node type */
    TOKEN_TYPE,     /* comment, text, processing-instruction, node before ( */
    TOKEN_AXIS,     /* a name before :: ; the :: is eaten */
    TOKEN_OPERATOR, /* op says which; also for / as TOKEN_SLASH below */
    TOKEN_SLASH,
    TOKEN_SLASHES,
    TOKEN_DOT,
    TOKEN_DOTS,
    TOKEN_AT,
    TOKEN_COMMA,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OPEN_SQUARE,
    TOKEN_CLOSE_SQUARE,
    TOKEN_VARIABLE,
    TOKEN_BAD, /* text holds the reason */
};

struct token {
    enum token_kind kind;
    enum operator_kind op;
    size_t at;
    struct str text;   /* literal without quotes; local name or * */
    struct str prefix; /* n = 0: none */
    double number;
};

struct lexer {
    struct str all;
    size_t at;
    bool after_operand; /* then * and names are operators */
};

/* Reads the next token. */
struct token lex_next(struct lexer *lexer);

#endif
