// Files whose text is made when they are opened.
#pragma once

#include <base/format.hpp>
#include <fs/node.hpp>

namespace hermit::fs {

/// Writes what the file says; `subject` is what the file is about, given with the writer.
using TextWriter = void (*)(TextSink& sink, unsigned subject);

/// Read-only; at most kMaxGeneratedText characters. Its size is told as 0.
class GeneratedFile final : public Node {
  public:
    GeneratedFile(TextWriter writer, unsigned subject)
        : Node{kTypeRegular | 0444}, writer_{writer}, subject_{subject} {}

    /// Error: kAccess for writing, kOutOfMemory.
    Result<Ref<Descriptor>> open(const OpenOptions& options) override;

  private:
    const TextWriter writer_;
    const unsigned subject_;
};

inline constexpr std::size_t kMaxGeneratedText = 4095;

} // namespace hermit::fs
