/* gpsd's JSON, its socket and the fake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "platform/sensor/gps.h"

#define TPV                                                                                        \
    "{\"class\":\"TPV\",\"device\":\"/dev/gps\",\"mode\":3,\"time\":\"2026-11-05T02:30:00.000Z\"," \
    "\"lat\":21.0285,\"lon\":105.8542,\"alt\":17.5,\"epx\":6.0,\"epy\":8.0}"

static void lines_of_gpsd_are_read(void **state)
{
    struct gps_fix fix = {.state = GPS_SEARCHING, .satellites = -1};
    assert_true(gps_read_line(STR(TPV), &fix));
    assert_int_equal(fix.state, GPS_FIXED);
    assert_true(fabs(fix.latitude - 21.0285) < 1e-9 && fabs(fix.longitude - 105.8542) < 1e-9);
    assert_true(fabs(fix.altitude - 17.5) < 1e-9 && fabs(fix.accuracy - 5) < 1e-9);
    assert_true(fix.time_ms == 1793845800000LL);
    assert_true(gps_read_line(
        STR("{\"class\":\"SKY\",\"satellites\":[{\"used\":true},{\"used\":false}]}"), &fix));
    assert_int_equal(fix.satellites, 1);
    assert_true(gps_read_line(STR("{\"class\":\"TPV\",\"mode\":1}"), &fix));
    assert_int_equal(fix.state, GPS_SEARCHING);
}

static void nonsense_is_no_position(void **state)
{
    struct gps_fix fix = {.state = GPS_SEARCHING};
    assert_false(gps_read_line(STR(""), &fix));
    assert_false(gps_read_line(STR("{\"class\":\"VERSION\"}"), &fix));
    assert_false(gps_read_line(STR("[1,2"), &fix));
    assert_true(gps_read_line(STR("{\"class\":\"TPV\",\"mode\":2,\"lat\":91,\"lon\":0}"), &fix));
    assert_int_equal(fix.state, GPS_SEARCHING);
    assert_true(gps_read_line(STR("{\"class\":\"TPV\",\"mode\":2,\"lat\":\"x\",\"lon\":0}"), &fix));
    assert_int_equal(fix.state, GPS_SEARCHING);
}

static enum gps_state wait_for(struct gps *gps, enum gps_state wanted, struct gps_fix *fix)
{
    for (int i = 0; i < 300; i++) {
        gps_look(gps, fix);
        if (fix->state == wanted) {
            break;
        }
        poll(NULL, 0, 10);
    }
    return fix->state;
}

static void a_daemon_on_loopback_is_heard_and_lost(void **state)
{
    struct gps *gps;
    struct gps_fix fix;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char where[40], asked[128];
    int server = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(server, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server, 1), 0);
    assert_int_equal(getsockname(server, (struct sockaddr *)&address, &size), 0);
    snprintf(where, sizeof where, "127.0.0.1:%d", ntohs(address.sin_port));
    assert_true(gps_open(where, NULL, NULL, &gps, NULL));
    int client = accept(server, NULL, NULL);
    ssize_t n = read(client, asked, sizeof asked - 1);
    assert_true(n > 0 && strncmp(asked, "?WATCH=", 7) == 0);
    assert_int_equal(wait_for(gps, GPS_SEARCHING, &fix), GPS_SEARCHING);
    const char *report = TPV "\n";
    assert_int_equal(write(client, report, 40), 40); /* in two pieces */
    poll(NULL, 0, 50);
    size_t rest = strlen(report) - 40;
    assert_int_equal(write(client, report + 40, rest), rest);
    assert_int_equal(wait_for(gps, GPS_FIXED, &fix), GPS_FIXED);
    close(client);
    assert_int_equal(wait_for(gps, GPS_CONNECTING, &fix), GPS_CONNECTING);
    gps_close(gps);
    close(server);
}

static void the_fake_stands_still(void **state)
{
    struct gps *gps;
    struct gps_fix fix;
    struct err err = {0};
    assert_true(gps_open("fake:10.7769,106.7009,4.5", NULL, NULL, &gps, NULL));
    assert_int_equal(wait_for(gps, GPS_FIXED, &fix), GPS_FIXED);
    assert_true(fabs(fix.accuracy - 4.5) < 1e-9);
    gps_close(gps);
    assert_false(gps_open("nowhere", NULL, NULL, &gps, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(gps_open("fake:100,0,1", NULL, NULL, &gps, NULL));
    gps_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_gpsd_are_read),
        cmocka_unit_test(nonsense_is_no_position),
        cmocka_unit_test(a_daemon_on_loopback_is_heard_and_lost),
        cmocka_unit_test(the_fake_stands_still),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
