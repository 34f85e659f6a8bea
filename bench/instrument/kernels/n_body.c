/* Bodies under gravity, in doubles: square roots and divisions on a few hot structures. */
#include "kernel.h"

#define BODIES 6

typedef struct {
  double place[3], speed[3], mass;
} Body;

static Body bodies[BODIES];

static void advance(double step) {
  for (int i = 0; i < BODIES; i++) {
    Body *one = &bodies[i];
    for (int j = i + 1; j < BODIES; j++) {
      Body *other = &bodies[j];
      double x = one->place[0] - other->place[0], y = one->place[1] - other->place[1];
      double z = one->place[2] - other->place[2];
      double square = x * x + y * y + z * z + 0.01;
      double pull = step / (square * __builtin_sqrt(square));
      one->speed[0] -= x * other->mass * pull;
      one->speed[1] -= y * other->mass * pull;
      one->speed[2] -= z * other->mass * pull;
      other->speed[0] += x * one->mass * pull;
      other->speed[1] += y * one->mass * pull;
      other->speed[2] += z * one->mass * pull;
    }
  }
  for (int i = 0; i < BODIES; i++) {
    for (int axis = 0; axis < 3; axis++) bodies[i].place[axis] += step * bodies[i].speed[axis];
  }
}

static double energy(void) {
  double sum = 0;
  for (int i = 0; i < BODIES; i++) {
    const double *speed = bodies[i].speed, *place = bodies[i].place;
    sum += bodies[i].mass * (speed[0] * speed[0] + speed[1] * speed[1] + speed[2] * speed[2]) / 2;
    for (int j = i + 1; j < BODIES; j++) {
      double square = 0.01;
      for (int axis = 0; axis < 3; axis++) {
        double apart = place[axis] - bodies[j].place[axis];
        square += apart * apart;
      }
      sum -= bodies[i].mass * bodies[j].mass / __builtin_sqrt(square);
    }
  }
  return sum;
}

unsigned run(void) {
  u32 random = 5489u;
  for (int i = 0; i < BODIES; i++) {
    for (int axis = 0; axis < 3; axis++) {
      bodies[i].place[axis] = (double)(next_random(&random) % 4001) / 1000 - 2;
      bodies[i].speed[axis] = (double)(next_random(&random) % 1001) / 1000 - 0.5;
    }
    bodies[i].mass = 0.1 + i;
  }
  u32 sum = 1;
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < 15000; i++) advance(0.0001);
    double now = energy();
    u64 bits;
    memcpy(&bits, &now, sizeof bits);
    sum = mix(mix(sum, (u32)bits), (u32)(bits >> 32));
  }
  return sum;
}
