/* The personal number: what its first six digits say, and how it may be shown. */
#include <string.h>

#include "app/ident/claim.h"
#include "app/ident/readers.h"
#include "platform/base/clock.h"
#include "platform/base/utf8.h"

enum { SHOWN_DIGITS = 4, SHORTEST = 9, OLDEST = 120 };

/* Places of birth registration by the 63 provinces of before July 2025, which stay in the numbers:
 * Circular 07/2016/TT-BCA, annex 1. */
static const struct {
    short code;
    const char *name;
} provinces[] = {
    {1, "Hà Nội"},           {2, "Hà Giang"},        {4, "Cao Bằng"},        {6, "Bắc Kạn"},
    {8, "Tuyên Quang"},      {10, "Lào Cai"},        {11, "Điện Biên"},      {12, "Lai Châu"},
    {14, "Sơn La"},          {15, "Yên Bái"},        {17, "Hòa Bình"},       {19, "Thái Nguyên"},
    {20, "Lạng Sơn"},        {22, "Quảng Ninh"},     {24, "Bắc Giang"},      {25, "Phú Thọ"},
    {26, "Vĩnh Phúc"},       {27, "Bắc Ninh"},       {30, "Hải Dương"},      {31, "Hải Phòng"},
    {33, "Hưng Yên"},        {34, "Thái Bình"},      {35, "Hà Nam"},         {36, "Nam Định"},
    {37, "Ninh Bình"},       {38, "Thanh Hóa"},      {40, "Nghệ An"},        {42, "Hà Tĩnh"},
    {44, "Quảng Bình"},      {45, "Quảng Trị"},      {46, "Thừa Thiên Huế"}, {48, "Đà Nẵng"},
    {49, "Quảng Nam"},       {51, "Quảng Ngãi"},     {52, "Bình Định"},      {54, "Phú Yên"},
    {56, "Khánh Hòa"},       {58, "Ninh Thuận"},     {60, "Bình Thuận"},     {62, "Kon Tum"},
    {64, "Gia Lai"},         {66, "Đắk Lắk"},        {67, "Đắk Nông"},       {68, "Lâm Đồng"},
    {70, "Bình Phước"},      {72, "Tây Ninh"},       {74, "Bình Dương"},     {75, "Đồng Nai"},
    {77, "Bà Rịa–Vũng Tàu"}, {79, "TP Hồ Chí Minh"}, {80, "Long An"},        {82, "Tiền Giang"},
    {83, "Bến Tre"},         {84, "Trà Vinh"},       {86, "Vĩnh Long"},      {87, "Đồng Tháp"},
    {89, "An Giang"},        {91, "Kiên Giang"},     {92, "Cần Thơ"},        {93, "Hậu Giang"},
    {94, "Sóc Trăng"},       {95, "Bạc Liêu"},       {96, "Cà Mau"},
};

bool number_read(struct str number, struct number_facts *facts)
{
    *facts = (struct number_facts){0};
    if (!text_is_digits(number, 12)) {
        return false;
    }
    int digits[6];
    for (int i = 0; i < 6; i++) {
        digits[i] = number.s[i] - '0';
    }
    facts->code = digits[0] * 100 + digits[1] * 10 + digits[2];
    facts->year = (digits[3] / 2 + 19) * 100 + digits[4] * 10 + digits[5];
    facts->is_male = digits[3] % 2 == 0;
    facts->is_abroad = digits[0] == 1;
    for (size_t i = 0; i < sizeof provinces / sizeof *provinces; i++) {
        if (provinces[i].code == facts->code) {
            facts->province = provinces[i].name;
        }
    }
    return true;
}

void number_add_masked(struct buf *to, struct str number)
{
    bool is_number = number.n >= SHORTEST && text_is_digits(number, number.n);
    size_t count = utf8_count(number), shown = is_number ? SHOWN_DIGITS : 0;
    for (size_t i = 0; i + shown < count; i++) {
        buf_add_text(to, "•");
    }
    buf_add(to, number.s + number.n - shown, shown);
}

void name_add_masked(struct buf *to, struct str name)
{
    struct str word;
    bool is_first = true;
    while (str_word(&name, &word)) {
        size_t letter = utf8_grapheme_end(word, 0);
        struct str rest = {word.s + letter, word.n - letter};
        buf_add_text(to, is_first ? "" : " ");
        buf_add(to, word.s, letter);
        for (size_t i = utf8_count(rest); i > 0; i--) {
            buf_add_text(to, "•");
        }
        is_first = false;
    }
}

/* Twelve digits alone, with the spaces or dots people write between them. */
static bool read(const struct reading *reading, struct ident *ident)
{
    char digits[16];
    size_t n = 0;
    struct number_facts facts;
    int year, month, day;
    for (size_t i = 0; i < reading->text.n; i++) {
        char c = reading->text.s[i];
        bool is_digit = c >= '0' && c <= '9';
        if ((!is_digit && c != ' ' && c != '.') || (is_digit && n == 12)) {
            return false;
        }
        if (is_digit) {
            digits[n++] = c;
        }
    }
    if (!number_read((struct str){digits, n}, &facts)) {
        return false;
    }
    clock_date(reading->today, &year, &month, &day);
    bool is_likely =
        (facts.province || facts.is_abroad) && facts.year <= year && facts.year >= year - OLDEST;
    if (reading->source != CLAIM_TYPED && !is_likely) {
        return false; /* the bars of a parcel may hold twelve digits too */
    }
    char born[5] = {(char)('0' + facts.year / 1000), (char)('0' + facts.year / 100 % 10),
                    (char)('0' + facts.year / 10 % 10), (char)('0' + facts.year % 10), '\0'};
    ident->kind = IDENT_NUMBER;
    claim_set(&ident->person, CLAIM_NUMBER, (struct str){digits, n}, reading->source);
    claim_set(&ident->person, CLAIM_BIRTH, str_of(born), CLAIM_DERIVED);
    claim_set(&ident->person, CLAIM_SEX, str_of(facts.is_male ? "male" : "female"), CLAIM_DERIVED);
    claim_check(&ident->person, reading->today);
    return true;
}

const struct reader reader_number = {read};
