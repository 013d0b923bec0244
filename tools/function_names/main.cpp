// hermit-function-names IMAGE: the last step of a link, which the compiler driver makes by itself
// (see install-wrappers). Writes the names of the image's functions into it, for backtraces.
#include "elf_image.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "Usage: hermit-function-names IMAGE\n");
        return 2;
    }
    try {
        if (auto image = hermit::names::ElfImage::open(argv[1])) {
            image->write_names(hermit::names::encode(image->functions()));
        }
        return 0;
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "hermit-function-names: %s: %s\n", argv[1], problem.what());
        return 1;
    }
}
