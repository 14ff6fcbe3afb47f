using System.Text.RegularExpressions;

namespace Recon.Postgres.Embedded;

/// <summary>The programs of one PostgreSQL installation, checked to run.</summary>
internal sealed partial class PostgresBinaries(string binDirectory, string version)
{
    private const int OldestVersion = 13;

    public string BinDirectory { get; } = binDirectory;

    /// <summary>Such as <c>15.14</c>.</summary>
    public string Version { get; } = version;

    /// <summary>Such as <c>15</c>: what PG_VERSION in a data folder must say.</summary>
    public string MajorVersion => Version.Split('.', 2)[0];

    /// <summary>Whether data pages get checksums, and rows are read by worker processes, unless told otherwise: 18 and later.</summary>
    public bool HasCostlyDefaults => int.Parse(MajorVersion, System.Globalization.CultureInfo.InvariantCulture) >= 18;

    public string Program(string name) => Path.Combine(BinDirectory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>
    /// Finds programs that the account can run: <c>RECON_PG_BIN</c> (and then nothing else), <c>PATH</c>, the known
    /// places, the npm package. A data folder that exists already prefers its own version.
    /// </summary>
    /// <exception cref="EmbeddedPostgresException">No installation was found; the message lists what was tried and why each was rejected.</exception>
    public static async Task<PostgresBinaries> FindAsync(
        EmbeddedPostgresOptions options, ServiceAccount account, CancellationToken cancellationToken)
    {
        var tried = new List<string>();
        string? wantedVersion = VersionOfData(options);
        PostgresBinaries? other = null;
        foreach ((string origin, string directory) in Candidates(options, tried))
        {
            PostgresBinaries? found = await TryAsync(origin, directory, account, tried, cancellationToken);
            if (found is null)
            {
                continue;
            }

            if (wantedVersion is null || found.MajorVersion == wantedVersion)
            {
                return found;
            }

            other ??= found;
        }

        if (other is not null)
        {
            return other;
        }

        if (options.Environment("RECON_PG_BIN") is null or "")
        {
            (string? directory, string outcome) = await NpmBinaries.GetAsync(options, account, cancellationToken);
            if (directory is null)
            {
                tried.Add(outcome);
            }
            else if (await TryAsync("npm", directory, account, tried, cancellationToken) is { } downloaded)
            {
                return downloaded;
            }
        }

        throw new EmbeddedPostgresException(
            $"No PostgreSQL programs (initdb, pg_ctl, postgres; version {OldestVersion} or later) were found for the embedded server. Tried:"
            + string.Concat(tried.Select(line => "\n  - " + line))
            + "\nInstall PostgreSQL (Debian: apt-get install postgresql; macOS: brew install postgresql), or set RECON_PG_BIN to the folder of its programs, "
            + "or use a server of yours with --postgres or RECON_POSTGRES.");
    }

    /// <summary>Folders in which packages install PostgreSQL, newest version first.</summary>
    public static IEnumerable<string> KnownPlaces()
    {
        IEnumerable<string> patterns =
            OperatingSystem.IsWindows() ? [@"C:\Program Files\PostgreSQL\*\bin"]
            : OperatingSystem.IsMacOS() ?
            [
                "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
                "/Applications/Postgres.app/Contents/Versions/*/bin", "/Library/PostgreSQL/*/bin",
            ]
            : ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib/postgresql*/bin", "/opt/postgresql/*/bin"];
        return patterns.SelectMany(Expand).Distinct();
    }

    private static IEnumerable<(string Origin, string Directory)> Candidates(EmbeddedPostgresOptions options, List<string> tried)
    {
        if (options.Environment("RECON_PG_BIN") is { Length: > 0 } stated)
        {
            yield return ("RECON_PG_BIN", Path.GetFullPath(stated));
            yield break;
        }

        tried.Add("RECON_PG_BIN: not set");
        string program = OperatingSystem.IsWindows() ? "pg_ctl.exe" : "pg_ctl";
        List<string> path = [.. (options.Environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).Where(File.Exists)];
        if (path.Count == 0)
        {
            tried.Add($"PATH: no {program} in it");
        }

        foreach (string found in path)
        {
            yield return ("PATH", RealDirectory(found));
        }

        List<string> known = [.. options.KnownPlaces()];
        if (known.Count == 0)
        {
            tried.Add("known places (packages of the system, Homebrew, Postgres.app, installers): none exists");
        }

        foreach (string directory in known)
        {
            yield return ("known place", directory);
        }
    }

    private static async Task<PostgresBinaries?> TryAsync(
        string origin, string directory, ServiceAccount account, List<string> tried, CancellationToken cancellationToken)
    {
        var candidate = new PostgresBinaries(directory, "0");
        foreach (string name in (string[])["initdb", "pg_ctl", "postgres"])
        {
            if (!File.Exists(candidate.Program(name)))
            {
                tried.Add($"{origin}: {directory} has no {name}");
                return null;
            }
        }

        ToolResult result = await account.RunAsync(TimeSpan.FromSeconds(10), cancellationToken, candidate.Program("postgres"), "--version");
        Match version = VersionPattern.Match(result.Output);
        if (!result.Succeeded || !version.Success)
        {
            tried.Add($"{origin}: {candidate.Program("postgres")} does not run{(account.IsOther ? " as the user " + account.Name : "")}: {result.Tail}");
            return null;
        }

        candidate = new PostgresBinaries(directory, version.Groups[1].Value);
        if (int.Parse(candidate.MajorVersion, System.Globalization.CultureInfo.InvariantCulture) < OldestVersion)
        {
            tried.Add($"{origin}: {directory} is version {candidate.Version}, too old");
            return null;
        }

        return candidate;
    }

    private static string? VersionOfData(EmbeddedPostgresOptions options)
    {
        string? file = options.DataDirectory is null ? null : Path.Combine(options.DataDirectory, "data", "PG_VERSION");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    private static string RealDirectory(string program)
        => Path.GetDirectoryName(File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program)!;

    private static IEnumerable<string> Expand(string pattern)
    {
        // One folder name of the pattern holds the star.
        string parent = Path.GetDirectoryName(Path.GetDirectoryName(pattern))!;
        string name = Path.GetFileName(Path.GetDirectoryName(pattern))!;
        if (!Directory.Exists(parent))
        {
            return [];
        }

        return Directory.EnumerateDirectories(parent, name)
            .OrderByDescending(folder => NumberPattern.Match(Path.GetFileName(folder)) is { Success: true } number
                ? double.Parse(number.Value, System.Globalization.CultureInfo.InvariantCulture)
                : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Where(Directory.Exists);
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+(?:\.\d+)?)")]
    private static partial Regex VersionPattern { get; }

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex NumberPattern { get; }
}
