/* Dynamic programming: Levenshtein distance (Wagner and Fischer, 1974) and the 0/1 knapsack, row by row. */
#include "kernel.h"

#define LENGTH 1500
#define CAPACITY 20000
#define ITEMS 150

static u8 first[LENGTH], second[LENGTH];
static u32 row[LENGTH + 1], best[CAPACITY + 1];

static u32 edit_distance(void) {
  for (u32 i = 0; i <= LENGTH; i++) row[i] = i;
  for (u32 i = 1; i <= LENGTH; i++) {
    u32 diagonal = row[0];
    row[0] = i;
    for (u32 j = 1; j <= LENGTH; j++) {
      u32 above = row[j], cost = diagonal + (first[i - 1] != second[j - 1]);
      if (above + 1 < cost) cost = above + 1;
      if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1;
      diagonal = above;
      row[j] = cost;
    }
  }
  return row[LENGTH];
}

static u32 knapsack(u32 *random) {
  memset(best, 0, sizeof best);
  for (u32 item = 0; item < ITEMS; item++) {
    u32 weight = 50 + next_random(random) % 700, value = weight + next_random(random) % 100;
    for (u32 room = CAPACITY; room >= weight; room--) {
      u32 with = best[room - weight] + value;
      if (with > best[room]) best[room] = with;
    }
  }
  return best[CAPACITY];
}

unsigned run(void) {
  u32 random = 39373u, sum = 1;
  for (u32 round = 0; round < 4; round++) {
    for (u32 i = 0; i < LENGTH; i++) {
      first[i] = (u8)(next_random(&random) % 4);
      second[i] = next_random(&random) % 5 != 0 ? first[i] : (u8)(random % 4);
    }
    sum = mix(mix(sum, edit_distance()), knapsack(&random));
  }
  return sum;
}
