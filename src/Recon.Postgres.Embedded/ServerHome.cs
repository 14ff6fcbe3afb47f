using System.Security.Cryptography;
using System.Text;

namespace Recon.Postgres.Embedded;

/// <summary>
/// The folder of one embedded server: <c>data/</c> (PostgreSQL's own), <c>password</c>, <c>server.json</c> (how to
/// connect, owner only), <c>server.log</c>, and the two lock files.
/// </summary>
internal sealed class ServerHome(string root, bool isTemporary)
{
    private const string Unfinished = "data.new";

    public string Root { get; } = root;

    /// <summary>Whether the folder goes away with its last user.</summary>
    public bool IsTemporary { get; } = isTemporary;

    public string Data => Path.Combine(Root, "data");

    /// <summary>
    /// Where initdb works; renamed to <see cref="Data"/> when done, so that half a cluster is never used. Each process has its
    /// own: the initdb of one that was killed goes on writing.
    /// </summary>
    public string NewData { get; } = Path.Combine(root, $"{Unfinished}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");

    public string Password => Path.Combine(Root, "password");

    public string Info => Path.Combine(Root, "server.json");

    public string Log => Path.Combine(Root, "server.log");

    /// <summary>Held exclusively while a server is looked for or started.</summary>
    public string StartLock => Path.Combine(Root, "start.lock");

    /// <summary>Held shared by every process that uses the server, exclusively by the one that stops it.</summary>
    public string UsersLock => Path.Combine(Root, "users.lock");

    /// <summary>Makes the folder, or the one that takes its place when the account cannot reach it.</summary>
    public static async Task<ServerHome> OpenAsync(
        EmbeddedPostgresOptions options, ServiceAccount account, CancellationToken cancellationToken)
    {
        bool isTemporary = options.DataDirectory is null;
        string wanted = Path.GetFullPath(options.DataDirectory
            ?? Path.Combine(Path.GetTempPath(), "recon-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))));
        string path = wanted;
        if (account.IsOther && !await account.TestAsync("-x", NearestExisting(wanted), cancellationToken))
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)))[..16];
            path = Path.Combine(SharedCache(), "postgres-" + hash);
            options.Logger.FolderReplaced(wanted, account.Name, path);
        }

        try
        {
            await MakeAsync(path, account, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedPostgresException(
                $"The folder of the embedded PostgreSQL, {path}, could not be created: {failure.Message} Choose another folder, or give a server with --postgres.",
                failure);
        }

        return new ServerHome(path, isTemporary);
    }

    /// <summary>Root's place for what an unprivileged account must reach: owned by root, so nobody else can plant it.</summary>
    public static string SharedCache() => "/var/cache/recon";

    /// <summary>Deletes a temporary folder. What cannot be deleted is left to the system's own cleaning.</summary>
    public void DeleteIfTemporary()
    {
        if (IsTemporary)
        {
            try
            {
                Directory.Delete(Root, recursive: true);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    /// <summary>Deletes what interrupted starts left; nothing of value, as it never got its name.</summary>
    public void DeleteUnfinished()
    {
        foreach (string folder in Directory.EnumerateDirectories(Root, Unfinished + "*"))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // An initdb still writes there; the next start finds what it leaves.
            }
        }
    }

    /// <summary>Writes a file that only this user can read.</summary>
    public static void WriteSecret(string path, string content)
    {
        string draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(draft, Encoding.ASCII, options))
        {
            writer.Write(content);
        }

        File.Move(draft, path, overwrite: true);
    }

    private static async Task MakeAsync(string path, ServiceAccount account, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            await TakeOverAsync(path, account, cancellationToken);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await account.OwnAsync(path, cancellationToken);
    }

    /// <summary>Makes a folder that is there already usable, if it is empty or was made by an interrupted start.</summary>
    private static async Task TakeOverAsync(string path, ServiceAccount account, CancellationToken cancellationToken)
    {
        if (!account.IsOther || await account.TestAsync("-w", path, cancellationToken))
        {
            return;
        }

        string[] own = ["data", "password", "password.new", "server.json", "server.log", "start.lock", "users.lock"];
        string? foreign = Directory.EnumerateFileSystemEntries(path).FirstOrDefault(entry =>
            !own.Contains(Path.GetFileName(entry)) && !Path.GetFileName(entry).StartsWith(Unfinished, StringComparison.Ordinal));
        if (foreign is not null)
        {
            throw new EmbeddedPostgresException(
                $"{path} belongs to another user than {account.Name}, which runs the embedded PostgreSQL, and holds {Path.GetFileName(foreign)}, which is not recon's. Use an empty folder.");
        }

        await account.OwnAsync(path, cancellationToken);
    }

    private static string NearestExisting(string path)
    {
        string? folder = path;
        while (folder is not null && !Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? "/";
    }
}
