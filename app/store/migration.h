/* The numbered changes of the database, embedded by the build from app/store/migrations/. */
#ifndef STORE_MIGRATION_H
#define STORE_MIGRATION_H

struct migration {
    int number;       /* from 1, without gaps; 0 ends the table */
    const char *name; /* file name without .sql */
    const char *sql;
};

extern const struct migration migrations[];

#endif
