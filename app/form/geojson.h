/* A GeoJSON FeatureCollection as a list: geometry in ODK's notation, every property, and the id.
 * Inner header. */
#ifndef FORM_GEOJSON_H
#define FORM_GEOJSON_H

#include "app/form/form.h"

/* Reads the text; ERR_INPUT with the reason when it is no FeatureCollection of points, lines and
 * polygons. Destroy the list through ops->destroy. */
bool list_from_geojson(struct str text, struct form_list **list, struct err *err);

#endif
