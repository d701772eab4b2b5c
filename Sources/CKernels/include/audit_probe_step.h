#ifndef AUDIT_PROBE_STEP_H
#define AUDIT_PROBE_STEP_H

#include <stdbool.h>
#include <stddef.h>

/// One step of Adam (Kingma, Ba 2015, the form with the corrections folded into rate and epsilon):
/// m += (1 - beta1)(g - m), v += (1 - beta2)(g^2 - v), w -= rate m / (sqrt(v) + epsilon).
///
/// All four hold `count` floats. `rate` and `epsilon` come with the bias corrections of this step in them.
void audit_probe_adam(float *_Nonnull weight, float *_Nonnull first, float *_Nonnull second,
                      const float *_Nonnull gradient, size_t count, float rate, float beta1, float beta2,
                      float epsilon, bool scalar);

/// One step of gradient descent with momentum: m = momentum m + g, w -= rate m.
void audit_probe_descend(float *_Nonnull weight, float *_Nonnull velocity, const float *_Nonnull gradient,
                         size_t count, float rate, float momentum, bool scalar);

/// The non-linearities of the hidden layers.
typedef enum {
  AUDIT_PROBE_TANH = 0,
  AUDIT_PROBE_SILU = 1,        // x / (1 + exp(-x))
  AUDIT_PROBE_LEAKY_RELU = 2,  // x, or x / 10 below 0
} audit_probe_activation;

/// Replaces `count` sums by their activation and writes the derivative at each sum to `slope`.
///
/// exp is a polynomial of our own (relative error below 2e-7), so that the values do not depend on a C library.
void audit_probe_activate(float *_Nonnull sums, float *_Nonnull slope, size_t count,
                          audit_probe_activation activation, bool scalar);

/// out[i] *= by[i].
void audit_probe_multiply(float *_Nonnull out, const float *_Nonnull by, size_t count);

/// out[i] = (pixels[i] / 255 - mean[i]) * scale: a row of 8-bit values as the network's input.
void audit_probe_centre(float *_Nonnull out, const unsigned char *_Nonnull pixels, const float *_Nonnull mean,
                        size_t count, float scale);

/// values[i] = mean[i] + values[i] * scale: the network's output as a picture, 0...1 where it is a good one.
void audit_probe_uncentre(float *_Nonnull values, const float *_Nonnull mean, size_t count, float scale);

/// Sum of squares, in double precision, in an order that does not depend on the instruction set.
double audit_probe_square_sum(const float *_Nonnull values, size_t count, bool scalar);

#endif
