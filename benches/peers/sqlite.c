/* Appends rows to an SQLite database for some seconds, each transaction on the disk before the
 * next begins: WAL mode, synchronous=FULL, one prepared statement. A single writer is SQLite at
 * its best, as its writers take turns.
 *
 *   sqlite DATABASE ROWS_PER_TRANSACTION BYTES_PER_ROW SECONDS
 *
 * Prints the rows written and the seconds taken. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *db;

static void must(int got, int wanted) {
    if (got != wanted) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void run(const char *sql) {
    must(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: sqlite DATABASE ROWS_PER_TRANSACTION BYTES_PER_ROW SECONDS\n");
        return 2;
    }
    int batch = atoi(argv[2]), bytes = atoi(argv[3]);
    double seconds = atof(argv[4]);
    char *entry = malloc(bytes);
    memset(entry, 'e', bytes);

    must(sqlite3_open(argv[1], &db), SQLITE_OK);
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("CREATE TABLE entries (number INTEGER PRIMARY KEY, entry BLOB NOT NULL)");
    sqlite3_stmt *insert, *begin, *commit;
    must(sqlite3_prepare_v2(db, "INSERT INTO entries (entry) VALUES (?)", -1, &insert, NULL), SQLITE_OK);
    must(sqlite3_prepare_v2(db, "BEGIN", -1, &begin, NULL), SQLITE_OK);
    must(sqlite3_prepare_v2(db, "COMMIT", -1, &commit, NULL), SQLITE_OK);

    long rows = 0;
    double start = now();
    while (now() - start < seconds) {
        must(sqlite3_step(begin), SQLITE_DONE);
        sqlite3_reset(begin);
        for (int i = 0; i < batch; i++, rows++) {
            must(sqlite3_bind_blob(insert, 1, entry, bytes, SQLITE_STATIC), SQLITE_OK);
            must(sqlite3_step(insert), SQLITE_DONE);
            sqlite3_reset(insert);
        }
        must(sqlite3_step(commit), SQLITE_DONE);
        sqlite3_reset(commit);
    }
    printf("%ld %f\n", rows, now() - start);
    return 0;
}
