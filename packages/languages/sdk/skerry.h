/*
 * What a program may call of Skerry's beyond WASI. docs/hostcalls.md describes each call, its structures and its answers.
 *
 * Including this file costs nothing: a module imports the functions that it calls, and no others.
 */
#ifndef SKERRY_H
#define SKERRY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SKERRY_IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

/* ---- Keys and values ---- */

/* What the calls answer. */
enum skerry_kv_status {
  SKERRY_KV_OK = 0,
  SKERRY_KV_NOT_FOUND = 1,
  SKERRY_KV_CONFLICT = 2,
  SKERRY_KV_TOO_SMALL = 3,
  SKERRY_KV_TOO_LARGE = 4,
  SKERRY_KV_OVER_BUDGET = 5,
  SKERRY_KV_BUSY = 6,
  SKERRY_KV_FAILED = 7,
  SKERRY_KV_INVALID = 8,
  SKERRY_KV_FAULT = 9,
};

#define SKERRY_KV_KEY_MAX 512
#define SKERRY_KV_VALUE_MAX 1048576
#define SKERRY_KV_METADATA_MAX 2048

/* What is told of a key. */
struct skerry_kv_info {
  uint64_t generation;
  uint64_t expires_ms; /* since 1970; 0 where it stays for good */
  uint32_t value_size;
  uint32_t metadata_size;
};

/* When a key is written. */
enum skerry_kv_condition {
  SKERRY_KV_ALWAYS = 0,
  SKERRY_KV_IF_ABSENT = 1,
  SKERRY_KV_IF_GENERATION = 2,
};

/* How a key is written; afterwards, the generation that it has. */
struct skerry_kv_options {
  uint32_t condition;
  uint32_t reserved; /* 0 */
  uint64_t generation;
  uint64_t ttl_ms; /* 0: it stays for good */
};

/* What a list has written to its buffer: keys, each behind its length in four bytes. */
struct skerry_kv_listed {
  uint32_t size;
  uint32_t keys;
  uint32_t more; /* 1 where there are more */
};

/* A store's name of no characters stands for the store "default". */

SKERRY_IMPORT("skerry_kv", "get")
int skerry_kv_get(const char *store, size_t store_size, const void *key, size_t key_size,
                  void *value, size_t value_size, void *metadata, size_t metadata_size,
                  struct skerry_kv_info *info);

/* options may be NULL: always, for good */
SKERRY_IMPORT("skerry_kv", "put")
int skerry_kv_put(const char *store, size_t store_size, const void *key, size_t key_size,
                  const void *value, size_t value_size, const void *metadata,
                  size_t metadata_size, struct skerry_kv_options *options);

/* generation 0: whichever the key has */
SKERRY_IMPORT("skerry_kv", "delete")
int skerry_kv_delete(const char *store, size_t store_size, const void *key, size_t key_size,
                     uint64_t generation);

/* after: the last key that was told, or of no bytes to begin */
SKERRY_IMPORT("skerry_kv", "list")
int skerry_kv_list(const char *store, size_t store_size, const void *prefix, size_t prefix_size,
                   const void *after, size_t after_size, void *buffer, size_t buffer_size,
                   struct skerry_kv_listed *listed);

/* ---- Requests to backends ---- */

/*
 * Begins a request and gives a descriptor: write(2) sends the body, shutdown(2) of writing ends it, read(2) gives the
 * response. Answers 0, or an error of <errno.h>.
 */
SKERRY_IMPORT("skerry_http", "request")
int skerry_http_request(const char *backend, size_t backend_size, const char *head,
                        size_t head_size, int *descriptor);

/* What of struct skerry_http_caching is told. */
enum skerry_http_caching_flags {
  SKERRY_HTTP_CACHING_PASS = 1, /* nothing that is kept answers, and nothing is kept */
  SKERRY_HTTP_CACHING_TTL = 2,
  SKERRY_HTTP_CACHING_STALE_WHILE_REVALIDATE = 4,
};

/* What is wanted of the cache between the program and its backends; what is not told is as responses say. */
struct skerry_http_caching {
  uint32_t flags;
  uint32_t reserved; /* 0 */
  uint64_t ttl_ms;
  uint64_t stale_while_revalidate_ms;
  const char *surrogate_keys; /* parted by spaces; beside those of the response */
  uint32_t surrogate_keys_size;
};

