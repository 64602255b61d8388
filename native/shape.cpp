// Views, joins, splits and indexing: nothing here computes a number.
#include "anit_torch.h"
#include <ATen/TensorIndexing.h>

ANIT Handle anit_view(Handle x, const int64_t* size, int32_t n) { TENSOR(ref(x).view(ints(size, n))) }
ANIT Handle anit_reshape(Handle x, const int64_t* size, int32_t n) { TENSOR(ref(x).reshape(ints(size, n))) }
ANIT Handle anit_expand(Handle x, const int64_t* size, int32_t n, bool grow) { TENSOR(ref(x).expand(ints(size, n), grow)) }
ANIT Handle anit_repeat(Handle x, const int64_t* times, int32_t n) { TENSOR(ref(x).repeat(ints(times, n))) }
ANIT Handle anit_permute(Handle x, const int64_t* dims, int32_t n) { TENSOR(ref(x).permute(ints(dims, n))) }
ANIT Handle anit_transpose(Handle x, int64_t a, int64_t b) { TENSOR(ref(x).transpose(a, b)) }
ANIT Handle anit_t(Handle x) { TENSOR(ref(x).t()) }
ANIT Handle anit_unflatten(Handle x, int64_t dim, const int64_t* sizes, int32_t n) {
  try {
    at::Tensor& t = ref(x);
    int64_t d = dim < 0 ? dim + t.dim() : dim;
    std::vector<int64_t> shape(t.sizes().begin(), t.sizes().end());
    TORCH_CHECK(d >= 0 && d < t.dim(), "unflatten: dimension ", dim, " of a tensor with ", t.dim(), " dimensions");
    shape.erase(shape.begin() + d);
    shape.insert(shape.begin() + d, sizes, sizes + n);
    return new at::Tensor(t.reshape(shape));
  } CATCH
  return nullptr;
}
ANIT Handle anit_squeeze(Handle x) { TENSOR(ref(x).squeeze()) }
ANIT Handle anit_squeeze_dim(Handle x, int64_t dim) { TENSOR(ref(x).squeeze(dim)) }
ANIT Handle anit_unsqueeze(Handle x, int64_t dim) { TENSOR(ref(x).unsqueeze(dim)) }
ANIT Handle anit_tril(Handle x, int64_t diagonal) { TENSOR(ref(x).tril(diagonal)) }
ANIT Handle anit_triu(Handle x, int64_t diagonal) { TENSOR(ref(x).triu(diagonal)) }

ANIT Handle anit_select(Handle x, int64_t dim, int64_t index) { TENSOR(ref(x).select(dim, index)) }
ANIT Handle anit_narrow(Handle x, int64_t dim, int64_t start, int64_t length) { TENSOR(ref(x).narrow(dim, start, length)) }
ANIT Handle anit_index_select(Handle x, int64_t dim, Handle index) { TENSOR(ref(x).index_select(dim, ref(index))) }
ANIT int32_t anit_index_add_(Handle x, int64_t dim, Handle index, Handle source, Number alpha) {
  DO(ref(x).index_add_(dim, ref(index), ref(source), to_scalar(alpha)))
}
ANIT int32_t anit_index_copy_(Handle x, int64_t dim, Handle index, Handle source) { DO(ref(x).index_copy_(dim, ref(index), ref(source))) }
ANIT Handle anit_masked_fill(Handle x, Handle mask, Number value) { TENSOR(ref(x).masked_fill(ref(mask), to_scalar(value))) }
ANIT Handle anit_where(Handle condition, Handle x, Handle y) { TENSOR(at::where(ref(condition), ref(x), ref(y))) }
ANIT int64_t anit_where_indices(Handle condition) { TENSORS(at::where(ref(condition))) }
ANIT Handle anit_repeat_interleave(Handle x, int64_t repeats, const int64_t* dim, const int64_t* output) {
  TENSOR(ref(x).repeat_interleave(repeats, dim ? Maybe<int64_t>(*dim) : Maybe<int64_t>(), output ? Maybe<int64_t>(*output) : Maybe<int64_t>()))
}
ANIT Handle anit_repeat_interleave_each(Handle x, Handle repeats, const int64_t* dim, const int64_t* output) {
  TENSOR(ref(x).repeat_interleave(ref(repeats), dim ? Maybe<int64_t>(*dim) : Maybe<int64_t>(), output ? Maybe<int64_t>(*output) : Maybe<int64_t>()))
}

ANIT Handle anit_cat(const Handle* tensors, int32_t n, int64_t dim) { TENSOR(at::cat(list(tensors, n), dim)) }
ANIT Handle anit_stack(const Handle* tensors, int32_t n, int64_t dim) { TENSOR(at::stack(list(tensors, n), dim)) }
ANIT int64_t anit_chunk(Handle x, int64_t chunks, int64_t dim) { TENSORS(ref(x).chunk(chunks, dim)) }
ANIT int64_t anit_split(Handle x, int64_t size, int64_t dim) { TENSORS(ref(x).split(size, dim)) }
ANIT int64_t anit_split_sizes(Handle x, const int64_t* sizes, int32_t n, int64_t dim) { TENSORS(ref(x).split_with_sizes(ints(sizes, n), dim)) }

// One place of an index expression: 0 None, 1 Ellipsis, 2 integer, 3 boolean, 4 slice, 5 tensor.
struct Index { int32_t kind, has; int64_t start, stop, step; Handle tensor; };

static std::vector<at::indexing::TensorIndex> places(const Index* indices, int32_t n) {
  std::vector<at::indexing::TensorIndex> all;
  for (int32_t i = 0; i < n; i++) {
    const Index& x = indices[i];
    switch (x.kind) {
      case 0: all.emplace_back(at::indexing::None); break;
      case 1: all.emplace_back(at::indexing::Ellipsis); break;
      case 2: all.emplace_back(x.start); break;
      case 3: all.emplace_back(x.start != 0); break;
      case 4: all.emplace_back(at::indexing::Slice(x.has & 1 ? Maybe<int64_t>(x.start) : Maybe<int64_t>(),
                  x.has & 2 ? Maybe<int64_t>(x.stop) : Maybe<int64_t>(), x.has & 4 ? Maybe<int64_t>(x.step) : Maybe<int64_t>())); break;
      default: all.emplace_back(ref(x.tensor)); break;
    }
  }
  return all;
}
static c10::List<Maybe<at::Tensor>> index_tensors(const Handle* tensors, int32_t n) {
  c10::List<Maybe<at::Tensor>> all;
  for (int32_t i = 0; i < n; i++) all.push_back(maybe(tensors[i]));
  return all;
}
ANIT Handle anit_index(Handle x, const Index* indices, int32_t n) { TENSOR(ref(x).index(places(indices, n))) }
ANIT int32_t anit_index_put_(Handle x, const Index* indices, int32_t n, Handle value) { DO(ref(x).index_put_(places(indices, n), ref(value))) }
ANIT int32_t anit_index_fill_(Handle x, const Index* indices, int32_t n, Number value) {
  DO(ref(x).index_put_(places(indices, n), to_scalar(value)))
}
ANIT int32_t anit_index_put_tensors_(Handle x, const Handle* indices, int32_t n, Handle value, bool accumulate) {
  DO(ref(x).index_put_(index_tensors(indices, n), ref(value), accumulate))
}
