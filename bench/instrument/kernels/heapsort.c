/* Heapsort (J. W. J. Williams, 1964) of records by a key: data-dependent addresses, structure copies. */
#include "kernel.h"

#define COUNT 130000

typedef struct {
  u32 key;
  u32 payload[3];
} Record;

static Record records[COUNT];

static void sift_down(Record *heap, u32 hole, u32 count) {
  Record moved = heap[hole];
  for (;;) {
    u32 child = hole * 2 + 1;
    if (child >= count) break;
    if (child + 1 < count && heap[child].key < heap[child + 1].key) child++;
    if (heap[child].key <= moved.key) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = moved;
}

unsigned run(void) {
  u32 random = 88172645u;
  for (u32 i = 0; i < COUNT; i++) {
    u32 key = next_random(&random);
    records[i] = (Record){key, {i, key ^ i, ~i}};
  }
  for (u32 i = COUNT / 2; i-- > 0;) sift_down(records, i, COUNT);
  for (u32 last = COUNT - 1; last > 0; last--) {
    Record top = records[0];
    records[0] = records[last];
    records[last] = top;
    sift_down(records, 0, last);
  }
  u32 sum = 1;
  for (u32 i = 0; i < COUNT; i++) {
    if (i > 0 && records[i - 1].key > records[i].key) return 0;
    sum = mix(mix(sum, records[i].key), records[i].payload[0]);
  }
  return sum;
}
