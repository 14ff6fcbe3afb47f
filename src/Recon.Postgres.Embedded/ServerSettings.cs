using System.Globalization;

namespace Recon.Postgres.Embedded;

/// <summary>
/// The settings of the embedded server: good speed on a small machine without giving up durability. They are given on
/// the command line, so that a newer recon applies its own to an older data folder.
/// </summary>
internal static class ServerSettings
{
    private const long Gigabyte = 1L << 30;

    /// <summary>Settings by name. No value holds a space, a quote or a secret.</summary>
    public static IEnumerable<KeyValuePair<string, string>> For(int port, EmbeddedPostgresOptions options, PostgresBinaries binaries)
    {
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        yield return new("port", port.ToString(CultureInfo.InvariantCulture));
        yield return new("listen_addresses", "127.0.0.1");
        yield return new("unix_socket_directories", "");
        yield return new("max_connections", options.MaxConnections.ToString(CultureInfo.InvariantCulture));
        yield return new("timezone", "UTC");
        yield return new("log_timezone", "UTC");

        // A quarter of a small machine at most; beyond 256 MB the lookups gain nothing, the system's cache serves them.
        yield return new("shared_buffers", memory >= 2 * Gigabyte ? "256MB" : "64MB");
        yield return new("effective_cache_size", memory >= 8 * Gigabyte ? "4GB" : "1GB");
        yield return new("work_mem", "16MB");
        yield return new("maintenance_work_mem", memory >= 4 * Gigabyte ? "256MB" : "64MB");

        // Bulk loads: fewer and later checkpoints, smaller WAL. Compressing page images takes longer than writing them: the
        // first change of each page of a new index is one.
        yield return new("max_wal_size", "4GB");
        yield return new("checkpoint_timeout", "15min");
        yield return new("wal_level", "minimal");
        yield return new("max_wal_senders", "0");

        // A publication waits that long for a vacuum of the former result, which then makes way.
        yield return new("deadlock_timeout", "200ms");

        // The queries are many and short: compiling them costs more than it gives.
        yield return new("jit", "off");
        yield return new("random_page_cost", "1.1");

        // Containers have 64 MB there, too little for a parallel hash join.
        if (OperatingSystem.IsLinux() && SharedMemoryIsSmall())
        {
            yield return new("dynamic_shared_memory_type", "mmap");
        }

        // Its default hands each read to a worker process: a run takes a fifth to a third longer with it and with checksums.
        if (binaries.HasCostlyDefaults)
        {
            yield return new("io_method", "sync");
        }

        if (options.Unsafe)
        {
            yield return new("fsync", "off");
            yield return new("full_page_writes", "off");
            yield return new("synchronous_commit", "off");
        }
    }

    private static bool SharedMemoryIsSmall()
    {
        try
        {
            return new DriveInfo("/dev/shm").TotalSize < Gigabyte / 4;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return true;
        }
    }
}
