/* A linked list, shuffled in memory: bottom-up merge sort by relinking, then walks. Loads that wait for loads. */
#include "kernel.h"

#define COUNT 60000
#define WALKS 6

typedef struct Node {
  struct Node *next;
  u32 value;
  u32 visits;
} Node;

static Node nodes[COUNT];
static u32 order[COUNT];

static Node *merge(Node *left, Node *right) {
  Node head, *tail = &head;
  while (left != NULL && right != NULL) {
    Node **lesser = left->value <= right->value ? &left : &right;
    tail->next = *lesser;
    tail = *lesser;
    *lesser = tail->next;
  }
  tail->next = left != NULL ? left : right;
  return head.next;
}

/* bins[i] is a sorted list of 2^i nodes, or empty. */
static Node *sort(Node *list) {
  Node *bins[32] = {0};
  while (list != NULL) {
    Node *carry = list;
    list = list->next;
    carry->next = NULL;
    u32 bin = 0;
    for (; bins[bin] != NULL; bin++) {
      carry = merge(bins[bin], carry);
      bins[bin] = NULL;
    }
    bins[bin] = carry;
  }
  Node *sorted = NULL;
  for (u32 bin = 0; bin < 32; bin++) sorted = merge(bins[bin], sorted);
  return sorted;
}

unsigned run(void) {
  u32 random = 521288629u;
  for (u32 i = 0; i < COUNT; i++) order[i] = i;
  for (u32 i = COUNT - 1; i > 0; i--) {
    u32 other = next_random(&random) % (i + 1), swapped = order[i];
    order[i] = order[other];
    order[other] = swapped;
  }
  Node *list = NULL;
  for (u32 i = 0; i < COUNT; i++) {
    Node *node = &nodes[order[i]];
    *node = (Node){list, next_random(&random) % 1000000, 0};
    list = node;
  }
  list = sort(list);
  u32 sum = 1;
  for (u32 walk = 0; walk < WALKS; walk++) {
    for (Node *node = list; node != NULL; node = node->next) {
      node->visits += walk;
      sum = mix(sum, node->value + node->visits);
    }
  }
  return sum;
}
