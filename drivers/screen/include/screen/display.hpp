// What a device must do to show text.
#pragma once

namespace hermit::screen {

/// A grid of characters somebody can see. It is never read back. The caller serialises.
class Display {
  public:
    virtual unsigned columns() const = 0;
    virtual unsigned rows() const = 0;
    /// Shows a character from ' ' to '~' at a place inside of the grid.
    virtual void draw(unsigned column, unsigned row, char character) = 0;
    /// Everything drawn so far is to be seen, the next character comes here. The column may be one
    /// too far, where the line is full.
    virtual void finish(unsigned column, unsigned row) = 0;

  protected:
    ~Display() = default;
};

} // namespace hermit::screen
