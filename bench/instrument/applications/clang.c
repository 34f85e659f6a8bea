/* What clang compiles: no headers, so that nothing but the compiler is at work. */

typedef struct Node {
  struct Node *left, *right;
  unsigned key;
  double weight;
} Node;

static Node pool[1000];
static unsigned pool_used;

static Node *insert(Node *root, unsigned key, double weight) {
  if (root == 0) {
    Node *node = &pool[pool_used++];
    *node = (Node){0, 0, key, weight};
    return node;
  }
  if (key < root->key) root->left = insert(root->left, key, weight);
  else if (key > root->key) root->right = insert(root->right, key, weight);
  else root->weight += weight;
  return root;
}

static double sum(const Node *node, unsigned depth) {
  return node == 0 ? 0 : node->weight / depth + sum(node->left, depth + 1) + sum(node->right, depth + 1);
}

static void multiply(double out[8][8], double a[8][8], double b[8][8]) {
  for (int i = 0; i < 8; i++) {
    for (int j = 0; j < 8; j++) {
      out[i][j] = 0;
      for (int k = 0; k < 8; k++) out[i][j] += a[i][k] * b[k][j];
    }
  }
}

static int classify(const char *text) {
  int words = 0, inside = 0;
  for (; *text; text++) {
    switch (*text) {
      case ' ': case '\t': case '\n': inside = 0; break;
      case '"': while (*++text && *text != '"') {} break;
      default: words += !inside; inside = 1;
    }
  }
  return words;
}

double entry(const char *text, unsigned count) {
  double a[8][8], b[8][8], product[8][8];
  Node *root = 0;
  for (unsigned i = 0; i < count % 1000; i++) root = insert(root, i * 2654435761u, i);
  for (int i = 0; i < 64; i++) a[i / 8][i % 8] = i, b[i % 8][i / 8] = classify(text) - i;
  multiply(product, a, b);
  return sum(root, 1) + product[3][5];
}
