using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Extract;

/// <summary>What a run asks of the reader, beyond the definition.</summary>
internal sealed record BatchReaderOptions
{
    /// <summary>The folder that relative paths start from, and that all files must lie in.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary>Whether files outside <see cref="BaseDirectory"/> may be read. Default: <see langword="false"/>.</summary>
    public bool AllowPathsOutside { get; init; }

    /// <summary>Where addresses of objects lead; <see langword="null"/> (the default) where this program reads none.</summary>
    public IObjectStore? Objects { get; init; }

    /// <summary>Most records to read, over all files; <see langword="null"/> (the default) reads all.</summary>
    /// <value>1 or more.</value>
    public long? Limit { get; init; }

    /// <summary>
    /// Canonical legacy ids; records with another one are counted as filtered under <c>--ids</c>. Default: all records.
    /// </summary>
    public IReadOnlySet<string>? Ids { get; init; }

    /// <summary>What the path <c>-</c> reads; <see langword="null"/> when there is no standard input.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>What messages call <see cref="StandardInput"/>.</summary>
    public string StandardInputName { get; init; } = "standard input";

    /// <summary>Columns that a file may lack; their values are then null. Names in any case.</summary>
    public IReadOnlySet<string> OptionalColumns { get; init; } = new HashSet<string>();

    /// <summary>
    /// The batches that an earlier attempt committed, by number, with the range of each. They are jumped over; the
    /// missing ones come out with the numbers, ranges and records that they have in an undisturbed run.
    /// </summary>
    public IReadOnlyDictionary<long, SourceRange> ResumeFrom { get; init; } = new Dictionary<long, SourceRange>();

    /// <summary>
    /// Whether the encoding of every regular, uncompressed file is checked to its end before the first record is read,
    /// so that nothing is staged from a file that has to be refused. Costs one reading at memory speed. Gzip files and
    /// standard input are always checked on the way. Default: <see langword="true"/>.
    /// </summary>
    public bool ValidateUpFront { get; init; } = true;

    /// <summary>Receives what became of each record, for explanations; <see langword="null"/> (the default) in a run.</summary>
    public IReadObserver? Observer { get; init; }

    /// <summary>Bytes that are parsed at a time: small in tests, so that everything happens at a boundary too.</summary>
    internal int WindowBytes { get; init; } = 256 * 1024;
}
