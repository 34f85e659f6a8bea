/* Huffman codes (D. A. Huffman, 1952): a tree by a heap, encoding bit by bit, decoding down the tree. */
#include "kernel.h"

#define LENGTH 120000u

typedef struct {
  u32 weight;
  i32 left, right; /* -1: a leaf, whose symbol is its index */
} Node;

static u8 source[LENGTH], bits[LENGTH * 2], decoded[LENGTH];
static Node nodes[511];
static u32 codes[256];
static u8 code_lengths[256];
static i32 heap[256], heap_count;

/* Ties by index, so that the tree is the same everywhere. */
static int lighter(i32 a, i32 b) {
  return nodes[a].weight != nodes[b].weight ? nodes[a].weight < nodes[b].weight : a < b;
}

static void push(i32 node) {
  i32 at = heap_count++;
  for (; at > 0 && lighter(node, heap[(at - 1) / 2]); at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
  heap[at] = node;
}

static i32 pop(void) {
  i32 top = heap[0], moved = heap[--heap_count], at = 0;
  for (;;) {
    i32 child = at * 2 + 1;
    if (child >= heap_count) break;
    if (child + 1 < heap_count && lighter(heap[child + 1], heap[child])) child++;
    if (!lighter(heap[child], moved)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = moved;
  return top;
}

static i32 build_tree(void) {
  for (i32 symbol = 0; symbol < 256; symbol++) nodes[symbol] = (Node){1, -1, -1};
  for (u32 i = 0; i < LENGTH; i++) nodes[source[i]].weight++;
  heap_count = 0;
  for (i32 symbol = 0; symbol < 256; symbol++) push(symbol);
  i32 next = 256;
  for (; heap_count > 1; next++) {
    i32 left = pop(), right = pop();
    nodes[next] = (Node){nodes[left].weight + nodes[right].weight, left, right};
    push(next);
  }
  return pop();
}

static void assign_codes(i32 node, u32 code, u8 length) {
  if (nodes[node].left < 0) {
    codes[node] = code;
    code_lengths[node] = length;
    return;
  }
  assign_codes(nodes[node].left, code << 1, (u8)(length + 1));
  assign_codes(nodes[node].right, code << 1 | 1, (u8)(length + 1));
}

static u32 encode(void) {
  u64 pending = 0;
  u32 held = 0;
  u8 *out = bits;
  for (u32 i = 0; i < LENGTH; i++) {
    u8 symbol = source[i];
    pending = pending << code_lengths[symbol] | codes[symbol];
    for (held += code_lengths[symbol]; held >= 8; held -= 8) *out++ = (u8)(pending >> (held - 8));
  }
  *out++ = (u8)(pending << (8 - held));
  return (u32)(out - bits);
}

static void decode(i32 root) {
  u32 at = 0;
  for (u32 i = 0; i < LENGTH; i++) {
    i32 node = root;
    for (; nodes[node].left >= 0; at++) {
      node = bits[at / 8] >> (7 - at % 8) & 1 ? nodes[node].right : nodes[node].left;
    }
    decoded[i] = (u8)node;
  }
}

unsigned run(void) {
  u32 random = 134775813u, sum = 1;
  /* The smaller of several: low bytes are frequent. */
  for (u32 i = 0; i < LENGTH; i++) {
    u32 word = next_random(&random), a = word & 255, b = word >> 8 & 255, c = word >> 16 & 255;
    source[i] = (u8)(a & b) < c ? (u8)(a & b) : (u8)c;
  }
  for (u32 round = 0; round < 4; round++) {
    source[round] ^= 85;
    i32 root = build_tree();
    assign_codes(root, 0, 0);
    u32 length = encode();
    decode(root);
    if (memcmp(source, decoded, LENGTH) != 0) return 0;
    sum = mix(mix(sum, length), bits[length / 2]);
  }
  return sum;
}
