/* Where the device is, from gpsd over its JSON socket. A thread of its own; the owner looks. */
#ifndef SENSOR_GPS_H
#define SENSOR_GPS_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/err.h"
#include "platform/base/str.h"

enum gps_state {
    GPS_CONNECTING, /* gpsd is not reached (yet): no receiver, or it is not running */
    GPS_SEARCHING,  /* gpsd answers, there is no position */
    GPS_FIXED,
};

struct gps_fix {
    enum gps_state state;
    double latitude, longitude; /* degrees, WGS 84 */
    double altitude;  /* metres above the ellipsoid or sea as the receiver says; NAN: unknown */
    double accuracy;  /* metres, 68 % horizontally; NAN: unknown */
    int64_t time_ms;  /* of the position, UTC; 0: unknown */
    int64_t heard_ms; /* monotonic ms when it came */
    int satellites;   /* used; -1: unknown */
};

struct gps;

/* Starts listening. where: "HOST:PORT", NULL for 127.0.0.1:2947, or "fake:LAT,LON,ACCURACY". Never
 * waits; a gpsd that is not there is tried again every few seconds. wake as in camera.h, at most
 * twice a second. ERR_INPUT when where is malformed. */
bool gps_open(const char *where, void (*wake)(void *ctx), void *ctx, struct gps **out,
              struct err *err);

/* Stops and frees; takes NULL. */
void gps_close(struct gps *gps);

/* The newest fix; one that is older than ten seconds counts as GPS_SEARCHING (its place stays). */
void gps_look(struct gps *gps, struct gps_fix *fix);

/* Takes one line of gpsd's JSON into fix; false when it says nothing about a position. Pure. */
bool gps_read_line(struct str line, struct gps_fix *fix);

#endif
