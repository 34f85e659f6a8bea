/* Binary search trees, built, searched and taken down on an allocator of our own with free lists. */
#include "kernel.h"

typedef struct Node {
  struct Node *left, *right;
  u32 key, count;
} Node;

/* Blocks are cut from the arena, and reused last in, first out. */
static u8 arena[2000000] __attribute__((aligned(16)));
static size_t arena_used;
static Node *free_nodes;

static NOINLINE Node *allocate(void) {
  if (free_nodes != NULL) {
    Node *node = free_nodes;
    free_nodes = node->left;
    return node;
  }
  Node *node = (Node *)(arena + arena_used);
  arena_used += sizeof(Node);
  return node;
}

static NOINLINE void release(Node *node) {
  node->left = free_nodes;
  free_nodes = node;
}

static Node *insert(Node *root, u32 key) {
  Node **place = &root;
  while (*place != NULL) {
    Node *node = *place;
    if (node->key == key) {
      node->count++;
      return root;
    }
    place = key < node->key ? &node->left : &node->right;
  }
  *place = allocate();
  **place = (Node){NULL, NULL, key, 1};
  return root;
}

static u32 depth(const Node *node) {
  if (node == NULL) return 0;
  u32 left = depth(node->left), right = depth(node->right);
  return 1 + (left > right ? left : right);
}

static u32 take_down(Node *node, u32 sum) {
  if (node == NULL) return sum;
  sum = take_down(node->left, sum);
  sum = mix(sum, node->key * node->count);
  Node *right = node->right;
  release(node);
  return take_down(right, sum);
}

unsigned run(void) {
  arena_used = 0;
  free_nodes = NULL;
  u32 random = 69621u, sum = 1;
  for (u32 round = 0; round < 150; round++) {
    Node *root = NULL;
    for (u32 i = 0; i < 2000; i++) root = insert(root, next_random(&random) % 3000);
    sum = take_down(root, mix(sum, depth(root)));
  }
  return mix(sum, (u32)(arena_used / sizeof(Node)));
}
