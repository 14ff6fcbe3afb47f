namespace Recon.Discovery.Profiling;

/// <summary>How much of a file a profile looks at, and keeps.</summary>
internal sealed record ProfileOptions
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>Most records that the sample keeps, evenly spread over those that were looked at.</summary>
    /// <value>2 or more. Default: 20,000.</value>
    public int MostRows { get; init; } = 20_000;

    /// <summary>Most bytes of memory that the texts of these records take.</summary>
    /// <value>Default: 64 MiB.</value>
    public long MostText { get; init; } = 64 * Mebibyte;

    /// <summary>Most bytes of the file that are looked at: of a larger one the beginning, the middle and the end.</summary>
    /// <value>64 KiB or more. Default: 64 MiB.</value>
    public long MostBytes { get; init; } = 64 * Mebibyte;

    /// <summary>The encoding that somebody named; null to find it.</summary>
    public string? Encoding { get; init; }

    /// <summary>The delimiter that somebody named, as the definition writes it; null to find it.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Whether the first record names the columns, as somebody said; null to find it out.</summary>
    public bool? Header { get; init; }
}
