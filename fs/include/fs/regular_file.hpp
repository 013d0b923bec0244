// Files in memory, and the descriptors through which they are read and written.
#pragma once

#include <fs/node.hpp>
#include <fs/page_tree.hpp>

namespace hermit::fs {

class RegularFile final : public Node {
  public:
    explicit RegularFile(Mode permissions) : Node{kTypeRegular | (permissions & kPermissionMask)} {}

    Result<Ref<Descriptor>> open(const OpenOptions& options) override;
    Result<void> resize(std::uint64_t size) override;
    Result<void> reserve(std::uint64_t offset, std::uint64_t count) override;

    std::size_t read(std::uint64_t offset, void* to, std::size_t count);
    /// Writes at `offset`, or at the end if `append`; `offset` is then that end. Afterwards it is
    /// behind what was written. Errors: kNoSpace, kFileTooLarge.
    Result<std::size_t> write(std::uint64_t& offset, bool append, const void* from,
                              std::size_t count);

  private:
    void describe(Attributes& attributes) override;

    PageTree pages_;
    std::uint64_t size_ = 0;
};

} // namespace hermit::fs
