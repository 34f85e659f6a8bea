/* Objects with tables of methods: calls through function pointers, which the optimiser cannot foresee. */
#include "kernel.h"

typedef struct Shape Shape;

typedef struct {
  u32 (*area)(const Shape *);
  void (*grow)(Shape *, u32);
  u32 (*compare)(const Shape *, const Shape *);
} Methods;

struct Shape {
  const Methods *methods;
  u32 width, height, grown;
};

static u32 rectangle_area(const Shape *shape) { return shape->width * shape->height; }
static u32 triangle_area(const Shape *shape) { return shape->width * shape->height / 2; }
static u32 square_area(const Shape *shape) { return shape->width * shape->width; }
static u32 disc_area(const Shape *shape) { return shape->width * shape->width * 355 / 113; }

static void grow_width(Shape *shape, u32 by) { shape->width = (shape->width + by) & 1023; }
static void grow_height(Shape *shape, u32 by) { shape->height = (shape->height ^ by) & 1023; }

static u32 by_area(const Shape *shape, const Shape *other) {
  return shape->methods->area(shape) < other->methods->area(other);
}
static u32 by_width(const Shape *shape, const Shape *other) { return shape->width < other->width; }

static const Methods rectangle = {rectangle_area, grow_width, by_area};
static const Methods triangle = {triangle_area, grow_height, by_area};
static const Methods square = {square_area, grow_width, by_width};
static const Methods disc = {disc_area, grow_height, by_width};

static Shape shapes[512];

unsigned run(void) {
  static const Methods *const kinds[] = {&rectangle, &triangle, &square, &disc};
  u32 random = 1220703125u, sum = 1;
  for (u32 i = 0; i < 512; i++) {
    u32 word = next_random(&random);
    shapes[i] = (Shape){kinds[word >> 30], word & 1023, word >> 10 & 1023, 0};
  }
  for (u32 round = 0; round < 1200; round++) {
    for (u32 i = 0; i < 512; i++) {
      Shape *shape = &shapes[i], *other = &shapes[(i * 7 + round) & 511];
      Shape *lesser = shape->methods->compare(shape, other) ? shape : other;
      lesser->methods->grow(lesser, round + i);
      lesser->grown++;
      sum += lesser->methods->area(lesser);
    }
  }
  for (u32 i = 0; i < 512; i++) sum = mix(sum, shapes[i].grown + shapes[i].width);
  return sum;
}
