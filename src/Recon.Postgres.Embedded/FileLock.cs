namespace Recon.Postgres.Embedded;

/// <summary>An advisory lock on a file, released by the operating system however the process ends.</summary>
internal static class FileLock
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Takes the lock, or gives <see langword="null"/> when somebody else holds it.</summary>
    public static FileStream? TryTake(string path, bool shared)
    {
        if (shared && !File.Exists(path))
        {
            using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
            {
            }
        }

        try
        {
            return shared
                ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
                : new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (failure is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    /// <exception cref="TimeoutException">Somebody else held it for longer than <paramref name="timeout"/>.</exception>
    public static async Task<FileStream> TakeAsync(
        string path, bool shared, TimeSpan timeout, Action? waiting, TimeProvider clock, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        bool told = false;
        while (true)
        {
#pragma warning disable CA2000 // The caller owns what is returned.
            if (TryTake(path, shared) is { } taken)
#pragma warning restore CA2000
            {
                return taken;
            }

            TimeSpan waited = clock.GetElapsedTime(start);
            if (waited > timeout)
            {
                throw new TimeoutException($"{path} was locked for more than {timeout.TotalSeconds:0} s.");
            }

            if (!told && waited > TimeSpan.FromSeconds(1))
            {
                told = true;
                waiting?.Invoke();
            }

            await Task.Delay(s_pollInterval, clock, cancellationToken);
        }
    }
}