/* The same; caching may be NULL. */
SKERRY_IMPORT("skerry_http", "request_with")
int skerry_http_request_with(const char *backend, size_t backend_size, const char *head,
                             size_t head_size, const struct skerry_http_caching *caching,
                             int *descriptor);

/* ---- What the program has computed ---- */

#define SKERRY_CACHE_KEY_MAX 1024
#define SKERRY_CACHE_BODY_MAX 16777216
#define SKERRY_CACHE_METADATA_MAX 2048

/* What is told of a fragment in its state, together. */
enum skerry_cache_state {
  SKERRY_CACHE_FOUND = 1,
  SKERRY_CACHE_USABLE = 2,
  SKERRY_CACHE_STALE = 4,
  SKERRY_CACHE_MUST_INSERT = 8,
};

/* What is told of a fragment; times in milliseconds. */
struct skerry_cache_found {
  uint64_t size; /* UINT64_MAX while it is being written, and nobody knows */
  uint64_t age_ms;
  int64_t ttl_ms; /* 0 and below where it is stale */
  uint64_t hits;
  uint32_t state;
  uint32_t metadata_size;
};

/* How a fragment is kept. What is 0 is not said. */
struct skerry_cache_write {
  uint64_t ttl_ms;
  uint64_t stale_while_revalidate_ms;
  uint64_t age_ms; /* how old it is already */
  uint64_t size;   /* of the body that is to be written to a descriptor; 0: until shutdown(2) */
  const char *surrogate_keys; /* parted by spaces */
  uint32_t surrogate_keys_size;
  const void *metadata;
  uint32_t metadata_size;
  const char *vary; /* names of request fields, parted by commas */
  uint32_t vary_size;
  const char *fields; /* those of the request: "name: value\r\n" each */
  uint32_t fields_size;
};

/* How a fragment is looked for. */
struct skerry_cache_lookup {
  const char *fields;
  uint32_t fields_size;
  uint32_t wait_ms; /* for another that brings it; 0: 5 seconds */
  uint32_t reserved; /* 0 */
};

/*
 * All of these answer 0, or an error of <errno.h>. Descriptors are read, written, shut and closed as any other; one that
 * is closed before it has come to its end, also by the end of the program, is given up.
 */

SKERRY_IMPORT("skerry_cache", "get")
int skerry_cache_get(const void *key, size_t key_size, void *value, size_t value_size,
                     struct skerry_cache_found *found);

SKERRY_IMPORT("skerry_cache", "set")
int skerry_cache_set(const void *key, size_t key_size, const void *value, size_t value_size,
                     const struct skerry_cache_write *options);

/* soft 1: it becomes stale; 0: it is gone */
SKERRY_IMPORT("skerry_cache", "purge")
int skerry_cache_purge(const void *key, size_t key_size, int soft);

SKERRY_IMPORT("skerry_cache", "purge_keys")
int skerry_cache_purge_keys(const char *surrogate_keys, size_t surrogate_keys_size, int soft);

/* options may be NULL; the descriptor gives the body */
SKERRY_IMPORT("skerry_cache", "lookup")
int skerry_cache_lookup(const void *key, size_t key_size,
                        const struct skerry_cache_lookup *options, void *metadata,
                        size_t metadata_size, struct skerry_cache_found *found, int *descriptor);

/* the descriptor takes the body */
SKERRY_IMPORT("skerry_cache", "insert")
int skerry_cache_insert(const void *key, size_t key_size,
                        const struct skerry_cache_write *options, int *descriptor);

/* gives a descriptor of some bytes of what another gives; last UINT64_MAX: to the end */
SKERRY_IMPORT("skerry_cache", "range")
int skerry_cache_range(int found, uint64_t first, uint64_t last, int *descriptor);

/* as lookup, but waits for another that brings it; with SKERRY_CACHE_MUST_INSERT it is this one's to bring */
SKERRY_IMPORT("skerry_cache", "transaction_lookup")
int skerry_cache_transaction_lookup(const void *key, size_t key_size,
                                    const struct skerry_cache_lookup *options, void *metadata,
                                    size_t metadata_size, struct skerry_cache_found *found,
                                    int *descriptor);

SKERRY_IMPORT("skerry_cache", "transaction_insert")
int skerry_cache_transaction_insert(int transaction, const struct skerry_cache_write *options,
                                    int *descriptor);

/* what was found holds, as options say from now on */
SKERRY_IMPORT("skerry_cache", "transaction_update")
int skerry_cache_transaction_update(int transaction, const struct skerry_cache_write *options);

#ifdef __cplusplus
}
#endif

#endif
