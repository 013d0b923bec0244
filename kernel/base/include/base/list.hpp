// An intrusive doubly linked list: the links live in the elements, so that no operation allocates.
#pragma once

#include <base/assert.hpp>

#include <cstdint>

namespace hermit {

/// The links that an element of `List` carries; one ListNode per list it can be in at a time.
class ListNode {
  public:
    constexpr ListNode() = default;
    ListNode(const ListNode&) = delete;
    ListNode& operator=(const ListNode&) = delete;

    bool is_linked() const { return next_ != nullptr; }

    /// Takes the element out of the list it is in, in constant time.
    void unlink() {
        ASSERT_SLOW(is_linked());
        next_->previous_ = previous_;
        previous_->next_ = next_;
        next_ = previous_ = nullptr;
    }

  private:
    template <class T, ListNode T::*>
    friend class List;

    void link_before(ListNode& position) {
        ASSERT_SLOW(!is_linked());
        previous_ = position.previous_;
        next_ = &position;
        previous_->next_ = this;
        position.previous_ = this;
    }

    ListNode* next_ = nullptr;
    ListNode* previous_ = nullptr;
};

/// A list of `T` linked through the member `kNode`. Does not own its elements; not thread safe.
template <class T, ListNode T::*kNode>
class List {
  public:
    constexpr List() { head_.next_ = head_.previous_ = &head_; }
    List(const List&) = delete;
    List& operator=(const List&) = delete;

    bool empty() const { return head_.next_ == &head_; }
    void push_back(T& element) { (element.*kNode).link_before(head_); }
    void push_front(T& element) { (element.*kNode).link_before(*head_.next_); }
    /// Inserts `element` before `position`, which is in this list.
    void insert_before(T& position, T& element) { (element.*kNode).link_before(position.*kNode); }
    T* front() { return element_or_null(head_.next_); }
    T* back() { return element_or_null(head_.previous_); }
    /// The element after `element`, or null at the end.
    T* next(T& element) { return element_or_null((element.*kNode).next_); }
    T* previous(T& element) { return element_or_null((element.*kNode).previous_); }
    /// Takes out the first element; null if there is none.
    T* pop_front() {
        T* const first = front();
        if (first != nullptr) {
            (first->*kNode).unlink();
        }
        return first;
    }

    class Iterator {
      public:
        explicit Iterator(ListNode* node) : node_{node} {}
        T& operator*() const { return *element(node_); }
        T* operator->() const { return element(node_); }
        Iterator& operator++() {
            node_ = node_->next_;
            return *this;
        }
        friend bool operator==(Iterator a, Iterator b) { return a.node_ == b.node_; }

      private:
        ListNode* node_;
    };
    Iterator begin() { return Iterator{head_.next_}; }
    Iterator end() { return Iterator{&head_}; }

  private:
    static T* element(ListNode* node) {
        // The distance from an element to its node, taken at an address that is not null.
        constexpr auto kProbe = std::uintptr_t{4096};
        const auto offset =
            reinterpret_cast<std::uintptr_t>(&(reinterpret_cast<T*>(kProbe)->*kNode)) - kProbe;
        return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(node) - offset);
    }
    T* element_or_null(ListNode* node) { return node == &head_ ? nullptr : element(node); }

    ListNode head_;
};

} // namespace hermit
