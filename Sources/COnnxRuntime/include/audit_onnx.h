// Runs a network file with ONNX Runtime, which is found at run time: nothing is linked, and all of audit but the
// networks works without it. One thread per session; a session must not be used by two threads at a time.
//
// Every function that can fail returns NULL or false and leaves a sentence in `message`.
#ifndef AUDIT_ONNX_H
#define AUDIT_ONNX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUDIT_ONNX_MESSAGE 2048
#define AUDIT_ONNX_MAX_RANK 8
/// The element type `float` in the numbering of the ONNX format.
#define AUDIT_ONNX_FLOAT 1

typedef struct audit_onnx_library audit_onnx_library;
typedef struct audit_onnx_session audit_onnx_session;

/// An input or output of the graph. Owned by its session.
typedef struct {
  const char *_Nonnull name;
  int32_t element_type;  // the ONNX format's number; 0 where it is no tensor
  size_t rank;           // more than AUDIT_ONNX_MAX_RANK: `shape` holds the first ones
  int64_t shape[AUDIT_ONNX_MAX_RANK];  // -1 where the graph leaves it open
} audit_onnx_port;

/// What a run gave. Owned by its session, good until the next run.
typedef struct {
  const float *_Nullable values;
  size_t count;
  size_t rank;
  int64_t shape[AUDIT_ONNX_MAX_RANK];
} audit_onnx_output;

/// Loads the shared library at `path` (or, without a slash, wherever the loader finds it). It stays loaded for the life
/// of the process. The oldest version that serves is 1.11.
audit_onnx_library *_Nullable audit_onnx_library_open(const char *_Nonnull path, char *_Nonnull message);

/// Such as "1.22.0".
const char *_Nonnull audit_onnx_library_version(const audit_onnx_library *_Nonnull library);

/// Loads a network. The file may go away afterwards. To be given back to `audit_onnx_session_close`.
audit_onnx_session *_Nullable audit_onnx_session_open(audit_onnx_library *_Nonnull library, const char *_Nonnull path,
                                                      char *_Nonnull message);
void audit_onnx_session_close(audit_onnx_session *_Nonnull session);

size_t audit_onnx_input_count(const audit_onnx_session *_Nonnull session);
size_t audit_onnx_output_count(const audit_onnx_session *_Nonnull session);
/// `index` below the count.
const audit_onnx_port *_Nonnull audit_onnx_input_port(const audit_onnx_session *_Nonnull session, size_t index);
const audit_onnx_port *_Nonnull audit_onnx_output_port(const audit_onnx_session *_Nonnull session, size_t index);

/// The file's own metadata: names and texts.
size_t audit_onnx_property_count(const audit_onnx_session *_Nonnull session);
const char *_Nonnull audit_onnx_property_name(const audit_onnx_session *_Nonnull session, size_t index);
const char *_Nonnull audit_onnx_property_text(const audit_onnx_session *_Nonnull session, size_t index);

/// Copies `count` floats as the next run's input; `count` must be the product of the shape.
bool audit_onnx_set_input(audit_onnx_session *_Nonnull session, size_t index, const int64_t *_Nonnull shape,
                          size_t rank, const float *_Nonnull values, size_t count, char *_Nonnull message);

/// Runs on the inputs that were set (all of them must be) and works out the outputs with the given indices.
bool audit_onnx_run(audit_onnx_session *_Nonnull session, const size_t *_Nonnull outputs, size_t output_count,
                    char *_Nonnull message);

/// The `position`-th output that the last run was asked for.
audit_onnx_output audit_onnx_result(const audit_onnx_session *_Nonnull session, size_t position);

#endif
