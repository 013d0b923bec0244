// An image after its link: which functions it has, and where their names go.
#pragma once

#include "encode.hpp"

#include <memory>
#include <optional>
#include <string>

namespace hermit::names {

/// An ELF64 file that is changed in place. Throws std::runtime_error if it cannot be read or
/// written or is damaged.
class ElfImage {
  public:
    /// Nothing if the file has no place for names: it is no image, or was linked by another script.
    static std::optional<ElfImage> open(const std::string& path);
    ~ElfImage();
    ElfImage(ElfImage&& other) noexcept;
    ElfImage& operator=(ElfImage&&) = delete;

    /// From the symbol table: sorted, one for each address, with the name that a reader expects.
    /// Empty if the image was linked without symbols.
    std::vector<Function> functions() const;

    /// Puts the table at the file's end and makes its section and segment that large.
    void write_names(const std::vector<std::uint8_t>& table);

  private:
    struct Headers;
    explicit ElfImage(int file);
    bool has_place() const;

    int file_;
    std::unique_ptr<Headers> headers_;
};

} // namespace hermit::names
