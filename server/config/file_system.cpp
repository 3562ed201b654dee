#include "server/config/file_system.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

namespace admit::config {

file_system file_system_of(long magic) noexcept {
    switch (static_cast<std::uint32_t>(magic)) {
        case TMPFS_MAGIC:
        case RAMFS_MAGIC:
            return file_system::memory;
        case NFS_SUPER_MAGIC:
        case SMB_SUPER_MAGIC:
        case SMB2_SUPER_MAGIC:
        case CIFS_SUPER_MAGIC:
        case AFS_SUPER_MAGIC:
        case AFS_FS_MAGIC:
        case CODA_SUPER_MAGIC:
            return file_system::network;
        default:
            return file_system::local;
    }
}

file_system file_system_at(const std::string& path) noexcept {
    struct statfs found {};
    if (::statfs(path.c_str(), &found) != 0) return file_system::local;
    return file_system_of(static_cast<long>(found.f_type));
}

}  // namespace admit::config
