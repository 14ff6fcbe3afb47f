namespace Recon.ObjectStorage.Requests;

/// <summary>How patient requests are, and how much they bring.</summary>
internal sealed record RequestOptions
{
    /// <summary>How often a request that brought nothing is tried, the first time included.</summary>
    /// <value>1 and up. Default: 6, which takes some 15 seconds of waits.</value>
    public int Tries { get; init; } = 6;

    /// <summary>The wait before the second try; it doubles from try to try, with jitter.</summary>
    /// <value>Default: half a second.</value>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait that a server may ask for (<c>Retry-After</c>); whoever asks for more is not waited for.</summary>
    /// <value>Default: one minute.</value>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest time without a byte, of an answer or between two parts of it.</summary>
    /// <value>Default: 30 seconds.</value>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of the first request after a stream was opened or has jumped; each further one asks for twice as many.</summary>
    /// <value>Default: 256 KiB.</value>
    public int FirstBlock { get; init; } = 256 * 1024;

    /// <summary>The most bytes of one request.</summary>
    /// <value>Default: 4 MiB.</value>
    public int LargestBlock { get; init; } = 4 * 1024 * 1024;

    /// <summary>Blocks that are fetched ahead of the one that is read. A stream holds that many and one, of the largest size each.</summary>
    /// <value>Default: 2, and so 12 MiB for a stream.</value>
    public int Ahead { get; init; } = 2;
}
