using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Recon.Postgres.Embedded;

/// <summary>How the embedded server is started.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>The folder that keeps the server's data, password and log between starts.</summary>
    /// <value><see langword="null"/> (the default) creates a temporary folder that is deleted on disposal.</value>
    public string? DataDirectory { get; init; }

    /// <summary>
    /// Gives up durability for speed: no fsync, no full page writes. For tests only: after a crash of the machine the
    /// data is lost. Default: <see langword="false"/>.
    /// </summary>
    public bool Unsafe { get; init; }

    /// <summary>Maximum number of connections at the same time.</summary>
    /// <value>10 to 1000. Default: 100.</value>
    public int MaxConnections { get; init; } = 100;

    /// <summary>How long a start may take, including waiting for other processes, but not downloading.</summary>
    /// <value>Default: 60 seconds.</value>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether missing binaries may be downloaded. Default: <see langword="true"/>.</summary>
    public bool AllowDownload { get; init; } = true;

    /// <summary>Receives messages about what takes long or differs from what was requested. Default: none.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The clock. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Reads a variable of the environment; tests replace it.</summary>
    internal Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Folders in which packages install PostgreSQL, newest first; tests replace it.</summary>
    internal Func<IEnumerable<string>> KnownPlaces { get; init; } = PostgresBinaries.KnownPlaces;
}
