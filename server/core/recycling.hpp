// Memory for what comes and goes all the time: who comes takes the place of who has gone.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define ADMIT_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADMIT_ADDRESS_SANITIZER
#endif
#endif

namespace admit::core {

/// An allocator for single objects. Each thread keeps the memory of up to `spare_max` objects of a
/// kind that it has given back, so in a steady state nothing asks the heap. Any thread may give
/// back what another has taken.
/// Under the address sanitizer nothing is kept: it would not see a use of what has gone.
template <class T>
class recycling {
public:
    using value_type = T;

    recycling() = default;
    template <class U>
    recycling(const recycling<U>&) noexcept {}

    T* allocate(std::size_t count) {
        std::vector<void*>* const spare = count == 1 ? mine() : nullptr;
        if (spare == nullptr || spare->empty())
            return static_cast<T*>(::operator new(count * sizeof(T)));
        void* const out = spare->back();
        spare->pop_back();
        return static_cast<T*>(out);
    }
    void deallocate(T* gone, std::size_t count) noexcept {
        std::vector<void*>* const spare = count == 1 ? mine() : nullptr;
        if (spare != nullptr && spare->size() < spare_max)
            spare->push_back(gone);  // there is room for it
        else
            ::operator delete(gone, count * sizeof(T));
    }

    friend bool operator==(const recycling&, const recycling&) noexcept { return true; }

private:
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

    /// More than is forgotten at once under a steady load (a tenth of a second's worth); what else
    /// a crowd has left behind goes back.
#ifdef ADMIT_ADDRESS_SANITIZER
    static constexpr std::size_t spare_max = 0;
#else
    static constexpr std::size_t spare_max = 4'096;
#endif

    struct spares {
        explicit spares(bool& over) : over_(over) { all.reserve(spare_max); }
        spares(const spares&) = delete;
        spares& operator=(const spares&) = delete;
        ~spares() {
            over_ = true;
            for (void* each : all)
                ::operator delete(each, sizeof(T));
        }
        std::vector<void*> all;

    private:
        bool& over_;
    };
    /// None while the thread ends: what is static or thread-local, too, may still give back then.
    static std::vector<void*>* mine() {
        thread_local constinit bool over = false;  // never destroyed
        if (over) return nullptr;
        thread_local spares here(over);
        return &here.all;
    }
};

}  // namespace admit::core
