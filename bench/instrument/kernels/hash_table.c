/* A hash table with open addressing and linear probing: inserts, look-ups, deletions by shifting back. */
#include "kernel.h"

#define SLOTS 65536u
#define KEYS 40000u

typedef struct {
  u32 key; /* 0: the slot is free */
  u32 value;
} Slot;

static Slot slots[SLOTS];

/* The finaliser of MurmurHash3 (A. Appleby, public domain description). */
static u32 hash(u32 key) {
  key ^= key >> 16;
  key *= 0x85ebca6bu;
  key ^= key >> 13;
  key *= 0xc2b2ae35u;
  return key ^ (key >> 16);
}

static Slot *find(u32 key) {
  u32 at = hash(key) & (SLOTS - 1);
  while (slots[at].key != 0 && slots[at].key != key) at = (at + 1) & (SLOTS - 1);
  return &slots[at];
}

/* Knuth, The Art of Computer Programming 3, 6.4, algorithm R. */
static void erase(Slot *slot) {
  u32 hole = (u32)(slot - slots);
  for (u32 at = (hole + 1) & (SLOTS - 1); slots[at].key != 0; at = (at + 1) & (SLOTS - 1)) {
    u32 home = hash(slots[at].key) & (SLOTS - 1);
    if (((at - home) & (SLOTS - 1)) < ((at - hole) & (SLOTS - 1))) continue;
    slots[hole] = slots[at];
    hole = at;
  }
  slots[hole].key = 0;
}

unsigned run(void) {
  memset(slots, 0, sizeof slots);
  u32 random = 362436069u, sum = 1;
  for (u32 round = 0; round < 8; round++) {
    u32 state = random;
    for (u32 i = 0; i < KEYS; i++) {
      u32 key = next_random(&random) | 1;
      Slot *slot = find(key);
      *slot = (Slot){key, slot->key == key ? slot->value + 1 : i};
    }
    for (u32 i = 0; i < KEYS; i++) {
      u32 key = next_random(&state) | 1;
      Slot *slot = find(key);
      if (slot->key != key) continue;
      sum = mix(sum, slot->value);
      if (i % 4 != 0 || round > 0) erase(slot);
    }
  }
  return sum;
}
