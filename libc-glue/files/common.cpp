#include "common.hpp"

#include "errors.hpp"

namespace hermit::glue::files {

int fail(const Error& error) { return fail(to_errno(error.code)); }

Base::Base(int fd, const char* path) {
    if (fd == AT_FDCWD || path[0] == '/') {
        return;
    }
    auto found = fs::descriptors().get(fd);
    if (!found) {
        fail(found.error());
        ok_ = false;
        return;
    }
    descriptor_ = *found;
    if (descriptor_->node() == nullptr) {
        fail(ENOTDIR);
        ok_ = false;
    }
}

} // namespace hermit::glue::files
