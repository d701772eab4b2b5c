// The part of ONNX Runtime's C interface that audit calls, in our own words.
//
// The library hands out one table of functions that only ever grows at its end. Slots that are not used are fillers;
// the numbers were checked against the published offsets (slots 101, 118 and 124 end interface versions 1 to 3), and the
// tests check them against a real library.
#ifndef AUDIT_ORT_API_H
#define AUDIT_ORT_API_H

#include <stddef.h>
#include <stdint.h>

typedef struct ort_status ort_status;
typedef struct ort_env ort_env;
typedef struct ort_session ort_session;
typedef struct ort_session_options ort_session_options;
typedef struct ort_run_options ort_run_options;
typedef struct ort_value ort_value;
typedef struct ort_type_info ort_type_info;
typedef struct ort_tensor_info ort_tensor_info;
typedef struct ort_allocator ort_allocator;
typedef struct ort_metadata ort_metadata;

struct ort_api {
  void *slot_0_1[2];
  const char *(*get_error_message)(const ort_status *);
  ort_status *(*create_env)(int severity, const char *name, ort_env **out);
  void *slot_4_6[3];
  ort_status *(*create_session)(const ort_env *, const char *path, const ort_session_options *, ort_session **out);
  void *slot_8;
  ort_status *(*run)(ort_session *, const ort_run_options *, const char *const *input_names,
                     const ort_value *const *inputs, size_t input_count, const char *const *output_names,
                     size_t output_count, ort_value **outputs);
  ort_status *(*create_session_options)(ort_session_options **out);
  void *slot_11_21[11];
  ort_status *(*set_log_severity)(ort_session_options *, int severity);
  void *slot_23;
  ort_status *(*set_intra_op_threads)(ort_session_options *, int count);
  ort_status *(*set_inter_op_threads)(ort_session_options *, int count);
  void *slot_26_29[4];
  ort_status *(*input_count)(const ort_session *, size_t *out);
  ort_status *(*output_count)(const ort_session *, size_t *out);
  void *slot_32;
  ort_status *(*input_type)(const ort_session *, size_t index, ort_type_info **out);
  ort_status *(*output_type)(const ort_session *, size_t index, ort_type_info **out);
  void *slot_35;
  ort_status *(*input_name)(const ort_session *, size_t index, ort_allocator *, char **out);
  ort_status *(*output_name)(const ort_session *, size_t index, ort_allocator *, char **out);
  void *slot_38_47[10];
  ort_status *(*create_tensor)(ort_allocator *, const int64_t *shape, size_t rank, int type, ort_value **out);
  void *slot_49;
  ort_status *(*is_tensor)(const ort_value *, int *out);
  ort_status *(*tensor_data)(ort_value *, void **out);
  void *slot_52_54[3];
  ort_status *(*cast_to_tensor_info)(const ort_type_info *, const ort_tensor_info **out);
  void *slot_56_59[4];
  ort_status *(*element_type)(const ort_tensor_info *, int *out);
  ort_status *(*dimension_count)(const ort_tensor_info *, size_t *out);
  ort_status *(*dimensions)(const ort_tensor_info *, int64_t *out, size_t count);
  void *slot_63;
  ort_status *(*element_count)(const ort_tensor_info *, size_t *out);
  ort_status *(*tensor_info)(const ort_value *, ort_tensor_info **out);
  void *slot_66_75[10];
  ort_status *(*allocator_free)(ort_allocator *, void *);
  void *slot_77;
  ort_status *(*default_allocator)(ort_allocator **out);
  void *slot_79_91[13];
  void (*release_env)(ort_env *);
  void (*release_status)(ort_status *);
  void *slot_94;
  void (*release_session)(ort_session *);
  void (*release_value)(ort_value *);
  void *slot_97;
  void (*release_type_info)(ort_type_info *);
  void (*release_tensor_info)(ort_tensor_info *);
  void (*release_session_options)(ort_session_options *);
  void *slot_101_110[10];
  ort_status *(*metadata)(const ort_session *, ort_metadata **out);
  void *slot_112_115[4];
  ort_status *(*metadata_lookup)(const ort_metadata *, ort_allocator *, const char *key, char **out);
  void *slot_117;
  void (*release_metadata)(ort_metadata *);
  void *slot_119_122[4];
  ort_status *(*metadata_keys)(const ort_metadata *, ort_allocator *, char ***out, int64_t *count);
};

#define AT_SLOT(name, slot) \
  _Static_assert(offsetof(struct ort_api, name) == (slot) * sizeof(void *), #name " is not in slot " #slot)
AT_SLOT(run, 9);
AT_SLOT(set_intra_op_threads, 24);
AT_SLOT(create_tensor, 48);
AT_SLOT(tensor_info, 65);
AT_SLOT(default_allocator, 78);
AT_SLOT(release_env, 92);
AT_SLOT(release_session_options, 100);
AT_SLOT(metadata, 111);
AT_SLOT(release_metadata, 118);
AT_SLOT(metadata_keys, 123);

/// What the library's only exported function returns.
struct ort_base {
  const struct ort_api *(*get_api)(uint32_t version);
  const char *(*version)(void);
};

enum { ORT_INTERFACE = 11, ORT_LOG_FATAL = 4 };

#endif
