#include "app/form/xpath_lex.h"

#include <stdlib.h>
#include <string.h>

static char peek(const struct lexer *l, size_t ahead)
{
    return l->at + ahead < l->all.n ? l->all.s[l->at + ahead] : '\0';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* All beyond ASCII is taken as letter: names of forms are in many scripts, and a wrong one finds
 * nothing. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name_char(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '.';
}

static void skip_space(struct lexer *l)
{
    while (is_space(peek(l, 0))) {
        l->at++;
    }
}

static struct str read_name(struct lexer *l)
{
    size_t from = l->at;
    while (is_name_char(peek(l, 0))) {
        l->at++;
    }
    return (struct str){l->all.s + from, l->at - from};
}

static void read_number(struct lexer *l, struct token *token)
{
    char digits[64];
    size_t from = l->at;
    while (is_digit(peek(l, 0))) {
        l->at++;
    }
    if (peek(l, 0) == '.') {
        l->at++;
        while (is_digit(peek(l, 0))) {
            l->at++;
        }
    }
    size_t e = peek(l, 0) == 'e' || peek(l, 0) == 'E';
    size_t sign = e && (peek(l, 1) == '-' || peek(l, 1) == '+');
    if (e && is_digit(peek(l, e + sign))) { /* not of XPath 1.0, but other clients write it */
        l->at += e + sign;
        while (is_digit(peek(l, 0))) {
            l->at++;
        }
    }
    size_t n = l->at - from;
    token->kind = TOKEN_NUMBER;
    if (n < sizeof(digits)) {
        memcpy(digits, l->all.s + from, n);
        digits[n] = '\0';
        token->number = strtod(digits, NULL);
    } else {
        token->number = xpath_number_of((struct str){l->all.s + from, n}, 0);
    }
}

static void read_literal(struct lexer *l, struct token *token)
{
    char quote = peek(l, 0);
    size_t from = ++l->at;
    while (l->at < l->all.n && l->all.s[l->at] != quote) {
        l->at++;
    }
    if (l->at >= l->all.n) {
        token->kind = TOKEN_BAD;
        token->text = STR("a text is not closed");
        return;
    }
    token->kind = TOKEN_LITERAL;
    token->text = (struct str){l->all.s + from, l->at - from};
    l->at++;
}

static bool read_operator_name(struct lexer *l, struct token *token)
{
    static const struct {
        struct str name;
        enum operator_kind op;
    } names[] = {
        {{"or", 2}, OP_OR}, {{"and", 3}, OP_AND}, {{"mod", 3}, OP_MOD}, {{"div", 3}, OP_DIV}};
    struct str rest = {l->all.s + l->at, l->all.n - l->at};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (str_starts(rest, names[i].name)) {
            token->kind = TOKEN_OPERATOR;
            token->op = names[i].op;
            l->at += names[i].name.n;
            return true;
        }
    }
    return false;
}

/* prefix:local or prefix:*, but not the axis in self::x. */
static void read_local(struct lexer *l, struct token *token)
{
    if (peek(l, 0) != ':' || peek(l, 1) == ':') {
        return;
    }
    if (is_letter(peek(l, 1))) {
        l->at++;
        token->prefix = token->text;
        token->text = read_name(l);
    } else if (peek(l, 1) == '*') {
        token->prefix = token->text;
        token->text = (struct str){l->all.s + l->at + 1, 1};
        l->at += 2;
    }
}

static void read_word(struct lexer *l, struct token *token)
{
    token->kind = TOKEN_NAME;
    token->text = read_name(l);
    read_local(l, token);
    size_t behind = l->at;
    skip_space(l);
    if (peek(l, 0) == '(' && !str_is(token->text, "*")) {
        static const char *const types[] = {"node", "text", "comment", "processing-instruction"};
        token->kind = TOKEN_FUNCTION;
        for (size_t i = 0; i < 4 && token->prefix.n == 0; i++) {
            if (str_is(token->text, types[i])) {
                token->kind = TOKEN_TYPE;
            }
        }
    } else if (peek(l, 0) == ':' && peek(l, 1) == ':' && token->prefix.n == 0) {
        token->kind = TOKEN_AXIS;
        l->at += 2;
    } else {
        l->at = behind;
    }
}

struct sign {
    const char *text;
    enum token_kind kind;
    enum operator_kind op;
};

/* Longer ones first. */
static const struct sign signs[] = {
    {"//", TOKEN_SLASHES, OP_NONE},     {"..", TOKEN_DOTS, OP_NONE},
    {"!=", TOKEN_OPERATOR, OP_NE},      {"<=", TOKEN_OPERATOR, OP_LE},
    {">=", TOKEN_OPERATOR, OP_GE},      {"/", TOKEN_SLASH, OP_NONE},
    {".", TOKEN_DOT, OP_NONE},          {"@", TOKEN_AT, OP_NONE},
    {",", TOKEN_COMMA, OP_NONE},        {"(", TOKEN_OPEN, OP_NONE},
    {")", TOKEN_CLOSE, OP_NONE},        {"[", TOKEN_OPEN_SQUARE, OP_NONE},
    {"]", TOKEN_CLOSE_SQUARE, OP_NONE}, {"$", TOKEN_VARIABLE, OP_NONE},
    {"=", TOKEN_OPERATOR, OP_EQ},       {"<", TOKEN_OPERATOR, OP_LT},
    {">", TOKEN_OPERATOR, OP_GT},       {"+", TOKEN_OPERATOR, OP_ADD},
    {"-", TOKEN_OPERATOR, OP_SUB},      {"|", TOKEN_OPERATOR, OP_UNION},
};

static void read_sign(struct lexer *l, struct token *token)
{
    struct str rest = {l->all.s + l->at, l->all.n - l->at};
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        if (str_starts(rest, str_of(signs[i].text))) {
            token->kind = signs[i].kind;
            token->op = signs[i].op;
            l->at += strlen(signs[i].text);
            return;
        }
    }
    token->kind = TOKEN_BAD;
    token->text = STR("a sign that does not belong here");
}

static bool is_operand(enum token_kind kind)
{
    return kind == TOKEN_NUMBER || kind == TOKEN_LITERAL || kind == TOKEN_NAME ||
           kind == TOKEN_DOT || kind == TOKEN_DOTS || kind == TOKEN_CLOSE ||
           kind == TOKEN_CLOSE_SQUARE;
}

struct token lex_next(struct lexer *l)
{
    skip_space(l);
    struct token token = {.at = l->at, .text = STR(""), .prefix = STR("")};
    char c = peek(l, 0);
    if (l->at >= l->all.n) {
        token.kind = TOKEN_END;
    } else if (is_digit(c) || (c == '.' && is_digit(peek(l, 1)))) {
        read_number(l, &token);
    } else if (c == '"' || c == '\'') {
        read_literal(l, &token);
    } else if (c == '*') {
        token.kind = l->after_operand ? TOKEN_OPERATOR : TOKEN_NAME;
        token.op = l->after_operand ? OP_MUL : OP_NONE;
        token.text = (struct str){l->all.s + l->at++, 1};
    } else if (is_letter(c) && (!l->after_operand || !read_operator_name(l, &token))) {
        read_word(l, &token);
    } else if (!is_letter(c)) {
        read_sign(l, &token);
    }
    l->after_operand = is_operand(token.kind);
    return token;
}
