/*
 * Reads files of the layout of vectors.json: a vector stands on a line of its own, every value is a string, and the
 * only escapes are \" \\ \r \n.
 */

#ifndef LINES_H
#define LINES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 8192 };

/* Ends the test with a word on what went wrong in which vector. */
static inline void check(int fine, const char *what, const char *name)
{
    if (!fine) {
        fprintf(stderr, "%s: %s\n", name, what);
        exit(1);
    }
}

/* The value of a field in a line, unescaped into `value`; its length, or -1 where the line has no such field. */
static inline long field(const char *line, const char *name, char value[LINE])
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *at = strstr(line, key);
    if (at == NULL) {
        value[0] = '\0';
        return -1;
    }
    long len = 0;
    for (at += strlen(key); *at != '"'; at++) {
        check(*at != '\0' && len < LINE - 1, "the value does not end", name);
        char c = *at;
        if (c == '\\') {
            c = *++at;
            check(c != '\0' && strchr("\"\\rn", c) != NULL, "an escape that vectors.py never writes", name);
            c = c == 'r' ? '\r' : c == 'n' ? '\n' : c;
        }
        value[len++] = c;
    }
    value[len] = '\0';
    return len;
}

/* The secret, which oracle.py gives in hex where it is no text. */
static inline size_t secret_field(const char *line, char secret[LINE])
{
    char hex[LINE];
    long digits = field(line, "api_secret_hex", hex);
    if (digits < 0) {
        return (size_t)field(line, "api_secret", secret);
    }
    for (long at = 0; at < digits; at += 2) {
        const char byte[] = {hex[at], hex[at + 1], '\0'};
        secret[at / 2] = (char)strtoul(byte, NULL, 16);
    }
    return (size_t)digits / 2;
}

static inline unsigned long long number_field(const char *line, const char *name)
{
    char digits[LINE];
    check(field(line, name, digits) > 0, "a number is missing", name);
    return strtoull(digits, NULL, 10);
}

#endif
