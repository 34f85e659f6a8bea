// Counters in the key-value store. Each write is made on the condition that nobody else has written meanwhile.

#include <skerry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { name_max = 64, tries_max = 1000, day_ms = 86400000 };

static int answer(const char *status, const char *text) {
  printf("Status: %s\nContent-Type: text/plain; charset=utf-8\nCache-Control: no-store\n\n%s\n", status, text);
  return 0;
}

// What a call answers that is not about the counter.
static int failed(int status) {
  switch (status) {
    case SKERRY_KV_OVER_BUDGET: return answer("507 Insufficient Storage", "there is no room for another counter");
    case SKERRY_KV_BUSY: return answer("503 Service Unavailable", "too many count at once");
    default: return answer("500 Internal Server Error", "the counters cannot be reached");
  }
}

// The counter, 0 where there is none, and the generation to write on.
static int read_counter(const char *name, unsigned long long *count, uint64_t *generation) {
  char digits[24];
  struct skerry_kv_info info;
  int status = skerry_kv_get("", 0, name, strlen(name), digits, sizeof digits - 1, NULL, 0, &info);
  *count = 0;
  *generation = 0;
  if (status == SKERRY_KV_NOT_FOUND) return SKERRY_KV_OK;
  if (status != SKERRY_KV_OK) return status;
  digits[info.value_size] = 0;
  *count = strtoull(digits, NULL, 10);
  *generation = info.generation;
  return SKERRY_KV_OK;
}

static int tell(unsigned long long count) {
  char digits[24];
  snprintf(digits, sizeof digits, "%llu", count);
  return answer("200 OK", digits);
}

static int count_up(const char *name) {
  for (int tries = 0; tries < tries_max; tries++) {
    unsigned long long count;
    uint64_t generation;
    int status = read_counter(name, &count, &generation);
    if (status != SKERRY_KV_OK) return failed(status);
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%llu", count + 1);
    struct skerry_kv_options options = {
        .condition = generation == 0 ? SKERRY_KV_IF_ABSENT : SKERRY_KV_IF_GENERATION,
        .generation = generation,
        .ttl_ms = day_ms,
    };
    status = skerry_kv_put("", 0, name, strlen(name), digits, size, NULL, 0, &options);
    if (status == SKERRY_KV_OK) return tell(count + 1);
    if (status != SKERRY_KV_CONFLICT) return failed(status);
  }
  return failed(SKERRY_KV_BUSY);
}

static int list_all(void) {
  static char buffer[16384];
  char after[SKERRY_KV_KEY_MAX];
  size_t after_size = 0;
  printf("Status: 200 OK\nContent-Type: text/plain; charset=utf-8\nCache-Control: no-store\n\n");
  for (;;) {
    struct skerry_kv_listed listed;
    int status = skerry_kv_list("", 0, NULL, 0, after, after_size, buffer, sizeof buffer, &listed);
    if (status != SKERRY_KV_OK) return 1;
    for (uint32_t at = 0, size; at < listed.size; at += sizeof size + size) {
      memcpy(&size, buffer + at, sizeof size);
      printf("%.*s\n", (int)size, buffer + at + sizeof size);
      memcpy(after, buffer + at + sizeof size, after_size = size);
    }
    if (!listed.more) return 0;
  }
}

static const char *variable(const char *name, const char *fallback) {
  const char *value = getenv(name);
  return value != NULL ? value : fallback;
}

int main(void) {
  const char *method = variable("REQUEST_METHOD", "GET");
  const char *path = variable("PATH_INFO", "/");
  const char *name = *path == '/' ? path + 1 : path;
  int reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
  if (*name == 0 && reads) return list_all();
  if (*name == 0 || strlen(name) > name_max) return answer("404 Not Found", "a counter has a name of 1 to 64 bytes");
  if (strcmp(method, "POST") == 0) return count_up(name);
  if (reads) {
    unsigned long long count;
    uint64_t generation;
    int status = read_counter(name, &count, &generation);
    return status == SKERRY_KV_OK ? tell(count) : failed(status);
  }
  if (strcmp(method, "DELETE") == 0) {
    int status = skerry_kv_delete("", 0, name, strlen(name), 0);
    return status == SKERRY_KV_OK || status == SKERRY_KV_NOT_FOUND ? answer("200 OK", "forgotten") : failed(status);
  }
  printf("Allow: GET, HEAD, POST, DELETE\n");
  return answer("405 Method Not Allowed", "GET, POST or DELETE, please");
}
