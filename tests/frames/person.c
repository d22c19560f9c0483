/* Texts as cards hold them, of persons who do not exist. */
#include <stdio.h>
#include <string.h>

#include "tests/frames/chance.h"
#include "tests/frames/frames.h"

static const char *const families[] = {
    "Nguyễn", "Trần", "Lê",    "Phạm",  "Hoàng", "Huỳnh", "Phan",  "Vũ", "Võ",   "Đặng",
    "Bùi",    "Đỗ",   "Hồ",    "Ngô",   "Dương", "Lý",    "Giàng", "Lò", "Vàng", "Sùng",
    "Thào",   "Mùa",  "Lường", "Quàng", "Cà",    "Tòng",  "H'",    "Y",  "K'"};
static const char *const middles_m[] = {"Văn", "Hữu",  "Đức", "Công", "Quang", "Minh", "Xuân",
                                        "Thế", "Ngọc", "A",   "Bá",   "Trọng", "Đình"};
static const char *const middles_f[] = {"Thị",      "Thị Ngọc", "Thị Thu",  "Thị Mỹ", "Kim",
                                        "Thị Hồng", "Thị Bích", "Thị Thùy", "Diệu",   "Thị Phương"};
static const char *const names_m[] = {"Anh",  "Bình",  "Cường", "Dũng",   "Đạt",  "Hải",
                                      "Hùng", "Khánh", "Long",  "Mạnh",   "Nam",  "Phúc",
                                      "Quân", "Sơn",   "Thắng", "Trường", "Tuấn", "Việt",
                                      "Páo",  "Chứ",   "Tủa",   "Niê",    "Ksor"};
static const char *const names_f[] = {"Ánh",   "Châu",   "Dung",  "Giang", "Hạnh", "Hiền",
                                      "Hương", "Lan",    "Loan",  "Mai",   "Nga",  "Nhung",
                                      "Oanh",  "Phượng", "Quyên", "Thảo",  "Thủy", "Trang",
                                      "Tuyết", "Uyên",   "Vân",   "Yến",   "Mỷ",   "Sầu"};
static const char *const hamlets[] = {"Thôn Bản Pho",    "Bản Nậm Cắn",   "Thôn 3",
                                      "Tổ dân phố số 7", "Ấp Mỹ Thạnh",   "Khu phố 4",
                                      "Buôn Ea Súp",     "Xóm Đồng Chùa", "Tổ 12",
                                      "Thôn Tả Phìn",    "Ấp Tân Hòa B",  "Số 25/4 Đường Trần Phú",
                                      "Thôn Lũng Phìn",  "Khóm 5",        "Làng Kon Klor"};
static const char *const communes[] = {
    "Xã Lao Chải",       "Xã Mường Lống", "Phường Tân Định", "Xã Ea Tul", "Xã Sủng Là",
    "Thị trấn Sa Pa",    "Xã Vĩnh Hậu",   "Xã Trà Leng",     "Phường 8",  "Xã Đắk Rông",
    "Xã Tân Khánh Đông", "Xã Quảng Chu",  "Xã Phú Hữu",      "Xã Nậm Pồ"};
static const char *const districts[] = {
    "Huyện Mù Cang Chải",  "Huyện Kỳ Sơn", "Quận 1",         "Huyện Cư M'gar",
    "Huyện Đồng Văn",      "Thị xã Sa Pa", "Huyện Hòa Bình", "Huyện Nam Trà My",
    "Thành phố Vĩnh Long", "Huyện Kbang",  "Huyện Chợ Mới",  "Huyện Nậm Pồ",
    "Thành phố Sa Đéc"};
static const char *const provinces[] = {"Yên Bái",   "Nghệ An",       "Thành phố Hồ Chí Minh",
                                        "Đắk Lắk",   "Hà Giang",      "Lào Cai",
                                        "Bạc Liêu",  "Quảng Nam",     "Vĩnh Long",
                                        "Gia Lai",   "Bắc Kạn",       "Điện Biên",
                                        "Đồng Tháp", "Thừa Thiên Huế"};

#define PICK(chance, list) (list)[chance_below(chance, (int)(sizeof(list) / sizeof *(list)))]

/* The draws are made from the last part of each text to the first. */
static void make_name(struct chance *chance, bool is_female, char *name, size_t size)
{
    const char *own = is_female ? PICK(chance, names_f) : PICK(chance, names_m);
    const char *middle = is_female ? PICK(chance, middles_f) : PICK(chance, middles_m);
    const char *family = PICK(chance, families);
    snprintf(name, size, "%s %s %s", family, middle, own);
}

static void make_address(struct chance *chance, char *address, size_t size)
{
    const char *province = PICK(chance, provinces);
    const char *district = PICK(chance, districts);
    const char *commune = PICK(chance, communes);
    const char *hamlet = PICK(chance, hamlets);
    snprintf(address, size, "%s, %s, %s, %s", hamlet, commune, district, province);
}

size_t person_text(struct chance *chance, uint8_t *payload)
{
    bool is_female = chance_below(chance, 2);
    int day = 1 + chance_below(chance, 28), month = 1 + chance_below(chance, 12);
    int year = 1940 + chance_below(chance, 67);
    char old[16] = "", name[120], address[200];
    if (chance_below(chance, 10) < 7) {
        snprintf(old, sizeof old, "%09d", (int)(chance_bits(chance) % 1000000000U));
    }
    make_name(chance, is_female, name, sizeof name);
    make_address(chance, address, sizeof address);
    int issued_year = 2021 + chance_below(chance, 4);
    int issued_month = 1 + chance_below(chance, 12), issued_day = 1 + chance_below(chance, 28);
    int serial = (int)(chance_bits(chance) % 1000000), province = 1 + chance_below(chance, 96);
    int n = snprintf(
        (char *)payload, FRAMES_PAYLOAD, "%03d%d%02d%06d|%s|%s|%02d%02d%04d|%s|%s|%02d%02d%04d",
        province, (year >= 2000 ? 2 : 0) + is_female, year % 100, serial, old, name, day, month,
        year, is_female ? "Nữ" : "Nam", address, issued_day, issued_month, issued_year);
    return (size_t)n;
}

size_t frame_payload(uint64_t seed, uint8_t payload[FRAMES_PAYLOAD])
{
    struct chance chance;
    chance_init(&chance, seed * 0x9E37U + 77);
    return person_text(&chance, payload);
}
